"""What is taken of a model's reply: keys that it was given, and phrases that are only looked up. All else is left out
and counted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.choice import Choice
from assistant.masking import masked
from assistant.model.prompts import CHOSEN_MOST, PHRASES, WAYS
from assistant.model.speaking import FailedError
from assistant.scope import gives_orders
from assistant.unsaid import plainly, without_addresses
from ingest.values import Fact

_LONGEST = 160
"""Characters of a phrase or question; a longer one is none."""
_LINK = re.compile(r"//|\bwww\.", re.IGNORECASE)
"""What makes a link of a name such as docs.rs, which may be looked up by itself."""
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(slots=True)
class Dropped:
    """What was left out of the replies so far."""

    keys: int = 0
    """That were none of those given."""
    texts: int = 0
    """That looked like a contact, a link or an order, were no phrase, or stood where nothing was asked for."""


def choice_of(value: Any, known: Mapping[str, Fact], dropped: Dropped) -> Choice:
    """What a reply chose among the facts of those keys; FailedError where it is of another form, or names others."""
    said = _object(value, {"verdict", "keys", "search"}, dropped)
    keys, verdict = said.get("keys"), said.get("verdict")
    if verdict not in ("these", "nobody", "elsewhere") or not isinstance(keys, list):
        raise _unreadable()
    own = list(dict.fromkeys(key for key in keys if isinstance(key, str) and key in known))
    dropped.keys += sum(1 for key in keys if not (isinstance(key, str) and key in known))
    if verdict != "these":
        return Choice("nobody" if verdict == "nobody" else "elsewhere")
    if not own:
        raise FailedError("keys", "it named none of the candidates that it was given", again=True)
    return Choice("these", tuple(known[key] for key in own[:CHOSEN_MOST]))


def phrases_of(value: Any, dropped: Dropped) -> tuple[str, ...]:
    """The phrases of a reply that may be looked up; FailedError where it has another form."""
    said = _object(value, {"verdict", "keys", "search"}, dropped)
    return _phrases(said.get("search", []), PHRASES, dropped)


def questions_of(value: Any, known: Mapping[str, Fact], dropped: Dropped) -> dict[str, tuple[str, ...]]:
    """Ways of asking by the ids of the facts of those keys; FailedError where the reply has another form."""
    asked = _object(value, {"asked"}, dropped).get("asked")
    if not isinstance(asked, list):
        raise _unreadable()
    found: dict[str, tuple[str, ...]] = {}
    for one in asked:
        said = _object(one, {"key", "questions"}, dropped)
        fact = known.get(key) if isinstance(key := said.get("key"), str) else None
        if fact is None or fact.id in found:
            dropped.keys += 1
            continue
        found[fact.id] = _phrases(said.get("questions"), WAYS, dropped)
    if not found and known:
        raise FailedError("keys", "it named none of the lines that it was given", again=True)
    return found


def _object(value: Any, keys: set[str], dropped: Dropped) -> dict[str, Any]:
    """A JSON object; what it says under other keys is left out."""
    if not isinstance(value, dict):
        raise _unreadable()
    dropped.texts += sum(1 for key in value if key not in keys)
    return {key: value[key] for key in keys if key in value}


def _phrases(value: Any, most: int, dropped: Dropped) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _unreadable()
    kept = list(dict.fromkeys(phrase for text in value if (phrase := _phrase(text))))
    dropped.texts += sum(1 for text in value if not _phrase(text))
    return tuple(kept[:most])


def _phrase(text: Any) -> str:
    """A text on one line, where it is one that may be searched for; else empty."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        return ""
    plain = " ".join(plainly(text).split())
    if gives_orders(plain) or _LINK.search(plain) or not _WORD.search(plain) or not plain.isprintable():
        return ""
    return plain if without_addresses(plain, "", hosts=False) == plain == masked(plain) else ""


def _unreadable() -> FailedError:
    return FailedError("reply", "its reply was not of the form asked for", again=True)
