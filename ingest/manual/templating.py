"""A page's lines as a site generator would hand them to Markdown: tags resolved where the repository has the value.

Line for line: every line stays where it is, so that what is found can be quoted from the file's own lines. Tags of
Liquid, Jinja, Nunjucks, Hugo, ERB, Handlebars and MDX; one that cannot be resolved leaves the text without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.manual.definitions import Definitions, Value
from ingest.manual.shortcodes import Shortcode

_TAGS = re.compile(
    r"""
    (?P<comment> \{\{[<%]?/\*(?:[^*]|\*(?!/)){0,2000}\*/[>%]?\}\} | \{/\*(?:[^*]|\*(?!/)){0,2000}\*/\}
        | \{\#[\s-](?:[^#{]|\#(?!\}))*\#\} | \{\{!--(?:[^-]|-(?!-\}\})){0,2000}--\}\})
  | (?P<hugo>    \{\{[<%](?:[^>%{]|[>%](?!\}\})|\{(?!\{))*[>%]\}\})
  | (?P<print>   \$?\{\{(?:[^{}]|\}(?!\})|\{(?!\{))*\}\}\}?)
  | (?P<block>   \{%(?:[^%{]|%(?!\})|\{(?!%))*%\})
  | (?P<ruby>    <%(?:[^%<]|%(?!>)|<(?!%))*%>)
  | (?P<part>    </?[A-Z][\w.]*(?:\s(?:"[^"<]*"|'[^'<]*'|[^<>"'])*)?/?> | </?>)
  | (?P<value>   \{(?:[\w$]+(?:\.[\w$]+)*|["'][^"'{}\n]*["'])\})
  | (?P<snippet> ^[ \t]*-+8<-+[ \t]+["'][^"'\n]+["'][ \t]*$)
  | (?P<mark>    \{::?[^{}\n]*\})
    """,
    re.VERBOSE | re.MULTILINE,
)
_FENCE = re.compile(r"^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(`{3,}|~{3,})", re.MULTILINE)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^`\n]+(?<!`)\1(?!`)")
_MODULE = re.compile(r"^(?:import\s.+|export\s.+)$", re.MULTILINE)
_CONSTANT = re.compile(r"""^export\s+const\s+(\w+)\s*=\s*["'`]([^"'`\n]+)["'`];?\s*$""")
_SETS = re.compile(r"""^-?\s*(?:assign|set)\s+([\w.]+)\s*=\s*["']([^"'\n]*)["']""")
_INCLUDES = re.compile(
    r"""^[-#\s]*(?:include|include_relative|include-markdown|includes?|include_cached|partial|render|readfile|snippet)\b\s*\(?\s*"""
    r"""(?:file\s*=\s*)?["']?([\w./-]+)["']?""",
    re.IGNORECASE,
)
_BRANCHES = re.compile(r"(?:if|unless|else|elsif|elif|when|case|for|endif|endunless|endcase|endfor)\b")
_QUICK = re.compile(r"\{\{|\{%|<%|\{:|\{#|\{/\*|-8<-|</?[A-Z>]")


@dataclass(slots=True)
class Filled:
    """A text with its tags filled in: where each value was taken from, and the parts that the page takes in.

    `taken` pairs the line (from 1, of the page) with the value put there.
    """

    text: str
    taken: list[tuple[int, Value]] = field(default_factory=list)
    included: list[str] = field(default_factory=list)


class Templating:
    """Fills in the tags of a manual's pages; `part` finds the file that an include of a page names."""

    def __init__(self, definitions: Definitions, part: Callable[[str, str], Part | None]) -> None:
        self._definitions = definitions
        self._part = part

    def fill(self, path: str, lines: Sequence[str], first: int, own: Mapping[str, Value]) -> Filled:
        """The lines from `first` on with their tags filled in; `own` are the values of the page's front matter."""
        text = "\n".join(lines[first - 1 :])
        kinds = {"ruby": path.endswith(".erb"), "value": ".mdx" in path, "part": True}
        if not _QUICK.search(text) and not kinds["value"]:
            return Filled(text)
        return _Filling(self, path, text, first, dict(own), kinds).filled()

    def find(self, expression: str, own: Mapping[str, Value]) -> Value | None:
        return self._definitions.find(expression, own)

    def part(self, path: str, name: str) -> Part | None:
        return self._part(path, name)


@dataclass(frozen=True, slots=True)
class Part:
    """A file that pages take in: its text as one line where it is short ("" where it is read as a page of its own)."""

    path: str
    value: Value | None


class _Filling:
    """One page's tags, filled in from the top to the bottom."""

    def __init__(
        self, by: Templating, path: str, text: str, first: int, own: dict[str, Value], kinds: Mapping[str, bool]
    ) -> None:
        self._by, self._path, self._first, self._own, self._kinds = by, path, first, own, kinds
        self._text = self._without_modules(text) if kinds["value"] else text
        self._fences = list(_fences(self._text))
        self._spans = [match.span() for match in _SPAN.finditer(self._text)]
        self._line = first
        self._made = Filled("")

    def filled(self) -> Filled:
        out: list[str] = []
        at, until = 0, ""
        fences, spans = _Ranges(self._fences), _Ranges(self._spans)
        for match in _TAGS.finditer(self._text):
            between = self._text[at : match.start()]
            self._line += between.count("\n")
            out.append(_blank(between) if until == "endcomment" else between)
            said, until = self._one(match, until, fences.holds(match.start()), spans.holds(match.start()))
            out.append(said + "\n" * (match[0].count("\n") - said.count("\n")))
            self._line += match[0].count("\n")
            at = match.end()
        out.append(self._text[at:])
        self._made.text = "".join(out)
        return self._made

    def _one(self, match: re.Match[str], until: str, fenced: bool, in_code: bool) -> tuple[str, str]:
        """What stands in a tag's place, and the tag until which all is taken as it is ("" for none)."""
        kind, tag = match.lastgroup or "", match[0]
        inside = _inside(kind, tag)
        name = re.match(r"[-\s]*(\w*)", inside)[1] if kind == "block" else ""  # type: ignore[index]
        if until:
            return ("", "") if name == until else (_blank(tag) if until == "endcomment" else tag, until)
        if name in ("raw", "comment", "verbatim"):
            return "", f"end{name}"
        if fenced or not self._kinds.get(kind, True) or (kind == "mark" and self._is_heading(match.start())):
            return tag, ""
        if kind in ("comment", "mark"):
            return (tag if in_code else ""), ""
        said = self._said(kind, inside, as_target=self._text[: match.start()].endswith(("](", "](<")))
        return (said or tag) if in_code else said, ""

    def _said(self, kind: str, inside: str, *, as_target: bool) -> str:
        if kind == "snippet" or _INCLUDES.match(inside):
            return self._included(kind, inside)
        if kind == "block" and (setting := _SETS.match(inside)):
            quote = self._text.split("\n")[self._line - self._first]
            self._own[setting[1].lower()] = Value(setting[2], self._path, self._line, self._line, quote)
            return ""
        value = self._by.find(inside.strip(" \t-=~&"), self._own) if kind != "part" else None
        if value is not None:
            return self._take(value)
        if kind == "value" or _BRANCHES.match(inside):
            return " " if kind == "block" else ""
        code = Shortcode.of(inside, self._known)
        return code.said(as_target=as_target) if code else ""

    def _included(self, kind: str, inside: str) -> str:
        named = re.search(r"[\"']([^\"']+)[\"']", inside) if kind == "snippet" else _INCLUDES.match(inside)
        part = self._by.part(self._path, named[1]) if named else None
        if part is None:
            code = Shortcode.of(inside, self._known)
            return code.said() if code and code.named else ""
        self._made.included.append(part.path)
        return self._take(part.value) if part.value else ""

    def _known(self, name: str) -> str:
        value = self._by.find(name, self._own) if name else None
        return self._take(value) if value else ""

    def _take(self, value: Value) -> str:
        if value.path != self._path or value.first != self._line:
            self._made.taken.append((self._line, value))
        return value.text

    def _is_heading(self, at: int) -> bool:
        return self._text.rfind("\n", 0, at) + 1 == self._text.find("#", self._text.rfind("\n", 0, at) + 1, at)

    def _without_modules(self, text: str) -> str:
        """Without MDX's imports and exports; a constant of text is a value of the page."""
        fences = _Ranges(list(_fences(text)))
        lines, at, inside = [], 0, False
        for number, line in enumerate(text.split("\n"), self._first):
            begins = _MODULE.match(line) is not None and not fences.holds(at)
            if begins and (constant := _CONSTANT.match(line)):
                self._own[constant[1].lower()] = Value(constant[2], self._path, number, number, line)
            at += len(line) + 1
            inside = bool(line.strip()) and (begins or inside)
            lines.append("" if inside else line)
        return "\n".join(lines)


class _Ranges:
    """Ranges of characters in order, asked about places that only go up."""

    def __init__(self, ranges: Sequence[tuple[int, int]]) -> None:
        self._ranges, self._next = ranges, 0

    def holds(self, at: int) -> bool:
        while self._next < len(self._ranges) and self._ranges[self._next][1] <= at:
            self._next += 1
        return self._next < len(self._ranges) and self._ranges[self._next][0] <= at


def _fences(text: str) -> Iterator[tuple[int, int]]:
    """Where fenced code stands; a fence that is never closed reaches to the end."""
    mark, start = "", 0
    for match in _FENCE.finditer(text):
        if not mark:
            mark, start = match[1], match.start()
        elif match[1].startswith(mark):
            yield start, match.end()
            mark = ""
    if mark:
        yield start, len(text)


def _inside(kind: str, tag: str) -> str:
    """A tag's words, without its brackets."""
    if kind == "part":
        return tag.strip("</>")
    return re.sub(r"^\$?(?:\{\{[<%]?|\{%|<%|\{)[-=#~&]*|[-~]*(?:[>%]?\}\}\}?|%\}|%>|\})$", "", tag).strip()


def _blank(text: str) -> str:
    return "\n" * text.count("\n")
