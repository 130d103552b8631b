"""Compiles a manual into facts: a first pass finds the teams and channels, a second who is named for what."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter

from ingest.facts.addresses import addresses, is_address
from ingest.facts.asks import asks_of
from ingest.facts.entries import data_facts
from ingest.facts.front_matter import page_facts
from ingest.facts.ladder import ladder_of
from ingest.facts.last_resort import last_resort
from ingest.facts.lexicon import one_of, words
from ingest.facts.names import ROLE_HEAD, TEAM_HEAD, spellings
from ingest.facts.ownership import ownership_facts
from ingest.facts.people import Roster
from ingest.facts.proof import proven
from ingest.facts.scopes import scoped
from ingest.facts.short_names import everywhere
from ingest.facts.steps import steps_of
from ingest.facts.teams import teams_of
from ingest.kept import Noted, facts_step, names_step
from ingest.manual.markdown import Section
from ingest.manual.reading import Manual
from ingest.manual.status import status_of_part
from ingest.relations import FOR, KIND_OF
from ingest.values import Contact, ContactKind, Fact, Page, Settings

_DOES, _ASKS, _LINKED = facts_step("does"), facts_step("asks"), names_step("linked")


def facts_of(manual: Manual, told: Callable[[int, int], None] | None = None) -> tuple[Fact, ...]:
    """Every fact of the manual, in the order of paths and lines; equal manuals give equal facts.

    `told` hears how many of the readings of pages are done, of how many; each page is read twice.
    """
    readings = 2 * len(manual.pages)
    known = _certain(manual)
    owners = [f for page in manual.pages for f in page_facts(page)]
    data = [f for file in manual.data for f in data_facts(file)]
    owners += ownership_facts(manual, frozenset(f.place.path for f in owners if f.relation == "owns page"))
    does: list[Fact] = []
    for done, page in enumerate(manual.pages, 1):
        does += _does(manual, page, known)
        if told:
            told(done, readings)
    owned = [f for f in (*data, *does) if f.relation == "owns repo"]
    repos = frozenset(re.sub(r"[\s_-]+", " ", f.topic.lower()) for f in owned)
    does = _once(data, does)
    roster = replace(roster_of(does, manual.settings), things=repos)
    roster = replace(roster, shorts=_shorts(manual.settings.aliases, roster))
    does = [_of_teams(f, roster) for f in does]
    rungs = ladder_of(manual, known, roster)
    does = _without(does, rungs)
    asks: list[Fact] = []
    for done, found in enumerate(_asks(manual, known, roster, does, rungs), len(manual.pages) + 1):
        asks += found
        if told:
            told(done, readings)
    if all(FOR in rung.attributes for rung in rungs):
        rungs = (*rungs, *last_resort([*does, *asks]))
    unique = {f.id: f for f in map(proven, [*owners, *data, *does, *rungs, *asks])}
    unique = _said_once(_without_everybody(manual, unique))
    pages = {page.path: page for page in manual.pages if page.defined}
    known_by = (_with_definition(f, pages.get(f.place.path)) for f in unique.values())
    kept = [_in_force(scoped(f)) for f in known_by if f.contacts or KIND_OF[f.relation].may_be_unnamed]
    return tuple(sorted(kept, key=lambda f: (f.place.path, f.place.first, f.place.last, f.relation, f.id)))


def _with_definition(fact: Fact, page: Page | None) -> Fact:
    """The fact, with the place that says what a name in its lines stands for: its words hold that and not the name."""
    if page is None or fact.stated is not None:
        return fact
    at = bisect_left(page.defined, fact.place.first, key=itemgetter(0))
    inside = at < len(page.defined) and page.defined[at][0] <= fact.place.last
    return replace(fact, stated=page.defined[at][1]) if inside else fact


def _in_force(fact: Fact) -> Fact:
    """The fact, marked where the headings over it or the lines that introduce it say that it is history."""
    status = "" if fact.place.status else status_of_part(fact.context[1:])
    return replace(fact, place=replace(fact.place, status=status)) if status else fact


_SINGLE = re.compile(r"(?P<name>[A-Z][\w.&-]*\w)(?: (?:[Tt]eam(?: members?)?|[Ss]taff|[Mm]embers|[Ee]mployees))?")
_TOKEN = re.compile(r"(?<![\w.])[A-Z][\w.&-]*\w")


def _without_everybody(manual: Manual, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """The facts without mere names of one word that stand on every fourth page: those of the organisation or its
    product, and "the team" or "the staff" of them."""
    named = {
        c.name: m["name"]
        for f in facts.values()
        for c in f.contacts
        if not c.address and (m := _SINGLE.fullmatch(c.name))
    }
    own = words("people", "functions") | words("people", "departments")
    sought = {single for single in named.values() if single.lower() not in own}
    pages = Counter(name for page in manual.pages for name in sought & set(_TOKEN.findall("\n".join(page.lines))))
    nobody = {name for name, single in named.items() if pages[single] >= everywhere(len(manual.pages))}
    return {
        id_: replace(fact, contacts=tuple(c for c in fact.contacts if c.address or c.name not in nobody))
        for id_, fact in facts.items()
    }


def _said_once(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """The facts without those that say part of what another one says of the same contacts at the same place."""
    together: dict[object, list[Fact]] = defaultdict(list)
    for fact in facts.values():
        if fact.relation == "ask" and fact.contacts:
            together[fact.place.path, fact.place.first, fact.place.last, fact.place.quote, fact.contacts].append(fact)
    said = {f.id: set(f.topic.split()) for of_one in together.values() if len(of_one) > 1 for f in of_one}
    again = {
        f.id
        for of_one in together.values()
        for f in of_one
        if any(f.id in said and said[f.id] < said[other.id] for other in of_one if other is not f)
    }
    return {id_: fact for id_, fact in facts.items() if id_ not in again}


def _does(manual: Manual, page: Page, known: Noted) -> tuple[Fact, ...]:
    return manual.kept.of(_DOES, page, lambda page: tuple(teams_of(page, manual.bodies[page.path], known)), known=known)


def _asks(
    manual: Manual, known: Noted, roster: Roster, does: Sequence[Fact], rungs: Sequence[Fact]
) -> Iterator[tuple[Fact, ...]]:
    """What each page says beside responsibilities and rungs, and the steps of sections in which something is said."""
    said: dict[str, list[Fact]] = defaultdict(list)
    for fact in [*does, *rungs]:
        said[fact.place.path].append(fact)

    def of(page: Page) -> tuple[Fact, ...]:
        sections, here = manual.bodies[page.path], said.get(page.path, ())
        taken = frozenset((f.place.first, f.place.last) for f in here)
        asks = tuple(asks_of(page, sections, known, roster, taken))
        stated = [*(f for f in here if f.relation != "rung"), *asks]
        return (*asks, *steps_of(page, sections, stated, [f for f in here if f.relation == "rung"]))

    for page in manual.pages:
        more = [roster.digest, *(f.id for f in said.get(page.path, ()))]
        yield manual.kept.of(_ASKS, page, of, known=known, more=more)


def roster_of(does: Sequence[Fact], settings: Settings) -> Roster:
    """The introduced teams under all their spellings; the first introduction that gives an address wins."""
    teams: dict[str, Contact] = {}
    named = [f.contacts[0] for f in does if f.contacts and f.contacts[0].kind == "team" and f.contacts[0].name]
    for contact in sorted(named, key=lambda c: not c.address):
        for spelling in spellings(contact.name, settings.organisation):
            teams.setdefault(spelling.lower(), contact)
    for name, others in settings.aliases.items():
        if name.lower() in teams:
            teams.update((other.lower(), teams[name.lower()]) for other in others)
    return Roster(teams, frozenset(name.lower() for name in settings.organisation))


_BY_FORM: tuple[tuple[re.Pattern[str], ContactKind], ...] = (
    (re.compile(rf".*\b{ROLE_HEAD}", re.IGNORECASE), "role"),
    (re.compile(rf".*\b(?:{TEAM_HEAD}|{one_of(words('people', 'bodies'))})", re.IGNORECASE), "team"),
)
_SHORTEST = 3
"""Letters of the shortest abbreviation that stands for somebody wherever it stands: "AM" and "CO" are much else."""


def _shorts(aliases: Mapping[str, Sequence[str]], roster: Roster) -> Mapping[str, Contact]:
    """The other names of one word of whoever the manual introduces, or is a team or a role by the form of the name."""
    found: dict[str, Contact] = {}
    for name, others in aliases.items():
        contact = roster.teams.get(name.lower()) or next(
            (Contact(kind, name) for form, kind in _BY_FORM if form.fullmatch(name)), None
        )
        if contact is not None:
            found.update((o, contact) for o in others if len(o.removesuffix("s")) >= _SHORTEST and o[0].isupper())
    return found


def _once(data: Sequence[Fact], does: Sequence[Fact]) -> list[Fact]:
    """What pages say, without the owners of things that data files name: those are kept for that very purpose."""
    listed = {f.topic.lower() for f in data if f.relation == "owns repo"}
    return [f for f in does if f.relation != "owns repo" or f.topic.lower() not in listed]


def _of_teams(fact: Fact, roster: Roster) -> Fact:
    """The fact, where a name that looks like a person's is a team that the manual introduces elsewhere."""
    if not any(c.kind == "person" and c.name.lower() in roster.teams for c in fact.contacts):
        return fact
    known = (replace(c, kind="team") if c.name.lower() in roster.teams else c for c in fact.contacts)
    return replace(fact, contacts=tuple(known))


def _certain(manual: Manual) -> Noted:
    """Channels and handles that certainly are some: owners, values of data files, chat links' texts."""
    found = {page.owner for page in manual.pages}
    for file in manual.data:
        found |= {v for e in file.entries for v in e.values.values() if isinstance(v, str)}
    found = {v for v in found if (c := is_address(v)) and c.kind != "email"}
    for page in manual.pages:
        linked = manual.kept.of(_LINKED, page, lambda page: tuple(_linked(manual.bodies[page.path])))
        found |= set(linked)
    return Noted(v.lower() for v in found)


def _linked(sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        for text in (section.title, *(block.text for block in section.blocks if block.kind != "code")):
            if any(re.match(r"https?://[\w.-]*slack\.com", s.href) for s in text.spans):
                yield from (m.contact.address for m in addresses(text, frozenset(), "slack channel"))


def _without(does: Sequence[Fact], rungs: Sequence[Fact]) -> list[Fact]:
    """A rung is no responsibility, even under a team's heading."""
    places = {(f.place.path, f.place.first) for f in rungs}
    return [f for f in does if (f.place.path, f.place.first) not in places]
