"""HTML in Markdown, as the pieces that Markdown has itself: headings, paragraphs, items, rows, terms. What stands in
them is left as it is written: it may be Markdown again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

PieceKind = Literal["heading", "paragraph", "item", "term", "definition", "row", "code"]

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_BLOCK = re.compile(
    r"<(/?)(table|thead|tbody|tfoot|tr|td|th|caption|ul|ol|li|dl|dt|dd|p|div|section|article|aside|header|footer|center|main|"
    r"nav|details|summary|blockquote|figure|figcaption|h[1-6]|pre|hr|form|fieldset|address|iframe)\b"
    r"((?:\"[^\"<]*\"|'[^'<]*'|[^<>\"'])*)>",
    re.IGNORECASE,
)
_SPANS = re.compile(r"\b(colspan|rowspan)\s*=\s*[\"']?(\d{1,2})", re.IGNORECASE)
_CELLS = ("td", "th")


@dataclass(slots=True)
class Piece:
    """A piece of HTML: its source, and its lines, from 0 in the HTML.

    `level` is a heading's level or how deep a list's item lies; `number` tells tables and lists apart; `cells` are a
    row's, and `head` says that they are headings.
    """

    kind: PieceKind
    source: str
    first: int
    last: int
    level: int = 0
    number: int = 0
    ordered: bool = False
    cells: list[str] = field(default_factory=list)
    head: bool = False


def pieces_of(source: str) -> Iterator[Piece]:
    """The pieces of an HTML text, in order."""
    text = _COMMENT.sub(lambda m: "\n" * m[0].count("\n"), source)
    reading = _Reading()
    at = line = 0
    for match in _BLOCK.finditer(text):
        between = text[at : match.start()]
        yield from reading.text(between, line)
        line += between.count("\n")
        yield from reading.tag(match[2].lower(), bool(match[1]), match[3], line)
        line += match[0].count("\n")
        at = match.end()
    yield from reading.text(text[at:], line)
    yield from reading.ended(line)


class _Reading:
    """Where in tables, lists and headings the text stands that comes next."""

    def __init__(self) -> None:
        self.around: list[str] = []
        self.row: Piece | None = None
        self.heads: list[bool] = []
        self.cell: list[str] | None = None
        self.span = (1, 1)
        self.carried: dict[int, tuple[int, str]] = {}
        self.numbers = 0
        self.tables: list[int] = []
        self.lists: list[tuple[str, int]] = []
        self.kind: tuple[PieceKind, int] = ("paragraph", 0)

    def text(self, source: str, line: int) -> Iterator[Piece]:
        if self.cell is not None:
            self.cell.append(source)
            return
        if not source.strip() or self.row is not None:
            return
        first = line + source[: len(source) - len(source.lstrip())].count("\n")
        kind, level = self.kind
        depth = level if kind == "heading" else max(0, len(self.lists) - 1)
        ordered, number = (self.lists[-1][0] == "ol", self.lists[-1][1]) if self.lists else (False, 0)
        yield Piece(kind, source.strip(), first, first + source.strip().count("\n"), depth, number, ordered)
        if kind in ("item", "definition"):
            self.kind = ("paragraph", 0)

    def tag(self, name: str, closing: bool, attributes: str, line: int) -> Iterator[Piece]:
        if name == "table":
            yield from self.ended(line)
            self._table(closing)
        elif name == "tr":
            yield from self.ended(line)
            self.row = None if closing or not self.tables else Piece("row", "", line, line, number=self.tables[-1])
            self.heads = []
        elif name in _CELLS and self.row is not None:
            self._close_cell()
            if not closing:
                self._open_cell(name, attributes)
        elif self.cell is not None:
            self.cell.append("<br>")
        else:
            self._block(name, closing)

    def ended(self, line: int) -> Iterator[Piece]:
        """The row that ends here, if one is open."""
        self._close_cell()
        row, self.row = self.row, None
        if row is not None and row.cells:
            self._carry(row)
            row.last, row.head = max(row.first, line), all(self.heads)
            yield row

    def _table(self, closing: bool) -> None:
        self.carried = {}
        if closing:
            self.tables = self.tables[:-1]
        else:
            self.numbers += 1
            self.tables.append(self.numbers)

    def _open_cell(self, name: str, attributes: str) -> None:
        spans = {key.lower(): int(value) for key, value in _SPANS.findall(attributes)}
        self.span = spans.get("colspan", 1), spans.get("rowspan", 1)
        self.heads.append(name == "th")
        self.cell = []

    def _close_cell(self) -> None:
        if self.cell is None or self.row is None:
            return
        self._carry(self.row)
        said, (wide, high) = "".join(self.cell).strip(), self.span
        if high > 1:
            self.carried[len(self.row.cells)] = (high - 1, said)
        self.row.cells += [said, *[""] * (wide - 1)]
        self.cell = None

    def _carry(self, row: Piece) -> None:
        """Put in the cells of rows above that reach down to this one."""
        while (at := len(row.cells)) in self.carried:
            left, said = self.carried.pop(at)
            row.cells.append(said)
            if left > 1:
                self.carried[at] = (left - 1, said)

    def _block(self, name: str, closing: bool) -> None:
        if name in ("ul", "ol", "dl"):
            self._list(name, closing)
        elif name in ("li", "dt", "dd", "pre", "summary") or (name[0] == "h" and name[1:].isdigit()):
            kinds: dict[str, PieceKind] = {"li": "item", "dt": "term", "dd": "definition", "pre": "code"}
            kind = kinds.get(name, "paragraph" if name == "summary" else "heading")
            level = int(name[1:]) if kind == "heading" else 0
            self.kind = ("paragraph", 0) if closing else (kind, level)

    def _list(self, name: str, closing: bool) -> None:
        if closing:
            self.lists = self.lists[:-1]
        else:
            self.numbers += 1
            self.lists.append((name, self.numbers))
        self.kind = ("paragraph", 0)
