"""Links between pages: which of them point at an anchor that does not exist."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from ingest.kept import Kept, names_step, pairs_step
from ingest.manual.markdown import Block, Section
from ingest.values import Page, Warning_

_ANCHORS = names_step("anchors")
_LINKS = pairs_step("links")


def broken_links(pages: Sequence[Page], bodies: Mapping[str, Sequence[Section]], kept: Kept) -> Iterator[Warning_]:
    """A warning for every link to an anchor that its page (one of the manual's own) does not have."""
    stated = {page.path: kept.of(_ANCHORS, page, lambda page: _anchors(bodies[page.path])) for page in pages}
    anchors = {_published(path): frozenset(found) for path, found in stated.items()}
    for page in pages:
        here = _published(page.path)
        for line, href in kept.of(_LINKS, page, lambda page: tuple(_links(bodies[page.path]))):
            target, _, anchor = href.partition("#")
            there = _resolve(here, target)
            if anchor and there in anchors and anchor not in anchors[there]:
                yield Warning_(page.path, line, f"links to {href}, an anchor that does not exist")


def _anchors(sections: Sequence[Section]) -> tuple[str, ...]:
    explicit = re.findall(
        r"""<a\s[^<>]*(?:id|name)=["']([^"'<>]+)["']""",
        " ".join(block.text.plain for section in sections for block in section.blocks),
    )
    return (*(section.anchor for section in sections), *explicit)


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
    return "/" + re.sub(r"(\.html)?\.(md|markdown)(\.erb)?$", "", path.removeprefix("source/"))


def _resolve(here: str, target: str) -> str:
    if not target:
        return here
    bare = re.sub(r"(\.html)?(\.md|\.markdown)?$", "", target.removesuffix("/"))
    return posixpath.normpath(posixpath.join(posixpath.dirname(here), bare))
