"""Parts that pages take in: a short one stands in the line of its tag, a longer one is read as a page of its own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

from ingest.manual.definitions import Value
from ingest.manual.templating import Part

_LONGEST = 6
"""Lines of a part that is one paragraph."""
_STRUCTURE = re.compile(
    r"^\s*(?:#|[-*+]\s|\d+[.)]\s|\||>|```|~~~|<(?:table|ul|ol|dl|h\d|div)\b)", re.IGNORECASE | re.MULTILINE
)


class Parts:
    """The parts of a manual by path; `taken` are those that pages took in, `long` those of them to be read as pages,
    with the pages that take them in."""

    def __init__(self, paths: Sequence[str], read: Callable[[str], str | None]) -> None:
        self._read = read
        self._paths = paths
        self._by_name: dict[str, list[str]] = {}
        for path in paths:
            self._by_name.setdefault(_bare(posixpath.basename(path)), []).append(path)
        self._found: dict[str, Part | None] = {}
        self.taken: set[str] = set()
        self.long: dict[str, set[str]] = {}

    def find(self, page: str, name: str) -> Part | None:
        """The part that a page names, None where the manual has none of that name."""
        path = self._path(page, name)
        if path is None:
            return None
        self.taken.add(path)
        part = self._part(path)
        if part is not None and part.value is None:
            self.long.setdefault(path, set()).add(page)
        return part

    def _path(self, page: str, name: str) -> str | None:
        """By the name's own folders; the nearest to the page of several."""
        wanted = posixpath.normpath(name).lstrip("./")
        while wanted.startswith("../"):
            wanted = wanted[3:]
        found = self._by_name.get(_bare(posixpath.basename(wanted)), [])
        matching = [p for p in found if f"/{_key(p)}".endswith(f"/{_key(wanted)}")]
        near = (
            posixpath.commonpath([posixpath.dirname(page) or ".", posixpath.dirname(p) or "."])
            if _same_root(page, p)
            else ""
            for p in matching
        )
        return max(zip(map(len, near), matching, strict=True), default=(0, None), key=lambda pair: pair[0])[1]

    def _part(self, path: str) -> Part | None:
        if path not in self._found:
            text = self._read(path)
            self._found[path] = None if text is None else Part(path, _short(path, text))
        return self._found[path]


def _short(path: str, text: str) -> Value | None:
    """A part that is one paragraph, as one line with the lines that it stands on; None for a longer one."""
    lines = text.split("\n")
    first = 1
    if lines[0].rstrip() == "---":
        first = next((n for n, line in enumerate(lines[1:], 3) if line.rstrip() == "---"), 1)
    said = [n for n, line in enumerate(lines[first - 1 :], first) if line.strip()]
    if not said:
        return Value("", path, 1, 1, lines[0])
    body = lines[said[0] - 1 : said[-1]]
    if len(body) > _LONGEST or any(not line.strip() for line in body) or _STRUCTURE.search("\n".join(body)):
        return None
    return Value(" ".join(line.strip() for line in body), path, said[0], said[-1], "\n".join(body))


def _bare(name: str) -> str:
    return re.sub(r"(?:\.html)?\.(?:mdx?|markdown|html?|txt)(?:\.erb)?$", "", name.lower()).lstrip("_")


def _key(path: str) -> str:
    folder, name = posixpath.split(path.lower())
    return posixpath.join(folder, _bare(name))


def _same_root(one: str, other: str) -> bool:
    return one.split("/", maxsplit=1)[0] == other.split("/", maxsplit=1)[0]
