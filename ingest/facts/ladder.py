"""The manual's orders of escalation as facts: the one for everybody, and those of one service or topic, or on call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ingest.facts.lexicon import words
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
        """What is kept of a page's orders: whether it states any, so that no other page is parsed for them."""
        return tuple((order.score, order.first) for order in of(page))

    pages = [page for page in manual.pages if manual.kept.of(_SCORES, page, scores, known=known, more=[roster.digest])]
    orders = [order for page in sorted(pages, key=lambda page: page.path) for order in of(page)]
    given = _fallback(manual.settings.ladder, settings_lines(manual.root)) if manual.settings.ladder else ()
    main = ("", 0)
    general = [order for order in orders if not _is_of_one_matter(order)]
    if general and not given:
        best = max(general, key=lambda order: (order.score, [-ord(ch) for ch in order.page.path], -order.first))
        main = (best.page.path, best.first)
    rungs = [
        rung
        for order in orders
        for rung in _rungs(order, manual.bodies, for_all=(order.page.path, order.first) == main)
    ]
    return (*given, *rungs)


_WORD = re.compile(r"[^\W\d_]+")


def _is_of_one_matter(order: Order) -> bool:
    """Whether both its page and its section name a matter, "Campaigns › A campaign is stuck": it is for that alone."""
    named = (order.page.title, order.section.heading)
    return all(any(not _says_order(word.lower()) for word in _WORD.findall(text)) for text in named)


def _says_order(word: str) -> bool:
    known = words("orders", "everybodys") | words("orders", "names") | words("orders", "stuck")
    return word in known or word.startswith("escalat") or word in words("general", "words")


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
