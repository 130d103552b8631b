"""Orders of escalation in the forms that manuals give them: lists, levels of tables, arrows, headings, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.facts.addresses import addresses
from ingest.facts.introductions import DOING
from ingest.facts.lexicon import HELP, TROUBLES, one_of, typed, words
from ingest.facts.people import Roster, people
from ingest.kept import Noted
from ingest.manual.inline import Text
from ingest.manual.markdown import Block, Section
from ingest.values import Contact, Page

_WAYS = one_of(words("orders", "names") | {"steps"})
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
    rf"\b({typed(words('orders', 'stuck'))}|"
    rf"(?:can['’]t|cannot|could not|unable to) (?:\w+ ){{0,3}}{typed(words('orders', 'failing'))})\b",
    re.IGNORECASE,
)
_HELP = re.compile(rf"\b({HELP}|escalat\w*|stuck|contact|ask|who)\b", re.IGNORECASE)
_PROBLEM = re.compile(rf"\b(resolve|solve|stuck|fix|{TROUBLES})\b", re.IGNORECASE)
_STEPS = re.compile(r"\b(to (?:do|fix|rotate|run|create|escalate this)|steps|include|following details)\b")
_FEWEST, _MOST, _LONGEST = 2, 9, 16
_NAME = 6
"""Words of somebody on one line with others."""
_IMPERATIVE = re.compile(
    rf"^(?:{DOING}|log|remove|restart|stop|start|clear|create|update|delete|set|wait|"
    r"find|fix|look|select|enter|type|copy|download|install|deploy|revert|turn|close|write|choose|commit|push|"
    r"merge|test|try|scale|drain|flush|purge|rebuild|reload|verify|ensure|confirm)\b",
    re.IGNORECASE,
)
_STAGE = r"(?:level|tier|step|stage|line|rung)"
_LEVELS = re.compile(rf"(?:(?:escalation )?(?:{_STAGE}|order|priority)|#|no\.?)", re.IGNORECASE)
"""What a table's first column is called that numbers the rungs."""
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth")
_LEVEL = re.compile(
    rf"(?:(?:{_STAGE}|l|t)\s*)?(\d)(?:st|nd|rd|th)?(?:\s+(?:{_STAGE}|escalation))?"
    rf"|({'|'.join(_ORDINALS[1:])})(?:\s+(?:{_STAGE}|escalation))?",
    re.IGNORECASE,
)
_LEVEL_HEADING = re.compile(rf"(?P<level>{_LEVEL.pattern})\s*(?:[:.)–—-]\s*(?P<who>\S.*))?", re.IGNORECASE)
_LEVELLED = re.compile(rf"(?P<level>{_LEVEL.pattern})\s*[:.)–—-]\s*(?=\S)", re.IGNORECASE)
_ARROWS = re.compile(r"\s*(?:→|⟶|➔|➜|⇒|(?<![-<=])-+>|=>|»|(?<=[\w)]) > (?=\w))\s*")
_THEN = re.compile(
    r"\s*(?:[,;]|\.(?=\s))?\s*(?:and )?(?:then|after that|after them|finally|next|lastly|and lastly|failing that|"
    r"failing which)\b,?\s*(?:then )?(?:(?:escalate|go|turn|speak|talk) )?(?:it )?(?:to|with)?\s*",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"^.*?\b(?:escalate(?:d|s)?(?: \w+){0,4}? to|escalates? through|(?:ask|contact|go to|tell|call|try)(?: first)?)\s+"
    r"(?:first\s+)?(?=\S)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\s+(?:if|when|who|which|as|for|because|until|unless|so)\b.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rung:
    """Somebody in an order, as the manual says it, on the lines `first` to `last`."""

    who: str
    contacts: tuple[Contact, ...]
    block: Block
    text: Text


@dataclass(frozen=True, slots=True)
class Order:
    """An order that a page states. `score` says how plainly it is one for everybody."""

    page: Page
    section: Section
    rungs: tuple[Rung, ...]
    score: float

    @property
    def first(self) -> int:
        return self.rungs[0].block.first


def orders_of(page: Page, sections: Sequence[Section], known: Noted, roster: Roster) -> Iterator[Order]:
    """The orders that a page states, list by list."""
    reader = _Reader(page, known, roster)
    for section in sections:
        yield from reader.lists(section)
        yield from reader.tables(section)
        yield from reader.lines(section)
    yield from reader.headings(sections)


class _Reader:
    def __init__(self, page: Page, known: Noted, roster: Roster) -> None:
        self.page = page
        self.known = known
        self.roster = roster

    def lists(self, section: Section) -> Iterator[Order]:
        groups: dict[int, list[Block]] = {}
        for block in section.blocks:
            if block.kind == "item" and not any(lead.kind == "item" for lead in block.leads):
                groups.setdefault(block.group, []).append(block)
        for items in groups.values():
            lead = _lead(items[0])
            levels = _levels(items) if _ESCALATE.search(f"{lead} {section.heading} {self.page.title}") else []
            ordered = _orders(lead, items) or (_HEADING.search(section.heading) and not _STEPS.search(lead))
            if not (levels or ordered):
                continue
            said = levels or [item.text for item in items]
            order = self._order(section, [self._rung(*each, lead) for each in zip(items, said, strict=True)], lead)
            if order:
                yield order

    def tables(self, section: Section) -> Iterator[Order]:
        """Rows by level: the column beside that of the levels says who."""
        groups: dict[int, list[Block]] = {}
        for block in section.blocks:
            if (
                block.kind == "row"
                and len(block.cells) > 1
                and block.header
                and _LEVELS.fullmatch(block.header[0].strip())
            ):
                groups.setdefault(block.group, []).append(block)
        for rows in groups.values():
            lead = _lead(rows[0])
            told = f"{lead} {section.heading} {self.page.title} {rows[0].header[0]}"
            levels = [_number(row.cells[0].plain) for row in rows]
            if (
                _ESCALATE.search(told)
                and levels == list(range(levels[0], levels[0] + len(rows)))
                and levels[0] in (0, 1)
            ):
                order = self._order(section, [self._rung(row, row.cells[1], lead) for row in rows], lead)
                if order:
                    yield order

    def lines(self, section: Section) -> Iterator[Order]:
        """One line: "A → B → C", or "escalate to A, then to B, and finally to C"."""
        for block in section.blocks:
            if block.kind not in ("paragraph", "item"):
                continue
            plain = " ".join(block.text.plain.split())
            told = bool(_ESCALATE.search(plain) or _HEADING.search(section.heading))
            if told or len(_ARROWS.split(plain)) > _FEWEST:
                label, colon, rest = plain.rpartition(": ")
                parts = _ARROWS.split(rest if colon and not _ARROWS.search(label) else plain)
                if len(parts) <= _FEWEST and _ESCALATE.search(plain):
                    parts = _told_in_turn(plain)
                if len(parts) > _FEWEST or (len(parts) == _FEWEST and _ESCALATE.search(plain)):
                    rungs = [self._part(block, part.strip(" .,;")) for part in parts]
                    whole = all(len(rung.who.split()) <= _NAME for rung in rungs)
                    whole &= told or all(rung.contacts for rung in rungs[:-1])  # else anything in a row: a menu's path
                    if whole and sum(bool(rung.contacts) for rung in rungs) >= len(rungs) - (len(rungs) > _FEWEST):
                        order = self._order(section, rungs, _lead(block))
                        if order:
                            yield order

    def headings(self, sections: Sequence[Section]) -> Iterator[Order]:
        """Headings that number levels, under one that speaks of escalation."""
        run: list[tuple[Section, Rung]] = []
        for section in (*sections, None):
            match = _LEVEL_HEADING.fullmatch(section.heading.strip()) if section else None
            number = _number(match["level"]) if match else -1
            if (
                section
                and match
                and number == len(run) + 1
                and _ESCALATE.search(" ".join((self.page.title, *section.headings[:-1])))
            ):
                rung = self._of_section(section, match["who"] or "")
                if rung:
                    run.append((section, rung))
                    continue
            if section and run and section.level > run[0][0].level:
                continue
            if len(run) >= _FEWEST:
                order = self._order(run[0][0], [rung for _, rung in run], "")
                if order:
                    yield order
            run = []

    def _of_section(self, section: Section, who: str) -> Rung | None:
        blocks = [block for block in section.blocks if block.kind in ("paragraph", "item")]
        if not blocks:
            return None
        said = [self._rung(block, block.text, "") for block in blocks]
        named = next((rung for rung in said if rung.contacts), said[0])
        title = tuple(mention.contact for mention in people(who, self.roster)[:1]) if who else ()
        address = next((c.address for rung in said for c in rung.contacts if c.address), "")
        contacts = tuple(Contact(c.kind, c.name, c.address or address) for c in title) or named.contacts
        return Rung(who or named.who, contacts, named.block, named.text) if contacts else None

    def _part(self, block: Block, part: str) -> Rung:
        named = people(part, self.roster)
        reached = addresses(block.text, self.known, "ask people in the channel escalate")
        found = [mention.contact for mention in reached if mention.contact.address in part]
        if not named and not found:
            return Rung(part, (), block, block.text)
        name = named[0].contact if named else found[0]
        contact = Contact(name.kind, name.name, found[0].address) if found and named else name
        return Rung(part, (contact,), block, block.text)

    def _rung(self, block: Block, text: Text, lead: str) -> Rung:
        contacts = self._contacts(text, lead)
        who = " ".join(text.plain.split()).rstrip(" .;,")
        return Rung(who, contacts, block, text)

    def _contacts(self, text: Text, lead: str) -> tuple[Contact, ...]:
        found = addresses(text, self.known, f"ask people in the channel {lead}")
        named = people(text.plain, self.roster)
        if found and named:
            return tuple(Contact(m.contact.kind, named[0].contact.name, m.contact.address) for m in found)
        return tuple(m.contact for m in found) or tuple(m.contact for m in named[:1])

    def _order(self, section: Section, rungs: Sequence[Rung], lead: str) -> Order | None:
        """The rungs as an order, where most of them are short and name somebody (one of two after a line about
        escalating to people), and hardly any begins by telling to do something."""
        named = sum(1 for rung in rungs if rung.contacts)
        named += bool(named and _ESCALATE.search(lead))
        short = all(len(rung.who.split()) <= _LONGEST for rung in rungs)
        told = sum(1 for rung in rungs if _IMPERATIVE.match(rung.who))
        if not (_FEWEST <= len(rungs) <= _MOST and short and named * 2 > len(rungs) and told * 2 < len(rungs)):
            return None
        score = (
            2.0 * bool(_ORDER.search(lead))
            + 2.0 * bool(_ESCALATE.search(f"{lead} {section.heading}"))
            + 1.5 * bool(_HELP.search(self.page.title))
            + 1.0 * rungs[0].block.ordered
            + 1.0 * bool(_PROBLEM.search(lead))
        )
        return Order(self.page, section, tuple(rungs), score)


def _lead(block: Block) -> str:
    return block.leads[-1].text.plain if block.leads else ""


def _orders(lead: str, items: Sequence[Block]) -> bool:
    """The line before the list says to try in order, or to escalate down a numbered list."""
    numbered = items[0].ordered and lead.rstrip().endswith(":")
    return bool(_ORDER.search(lead)) or (numbered and bool(_ESCALATE.search(lead) or _STUCK.search(lead)))


def _levels(items: Sequence[Block]) -> list[Text]:
    """What a list's items say behind their levels, "Level 1: the duty manager"; none where they have no such levels."""
    found = [_LEVELLED.match(item.text.plain) for item in items]
    numbers = [_number(match["level"]) if match else -1 for match in found]
    if len(items) < _FEWEST or numbers != list(range(1, len(items) + 1)):
        return []
    return [item.text.within(m.end(), len(item.text.plain)) for item, m in zip(items, found, strict=True) if m]


def _number(level: str) -> int:
    match = _LEVEL.fullmatch(level.strip(" *_.:)"))
    if not match:
        return -1
    return int(match[1]) if match[1] else _ORDINALS.index(match[2].lower())


def _told_in_turn(plain: str) -> list[str]:
    """The parts of a sentence that says to escalate to one, then to another."""
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z])", plain):
        if _ESCALATE.search(sentence) and _FIRST.search(sentence):
            parts = _THEN.split(_FIRST.sub("", sentence, count=1))
            if len(parts) >= _FEWEST:
                return [_ENDS.sub("", part) for part in parts]
    return []
