"""Who does what: teams introduced by a line, a heading, a list item or a table row, with what follows.

A list belongs to the team that the nearest line above it introduces, or else to the team that its heading names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.facts.addresses import Mention, addresses
from ingest.facts.cards import card_row, cards_of
from ingest.facts.cells import is_by_given_name, is_person, name_of
from ingest.facts.fields import Field
from ingest.facts.introductions import ARTICLE, TALK_TO, Team, introduction, named
from ingest.facts.lexicon import KEEPS, SERVES, nouns, one_of, words
from ingest.facts.names import ROLE_HEAD, TEAM_HEAD
from ingest.facts.ownership import codeowners_block, owned_item
from ingest.facts.pairs import paired
from ingest.facts.people import PERSON, Roster, people
from ingest.facts.proof import fact, stated_at
from ingest.facts.raci import parts_in
from ingest.facts.records import TITLE, is_course, named_in_row, record_of
from ingest.facts.roles import (
    about_roles,
    contact_row,
    role_introduced,
    role_item,
    role_line,
    role_of_heading,
    role_row,
    served_row,
)
from ingest.facts.spoken import Spoken
from ingest.manual.markdown import Block, Section, Text
from ingest.manual.sentences import Sentence, context_of, place_of, sentences
from ingest.relations import Relation
from ingest.values import Contact, Fact, Page

_DUTY = re.compile(
    rf"\b(responsib\w+|look(s|ing)? after|{KEEPS}|{SERVES}|in charge|deals? with|"
    r"does|do|will|can|works? on|covers?|are here to|is here to|take care|takes care)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"^(?:they|we|the team|this team|this group|the group|the community|it)\b", re.IGNORECASE)
_REMIT = re.compile(
    r"(?:(?:our|the team['’]s|their|its|main|key)\s+)*(?:responsibilities|remit|duties|services|work)\s*:?|"
    r"(?:what|things) (?:we|they|the team) (?:do(?:es)?|own|look after|are responsible for|can help (?:you )?with|"
    r"help with|support|offer|provide)\s*:?|we (?:look after|own|run|are responsible for|can help (?:you )?with)\s*:?",
    re.IGNORECASE,
)
"""A heading or line over what the page's own team does, which it does not name."""
_HELPS = re.compile(
    r"(?:\s*\([^)]*\))?\s+(?:(?:can|will|may|should)\s+(?:also\s+)?(?:help|assist|support|advise)|(?:is|"
    r"are) (?:also )?responsible|"
    rf"looks? after|{KEEPS})\b[^.]*:\s*$"
)
_MEMBERS = re.compile(
    r"^(?!.*\bfor\b[^.:]*\bmembers\b).*\b(?:members|consists? of|made up of|team (?:is|are)|who we are)\b[^.]*:?\s*$",
    re.IGNORECASE | re.DOTALL,
)
"""Over a list of who they are, and not of what is for them."""
_CONSISTS = re.compile(
    rf"\b(?:members(?: of [^.:]*)?(?: are)?|consists? of|made up of|comprises?|{TEAM_HEAD} (?:is|are)|"
    r"includes?(?: the following[^.:]*)?)\s*:\s*$",
    re.IGNORECASE,
)
"""Over a list of who belongs to a team: that is nothing that it does."""
_ROLES = re.compile(rf"\s*(?:[\w-]+ ){{0,2}}{one_of(nouns('people', 'roles'))}:\s*", re.IGNORECASE)
"""Over a list of those who are such: "Recruiters:"."""
_TEAM = re.compile(rf"\b{TEAM_HEAD}$", re.IGNORECASE)
_WHO_HEADER = re.compile(
    rf"\b({one_of(words('people', 'teams'))}|who|owner|group|contact|name|community|responsible)\b", re.IGNORECASE
)
_ADDRESS_HEADER = re.compile(
    rf"\b({one_of(words('ways', 'media') - {'here', 'teams'})}|queue|reach|where|ticket)\b", re.IGNORECASE
)


_GOES_ON = re.compile(rf"(?:['’]s?)?\s+(?:{ROLE_HEAD}|members?)\b")
"""After a team's name, that one of its people is meant: "the Berth team lead"."""


_READERS_TURN = re.compile(r"(?:if|when|once|unless)\b[^.]*,\s*(?:then )?you\b", re.IGNORECASE)
"""How an item begins that says what its reader does: no duty of the team over the list."""


def teams_of(page: Page, sections: Sequence[Section], known: frozenset[str]) -> Iterator[Fact]:
    """Every `does` fact of a page."""
    spoken = Spoken(page)
    own = _page_team(page, sections, known)
    for number, section in enumerate(sections):
        team = _heading_team(sections, number, known) or (own if _REMIT.fullmatch(section.heading.strip()) else None)
        reader = _SectionReader(spoken, section, known, team)
        for block in section.blocks:
            yield from reader.read(block)


def _page_team(page: Page, sections: Sequence[Section], known: frozenset[str]) -> Team | None:
    """The team that the page is about, by its title or first heading, with the addresses before its second heading."""
    first = next((n for n, section in enumerate(sections) if section.anchor), None)
    if first is None:
        return None
    for title in (Text(page.title), sections[first].title):
        team = introduction(title, known, "team channel")
        if team and _TEAM.search(team.name):
            for section in sections[: first + 1]:
                block, below = _first_addresses(section, known)
                if block:
                    return Team(tuple(named(m.contact, team.name) for m in below), (block.first, block.last))
            return team
    return None


def _heading_team(sections: Sequence[Section], number: int, known: frozenset[str]) -> Team | None:
    """The team that the section's heading (or the one above it) names, with the addresses under it."""
    section = sections[number]
    if not section.anchor:
        return None
    team = introduction(section.title, known, "team channel")
    team = team.at(section.first, section.first) if team else None
    contactish = bool(TALK_TO.match(section.title.plain.strip()))
    if team and team.contacts[0].address:
        return team
    role = role_of_heading(section)
    if role and not team:
        return Team((role,), (section.first, section.first))
    name = team.name if team else _contact_heading(section.title) if contactish else None
    if not name:
        return None
    block, below = _first_addresses(section, known)
    if block is None:
        plainly = team or not section.title.plain.strip().lower().startswith("about")
        return Team((Contact("team", name),), (section.first, section.first)) if plainly else None
    return Team(tuple(named(m.contact, name) for m in below), (block.first, block.last))


def _contact_heading(title: Text) -> str | None:
    name = ARTICLE.sub("", TALK_TO.sub("", " ".join(title.plain.split())))
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

    def __init__(self, spoken: Spoken, section: Section, known: frozenset[str], team: Team | None) -> None:
        self.page, self.section, self.known, self.team = spoken.page, section, known, team
        self._spoken = spoken
        self._introduced: dict[int, Team | None] = {}

    def read(self, block: Block) -> Iterator[Fact]:
        if block.kind == "row":
            record = (
                parts_in(self._spoken, self.section, block)
                or card_row(self._spoken, self.section, block, self.known)
                or record_of(self._spoken, self.section, block, self.known)
            )
            found = tuple(self._row(block)) if record is None else record
            yield from found or named_in_row(self._spoken, self.section, block, self.known)
        elif block.kind == "code":
            yield from codeowners_block(self.page, self.section, block)
        elif owned := owned_item(self.page, self.section, block) or cards_of(
            self._spoken, self.section, block, self.known
        ):
            yield from owned
        elif block.kind == "item":
            yield from self._item(block)
        elif block.kind == "paragraph":
            yield from self._paragraph(block)

    def _fact(self, team: Team, topic: str, block: Block, first: int, last: int) -> Fact:
        relation: Relation = "ask" if block.kind == "row" and is_course(block.header) else "does"
        context = context_of(self.page, self.section, block)
        place = place_of(self.page, self.section, first, last, block.part)
        stated = stated_at(self._spoken, self.section, team.contacts, place, team.intro)
        return fact(relation, team.contacts, topic, context, place, stated=stated)

    def _paragraph(self, block: Block) -> Iterator[Fact]:
        """Under a team's heading: sentences that say what "they" do, or what the team (by name) does."""
        if not self.team or block.text.plain.rstrip().endswith(":"):
            return
        for sentence in sentences(block):
            if self._says_duty(sentence, self.team):
                yield self._fact(self.team, sentence.plain, block, sentence.first, sentence.last)

    def _says_duty(self, sentence: Sentence, team: Team) -> bool:
        plain = sentence.plain
        said = ARTICLE.sub("", plain)
        begins = bool(team.name) and said.lower().startswith(team.name.lower())
        subject = _PRONOUN.match(plain) or (begins and not _GOES_ON.match(said, len(team.name)))
        rest = plain[subject.end() :] if isinstance(subject, re.Match) else plain
        return bool(subject) and bool(_DUTY.search(rest[:60]))

    def _item(self, block: Block) -> Iterator[Fact]:
        own = self._own_team(block)
        if own:
            yield own
            return
        if block.ordered or _CONSISTS.search(_said(block)) or _READERS_TURN.match(block.text.plain):
            return
        team = self._detailed(block) or self._introduced_by(block)
        if team:
            yield self._fact(team, block.text.plain, block, block.first, block.last)

    def _own_team(self, block: Block) -> Fact | None:
        """An item that is a team of its own: "**Payments** (#pay): refunds", "`#x` - what it is for"."""
        head, tail = _split_item(block.text)
        if not tail:
            person = _member(block, self.section)
            topic = f"{block.text.plain} {self.section.heading}"
            return self._fact(Team((person,)), topic, block, block.first, block.last) if person else None
        holders = role_line(block.text.plain)
        if holders:
            return self._fact(Team(holders), block.text.plain, block, block.first, block.last)
        if signed := _signed(head, among=self._is_among_persons(block)):
            return self._fact(Team((signed,)), tail, block, block.first, block.last)
        member = " ".join(head.plain.split())
        title = name_of(re.split(r",|\s[-–—]\s", tail)[0], Field("", holds="contact"))
        is_title = title is not None and (title.kind == "role" or bool(_MEMBERS.search(_said(block))))
        if is_person(member) and (is_title or _ROLES.fullmatch(_said(block))):
            return self._fact(Team((Contact("person", member),)), tail, block, block.first, block.last)
        role = role_item(head, tail, self.section)
        if role:
            return self._fact(Team((role,)), tail, block, block.first, block.last)
        around = " ".join([*(lead.text.plain for lead in block.leads[-1:]), *self.section.headings])
        team = introduction(head, self.known, around)
        if not team or not team.contacts[0].address:
            return None
        return self._fact(team, tail, block, block.first, block.last)

    def _is_among_persons(self, block: Block) -> bool:
        """Whether an item of its list begins with a given name: so does this one, by whatever name."""

        def has_given_name() -> bool:
            items = (b for b in self.section.blocks if b.group == block.group and b.kind == "item")
            heads = (" ".join(_split_item(b.text)[0].plain.split()) for b in items)
            return any(is_by_given_name(head.partition("(")[0].strip(" *_")) for head in heads)

        return self._spoken.once("heads", block.group, 0, has_given_name)

    def _introduced_by(self, block: Block) -> Team | None:
        """The team whose list this item stands in: by the nearest introducing line, else by the heading."""
        for lead in reversed(block.leads):
            team = self._introduction(lead)
            if lead.kind == "item" and (held := team or _held(lead, self.known)):
                return held
            if team and (_ends_open(lead) or team.contacts[0].address):
                return self._with_addresses(team)
            subject = _subject(lead) or _role(lead, self.section)
            if subject:
                return self._with_addresses(subject.at(lead.first, lead.last))
            if lead.kind == "paragraph":
                return self.team if self.team and self._continues(lead) else None
        return self.team if self.team and not block.leads else None

    def _detailed(self, block: Block) -> Team | None:
        """The person whose own item stands over this one, which says what they are or have in hand, with the addresses
        that stand beside it: "Ada Byron", and below that "@ada" and "Areas: tides, moorings"."""
        lead = block.leads[-1] if block.leads else None
        label, colon, said = block.text.plain.partition(":")
        if lead is None or lead.kind != "item" or not (colon and said.strip() and TITLE.fullmatch(label.strip())):
            return None
        name = " ".join(lead.text.plain.split()).strip(" *_")
        if not is_person(name):
            return None
        beside = [b for b in self.section.blocks if b.leads and b.leads[-1] is lead]
        found = [m.contact for b in beside for m in addresses(b.text, self.known, "ask the team")]
        reached = [Contact("person", name, c.address) for c in found if c.kind in ("handle", "email")]
        return Team(tuple(dict.fromkeys(reached)) or (Contact("person", name),), (lead.first, block.last))

    def _introduction(self, lead: Block) -> Team | None:
        """The team that a lead's last sentence introduces: found once for all that it leads."""
        if id(lead) not in self._introduced:
            team = introduction(_last_sentence(lead), self.known, " ".join(self.section.headings))
            if team and self.team and self.team.name and set() < _reached_at(team) <= _reached_at(self.team):
                team = self.team  # the line is the address of the heading's team
            team = team or _introduced_person(lead, self.section)
            self._introduced[id(lead)] = team.at(lead.first, lead.last) if team else None
        return self._introduced[id(lead)]

    def _with_addresses(self, team: Team) -> Team:
        """A team named again without its address, under a heading that gives it."""
        if team.contacts[0].address or not self.team:
            return team
        return replace(self.team, contacts=tuple(replace(c, kind="team", name=team.name) for c in self.team.contacts))

    def _continues(self, lead: Block) -> bool:
        """The line before the list speaks of the heading's team: "They:", "This team will:", "We look after:"."""
        last = " ".join(_last_sentence(lead).plain.split())
        named = self.team is not None and self.team.name.lower() in last.lower()
        said = named or bool(_PRONOUN.match(last) or _REMIT.fullmatch(last))
        return _ends_open(lead) and said and not re.search(r"\byou\b", last, re.I)

    def _row(self, block: Block) -> Iterator[Fact]:
        """A table row with a team or an address in one cell and what it is for in the others."""
        header = " ".join(block.header)
        found = [(i, m) for i, c in enumerate(block.cells) for m in addresses(c, self.known, header)]
        found = [(i, m) for i, m in found if m.contact.kind != "queue"]
        if not found:
            yield from self._role_row(block)
            return
        holders = {i for i, _ in found}
        names = [i for i, h in enumerate(block.header) if _WHO_HEADER.search(h) and i not in holders]
        names = [i for i in names if not _ADDRESS_HEADER.search(block.header[i]) or len(names) == 1][:1]
        name = " ".join(block.cells[names[0]].plain.split()) if names else ""
        topic = [
            " ".join(c.plain.split())
            for i, c in enumerate(block.cells)
            if i not in holders and i not in names and re.search(r"[^\W\d_]{3}", c.plain)
        ]
        team = Team(tuple(named(m.contact, ARTICLE.sub("", name)) for _, m in found))
        if topic or name:
            yield self._fact(team, "; ".join(topic) or name, block, block.first, block.last)

    def _role_row(self, block: Block) -> Iterator[Fact]:
        """A row of a table of roles: who holds the role, or what it is for."""
        holders, topic = role_line(block.text.plain), block.text.plain
        if not holders:
            holders, topic = role_row(block, self.section)
        if not holders:
            holders, topic = contact_row(block)
        if not holders:
            holders, topic = served_row(block)
        if holders:
            yield self._fact(Team(holders), topic, block, block.first, block.last)


def _reached_at(team: Team) -> set[str]:
    return {contact.address for contact in team.contacts if contact.address}


_SIGNED = re.compile(r"(?P<name>[^()\n]{3,40}?) ?\((?P<title>[^()]{2,60})\)")
_WITH_TITLE = re.compile(r"(?P<name>[^(),:\n]{3,40}?)(?: ?\((?P<inside>[^()]{2,60})\)|, (?P<title>[^.:()]{2,60}))")
_OF_PEOPLE = re.compile(
    rf"\b(?:{one_of(nouns('people', 'members') | words('people', 'teams'))}|people|staff|contacts|who we are|"
    r"who is who|leadership|leads)$",
    re.IGNORECASE,
)
"""Headings over lists of who belongs to something."""
_THEIRS = re.compile(r"(?:she|he|they)\b", re.IGNORECASE)


def _signed(head: Text, *, among: bool) -> Contact | None:
    """The person of "Martina (Design Lead)", before what they have in hand; `among` persons any one name is one."""
    match = _SIGNED.fullmatch(" ".join(head.plain.split()).strip(" *_"))
    title = name_of(match["title"], Field("", holds="contact")) if match else None
    if match is None or title is None or title.kind != "role":
        return None
    name = match["name"].strip(" *_")
    person = is_by_given_name(name) or is_person(name) or (among and name.isalpha() and name.istitle())
    return Contact("person", name) if person else None


def _member(block: Block, section: Section) -> Contact | None:
    """The person of an item that says no more than what they are in a team: "Martina (lead, billing)"."""
    match = _WITH_TITLE.fullmatch(" ".join(block.text.plain.split()).strip(" *_"))
    if match is None or not _OF_PEOPLE.search(section.heading.strip()):
        return None
    title = name_of((match["inside"] or match["title"]).split(",")[0].strip(), Field("", holds="contact"))
    is_title = title is not None and title.kind == "role"
    name = match["name"].strip(" *_")
    if not is_title or not (is_by_given_name(name) or is_person(name)):
        return None
    return Contact("person", name)


def _introduced_person(lead: Block, section: Section) -> Team | None:
    """The person of whom a line over a list speaks: "Ada Byron is our clerk. She does:"; and, where the section is
    about who does what, the person whose name is all that it says."""
    plain = " ".join(lead.text.plain.split())
    if not _ends_open(lead):
        return None
    if _THEIRS.match(" ".join(_last_sentence(lead).plain.split())):
        match = re.match(rf"{PERSON}(?= is )", plain)
        return Team((Contact("person", match[0]),)) if match and is_person(match[0]) else None
    name = plain.rstrip(":").strip(" *_:")
    return Team((Contact("person", name),)) if about_roles(section) and is_by_given_name(name) else None


def _said(block: Block) -> str:
    return block.leads[-1].text.plain if block.leads else ""


def _held(lead: Block, known: frozenset[str]) -> Team | None:
    """Who stands behind the mark of an item above, where the item says no more: "**Legal**: Ada Byron (Counsel)"."""
    found = paired(Text(lead.text.plain.rstrip(" :"), lead.text.spans), known, Roster())
    return Team(found[:1], (lead.first, lead.last)) if found else None


def _subject(lead: Block) -> Team | None:
    """The people who "can help with:" what the list names, where the line does not begin with them."""
    last = " ".join(_last_sentence(lead).plain.split())
    found = people(last, Roster()) if _ends_open(lead) else ()
    for mention in found:
        if _HELPS.match(last[mention.end :]):
            return Team((mention.contact,))
    return None


def _role(lead: Block, section: Section) -> Team | None:
    """The role that the line consists of, where the section is about roles."""
    role = role_introduced(lead, section)
    return Team((role,)) if role else None


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
