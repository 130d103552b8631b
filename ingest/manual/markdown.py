"""Markdown as structure: sections of blocks, each with its own lines of the file.

The one door to markdown-it. Nothing is rendered: a block keeps its plain text (marks removed), the spans
that matter (links, code, emphasis) and the lines it stands on, so that a quote is the file's own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from ingest.manual.html_blocks import Piece, pieces_of
from ingest.manual.inline import Span, Text, text_of
from ingest.manual.long_lines import heads_of, rest_of
from ingest.values import LONGEST_LINE, LONGEST_TITLE, Box

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["Block", "BlockKind", "Section", "Span", "Text", "sections_of", "slug"]

BlockKind = Literal["paragraph", "item", "row", "code", "data"]
_ID = re.compile(r"\s*\{:?\s*#([\w-]+)[^{}]*\}\s*$")
"""A heading's own anchor, as kramdown, Docusaurus and Hugo write it."""
_NOTES = re.compile(r"^(?=\[\^[\w-]+\]:)", re.MULTILINE)
_DEFINITION = re.compile(r"^:[ \t]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table row or code block; "data" is text that is searched and never read for statements.

    `leads` are the lines that introduce a list or table, outermost first: the paragraph right above it and
    the items it is nested under. `group` numbers the list or table within the page (0 for neither). A further
    paragraph of an item is a paragraph led by that item. `part` are the characters of its line for a piece of a
    line that is too long to be quoted whole.
    """

    kind: BlockKind
    text: Text
    first: int
    last: int
    group: int = 0
    depth: int = 0
    ordered: bool = False
    leads: tuple[Block, ...] = ()
    cells: tuple[Text, ...] = ()
    header: tuple[str, ...] = ()
    quoted: bool = False
    part: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the blocks under it, up to the next heading of any level.

    `headings` is the path of plain heading texts from the top one down to this one; the part of a page
    above its first heading is a section with an empty path and an empty anchor.
    """

    headings: tuple[str, ...]
    anchor: str
    title: Text
    first: int
    last: int
    blocks: tuple[Block, ...]
    level: int = 0
    """The heading's, from 1; 0 without one, or for one in a quotation, which speaks for another text."""

    @property
    def heading(self) -> str:
        return self.headings[-1] if self.headings else ""


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # here: questions need what this module knows of text, and parse nothing

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def slug(heading: str) -> str:
    """The anchor of a heading by the Tech Docs rule (Rails' `parameterize`): ASCII, hyphens between words."""
    import unicodedata

    ascii_only = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9_-]+", "-", ascii_only.lower())).strip("-")


def sections_of(lines: Sequence[str], body_first: int, boxes: Sequence[Box] = ()) -> tuple[Section, ...]:
    """Split a page's lines (from line `body_first` on) into sections; the title of a box introduces what stands in it.
    Never raises: any text is Markdown."""
    references: dict[str, Any] = {}
    heads, long = heads_of(lines[body_first - 1 :], body_first)
    sections = _Builder(body_first, len(lines), boxes).build(_parser().parse("\n".join(heads), references))
    return tuple(_with_rests(section, long, references) for section in sections) if long else sections


def _with_rests(section: Section, long: Mapping[int, str], references: dict[str, Any]) -> Section:
    """The section with the rest of each long line behind the block that its head stands in."""
    blocks: list[Block] = []
    ahead = sorted(number for number in long if section.first <= number <= section.last)
    for block in (*section.blocks, None):
        while ahead and (block is None or ahead[0] < block.first):
            number = ahead.pop(0)
            code = bool(blocks) and blocks[-1].kind == "code" and number <= blocks[-1].last
            blocks += _rest(long[number], number, code, references)
        blocks += [block] if block else []
    return replace(section, blocks=tuple(blocks))


def _rest(line: str, number: int, code: bool, references: dict[str, Any]) -> Iterator[Block]:
    for part, read in rest_of(line):
        piece = line[slice(*part)].strip()
        if read and not code:
            inline = _parser().parseInline(piece, references)[0]
            yield Block("paragraph", text_of(inline.children or []), number, number, part=part)
        else:
            yield Block("data", Text(piece), number, number, part=part)


class _Builder:
    """Walks the token stream once, keeping the heading path, the open lists and what introduced them."""

    def __init__(self, offset: int, last_line: int, boxes: Sequence[Box]) -> None:
        self.offset = offset
        self.boxes = [Block("paragraph", _inline(box.title), box.first, box.last) for box in reversed(boxes)]
        """The boxes that are still to come, the next one last."""
        self.inside: list[Block] = []
        self.noted: dict[str, Block] = {}
        """Footnote marks to the blocks that they hang on."""
        self.last_line = last_line
        self.sections: list[Section] = []
        self.path: list[tuple[int, str, str]] = []
        self.anchors: set[str] = set()
        self.numbers: dict[str, int] = {}
        self.groups = 0
        self._open(Text(""), "", offset)

    def _open(self, title: Text, anchor: str, first: int, level: int = 0) -> None:
        self.title, self.anchor, self.first, self.level = title, anchor, first, level
        self.blocks: list[Block] = []

    def _close(self, last: int) -> None:
        if self.blocks or self.anchor:
            headings = tuple(text for _, text, _ in self.path)
            said = (self.anchor, self.title, self.first, last, tuple(self.blocks), self.level)
            self.sections.append(Section(headings, *said))

    def build(self, tokens: list[Token]) -> tuple[Section, ...]:
        self._walk(tokens, (), quoted=False)
        self._close(self.last_line)
        return tuple(self.sections)

    def _walk(self, tokens: list[Token], leads: tuple[Block, ...], *, quoted: bool) -> None:
        above: Block | None = None
        for opening, inner in _children(tokens):
            if opening.type == "heading_open":
                self._heading(int(opening.tag[1:]), inner[0], self._lines(opening)[0], quoted=quoted)
                above = None
            elif opening.type == "paragraph_open":
                above = self._paragraph(opening, inner[0], above, quoted)
            elif opening.type in ("bullet_list_open", "ordered_list_open"):
                self._list(opening, inner, (*leads, above) if above else leads, quoted)
                above = None
            elif opening.type == "table_open":
                self._table(inner, (*leads, above) if above else leads)
                above = None
            elif opening.type == "blockquote_open":
                self._walk(inner, leads, quoted=True)
                above = None
            elif opening.type in ("fence", "code_block"):
                self._emit(Block("code", Text(opening.content), *self._lines(opening)))
            elif opening.type == "html_block":
                above = self._html(opening, leads, above)

    def _emit(self, block: Block) -> Block:
        """Add a block, introduced by the boxes that it stands in too; a longer one than anybody writes is added in
        parts, and the last is returned."""
        while self.boxes and self.boxes[-1].first < block.first:
            self.inside.append(self.boxes.pop())
        self.inside = [box for box in self.inside if block.first <= box.last]
        made = replace(block, leads=(*self.inside, *block.leads)) if self.inside else block
        for part in _parts(made):
            self.blocks.append(part)
        return self.blocks[-1]

    def _lines(self, token: Token) -> tuple[int, int]:
        start, end = token.map or (0, 1)
        return start + self.offset, max(start + 1, end) + self.offset - 1

    def _heading(self, level: int, inline: Token, first: int, *, quoted: bool = False) -> None:
        self._close(first - 1)
        text = text_of(inline.children or [])
        own = _ID.search(text.plain)
        text = text.within(0, min(LONGEST_TITLE, own.start() if own else LONGEST_TITLE))
        while self.path and self.path[-1][0] >= level:
            self.path.pop()
        anchor = own[1] if own else self._anchor(text.plain, level)
        self.path.append((level, " ".join(text.plain.split()), anchor))
        self._open(text, anchor, first, 0 if quoted else level)

    def _anchor(self, heading: str, level: int) -> str:
        """Unique in the page: a repeated heading takes its parent's anchor before it, then a number."""
        plain = anchor = slug(heading) or "section"
        parents = [a for lv, _, a in self.path if lv < level]
        if anchor in self.anchors and parents:
            anchor = plain = f"{parents[-1]}-{anchor}"
        number = self.numbers.get(plain, 2)
        while anchor in self.anchors:
            anchor, number = f"{plain}-{number}", number + 1
        self.numbers[plain] = number
        self.anchors.add(anchor)
        return anchor

    def _paragraph(self, token: Token, inline: Token, above: Block | None, quoted: bool) -> Block:
        """A paragraph; the definitions and footnotes in it are blocks of their own."""
        first, last = self._lines(token)
        text = text_of(inline.children or [])
        starts = [m.start() for m in _NOTES.finditer(text.plain)] or self._definitions(text.plain, above)
        if not starts:
            block = self._emit(Block("paragraph", text, first, last, quoted=quoted))
            self.noted.update((mark, block) for mark in re.findall(r"\[\^([\w-]+)\](?!:)", inline.content))
            return block
        lead = above
        if starts[0]:
            said = text.within(0, starts[0]).stripped()
            lead = self._emit(Block("paragraph", said, first, first + said.plain.count("\n"), quoted=quoted))
        return self._defined(text, starts, first, lead)

    def _definitions(self, plain: str, above: Block | None) -> list[int]:
        """Where the definitions of a term begin; the term is the line before them, or the paragraph."""
        starts = [m.start() for m in _DEFINITION.finditer(plain)]
        return starts if starts and (starts[0] or above) else []

    def _defined(self, text: Text, starts: list[int], first: int, lead: Block | None) -> Block:
        """Items led by the term that they define, or by what the footnote hangs on."""
        self.groups += 1
        line = first + text.plain.count("\n", 0, starts[0])
        for start, end in zip(starts, [*starts[1:], len(text.plain)], strict=True):
            note = re.match(r"\[\^([\w-]+)\]:\s*", text.plain[start:end])
            said = re.match(r":[ \t]+", text.plain[start:end]) if note is None else note
            part = text.within(start + (said.end() if said else 0), end).stripped()
            by = self.noted.get(note[1]) if note else lead
            kind: BlockKind = "paragraph" if note else "item"
            lines, group = (line, line + part.plain.count("\n")), 0 if note else self.groups
            block = self._emit(Block(kind, part, *lines, group=group, leads=(by,) if by else ()))
            line += text.plain.count("\n", start, end)
        return block

    def _html(self, token: Token, leads: tuple[Block, ...], above: Block | None) -> Block | None:
        """The blocks of an HTML text; what follows it may be introduced by its last paragraph."""
        offset = self._lines(token)[0]
        before, self.groups = self.groups, self.groups + token.content.count("<")
        term, header = above, dict[int, tuple[str, ...]]()
        for piece in pieces_of(token.content):
            made = self._piece(piece, offset, before, (*leads, term) if term else leads, header)
            term = (
                made if piece.kind in ("term", "paragraph") else term if piece.kind in ("definition", "item") else None
            )
        return term

    def _piece(
        self, piece: Piece, offset: int, before: int, leads: tuple[Block, ...], header: dict[int, tuple[str, ...]]
    ) -> Block | None:
        first, last = piece.first + offset, piece.last + offset
        group = before + piece.number if piece.number else 0
        if piece.kind == "heading":
            self._heading(piece.level, _parsed(piece.source), first)
        elif piece.kind == "code":
            self._emit(Block("code", Text(piece.source), first, last))
        elif piece.kind == "row":
            cells = tuple(_inline(source, "; ").stripped() for source in piece.cells)
            if piece.head and piece.number not in header:
                header[piece.number] = tuple(" ".join(cell.plain.split()) for cell in cells)
            else:
                titles = header.setdefault(piece.number, ())
                self._emit(Block("row", _join(cells), first, last, group, leads=leads, cells=cells, header=titles))
        else:
            kind: BlockKind = "item" if piece.kind in ("item", "definition") else "paragraph"
            leads = leads if kind == "item" else ()
            said = _inline(piece.source).stripped()
            if said.plain:
                return self._emit(
                    Block(kind, said, first, last, group, depth=piece.level, ordered=piece.ordered, leads=leads)
                )
        return None

    def _list(self, opening: Token, items: list[Token], leads: tuple[Block, ...], quoted: bool) -> None:
        self.groups += 1
        group, ordered = self.groups, opening.type == "ordered_list_open"
        for _, inner in _children(items):
            self._item(inner, group, ordered, leads, quoted)

    def _item(self, tokens: list[Token], group: int, ordered: bool, leads: tuple[Block, ...], quoted: bool) -> None:
        item: Block | None = None
        depth = sum(1 for lead in leads if lead.kind == "item")
        for opening, inner in _children(tokens):
            inside = (*leads, item) if item else leads
            if opening.type == "paragraph_open":
                begun = len(self.blocks)
                block = Block(
                    "paragraph" if item else "item",
                    text_of(inner[0].children or []),
                    *self._lines(opening),
                    group=group,
                    depth=depth,
                    ordered=ordered,
                    leads=leads if item is None else inside,
                    quoted=quoted,
                )
                self._emit(block)
                item = item or self.blocks[begun]
            elif opening.type in ("bullet_list_open", "ordered_list_open"):
                self._list(opening, inner, inside, quoted)
            elif opening.type in ("fence", "code_block"):
                self._emit(Block("code", Text(opening.content), *self._lines(opening)))
            elif opening.type == "html_block":
                self._html(opening, inside, None)
            elif opening.type == "blockquote_open":
                self._walk(inner, inside, quoted=True)
            elif opening.type == "table_open":
                self._table(inner, inside)

    def _table(self, tokens: list[Token], leads: tuple[Block, ...]) -> None:
        self.groups += 1
        header: tuple[str, ...] = ()
        for part, rows in _children(tokens):
            for row, cells in _children(rows):
                texts = tuple(text_of(inner[0].children or [], "; ") for _, inner in _children(cells))
                if part.type == "thead_open" or (not any(header) and all(map(_is_bold, texts))):
                    header = tuple(t.plain.strip() for t in texts)
                else:
                    first = self._lines(row)[0]
                    joined = _join(texts)
                    self._emit(Block("row", joined, first, first, self.groups, leads=leads, cells=texts, header=header))


def _parts(block: Block) -> Iterator[Block]:
    """The block itself, or where it is too long to be read at once, runs of its lines; those behind the first part of
    an item are paragraphs that it leads."""
    plain, start, first, head = block.text.plain, 0, block.first, block
    if len(plain) <= LONGEST_LINE:
        yield block
        return
    while start < len(plain):
        end = start + LONGEST_LINE
        end = plain.rfind("\n", start + 1, end) + 1 or end if end < len(plain) else len(plain)
        lines = plain.count("\n", start, end)
        # Of a fence the first line is the fence's own.
        last = min(block.last, first + lines - plain.endswith("\n", start, end) + (block.kind == "code"))
        part = replace(block, text=block.text.within(start, end), first=min(first, block.last), last=last)
        if start and block.kind == "item":
            part = replace(part, kind="paragraph", leads=(*block.leads, head))
        head = head if start else part
        yield part
        start, first = end, first + lines


def _children(tokens: list[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Top-level pairs of opening token and what is inside it; a self-contained token has nothing inside."""
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.nesting != 1:
            yield token, []
            i += 1
            continue
        depth, j = 1, i + 1
        while depth:
            depth += tokens[j].nesting
            j += 1
        yield token, tokens[i + 1 : j - 1]
        i = j


def _is_bold(text: Text) -> bool:
    """Whether a cell is in bold throughout, as people mark a head where the table has an empty one."""
    start, end = len(text.plain) - len(text.plain.lstrip()), len(text.plain.rstrip())
    return any(span.kind == "strong" and (span.start, span.end) == (start, end) for span in text.spans)


def _join(cells: Sequence[Text]) -> Text:
    """Cells side by side, separated by ` | `, with their spans."""
    plain, spans = "", []
    for i, cell in enumerate(cells):
        plain += " | " if i else ""
        spans += [Span(s.kind, s.start + len(plain), s.end + len(plain), s.href) for s in cell.spans]
        plain += cell.plain
    return Text(plain, tuple(spans))


def _parsed(source: str) -> Token:
    """Inline Markdown as its token."""
    return _parser().parseInline(source)[0]


def _inline(source: str, between: str = " ") -> Text:
    return text_of(_parsed(source).children or [], between)
