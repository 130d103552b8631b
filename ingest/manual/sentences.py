"""Sentences of a block with their lines, and lines as a place that can be cited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.manual.markdown import Block, Section, Text
from ingest.values import Page, Place

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
        status=page.status,
    )


def _url(page: Page, anchor: str, first: int, last: int) -> str:
    if page.url.endswith(".html"):
        return f"{page.url}#{anchor}" if anchor else page.url
    return f"{page.url}#L{first}-L{last}"


def context_of(page: Page, section: Section, block: Block | None = None) -> tuple[str, ...]:
    """Title, heading path and introducing lines: what a statement is about beyond its own words."""
    leads = tuple(lead.text.plain for lead in block.leads) if block else ()
    headings = tuple(h for h in section.headings if h != page.title)
    return (page.title, *headings, *leads)
