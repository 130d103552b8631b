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
from operator import mul

import numpy as np

from assistant.retrieve import Floats, Hits
from assistant.traits import Traits, not_left_out
from assistant.understand import Question
from assistant.vocabulary import expansions
from ingest.store.words import tokenize
from ingest.values import RELATIONS, Fact, Relation

FILE = "calibration.json"

_TICKET = re.compile(
    r"\b(tickets?|queue|zendesk|jira|log (?:it|this|that)|triage|reassign|pass(?:ed)? (?:it|this) on)\b", re.IGNORECASE
)
_ASKING = """
    ask question speak talk tell contact reach know need want get help support run own owner maintain look after
    team channel queue person people somebody someone anybody anyone nobody app application service tool repo repository
    gem library package plugin extension component widget bot script codebase project api cli website dashboard
"""
"""Words by which people ask, and words for software of any kind: they say nothing of the matter."""
_CHANNEL = re.compile(r"\b(channel|slack|post|announce)\b", re.IGNORECASE)


class Asked:
    """What a question asks of every statement, found once for all of them."""

    def __init__(self, question: Question) -> None:
        own = question.own_words
        self.approve, self.urgent, self.out_of_hours = question.approve, question.page_now, question.out_of_hours
        self.alerts = question.alerts
        self.ticket = bool(_TICKET.search(own))
        self.channel = bool(_CHANNEL.search(own))
        self.about = not_left_out(own)


def features(nearness: Sequence[float], asked: Asked, traits: Traits) -> tuple[float, ...]:
    """What speaks for a statement, in the order of `WEIGHTS`: nearness of its text, topic, section and page (as in
    `Hits`), and how its kind fits the question's. Cosines -1 to 1, word coverages 0 to 1, the rest 0 or 1."""
    return (*nearness, *_fitness(asked, traits))


def at_most(hits: Hits, asked: Asked, weights: Sequence[float]) -> Floats:
    """What no `score` can be above, whatever the statement says, shape (hits,); weights as for `score`."""
    kinds = [max(0.0, weight) for weight in weights[-len(_possible("does", asked)) :]]
    gains = np.array([score(_possible(relation, asked), kinds) for relation in RELATIONS])
    near = np.array(weights[: -len(kinds)])
    bounds: Floats = (hits.nearness * near).sum(axis=1) + gains[hits.relations]
    return bounds


def _fitness(asked: Asked, traits: Traits) -> tuple[float, ...]:
    return (
        traits.responsibility,
        traits.queue,
        traits.reachable,
        traits.tells,
        asked.approve and traits.approves,
        asked.urgent and traits.urgent,
        asked.out_of_hours and traits.out_of_hours,
        traits.queue and asked.ticket,
        asked.channel and traits.names_channel,
        traits.feed and not asked.alerts,
        not traits.leaves_out.isdisjoint(asked.about),
        traits.set_aside,
    )


def _possible(relation: Relation, asked: Asked) -> tuple[float, ...]:
    """The highest that each part of `_fitness` can be for a statement of that relation."""
    queue = relation == "queue"
    return (
        relation == "does",
        queue,
        True,
        True,
        asked.approve,
        asked.urgent,
        asked.out_of_hours,
        queue and asked.ticket,
        asked.channel,
        not asked.alerts,
        True,
        True,
    )


def shares_words(fact: Fact, question: Question, traits: Traits) -> bool:
    """Whether a statement, with its title, headings and introducing lines, has a word of what is asked about, or one
    that stands for it in the field, or both speak of urgency: likeness alone finds something for every question."""
    if question.page_now and traits.urgent:
        return True
    asked_about = [token for token in tokenize(question.text) if token not in _asking()]
    said = {*tokenize(fact.text), *tokenize(fact.place.title)}
    return not said.isdisjoint([*asked_about, *expansions(asked_about)])


@cache
def _asking() -> frozenset[str]:
    return frozenset(tokenize(_ASKING))


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
    "is set aside": -0.50,
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


def score(given: Sequence[float], weights: Sequence[float]) -> float:
    """The weighted sum of a statement's features."""
    total: float = sum(map(mul, weights, given))
    return total


def _sigmoid(factors: Sequence[float], signs: Sequence[float]) -> float:
    intercept, *rest = factors
    return 1.0 / (1.0 + math.exp(-(intercept + sum(f * s for f, s in zip(rest, signs, strict=True)))))


@cache
def calibrated() -> Calibration:
    """The calibration that comes with the package."""
    said = json.loads(files("assistant").joinpath(FILE).read_text(encoding="utf-8"))
    return Calibration(said["answerable"], said["right"])
