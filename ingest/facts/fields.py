"""What a column's header, a line's label or an entry's key means: who holds a thing, by which address, or neither.

The words stand in `fields.toml`. Whatever is written in a row, on a card, in front matter or in a data file is read by
these same meanings, so that `owning_team:`, "Owning team" and "**Owner:**" say one thing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ingest.facts.lexicon import plain

Subject = Literal["", "party", "owns", "thing", "note"]
BESIDE = ("lead", "approver", "reviewer", "deputy")
"""Who has to do with a thing beside its owner: values of `Field.holds`."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_TAIL = re.compile(r"(?<=\w)\s+(?:of|for|by|on|in|to|about|from|with)\b.*$")
_LETTERS = re.compile(r"[^\W\d_]+")
_MARKED = re.compile(r"\W*[#@+]\w")
_LONGEST = 6
"""Words; what is longer is a sentence, and no label."""


@dataclass(frozen=True, slots=True)
class Field:
    """One meaning. `holds` is how somebody has to do with the thing ("owner", "lead", "on call" ...), `medium` the kind
    of address; `subject` says what the field is when it names no holder."""

    label: str
    holds: str = ""
    medium: str = ""
    subject: Subject = ""

    @property
    def names(self) -> bool:
        """Whether what stands there is somebody, or an address of somebody."""
        return bool(self.holds or self.medium)

    def says(self, thing: str) -> str:
        """What a holder of the thing is for, in words."""
        template = _lexicon()["holds"][self.holds]["says"] if self.holds else "{thing}"
        said: str = template.format(thing=thing, label=self.label.lower())
        rank = self.label.lower()
        return f"{rank} {said}" if self.holds == "on call" and rank in ("primary", "secondary") else said


NOTHING = Field("")


def field_of(label: str) -> Field:
    """The meaning of a header, label or key; `NOTHING` when it has none."""
    plain = " ".join(re.sub(r"\([^)]*\)|['’]s\b", " ", label).split()).strip(" :*_…?")
    key = _CAMEL.sub(" ", plain) if plain[:1].islower() else plain
    words = tuple(re.findall(r"[^\W\d_]+", key.lower()))
    return _meaning(plain, words) if 0 < len(words) <= _LONGEST else NOTHING


@cache
def _meaning(label: str, words: tuple[str, ...]) -> Field:
    whole = _phrase(words) or _wholes().get(" ".join(words))
    if whole:
        return _field(label, [whole])
    ends = any(len(words) > size and _phrase(words[-size:]) for size in (3, 2))
    cut = list(words) if ends else re.findall(r"[^\W\d_]+", _TAIL.sub("", " ".join(words)))
    if words[0] in ("who", "whom") and len(words) > 1:
        told = [m for word in words[1:] if (m := _words().get(word)) and m[0] == "holds"]
        return _field(label, told[:1] or [("holds", "contact")])
    if words[-1] == "name" and len(words) > 1:
        cut = list(words[:-1])
    return _field(label, _read(cut)) if cut else NOTHING


def _read(words: Sequence[str]) -> list[tuple[str, str]]:
    """The meanings of the words, the last one first; the two or three last words may be one phrase."""
    for size in (3, 2, 1):
        if len(words) >= size and (found := _phrase(tuple(words[-size:]))):
            return [found, *_earlier(words[:-size])]
    return []


def _earlier(words: Sequence[str]) -> list[tuple[str, str]]:
    """What the words before the last one add; those without a meaning add nothing."""
    found: list[tuple[str, str]] = []
    rest = list(words)
    while rest:
        size = next((size for size in (3, 2, 1) if len(rest) >= size and _phrase(tuple(rest[-size:]))), 0)
        found += [m] if size and (m := _phrase(tuple(rest[-size:]))) else []
        rest = rest[: -(size or 1)]
    return found


def _field(label: str, meanings: Sequence[tuple[str, str]]) -> Field:
    if not meanings:
        return NOTHING
    (group, name), earlier = meanings[0], [m[1] for m in meanings[1:] if m[0] == "holds"]
    if group == "media" and not earlier:
        first = _wholes().get(label.lower().replace("_", " ").split()[0], ("", ""))
        earlier = [first[1]] if first[0] == "holds" else []
    if group == "media":
        return Field(label, holds=earlier[0] if earlier else "", medium=name)
    if group == "holds":
        weak = name == "contact" and bool(earlier)
        return Field(label, holds=earlier[0] if weak else name)
    if name == "party" and earlier:
        return Field(label, holds="owner" if earlier[0] in ("lead", "contact") else earlier[0])
    return Field(label, subject=name)  # type: ignore[arg-type]


def _phrase(words: tuple[str, ...]) -> tuple[str, str] | None:
    return _phrases().get(" ".join(words)) or (_words().get(words[0]) if len(words) == 1 else None)


def is_nobody(text: str) -> bool:
    """Whether a cell says in words that nobody stands in it."""
    words = _LETTERS.findall(text.lower().replace("n/a", "na"))
    return not _MARKED.match(text) and (not words or words[0] in _nobody())


@cache
def _nobody() -> frozenset[str]:
    return frozenset(plain(_lexicon()["nobody"]["words"]))


@cache
def _words() -> Mapping[str, tuple[str, str]]:
    return {
        word: (group, name)
        for group, meanings in _lexicon().items()
        if group != "nobody"
        for name, entry in meanings.items()
        for word in plain(entry["words"])
    }


@cache
def _phrases() -> Mapping[str, tuple[str, str]]:
    return {
        phrase: (group, name)
        for group, meanings in _lexicon().items()
        if group != "nobody"
        for name, entry in meanings.items()
        for phrase in entry.get("phrases", ())
    }


@cache
def _wholes() -> Mapping[str, tuple[str, str]]:
    return {
        word: (group, name)
        for group, meanings in _lexicon().items()
        if group != "nobody"
        for name, entry in meanings.items()
        for word in entry.get("whole", ())
    }


@cache
def _lexicon() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("fields.toml").read_text(encoding="utf-8"))
