"""Cards: lines "**Owner:** X", "Channel: #x · Lead: Y", and lists under a label or heading that says what they are.

A card is a record whose thing is the heading that it stands under, or the page. Its labels mean what the headers of
tables mean; a label with a tail says its own thing ("Budget owner for cloud spend: X").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.facts.cells import holders_in, name_of
from ingest.facts.fields import Field, field_of
from ingest.facts.lexicon import ASK, PAGES, TALK_TO, nouns, one_of, words
from ingest.facts.names import TEAM_HEAD, without
from ingest.facts.proof import fact, stated_at
from ingest.facts.spoken import Spoken
from ingest.manual.markdown import Block, Section, Text
from ingest.manual.sentences import context_of, place_of
from ingest.relations import Relation
from ingest.values import Contact, Fact, Page

_BREAK = re.compile(r"\n|\s[·•|]\s|(?<=[\w`)*])\.\s+(?=[\w -]{2,30}:\s)|;\s+(?=[A-Z][\w -]{2,30}:\s)")
"""Between the labels of a card that stand on one line."""
_LABEL = re.compile(r"\s*(?P<label>[^\W\d_][^:\n#@]{1,60}?)\s*(?::\s*|\s[–—]\s+)(?=\S)")
_TAIL = re.compile(r"\s+(?:for|of)\s+(?P<thing>.+)$")
_HERE = re.compile(
    rf"(?:this|the) (?:{PAGES}|team|service|project)\b",
    re.IGNORECASE,
)
_ITSELF = re.compile(r"(?:the )?(?:community|team|area|topic|function|practice|group)", re.IGNORECASE)
"""Of a label's tail, what it says of any such card: "Head of community"."""
_GENERAL = re.compile(
    r"^(?:contacts?|contact us|ownership|owners?|support|team|who|overview|details|about|help|getting help|at a glance|"
    r"(?:external |useful |related |quick )?links|resources|references|"
    r"key (?:facts|contacts|people)|communicat\w+(?: channels?)?|summary|info|information|"
    r"quick (?:facts|reference)|where to find us|how to reach us|reaching us|members?|people)$",
    re.IGNORECASE,
)
_PROPERTIES = re.compile(
    r"|(?:\w+ )?(?:field|property|attribute|key|item|metadata|detail|info|information|what)s?", re.IGNORECASE
)
"""The head of a column of labels: "Metadata field"; or none."""
_MEMBERS = one_of(nouns("people", "members") | words("people", "folk"))
_PEOPLE_LEAD = re.compile(
    rf"\b(?:{ASK}|{TALK_TO}|reach|get in touch with)\b"
    rf"(?:[^.]*\b(?:(?:following|these|those) (?:\w+ )?(?:{_MEMBERS}|teams)|"
    r"one of|any of|either(?: of)?)\b[^.]*)?:\s*$|"
    rf"\b(?:following|these) (?:{_MEMBERS}) (?:can|will|are (?:happy|able|here|there) to) help\b[^.]*:\s*$",
    re.IGNORECASE,
)
_FOR = re.compile(r"\s+(?:for|about|if|on|when)\s", re.IGNORECASE)
_SENTENCE = re.compile(r"\w[.!?]\s+[A-Z]\w+\s+\w+\s+\w+")
_TEAM = re.compile(rf"\b{TEAM_HEAD}s?$", re.IGNORECASE)
_DOING = re.compile(r"\s*[a-z]+ing\s+\w")
"""How a value begins that says what somebody does, and not who they are: "coordinating work"."""
_PROSE = re.compile(
    r"\b(?:you|your|please|we|they|it|will|is|are|was|must|should|can|has|have|this|these)\b", re.IGNORECASE
)
_FEW = 5
"""Blocks of a section that says hardly more than one thing, and words of its heading."""
_ADDRESSES = 12
"""Blocks of a section that says what it is about, and then how to get there; and lines that show both."""
_LONGEST = 160
"""Characters of a value; what is longer is prose."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One label of a card with whom it names."""

    field: Field
    contacts: tuple[Contact, ...]
    thing: str = ""
    listed: bool = False
    """Whether it is an item of a list of people, and no label of its own."""


def cards_of(spoken: Spoken, section: Section, block: Block, known: frozenset[str]) -> tuple[Fact, ...]:
    """The facts of a block that is a card, or an item under a label; none when it is something else."""
    if block.kind not in ("paragraph", "item") or block.ordered:
        return ()
    lines = tuple(_lines(block.text, known))
    if lines:
        return tuple(_card_facts(spoken, section, block, lines))
    if alone := _alone(section, block, known):
        return tuple(_facts(spoken, section, block, [alone]))
    listed = _listed(section, block)
    if listed is None or _is_prose(block.text.plain):
        return ()
    if _is_matter(block.text.plain):
        return ()
    contacts = holders_in(block.text, known, listed)
    if not contacts or not _begins(block.text.plain, contacts[0]):
        return ()
    return tuple(_facts(spoken, section, block, [_Line(listed, _first(contacts), listed=True)]))


def _alone(section: Section, block: Block, known: frozenset[str]) -> _Line | None:
    """The line that a section about whom to go to consists of: "## Owner", and below it "Berth team"."""
    field = field_of(section.heading)
    if block.kind != "paragraph" or block.leads or not section.anchor or len(section.blocks) > _FEW or not field.holds:
        return None
    if block is not section.blocks[0] or "\n" in block.text.plain.strip() or len(section.heading.split()) > _FEW:
        return None
    contacts = holders_in(block.text, known, field)
    left = re.findall(r"[^\W\d_]+", without(" ".join(block.text.plain.split()), contacts))
    surely = all(c.address or c.kind != "team" or _TEAM.search(c.name) or _is_department(c.name) for c in contacts)
    if not contacts or not surely or any(word.lower() not in ("and", "or", "the", "our") for word in left):
        return None
    return _Line(field, contacts)


def _is_department(name: str) -> bool:
    last = name.rsplit(maxsplit=1)[-1].lower()
    return name.lower() in words("people", "departments") or last in words("people", "functions")


def card_row(spoken: Spoken, section: Section, block: Block, known: frozenset[str]) -> tuple[Fact, ...]:
    """The facts of a row of two cells that are a label and its value, in a table whose heads say no more."""
    if len(block.cells) != 2 or any(field_of(head).names or field_of(head).subject == "party" for head in block.header):
        return ()
    label, value = block.cells
    if any(span.kind == "code" for span in label.spans):
        return ()  # a key that is explained
    field = field_of(" ".join(label.plain.split()).strip(" *_:"))
    if (
        not field.names
        or field.medium == "handle"
        or _is_prose(value.plain)
        or not _PROPERTIES.fullmatch(" ".join(block.header[:1]).strip())
    ):
        return ()
    contacts = holders_in(value, known, field)
    return tuple(_facts(spoken, section, block, [_Line(field, contacts)])) if contacts else ()


def _is_matter(plain: str) -> bool:
    """Whether a listed item is a matter and who it goes to: what stands before its colon is nobody's name."""
    head, colon, after = " ".join(plain.split()).partition(": ")
    contact = name_of(head, Field("", holds="contact")) if colon else None
    if contact and contact.kind == "person" and _TEAM.search(after.strip(" .")):
        return True  # "Tide Gauges: Berth team"
    return bool(colon) and (contact is None or (contact.kind == "team" and not _TEAM.search(contact.name)))


def _begins(plain: str, contact: Contact) -> bool:
    """Whether a listed item is the contact and what belongs to it: "Ada Byron (@ada), Quay office"."""
    flat = " ".join(plain.split())
    at = flat.find(contact.name or contact.address)
    after = flat[at + len(contact.name or contact.address) :] if at >= 0 else flat
    surely = contact.address or contact.kind != "team" or _TEAM.search(contact.name) or _is_department(contact.name)
    signed = not contact.address and after.lstrip()[:1] == "("  # a person's role in brackets is a part of how they sign
    apart = not after or after.lstrip()[:1] in tuple("(,;:–—-<[·|@#") or bool(_FOR.match(after))
    return 0 <= at <= 4 and bool(surely) and not signed and apart


def _first(contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """Of a listed person and what follows them (their employer, their region), the person with their addresses."""
    return tuple(c for c in contacts if c.name == contacts[0].name or (c.address and not c.name))


def _lines(text: Text, known: frozenset[str]) -> Iterator[_Line]:
    """The labels of a text, if it consists of them; one line of prose among them and it is no card."""
    found: list[_Line] = []
    spans = list(_parts(text.plain))
    for start, end in spans:
        label = _LABEL.match(text.plain[start:end])
        if not label or _in_code(text, start + label.end()):
            return
        whole = " ".join(label["label"].split()).strip(" *_")
        tail = _TAIL.search(whole) if not field_of(whole).names or field_of(_TAIL.sub("", whole)).names else None
        field = field_of(whole[: tail.start()] if tail else whole)
        value = text.within(start + label.end(), end)
        if len(spans) > 1 and not field.names:
            continue
        if not field.names or (field.medium == "handle" and not field.holds) or _is_prose(value.plain):
            return
        contacts = holders_in(value, known, field)
        if contacts:
            own = "" if tail is None or _ITSELF.fullmatch(tail["thing"]) else tail["thing"].strip()
            found.append(_Line(field, contacts, own))
    yield from found


def _in_code(text: Text, at: int) -> bool:
    """Whether the label and its value stand in one code span, as a line to be written somewhere."""
    return any(s.kind == "code" and s.start < at - 1 and at <= s.end for s in text.spans)


def _is_prose(value: str) -> bool:
    if len(value) > _LONGEST or _DOING.match(value):
        return True
    return bool(_SENTENCE.search(value) or (len(value.split()) > 3 and _PROSE.search(value)))


def _parts(plain: str) -> Iterator[tuple[int, int]]:
    at = 0
    for match in [*_BREAK.finditer(plain), None]:
        end = match.start() if match else len(plain)
        if plain[at:end].strip():
            yield at, end
        at = match.end() if match else end


def _listed(section: Section, block: Block) -> Field | None:
    """What a list's items are, by the line above it or its heading: "Maintainers:", "## Chairs"."""
    if block.kind != "item" or (block.leads and block.leads[-1].kind == "item" and not _is_label(block.leads[-1])):
        return None
    if block.leads:
        lead = " ".join(block.leads[-1].text.plain.split())
        if _PEOPLE_LEAD.search(lead):
            return Field("contact", holds="contact")
        field = field_of(lead) if _is_label(block.leads[-1]) else field_of("")
    else:
        field = field_of(section.heading)
    asked = field.holds == "contact" and field.label.lower() in ("questions", "help", "support", "ask")
    return field if field.holds and not asked else None


def _is_label(block: Block) -> bool:
    plain = block.text.plain.strip()
    return len(plain.split()) <= 6 and (plain.endswith(":") or block.kind == "item")


def _thing(page: Page, section: Section, block: Block) -> str:
    """What a card is about: the item that it is nested under, the nearest heading that names something, the page."""
    for lead in reversed(block.leads):
        head = re.split(r"\s*[:–—(]|\s-\s", " ".join(lead.text.plain.split()))[0]
        if (lead.kind == "item" or _is_term(lead)) and 0 < len(head.split()) <= 8 and not _is_field(head):
            return head
    for heading in reversed(section.headings):
        if not _GENERAL.match(heading.strip()) and not _is_field(heading):
            return heading
    return page.title


def _is_term(lead: Block) -> bool:
    """Whether a line over a list is a term that the list defines, and no sentence or label."""
    plain = lead.text.plain.strip()
    return lead.kind == "paragraph" and len(plain.split()) <= 6 and not plain.endswith((":", ".", "?", "!"))


def _is_field(label: str) -> bool:
    """Whether a heading or label only says what stands under it: every word of it is one of the fields' own."""
    said = (word for word in re.findall(r"[^\W\d_]+", label.lower()) if word not in words("general", "words"))
    return field_of(label).names and all(field_of(word).names or field_of(word).subject for word in said)


def _card_facts(spoken: Spoken, section: Section, block: Block, lines: Sequence[_Line]) -> Iterator[Fact]:
    """A card's owner and its bare addresses are one party; every other label is a fact of its own."""
    rooms = [line for line in lines if line.field.medium and not line.field.holds]
    rest = [line for line in lines if line not in rooms]
    owner = next((line for line in rest if line.field.holds == "owner" and len(line.contacts) == 1), None)
    if owner and rooms and not owner.contacts[0].address and owner.contacts[0].kind == "team":
        name = owner.contacts[0]
        reached = tuple(Contact(name.kind, name.name, c.address) for line in rooms for c in line.contacts)
        rest = [_Line(owner.field, reached, owner.thing) if line is owner else line for line in rest]
        rooms = []
    yield from _facts(spoken, section, block, [*rooms, *rest])


def _facts(spoken: Spoken, section: Section, block: Block, lines: Sequence[_Line]) -> Iterator[Fact]:
    page = spoken.page
    context = context_of(page, section, block)
    about = _description(section, block)
    place = place_of(page, section, block.first, block.last, block.part)
    for line in lines:
        own = bool(line.thing) and not _HERE.match(line.thing)
        thing = line.thing if own else page.title if line.thing else _thing(page, section, block)
        relation: Relation = "does" if line.field.holds == "owner" else "ask"
        if _HERE.match(line.thing) and "page" in line.thing.lower() and line.field.holds == "owner" and not page.owner:
            relation = "owns page"
        topic = page.title if relation == "owns page" else _topic(line, thing, block)
        if about and not line.thing:
            topic = f"{thing}: {' '.join(about.text.plain.split())}"
        stated = stated_at(spoken, section, line.contacts, place)
        if about and not line.thing and not stated:
            stated = place_of(page, section, about.first, about.last)
        attributes = {"holds": line.field.holds or line.field.medium}
        yield fact(relation, line.contacts, topic, context, place, attributes=attributes, stated=stated)


def _description(section: Section, block: Block) -> Block | None:
    """What a section of little more than addresses is about, by the paragraph under its heading: "For requests about
    berths and tides", before "Email: …"."""
    first = section.blocks[0]
    if first is block or first.kind != "paragraph" or len(section.blocks) > _ADDRESSES:
        return None
    if any(lead is not first for lead in block.leads):
        return None
    said = " ".join(first.text.plain.split())
    short = len(said.split()) > 2 and len(said) <= _LONGEST and block.last - first.first < _ADDRESSES
    if (
        not short
        or said.endswith(":")
        or _SENTENCE.search(said)
        or _LABEL.match(said)
        or re.search(r"[#@]\w|\w@\w", said)
    ):
        return None
    others = (one for one in section.blocks[1:] if one.kind == "paragraph" and not one.leads)
    return first if all(one is block or ":" in one.text.plain for one in others) else None


def _topic(line: _Line, thing: str, block: Block) -> str:
    """What the holder is for; of one to contact for no matter of its own, the words of the label or item as well."""
    label = line.field.label
    if line.field.holds not in ("", "contact"):
        return line.field.says(thing)
    if line.listed:
        flat = " ".join(block.text.plain.split())
        return flat if len(re.findall(r"[^\W\d_]{2,}", without(flat, line.contacts))) > 1 else thing
    return f"{label}: {thing}" if len(label.split()) > 1 and not _GENERAL.match(label) else thing
