"""Boxes around text: admonitions, tabs, details. Their bodies are read as the prose that they are.

Every line stays where it is; a box's title, taken out of the text, introduces what stands in the box.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.values import Box

_INDENTED = re.compile(r"""^(\s*)(?:!!!|\?\?\?\+?|===[!+]?)\s*(?:[\w-]+(?:\s+[\w-]+)*)?\s*(?:"([^"]*)")?\s*$""")
_FENCED = re.compile(r"^(\s*(?:>\s*)*):{3,}\s*(?:\{?\.?([\w-]+)\}?)?\s*(.*?)\s*:*$")
_DIRECTIVE = re.compile(r"^\s*(`{3,}|~{3,})\{(\w[\w-]*)\}\s*(.*)$")
TOLD = frozenset(
    "note tip info warning caution danger important hint seealso admonition attention error success".split()
)
_ALERT = re.compile(rf"^\s*>\s*(?:\[!\w+\]|\*\*(?:{'|'.join(sorted(TOLD))})\*\*:?\s*$)\s*[-+]?\s*(.*)$", re.I)
_OPENS = re.compile(r"^\s*<details\b[^>]*>\s*(?:<summary\b[^>]*>(.*?)</summary>)?\s*$", re.IGNORECASE)
_SUMMARY = re.compile(r"^\s*<summary\b[^>]*>(.*?)(?:</summary>)?\s*$", re.IGNORECASE)
_CLOSES = re.compile(r"^\s*(?:</summary>\s*)?</details>\s*$", re.IGNORECASE)
_WRAPS = re.compile(r"^\s*</?(?:div|section|aside|article|center)\b[^>]*\bmarkdown\b[^>]*>\s*$", re.IGNORECASE)
_LIST = re.compile(r"^\s*(?:<table\b|<dl\b|<ul\b|<ol\b)", re.IGNORECASE)

_DEEPEST = 8
"""Boxes within boxes."""


def unboxed(lines: Sequence[str], first: int) -> tuple[list[str], tuple[Box, ...]]:
    """The lines (the first of them is line `first`) without the marks of boxes, and the boxes that have a title."""
    reader = _Boxes(first)
    return [reader.line(line) for line in lines], reader.done()


class _Boxes:
    """Goes through the lines once, keeping the boxes that are open."""

    def __init__(self, first: int) -> None:
        self.number = first - 1
        self.open: list[tuple[str, int, str, int]] = []
        """Kind, indent, title, first line."""
        self.found: list[Box] = []
        self.fence = ""
        self.alert = False
        self.table = 0

    def line(self, line: str) -> str:
        self.number += 1
        if self.fence:
            return self._in_fence(line)
        self._close_indented(line)
        stripped = self._dedented(line)
        return self._in_alert(stripped) if (made := self._opening(stripped)) is None else made

    def done(self) -> tuple[Box, ...]:
        self.number += 1
        while self.open:
            self._close()
        return tuple(sorted(self.found, key=lambda box: (box.first, -box.last)))

    def _in_fence(self, line: str) -> str:
        text = self._dedented(line)
        if text.strip().startswith(self.fence) and not text.strip().strip(self.fence[0]):
            self.fence = ""
        return text

    def _opening(self, line: str) -> str | None:
        """The line's new text where it opens or closes a box; else None."""
        if match := _DIRECTIVE.match(line):
            if match[2].lower() in TOLD:
                self._push(match[1], 0, match[3])
                return ""
        elif match := re.match(r"\s*(`{3,}|~{3,})", line):
            if self.open and self.open[-1][0] == line.strip():
                self._close()
                return ""
            self.fence = match[1]
            return line
        if match := _INDENTED.match(line):
            self._push("indented", len(match[1]) + sum(4 for box in self.open if box[0] == "indented"), match[2] or "")
            return ""
        if ":::" in line and (match := _FENCED.match(line)):
            return self._colons(match)
        return self._details(line) if "<" in line else None

    def _colons(self, match: re.Match[str]) -> str:
        if match[2] or match[3]:
            self._push(":::", 0, match[3].strip("[]{} "))
        elif any(box[0] == ":::" for box in self.open):
            while self._close() != ":::":
                pass
        return ""

    def _details(self, line: str) -> str | None:
        if match := _OPENS.match(line):
            self._push("details", 0, match[1] or "")
        elif (match := _SUMMARY.match(line)) and self.open and self.open[-1][0] == "details":
            self.open[-1] = ("details", 0, match[1], self.number)
        elif _CLOSES.match(line) and any(box[0] == "details" for box in self.open):
            while self._close() != "details":
                pass
        elif not _WRAPS.match(line):
            self._count_tables(line)
            return None
        return ""

    def _count_tables(self, line: str) -> None:
        """HTML tables and lists that are open, so that a blank line does not end one."""
        self.table += len(re.findall(r"<(?:table|dl|ul|ol)\b", line, re.I)) if self.table or _LIST.match(line) else 0
        self.table = max(0, self.table - len(re.findall(r"</(?:table|dl|ul|ol)>", line, re.I)))

    def _in_alert(self, line: str) -> str:
        """A quotation that is no quotation but a notice is prose."""
        self.table = 0 if line.startswith("#") else self.table
        if match := _ALERT.match(line):
            self.alert = True
            return match[1]
        self.alert = self.alert and line.lstrip().startswith(">")
        if self.alert:
            return re.sub(r"^\s*>\s?", "", line)
        return "<!-- -->" if self.table and not line.strip() else line

    def _push(self, kind: str, indent: int, title: str) -> None:
        if len(self.open) < _DEEPEST:
            self.open.append((kind, indent, re.sub(r"<[^>]+>", "", title).strip(), self.number))

    def _close(self) -> str:
        kind, _, title, first = self.open.pop()
        if title:
            self.found.append(Box(title, first, self.number - 1))
        return kind

    def _close_indented(self, line: str) -> None:
        if line.strip():
            while self.open and self.open[-1][0] == "indented" and len(line) - len(line.lstrip()) <= self.open[-1][1]:
                self._close()

    def _dedented(self, line: str) -> str:
        depth = 4 * sum(box[0] == "indented" for box in self.open)
        return line[min(depth, len(line) - len(line.lstrip())) :]
