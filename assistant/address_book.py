"""Where a named team or role is reached: the addresses that the manual states for it, with the fact that does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from ingest.facts.lexicon import words
from ingest.facts.names import TEAM_HEAD, spellings
from ingest.values import Contact, Fact

_SUFFIX = re.compile(r"\s+(?:slack\s+)?channels?$", re.IGNORECASE)


class AddressBook:
    """Team names in all their spellings to the fact that states their address."""

    def __init__(
        self,
        introduced: Iterable[tuple[int, Contact]],
        said: Iterable[tuple[int, Contact]],
        fact_at: Callable[[int], Fact],
        organisation: Sequence[str],
        aliases: Mapping[str, Sequence[str]],
    ) -> None:
        """`introduced` are the teams where the manual says what they do, `said` those that sentences name for some
        matter, each with the row of its fact: the first one of a name counts. Where sentences alone give a team's
        address, and not always the same, none of them is the team's for every matter. `fact_at` gives the fact of a
        row."""
        self._fact_at = fact_at
        self._entries: dict[str, tuple[Contact, int]] = {}
        seen: set[str] = set()
        for row, contact in (*_reached(introduced), *_of_one_address(_reached(said))):
            if contact.name in seen:
                continue
            seen.add(contact.name)
            for spelling in (contact.name, *spellings(contact.name, tuple(organisation))):
                self._entries.setdefault(_key(spelling), (contact, row))
        for name, others in aliases.items():
            if _key(name) in self._entries:
                self._entries.update((_key(other), self._entries[_key(name)]) for other in others)

    def find(self, name: str) -> tuple[Contact, Fact] | None:
        """The addressed contact for a team's name, and the fact that states it; None when none does."""
        found = self._entry(name)
        return (found[0], self._fact_at(found[1])) if found else None

    def contact(self, name: str) -> Contact | None:
        """The addressed contact for a team's name."""
        found = self._entry(name)
        return found[0] if found else None

    def _entry(self, name: str) -> tuple[Contact, int] | None:
        key = _key(name)
        found = self._entries.get(key) or self._entries.get(re.sub(rf"\s+{TEAM_HEAD}$", "", key))
        return found or (None if key in _departments() else self._entries.get(f"{key} support"))


@cache
def _departments() -> frozenset[str]:
    """Names that are not shortened from "X support", as a supplier's is ("Ropes & Sons support"): those of Product are
    not those of Product Support."""
    return words("people", "departments") | words("people", "functions")


def _reached(named: Iterable[tuple[int, Contact]]) -> list[tuple[int, Contact]]:
    """Those that give an address which one can write to, and not only a link."""
    return [(row, contact) for row, contact in named if contact.address and "://" not in contact.address]


def _of_one_address(named: Sequence[tuple[int, Contact]]) -> list[tuple[int, Contact]]:
    addresses: dict[str, set[str]] = defaultdict(set)
    for _, contact in named:
        addresses[_key(contact.name)].add(contact.address.lower())
    return [(row, contact) for row, contact in named if len(addresses[_key(contact.name)]) == 1]


def _key(name: str) -> str:
    flat = " ".join(re.findall(r"[\w.@#&-]+", name.lower()))
    return _SUFFIX.sub("", re.sub(r"^(?:the|our|a|an)\s+", "", flat))
