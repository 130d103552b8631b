"""The manual's lines as their reader sees them on its site: its words without the marks, with links and code kept.

A quote stays as it is written, for it proves an answer; this is how it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from textwrap import dedent
from typing import Literal

from ingest.manual.callouts import unboxed
from ingest.manual.markdown import Block, Text, sections_of
from ingest.manual.plain_text import plain_line

_MARKDOWN = re.compile(r"\.(?:md|markdown|mdx|md\.erb|html\.md)$", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(?:>\s*)*(\d{1,4})[.)]\s")
_QUOTED = re.compile(r"^\s*(?:>\s*)+")
_BETWEEN = re.compile(r"(?<!\\)\|")
_FOOTNOTE = re.compile(r"^\[\^[\w-]+\]:\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line; `href` is where a link leads."""

    text: str
    kind: Literal["", "link", "code", "strong", "em"] = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown: of a list item `mark` is its number or bullet; a row of a table has `cells`, each with the
    head of its column ("" where that is not known)."""

    pieces: tuple[Piece, ...] = ()
    mark: str = ""
    cells: tuple[tuple[str, tuple[Piece, ...]], ...] = ()
    code: bool = False

    @property
    def plain(self) -> str:
        """All its words."""
        parts = [self.pieces, *(pieces for _, pieces in self.cells)]
        return " ".join("".join(piece.text for piece in pieces) for pieces in parts if pieces)


def shown(quote: str, path: str, heads: str = "") -> tuple[Line, ...]:
    """The lines of a quote from the file at `path`; `heads` is the row of column heads over a row of a table. What is
    no Markdown is shown as it stands."""
    as_it_is = tuple(Line((Piece(line),), code=True) for line in quote.split("\n"))
    if not _MARKDOWN.search(path):
        return as_it_is
    raw = _whole(dedent(quote).split("\n"), heads)
    lines, boxes = unboxed([plain_line(line) for line in raw], 1)
    made: list[Line] = []
    for section in sections_of(lines, 1, boxes):
        if section.title.plain.strip():
            made.append(Line(tuple(_pieces(section.title))))
        made += (_line(block, raw) for block in section.blocks if block.text.plain.strip())
    return tuple(made) or as_it_is


def _whole(lines: list[str], heads: str) -> list[str]:
    """The lines with what makes a table of rows that were cut out of one."""
    first = lines[0].lstrip().lower()
    if first.startswith(("<tr", "<td")):
        titles = "".join(f"<th>{escape(head)}</th>" for head in _cells(heads)) if heads else ""
        return [f"<table>{f'<tr>{titles}</tr>' if titles else ''}{lines[0]}", *lines[1:]]
    if "|" not in first or not (heads or first.startswith("|")):
        return lines
    if not heads:
        heads = f"|{'   |' * (max(line.strip().strip('|').count('|') for line in lines) + 1)}"
    return [heads, f"|{' - |' * len(_cells(heads))}", *(_QUOTED.sub("", line) for line in lines)]


def _cells(row: str) -> list[str]:
    """The cells of a row of column heads (`Place.heads`)."""
    return [
        cell.replace("\\|", "|").strip() for cell in _BETWEEN.split(row.strip().removeprefix("|").removesuffix("|"))
    ]


def _line(block: Block, raw: Sequence[str]) -> Line:
    if block.kind == "row":
        heads = (*block.header, *[""] * len(block.cells))
        filled = [(head, cell) for head, cell in zip(heads, block.cells, strict=False) if cell.plain.strip()]
        return Line(cells=tuple((head, tuple(_pieces(cell))) for head, cell in filled))
    if block.kind == "code":
        return Line((Piece(block.text.plain.rstrip("\n"), "code"),), code=True)
    numbered = _NUMBER.match(raw[block.first - 1])
    mark = "" if block.kind != "item" else f"{numbered[1]}." if numbered and block.ordered else "•"
    return Line(tuple(_pieces(block.text)), mark)


def _pieces(text: Text) -> Iterator[Piece]:
    """The words between the marks, and those that carry one; of marks within each other the outer one counts."""
    footnote = _FOOTNOTE.match(text.plain)
    at = footnote.end() if footnote else 0
    for span in text.spans:
        if span.start < at or span.kind == "em":
            continue
        if span.start > at:
            yield Piece(_plain(text.plain[at : span.start]))
        yield Piece(_plain(text.plain[span.start : span.end]), span.kind, unescape(span.href))
        at = span.end
    if at < len(text.plain):
        yield Piece(_plain(text.plain[at:]))


def _plain(text: str) -> str:
    return re.sub(r"[ \t]*\n[ \t]*", " ", text)
