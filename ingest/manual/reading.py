"""A folder of Markdown, read into pages and data files; what cannot be read is warned about, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as quote_url

from ingest.errors import UserError
from ingest.kept import Kept, names_step
from ingest.manual.callouts import unboxed
from ingest.manual.definitions import Definitions, Value, values_of
from ingest.manual.files import PAGE, listing_of, words_about
from ingest.manual.includes import Parts
from ingest.manual.links import broken_links
from ingest.manual.markdown import Section, sections_of
from ingest.manual.owner_files import is_data_file, is_owner_file
from ingest.manual.plain_text import plain_line
from ingest.manual.settings import read_settings
from ingest.manual.sites import Site
from ingest.manual.status import status_of
from ingest.manual.templating import Templating
from ingest.manual.tomls import toml_entries
from ingest.manual.yamls import Entry, YamlError, entries_of, mapping_by_line, mapping_of
from ingest.values import LONGEST_LINE, LONGEST_TITLE, Page, Place, Settings, Warning_

if TYPE_CHECKING:
    from ingest.manual.source import Revision

_STANDS_FOR = re.compile(r"\{[{%]|\$\{|<[a-z!/]|^\s*\[[^]]*\]\s*$")
"""What a template or a tag looks like, which nobody filled in: no owner's name."""
_OWNER_KEYS = ("owner_slack", "team", "owner", "owning_team", "slack", "slack_channel", "contact")
"""Keys of front matter of which the first that is filled is shown beside every line of the page; `facts/fields.toml`
has all that say something of whom to ask."""
_LIKE_A_TITLE = re.compile(r" {0,3}(?:#(?:[ \t]|$)|=+[ \t]*$)")
_TITLES = names_step("titles")
_LARGEST = 16_000_000
"""Bytes; a larger text file is no page that a person wrote."""
_POINTER = "version https://git-lfs.github.com/spec/"
_LONGEST_OWNER = 200
"""Characters; what is longer is nobody's name, and would be repeated in every place of its page."""


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
    noticed: tuple[Warning_, ...]
    """What was wrong while it was read."""
    commit: str
    label: str
    bodies: Bodies
    """Page path to its sections, parsed when first asked for."""
    kept: Kept
    """What was worked out for its pages before."""

    @cached_property
    def warnings(self) -> tuple[Warning_, ...]:
        """What is wrong with it, by path and line. Whoever asks first has the pages parsed, for their links."""
        found = [*self.noticed, *broken_links(self.pages, self.bodies, self.kept)]
        return tuple(sorted(found, key=lambda w: (w.path, w.line, w.message)))


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
    listing = listing_of(root, settings.exclude)
    reader = _Reader(root, history or {}, settings, listing.rest, listing.parts)
    pages = [page for path in listing.pages if (page := reader.page(path))]
    pages = sorted([*pages, *reader.parts_of_pages()], key=lambda page: page.path)
    if not pages:
        raise UserError(f"{label or root} holds no Markdown page (*.md); name the folder of the manual.")
    data = [file for path in listing.rest if is_data_file(path) and (file := reader.data(path))]
    owner_files = [lines for path in listing.rest if is_owner_file(path) and (lines := reader.lines(path))]
    bodies, kept = Bodies(pages), kept or Kept.nothing()
    pages = _titled(pages, reader.parts, bodies, kept)
    skipped = words_about(listing, reader.parts.taken, reader.unpublished)
    return Manual(
        root=root,
        pages=tuple(pages),
        data=tuple(data),
        owner_files=tuple(owner_files),
        settings=settings,
        noticed=(*skipped, *reader.warnings, *_unowned(pages)),
        commit=commit,
        label=label or str(root),
        bodies=bodies,
        kept=kept,
    )


class Bodies(Mapping[str, tuple[Section, ...]]):
    """The sections of pages by path: a page of which all is known already is never parsed."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._pages = {page.path: page for page in pages}
        self._parsed: dict[str, tuple[Section, ...]] = {}

    def __getitem__(self, path: str) -> tuple[Section, ...]:
        if path not in self._parsed:
            page = self._pages[path]
            self._parsed[path] = sections_of(page.filled or page.lines, page.body_first, page.boxes)
        return self._parsed[path]

    @property
    def parsed(self) -> frozenset[str]:
        """The pages that were asked for."""
        return frozenset(self._parsed)

    def __iter__(self) -> Iterator[str]:
        return iter(self._pages)

    def __len__(self) -> int:
        return len(self._pages)


class _Reader:
    """Reads files one at a time and gathers the warnings."""

    def __init__(
        self, root: Path, history: Mapping[str, Revision], settings: Settings, rest: Sequence[str], parts: Sequence[str]
    ) -> None:
        self.root, self.history, self.settings = root, history, settings
        self.warnings: list[Warning_] = []
        self.unpublished: list[str] = []
        self.parts = Parts(parts, self._text)
        self._templating = Templating(Definitions(rest, self._text), self.parts.find)

    def _warn(self, path: str, line: int, message: str) -> None:
        self.warnings.append(Warning_(path, line, message))

    def _text(self, path: str) -> str | None:
        file = self.root / path
        try:
            if file.stat().st_size > _LARGEST:
                self._warn(path, 1, f"larger than {_LARGEST:,} bytes; skipped")
                return None
            text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
            if not text.startswith(_POINTER):
                return text
            self._warn(path, 1, "a pointer of Git LFS, not the file itself; skipped, run `git lfs pull`")
        except UnicodeDecodeError as error:
            before = file.read_bytes()[: error.start]
            self._warn(path, before.count(b"\n") + 1, "not UTF-8; skipped, save it as UTF-8")
        except OSError as error:
            self._warn(path, 1, f"cannot be read ({error.strerror}); skipped")
        return None

    def page(self, path: str) -> Page | None:
        """One Markdown file as a page, without a title that its front matter does not state; None (and a warning) when
        it cannot be read."""
        text = self._text(path)
        if text is None:
            return None
        lines = tuple(text.split("\n"))
        for number, line in enumerate(lines, 1):
            if len(line) > LONGEST_LINE:
                self._warn(path, number, f"longer than {LONGEST_LINE:,} characters: read in pieces, break the line")
        meta, body_first = self._front_matter(path, lines)
        if meta.values.get("published") is False:
            self.unpublished.append(path)
            return None
        owner, owner_line = _owner(meta)
        for key in (key for key in _OWNER_KEYS if not owner and meta.values.get(key, "") in (None, "")):
            if key in meta.values:
                self._warn(path, meta.key_lines[key], f"{key} names no owner; a channel is written in quotes: '#name'")
        title = _stated_title(meta.values)
        headline = title or next((line[2:] for line in lines[body_first - 1 :] if line.startswith("# ")), "")
        page = Page(
            path=path,
            title=title,
            lines=lines,
            body_first=body_first,
            owner=owner,
            owner_line=owner_line,
            meta=meta.values,
            url=self._url(path, meta.values),
            commit=self._commit(path),
            updated=self._updated(path),
            status=status_of(path, headline, meta.values, lines[body_first - 1 :]),
        )
        return self._filled(page)

    def _filled(self, page: Page) -> Page:
        """The page with its lines as Markdown is to read them: tags filled in, boxes opened."""
        front = "\n".join(page.lines[1 : page.body_first - 2])
        own = dict(values_of(page.path, front, offset=1)) if page.body_first > 1 else {}
        made = self._templating.fill(page.path, page.lines, page.body_first, own)
        body, boxes = unboxed([plain_line(line) for line in made.text.split("\n")], page.body_first)
        lines = (*page.lines[: page.body_first - 1], *body)
        return replace(
            page,
            filled=lines if lines != page.lines else (),
            boxes=boxes,
            defined=tuple((line, self._place(value)) for line, value in made.taken),
        )

    def _place(self, value: Value) -> Place:
        """The lines that say what a name stands for, as a place that can be cited."""
        name = Path(value.path).name
        url = self._url(value.path)
        return Place(
            value.path, name, "", "", value.first, value.last, value.quote, f"{url}#L{value.first}-L{value.last}"
        )

    def parts_of_pages(self) -> Iterator[Page]:
        """The longer parts that pages take in, as pages of their own."""
        return (page for path in self.parts.long if (page := self.page(path)))

    def _commit(self, path: str) -> str:
        return self.history[path].commit if path in self.history else ""

    def _updated(self, path: str) -> str:
        return self.history[path].updated if path in self.history else ""

    def _front_matter(self, path: str, lines: tuple[str, ...]) -> tuple[Entry, int]:
        """The front matter, and the line on which the body starts."""
        nothing = Entry({}, {}, 1, 1)
        if lines[0].rstrip() != "---":
            return nothing, 1
        end = next((n for n, line in enumerate(lines[1:], 2) if line.rstrip() in ("---", "...")), 0)
        if not end:
            self._warn(path, 1, "the front matter is not closed by a line ---")
            return nothing, 1
        try:
            return mapping_of("\n".join(lines[1 : end - 1]), offset=1), end + 1
        except YamlError as error:
            self._warn(path, error.line, f"unreadable YAML in the front matter ({error}); read line by line")
            return mapping_by_line(lines[1 : end - 1], offset=1), end + 1

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

    def _url(self, path: str, meta: Mapping[str, Any] = MappingProxyType({})) -> str:
        """The public link of a page with that front matter, by the rule of the site's generator, else to the file."""
        said = self.settings
        base = said.base_url.rstrip("/")
        if said.site and path.startswith("source/"):
            published = re.sub(r"(\.html)?\.(md|markdown|mdx)(\.erb)?$", ".html", path.removeprefix("source/"))
            return f"{base}/{quote_url(published.replace('.html.html', '.html'))}"
        if said.generator:
            page = Site(said.generator, f"{base}/", said.content, said.directories).link(path, meta)
            if page:
                return page
        base = said.repository if said.site or said.generator else base
        return f"{base}/{quote_url(path)}" if base else path


def _owner(meta: Entry) -> tuple[str, int]:
    for key in _OWNER_KEYS:
        value = meta.values.get(key)
        if isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST_OWNER and not _STANDS_FOR.search(value):
            return value.strip(), meta.key_lines[key]
    return "", 0


def _stated_title(meta: Mapping[str, Any]) -> str:
    title = meta.get("title")
    return " ".join(title.split())[:LONGEST_TITLE].rstrip() if isinstance(title, str) else ""


def _titled(pages: Sequence[Page], parts: Parts, bodies: Bodies, kept: Kept) -> list[Page]:
    """The pages with titles: their own, or for a part that a single page takes in, that page's."""
    titles = {page.path: page.title or _title(page, bodies, kept) for page in pages}
    taken = {path: next(iter(by)) for path, by in parts.long.items() if len(by) == 1}
    return [replace(page, title=titles.get(taken.get(page.path, page.path), titles[page.path])) for page in pages]


def _title(page: Page, bodies: Bodies, kept: Kept) -> str:
    """The first heading of level 1; where there is none, the file's name.

    Only the parser knows a heading from a comment in some code, but no page without a line of such a form is parsed.
    """
    if any(map(_LIKE_A_TITLE.match, page.lines[page.body_first - 1 :])):
        for heading in kept.of(_TITLES, page, lambda page: _titles(bodies[page.path])):
            return heading[:LONGEST_TITLE].rstrip()
    name = PAGE.sub("", Path(page.path).name).removesuffix(".html")
    return name.replace("-", " ").replace("_", " ")


def _titles(sections: Sequence[Section]) -> tuple[str, ...]:
    """The headings of level 1 that say something."""
    return tuple(section.heading for section in sections if section.level == 1 and section.heading)


def _unowned(pages: Sequence[Page]) -> Iterator[Warning_]:
    """One word about the pages that name no owner, where others do."""
    without = [page.path for page in pages if not page.owner]
    if without and len(without) < len(pages):
        more = ", …" if len(without) > 3 else ""
        yield Warning_("", 0, f"no owner in the front matter: {len(without):,} pages ({', '.join(without[:3])}{more})")
