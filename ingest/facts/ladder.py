"""The manual's own escalation order: a list of people that a line or heading says to try in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.facts.addresses import addresses
from ingest.facts.introductions import DOING
from ingest.facts.lexicon import HELP, TROUBLES
from ingest.facts.people import Roster, people
from ingest.facts.proof import fact
from ingest.kept import Noted, pairs_step
from ingest.manual.markdown import Block, Section
from ingest.manual.reading import Manual
from ingest.manual.sentences import context_of, place_of
from ingest.manual.settings import FILE, settings_lines
from ingest.values import Contact, Fact, Page

_WAYS = r"(?:path|ladder|chain|order|route|steps?|process|procedure)"
_ORDER = re.compile(
    r"\b(in (?:the |this |that )(?:following )?order|in following order|"
    r"in order\b(?! (?:to|for|that)\b)|in turn|one after (?:the )?other|"
    rf"escalat\w+ (?:{_WAYS}|through|in|it|to)|chain of command|"
    r"one (?:rung|step|person|level|at) (?:at )?a time|work (?:your way )?up|try .{0,40}order)\b",
    re.IGNORECASE,
)
_ESCALATE = re.compile(r"\bescalat\w*\b", re.IGNORECASE)
_HEADING = re.compile(rf"\b(escalat\w+ {_WAYS}|chain of command|escalation)\b", re.IGNORECASE)
_STUCK = re.compile(
    r"\b(stuck|out of ideas|at a loss|"
    r"(?:can['’]t|cannot|could not|unable to) (?:\w+ ){0,3}(?:resolve|solve|fix|work out|agree|answer))\b",
    re.IGNORECASE,
)
_HELP = re.compile(rf"\b({HELP}|escalat\w*|stuck|contact|ask|who)\b", re.IGNORECASE)
_SCORES = pairs_step("rungs")
_FEWEST, _MOST, _LONGEST = 2, 9, 16
_IMPERATIVE = re.compile(
    rf"^(?:{DOING}|log|remove|restart|stop|start|clear|create|update|delete|set|wait|"
    r"find|fix|look|select|enter|type|copy|download|install|deploy|revert|turn|close|write|choose|commit|push|"
    r"merge|test|try|scale|drain|flush|purge|rebuild|reload|verify|ensure|confirm)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    page: Page
    section: Section
    items: tuple[Block, ...]
    score: float


def ladder_of(manual: Manual, known: Noted, roster: Roster) -> tuple[Fact, ...]:
    """The rungs of `whodoiask.toml`, where the organisation gives some; else of the one ladder that the manual states
    most plainly.

    Precedence between several: a line that speaks of escalating and of order, on a page about help, in an
    ordered list; then the path, so that the choice never depends on the order of reading.
    """

    if manual.settings.ladder:
        return _fallback(manual.settings.ladder, settings_lines(manual.root))

    def of(page: Page) -> tuple[_Candidate, ...]:
        return tuple(c for section in manual.bodies[page.path] for c in _candidates(page, section, known, roster))

    def scores(page: Page) -> tuple[tuple[float, int], ...]:
        return tuple((candidate.score, candidate.items[0].first) for candidate in of(page))

    found = [
        (score, [-ord(ch) for ch in page.path], -first, page)
        for page in manual.pages
        for score, first in manual.kept.of(_SCORES, page, scores, known=known, more=[roster.digest])
    ]
    if not found:
        return ()
    *_, line, page = max(found, key=lambda f: f[:3])
    best = next(candidate for candidate in of(page) if candidate.items[0].first == -line)
    return tuple(_rungs(best, known, roster, manual.bodies))


def _candidates(page: Page, section: Section, known: Noted, roster: Roster) -> Iterator[_Candidate]:
    groups: dict[int, list[Block]] = {}
    for block in section.blocks:
        if block.kind == "item" and not any(lead.kind == "item" for lead in block.leads):
            groups.setdefault(block.group, []).append(block)
    for items in groups.values():
        lead = items[0].leads[-1].text.plain if items[0].leads else ""
        if not (_orders(lead, items) or (_HEADING.search(section.heading) and not _asks_steps(lead))):
            continue
        if not (_FEWEST <= len(items) <= _MOST) or not _are_people(items, known, roster, lead):
            continue
        yield _Candidate(page, section, tuple(items), _score(page, section, items, lead))


def _orders(lead: str, items: Sequence[Block]) -> bool:
    """The line before the list says to try in order, or to escalate down a numbered list."""
    numbered = items[0].ordered and lead.rstrip().endswith(":")
    return bool(_ORDER.search(lead)) or (numbered and bool(_ESCALATE.search(lead) or _STUCK.search(lead)))


def _asks_steps(lead: str) -> bool:
    return bool(re.search(r"\b(to (?:do|fix|rotate|run|create|escalate this)|steps|include|following details)\b", lead))


def _score(page: Page, section: Section, items: Sequence[Block], lead: str) -> float:
    return (
        2.0 * bool(_ORDER.search(lead))
        + 2.0 * bool(_ESCALATE.search(f"{lead} {section.heading}"))
        + 1.5 * bool(_HELP.search(page.title))
        + 1.0 * items[0].ordered
        + 1.0 * bool(re.search(rf"\b(resolve|solve|stuck|fix|{TROUBLES})\b", lead, re.IGNORECASE))
    )


def _are_people(items: Sequence[Block], known: Noted, roster: Roster, lead: str) -> bool:
    """Most items are short and name somebody (one of two after a line about escalating to people); hardly
    any begins by telling to do something."""
    named = sum(1 for item in items if _contacts(item, known, roster, lead))
    named += bool(named and _ESCALATE.search(lead))
    short = all(len(item.text.plain.split()) <= _LONGEST for item in items)
    orders = sum(1 for item in items if _IMPERATIVE.match(item.text.plain.strip()))
    return short and named * 2 > len(items) and orders * 2 < len(items)


def _contacts(item: Block, known: Noted, roster: Roster, lead: str) -> tuple[Contact, ...]:
    found = addresses(item.text, known, f"ask people in the channel {lead}")
    named = people(item.text.plain, roster)
    if found and named:
        name = named[0].contact.name
        return tuple(Contact(m.contact.kind, name, m.contact.address) for m in found)
    return tuple(m.contact for m in found) or tuple(m.contact for m in named[:1])


def _rungs(best: _Candidate, known: Noted, roster: Roster, bodies: Mapping[str, Sequence[Section]]) -> Iterator[Fact]:
    lead = best.items[0].leads[-1].text.plain if best.items[0].leads else ""
    for rank, item in enumerate(best.items, 1):
        contacts = _contacts(item, known, roster, lead) or (Contact("role", _who(item)),)
        linked = _linked_section(item, bodies[best.page.path])
        attributes = {"section": linked.anchor} if linked else {}
        yield fact(
            "rung",
            contacts,
            _who(item),
            context_of(best.page, best.section, item),
            place_of(best.page, best.section, item.first, item.last),
            rank,
            attributes,
        )


def _who(item: Block) -> str:
    return " ".join(item.text.plain.split()).rstrip(" .;,")


def _linked_section(item: Block, sections: Sequence[Section]) -> Section | None:
    """The section of the same page that a rung links to, where its addresses stand."""
    for span in item.text.spans:
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
