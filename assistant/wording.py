"""The manual's lines as their reader sees them on its site: its words without the marks, with links and code kept.

A quote stays as it is written, for it proves an answer; this is how it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape
from textwrap import dedent
from typing import Literal

from ingest.manual.callouts import unboxed
from ingest.manual.definitions import Definitions
from ingest.manual.markdown import Block, Text, sections_of
from ingest.manual.plain_text import plain_line
from ingest.manual.templating import Templating

_MARKDOWN = re.compile(r"\.(?:md|markdown|mdx|md\.erb|html\.md)$", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(?:>\s*)*(\d{1,4})[.)]\s")
_QUOTED = re.compile(r"^\s*(?:>\s*)+")
_BETWEEN = re.compile(r"(?<!\\)\|")
_FOOTNOTE = re.compile(r"^\[\^[\w-]+\]:\s*")
_VARIABLE = re.compile(r"\{\{[-\s]*([\w.]+)[-\s]*\}\}")
_CUT_LINK = re.compile(r"^([^\[\]]*)\](?:\([^()\s]*\)|\[[^\[\]]*\])")
"""The end of a link that begins on the line before the first one quoted."""
_OPEN_LINK = re.compile(r"(?<!\\)\[(?=[^\[\]]*$)")
"""The beginning of a link that ends on the line after the last one quoted."""
_NAMED_LINK = re.compile(
    r"(?<![\w\]!\\])(?:\[[^\[\]]+\]\[([^\[\]]+)\]"
    r"|\[(?![\^!])([^\[\]]*[a-z]{2}[^\[\]]*)\](?:\[\]|(?![(\[:])))"
)
"""A link whose target is defined elsewhere on its page: by another name, or by its own words."""
_DEFINED = re.compile(r"^ {0,3}\[([^\[\]]+)\]:", re.MULTILINE)
_LEFT_OVER = re.compile(r"\*\*(?=\S)|(?<=\S)\*\*|(?<=\w)\*(?!\w)")
"""Marks of emphasis of which only one end is quoted."""
_SENTENCE = re.compile(r"[.!?][)”\"’']*\s+(?=\S)")
_KEY = re.compile(r"[\w-]+:(?:\s|$)")
_TAGS = Templating(Definitions((), lambda _: None), lambda *_: None)
_CUT = "…"
"""Where the quoted lines begin or end within a sentence."""


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
    raw = _whole(_filled(dedent(quote), path).split("\n"), heads)
    raw = [*_targets("\n".join(raw)), *raw]
    lines, boxes = unboxed([plain_line(line) for line in raw], 1)
    made: list[Line] = []
    for section in sections_of(lines, 1, boxes):
        if section.title.plain.strip():
            made.append(Line(tuple(_pieces(section.title))))
        made += (_line(block, raw) for block in section.blocks if block.text.plain.strip())
    return tuple(_counted(_cut(made))) or as_it_is


def _filled(quote: str, path: str) -> str:
    """The quote with its tags as words, and without the halves of links at its ends. A variable, whose value is quoted
    from where it is set, keeps its name."""
    named = _VARIABLE.sub(r"`\1`", quote)
    filled = _TAGS.fill(path, named.split("\n"), 1, {}).text
    return _OPEN_LINK.sub("", _CUT_LINK.sub(rf"{_CUT} \1", filled))


def _targets(quote: str) -> list[str]:
    """Definitions, leading nowhere, of the links whose own stand elsewhere on their page: their words are shown."""
    named = {" ".join((by or own).split()) for by, own in _NAMED_LINK.findall(quote)}
    defined = {name.casefold() for name in _DEFINED.findall(quote)}
    lines = [f"[{name}]: <>" for name in sorted(named) if name.casefold() not in defined]
    return [*lines, ""] if lines else []


def _counted(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines with the numbers that a list gets on its site, where every item may be written as the first."""
    last = 0
    for line in lines:
        number = int(line.mark[:-1]) if line.mark.endswith(".") else 0
        if number and last and number <= last:
            number = last + 1
        last = number if line.mark else last if line.code else 0
        yield replace(line, mark=f"{number}.") if number else line


def _cut(lines: Sequence[Line]) -> list[Line]:
    """The lines, with an ellipsis where the first begins or the last ends within a sentence."""
    made = list(lines)
    if made and not (made[0].mark or made[0].cells or made[0].code):
        words = made[0].plain.lstrip()
        if words[:1].islower() and not _KEY.match(words):
            made[0] = replace(made[0], pieces=(Piece(f"{_CUT} "), *made[0].pieces))
    if made and not (made[-1].cells or made[-1].code):
        words = made[-1].plain.rstrip()
        if (words[-1:].isalnum() or words[-1:] == ",") and _SENTENCE.search(words):
            made[-1] = replace(made[-1], pieces=(*made[-1].pieces, Piece(f" {_CUT}")))
    return made


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
            yield Piece(_unmarked(text.plain[at : span.start]))
        yield Piece(_plain(text.plain[span.start : span.end]), span.kind, unescape(span.href))
        at = span.end
    if at < len(text.plain):
        yield Piece(_unmarked(text.plain[at:]))


def _plain(text: str) -> str:
    return re.sub(r"[ \t]*\n[ \t]*", " ", text)


def _unmarked(text: str) -> str:
    return _plain(_LEFT_OVER.sub("", text))
