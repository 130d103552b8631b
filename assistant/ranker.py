"""What speaks for a statement, weighed, and what that says of how sure the answer is.

The calibration stands in `calibration.json`, made by `python -m assistant.training.fit` from
`assistant/training/paraphrases.jsonl` and half of the starter manual's questions; nothing in it belongs to a question
or a page.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assistant.people import AddressBook
from assistant.retrieve import Hit
from assistant.understand import Question
from assistant.vocabulary import expansions
from ingest.values import Fact
from ingest.words import tokenize

FILE = "calibration.json"

_URGENT = re.compile(
    r"\b(incident|outage|out of hours|on[- ]call|urgent|emergency|alert\w*|pagerduty|monitor\w*|down|"
    r"attack|page[ds]?|critical|immediate)\b",
    re.IGNORECASE,
)
_APPROVES = re.compile(
    r"\b(approv\w*|permission|sign(?:ed)?[ -]off|authoris\w+|instructed|allow\w*|grant\w*|agree\w*|"
    r"final say|consult\w*)\b",
    re.IGNORECASE,
)
_OUT_OF_HOURS = re.compile(r"\b(out[- ]of[- ]hours|on[- ]call|night|weekend|pagerduty)\b", re.IGNORECASE)
_TELLS = re.compile(
    r"\b(ask|asking|contact|speak|talk|email|message|(?<!cannot )(?<!can['’]t )tell|let .{1,50} know|ping|notify|"
    r"inform|post|raise|assign|get in touch|reach|escalate|request|announce|warn|call|phone|page)\b",
    re.IGNORECASE,
)
_TICKET = re.compile(
    r"\b(tickets?|queue|zendesk|jira|log (?:it|this|that)|triage|reassign|pass(?:ed)? (?:it|this) on)\b", re.IGNORECASE
)
_FEED = re.compile(
    r"\b(automatically (?:posts?|posted|sent|sends?|triggers?)|(?:be|get|gets|is|are) notified|posts? to|"
    r"follow along|notifications? (?:are|is|go|goes))\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"^\W*(?:(?:then|also|please|always|first|so)\W+)*"
    r"(?:send|post|e-?mail|message|ask|tell|let|announce|notify|inform|contact|ping|raise|warn|speak|talk)\b",
    re.IGNORECASE,
)
"""A statement that begins so is for the reader to do, whatever it says of notifications after that."""
_EXCLUDES = re.compile(
    r"\b(?:excluding|except(?:ing)?(?: for)?|but not|other than|apart from|nothing|not (?:for|on|in|under|including))\b"
    r"\s*(?P<what>[^.,;:)]*(?:\.\w[^.,;:)]*)*)",
    re.IGNORECASE,
)
_ASKING = """
    ask question speak talk tell contact reach know need want get help support run own owner maintain look after
    team channel queue person people somebody someone anybody anyone nobody app application service tool repo repository
    gem library package plugin extension component widget bot script codebase project api cli website dashboard
"""
"""Words by which people ask, and words for software of any kind: they say nothing of the matter."""
_CHANNEL = re.compile(r"\b(channel|slack|post|announce)\b", re.IGNORECASE)


def features(hit: Hit, question: Question, book: AddressBook) -> dict[str, float]:
    """What speaks for a statement: nearness of its text, topic, section and page, and how its kind fits the
    question's. Cosines -1 to 1, word coverages 0 to 1, the rest 0 or 1."""
    fact, asked = hit.fact, question.own_words
    first = fact.contacts[0]
    return {
        "best cosine": max(hit.text.cosine, hit.topic.cosine),
        "best words": max(hit.text.words, hit.topic.words),
        "section cosine": hit.section.cosine,
        "section words": hit.section.words,
        "page cosine": hit.page.cosine,
        "page words": hit.page.words,
        "is a responsibility": float(fact.relation == "does"),
        "is a queue": float(fact.relation == "queue"),
        "can be reached": float(bool(first.address or book.find(first.name))),
        "tells the reader": float(bool(_TELLS.search(fact.topic))),
        "approval fits": float(question.approve and bool(_APPROVES.search(fact.topic))),
        "urgency fits": float(question.page_now and bool(_URGENT.search(fact.text))),
        "hours fit": float(question.out_of_hours and bool(_OUT_OF_HOURS.search(fact.text))),
        "ticket fits": float(fact.relation == "queue" and bool(_TICKET.search(asked))),
        "channel fits": float(bool(_CHANNEL.search(asked)) and _names_channel(fact)),
        "is a feed": float(_is_feed(fact.topic) and not question.alerts),
        "is excluded": float(_excludes(fact.topic, asked)),
    }


def _is_feed(statement: str) -> bool:
    """Whether a statement only tells where notices of machines appear."""
    return bool(_FEED.search(statement)) and not _ORDERS.match(statement)


def shares_words(fact: Fact, question: Question) -> bool:
    """Whether a statement, with its title, headings and introducing lines, has a word of what is asked about, or one
    that stands for it in the field, or both speak of urgency: likeness alone finds something for every question."""
    if question.page_now and _URGENT.search(fact.text):
        return True
    asked_about = [token for token in tokenize(question.text) if token not in _asking()]
    said = {*tokenize(fact.text), *tokenize(fact.place.title)}
    return not said.isdisjoint([*asked_about, *expansions(asked_about)])


@cache
def _asking() -> frozenset[str]:
    return frozenset(tokenize(_ASKING))


def _excludes(statement: str, asked: str) -> bool:
    """Whether a statement leaves out what the question asks about: "DNS, but not under example.org"."""
    left_out = _EXCLUDES.search(statement)
    if not left_out:
        return False
    rest = set(tokenize(_EXCLUDES.sub(" ", statement)))
    return bool((set(tokenize(left_out["what"])) - rest) & set(tokenize(_EXCLUDES.sub(" ", asked))))


def _names_channel(fact: Fact) -> bool:
    return any(contact.address.startswith("#") for contact in fact.contacts)


WEIGHTS: Mapping[str, float] = {
    "best cosine": 1.0,
    "best words": 0.8,
    "section cosine": 0.3,
    "section words": 0.4,
    "page cosine": 0.25,
    "page words": 0.3,
    "is a responsibility": 0.12,
    "is a queue": -0.05,
    "can be reached": 0.06,
    "tells the reader": 0.05,
    "approval fits": 0.10,
    "urgency fits": 0.06,
    "hours fit": 0.20,
    "ticket fits": 0.25,
    "channel fits": 0.12,
    "is a feed": -0.20,
    "is excluded": -0.60,
}
"""Set by hand: what a statement is about counts most, what stands around it less, its kind least. Weights learned
from the paraphrases (listwise softmax) ranked those better, and the questions of another manual worse."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Probabilities by a sigmoid of what the best statement shows (`signs` in ranking.py): an intercept and one factor
    for each. Source of the method: Platt (1999)."""

    answerable: Sequence[float]
    """That the manual says who, at all."""
    right: Sequence[float]
    """That the best statement names them."""

    def is_answerable(self, signs: Sequence[float]) -> float:
        return _sigmoid(self.answerable, signs)

    def is_right(self, signs: Sequence[float]) -> float:
        return _sigmoid(self.right, signs)


def score(given: Mapping[str, float], weights: Mapping[str, float] = WEIGHTS) -> float:
    """The weighted sum of a statement's features."""
    return sum(weight * given[name] for name, weight in weights.items())


def _sigmoid(factors: Sequence[float], signs: Sequence[float]) -> float:
    intercept, *rest = factors
    return 1.0 / (1.0 + math.exp(-(intercept + sum(f * s for f, s in zip(rest, signs, strict=True)))))


@cache
def calibrated() -> Calibration:
    """The calibration that comes with the package."""
    said = json.loads(files("assistant").joinpath(FILE).read_text(encoding="utf-8"))
    return Calibration(said["answerable"], said["right"])
