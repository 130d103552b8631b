"""Who does what: teams introduced by a line, a heading, a list item or a table row, with what follows.

An introduction is a noun phrase that names the team, with its addresses beside it, before a list of what it
does. The forms are those that manuals use; none of them depends on a particular wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.contacts import Mention, addresses
from ingest.markdown import Block, Section, Text
from ingest.people import TEAM_HEAD, Roster, people
from ingest.statements import Sentence, context_of, fact, place_of, sentences, stated_at
from ingest.values import Contact, Fact, Page

_DOES = (
    r"(?:will|can|is|are|has|have|does|do|looks?|owns?|runs?|manages?|maintains?|supports?|handles?|provides?|helps?|"
    r"works?|deals?|keeps?|builds?|operates?|monitors?|covers?|leads?|develops?|administers?|oversees?|offers?|"
    r"responds?|ensures?|makes?|takes?|coordinates?|approves?|also|should|must)"
)
_DUTY = re.compile(
    r"\b(responsib\w+|look(s|ing)? after|owns?|manages?|maintains?|runs?|supports?|handles?|in charge|deals? with|"
    r"does|do|will|can|help\w*|provides?|offers?|works? on|covers?|are here to|is here to|take care|takes care)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"^(?:they|we|the team|this team|this group|the group|the community|it)\b", re.IGNORECASE)
_NOT_A_NAME = re.compile(
    r"^(?:if|when|you|your|this|these|that|those|there|for|in|on|at|to|here|please|note|see|some|all|any|each|"
    r"before|after|once|how|what|why|where|who|which|as|example|examples|the following|following|make|use|below|"
    r"always|never|also|it|they|we|i|and|or|but|most|many|other|others|do|add|run|check|read|open|click|go|send)\b",
    re.IGNORECASE,
)
_TALK_TO = re.compile(
    r"^(?:how to |when to )?(?:contact(?:ing)?|ask(?:ing)?|speak(?:ing)? to|talk(?:ing)? to|escalate to|"
    r"reach(?:ing)?(?: out to)?|"
    r"meet|about|get help from)\s+",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|our|a|an)\s+", re.IGNORECASE)
_HELPS = re.compile(
    r"(?:\s*\([^)]*\))?\s+(?:(?:can|will|may|should)\s+(?:also\s+)?(?:help|assist|support|advise)|(?:is|"
    r"are) (?:also )?responsible|"
    r"looks? after|owns?|manages?|maintains?|handles?|supports?)\b[^.]*:\s*$"
)
_TEAM_END = re.compile(rf"\b{TEAM_HEAD}$", re.IGNORECASE)
_WHO_HEADER = re.compile(r"\b(team|who|owner|group|squad|contact|name|community|department|responsible)\b", re.I)
_ADDRESS_HEADER = re.compile(r"\b(slack|channel|email|e-mail|address|queue|handle|contact|reach|where|ticket)\b", re.I)


@dataclass(frozen=True, slots=True)
class Team:
    """An introduced team: its contacts share the name, one for each address (or one without)."""

    contacts: tuple[Contact, ...]
    intro: tuple[int, int] | None = None
    """The lines that introduce it."""

    def at(self, first: int, last: int) -> Team:
        return replace(self, intro=(first, last))

    @property
    def name(self) -> str:
        return self.contacts[0].name


def introduction(text: Text, known: frozenset[str], around: str = "") -> Team | None:
    """The team that a line introduces, or None: "The X team (#x):", "X are responsible for:", "**X** (#x)"."""
    plain = " ".join(text.plain.split())
    found = [m for m in addresses(text, known, f"team {around}") if m.contact.kind != "queue"]
    name = _name(text, found)
    if name is None:
        return None
    if not found and not _names_team(name, plain):
        return None
    if not found:
        proper = name[:1].isupper() or name[:1].isdigit() or _TEAM_END.search(name)
        return Team((Contact("team" if proper else "role", name),))
    return Team(tuple(_named(m.contact, name) for m in found))


def _named(contact: Contact, name: str) -> Contact:
    if name and contact.kind in ("channel", "handle", "email", "link"):
        return Contact("team", name, contact.address)
    return contact


def _names_team(name: str, plain: str) -> bool:
    """A name without an address must look like a team, or be said to be responsible for something."""
    head = plain[plain.find(name) + len(name) :]
    if _TEAM_END.search(name):
        return True
    return bool(
        re.search(r"\b(are|is) (?:\w+ )?responsible for\b|^['’]s? (?:\w+ )?(?:responsibilities|remit|duties)", head)
    )


def _name(text: Text, found: Sequence[Mention]) -> str | None:
    """The noun phrase at the start of an introduction; "" when only an address stands there; None when
    the line introduces nobody."""
    flat = re.sub(r"\s", " ", text.plain)
    cut = min((m.start for m in found), default=len(flat))
    head = flat[:cut] if found else flat
    head = _TALK_TO.sub("", head.strip())
    head = _ARTICLE.sub("", head)
    head = re.split(
        rf"['’]s? (?:\w+ )?(?:responsibilities|remit|duties)\b|[(\[:|,;]|\s[-–—]+\s|\s+(?={_DOES}\b)", head, maxsplit=1
    )[0]
    head = re.sub(r"\s+(?:on|in|via|at|by|using|through|slack|channel|teams?\s+channel)\s*$", "", head, flags=re.I)
    head = head.strip(" *_`.’'\"“”")
    if not head:
        return "" if found and cut <= 4 else None
    if _NOT_A_NAME.match(head) or len(head.split()) > 9 or not re.search(r"[A-Za-z]", head):
        return None
    if re.search(r"\byours?\b", head) or re.fullmatch(
        rf"[a-z][\w-]*|{TEAM_HEAD}", head, re.IGNORECASE if len(head) < 2 else 0
    ):
        return None
    return head


def teams_of(page: Page, sections: Sequence[Section], known: frozenset[str]) -> Iterator[Fact]:
    """Every `does` fact of a page."""
    for number, section in enumerate(sections):
        reader = _SectionReader(page, section, known, _heading_team(sections, number, known))
        for block in section.blocks:
            yield from reader.read(block)


def _heading_team(sections: Sequence[Section], number: int, known: frozenset[str]) -> Team | None:
    """The team that the section's heading (or the one above it) names, with the addresses under it."""
    section = sections[number]
    if not section.anchor:
        return None
    team = introduction(section.title, known, "team channel")
    team = team.at(section.first, section.first) if team else None
    contactish = bool(_TALK_TO.match(section.title.plain.strip()))
    if team and team.contacts[0].address:
        return team
    name = team.name if team else _contact_heading(section.title) if contactish else None
    if not name:
        return None
    block, below = _first_addresses(section, known)
    if block is None:
        return Team((Contact("team", name),), (section.first, section.first))
    return Team(tuple(_named(m.contact, name) for m in below), (block.first, block.last))


def _contact_heading(title: Text) -> str | None:
    name = _ARTICLE.sub("", _TALK_TO.sub("", " ".join(title.plain.split())))
    return name if name[:1].isupper() or name[:1].isdigit() else None


def _first_addresses(section: Section, known: frozenset[str]) -> tuple[Block | None, list[Mention]]:
    for block in section.blocks:
        if block.kind == "paragraph":
            found = [m for m in addresses(block.text, known, section.heading) if m.contact.kind != "queue"]
            if found:
                return block, found
    return None, []


class _SectionReader:
    """Reads the blocks of one section, with the team that its heading names."""

    def __init__(self, page: Page, section: Section, known: frozenset[str], team: Team | None) -> None:
        self.page, self.section, self.known, self.team = page, section, known, team

    def read(self, block: Block) -> Iterator[Fact]:
        if block.kind == "row":
            yield from self._row(block)
        elif block.kind == "item":
            yield from self._item(block)
        elif block.kind == "paragraph":
            yield from self._paragraph(block)

    def _fact(self, team: Team, topic: str, block: Block, first: int, last: int) -> Fact:
        context = context_of(self.page, self.section, block)
        place = place_of(self.page, self.section, first, last)
        stated = stated_at(self.page, self.section, team.contacts, place, team.intro)
        return fact("does", team.contacts, topic, context, place, stated=stated)

    def _paragraph(self, block: Block) -> Iterator[Fact]:
        """Under a team's heading: sentences that say what "they" do, or what the team (by name) does."""
        if not self.team or block.text.plain.rstrip().endswith(":"):
            return
        for sentence in sentences(block):
            if self._says_duty(sentence, self.team):
                yield self._fact(self.team, sentence.plain, block, sentence.first, sentence.last)

    def _says_duty(self, sentence: Sentence, team: Team) -> bool:
        plain = sentence.plain
        subject = _PRONOUN.match(plain) or (team.name and _ARTICLE.sub("", plain).lower().startswith(team.name.lower()))
        rest = plain[subject.end() :] if isinstance(subject, re.Match) else plain
        return bool(subject) and bool(_DUTY.search(rest[:60]))

    def _item(self, block: Block) -> Iterator[Fact]:
        own = self._own_team(block)
        if own:
            yield own
            return
        if block.ordered:
            return
        team = self._introduced_by(block)
        if team:
            yield self._fact(team, block.text.plain, block, block.first, block.last)

    def _own_team(self, block: Block) -> Fact | None:
        """An item that is a team of its own: "**Payments** (#pay): refunds", "`#x` - what it is for"."""
        head, tail = _split_item(block.text)
        if not tail:
            return None
        around = " ".join([*(lead.text.plain for lead in block.leads[-1:]), *self.section.headings])
        team = introduction(head, self.known, around)
        if not team or not team.contacts[0].address:
            return None
        return self._fact(team, tail, block, block.first, block.last)

    def _introduced_by(self, block: Block) -> Team | None:
        """The team whose list this item stands in: by the nearest introducing line, else by the heading."""
        for lead in reversed(block.leads):
            around = " ".join(self.section.headings)
            team = introduction(_last_sentence(lead), self.known, around)
            team = team.at(lead.first, lead.last) if team else None
            if team and lead.kind == "item":
                return team
            if team and (_ends_open(lead) or team.contacts[0].address):
                return self._with_addresses(team)
            subject = _subject(lead)
            if subject:
                return self._with_addresses(subject.at(lead.first, lead.last))
            if lead.kind == "paragraph":
                return self.team if self.team and self._continues(lead) else None
        return self.team if self.team and not block.leads else None

    def _with_addresses(self, team: Team) -> Team:
        """A team named again without its address, under a heading that gives it."""
        if team.contacts[0].address or not self.team:
            return team
        return replace(self.team, contacts=tuple(replace(c, kind="team", name=team.name) for c in self.team.contacts))

    def _continues(self, lead: Block) -> bool:
        """The line before the list speaks of the heading's team: "They:", "This team will:", "We look after:"."""
        last = " ".join(_last_sentence(lead).plain.split())
        named = self.team is not None and self.team.name.lower() in last.lower()
        return _ends_open(lead) and (named or bool(_PRONOUN.match(last))) and not re.search(r"\byou\b", last, re.I)

    def _row(self, block: Block) -> Iterator[Fact]:
        """A table row with a team or an address in one cell and what it is for in the others."""
        found = [(i, m) for i, c in enumerate(block.cells) for m in addresses(c, self.known, " ".join(block.header))]
        found = [(i, m) for i, m in found if m.contact.kind != "queue"]
        if not found:
            return
        holders = {i for i, _ in found}
        names = [i for i, h in enumerate(block.header) if _WHO_HEADER.search(h) and i not in holders]
        names = [i for i in names if not _ADDRESS_HEADER.search(block.header[i]) or len(names) == 1][:1]
        name = " ".join(block.cells[names[0]].plain.split()) if names else ""
        topic = [
            " ".join(c.plain.split())
            for i, c in enumerate(block.cells)
            if i not in holders and i not in names and c.plain.strip()
        ]
        team = Team(tuple(_named(m.contact, _ARTICLE.sub("", name)) for _, m in found))
        if topic or name:
            yield self._fact(team, "; ".join(topic) or name, block, block.first, block.last)


def _subject(lead: Block) -> Team | None:
    """The people who "can help with:" what the list names, where the line does not begin with them."""
    last = " ".join(_last_sentence(lead).plain.split())
    found = people(last, Roster()) if _ends_open(lead) else ()
    for mention in found:
        if _HELPS.match(last[mention.end :]):
            return Team((mention.contact,))
    return None


def _ends_open(block: Block) -> bool:
    return block.text.plain.rstrip().endswith((":", "–", "—")) or bool(re.search(r"\)\s*$", block.text.plain.rstrip()))


def _last_sentence(block: Block) -> Text:
    last = None
    for sentence in sentences(block):
        last = sentence.text
    return last or replace(block.text)


def _split_item(text: Text) -> tuple[Text, str]:
    """The part before the first separator outside brackets, and the words after it."""
    depth = 0
    for match in re.finditer(r"[(\[]|[)\]]|\s[-–—]+\s|:\s|\s→\s", text.plain):
        if match[0] in "([":
            depth += 1
        elif match[0] in ")]":
            depth -= 1
        elif depth <= 0:
            tail = " ".join(text.plain[match.end() :].split())
            return text.within(0, match.start()), tail
    return text, ""
