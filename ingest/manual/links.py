"""Links between pages: which of them point at an anchor that does not exist."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from ingest.kept import Kept, names_step, pairs_step
from ingest.manual.markdown import Block, Section, slug
from ingest.values import Page, Warning_

_ANCHORS = names_step("anchors")
_LINKS = pairs_step("links")
_EXPLICIT = re.compile(r"""\b(?:id|name)\s*=\s*["']([^"'\n]+)["']|\{:?\s*#([\w:.-]+)|\[\]\{#([\w-]+)\}""")
_SHOWN = 3
"""Links of one page that are warned about one by one."""
_NAMED = re.compile(r"(?!(?:readme|top|L\d+(?:-L\d+)?|fn.*|:~:.*)$).", re.IGNORECASE)
"""Anchors that a page has to state; the others a site has on every page."""


def broken_links(pages: Sequence[Page], bodies: Mapping[str, Sequence[Section]], kept: Kept) -> Iterator[Warning_]:
    """A warning for every link to an anchor that its page (one of the manual's own) does not have."""
    stated = {page.path: kept.of(_ANCHORS, page, lambda page: _anchors(page, bodies[page.path])) for page in pages}
    anchors = {_published(path): frozenset(found) for path, found in stated.items()}
    for page in pages:
        here, broken = _published(page.path), []
        for line, href in kept.of(_LINKS, page, lambda page: tuple(_links(bodies[page.path]))):
            target, _, anchor = href.partition("#")
            there = _resolve(here, target)
            if there in anchors and _NAMED.match(anchor) and not {anchor, _unnumbered(anchor)} & anchors[there]:
                broken.append((line, href))
        for line, href in broken[:_SHOWN]:
            yield Warning_(page.path, line, f"links to {href}, an anchor that does not exist")
        if len(broken) > _SHOWN:
            more = len(broken) - _SHOWN
            yield Warning_(page.path, broken[_SHOWN][0], f"links to {more:,} more anchors that do not exist")


def _anchors(page: Page, sections: Sequence[Section]) -> tuple[str, ...]:
    """Every anchor of a page: those that it gives, and of each heading what the site generators make of it."""
    explicit = _EXPLICIT.findall("\n".join(page.lines))
    made = {anchor for section in sections for anchor in (section.anchor, *_slugs(section.heading))}
    return tuple(sorted({*made, *(next(filter(None, found)) for found in explicit)}))


def _slugs(heading: str) -> Iterator[str]:
    """A heading's anchor by the rules of GitHub, kramdown, Python-Markdown and Tech Docs."""
    lower = heading.lower()
    github = re.sub(r"[^\w\s-]", "", lower)
    yield re.sub(r"\s", "-", github.strip())
    yield re.sub(r"[-\s]+", "-", github.strip())
    yield re.sub(r"\s", "-", re.sub(r"[^a-z0-9 -]|^[^a-z]+", "", lower))
    yield slug(re.sub(r"['’]", "-39-", heading))


def _unnumbered(anchor: str) -> str:
    """An anchor without the number that tells equal headings apart."""
    return re.sub(r"[-_]\d+$", "", anchor)


def _links(sections: Sequence[Section]) -> Iterator[tuple[int, str]]:
    """The line and the target of every link to an anchor."""
    for section in sections:
        for block in section.blocks:
            yield from ((block.first, href) for href in _hrefs(block))


def _hrefs(block: Block) -> Iterator[str]:
    for span in block.text.spans:
        if span.kind == "link" and "#" in span.href and not re.match(r"[a-z]+:|//", span.href):
            yield span.href


def _published(path: str) -> str:
    """A page's address within the site, whichever suffix the file has."""
    return _without_index("/" + re.sub(r"(\.html)?\.(md|markdown|mdx)(\.erb)?$", "", path.removeprefix("source/")))


def _resolve(here: str, target: str) -> str:
    if not target:
        return here
    bare = re.sub(r"(\.html)?(\.mdx?|\.markdown)?$", "", target.removesuffix("/"))
    return _without_index(posixpath.normpath(posixpath.join(posixpath.dirname(here), bare)))


def _without_index(address: str) -> str:
    return re.sub(r"/(?:index|_index|readme)$", "/", address, flags=re.IGNORECASE)
