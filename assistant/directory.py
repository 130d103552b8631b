"""The facts as a directory: teams with what they do, the ladder, repos, pages and queues with who has them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.rungs import orders_in
from ingest.facts.names import in_full, spellings
from ingest.relations import FOR, KIND_OF, KINDS
from ingest.store.index import Index
from ingest.values import Contact, Fact, Place

SAID = ("ask", "queue")
"""Relations of statements that send a reader to somebody."""
_GROUP = re.compile(r"\s+(?:team|squad|group)s?$")


@dataclass(frozen=True, slots=True)
class Holder:
    """A team or an address that the manual names, with every fact that names it, in the manual's order."""

    contacts: tuple[Contact, ...]
    """Each spelling once; one address at most."""
    facts: tuple[Fact, ...]

    @property
    def name(self) -> str:
        """The first name that the manual gives it; its address where it gives none."""
        return next((c.name for c in self.contacts if c.name), self.contacts[0].address)

    @property
    def address(self) -> str:
        return next((c.address for c in self.contacts if c.address), "")


def holders(facts: Sequence[Fact]) -> tuple[Holder, ...]:
    """Everybody who can be reached or who is a team, by address; a team's name stands for the one address stated
    for it. Roles and links are left out: nobody looks them up.
    """
    named = [(c, f) for f in facts for c in f.contacts if c.kind not in ("role", "link") and (c.address or c.name)]
    reached: dict[str, set[str]] = {}
    for contact, _ in named:
        if contact.name and contact.address:
            reached.setdefault(contact.name.lower(), set()).add(contact.address.lower())
    grouped: dict[str, tuple[dict[Contact, None], dict[str, Fact]]] = {}
    for contact, fact in named:
        addresses = reached.get(contact.name.lower(), set()) if not contact.address else {contact.address.lower()}
        key = next(iter(addresses)) if len(addresses) == 1 else contact.name.lower()
        spelled, told = grouped.setdefault(key, ({}, {}))
        spelled[contact] = None
        told[fact.id] = fact
    return tuple(Holder(tuple(spelled), tuple(told.values())) for spelled, told in grouped.values())


def directory(index: Index) -> dict[str, Any]:
    """The object that `directory --json` prints; every entry with the place that states it."""
    return listed(index.records.facts(), index.settings.organisation)


def listed(facts: Iterable[Fact], organisation: tuple[str, ...]) -> dict[str, Any]:
    """The directory of some facts, in their order."""
    by: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by[fact.relation].append(fact)
    shaped = {
        "does": _asked(_teams(by["does"], organisation), holders([f for r in SAID for f in by[r]]), organisation),
        "rung": _ladder(rung for rung in by["rung"] if FOR not in rung.attributes),
        "owns repo": _repos(by["owns repo"], by["gets alerts"]),
        "owns page": [{"path": f.place.path, "owner": f.contacts[0].shown} for f in by["owns page"]],
        "queue": _queues(by["queue"]),
    }
    lists = {KIND_OF[relation].json_key: entries for relation, entries in shaped.items()}
    lists["orders"] = _orders(by["rung"])
    for kind in KINDS:
        if kind.json_key and kind.json_key not in lists:
            lists[kind.json_key] = plainly(by[kind.name])
    return lists


def plainly(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """The entries of a relation that has no list of a shape of its own."""
    return [{"for": f.topic, "who": [c.shown for c in f.contacts], "source": _source(f.place)} for f in facts]


def one_name(name: str, named: Collection[str]) -> str:
    """What tells a team from others, of all names that there are (lower case): "the Berth team" is "Berth" where that
    is a name too, and the infra team is the infrastructure team."""
    long = in_full(name.lower())
    short = _GROUP.sub("", long)
    return short if short in named or _GROUP.sub("", name.lower()) in named else long


def _teams(facts: Sequence[Fact], organisation: tuple[str, ...]) -> list[dict[str, Any]]:
    """Teams in the order in which the manual first introduces them; those of one name are one team."""
    teams: dict[str, dict[str, Any]] = {}
    named = {fact.contacts[0].name.lower() for fact in facts}
    for fact in facts:
        first = fact.contacts[0]
        team = teams.setdefault(
            one_name(first.name or first.address, named),
            {
                "name": first.name,
                "aliases": [s for s in spellings(first.name, organisation) if s != first.name],
                "contacts": [],
                "responsibilities": [],
            },
        )
        _spelled(team, first.name)
        for contact in fact.contacts:
            if contact.address and contact.address not in team["contacts"]:
                team["contacts"].append(contact.address)
        team["responsibilities"].append({"text": fact.topic, "source": _source(fact.place)})
    return list(teams.values())


def _asked(teams: list[dict[str, Any]], known: Sequence[Holder], organisation: tuple[str, ...]) -> list[dict[str, Any]]:
    """The teams, and behind them whoever only sentences name; each with the statements that send a reader there."""
    names = {team["name"].lower() for team in teams} | {c.name.lower() for holder in known for c in holder.contacts}
    by_name = {one_name(team["name"], names): team for team in teams if team["name"]}
    by_address = {address.lower(): team for team in teams for address in team["contacts"]}
    for holder in known:
        named = next((c.name for c in holder.contacts if c.name), "")
        team = by_name.get(one_name(named, names)) if named else None
        team = team or by_address.get(holder.address.lower())
        if team is None:
            aliases = [s for s in spellings(named, organisation) if s != named] if named else []
            team = {"name": named, "aliases": aliases, "contacts": [], "responsibilities": []}
            teams.append(team)
            if named:
                by_name.setdefault(one_name(named, names), team)
        _spelled(team, named)
        if holder.address and holder.address not in team["contacts"]:
            team["contacts"].append(holder.address)
        told = [{"text": f.topic, "source": _source(f.place)} for f in holder.facts]
        team["asked"] = [*team.get("asked", []), *told]
    return [{**team, "asked": team.get("asked", [])} for team in teams]


def _spelled(team: dict[str, Any], name: str) -> None:
    """Note another way in which the manual writes a team's name."""
    known = {spelling.lower() for spelling in (team["name"], *team["aliases"])}
    if name and team["name"] and name.lower() not in known:
        team["aliases"].append(name)


def _ladder(rungs: Iterable[Fact]) -> list[dict[str, Any]]:
    in_order = sorted(rungs, key=lambda rung: rung.rank)
    return [{"rung": f.rank, "who": f.topic, "source": _source(f.place)} for f in in_order]


def _orders(rungs: Iterable[Fact]) -> list[dict[str, Any]]:
    """The orders that are not for everybody, each with what it is for."""
    orders = orders_in(rung for rung in rungs if FOR in rung.attributes)
    return [{"for": order[0].attributes[FOR], "rungs": _ladder(order)} for order in orders]


def _repos(owners: Sequence[Fact], alerts: Iterable[Fact]) -> list[dict[str, Any]]:
    paged = {f.topic: f.contacts[0].shown for f in alerts if f.contacts}
    return [
        {
            "name": f.topic,
            "team": f.contacts[0].shown if f.contacts else "",
            "alerts": paged.get(f.topic, ""),
            "source": _source(f.place),
        }
        for f in owners
    ]


def _queues(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    return [
        {"queue": contact.address, "for": fact.topic, "source": _source(fact.place)}
        for fact in facts
        for contact in fact.contacts
        if contact.kind == "queue"
    ]


def _source(place: Place) -> dict[str, Any]:
    return {"path": place.path, "lines": [place.first, place.last], "quote": place.quote, "url": place.url}
