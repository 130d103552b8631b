"""Sentences of a block with their lines, and lines as a place that can be cited."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from ingest.facts.lexicon import one_of, words
from ingest.manual.markdown import Block, Section, Text
from ingest.values import Page, Place

_BREAK = re.compile(r"(?<=[.!?])[\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9#@`*])")
_TITLES = one_of(words("people", "honorifics", "short"))
_ABBREVIATION = re.compile(
    rf"(?:\b(?:{_TITLES}|e\.?g|i\.?e|etc|vs|cf|approx|ext|St|No|Inc|Ltd)|\b[A-Z])\.$",
    re.IGNORECASE,
)


_PAIR = re.compile(r"\s*\S[^→\n]{0,80}?\s*(?:→|[-=]>)\s*\S")
"""A line that leads from one thing to another: "Dashboards → the Gauges team"; several of them are a list."""
_LINES = re.compile(r"\s*\n")
_NEAR = 40
"""Characters before the end of a sentence in which an abbreviation may stand."""
_LONGEST = 2_000
"""Characters; nobody writes a longer sentence, and the patterns of facts take too long on one."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the lines of the file that it stands on."""

    text: Text
    first: int
    last: int
    part: tuple[int, int] | None = None
    """As a block's: the characters of a line that is too long to be quoted whole."""

    @property
    def plain(self) -> str:
        return " ".join(self.text.plain.split())


def sentences(block: Block) -> Iterator[Sentence]:
    """The block's sentences, in order; a table row is one."""
    plain, counted, first = block.text.plain, 0, block.first
    longest = len(plain) if block.kind == "code" else _LONGEST
    for opened, closed in _no_longer(plain, _bounds(plain, block.kind), longest):
        trimmed = plain[opened:closed]
        start = opened + len(trimmed) - len(trimmed.lstrip())
        end = start + len(trimmed.strip())
        if end > start:
            counted, first = start, first + plain.count("\n", counted, start)
            last = min(block.last, first + plain.count("\n", start, end))
            yield Sentence(block.text.within(start, end), first, last, block.part)


def _bounds(plain: str, kind: str) -> Iterator[tuple[int, int]]:
    start = 0
    if kind != "row":
        lines = plain.strip().split("\n")
        breaks = _LINES if len(lines) > 1 and all(map(_PAIR.match, lines)) else _BREAK
        for match in breaks.finditer(plain):
            end = match.start()
            if not _ABBREVIATION.search(plain[max(start, end - _NEAR) : end].rstrip("\"”’')]")):
                yield start, end
                start = match.end()
    yield start, len(plain)


def _no_longer(plain: str, bounds: Iterable[tuple[int, int]], longest: int) -> Iterator[tuple[int, int]]:
    """The same, what is longer cut between two words, or else anywhere."""
    for start, end in bounds:
        cut = start
        while end - cut > longest:
            begun, space = cut, plain.rfind(" ", cut + longest // 2, cut + longest)
            cut = space if space > 0 else cut + longest
            yield begun, cut
        yield cut, end


def place_of(page: Page, section: Section | None, first: int, last: int, part: tuple[int, int] | None = None) -> Place:
    """Lines `first` to `last` of `page`, as far as one quote has room for them, as a citable place with the link to its
    heading; `part` as `Page.quote`'s."""
    last = page.quotable(first, last)
    anchor = section.anchor if section else ""
    return Place(
        path=page.path,
        title=page.title,
        heading=section.heading if section else "",
        anchor=anchor,
        first=first,
        last=last,
        quote=page.quote(first, last, part),
        url=_url(page, anchor, first, last),
        owner=page.owner,
        updated=page.updated,
        commit=page.commit,
        status=page.status,
        heads=_heads_over(first, section.blocks) if section else "",
    )


def _heads_over(line: int, blocks: Sequence[Block]) -> str:
    """The column heads of the table row that begins on that line, as a row of Markdown; empty where none does."""
    n = bisect_right(blocks, line, key=attrgetter("first")) - 1
    if n < 0 or blocks[n].kind != "row" or blocks[n].last < line or not any(blocks[n].header):
        return ""
    heads = (head.replace("|", "\\|") for head in blocks[n].header)
    return f"| {' | '.join(heads)} |"


def _url(page: Page, anchor: str, first: int, last: int) -> str:
    if page.url.endswith((".html", "/")):
        return f"{page.url}#{anchor}" if anchor else page.url
    return f"{page.url}#L{first}-L{last}"


def context_of(page: Page, section: Section, block: Block | None = None) -> tuple[str, ...]:
    """Title, heading path and introducing lines: what a statement is about beyond its own words."""
    leads = tuple(lead.text.plain for lead in block.leads) if block else ()
    headings = tuple(h for h in section.headings if h != page.title)
    return (page.title, *headings, *leads)
