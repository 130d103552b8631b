"""The manual's orders of escalation as facts: the one for everybody, and those of one service or topic, or on call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ingest.facts.orders import Order, Rung, orders_of
from ingest.facts.people import Roster
from ingest.facts.proof import fact
from ingest.kept import Noted, pairs_step
from ingest.manual.markdown import Section
from ingest.manual.reading import Manual
from ingest.manual.sentences import context_of, place_of
from ingest.manual.settings import FILE, settings_lines
from ingest.relations import FOR
from ingest.values import Contact, Fact, Page

_SCORES = pairs_step("rungs")


def ladder_of(manual: Manual, known: Noted, roster: Roster) -> tuple[Fact, ...]:
    """The rungs of `whodoiask.toml`, where the organisation gives some, else of the one order that the manual states
    most plainly; and those of all its other orders, each with what it is for.

    Precedence between several: a line that speaks of escalating and of order, on a page about help, in an
    ordered list; then the path, so that the choice never depends on the order of reading.
    """

    def of(page: Page) -> tuple[Order, ...]:
        return tuple(orders_of(page, manual.bodies[page.path], known, roster))

    def scores(page: Page) -> tuple[tuple[float, int], ...]:
        return tuple((order.score, order.first) for order in of(page))

    found = [
        (score, [-ord(ch) for ch in page.path], -first, page)
        for page in manual.pages
        for score, first in manual.kept.of(_SCORES, page, scores, known=known, more=[roster.digest])
    ]
    pages = {page.path: page for *_, page in found}
    orders = [order for path in sorted(pages) for order in of(pages[path])]
    given = _fallback(manual.settings.ladder, settings_lines(manual.root)) if manual.settings.ladder else ()
    main = ("", 0)
    if found and not given:
        *_, line, page = max(found, key=lambda f: f[:3])
        main = next((order.page.path, order.first) for order in orders if (order.page, order.first) == (page, -line))
    rungs = [
        rung
        for order in orders
        for rung in _rungs(order, manual.bodies, for_all=(order.page.path, order.first) == main)
    ]
    return (*given, *rungs)


def _rungs(order: Order, bodies: Mapping[str, Sequence[Section]], *, for_all: bool) -> Iterator[Fact]:
    for rank, rung in enumerate(order.rungs, 1):
        linked = _linked_section(rung, bodies[order.page.path])
        attributes = {"section": linked.anchor} if linked else {}
        if not for_all:
            attributes[FOR] = " › ".join(dict.fromkeys((order.page.title, *order.section.headings)))
        yield fact(
            "rung",
            rung.contacts or (Contact("role", rung.who),),
            rung.who,
            context_of(order.page, order.section, rung.block),
            place_of(order.page, order.section, rung.block.first, rung.block.last),
            rank,
            attributes,
        )


def _linked_section(rung: Rung, sections: Sequence[Section]) -> Section | None:
    """The section of the same page that a rung links to, where its addresses stand."""
    for span in rung.text.spans:
        if span.kind == "link" and span.href.startswith("#"):
            return next((s for s in sections if s.anchor == span.href[1:]), None)
    return None


def _fallback(ladder: Sequence[str], lines: tuple[str, ...]) -> tuple[Fact, ...]:
    """The rungs of `whodoiask.toml`, each quoted from its own line of that file."""
    page = Page(FILE, "Fallback ladder", lines, 1, url=FILE)
    rungs = []
    for rank, who in enumerate(ladder, 1):
        line = next((n for n, text in enumerate(lines, 1) if who in text), 1)
        contact = Contact("channel", "", who) if who.startswith("#") else Contact("role", who)
        rungs.append(fact("rung", (contact,), who, (page.title,), place_of(page, None, line, line), rank))
    return tuple(rungs)
