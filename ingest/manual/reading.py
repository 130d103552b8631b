"""A folder of Markdown, read into pages and data files; what cannot be read is warned about, never guessed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as quote_url

from ingest.errors import UserError
from ingest.kept import Kept
from ingest.manual.links import broken_links
from ingest.manual.markdown import Section, sections_of
from ingest.manual.owner_files import HIDDEN, is_data_file, is_owner_file
from ingest.manual.settings import Settings, read_settings
from ingest.manual.tomls import toml_entries
from ingest.manual.yamls import Entry, YamlError, entries_of, mapping_of
from ingest.values import Page, Warning_

if TYPE_CHECKING:
    from ingest.manual.source import Revision

_PAGE = re.compile(r"\.(md|markdown)(\.erb)?$", re.IGNORECASE)
_SKIPPED_FOLDERS = {"node_modules", "vendor", "__pycache__", "templates", "partials"}
_ERB = re.compile(r"<%.*?%>", re.DOTALL)
_OWNER_KEYS = ("owner_slack", "owner", "slack", "team", "contact")
_LARGEST = 4_000_000
"""Bytes; a larger text file is no page that a person wrote."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A YAML file of the manual: its lines, and every mapping in it."""

    page: Page
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Manual:
    """Everything read from a source, in the order of the paths."""

    root: Path
    pages: tuple[Page, ...]
    data: tuple[DataFile, ...]
    owner_files: tuple[Page, ...]
    """Files that forges read for owners (CODEOWNERS and the like), as lines."""
    settings: Settings
    warnings: tuple[Warning_, ...]
    commit: str
    label: str
    bodies: Bodies
    """Page path to its sections, parsed when first asked for."""
    kept: Kept
    """What was worked out for its pages before."""


def read_manual(
    root: Path,
    history: Mapping[str, Revision] | None = None,
    commit: str = "",
    label: str = "",
    kept: Kept | None = None,
) -> Manual:
    """Read the manual at `root`; `history` gives each path its last commit and date, `kept` what is known of pages.

    Raises UserError when the folder holds no Markdown or its `whodoiask.toml` is unusable.
    """
    settings = read_settings(root)
    reader = _Reader(root, history or {}, settings)
    paths = sorted(files_of(root))
    pages = [page for path in paths if _PAGE.search(path) and (page := reader.page(path))]
    if not pages:
        raise UserError(f"{label or root} holds no Markdown page (*.md); name the folder of the manual.")
    data = [file for path in paths if is_data_file(path) and (file := reader.data(path))]
    owner_files = [lines for path in paths if is_owner_file(path) and (lines := reader.lines(path))]
    bodies, kept = Bodies(pages), kept or Kept.nothing()
    warnings = [*reader.warnings, *broken_links(pages, bodies, kept)]
    return Manual(
        root=root,
        pages=tuple(pages),
        data=tuple(data),
        owner_files=tuple(owner_files),
        settings=settings,
        warnings=tuple(sorted(warnings, key=lambda w: (w.path, w.line, w.message))),
        commit=commit,
        label=label or str(root),
        bodies=bodies,
        kept=kept,
    )


def files_of(root: Path) -> Iterator[str]:
    """Every file below a folder, as a POSIX path, without those that no manual is written in (hidden, built)."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(
            n for n in names if n in HIDDEN or (not n.startswith((".", "_")) and n not in _SKIPPED_FOLDERS)
        )
        for name in files:
            file = Path(folder, name)
            if _is_hidden(file.relative_to(root)) and not is_owner_file(name):
                continue
            if not name.startswith(".") and file.is_file():
                yield file.relative_to(root).as_posix()


def _is_hidden(path: Path) -> bool:
    return any(part in HIDDEN for part in path.parts)


class Bodies(Mapping[str, tuple[Section, ...]]):
    """The sections of pages by path: a page of which all is known already is never parsed."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._pages = {page.path: page for page in pages}
        self._parsed: dict[str, tuple[Section, ...]] = {}

    def __getitem__(self, path: str) -> tuple[Section, ...]:
        if path not in self._parsed:
            page = self._pages[path]
            self._parsed[path] = sections_of(_without_ruby(page), page.body_first)
        return self._parsed[path]

    @property
    def parsed(self) -> frozenset[str]:
        """The pages that were asked for."""
        return frozenset(self._parsed)

    def __iter__(self) -> Iterator[str]:
        return iter(self._pages)

    def __len__(self) -> int:
        return len(self._pages)


def _without_ruby(page: Page) -> tuple[str, ...]:
    """The page's lines with Ruby tags blanked out, each line where it was."""
    if not page.path.endswith(".erb"):
        return page.lines
    text = _ERB.sub(lambda m: "\n" * m.group().count("\n"), "\n".join(page.lines))
    return tuple(text.split("\n"))


class _Reader:
    """Reads files one at a time and gathers the warnings."""

    def __init__(self, root: Path, history: Mapping[str, Revision], settings: Settings) -> None:
        self.root, self.history, self.settings = root, history, settings
        self.warnings: list[Warning_] = []

    def _warn(self, path: str, line: int, message: str) -> None:
        self.warnings.append(Warning_(path, line, message))

    def _text(self, path: str) -> str | None:
        file = self.root / path
        try:
            if file.stat().st_size > _LARGEST:
                self._warn(path, 1, f"larger than {_LARGEST:,} bytes; skipped")
                return None
            return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            before = file.read_bytes()[: error.start]
            self._warn(path, before.count(b"\n") + 1, "not UTF-8; skipped, save it as UTF-8")
        except OSError as error:
            self._warn(path, 1, f"cannot be read ({error.strerror}); skipped")
        return None

    def page(self, path: str) -> Page | None:
        """One Markdown file as a page; None (and a warning) when it cannot be read."""
        text = self._text(path)
        if text is None:
            return None
        lines = tuple(text.split("\n"))
        meta, body_first = self._front_matter(path, lines)
        owner, owner_line = _owner(meta)
        if meta.values and not owner:
            self._warn(path, 1, "no owner in the front matter (owner_slack)")
        return Page(
            path=path,
            title=_title(path, meta.values, lines[body_first - 1 :]),
            lines=lines,
            body_first=body_first,
            owner=owner,
            owner_line=owner_line,
            meta=meta.values,
            url=self._url(path),
            commit=self._commit(path),
            updated=self._updated(path),
        )

    def _commit(self, path: str) -> str:
        return self.history[path].commit if path in self.history else ""

    def _updated(self, path: str) -> str:
        return self.history[path].updated if path in self.history else ""

    def _front_matter(self, path: str, lines: tuple[str, ...]) -> tuple[Entry, int]:
        """The front matter, and the line on which the body starts."""
        nothing = Entry({}, {}, 1, 1)
        if lines[0].rstrip() != "---":
            self._warn(path, 1, "no front matter")
            return nothing, 1
        end = next((n for n, line in enumerate(lines[1:], 2) if line.rstrip() in ("---", "...")), 0)
        if not end:
            self._warn(path, 1, "the front matter is not closed by a line ---")
            return nothing, 1
        try:
            return mapping_of("\n".join(lines[1 : end - 1]), offset=1), end + 1
        except YamlError as error:
            self._warn(path, error.line, f"unreadable YAML in the front matter ({error})")
            return nothing, end + 1

    def data(self, path: str) -> DataFile | None:
        """One YAML data file; None (and a warning) when it cannot be read."""
        text = self._text(path)
        if text is None:
            return None
        try:
            entries = toml_entries(text) if path.lower().endswith(".toml") else entries_of(text)
        except YamlError as error:
            if path.startswith("data/"):  # elsewhere it may be a template, or no data at all
                self._warn(path, error.line, f"unreadable YAML ({error})")
            return None
        return DataFile(self._file(path, text), entries)

    def lines(self, path: str) -> Page | None:
        """A file of plain lines; None (and a warning) when it cannot be read."""
        text = self._text(path)
        return None if text is None else self._file(path, text)

    def _file(self, path: str, text: str) -> Page:
        title = Path(path).stem.replace("_", " ").replace("-", " ").capitalize()
        return Page(
            path,
            title,
            tuple(text.split("\n")),
            1,
            url=self._url(path),
            commit=self._commit(path),
            updated=self._updated(path),
        )

    def _url(self, path: str) -> str:
        """The public link: by the Tech Docs rule for a site's page, else to the file."""
        base = self.settings.base_url.rstrip("/")
        if self.settings.site and path.startswith("source/"):
            published = re.sub(r"(\.html)?(\.md|\.markdown)(\.erb)?$", ".html", path.removeprefix("source/"))
            return f"{base}/{quote_url(published.replace('.html.html', '.html'))}"
        base = self.settings.repository if self.settings.site else base
        return f"{base}/{quote_url(path)}" if base else path


def _owner(meta: Entry) -> tuple[str, int]:
    for key in _OWNER_KEYS:
        value = meta.values.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip(), meta.key_lines[key]
    return "", 0


def _title(path: str, meta: Mapping[str, Any], body: tuple[str, ...]) -> str:
    title = meta.get("title")
    if isinstance(title, str) and title.strip():
        return " ".join(title.split())
    heading = next((m[1] for line in body if (m := re.match(r"#\s+(.+?)\s*#*$", line))), "")
    return heading or _PAGE.sub("", Path(path).name).removesuffix(".html").replace("-", " ").replace("_", " ")
