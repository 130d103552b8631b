"""Owners from data files of any schema: entries that name a thing and who has it, a team and where it is, a person.

What a key means is told as it is of a table's header. An entry that gives an owner is a thing; one that gives only
addresses is whoever is reached by them, unless its file or list is one of things.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ingest.facts.addresses import is_address
from ingest.facts.fields import BESIDE, field_of
from ingest.facts.keyed import key_field, named_by, party_of, reached_by
from ingest.facts.lexicon import ordered
from ingest.facts.proof import fact
from ingest.manual.reading import DataFile
from ingest.manual.sentences import place_of
from ingest.manual.yamls import Entry
from ingest.relations import Relation
from ingest.values import Contact, Fact, Place

_THING_KEYS = ("repo_name", *ordered("things", "software", "keyed"))
_NAME_KEYS = ("name", "title", "id")
_TEXT_KEYS = ("description", "summary", "purpose", "about", "mission")
_CONTAINERS = frozenset("metadata spec annotations labels links contact contacts owner owners owned_by on_call".split())
"""Keys of maps that tell more of the entry above them, and are no thing's name."""


def data_facts(file: DataFile) -> Iterator[Fact]:
    """Facts of a data file, entry by entry."""
    by_key: dict[str, list[Entry]] = defaultdict(list)
    for entry in file.entries:
        by_key[entry.key].append(entry)
    metadata: Entry | None = None
    for entry in file.entries:
        yield from _Reader(file, entry, by_key, metadata).facts()
        metadata = entry if entry.key == "metadata" else metadata


@dataclass(frozen=True)
class _Reader:
    file: DataFile
    entry: Entry
    by_key: Mapping[str, list[Entry]]
    """The file's entries by their keys, in the order of their first lines."""
    metadata: Entry | None
    """The last entry before this one under the key "metadata"."""

    def facts(self) -> Iterator[Fact]:
        name = self.name
        if not name or (not self.thing and self.inside_named):
            return
        if is_address(name):
            if self.text:
                yield self._fact(
                    "does", (is_address(name) or Contact("team", name),), self.text, (self.file.page.title,)
                )
            return
        owners, alerts = self._held("owner"), self._held("alerts", "on call")
        owned = bool(owners or alerts or self.entry.values.get("retired"))
        if owned or (self.thing and self.rooms):
            yield self._fact("owns repo", self._owners(owners), name, self.context, "owner")
            if alerts:
                yield self._fact("gets alerts", alerts, name, self.context, "alerts")
        elif self.rooms:
            party = party_of({**self.entry.values, "name": name})
            yield self._fact("does", party, self.text or self.role or name, (self.file.page.title,), "team")
        yield from self._others(name)

    @cached_property
    def thing(self) -> bool:
        """Whether the entry is a thing rather than somebody: by its name's key, its list's, or its file's name."""
        if _value(self.entry, _THING_KEYS):
            return True
        around = (self.entry.key, self.file.page.path.rsplit("/", 1)[-1].split(".")[0])
        return any(field_of(word).subject == "thing" for word in around if word)

    @cached_property
    def inside_named(self) -> bool:
        """Whether the entry stands in one that has a name, and tells more of it: `owner: {name: Tide}`."""
        return self.entry.key.lower() in _CONTAINERS and self.entry.key != "spec"

    @cached_property
    def name(self) -> str:
        """The entry's name: its own, that of the metadata before it, or the key that it stands under."""
        own = _value(self.entry, (*_THING_KEYS, *_NAME_KEYS))
        if own or not self._names_somebody:
            return own
        if self.entry.key == "spec":
            return _value(self.metadata, _NAME_KEYS) if self.metadata else ""
        key = self.entry.key
        named = key and key.lower() not in _CONTAINERS and not key_field(key).names and field_of(key).subject == ""
        return key if named else ""

    @property
    def _names_somebody(self) -> bool:
        return any(key_field(k).names for k, v in self.entry.values.items() if v)

    @cached_property
    def text(self) -> str:
        own = _value(self.entry, _TEXT_KEYS)
        above = self.metadata if self.entry.key == "spec" else None
        return own or (_value(above, _TEXT_KEYS) if above else "")

    @property
    def role(self) -> str:
        return _value(self.entry, ("role", "job", "job_title", "position"))

    @property
    def context(self) -> tuple[str, ...]:
        spaced = self.name.replace("-", " ").replace("_", " ")
        return (spaced, str(self.entry.values.get("type") or ""), self.text)

    @cached_property
    def rooms(self) -> tuple[Contact, ...]:
        return tuple(reached_by(self.entry.values))

    @cached_property
    def lines(self) -> Mapping[str, tuple[int, int]]:
        return self.entry.lines_of(self.entry.last)

    def _held(self, *holds: str) -> tuple[Contact, ...]:
        """Whom the keys of these meanings name: strings, lists, and the maps under them."""
        found: list[Contact] = []
        for key, value in self.entry.values.items():
            if key_field(key).holds in holds and key not in _THING_KEYS:
                found += named_by(key, value, [e.values for e in self._under(key)] if value in (None, []) else ())
        return tuple(dict.fromkeys(found))

    def _under(self, key: str) -> list[Entry]:
        first, last = self.lines[key]
        found = self.by_key.get(key, [])
        begin = bisect_left(found, first, key=_first)
        return found[begin : bisect_right(found, last, begin, key=_first)]

    def _owners(self, owners: tuple[Contact, ...]) -> tuple[Contact, ...]:
        """The owners; a single one without an address has the entry's."""
        if not owners:
            return self.rooms
        if len(owners) > 1 or owners[0].address or not self.rooms:
            return owners
        return tuple(Contact(owners[0].kind, owners[0].name, room.address) for room in self.rooms)

    def _others(self, name: str) -> Iterator[Fact]:
        """Leads, approvers, reviewers, deputies and whom to contact."""
        for holds in (*BESIDE, "contact"):
            for key in self.entry.values:
                field = key_field(key)
                if field.holds == holds and (contacts := self._of_key(key)):
                    topic = name if holds == "contact" else field.says(name)
                    yield self._fact("ask", contacts, topic, self.context, holds)

    def _of_key(self, key: str) -> tuple[Contact, ...]:
        value = self.entry.values[key]
        return named_by(key, value, [e.values for e in self._under(key)] if value in (None, []) else ())

    def _fact(
        self, relation: Relation, contacts: tuple[Contact, ...], topic: str, context: tuple[str, ...], holds: str = ""
    ) -> Fact:
        values = self.entry.values.items()
        plain = {k: _flat(v) for k, v in values if isinstance(v, str | bool) and v not in (False, "")}
        attributes = plain if relation in ("owns repo", "gets alerts") else {"holds": holds} if holds else {}
        return fact(relation, contacts, topic, context, self._place(), attributes=attributes)

    def _place(self) -> Place:
        """The entry's lines, without blank lines or the next entry at its end; from the name where it stands above."""
        page, first = self.file.page, self.entry.first
        if self.entry.key == "spec" and self.metadata:
            first = self.metadata.first
        elif self.entry.key == self.name and first > 1 and self.name in page.lines[first - 2]:
            first -= 1
        last = min(self.entry.last, len(page.lines))
        while last > first and not self._holds(page.lines[last - 1]):
            last -= 1
        return place_of(page, None, first, last)

    def _holds(self, line: str) -> bool:
        """Whether a line may belong to the entry: it is indented as far, or closes a bracket."""
        start = self.file.page.lines[self.entry.first - 1]
        column = len(start) - len(re.sub(r"^[\s-]*", "", start))
        plain = line.lstrip()
        return bool(plain) and (len(line) - len(plain) >= column or plain[0] in "}])")


def _first(entry: Entry) -> int:
    return entry.first


def _value(entry: Entry, keys: tuple[str, ...]) -> str:
    for key in keys:
        value = entry.values.get(key)
        if isinstance(value, str) and value.strip():
            return _flat(value)
    return ""


def _flat(value: object) -> str:
    return " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", str(value)).split())
