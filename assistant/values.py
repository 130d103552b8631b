"""The answer and its parts, and their one JSON form (the contract that other tools rely on)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ingest.values import ContactKind, Place

Outcome = Literal["answer", "escalate", "decline"]


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered place in the manual; the number is the one in the reply's [1] marks."""

    number: int
    place: Place

    def to_json(self) -> dict[str, Any]:
        p = self.place
        return {
            "number": self.number,
            "path": p.path,
            "title": p.title,
            "heading": p.heading,
            "anchor": p.anchor,
            "lines": [p.first, p.last],
            "quote": p.quote,
            "url": p.url,
            "owner": p.owner,
            "updated": p.updated,
            "commit": p.commit,
        }


@dataclass(frozen=True, slots=True)
class NamedContact:
    """A contact as the answer shows it, with the numbers of the sources that state it."""

    kind: ContactKind
    name: str
    address: str
    why: str
    sources: tuple[int, ...]

    @property
    def shown(self) -> str:
        return self.address or self.name

    @property
    def whole(self) -> str:
        """Name and address, as far as there are both."""
        return ", ".join(filter(None, (self.name, self.address)))

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "address": self.address,
            "why": self.why,
            "sources": list(self.sources),
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, in the manual's words."""

    text: str
    sources: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "sources": list(self.sources)}


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the manual's own escalation order; `rung` counts from 1 on the whole ladder."""

    rung: int
    who: str
    sources: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        return {"rung": self.rung, "who": self.who, "sources": list(self.sources)}


@dataclass(frozen=True, slots=True)
class Item:
    """One of the things that a question asks to be listed, in the manual's words."""

    text: str
    sources: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "sources": list(self.sources)}


@dataclass(frozen=True, slots=True)
class NearPage:
    """A page that comes near to the question, by its nearest passage."""

    place: Place

    def to_json(self) -> dict[str, Any]:
        p = self.place
        return {
            "path": p.path,
            "title": p.title,
            "heading": p.heading,
            "anchor": p.anchor,
            "lines": [p.first, p.last],
            "url": p.url,
            "owner": p.owner,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says: equal index, question and history give an equal answer."""

    id: str
    question: str
    outcome: Outcome
    rule: str
    confidence: float
    markdown: str
    index: str
    contacts: tuple[NamedContact, ...] = ()
    steps: tuple[Step, ...] = ()
    ladder: tuple[Rung, ...] = ()
    sources: tuple[Source, ...] = ()
    pages: tuple[NearPage, ...] = ()
    """The pages that come nearest, best first."""
    items: tuple[Item, ...] = ()
    """Of a question that asks for a list."""
    notes: tuple[str, ...] = field(default=())
    cautions: tuple[str, ...] = ()
    """Those of the notes that warn: contradictions, old sources. (No part of the JSON object.)"""
    lead: str = ""
    """One sentence that answers before anybody is named: yes, or which of two; the first of the notes too. (No part of
    the JSON object.)"""
    continues: bool = False
    """Whether it was understood together with the turns before it. (No part of the JSON object.)"""
    close: bool = False
    """Whether the second statement comes so near to the first that neither is the answer. (No part of the JSON object.)
    """

    def to_json(self) -> dict[str, Any]:
        """The object that `ask --json` prints, keys in the contract's order."""
        return {
            "id": self.id,
            "question": self.question,
            "outcome": self.outcome,
            "contacts": [c.to_json() for c in self.contacts],
            "steps": [s.to_json() for s in self.steps],
            "ladder": [r.to_json() for r in self.ladder],
            "sources": [s.to_json() for s in self.sources],
            "pages": [p.to_json() for p in self.pages],
            "items": [i.to_json() for i in self.items],
            "notes": list(self.notes),
            "rule": self.rule,
            "confidence": self.confidence,
            "markdown": self.markdown,
            "index": self.index,
        }
