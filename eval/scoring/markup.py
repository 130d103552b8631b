"""A page read for proof: what its lines say to a reader, piece by piece, without what is struck out or commented out.

It reads by itself and not with the reader that facts are made by, so that a fault of that one is seen here. The room's
door to markdown-it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from html.parser import HTMLParser
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

_PAGE = re.compile(r"\.(?:md|markdown|mdx)(?:\.erb)?$", re.IGNORECASE)
_COMMENTED = re.compile(r"\s*#(?:\s|$)")
"""A line of a data file that says nothing: "# was #old"."""
_PAIR = re.compile(r"""[\s\-{]*["']?(?P<key>[\w .-]{1,40}?)["']?\s*[:=](?:\s+|$)(?P<value>.*)$""")
"""A line of YAML, JSON or TOML: a key and its value."""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_STRIKING = re.compile(r"<(/?)(?:del|s|strike)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands on the lines `first` to `last` of a file: a paragraph, list item, table row, line of data.

    `lines` are its texts line by line (of a row, one), `targets` where its links lead. `cells` and `heads` are a row's,
    or the values and keys of an entry of data. `above` is what it stands under: headings, the lines that introduce it,
    the items that it is nested in; `page` is what the file says of itself, its name and front matter.
    """

    first: int
    last: int
    lines: tuple[str, ...]
    targets: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    page: tuple[str, ...] = ()
    is_data: bool = False

    @property
    def said(self) -> str:
        return "\n".join((*self.lines, *self.targets))

    def within(self, first: int, last: int) -> Piece:
        """The part of it that stands on some of the lines; of a row, all."""
        if self.cells or len(self.lines) != self.last - self.first + 1:
            return self
        return replace(self, lines=self.lines[max(0, first - self.first) : last - self.first + 1])


def pieces_at(file: Path, first: int, last: int) -> tuple[Piece, ...]:
    """What stands on the lines of a file, from 1 and inclusive; none where the file is gone, or the lines are none."""
    if not 1 <= first <= last or not file.is_file():
        return ()
    # A file that was edited since it was last read is another file.
    found = _pieces(file, file.stat().st_mtime_ns)
    told = [piece.within(first, last) for piece in found if piece.first <= last and first <= piece.last]
    data = [piece for piece in told if piece.is_data]
    return (*map(_entry, _entries(data)), *(piece for piece in told if not piece.is_data))


def _entries(lines: Sequence[Piece]) -> list[list[Piece]]:
    """Lines of data by the entries that they are parts of: an entry ends where a line stands as far out as its first
    one, and begins a further item, follows deeper lines or a gap, or opens a table or an object."""
    entries: list[list[Piece]] = []
    deeper = False
    for line in lines:
        text = line.lines[0]
        if entries:
            head = entries[-1][0].lines[0]
            item, out = text.lstrip().startswith("- "), _indent(text) <= _indent(head)
            of_key = item and not head.lstrip().startswith("- ") and _indent(text) == _indent(head)
            apart = deeper or item or line.first > entries[-1][-1].last + 1 or text.lstrip()[:1] in ("[", "{")
            if not out or of_key or not apart:
                deeper = deeper or not out or of_key
                entries[-1].append(line)
                continue
        entries.append([line])
        deeper = False
    return entries


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _entry(lines: Sequence[Piece]) -> Piece:
    """Lines of data as one entry: each value under its key, or under the last key that has none beside it."""
    cells, heads, under = list[str](), list[str](), ""
    for line in lines:
        pair = _PAIR.match(line.lines[0])
        under = pair["key"] if pair else under
        cells.append(pair["value"] if pair else line.lines[0])
        heads.append(under)
    said = tuple(line.lines[0] for line in lines)
    first, last = lines[0], lines[-1]
    return Piece(first.first, last.last, said, cells=tuple(cells), heads=tuple(heads), page=first.page, is_data=True)


@lru_cache(maxsize=512)
def _pieces(file: Path, _edited: int) -> tuple[Piece, ...]:
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
    if not _PAGE.search(file.name):
        return tuple(_data(lines, (file.stem,)))
    start = _front_matter(lines)
    page = (file.stem, *(line for line in lines[:start] if not _COMMENTED.match(line)))
    body = "\n".join(lines[start:])
    tree = SyntaxTreeNode(_parser().parse(_COMMENT.sub(_blank, body)))
    told = (replace(piece, page=page) for piece in _Walk(start + 1).pieces(tree))
    return (*_data(lines[:start], page), *told)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _blank(comment: re.Match[str]) -> str:
    """As many lines as the comment has, with nothing on them."""
    return "\n" * comment[0].count("\n")


def _front_matter(lines: Sequence[str]) -> int:
    """How many lines it has, its fences too; 0 where there is none."""
    fence = lines[0].rstrip() if lines else ""
    if fence not in ("---", "+++"):
        return 0
    return next((number for number, line in enumerate(lines[1:], 2) if line.rstrip() == fence), 0)


def _data(lines: Sequence[str], page: tuple[str, ...]) -> Iterator[Piece]:
    for number, line in enumerate(lines, 1):
        if line.strip() and not _COMMENTED.match(line):
            yield Piece(number, number, (line,), page=page, is_data=True)


@dataclass
class _Walk:
    """Walks a page's tree, keeping the headings that a piece stands under."""

    offset: int
    headings: list[tuple[int, str]] = field(default_factory=list)

    def pieces(self, root: SyntaxTreeNode) -> list[Piece]:
        return list(self._inside(root.children, ()))

    def _inside(self, nodes: Sequence[SyntaxTreeNode], leads: tuple[str, ...]) -> Iterator[Piece]:
        lead: tuple[str, ...] = ()
        for node in nodes:
            if node.type == "heading":
                level, (lines, _) = int(node.tag[1:]), _texts(node.children[0])
                self.headings = [h for h in self.headings if h[0] < level]
                yield self._piece(node, leads)
                self.headings.append((level, " ".join(lines)))
                lead = ()
            elif node.type == "paragraph":
                piece = self._piece(node, leads)
                yield from _defined(piece)
                lead = (piece.said,)
            elif node.type in ("bullet_list", "ordered_list"):
                for item in node.children:
                    yield from self._item(item, (*leads, *lead))
            elif node.type == "table":
                yield from self._table(node, (*leads, *lead))
            elif node.type == "blockquote":
                yield from self._inside(node.children, leads)
            elif node.type == "html_block":
                first, _ = self._lines(node)
                yield from _html(node.content, first, self._above((*leads, *lead)))
            elif node.type in ("fence", "code_block"):
                first, last = self._lines(node)
                yield Piece(first, last, (node.content,), above=self._above((*leads, *lead)))

    def _item(self, item: SyntaxTreeNode, leads: tuple[str, ...]) -> Iterator[Piece]:
        said = next((" ".join(_texts(n.children[0])[0]) for n in item.children if n.type == "paragraph"), "")
        for node in item.children:
            if node.type == "paragraph":
                piece = self._piece(node, leads)
                yield piece if " ".join(piece.lines) == said else replace(piece, above=(*piece.above, said))
            else:
                yield from self._inside([node], (*leads, said))

    def _table(self, table: SyntaxTreeNode, leads: tuple[str, ...]) -> Iterator[Piece]:
        heads: tuple[str, ...] = ()
        for part in table.children:
            for row in part.children:
                texts = [_texts(cell.children[0]) if cell.children else ([""], []) for cell in row.children]
                cells = tuple("\n".join([" ".join(lines), *targets]) for lines, targets in texts)
                heads = cells if part.type == "thead" else heads
                first, last = self._lines(row)
                above = self._above(leads)
                yield Piece(first, last, (" | ".join(cells),), cells=cells, heads=heads, above=above)

    def _piece(self, node: SyntaxTreeNode, leads: tuple[str, ...]) -> Piece:
        lines, targets = _texts(node.children[0])
        return Piece(*self._lines(node), tuple(lines), tuple(targets), above=self._above(leads))

    def _above(self, leads: tuple[str, ...]) -> tuple[str, ...]:
        return (*(text for _, text in self.headings), *leads)

    def _lines(self, node: SyntaxTreeNode) -> tuple[int, int]:
        start, end = node.map or (0, 1)
        return start + self.offset, max(start + 1, end) + self.offset - 1


def _defined(piece: Piece) -> Iterator[Piece]:
    """A paragraph, or, where its lines define terms (": so and so"), each definition under its term."""
    starts = [at for at, line in enumerate(piece.lines) if at and line.startswith(": ")]
    if not starts or len(piece.lines) != piece.last - piece.first + 1:
        yield piece
        return
    yield replace(piece, last=piece.first + starts[0] - 1, lines=piece.lines[: starts[0]])
    for start, end in zip(starts, [*starts[1:], len(piece.lines)], strict=True):
        term = next(line for line in reversed(piece.lines[:start]) if not line.startswith(": "))
        first, lines = piece.first + start, piece.lines[start:end]
        yield replace(piece, first=first, last=first + len(lines) - 1, lines=lines, above=(*piece.above, term))


def _texts(inline: SyntaxTreeNode) -> tuple[list[str], list[str]]:
    """The text of an inline node line by line, and its links' targets, without what is struck out."""
    token = inline.token
    lines, targets, struck = [""], list[str](), 0
    target, read = "", False
    for child in (token.children or []) if token else []:
        struck += _strikes(child)
        if child.type in ("softbreak", "hardbreak"):
            lines.append("")
        elif child.type == "link_open":
            target, read = str(child.attrGet("href") or ""), False
        elif child.type == "link_close":
            targets += [target] if read else []
        elif struck:
            continue
        elif child.type in ("text", "code_inline", "image"):
            lines[-1] += child.content
            read = read or bool(child.content.strip())
        elif child.type == "html_inline":
            targets += re.findall(r"""\bhref=["']([^"']+)""", child.content)
            lines[-1] += " "
    return lines, targets


def _strikes(token: Token) -> int:
    """1 for what begins to strike out, -1 for what ends it."""
    if token.type in ("s_open", "s_close"):
        return token.nesting
    tag = _STRIKING.match(token.content) if token.type == "html_inline" else None
    return 0 if tag is None else -1 if tag[1] else 1


def _html(source: str, first: int, above: tuple[str, ...]) -> list[Piece]:
    reader = _Html(first, above)
    reader.feed(source)
    reader.close()
    reader.flush()
    return reader.pieces


class _Html(HTMLParser):
    """The pieces of a block of HTML: table rows by their cells, everything else by its blocks."""

    _BLOCKS = frozenset({"p", "li", "div", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"})

    def __init__(self, first: int, above: tuple[str, ...]) -> None:
        super().__init__()
        self.pieces: list[Piece] = []
        self._offset, self._above = first - 1, above
        self._struck = 0
        self._text, self._targets, self._begun = "", list[str](), 0
        self._cells: list[str] | None = None
        self._all_heads, self._heads = True, tuple[str, ...]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._BLOCKS and self._cells is None:
            self.flush()
        if tag in ("del", "s", "strike"):
            self._struck += 1
        elif tag == "tr":
            self.flush()
            self._cells, self._all_heads, self._begun = [], True, self._line
        elif tag in ("td", "th"):
            self._text, self._targets = "", []
            self._all_heads = self._all_heads and tag == "th"
        elif not self._struck:
            self._targets += [value for name, value in attrs if name == "href" and value]
            self._text += "\n" if tag == "br" else " "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("del", "s", "strike"):
            self._struck = max(0, self._struck - 1)
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append("\n".join([self._text.strip(), *self._targets]))
            self._text, self._targets = "", []
        elif tag == "tr" and self._cells is not None:
            cells, self._cells = tuple(self._cells), None
            self._heads = cells if self._all_heads else self._heads
            lines = (" | ".join(cells),)
            made = Piece(self._begun, self._line, lines, cells=cells, heads=self._heads, above=self._above)
            self.pieces.append(made)
        elif tag in self._BLOCKS and self._cells is None:
            self.flush()

    def handle_data(self, data: str) -> None:
        if not self._struck:
            if not self._text.strip() and self._cells is None:
                self._begun = self._line
            self._text += data

    def flush(self) -> None:
        """Take what was read so far for a piece."""
        if self._text.strip() and self._cells is None:
            last = max(self._begun, self._line)
            lines = (" ".join(self._text.split()),)
            self.pieces.append(Piece(self._begun, last, lines, tuple(self._targets), above=self._above))
        if self._cells is None:
            self._text, self._targets = "", []

    @property
    def _line(self) -> int:
        return self.getpos()[0] + self._offset
