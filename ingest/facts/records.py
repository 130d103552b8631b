"""Tables whose columns mean something: a row is a thing with an owner, a lead, an approver, an on-call, a channel.

Each holder's cell is a fact of its own, with a topic that says in words what the column says, so that who approves
laptops and who is on call for them are two answers. The cells of kinds of address belong to the row's own party: its
team, its owner, whom to contact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.facts.cells import holders_in, is_by_given_name, name_of
from ingest.facts.fields import NOTHING, Field, field_of
from ingest.facts.lexicon import nouns, one_of, words
from ingest.facts.names import without
from ingest.facts.proof import fact, stated_at
from ingest.facts.spoken import Spoken
from ingest.manual.markdown import Block, Section, Text
from ingest.manual.sentences import context_of, place_of
from ingest.relations import Relation
from ingest.values import Contact, Fact

_QUEUE = re.compile(r"\b(?:queue|resolver group|assignment group|ticket group)\b", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)+")
_BRIEF = re.compile(r"[\W\d]{0,4}\w{0,3}[\W\d]*")
"""A number or a letter, which says nothing without its header: "Sev 1"."""
_NAME = re.compile(
    rf"(?:name|who|{one_of(words('people', 'members'))}|team member|staff member|maintainer)", re.IGNORECASE
)
TITLE = re.compile(
    r"(?:(?:job )?title|role|position|job|responsib\w+(?: for)?|what they do|looks after|(?:\w+ )?areas?|expertise|"
    r"focus|works on|ask (?:them|him|her|me) about)",
    re.IGNORECASE,
)
"""What somebody is or has in hand, as the label of it."""
_HELD = ("owner", "contact")
_LEADS_TO = re.compile(r"(?:through|via|by|with|for|from)\b", re.IGNORECASE)
_SPECIAL = ("phone", "schedule")
"""Kinds of address that no other reader of tables knows."""


def named_in_row(spoken: Spoken, section: Section, block: Block, known: frozenset[str]) -> tuple[Fact, ...]:
    """The facts of a row in which nothing but its columns says that a name is somebody's: "New chair | Facilities"."""
    row = _Row(spoken, section, block, block.header, known)
    return tuple(row.facts()) if any(block.header) and row.names_holders else ()


def record_of(spoken: Spoken, section: Section, block: Block, known: frozenset[str]) -> tuple[Fact, ...] | None:
    """The facts of a table's row; None when its columns do not say what it is, and another reader may try."""
    if not any(block.header) or any(_QUEUE.search(h) for h in block.header):
        return None
    row = _Row(spoken, section, block, block.header, known)
    member = row.member()
    if member is not None:
        return (member,)
    return tuple(row.facts()) if row.is_record else None


def is_course(header: Sequence[str]) -> bool:
    """Whether a table's columns say that each row is an act in a course of things, and no thing that somebody has."""
    return any(word in nouns("things", "acts") for head in header for word in head.lower().split()[-1:])


@dataclass(frozen=True)
class _Row:
    spoken: Spoken
    section: Section
    block: Block
    header: tuple[str, ...]
    known: frozenset[str]

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The meaning of each column. Things beside a team's column, or after it, are what the team owns."""
        found = [field_of(h) for h in self.header]
        if not any(f.holds not in ("", "deputy") or f.subject == "party" for f in found):
            found = [NOTHING if f.holds == "deputy" else f for f in found]  # "Substitute" of a word, and of nobody
        party = next((i for i, f in enumerate(found) if f.subject == "party"), None)
        if party == 0:
            found = [Field(f.label, subject="owns") if f.subject == "thing" else f for f in found]
        found = [self._in_brackets(n) if f.subject == "party" else f for n, f in enumerate(found)]
        if not any(f.subject in ("party", "thing") for f in found) and found and found[0] is NOTHING and self.header[0]:
            found[0] = Field(self.header[0], subject="thing")
        return tuple(found)

    def _in_brackets(self, number: int) -> Field:
        """The meaning of a column; of one that is called as another is, by what its brackets say: "Team (owner)"."""
        plain, bracket, said = self.header[number].partition("(")
        twice = bracket and any(h.strip().lower() == plain.strip().lower() for h in self.header)
        inner = field_of(said.rstrip(") ")) if twice else NOTHING
        return inner if inner.names else field_of(self.header[number])

    @cached_property
    def cells(self) -> tuple[tuple[Field, Text], ...]:
        return tuple(zip(self.fields, self.block.cells, strict=False))

    def _of(self, *subjects: str) -> list[tuple[Field, Text]]:
        return [(f, c) for f, c in self.cells if f.subject in subjects and _flat(c)]

    @property
    def is_record(self) -> bool:
        """Whether somebody stands beside a thing in a column that says so, beyond a mere list of teams or channels."""
        holding = [(f, c) for f, c in self.cells if f.names and _flat(c)]
        if not holding or not self._of("party", "thing"):
            return False
        special = any(f.holds not in ("", "contact", "owner") or f.medium in _SPECIAL for f, _ in holding)
        owners = [holders_in(c, self.known, f) for f, c in self._holding("owner")]
        special = special or self.header != self.block.header or (len(owners) > 1 and all(owners))
        return special or bool(self._of("owns")) or self._tells_more(holding)

    @property
    def names_holders(self) -> bool:
        """Whether somebody's bare name stands in the column of a thing's owner, or of whom to contact about it."""
        things = any(f.subject == "thing" and _flat(c) for f, c in self.cells)
        held = [(cell, holders_in(cell, self.known, f)) for f, cell in self.cells if f.holds in _HELD]
        return things and any(_is_all(cell, contacts) for cell, contacts in held)

    def _tells_more(self, holding: Sequence[tuple[Field, Text]]) -> bool:
        """Whether a cell holds a name and its address together, or what only this reader knows."""
        if self._of("party"):
            return False
        found = [c for f, cell in holding for c in holders_in(cell, self.known, f)]
        named = any(c.name and c.address for c in found) or any(c.kind in ("phone", "schedule") for c in found)
        return named or any(f.holds == "owner" and f.label.lower() == "dri" for f, _ in holding)

    def member(self) -> Fact | None:
        """The row as a person with a title and addresses: a table of a team's people."""
        named = next(
            (c for h, c in zip(self.header, self.block.cells, strict=False) if _NAME.fullmatch(h.strip())), None
        )
        title = next(
            (c for h, c in zip(self.header, self.block.cells, strict=False) if TITLE.fullmatch(h.strip())), None
        )
        if named is None or title is None or not _flat(title):
            return None
        person = name_of(_flat(named), Field("", holds="lead" if self._is_among_persons(named) else "contact"))
        if person is None or person.kind != "person":
            return None
        reached = [Contact("person", person.name, c.address) for c in self._loose if c.address]
        place = place_of(self.spoken.page, self.section, self.block.first, self.block.last, self.block.part)
        context = context_of(self.spoken.page, self.section, self.block)
        rest = "; ".join(_flat(c) for f, c in self.cells if c not in (named, title) and _flat(c) and not f.names)
        topic = "; ".join(filter(None, (_flat(title), rest)))
        return fact("does", tuple(reached) or (person,), topic, context, place, attributes={"holds": "member"})

    def _is_among_persons(self, named: Text) -> bool:
        """Whether a row of the table has a given name in the same column: so has this one, by whatever name."""
        column = next(n for n, cell in enumerate(self.block.cells) if cell is named)

        def has_given_name() -> bool:
            rows = (b for b in self.section.blocks if b.group == self.block.group and b.kind == "row")
            return any(len(b.cells) > column and is_by_given_name(_flat(b.cells[column])) for b in rows)

        return self.spoken.once("persons", self.block.group, column, has_given_name)

    @cached_property
    def thing(self) -> str:
        """What the row is about, in the words of its own cells."""
        words = [f"{f.label} {_flat(c)}" if _BRIEF.fullmatch(_flat(c)) else _flat(c) for f, c in self._of("thing")]
        return "; ".join(words) or (self.party[0].name if self.party else "") or _flat(self.block.cells[0])

    @cached_property
    def party(self) -> tuple[Contact, ...]:
        """The row's own team, or its owner, with the addresses of the columns that belong to nobody else."""
        for chosen in (self._of("party"), self._holding("owner")[:1], self._holding("contact")):
            found = [c for f, cell in chosen for c in self._team(f, cell)]
            if found:
                return _reached(found, self._loose)
        return tuple(self._loose)

    def _team(self, field: Field, cell: Text) -> tuple[Contact, ...]:
        found = holders_in(cell, self.known, field)
        if field.subject == "party" and not found:
            name = name_of(_flat(cell), field)
            return (name or Contact("team", _flat(cell)),)
        return found

    def _holding(self, holds: str) -> list[tuple[Field, Text]]:
        return [(f, c) for f, c in self.cells if f.holds == holds and not f.medium and _flat(c)]

    @cached_property
    def _loose(self) -> list[Contact]:
        """The addresses in columns that name only a kind of address."""
        return [c for f, cell in self.cells if f.medium and not f.holds for c in holders_in(cell, self.known, f)]

    def facts(self) -> Iterator[Fact]:
        if self.party:
            yield from self._of_party()
        owner = "" if self._of("party") else ("owner" if self._holding("owner") else "contact")
        for field, cell in self.cells:
            first = next((c for f, c in self._holding(owner)), None) if owner else None
            if not field.holds or (cell is first and not field.medium):
                continue
            contacts = holders_in(cell, self.known, field)
            if contacts:
                relation: Relation = "does" if field.holds == "owner" else "ask"
                second = field.holds == "owner" and len(self._holding("owner")) > 1
                joint = "for" if field.label.lower() in ("responsible", "accountable") else "of"
                said = f"{field.label.lower()} {joint} {self.thing}" if second else field.says(self.thing)
                yield self._fact(relation, contacts, said, field.holds)

    def _of_party(self) -> Iterator[Fact]:
        """What the row's team does and owns, or whom the row's thing belongs to."""
        notes = "; ".join(_flat(c) for f, c in self.cells if _flat(c) and (f.subject == "note" or f is NOTHING))
        owned = [item for _, cell in self._of("owns") for item in _items(cell)]
        for name, exact in owned:
            relation: Relation = "owns repo" if exact else "does"
            yield self._fact(relation, self.party, name, "owner")
        if self._of("party"):
            if notes or not any(not exact for _, exact in owned):
                yield self._fact("does", self.party, notes or self.thing, "team")
            return
        holder = "owner" if self._holding("owner") else "contact"
        if is_course(self.header):
            yield self._fact("ask", self.party, self.thing, holder)
            return
        topic = field_of("owner").says(self.thing) if holder == "owner" else self.thing
        yield self._fact("does", self.party, topic, holder)

    def _fact(self, relation: Relation, contacts: tuple[Contact, ...], topic: str, holds: str) -> Fact:
        told = zip(self.cells, self.header, strict=False)
        around = "; ".join(f"{h}: {_flat(c)}" for (f, c), h in told if not f.names)
        context = (*context_of(self.spoken.page, self.section, self.block), around)
        place = place_of(self.spoken.page, self.section, self.block.first, self.block.last, self.block.part)
        stated = stated_at(self.spoken, self.section, contacts, place)
        return fact(relation, contacts, topic, context, place, attributes={"holds": holds}, stated=stated)


def _is_all(cell: Text, contacts: Sequence[Contact]) -> bool:
    """Whether a cell holds somebody and nothing else: no "X, through Y"."""
    if not contacts or any(c.name.lower() in words("people", "nobody") or _LEADS_TO.match(c.name) for c in contacts):
        return False
    left = re.findall(r"[^\W\d_]+", without(_flat(cell), contacts).lower())
    return set(left) <= {"and", "or", "the", "your", "our", "a", "an"}


def _reached(parties: Sequence[Contact], loose: Sequence[Contact]) -> tuple[Contact, ...]:
    """The first party with every address that the row gives, and the others as they are."""
    first, others = parties[0], list(parties[1:])
    own = [p for p in parties if p.address]
    given = [Contact(first.kind, first.name, c.address) if first.name else c for c in loose]
    if not given:
        return tuple(parties)
    return tuple(dict.fromkeys([*(own if first in own else []), *given, *(p for p in others if p not in own)]))


def _items(cell: Text) -> Iterator[tuple[str, bool]]:
    """The things of a cell that lists them, each with whether it is an identifier."""
    at = 0
    for match in [*re.finditer(r"[,;\n]|<br\s*/?>", cell.plain), None]:
        end = match.start() if match else len(cell.plain)
        name = " ".join(cell.plain[at:end].split()).strip(" `.")
        code = any(s.kind == "code" and at <= s.start and s.end <= end for s in cell.spans)
        if name and re.search(r"\w", name):
            yield name, bool(_IDENTIFIER.fullmatch(name)) or (code and " " not in name)
        at = match.end() if match else end


def _flat(text: Text) -> str:
    return " ".join(text.plain.split())
