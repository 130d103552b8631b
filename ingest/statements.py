"""Sentences of a block with their lines, and the making of facts from them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.markdown import Block, Section, Text
from ingest.values import Contact, Fact, Page, Place, Relation

_BREAK = re.compile(r"(?<=[.!?])[\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9#@`*])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.?g|i\.?e|etc|vs|cf|approx|Mr|Mrs|Ms|Dr|St|No|Inc|Ltd)|\b[A-Z])\.$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the lines of the file that it stands on."""

    text: Text
    first: int
    last: int

    @property
    def plain(self) -> str:
        return " ".join(self.text.plain.split())


def sentences(block: Block) -> Iterator[Sentence]:
    """The block's sentences, in order; a table row is one."""
    plain = block.text.plain
    for opened, closed in _bounds(plain, block.kind):
        trimmed = plain[opened:closed]
        start = opened + len(trimmed) - len(trimmed.lstrip())
        end = start + len(trimmed.strip())
        if end > start:
            first = block.first + plain.count("\n", 0, start)
            last = min(block.last, first + plain.count("\n", start, end))
            yield Sentence(block.text.within(start, end), first, last)


def _bounds(plain: str, kind: str) -> Iterator[tuple[int, int]]:
    start = 0
    if kind != "row":
        for match in _BREAK.finditer(plain):
            if not _ABBREVIATION.search(plain[start : match.start()].rstrip("\"”’')]")):
                yield start, match.start()
                start = match.end()
    yield start, len(plain)


def place_of(page: Page, section: Section | None, first: int, last: int) -> Place:
    """Lines `first` to `last` of `page` as a citable place, with the link to its heading."""
    anchor = section.anchor if section else ""
    return Place(
        path=page.path,
        title=page.title,
        heading=section.heading if section else "",
        anchor=anchor,
        first=first,
        last=last,
        quote=page.quote(first, last),
        url=_url(page, anchor, first, last),
        owner=page.owner,
        updated=page.updated,
        commit=page.commit,
    )


def _url(page: Page, anchor: str, first: int, last: int) -> str:
    if page.url.endswith(".html"):
        return f"{page.url}#{anchor}" if anchor else page.url
    return f"{page.url}#L{first}-L{last}"


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


def joined(places: Sequence[Place]) -> tuple[Place, ...]:
    """Places of one section whose lines follow each other become one; the rest stay as they are, in order."""
    merged: list[Place] = []
    for place in places:
        last = merged[-1] if merged else None
        if last and (last.path, last.anchor, last.last + 1) == (place.path, place.anchor, place.first):
            merged[-1] = replace(
                last, last=place.last, quote=f"{last.quote}\n{place.quote}", url=_spanning(last.url, place.last)
            )
        else:
            merged.append(place)
    return tuple(merged)


def _spanning(url: str, last: int) -> str:
    return re.sub(r"#L(\d+)-L\d+$", rf"#L\1-L{last}", url)


def says(quote: str, contact: Contact) -> bool:
    """Whether a quote states the contact: its address, or the words of its name where it has none."""
    if contact.address:
        return contact.address.lower() in quote.lower()
    words = " ".join(re.findall(r"[\w.+-]+", contact.name.lower()))
    return words in " ".join(re.findall(r"[\w.+-]+", quote.lower()))


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


def context_of(page: Page, section: Section, block: Block | None = None) -> tuple[str, ...]:
    """Title, heading path and introducing lines: what a statement is about beyond its own words."""
    leads = tuple(lead.text.plain for lead in block.leads) if block else ()
    headings = tuple(h for h in section.headings if h != page.title)
    return (page.title, *headings, *leads)
