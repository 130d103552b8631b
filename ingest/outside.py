"""What comes from outside (JSON, TOML) as typed values, or one sentence that says what to mend. The door to pydantic's
errors; the models stand where their values are used."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, TypeAdapter, ValidationError

from ingest.errors import UserError

T = TypeVar("T")

_HALF = "holds half a surrogate pair: write the whole character"
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_FORMS = {
    "string_type": "a string",
    "bool_type": "true or false",
    "float_type": "a number",
    "list_type": "a list",
    "tuple_type": "a list",
    "too_short": "a list with something in it",
    "dict_type": "a table of keys and values",
    "mapping_type": "a table of keys and values",
    "dataclass_type": "an object with keys and values",
    "model_type": "an object with keys and values",
}
"""What some of pydantic's complaints ask for, in words that a person who writes JSON or TOML knows."""
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}
"""Made once for each form: a file may have thousands of lines of it."""


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank: write a text, or leave it out")
    return text


def _whole(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(_HALF) from error
    return text


Filled = Annotated[str, AfterValidator(_filled)]
"""A string with something in it."""
Whole = Annotated[str, AfterValidator(_whole)]
"""A string of whole characters, as JSON's escapes can write half of one."""


def json_of(text: bytes, where: str) -> Any:
    """The value of a JSON text in UTF-8; UserError, which begins with `where`, when it is none."""
    try:
        return json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UserError(f"{where} is not UTF-8 (byte {error.start + 1}): write it in UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where} is not JSON ({error}): write one JSON object.") from error


def read_as(form: type[T], data: Any, where: str) -> T:
    """`data`, as JSON or TOML gave it, as a value of `form`: a dataclass or a model, whose own rules hold too.

    UserError, which begins with `where` and names the key, for the first thing that is wrong: an unknown key before
    all others, since a key that is missing may be the one that was misspelt.
    """
    adapter = _ADAPTERS.get(form) or _ADAPTERS.setdefault(form, TypeAdapter(form))
    try:
        found: T = adapter.validate_python(data)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        first = min(wrong, key=lambda each: each["type"] not in _UNKNOWN)
        raise UserError(f"{where}: {_sentence(first, form)}.") from error
    return found


def _sentence(wrong: Mapping[str, Any], form: type) -> str:
    key, kind = ".".join(map(str, wrong["loc"])), wrong["type"]
    key = json.dumps(key, ensure_ascii=False) if key else ""
    if kind in _UNKNOWN:
        return f"the key {key} is not known: use only {', '.join(_keys(form))}"
    if kind == "missing":
        return f"the key {key} is missing: add it"
    if kind == "string_unicode":  # of a key: pydantic does not look at values, and names none
        return f"{key or 'a key'} {_HALF}"
    if kind == "value_error":
        said = str(wrong["ctx"]["error"])
        return f"{key} {said}" if key else said
    asked = f"must be {_FORMS[kind]}" if kind in _FORMS else wrong["msg"].replace("Input should", "must", 1)
    return f"{key or 'it'} {asked}, not {reprlib.repr(wrong['input'])}"


def _keys(form: type) -> list[str]:
    """The keys of a model or dataclass. Only whole objects forbid others: tables of free keys know none."""
    return [*getattr(form, "model_fields", getattr(form, "__dataclass_fields__", ()))]
