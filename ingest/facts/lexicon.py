"""The words of `lexicon.toml`, with the forms in which sentences have them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_VOWELS = "aeiou"


@cache
def lexicon() -> Mapping[str, Any]:
    return tomllib.loads(files("ingest").joinpath("facts", "lexicon.toml").read_text(encoding="utf-8"))


@cache
def words(section: str, name: str) -> frozenset[str]:
    """A list of the lexicon as a set."""
    return frozenset(lexicon()[section][name].split())


@cache
def verbs(section: str) -> Mapping[str, str]:
    """Every form of a section's verbs, to the verb."""
    return {form: verb for verb in _plain(section) for form in _forms(verb)}


@cache
def sending() -> Mapping[str, frozenset[str]]:
    """The verbs that bring somebody something, to the prepositions that do it."""
    pairs = (entry.partition(":") for entry in lexicon()["sent"]["verbs"].split())
    return {verb: frozenset(after.split(",")) for verb, _, after in pairs}


def _plain(section: str) -> Iterator[str]:
    return (entry.partition(":")[0] for entry in lexicon()[section]["verbs"].split())


@cache
def _irregular() -> Mapping[str, tuple[str, ...]]:
    pairs = (entry.partition(":") for entry in lexicon()["irregular"]["forms"].split())
    return {verb: tuple(forms.split(",")) for verb, _, forms in pairs}


def _forms(verb: str) -> Iterator[str]:
    """The forms of an English verb, regular ones by the usual rules of spelling."""
    yield verb
    stem = verb.removesuffix("e")
    doubled = len(verb) > 2 and verb[-1] not in f"{_VOWELS}wxy" and verb[-2] in _VOWELS and verb[-3] not in _VOWELS
    last = verb[-1] if doubled and len(verb) <= 4 else ""
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        yield from (f"{verb[:-1]}ies", f"{verb[:-1]}ied")
    else:
        yield f"{verb}es" if verb.endswith(("s", "x", "ch", "sh", "o")) else f"{verb}s"
        yield f"{stem}{last}ed"
    yield f"{stem if verb.endswith('e') and not verb.endswith('ee') else verb}{last}ing"
    yield from _irregular().get(verb, ())
