"""Links between pages: which of them point at an anchor that does not exist."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from ingest.markdown import Block, Section
from ingest.values import Page, Warning_


def broken_links(pages: Sequence[Page], bodies: Mapping[str, Sequence[Section]]) -> Iterator[Warning_]:
    """A warning for every link to an anchor that its page (one of the manual's own) does not have."""
    anchors = {_published(path): _anchors(sections) for path, sections in bodies.items()}
    for page in pages:
        here = _published(page.path)
        for section in bodies[page.path]:
            for block in section.blocks:
                for href in _hrefs(block):
                    target, _, anchor = href.partition("#")
                    there = _resolve(here, target)
                    if anchor and there in anchors and anchor not in anchors[there]:
                        yield Warning_(page.path, block.first, f"links to {href}, an anchor that does not exist")


def _anchors(sections: Sequence[Section]) -> frozenset[str]:
    explicit = re.findall(
        r"""<a\s[^>]*(?:id|name)=["']([^"']+)["']""",
        " ".join(block.text.plain for section in sections for block in section.blocks),
    )
    return frozenset([*(section.anchor for section in sections), *explicit])


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
