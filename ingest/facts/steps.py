"""What to do, step by step: the numbered list of a section that also says whom to ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.facts.proof import fact
from ingest.manual.markdown import Section
from ingest.manual.sentences import context_of, place_of
from ingest.values import Fact, Page

_MOST = 12
"""A longer list is a runbook of its own, and better read on its page."""


def steps_of(
    page: Page, sections: Sequence[Section], statements: Sequence[Fact], rungs: Sequence[Fact]
) -> Iterator[Fact]:
    """The `step` facts of the page's sections in which one of `statements` stands."""
    wanted = {f.place.anchor for f in statements if f.place.path == page.path}
    taken = {(f.place.path, f.place.first) for f in rungs}
    for section in sections:
        if section.anchor in wanted:
            yield from _section(page, section, taken)


def _section(page: Page, section: Section, taken: set[tuple[str, int]]) -> Iterator[Fact]:
    items = [b for b in section.blocks if b.kind == "item" and b.ordered and b.depth == 0]
    groups = {item.group for item in items}
    if len(groups) != 1 or len(items) > _MOST or (page.path, items[0].first) in taken:
        return
    for rank, item in enumerate(items, 1):
        place = place_of(page, section, item.first, item.last)
        yield fact("step", (), item.text.plain, context_of(page, section, item), place, rank)
