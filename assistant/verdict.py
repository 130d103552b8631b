"""What a rule decides, before it is numbered and written: whom, why, from which places of the manual."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from assistant.address_book import AddressBook
from assistant.values import Outcome
from ingest.facts.lexicon import one_of, words
from ingest.values import Contact, Fact, Place

_CHAT = re.compile(
    rf"(?:slack|msteams)://|https?://[^/]*(?:{one_of(words('ways', 'chats'))}|teams|chat)", re.IGNORECASE
)
"""A link into a chat: the room's name, where the manual states it elsewhere, says more. A portal or a form is given for
its own matter."""


@dataclass(frozen=True, slots=True)
class Named:
    """A contact to show, and the places that state it."""

    contact: Contact
    why: str
    places: tuple[Place, ...]


def named_by(fact: Fact, why: str, book: AddressBook) -> tuple[Named, ...]:
    """The fact's contacts in its own order, each with the address that the manual states for it elsewhere."""
    return tuple(_with_address(contact, why, fact, book) for contact in fact.contacts)


def _with_address(contact: Contact, why: str, fact: Fact, book: AddressBook) -> Named:
    bare = not contact.address or _CHAT.match(contact.address)
    known = book.find(contact.name) if bare and contact.name and contact.kind in ("team", "link") else None
    if known is None:
        return Named(contact, why, fact.places)
    address, stated_by = known
    return Named(Contact("team", contact.name, address.address), why, (fact.place, *stated_by.places))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision of one rule. `tried` are rungs that the person has been to."""

    outcome: Outcome
    rule: str
    confidence: float
    contacts: tuple[Named, ...] = ()
    steps: tuple[Fact, ...] = ()
    evidence: tuple[Place, ...] = ()
    """Further places that were used, beside those of the contacts."""
    notes: tuple[str, ...] = ()
    reason: str = ""
    """One sentence for the reader; of a decline, the whole reply."""
    tried: frozenset[int] = field(default_factory=frozenset)
    items: tuple[Fact, ...] = ()
    """What a question asks to be listed."""
    lead: str = ""
    """One sentence that answers before anybody is named: yes, or which of two."""

    def led_by(self, lead: str) -> Verdict:
        return replace(self, lead=lead)
