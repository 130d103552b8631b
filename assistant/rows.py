"""The directory as rows that a person reads and searches: everybody, the order of escalation, repositories, pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.directory import Holder, holders
from ingest.relations import KINDS, RelationKind
from ingest.store.index import Index
from ingest.values import Contact, Fact, Place

_SAID = tuple(kind for kind in KINDS if kind.title)


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Said:
    """What the manual says of one kind; `quoted`: with its lines, for there are few."""

    title: str
    quoted: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the directory; `text` is what a search looks through, in lower case."""

    name: str
    addresses: tuple[str, ...]
    brief: str
    said: tuple[Said, ...]
    contacts: tuple[Contact, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: tuple[Row, ...]


def sections(index: Index) -> tuple[Section, ...]:
    """The whole directory of an index; a section may be empty."""
    facts = list(index.records.facts())
    by = {relation: [f for f in facts if f.relation == relation] for relation in ("rung", "owns repo", "owns page")}
    return (
        Section("Teams and channels", tuple(_holder(holder) for holder in _in_order(holders(facts)))),
        Section("Order of escalation", tuple(_single(f, f"{f.rank}. {f.topic}") for f in by["rung"])),
        Section("Repositories", tuple(_single(f, f.topic) for f in by["owns repo"])),
        Section("Pages", tuple(_single(f, f.topic) for f in by["owns page"])),
    )


def _in_order(found: Sequence[Holder]) -> list[Holder]:
    """Those with duties first, then those who own most."""
    return sorted(found, key=lambda h: (all(f.relation != "does" for f in h.facts), -len(h.facts), h.name.lower()))


def _holder(holder: Holder) -> Row:
    lines = {kind: tuple(Line(f.topic, f.place) for f in holder.facts if f.relation == kind.name) for kind in _SAID}
    told = tuple(Said(kind.title, kind.is_statement, of_kind) for kind, of_kind in lines.items() if of_kind)
    address = (holder.address,) if holder.address and holder.address != holder.name else ()
    return _row(holder.name, address, _brief(lines), told, holder.contacts)


def _single(fact: Fact, name: str) -> Row:
    whom = tuple(dict.fromkeys(c.shown for c in fact.contacts)) if fact.relation != "rung" else ()
    return _row(name, whom, "", (Said("Stated here", True, (Line("", fact.place),)),), fact.contacts)


def _row(
    name: str, addresses: tuple[str, ...], brief: str, said: tuple[Said, ...], contacts: tuple[Contact, ...]
) -> Row:
    topics = [line.text for part in said for line in part.lines]
    names = [c.name for c in contacts]
    return Row(name, addresses, brief, said, contacts, " ".join([name, *addresses, *names, *topics]).lower())


def _brief(lines: Mapping[RelationKind, Sequence[Line]]) -> str:
    """What there is to see behind a row: "3 duties, 12 pages"."""
    counted = ((len(of_kind), kind) for kind, of_kind in lines.items() if of_kind)
    return ", ".join(f"{count} {kind.many if count > 1 else kind.one}" for count, kind in counted)
