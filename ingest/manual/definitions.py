"""What a manual's variables stand for: values of a site generator's configuration, of its data files, of a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.manual.yamls import YamlError, leaves_of

_CONFIG = re.compile(
    r"(?:^|/)(?:_config\.ya?ml|mkdocs\.ya?ml|(?:hugo|config)\.(?:toml|ya?ml|json)|params\.(?:toml|ya?ml)|book\.(?:json|toml)|"
    r"antora\.ya?ml|variables\.(?:ya?ml|json))$",
    re.IGNORECASE,
)
_DATA = re.compile(r"(?:^|/)_?data/(.+)\.(?:ya?ml|json|toml)$", re.IGNORECASE)
_TABLES = re.compile(r"^(?:extra|params|variables|asciidoc\.attributes|book\.variables)\.")
"""Tables of a configuration whose keys are spoken of without the table's name."""
_OF_PAGE = re.compile(r"^(?:page\.params|page|frontmatter|front_matter|fm|params|current_page\.data)\.")
_OF_SITE = re.compile(r"^(?:site\.params|site|config\.extra|config|extra|book|vars|var|variables)\.")
_LARGEST = 300_000
"""Characters of a file that is looked into for values."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a name stands for, and the lines `first` to `last` of the file that say so."""

    text: str
    path: str
    first: int
    last: int
    quote: str


class Definitions:
    """The values that a whole manual shares, read when a page first asks for one."""

    def __init__(self, files: Sequence[str], read: Callable[[str], str | None]) -> None:
        self._files = [path for path in files if _CONFIG.search(path) or _DATA.search(path)]
        self._read = read
        self._values: dict[str, Value] | None = None

    def find(self, expression: str, own: Mapping[str, Value]) -> Value | None:
        """What an expression as `site.contact.email` or `page.team` stands for; `own` are the page's values."""
        name = _name_of(expression)
        if not name:
            return None
        here = _OF_PAGE.sub("", name)
        if here != name or not _OF_SITE.match(name):
            found = own.get(name) or own.get(here)
            if found is not None:
                return found
        shared = self._shared()
        return shared.get(name) or shared.get(_OF_SITE.sub("", name))

    def _shared(self) -> dict[str, Value]:
        if self._values is None:
            self._values = {}
            for path in self._files:
                for key, value in self._of_file(path):
                    self._values.setdefault(key, value)
        return self._values

    def _of_file(self, path: str) -> Iterator[tuple[str, Value]]:
        text = self._read(path)
        if text is None or len(text) > _LARGEST:
            return
        data = _DATA.search(path)
        prefix = f"{data[1].replace('/', '.').lower()}." if data else ""
        for key, value in values_of(path, text):
            bare = _TABLES.sub("", key)
            for spelling in dict.fromkeys((prefix + key, prefix + bare, *([f"data.{prefix}{key}"] if data else []))):
                yield spelling, value


def values_of(path: str, text: str, offset: int = 0) -> Iterator[tuple[str, Value]]:
    """Every single value of a YAML, JSON or TOML text by its dotted key in lower case; lines from `offset` + 1."""
    lines = text.split("\n")
    try:
        leaves = list(_toml_leaves(lines) if PurePosixPath(path).suffix == ".toml" else leaves_of(text))
    except YamlError:
        return
    for key, said, first, last in leaves:
        quote = "\n".join(lines[first - 1 : last])
        yield key.lower(), Value(" ".join(said.split()), path, first + offset, last + offset, quote)


def _toml_leaves(lines: Sequence[str]) -> Iterator[tuple[str, str, int, int]]:
    """The strings of a TOML text; `tomllib` knows no lines."""
    table = ""
    for number, line in enumerate(lines, 1):
        if head := re.match(r"\s*\[+\s*([\w.\"'-]+)\s*\]+\s*(?:#.*)?$", line):
            table = re.sub(r"[\"']", "", head[1]) + "."
        elif entry := re.match(
            r"""\s*([\w.-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\d[\d.]*))\s*(?:#.*)?$""", line
        ):
            yield table + entry[1], next(filter(None, entry.groups()[1:]), ""), number, number


def _name_of(expression: str) -> str:
    """The dotted name, in lower case, of an expression that is one: filters, `$` and a leading dot are left out."""
    head = expression.split("|", maxsplit=1)[0].strip().lower()
    head = re.sub(r"\[\s*(?:[\"':]([\w-]+)[\"']?|(\d+))\s*\]", lambda m: f".{m[1] or m[2]}", head)
    head = re.sub(r"^(?:param|\.param|site\.param)\s+[\"']?([\w.-]+)[\"']?$", r"params.\1", head)
    head = head.lstrip("$.")
    return head if re.fullmatch(r"[a-z_][\w-]*(?:\.[\w-]+)*", head) else ""
