"""Whoever is named in so many words: a team, person, channel, handle or schedule in any usual spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.address_book import AddressBook
from ingest.facts.names import TEAM_HEAD, spellings
from ingest.relations import Relation
from ingest.store.records import Records
from ingest.values import Contact, Fact

_LONGEST = 6
"""Words of the longest name that is looked for."""
_PARTS = re.compile(r"[a-z0-9]+")
_TITLES = re.compile(rf"\s+(?:{TEAM_HEAD}|channel|room|chat)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody, by the names and addresses that the manual has for them, in lower case, and the facts that do."""

    names: frozenset[str]
    addresses: frozenset[str]
    """Where they are reached; a contact of another name there is somebody else."""
    facts: tuple[Fact, ...]
    """In row order."""

    def is_named_by(self, contact: Contact) -> bool:
        if contact.name and self.names:
            return contact.name.lower() in self.names
        return bool(contact.address) and contact.address.lower() in self.addresses

    def named_in(self, fact: Fact) -> Contact | None:
        """The contact of a fact that is this party."""
        return next((contact for contact in fact.contacts if self.is_named_by(contact)), None)

    def of(self, *relations: Relation) -> list[Fact]:
        """The facts of these relations."""
        return [fact for fact in self.facts if fact.relation in relations]


class Parties:
    """All whom the facts of an index name."""

    def __init__(self, records: Records, book: AddressBook, organisation: Sequence[str]) -> None:
        self._records = records
        self._book = book
        self._organisation = tuple(organisation)

    def find(self, said: str) -> Party | None:
        """Whoever is called exactly so; None where nobody is."""
        whole = said.encode(
            "utf-8", "ignore"
        ).decode()  # half a surrogate pair is nobody's name, and no database's text
        bare = re.sub(r"^(?:the|our|an?)\s+", "", " ".join(whole.split()).strip("`'\"“”‘’?.,!"), flags=re.IGNORECASE)
        if not bare or len(bare.split()) > _LONGEST:
            return None
        known = self._book.contact(bare)
        forms = {*self._forms(bare), *((known.name.lower(), known.address.lower()) if known else ())}
        named = self._named(forms)
        if not any(contact.address for contact in named):
            channel = self._records.address_with_part(_PARTS.findall(bare.lower()))
            named += self._named({channel}) if channel else []
            forms |= {channel}
        if not named:
            return None
        names = frozenset(c.name.lower() for c in named if c.name.lower() in forms - {""})
        addresses = frozenset(c.address.lower() for c in named if c.address and (c.name.lower() in names or not names))
        addresses |= frozenset(c.address.lower() for c in named if c.address.lower() in forms - {""})
        everywhere = self._records.facts_at(self._records.rows_naming({*names, *addresses}))
        party = Party(names, addresses, ())
        return Party(names, addresses, tuple(fact for fact in everywhere if party.named_in(fact)))

    def _named(self, forms: set[str]) -> list[Contact]:
        """The contacts that the facts name so, by name or address in lower case."""
        facts = self._records.facts_at(self._records.rows_naming(forms - {""}))
        return [c for fact in facts for c in fact.contacts if ({c.name.lower(), c.address.lower()} - {""}) & forms]

    def first_of(self, words: Sequence[str]) -> Party | None:
        """Whoever the first of some words name, by as many of them as do."""
        return self._longest(" ".join(words[:size]) for size in range(min(_LONGEST, len(words)), 0, -1))

    def last_of(self, words: Sequence[str]) -> Party | None:
        """Whoever the last of some words name, by as many of them as do."""
        return self._longest(" ".join(words[-size:]) for size in range(min(_LONGEST, len(words)), 0, -1))

    def _longest(self, tried: Iterable[str]) -> Party | None:
        return next((party for text in tried if (party := self.find(text))), None)

    def _forms(self, bare: str) -> set[str]:
        """How names and addresses of that name may be written, in lower case."""
        lower = bare.lower()
        core = _TITLES.sub("", lower)
        spelled = {s.lower() for name in {bare, _TITLES.sub("", bare)} for s in spellings(name, self._organisation)}
        before = {f"{name.lower()} {form}" for name in self._organisation for form in (lower, core)}
        forms = {lower, core, *spelled, *before}
        forms |= {f"{form} team" for form in (core, *before)}
        parts = _PARTS.findall(core)
        joined = {joint.join(parts) for joint in ("-", ".", "_", "")} if parts else set()
        return forms | joined | {mark + form for mark in "#@" for form in (*joined, lower)}
