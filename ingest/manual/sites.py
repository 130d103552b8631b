"""Where a manual is published: the site generator that it is written for, and what that makes of a page's path.

MkDocs: `site_url`, `docs_dir`, `use_directory_urls`. Jekyll: `url`, `baseurl`, `permalink`. Hugo: `baseURL`,
`contentDir`. Docusaurus: `url`, `baseUrl`, `routeBasePath`. Each by its own documentation's rule.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urljoin

from ingest.manual.yamls import YamlError, mapping_of
from ingest.values import Generator

_LARGEST = 300_000
"""Bytes of a configuration that is looked into."""
_SUFFIX = re.compile(r"\.(?:md|markdown|mdx)$", re.IGNORECASE)
_INDEX = re.compile(r"(?:^|/)(?:_?index|readme)$", re.IGNORECASE)
_IN_ORDER = re.compile(r"(?:^|(?<=/))\d+[-_. ]+(?=[^/\d])")
"""Numbers that put Docusaurus's files in order and are no part of their address."""


@dataclass(frozen=True, slots=True)
class Site:
    """A published manual."""

    generator: Generator
    base: str
    """What its links begin with, with a slash at the end."""
    content: str = ""
    """The folder that its pages lie in."""
    directories: bool = True
    """Whether a page is a directory of its own ("a/b/"), and not "a/b.html"."""
    repository: str = ""
    """Where the files can be read on the web, up to and including the branch."""

    def link(self, path: str, meta: Mapping[str, Any]) -> str:
        """The address of the page at `path` with that front matter; empty for a file that is no page of the site."""
        inside = path.removeprefix(f"{self.content}/") if self.content else path
        if (self.content and inside == path) or not _SUFFIX.search(path):
            return ""
        own = next((str(meta[key]) for key in _OWN[self.generator] if isinstance(meta.get(key), str)), "")
        if own.startswith(("http://", "https://")) or ":" in own:
            own = ""
        if own.startswith("/"):
            return urljoin(self.base, quote(own.lstrip("/")))
        bare = _SUFFIX.sub("", inside)
        if self.generator == "docusaurus":
            bare = _IN_ORDER.sub("", bare)
        if self.generator == "jekyll":
            bare = re.sub(r"^_(?=[^/]+/)", "", bare)
        if own:
            bare = str(PurePosixPath(bare).with_name(own.strip("/"))) if bare else own
        elif _INDEX.search(bare):
            return urljoin(self.base, quote(_INDEX.sub("", bare).strip("/") + "/").lstrip("/"))
        if self.generator == "hugo":
            bare = bare.lower().replace(" ", "-")
        return urljoin(self.base, quote(bare) + ("/" if self.directories else ".html"))


_OWN: Mapping[Generator, tuple[str, ...]] = {
    "": (),
    "mkdocs": (),
    "jekyll": ("permalink",),
    "hugo": ("url", "slug"),
    "docusaurus": ("slug",),
}
"""The front matter by which a page sets its own address."""


def site_of(root: Path) -> Site | None:
    """The site that the manual at `root` is written for, by its generator's configuration; None where it has none that
    says where it is published."""
    for reader in (_mkdocs, _hugo, _docusaurus, _jekyll):
        for site in reader(root):
            if re.match(r"https?://[^/]", site.base):
                return site
    return None


def _mkdocs(root: Path) -> Iterator[Site]:
    for name in ("mkdocs.yml", "mkdocs.yaml"):
        said = _yaml(root / name)
        if said.get("site_url"):
            repository = str(said.get("repo_url") or "").rstrip("/")
            branch = re.match(r"(?:edit|blob|tree)/([^/]+)/", str(said.get("edit_uri") or ""))
            web = f"{repository}/blob/{branch[1] if branch else 'main'}" if "://git" in repository else ""
            directories = said.get("use_directory_urls") is not False
            yield Site("mkdocs", _ended(said["site_url"]), str(said.get("docs_dir") or "docs"), directories, web)


def _hugo(root: Path) -> Iterator[Site]:
    for name in ("hugo.toml", "hugo.yaml", "hugo.yml", "config.toml", "config.yaml", "config.yml"):
        said = {key.lower(): value for key, value in _of_file(root / name).items()}
        if said.get("baseurl"):
            plain = said.get("uglyurls") is not True
            yield Site("hugo", _ended(said["baseurl"]), str(said.get("contentdir") or "content"), plain)


def _jekyll(root: Path) -> Iterator[Site]:
    said = _yaml(root / "_config.yml") or _yaml(root / "_config.yaml")
    if said.get("url"):
        base = f"{str(said['url']).rstrip('/')}/{str(said.get('baseurl') or '').strip('/')}"
        pretty = str(said.get("permalink") or "").rstrip("/") == "pretty" or str(said.get("permalink")).endswith("/")
        yield Site("jekyll", _ended(base), "", pretty)


def _docusaurus(root: Path) -> Iterator[Site]:
    """Its configuration is a program: what stands there in so many words is read."""
    for name in ("docusaurus.config.js", "docusaurus.config.ts", "docusaurus.config.mjs"):
        text = _text(root / name)
        url = re.search(r"""\burl:\s*["'`](https?://[^"'`\s$]+)["'`]""", text)
        if url:
            base = re.search(r"""\bbaseUrl:\s*["'`]([^"'`\s$]*)["'`]""", text)
            route = re.search(r"""\brouteBasePath:\s*["'`]([^"'`\s$]*)["'`]""", text)
            folder = re.search(r"""\bdocs:\s*\{[^}]*?\bpath:\s*["'`]([^"'`\s$]+)["'`]""", text)
            parts = (base[1] if base else "", route[1] if route else "docs")
            whole = "/".join([url[1].rstrip("/"), *(part.strip("/") for part in parts if part.strip("/"))])
            yield Site("docusaurus", _ended(whole), folder[1].strip("/") if folder else "docs")


def _ended(url: object) -> str:
    return f"{str(url).rstrip('/')}/"


def _of_file(file: Path) -> Mapping[str, Any]:
    if file.suffix != ".toml":
        return _yaml(file)
    try:
        return tomllib.loads(_text(file))
    except tomllib.TOMLDecodeError:
        return {}


def _yaml(file: Path) -> Mapping[str, Any]:
    try:
        return mapping_of(_text(file)).values
    except YamlError:
        return {}


def _text(file: Path) -> str:
    """The text of a configuration; empty where there is none that can be read."""
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > _LARGEST:
            return ""
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
