"""Inline Markdown as plain text and the spans that matter: links, code, emphasis. Struck-out text says nothing."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from itertools import islice, takewhile
from typing import Literal, Protocol

from ingest.manual.plain_text import plain_text

SpanKind = Literal["link", "code", "strong", "em"]

_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_STRIKES = {"s", "del", "strike"}
_MARKS: dict[str, SpanKind] = {"a": "link", "code": "code", "strong": "strong", "b": "strong", "em": "em", "i": "em"}
_OPENS: dict[str, SpanKind] = {"link_open": "link", "strong_open": "strong", "em_open": "em"}
_CLOSES: dict[str, SpanKind] = {"link_close": "link", "strong_close": "strong", "em_close": "em"}
_BREAKS = {"br", "li", "p", "div", "tr", "td", "th", "ul", "ol", "dd", "dt", "hr", "summary"}
_NEAR = 80
"""Characters before a piece of text in which the words stand that say what it is."""
_FOOTNOTE = re.compile(r"\[\^[\w-]+\](?!:)")


class Token(Protocol):
    """What is used of a parser's inline token."""

    @property
    def type(self) -> str: ...
    @property
    def content(self) -> str: ...
    @property
    def nesting(self) -> int: ...
    def attrGet(self, name: str) -> str | int | float | None: ...  # noqa: N802 - the parser's own name


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a `Text` that carry a mark; `href` for links."""

    kind: SpanKind
    start: int
    end: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text with its marks, in the order of their starts; a newline stands where the file breaks the line."""

    plain: str
    spans: tuple[Span, ...] = ()

    def within(self, start: int, end: int) -> Text:
        """The part from `start` to `end`, with the spans that lie wholly inside, shifted."""
        first = bisect_left(self.spans, start, key=lambda span: span.start)
        inside = tuple(
            Span(s.kind, s.start - start, s.end - start, s.href)
            for s in takewhile(lambda span: span.start <= end, islice(self.spans, first, None))
            if s.end <= end
        )
        return Text(self.plain[start:end], inside)

    def stripped(self) -> Text:
        """Without blanks and line breaks at its ends."""
        start = len(self.plain) - len(self.plain.lstrip())
        return self.within(start, start + len(self.plain.strip()))


def text_of(tokens: Sequence[Token], between: str = " ") -> Text:
    """Inline tokens as text; `between` stands where an HTML tag begins or ends a block or breaks the line."""
    reading = _Reading(between)
    for token in tokens:
        reading.take(token)
    return reading.text()


class _Reading:
    """Takes inline tokens one after another, keeping the marks that are open and whether text is struck out."""

    def __init__(self, between: str) -> None:
        self.between = between
        self.plain = ""
        self.spans: list[Span] = []
        self.open: list[tuple[SpanKind, int, str]] = []
        self.struck = 0

    def take(self, token: Token) -> None:
        kind = token.type
        if kind in ("s_open", "s_close"):
            self.struck = max(0, self.struck + token.nesting)
        elif kind in ("softbreak", "hardbreak"):
            self.plain += "\n"
        elif self.struck and kind != "html_inline":
            return
        elif kind == "text":
            self.plain += plain_text(_FOOTNOTE.sub("", token.content), self.plain[-_NEAR:])
        elif kind == "code_inline":
            content = plain_text(token.content, self.plain[-_NEAR:])
            self.spans.append(Span("code", len(self.plain), len(self.plain) + len(content)))
            self.plain += content
        elif kind == "image":
            self.plain += token.content
        elif kind == "html_inline":
            self._html(token.content)
        elif kind.endswith("_open") and kind in _OPENS:
            self._begin(_OPENS[kind], str(token.attrGet("href") or ""))
        elif kind.endswith("_close") and kind in _CLOSES:
            self._end(_CLOSES[kind])

    def text(self) -> Text:
        return Text(self.plain, tuple(sorted(self.spans, key=lambda s: (s.start, -s.end))))

    def _begin(self, kind: SpanKind, href: str = "") -> None:
        self.open.append((kind, len(self.plain), href))

    def _end(self, kind: SpanKind) -> None:
        """Close the innermost mark of that kind."""
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at][0] == kind:
                _, start, href = self.open.pop(at)
                self.spans.append(Span(kind, start, len(self.plain), href))
                return

    def _html(self, tag: str) -> None:
        match = _TAG.fullmatch(tag)
        if match is None:
            return  # a comment
        closing, name = bool(match[1]), match[2].lower()
        if name in _STRIKES:
            self.struck = max(0, self.struck + (-1 if closing else 1))
        elif self.struck:
            return
        elif name in _MARKS:
            href = _HREF.search(match[3])
            target = unescape(next(filter(None, href.groups()), "")) if href else ""
            self._end(_MARKS[name]) if closing else self._begin(_MARKS[name], target)
        elif name == "img" and (alt := _ALT.search(match[3])):
            self.plain += alt[1] or alt[2] or ""
        elif name in _BREAKS and self.plain.strip() and not self.plain.endswith((self.between, "\n")):
            self.plain += self.between
