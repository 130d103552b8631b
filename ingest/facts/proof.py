"""Facts are made here, and proven: no contact stays that the quoted lines do not state."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.manual.markdown import Section
from ingest.manual.sentences import place_of
from ingest.values import Contact, Fact, Page, Place, Relation


def fact(
    relation: Relation,
    contacts: tuple[Contact, ...],
    topic: str,
    context: tuple[str, ...],
    place: Place,
    rank: int = 0,
    attributes: Mapping[str, str] | None = None,
    stated: Place | None = None,
) -> Fact:
    """A fact whose id is the hash of what it says and where, so that an equal statement keeps its id."""
    flat = " ".join(topic.split())
    parts = [relation, place.path, str(place.first), str(place.last), flat, str(rank)]
    parts += [f"{c.kind} {c.name} {c.address}" for c in contacts]
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]
    kept = tuple(" ".join(c.split()) for c in context if c.strip())
    return Fact(digest, relation, contacts, flat, kept, place, rank, dict(attributes or {}), stated)


def says(quote: str, contact: Contact) -> bool:
    """Whether a quote states the contact: its address, or the words of its name where it has none."""
    if contact.address:
        return contact.address.lower() in quote.lower() or (contact.kind != "email" and _keyed(quote, contact.address))
    words = " ".join(re.findall(r"[\w.+-]+", contact.name.lower()))
    return words in " ".join(re.findall(r"[\w.+-]+", quote.lower()))


_CHAT_KEY = re.compile(
    r"(?:^|[{,])\s*(?:-\s*)?[\"']?[\w-]*(?:slack|channel|chat|questions|zulip|alerts)[\w-]*[\"']?\s*[:=]",
    re.IGNORECASE | re.MULTILINE,
)


def _keyed(quote: str, address: str) -> bool:
    """Whether a key for channels gives the address without its mark: `slack: tide` states #tide."""
    bare = address.removeprefix("#")
    if bare == address or not _CHAT_KEY.search(quote):
        return False
    return re.search(rf"(?<![\w#@-]){re.escape(bare)}(?![\w-])", quote) is not None


def stated_at(
    page: Page, section: Section, contacts: Sequence[Contact], place: Place, intro: tuple[int, int] | None = None
) -> Place | None:
    """The other place that states the contacts which `place` does not: the introducing lines, or the line of a
    link's definition; None when `place` states them all."""
    missing = [c for c in contacts if not says(place.quote, c)]
    if not missing:
        return None
    if intro and any(says(page.quote(*intro), c) for c in missing):
        return place_of(page, section, *intro)
    lines = (n for n, line in enumerate(page.lines, 1) if any(says(line, c) for c in missing))
    line = next(lines, None)
    return place_of(page, None, line, line) if line else None


def proven(fact: Fact) -> Fact:
    """The fact with only those contacts that its own places state; an address they lack is left out."""
    quotes = "\n".join(p.quote for p in (fact.place, fact.stated) if p)
    contacts: list[Contact] = []
    for contact in fact.contacts:
        if says(quotes, contact):
            contacts.append(contact)
        elif contact.name and says(quotes, bare := Contact(contact.kind, contact.name)):
            contacts.append(bare)
    return replace(fact, contacts=tuple(contacts))
