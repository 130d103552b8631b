"""Which files of a folder are a manual's pages, and a word about every other one that looks like a page.

A folder is no reason to leave a page out: `_docs` is read like `docs`. Left out are what a site generator built or
downloaded, parts that templates put into pages, copies of older versions, and what `exclude` in `whodoiask.toml` names.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.manual.owner_files import HIDDEN, is_owner_file
from ingest.values import Warning_

PAGE = re.compile(r"\.(md|markdown|mdx)(\.erb)?$", re.IGNORECASE)
_OTHER_TEXT = re.compile(r"\.(rst|adoc|asciidoc|org|qmd|rmd|textile|mediawiki|wiki|docx|odt|txt)$", re.IGNORECASE)
"""Texts that people write manuals in, and that are not read here."""
_NO_PROSE = re.compile(
    r"^(?:licen[cs]e|copying|notice|requirements|constraints|robots|humans|cmakelists|cname)\b", re.I
)
_VENDORED = {"node_modules", "bower_components", "vendor", "third_party", "third-party", "site-packages", "__pycache__"}
_BUILT = {"_site", "_build", "_book", "__pycache__"}
_BUILT_BY = {
    "public": ("hugo.toml", "hugo.yaml", "config.toml", "config/_default", "gatsby-config.js"),
    "site": ("mkdocs.yml", "mkdocs.yaml"),
    "build": ("docusaurus.config.js", "docusaurus.config.ts"),
    "book": ("book.toml",),
    "dist": ("package.json",),
}
"""Folders beside a generator's configuration that it writes the finished site into."""
_PARTS = {"_includes", "_layouts", "_partials", "_sass", "_snippets", "partials", "layouts", "shortcodes", "snippets"}
_FORMS = {"templates", "_templates", "archetypes"}
_VERSIONS = re.compile(r"(?:^|/)(?:versioned_(?:docs|pages|sidebars)|i18n/[a-z]{2,3}(?:[-_][A-Za-z]+)?|_versions)/")
_HIDDEN = frozenset(HIDDEN)
_SHOWN = 3
"""Paths that a line of the report names."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a folder: pages to be read, parts that a page may include, and why others are left out.

    `skipped` has, by reason, the paths ("node_modules/" stands for all in it); `rest` are files of other kinds.
    """

    pages: tuple[str, ...]
    parts: tuple[str, ...]
    rest: tuple[str, ...]
    skipped: Mapping[str, tuple[str, ...]]


def files_of(root: Path) -> Iterator[str]:
    """Every file below a folder, as a POSIX path, without hidden ones (but for those that forges read for owners) and
    without whole folders that nobody wrote."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(n for n in names if not _unwritten(root, Path(folder, n)))
        for name in files:
            file = Path(folder, name)
            hidden = not _HIDDEN.isdisjoint(file.relative_to(root).parts) and not is_owner_file(name)
            if not hidden and not name.startswith(".") and not why_unread(root, file):
                yield file.relative_to(root).as_posix()


def why_unread(root: Path, file: Path) -> str:
    """Why a file below `root` is not opened; "" for one that may be. A link that leads out would show the files of
    whoever ingests; what is no plain file may never end."""
    if _shown(file) != str(file):
        return "names that are not UTF-8"
    if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(root)):
        return "links that lead out of the folder"
    return "" if file.is_file() else "no plain files"


def listing_of(root: Path, exclude: Sequence[str] = ()) -> Listing:
    """The files below `root`, sorted out; `exclude` are globs of paths (`**` for any folders)."""
    excluded = [_glob(pattern) for pattern in exclude]
    by_reason: dict[str, list[str]] = defaultdict(list)
    for path in sorted(files_of(root)):
        by_reason[_reason(path, excluded)].append(path)
    for reason, path in _unread(root):
        by_reason[reason].append(path)
    read = {reason: tuple(by_reason.pop(reason, ())) for reason in ("", _PART, "rest")}
    return Listing(read[""], read[_PART], read["rest"], {reason: tuple(paths) for reason, paths in by_reason.items()})


_PART = "parts that no page includes"


def words_about(listing: Listing, included: Iterable[str], hidden: Iterable[str]) -> Iterator[Warning_]:
    """One line for each reason to leave files out; `included` are parts that pages have taken in, `hidden` pages that
    are not published."""
    skipped = {
        **listing.skipped,
        _PART: tuple(sorted(set(listing.parts) - set(included))),
        "published: false in the front matter": tuple(sorted(hidden)),
    }
    for reason, paths in sorted(skipped.items()):
        if paths:
            more = ", …" if len(paths) > _SHOWN else ""
            yield Warning_("", 0, f"not read, {reason}: {len(paths):,} ({', '.join(paths[:_SHOWN])}{more})")


def _reason(path: str, excluded: Sequence[re.Pattern[str]]) -> str:
    """Why a file is not read as a page: "" for a page, "rest" for what was never meant to be one."""
    name, folders = path.rpartition("/")[2], path.split("/")[:-1]
    is_page, other = PAGE.search(name), _OTHER_TEXT.search(name)
    is_part = not _PARTS.isdisjoint(folders) or (name.startswith("_") and not name.lower().startswith("_index."))
    if not is_page and not other:
        return _PART if is_part and re.search(r"\.(html?|txt)$|^[^.]+$", name) and "_includes" in folders else "rest"
    if any(pattern.fullmatch(path) for pattern in excluded):
        return "named by exclude in whodoiask.toml"
    if other:
        return f"{other[0].lower()} files" if not _NO_PROSE.match(name) else "rest"
    if _VERSIONS.search(path):
        return "older versions and translated copies"
    if is_part:
        return _PART
    return "forms to be filled in" if not _FORMS.isdisjoint(folders) else ""


def _unwritten(root: Path, folder: Path) -> bool:
    """Hidden, downloaded, or what a generator built."""
    if (folder.name.startswith(".") and folder.name not in _HIDDEN) or folder.name in _VENDORED | _BUILT:
        return True
    makers = _BUILT_BY.get(folder.name, ())
    return folder.parent == root and any((root / maker).exists() for maker in makers)


def _shown(file: Path) -> str:
    """The path as text, with escapes for the bytes of its name that are none."""
    return str(file).encode("utf-8", "backslashreplace").decode("utf-8")


def _unread(root: Path) -> Iterator[tuple[str, str]]:
    """What `files_of` leaves out of pages and of folders that hold some, with why."""
    for folder, names, files in os.walk(root):
        for file in (Path(folder, name) for name in sorted(files) if PAGE.search(name)):
            if reason := why_unread(root, file):
                yield reason, _shown(file.relative_to(root))
        left = [n for n in sorted(names) if not n.startswith(".") and _unwritten(root, Path(folder, n))]
        for name in left:
            if any(PAGE.search(f) for _, _, files in os.walk(Path(folder, name)) for f in files):
                yield "downloaded or built", Path(folder, name).relative_to(root).as_posix() + "/"
        names[:] = [n for n in names if not _unwritten(root, Path(folder, n))]


def _glob(pattern: str) -> re.Pattern[str]:
    """A glob of paths: `*` and `?` stay within a folder, `**` crosses them; a folder stands for all below it."""
    marks = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.strip().removeprefix("/").rstrip("/"))
    return re.compile("".join(marks.get(part, re.escape(part)) for part in parts) + "(?:/.*)?", re.IGNORECASE)
