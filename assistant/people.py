"""Where a named team or role is reached: the addresses that the manual states for it, with the fact that does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ingest.people import TEAM_HEAD, spellings
from ingest.values import Contact, Fact

_SUFFIX = re.compile(r"\s+(?:slack\s+)?channels?$", re.IGNORECASE)


class AddressBook:
    """Team names in all their spellings to the fact that states their address."""

    def __init__(
        self, facts: Iterable[Fact], organisation: Sequence[str], aliases: Mapping[str, Sequence[str]]
    ) -> None:
        self._entries: dict[str, tuple[Contact, Fact]] = {}
        for fact in facts:
            for contact in fact.contacts:
                if contact.name and contact.address and contact.kind == "team" and "://" not in contact.address:
                    for spelling in spellings(contact.name, tuple(organisation)):
                        self._entries.setdefault(_key(spelling), (contact, fact))
        for name, others in aliases.items():
            if _key(name) in self._entries:
                self._entries.update((_key(other), self._entries[_key(name)]) for other in others)

    def find(self, name: str) -> tuple[Contact, Fact] | None:
        """The addressed contact for a team's name, and the fact that states it; None when none does."""
        key = _key(name)
        return self._entries.get(key) or self._entries.get(re.sub(rf"\s+{TEAM_HEAD}$", "", key))


def _key(name: str) -> str:
    flat = " ".join(re.findall(r"[\w.@#&-]+", name.lower()))
    return _SUFFIX.sub("", re.sub(r"^(?:the|our|a|an)\s+", "", flat))
