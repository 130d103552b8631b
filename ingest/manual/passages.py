"""Passages: runs of whole blocks of one section that fit the encoder, each with its title and heading path."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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


_LETTERS = 16
"""Characters for each token of room: an endless word may be one token, and would make an endless passage."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text with the lines that it stands on, and the characters of the line where that is too long to quote."""

    text: str
    first: int
    last: int
    part: tuple[int, int] | None = None

    def follows(self, other: _Piece) -> bool:
        """Whether one quote can hold both: whole lines, or parts of the same line."""
        return (self.part is None) == (other.part is None) and (self.part is None or self.first == other.first)


def passages_of(
    manual: Manual,
    count_tokens: CountTokens,
    longest: int = LONGEST,
    told: Callable[[Sequence[Passage]], object] | None = None,
) -> tuple[Passage, ...]:
    """Every passage of the manual, in order. `count_tokens` counts special tokens too, untruncated; `told` hears of
    those of each page as soon as it is cut."""
    count = lru_cache(maxsize=None)(count_tokens)  # a block is counted to be cut, and again to be put together

    def of(page: Page) -> tuple[Passage, ...]:
        made = (p for section in manual.bodies[page.path] for p in _section(page, section, count, longest))
        return tuple({passage.id: passage for passage in made}.values())

    passages: list[Passage] = []
    for page in manual.pages:
        cut = manual.kept.of(_PASSAGES, page, of, more=[str(longest)])
        if told:
            told(cut)
        passages += cut
    return tuple(passages)


def _section(page: Page, section: Section, count: CountTokens, longest: int) -> Iterator[Passage]:
    head = " > ".join(dict.fromkeys((page.title, *section.headings)))
    head = _cut(head, longest // 2, count)
    room = longest - count(head)
    pieces: list[_Piece] = []
    used = letters = 0
    for piece in _pieces(section, room, count):
        size = count(piece.text)
        full = used + size > room or letters + len(piece.text) > room * _LETTERS
        if pieces and (full or not piece.follows(pieces[-1])):
            yield _passage(page, section, head, pieces)
            pieces, used, letters = [], 0, 0
        pieces.append(piece)
        used, letters = used + size, letters + len(piece.text)
    if pieces:
        yield _passage(page, section, head, pieces)


def _pieces(section: Section, room: int, count: CountTokens) -> Iterator[_Piece]:
    """The section's blocks as plain text with their lines; a block too long for a passage, by sentences."""
    for block in section.blocks:
        plain = " ".join(block.text.plain.split())
        if not plain:
            continue
        if _fits(plain.split(" "), room, count):
            yield _Piece(plain, block.first, block.last, block.part)
        else:
            yield from _halves(block, room, count)


def _halves(block: Block, room: int, count: CountTokens) -> Iterator[_Piece]:
    for sentence in sentences(block):
        words, done = sentence.plain.split(), 0
        while done < len(words):
            size = _most(words[done:], room, count)
            text = _cut(" ".join(words[done : done + size]), room, count)
            yield _Piece(text, sentence.first, sentence.last, sentence.part)
            done += size


def _most(words: Sequence[str], room: int, count: CountTokens) -> int:
    """How many of the words make a passage: all of them, or three quarters of that, and so on, until they fit.

    More words are more tokens, so the search for that size begins where the tokens of all the words point to."""
    if _fits(words, room, count):
        return len(words)
    sizes = [len(words)]
    while sizes[-1] > 1:
        sizes.append(max(1, sizes[-1] * 3 // 4))
    countable = next((n for n, size in enumerate(sizes) if size <= room), len(sizes) - 1)
    likely = len(words) * room / count(" ".join(words)) if countable == 0 else sizes[countable] / 2
    at = next((n for n, size in enumerate(sizes) if size <= likely), len(sizes) - 1)
    while at < len(sizes) - 1 and not _fits(words[: sizes[at]], room, count):
        at += 1
    while at > max(countable, 1) and _fits(words[: sizes[at - 1]], room, count):
        at -= 1
    return sizes[at]


def _fits(words: Sequence[str], room: int, count: CountTokens) -> bool:
    """Whether the words are at most `room` tokens; more words than that are not, for each is one at least."""
    return len(words) <= room and count(" ".join(words)) <= room


def _cut(text: str, room: int, count: CountTokens) -> str:
    """At most `room` tokens of `text`; a single word longer than that loses its end."""
    while len(text) > 1 and count(text) > room:
        text = text[: len(text) * 3 // 4]
    return text


def _passage(page: Page, section: Section, head: str, pieces: Sequence[_Piece]) -> Passage:
    first, last = pieces[0].first, max(piece.last for piece in pieces)
    text = "\n".join((head, *(piece.text for piece in pieces)))
    part = (pieces[0].part[0], pieces[-1].part[1]) if pieces[0].part and pieces[-1].part else None
    digest = hashlib.sha256(f"{page.path}\x1f{first}\x1f{last}\x1f{text}".encode()).hexdigest()[:20]
    return Passage(digest, text, section.headings, place_of(page, section, first, last, part))
