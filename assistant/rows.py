"""The directory as rows that a person reads and searches: everybody, suppliers, the order of escalation, repositories,
pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.directory import Holder, holders, one_name
from assistant.rungs import orders_in
from ingest.facts.lexicon import one_of, words
from ingest.relations import FOR, KINDS, RelationKind
from ingest.store.index import Index
from ingest.values import Contact, Fact, Place

_SAID = tuple(kind for kind in KINDS if kind.title)
_SUPPLIED = re.compile(r"\b(?:suppliers?|vendors?|(?:sub)?contractors?|third[- ]part(?:y|ies))\b", re.IGNORECASE)
_FIRM = re.compile(
    rf"(?:\s(?:{one_of(words('people', 'companies', 'legal'))}|bv|b\.v\.|ag|oy|ab|a/s)\.?)$", re.IGNORECASE
)
_PLACED = re.compile(r"^(.{2,40}?) (?:of|for) (.+)$")
BRIEF = 2
"""Duties that stand in a row before it is opened."""
LONGEST_BRIEF = 160
"""Characters of them."""


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
    addresses: tuple[Contact, ...]
    brief: str
    does: str
    said: tuple[Said, ...]
    contacts: tuple[Contact, ...]
    text: str

    @property
    def in_brief(self) -> tuple[Contact, ...]:
        """Its addresses, without links where there are others."""
        return tuple(c for c in self.addresses if "://" not in c.address) or self.addresses

    @property
    def letter(self) -> str:
        """Under which one looks it up: "#" for a name that begins with none."""
        first = next((character for character in self.name if character.isalnum()), "#")
        return first.upper() if first.isalpha() else "#"


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: tuple[Row, ...]

    @property
    def letters(self) -> tuple[str, ...]:
        """Those under which there is a row."""
        return tuple(sorted({row.letter for row in self.rows}))


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody whom one can go to, by every address that the manual gives, with every fact that names them."""

    name: str
    contacts: tuple[Contact, ...]
    facts: tuple[Fact, ...]
    people: tuple[Line, ...] = ()
    """Who is what in it."""

    @property
    def addresses(self) -> tuple[Contact, ...]:
        """Each address once; none that is the name."""
        by_address = {c.address.lower(): c for c in self.contacts if c.address and c.address != self.name}
        return tuple(by_address.values())

    @property
    def is_named(self) -> bool:
        """Whether the manual has more than an address of them."""
        return any(contact.name for contact in self.contacts)

    @property
    def supplies(self) -> bool:
        """Whether it is another organisation, by its name or by where the manual speaks of it."""
        spoken = all(_SUPPLIED.search(f"{f.place.title} {f.place.heading}") for f in self.facts)
        return bool(_FIRM.search(self.name)) or spoken


def parties(facts: Sequence[Fact]) -> tuple[Party, ...]:
    """Everybody once, by name: a team is one however many addresses it has, and with or without the word "team"."""
    known = holders(facts)
    named = {holder.name.lower() for holder in known}
    grouped: dict[str, list[Holder]] = {}
    for holder in known:
        grouped.setdefault(one_name(holder.name, named), []).append(holder)
    placed = _people(facts)
    return tuple(_party(of_one, placed) for of_one in grouped.values())


def _party(of_one: Sequence[Holder], placed: Mapping[str, Sequence[Line]]) -> Party:
    facts = {fact.id: fact for holder in of_one for fact in holder.facts}
    contacts = tuple(dict.fromkeys(contact for holder in of_one for contact in holder.contacts))
    names = {holder.name.lower() for holder in of_one}
    people = tuple(line for name in sorted(names) for line in placed.get(name, ()))
    return Party(of_one[0].name, contacts, tuple(facts.values()), people)


def _people(facts: Sequence[Fact]) -> Mapping[str, Sequence[Line]]:
    """Who leads, stands in for or answers for a thing, by its name: "lead: Ada Thornbury"."""
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for fact in facts:
        placed = _PLACED.match(fact.topic) if fact.attributes.get("holds") else None
        who = [c for c in fact.contacts if c.kind in ("person", "role")]
        if placed and who:
            names = " or ".join(", ".join(filter(None, (c.name, c.address))) for c in who)
            found[placed[2].lower()].append(Line(f"{placed[1]}: {names}", fact.place))
    return found


def sections(index: Index) -> tuple[Section, ...]:
    """The whole directory of an index; a section may be empty."""
    facts = list(index.records.facts())
    by = {relation: [f for f in facts if f.relation == relation] for relation in ("rung", "owns repo", "owns page")}
    everybody = sorted(parties(facts), key=lambda party: party.name.lstrip("#@").lower())
    return (
        Section("Teams and people", tuple(_of(p) for p in everybody if p.is_named and not p.supplies)),
        Section("Suppliers", tuple(_of(p) for p in everybody if p.is_named and p.supplies)),
        Section("Channels, queues and other addresses", tuple(_of(p) for p in everybody if not p.is_named)),
        Section("Order of escalation", tuple(_rung(f) for order in orders_in(by["rung"]) for f in order)),
        Section("Repositories", tuple(_single(f, f.topic) for f in by["owns repo"])),
        Section("Pages", tuple(_single(f, f.topic) for f in by["owns page"])),
    )


def _of(party: Party) -> Row:
    lines = {kind: tuple(Line(f.topic, f.place) for f in party.facts if f.relation == kind.name) for kind in _SAID}
    told = [Said(kind.title, kind.is_statement, of_kind) for kind, of_kind in lines.items() if of_kind]
    people = [Said("Its people", False, party.people)] if party.people else []
    statements = [of_kind for kind, of_kind in lines.items() if kind.is_statement and of_kind]
    duties = [line.text for line in statements[0]] if statements else []
    return _row(party.name, party.addresses, _brief(lines), duties, (*people, *told), party.contacts)


def _single(fact: Fact, name: str) -> Row:
    whom = tuple(dict.fromkeys(fact.contacts)) if fact.relation != "rung" else ()
    return _row(name, whom, "", (), (Said("Stated here", True, (Line("", fact.place),)),), fact.contacts)


def _rung(fact: Fact) -> Row:
    what = fact.attributes.get(FOR, "")
    return _single(fact, f"{fact.rank}. {fact.topic}" + (f" ({what})" if what else ""))


def _row(
    name: str,
    addresses: tuple[Contact, ...],
    brief: str,
    duties: Sequence[str],
    said: tuple[Said, ...],
    contacts: tuple[Contact, ...],
) -> Row:
    words = [line.text for part in said for line in part.lines]
    known = [c.shown for c in addresses] + [c.name for c in contacts]
    does = "; ".join(duty for duty in duties[:BRIEF] if duty.lower() != name.lower())
    short = does if len(does) <= LONGEST_BRIEF else f"{does[: LONGEST_BRIEF - 1].rsplit(' ', 1)[0]}…"
    return Row(name, addresses, brief, short, said, contacts, " ".join([name, *known, *words]).lower())


def _brief(lines: Mapping[RelationKind, Sequence[Line]]) -> str:
    """What there is to see behind a row: "3 duties, 12 pages"."""
    counted = ((len(of_kind), kind) for kind, of_kind in lines.items() if of_kind)
    return ", ".join(f"{count} {kind.many if count > 1 else kind.one}" for count, kind in counted)
