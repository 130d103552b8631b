"""An answer as metrics see it: the contract's JSON object, whoever wrote it, with what is absent left empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ShownContact:
    """A contact as shown; `sources` are the numbers of the sources that state it."""

    name: str
    address: str
    sources: tuple[int, ...] = ()
    why: str = ""
    """What it is shown for."""

    @property
    def shown(self) -> str:
        """What identifies the contact: its address, or its name where it has none."""
        return self.address or self.name

    @property
    def text(self) -> str:
        """Name and address, for matching against gold."""
        return f"{self.name} | {self.address}"


@dataclass(frozen=True, slots=True)
class Cited:
    """A source as cited; lines count from 1, `first` to `last`."""

    number: int
    path: str
    quote: str
    first: int
    last: int
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `steps` and `ladder` hold their texts, in order."""

    outcome: str = ""
    contacts: tuple[ShownContact, ...] = ()
    steps: tuple[str, ...] = ()
    ladder: tuple[str, ...] = ()
    sources: tuple[Cited, ...] = ()
    markdown: str = ""
    rule: str = ""
    confidence: float = 0.0

    @property
    def text(self) -> str:
        """Everything that a reader may see of it, for looking up names and phrases."""
        return " ".join([*(c.text for c in self.contacts), self.markdown, *self.ladder])

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages cited, each once, in the order of the sources."""
        return tuple(dict.fromkeys(source.path for source in self.sources))


NOTHING = Reply()
"""What a question got that was not answered at all."""


def reply_of(answer: Mapping[str, Any]) -> Reply:
    """The reply in an answer's JSON object."""
    return Reply(
        outcome=str(answer.get("outcome") or ""),
        contacts=tuple(_contact(c) for c in answer.get("contacts") or ()),
        steps=tuple(str(s.get("text") or "") for s in answer.get("steps") or ()),
        ladder=tuple(str(r.get("who") or "") for r in answer.get("ladder") or ()),
        sources=tuple(_cited(s) for s in answer.get("sources") or ()),
        markdown=str(answer.get("markdown") or ""),
        rule=str(answer.get("rule") or ""),
        confidence=float(answer.get("confidence") or 0.0),
    )


def _contact(given: Mapping[str, Any]) -> ShownContact:
    return ShownContact(
        str(given.get("name") or ""),
        str(given.get("address") or ""),
        tuple(given.get("sources") or ()),
        str(given.get("why") or ""),
    )


def _cited(given: Mapping[str, Any]) -> Cited:
    first, last = [*(given.get("lines") or ()), 0, 0][:2]
    return Cited(
        number=int(given.get("number") or 0),
        path=str(given.get("path") or ""),
        quote=str(given.get("quote") or ""),
        first=int(first),
        last=int(last),
        owner=str(given.get("owner") or ""),
    )


@dataclass(frozen=True, slots=True)
class Pages:
    """What retrieval found for a question: pages, best first, each once; and which of gold's pages it could find."""

    ranking: tuple[str, ...]
    findable: tuple[str, ...]
