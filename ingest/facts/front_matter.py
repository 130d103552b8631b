"""Who has a page, and whom to ask about it: the front matter by the meaning of its keys."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.facts.addresses import is_address
from ingest.facts.fields import Field
from ingest.facts.keyed import key_field, named_by
from ingest.facts.names import is_name
from ingest.facts.proof import fact
from ingest.manual.sentences import place_of
from ingest.manual.yamls import Entry, YamlError, entries_of
from ingest.values import MOST_CONTACTS, Contact, Fact, Page, Place

_INNER = re.compile(r"^(?P<label>[\w -]{2,30}):\s+(?P<value>\S.*)$")
_REMARK = re.compile(r"(?:description|note|comment|remark)s?", re.IGNORECASE)
"""A key whose value may be a label of its own (`note: "Owner: #tide"`); a title says what it is about, never who."""
_Stated = tuple[Field, tuple[Contact, ...], tuple[int, int]]


def page_facts(page: Page) -> tuple[Fact, ...]:
    """The `owns page` fact of a page, and an `ask` for each other way in which its front matter names somebody."""
    stated = _stated(page)
    owners = [s for s in stated if s[0].holds == "owner"]
    owners = _with_rooms(owners, stated) or [s for s in stated if s[0].medium and not s[0].holds]
    made = [_owns(page, owners)] if owners or page.owner else []
    named = {c for _, contacts, _ in owners for c in contacts}
    for field, contacts, lines in stated:
        weak = field.holds == "author" and bool(made)
        if field.holds not in ("", "owner") and not weak and not set(contacts) <= named:
            topic = page.title if field.holds == "contact" else field.says(page.title)
            place = _proving(place_of(page, None, *lines), contacts)
            said = fact("ask", contacts, topic, (), place, attributes={"holds": field.holds})
            made.append(replace(said, scope="page"))
    return tuple(made)


def _owns(page: Page, owners: Sequence[_Stated]) -> Fact:
    """The page's owners as one fact, the one that the page is known by first; quoted from their own lines."""
    first, last = page.owner_line, page.owner_line
    contacts = list(dict.fromkeys(c for _, found, _ in owners for c in found))[:MOST_CONTACTS]
    if not contacts:
        contacts = [is_address(page.owner) or Contact("team", page.owner)]
    if owners:
        spans = [lines for _, _, lines in owners]
        first, last = min(s[0] for s in spans), max(s[1] for s in spans)
    section = str(page.meta.get("section") or "")
    related = page.meta.get("related_repos") or page.meta.get("related_applications") or []
    repos = [str(r) for r in related] if isinstance(related, list) else [str(related)]
    attributes = {"related_repos": " ".join(repos)} if repos else {}
    place = _proving(place_of(page, None, first, last), contacts)
    return fact("owns page", tuple(contacts), page.title, (section,), place, attributes=attributes)


def _with_rooms(owners: Sequence[_Stated], stated: Sequence[_Stated]) -> list[_Stated]:
    """The owners, a single one that has no address with those that stand beside it: `team: Tide`, `slack: tide`."""
    rooms = [s for s in stated if s[0].medium and not s[0].holds]
    named = [c for _, contacts, _ in owners for c in contacts]
    if len(named) != 1 or named[0].address or not rooms:
        return [*owners, *(rooms if named and named[0].address else [])]
    reached = tuple(Contact(named[0].kind, named[0].name, c.address) for _, contacts, _ in rooms for c in contacts)
    return [(owners[0][0], reached, owners[0][2]), *((f, (), lines) for f, _, lines in rooms)]


def _proving(place: Place, contacts: Sequence[Contact]) -> Place:
    """The place; where a channel is written without its mark, with the channel as whom the lines name."""
    written = all(c.shown.lower() in place.quote.lower() for c in contacts)
    return place if written else replace(place, owner=", ".join(c.shown for c in contacts))


def _stated(page: Page) -> list[_Stated]:
    """Each key that names somebody, in the order of the lines."""
    return sorted(_keys(page), key=lambda s: s[2]) if page.body_first > 1 else []


def _keys(page: Page) -> Iterator[_Stated]:
    head = "\n".join(["", *page.lines[1 : page.body_first - 2]])
    try:
        top, *maps = entries_of(head) or (Entry({}, {}, 1, 1),)
    except YamlError:
        return
    firsts, lines = [m.first for m in maps], top.lines_of(page.body_first - 2)
    for key, value in top.values.items():
        first, last = _filled(page, *lines[key])
        inner = _INNER.match(value) if isinstance(value, str) and _REMARK.fullmatch(key) else None
        label, said = (inner["label"], inner["value"]) if inner else (key, value)
        under = [m.values for m in maps[bisect_left(firsts, first) : bisect_right(firsts, last)]]
        contacts = named_by(label, said, under)
        if inner:
            contacts = tuple(c for c in contacts if c.address or (c.name[:1].isupper() and is_name(c.name)))
        if contacts:
            yield key_field(label), contacts[:MOST_CONTACTS], (first, last)


def _filled(page: Page, first: int, last: int) -> tuple[int, int]:
    """The lines without blank ones and comments at their end."""
    while last > first and (not page.lines[last - 1].strip() or page.lines[last - 1].lstrip().startswith("#")):
        last -= 1
    return first, last
