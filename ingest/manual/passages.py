"""Passages: runs of whole blocks of one section that fit the encoder, each with its title and heading path."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import lru_cache

from ingest.kept import passages_step
from ingest.manual.markdown import Block, Section
from ingest.manual.reading import Manual
from ingest.manual.sentences import place_of, sentences
from ingest.values import Page, Passage

CountTokens = Callable[[str], int]
_PASSAGES = passages_step("passages")
LONGEST = 256
"""Tokens of all-MiniLM-L6-v2's input; what is longer would be cut without a word."""


def passages_of(manual: Manual, count_tokens: CountTokens, longest: int = LONGEST) -> tuple[Passage, ...]:
    """Every passage of the manual, in order. `count_tokens` counts special tokens too, untruncated."""
    count = lru_cache(maxsize=None)(count_tokens)  # a block is counted to be cut, and again to be put together

    def of(page: Page) -> tuple[Passage, ...]:
        made = (p for section in manual.bodies[page.path] for p in _section(page, section, count, longest))
        return tuple({passage.id: passage for passage in made}.values())

    return tuple(p for page in manual.pages for p in manual.kept.of(_PASSAGES, page, of, more=[str(longest)]))


def _section(page: Page, section: Section, count: CountTokens, longest: int) -> Iterator[Passage]:
    head = " > ".join(dict.fromkeys((page.title, *section.headings)))
    head = _cut(head, longest // 2, count)
    room = longest - count(head)
    pieces: list[tuple[str, int, int]] = []
    used = 0
    for piece in _pieces(section, room, count):
        size = count(piece[0])
        if pieces and used + size > room:
            yield _passage(page, section, head, pieces)
            pieces, used = [], 0
        pieces.append(piece)
        used += size
    if pieces:
        yield _passage(page, section, head, pieces)


def _pieces(section: Section, room: int, count: CountTokens) -> Iterator[tuple[str, int, int]]:
    """The section's blocks as plain text with their lines; a block too long for a passage, by sentences."""
    for block in section.blocks:
        plain = " ".join(block.text.plain.split())
        if not plain:
            continue
        if count(plain) <= room:
            yield plain, block.first, block.last
        else:
            yield from _halves(block, room, count)


def _halves(block: Block, room: int, count: CountTokens) -> Iterator[tuple[str, int, int]]:
    for sentence in sentences(block):
        words = sentence.plain.split()
        while words:
            size = len(words)
            while size > 1 and count(" ".join(words[:size])) > room:
                size = max(1, size * 3 // 4)
            yield _cut(" ".join(words[:size]), room, count), sentence.first, sentence.last
            words = words[size:]


def _cut(text: str, room: int, count: CountTokens) -> str:
    """At most `room` tokens of `text`; a single word longer than that loses its end."""
    while len(text) > 1 and count(text) > room:
        text = text[: len(text) * 3 // 4]
    return text


def _passage(page: Page, section: Section, head: str, pieces: list[tuple[str, int, int]]) -> Passage:
    first, last = pieces[0][1], max(end for _, _, end in pieces)
    text = "\n".join((head, *(text for text, _, _ in pieces)))
    digest = hashlib.sha256(f"{page.path}\x1f{first}\x1f{last}\x1f{text}".encode()).hexdigest()[:20]
    return Passage(digest, text, section.headings, place_of(page, section, first, last))
