"""Facts are made here, and proven: no contact stays that the quoted lines do not state."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from ingest.facts.lexicon import words
from ingest.facts.names import is_bot, is_name
from ingest.facts.spoken import Spoken, words_of
from ingest.manual.markdown import Section
from ingest.manual.plain_text import stated
from ingest.manual.sentences import place_of
from ingest.relations import Relation
from ingest.values import MOST_CONTACTS, Contact, ContactKind, Fact, Place

_TARGET = re.compile(r"\](?:\([^()\n]*\)|\[[^\]\n]*\])")
"""Behind a link's label, which may be only a part of a name: "the [Kiln Works](/kiln) team"."""
_RUNS = re.compile(r"[^\W_]+")
_MARKED = re.compile(r"[#@~]|[\w.+-]+@")
_UNMARKED = re.compile(r"\{[{%<]|<%|<[a-z][\w.]*\s|://|(?:^|[{,])\s*(?:-\s+)?[\"']?[\w.-]+[\"']?\s*[:=]|^\s*-\s")
"""Lines in which an address may stand without its mark: a tag, a link's target, a key with its value, an entry."""


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
    """A fact whose id is the hash of what it says and where, so that an equal statement keeps its id; of very many
    contacts it has the first."""
    flat, contacts = " ".join(topic.split()), contacts[:MOST_CONTACTS]
    parts = [relation, place.path, str(place.first), str(place.last), flat, str(rank)]
    parts += [f"{c.kind} {c.name} {c.address}" for c in contacts]
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]
    kept = tuple(" ".join(c.split()) for c in context if c.strip())
    return Fact(digest, relation, contacts, flat, kept, place, rank, dict(attributes or {}), stated)


def says(quote: str, contact: Contact) -> bool:
    """Whether a quote, read as the text that it stands for, states the contact: its address, or the words of its name
    where it has none. A channel or handle may stand without its mark in a tag, a `key: value` or a link's target."""
    shown = contact.shown
    if quote.isascii() and _core(shown) not in quote.lower():
        return False
    said, in_words = _read(quote)
    if contact.address:
        return _stands(contact.address.lower(), said)
    return words_of(contact.name) in in_words


@lru_cache(16)
def _read(quote: str) -> tuple[str, str]:
    """What a quote says, and its words: many contacts are looked for in the same one."""
    said = stated(quote).lower().replace("%20", " ")
    return said, f"{words_of(said)} | {words_of(_TARGET.sub(']', said))}"


def _core(shown: str) -> str:
    """The longest run of letters and digits, which no mark or escape can break."""
    return max(_RUNS.findall(shown.lower()), key=len, default="")


def _stands(address: str, said: str) -> bool:
    """Whether an address stands there whole, and not as a part of a longer one."""
    if not _MARKED.match(address):
        return address in said
    if any(not _in_word(before, "@#") and not _goes_on(after) for before, after in _around(address, said)):
        return True
    return address[0] in "#@~" and any(
        not _in_word(_NUMBER.sub("", before), "-") and not _in_word(after[:1], "-")
        for line in said.split("\n")
        if address[1:] in line and _UNMARKED.search(line)
        for before, after in _around(address[1:], line)
    )


_NUMBER = re.compile(r"(?<![\w-])\d+-$")
"""What Zulip puts before a stream's name in a link."""


def _around(sought: str, said: str) -> Iterator[tuple[str, str]]:
    """The few characters before and after each place where it stands."""
    at = said.find(sought)
    while at >= 0:
        end = at + len(sought)
        yield said[max(0, at - 12) : at], said[end : end + 2]
        at = said.find(sought, at + 1)


def _in_word(text: str, beside: str) -> bool:
    """Whether the character at the edge of an address is part of a longer word, or one of those beside."""
    edge = text[-1:]
    return bool(edge) and (edge.isalnum() or edge in f"_{beside}")


def _goes_on(after: str) -> bool:
    """Whether what follows makes a longer address: a letter, a hyphen, or a dot or slash with a letter behind."""
    return _in_word(after[:1], "-") or (after[:1] in ("/", ".") and after[1:2].isalnum())


def stated_at(
    spoken: Spoken, section: Section, contacts: Sequence[Contact], place: Place, intro: tuple[int, int] | None = None
) -> Place | None:
    """The other place that states the contacts which `place` does not: the introducing lines, or the line of a
    link's definition; None when `place` states them all."""
    page = spoken.page
    missing = [c for c in contacts if not says(place.quote, c)]
    if not missing:
        return None
    for at, defined in page.defined:
        if place.first <= at <= place.last and any(says(defined.quote, c) for c in missing):
            return defined
    if intro and any(says(page.quote(*intro), c) for c in missing):
        return place_of(page, section, *intro)
    line = spoken.first_line(missing)
    return place_of(page, None, line, line) if line else None


def _named(contact: Contact) -> Contact:
    """The contact without a name that nobody can have; of an address alone the kind is the address's own."""
    if not contact.address and contact.name[:1] in _KIND_OF_MARK:
        return Contact(_KIND_OF_MARK[contact.name[0]], "", contact.name)  # "@Ada Byron", as a chat shows it
    nobody = words("people", "nobody") | words("ways", "media") | words("people", "teams")
    pointing = bool(contact.address) and contact.name != "IT" and contact.name.lower() in nobody
    if (is_name(contact.name) and not pointing) or contact.kind in ("queue", "schedule", "link"):
        return contact
    kind = _KIND_OF_MARK.get(contact.address[:1], "email" if "@" in contact.address else "link")
    return Contact(kind, "", contact.address)


_KIND_OF_MARK: Mapping[str, ContactKind] = {"#": "channel", "~": "channel", "@": "handle"}


def proven(fact: Fact) -> Fact:
    """The fact with only those contacts that its own places state; an address they lack is left out."""
    quotes = "\n".join(p.quote for p in (fact.place, fact.stated) if p)
    contacts: list[Contact] = []
    for contact in map(_named, fact.contacts):
        if not contact.shown or is_bot(contact):
            continue
        if says(quotes, contact):
            contacts.append(contact)
        elif contact.name and contact.kind != "link" and says(quotes, bare := Contact(contact.kind, contact.name)):
            contacts.append(bare)
    contacts = list({c.address or c.name: c for c in reversed(contacts)}.values())[::-1]
    return replace(fact, contacts=tuple(contacts), place=_resolved(fact.place, quotes, contacts))


def _resolved(place: Place, quotes: str, contacts: Sequence[Contact]) -> Place:
    """The place, with those as its owner that its lines write by a tag, or in a link and beside it, and not letter by
    letter: the quote is the file's own text, and whoever shows it must find whom the tag stands for."""
    written = [c.address for c in contacts if c.address and not _verbatim(c.address, quotes)]
    written += [c.name for c in contacts if not c.address and words_of(c.name) not in words_of(quotes)]
    return replace(place, owner=", ".join(dict.fromkeys(written))) if written and not place.owner else place


def _verbatim(address: str, quotes: str) -> bool:
    return any(not _in_word(b, "@#") and not _goes_on(a) for b, a in _around(address.lower(), quotes.lower()))
