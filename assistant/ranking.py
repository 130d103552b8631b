"""Statements in the order in which they answer a question: what was found, weighed by which kind of who is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.people import AddressBook
from assistant.retrieve import Found, Hit
from assistant.understand import Question
from ingest.values import STATEMENTS, Fact

_APPROVES = re.compile(
    r"\b(approv\w*|permission|sign(?:ed)?[ -]off|authoris\w+|instructed|allow\w*|grant\w*|agree\w*|"
    r"final say|consult\w*)\b",
    re.I,
)
_URGENT = re.compile(
    r"\b(incident|outage|out of hours|on[- ]call|urgent|emergency|alert\w*|pagerduty|monitor\w*|down|"
    r"attack|page[ds]?|critical|immediate)\b",
    re.I,
)
_TELLS = re.compile(
    r"\b(ask|asking|contact|speak|talk|email|message|tell|let .{1,50} know|ping|notify|inform|post|raise|"
    r"assign|get in touch|reach|escalate|request|announce|warn|call|phone|page)\b",
    re.I,
)
_TICKET = re.compile(
    r"\b(ticket|queue|zendesk|jira|log (?:it|this|that)|triage|reassign|pass(?:ed)? (?:it|this) on)\b", re.I
)
_CHANNEL = re.compile(r"\b(channel|slack|post|announce)\b", re.I)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A hit with its final score."""

    hit: Hit
    score: float

    @property
    def fact(self) -> Fact:
        return self.hit.fact


def statements(found: Found, question: Question, book: AddressBook) -> tuple[Ranked, ...]:
    """The statements among the facts found, best first."""
    ranked = [
        Ranked(hit, hit.score + _fit(hit.fact, question, book))
        for hit in found.facts
        if hit.fact.relation in STATEMENTS and hit.fact.contacts
    ]
    return tuple(sorted(ranked, key=lambda r: (-r.score, r.fact.place.path, r.fact.place.first, r.fact.id)))


def _fit(fact: Fact, question: Question, book: AddressBook) -> float:
    """How well the kind of statement fits the kind of question; small beside what it is about."""
    text = fact.text
    fit = 0.0
    if question.approve:
        fit += 0.10 * bool(_APPROVES.search(fact.topic))
    if question.page_now:
        fit += 0.06 * bool(_URGENT.search(text))
    if fact.relation == "queue":
        fit += 0.12 if _TICKET.search(question.own_words) else -0.05
    if _CHANNEL.search(question.own_words):
        fit += 0.05 * any(c.kind == "channel" for c in fact.contacts)
    if fact.relation == "ask":
        fit += 0.05 * bool(_TELLS.search(fact.topic))
    if fact.relation == "does":
        fit += 0.05
    fit += 0.04 * _reachable(fact, book)
    return fit


def _reachable(fact: Fact, book: AddressBook) -> bool:
    first = fact.contacts[0]
    return bool(first.address or book.find(first.name))


def best_pages(found: Found, owners: Sequence[Fact]) -> tuple[tuple[Fact, float], ...]:
    """Page owners with the score of their page: its best passage, and its title beside that."""
    titles = {hit.fact.id: hit.text.total for hit in found.facts if hit.fact.relation == "owns page"}
    scored = [
        (fact, found.pages[fact.place.path].total + 0.5 * titles.get(fact.id, 0.0))
        for fact in owners
        if fact.place.path in found.pages
    ]
    return tuple(sorted(scored, key=lambda pair: (-pair[1], pair[0].place.path)))
