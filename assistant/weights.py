"""What speaks for a statement, weighed, and what that says of how sure the answer is.

The calibration stands in `calibration.json`, made by `python -m assistant.training.fit` from
`assistant/training/paraphrases.jsonl` and half of the starter manual's questions; nothing in it belongs to a question
or a page.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from assistant.phrases import TICKETS
from assistant.retrieve import Floats, Hits
from assistant.traits import Traits, identifiers, not_left_out, stems
from assistant.understand import Question
from ingest.facts.lexicon import nouns, plain, words
from ingest.relations import RELATIONS, Relation
from ingest.store.words import tokenize
from ingest.values import Fact

FILE = "calibration.json"

_TICKET = re.compile(rf"\b({TICKETS}|log (?:it|this|that)|pass(?:ed)? (?:it|this) on)\b", re.IGNORECASE)
_CAPITAL = re.compile(r"(?<=[\w,] )[A-Z][a-z]+\b")
_CHANNEL = re.compile(r"\b(channel|slack|post|announce)\b", re.IGNORECASE)


class Asked:
    """What a question asks of every statement, found once for all of them."""

    def __init__(self, question: Question, titles: Iterable[str] = ()) -> None:
        """`titles` are those of all pages with statements, as `stems` has them."""
        own = question.own_words
        self.approve, self.urgent, self.out_of_hours = question.approve, question.page_now, question.out_of_hours
        self.alerts, self.place = question.alerts, question.place
        self.ticket = bool(_TICKET.search(own))
        self.channel = bool(_CHANNEL.search(own))
        self.about = not_left_out(own)
        self.identifiers = identifiers(own)
        self.stems = stems(own)
        self.names_page = any(title in self.stems for title in titles)


def shares_words(fact: Fact, question: Question, traits: Traits) -> bool:
    """Whether a statement, with its title, headings and introducing lines, has a word of what is asked about, or one
    that stands for it in the field, or both speak of urgency: likeness alone finds something for every question."""
    return (question.page_now and traits.urgent) or _shares(fact, question, traits, _asking())


def shares_matter(fact: Fact, question: Question, traits: Traits) -> bool:
    """The same for words that name a matter: "about", "issue" and "page" name none."""
    return (question.page_now and traits.urgent) or _shares(fact, question, traits, general_stems())


def _shares(fact: Fact, question: Question, traits: Traits, but: frozenset[str]) -> bool:
    if any(re.search(rf"\b{name}\b", fact.text) for name in _called_like_things(question.text)):
        return True
    asked = [token for token in tokenize(question.text) if token not in _asking()]
    asked_about = [token for token in asked if token not in but] or asked
    said = {*tokenize(fact.text), *tokenize(fact.place.title)}
    return not said.isdisjoint([*asked_about, *traits.vocabulary.expansions(asked_about)])


def _called_like_things(text: str) -> list[str]:
    """What a text names by a word for any page or software, as its capital tells: "a hand with Pages"."""
    common = nouns("things", "pages") | nouns("things", "programs")
    return [name for name in _CAPITAL.findall(text) if name.lower() in common]


@cache
def _asking() -> frozenset[str]:
    """Those of asking, and of software of any kind: they say nothing of the matter."""
    return frozenset(tokenize(" ".join(plain("@asked.core @things.programs"))))


@cache
def general_stems() -> frozenset[str]:
    """The stems of words that name no matter: of asking, of help, of software of any kind."""
    return _asking() | frozenset(tokenize(" ".join(words("general", "words"))))


@dataclass(frozen=True, slots=True)
class Near:
    """A feature that retrieval knows of all statements at once: a column of what it found."""

    name: str
    weight: float
    column: Callable[[Hits], Floats]
    """Cosines (-1 to 1) or word coverages (0 to 1), shape (hits,)."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A feature of what a statement says of itself, beside what is asked."""

    name: str
    weight: float
    value: Callable[[Asked, Traits], float]
    """0 to 1."""
    bound: Callable[[Asked, Relation], float] = lambda _asked, _relation: 1.0
    """What the value cannot be above for any statement of a relation, known before the statement is read."""


NEAR: tuple[Near, ...] = (
    Near("best cosine", 1.0, lambda hits: hits.cosines),
    Near("best words", 0.8, lambda hits: hits.words),
    Near("section cosine", 0.3, lambda hits: hits.section_cosines),
    Near("section words", 0.4, lambda hits: hits.section_words),
    Near("page cosine", 0.25, lambda hits: hits.page_cosines),
    Near("page words", 0.3, lambda hits: hits.page_words),
)
FITS: tuple[Fit, ...] = (
    Fit("is a responsibility", 0.12, lambda _, said: said.responsibility, lambda _, relation: relation == "does"),
    Fit("is a queue", -0.05, lambda _, said: said.queue, lambda _, relation: relation == "queue"),
    Fit("can be reached", 0.06, lambda _, said: said.reachable),
    Fit("tells the reader", 0.05, lambda _, said: said.tells),
    Fit("approval fits", 0.10, lambda asked, said: asked.approve and said.approves, lambda asked, _: asked.approve),
    Fit("urgency fits", 0.06, lambda asked, said: asked.urgent and said.urgent, lambda asked, _: asked.urgent),
    Fit(
        "hours fit",
        0.20,
        lambda asked, said: asked.out_of_hours and said.out_of_hours,
        lambda asked, _: asked.out_of_hours,
    ),
    Fit(
        "ticket fits",
        0.25,
        lambda asked, said: said.queue and asked.ticket,
        lambda asked, relation: asked.ticket and relation == "queue",
    ),
    Fit("channel fits", 0.12, lambda asked, said: asked.channel and said.names_channel, lambda asked, _: asked.channel),
    Fit(
        "names it",
        0.25,
        lambda asked, said: not asked.identifiers.isdisjoint(said.identifiers),
        lambda asked, _: bool(asked.identifiers),
    ),
    Fit(
        "is on the page named",
        0.2,
        lambda asked, said: said.title.count(" ") > 2 and said.title in asked.stems,
        lambda asked, _: asked.names_page,
    ),
    Fit(
        "is who asks",
        -0.40,
        lambda asked, said: asked.place and bool(said.actor) and said.actor <= asked.about,
        lambda asked, _: asked.place,
    ),
    Fit("is a feed", -0.20, lambda asked, said: said.feed and not asked.alerts, lambda asked, _: not asked.alerts),
    Fit("is excluded", -0.60, lambda asked, said: not said.leaves_out.isdisjoint(asked.about)),
    Fit("is generic", -0.15, lambda _, said: said.generic),
    Fit("is set aside", -0.50, lambda _, said: said.set_aside),
)
"""What speaks for a statement, and what against it. The weights are set by hand: what a statement is about counts
most, what stands around it less, its kind least. Weights learned from the paraphrases (listwise softmax) ranked those
better, and the questions of another manual worse."""

_FEATURES: tuple[Near | Fit, ...] = (*NEAR, *FITS)
WEIGHTS: Mapping[str, float] = {feature.name: feature.weight for feature in _FEATURES}


@dataclass(frozen=True, slots=True)
class Part:
    """What one feature adds to a statement's score."""

    name: str
    weight: float
    value: float
    """What the feature finds: 0 to 1, of a cosine -1 to 1."""

    @property
    def worth(self) -> float:
        return self.weight * self.value


class Scale:
    """Weighs statements for one question."""

    def __init__(self, asked: Asked, weights: Mapping[str, float] = WEIGHTS) -> None:
        """`weights` has every feature's, by name."""
        self._asked = asked
        self._weights = weights
        self._near = [(weights[feature.name], feature.column) for feature in NEAR]
        self._fits: list[tuple[float, Callable[[Asked, Traits], float]]] = []
        gains = [0.0] * len(RELATIONS)
        for feature in FITS:
            weight = weights[feature.name]
            bounds = [feature.bound(asked, relation) for relation in RELATIONS]
            if any(bounds):
                self._fits.append((weight, feature.value))
            if weight > 0.0:
                gains = [gain + weight * most for gain, most in zip(gains, bounds, strict=True)]
        self._gains = np.array(gains)

    def near(self, hits: Hits) -> Floats:
        """What retrieval found for each statement, weighed, shape (hits,)."""
        total = np.zeros(len(hits))
        for weight, column in self._near:
            total += weight * column(hits)
        return total

    def score(self, near: float, traits: Traits) -> float:
        """A statement's score: its `near`, and how it fits the question."""
        asked = self._asked
        for weight, value in self._fits:
            near += weight * value(asked, traits)
        return near

    def parts(self, hit: Hits, traits: Traits) -> tuple[Part, ...]:
        """The score of the one statement in `hit`, taken apart: every feature's part, in the order of the tables."""
        near = [Part(feature.name, self._weights[feature.name], float(feature.column(hit)[0])) for feature in NEAR]
        fits = [
            Part(feature.name, self._weights[feature.name], float(feature.value(self._asked, traits)))
            for feature in FITS
        ]
        return (*near, *fits)

    def at_most(self, hits: Hits, near: Floats) -> Floats:
        """What no `score` can be above, whatever the statement says, shape (hits,)."""
        most: Floats = near + self._gains[hits.relations]
        return most


LEAD = 1
"""The place of the lead among the signs."""
RIVALS = 0.2
"""What a deviation of the best of fewer statements takes from the lead. Of 0 to 0.4 it fits best (log loss) halves of
the questions of six manuals of 107 to 1,329 statements, and of thirteen of 10 to 61, taken together."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Probabilities by a sigmoid of what the best statement shows (`signs` in ranking.py): an intercept and one factor
    for each. Source of the method: Platt (1999)."""

    answerable: Sequence[float]
    """That the manual says who, at all."""
    right: Sequence[float]
    """That the best statement names them."""
    statements: int
    """How many statements the manual has that it was fitted on."""

    def is_answerable(self, signs: Sequence[float]) -> float:
        return _sigmoid(self.answerable, signs)

    def is_right(self, signs: Sequence[float], statements: int) -> float:
        """`statements` is how many the manual has: where few compete, a lead over the next one is worth less. The best
        of n lies about sqrt(2 ln n) deviations above their mean (extreme values: Fisher and Tippett 1928)."""
        fewer = max(0.0, _best_of(self.statements) - _best_of(statements))
        shown = [sign - RIVALS * fewer if place == LEAD else sign for place, sign in enumerate(signs)]
        return _sigmoid(self.right, shown)


def _best_of(n: int) -> float:
    return math.sqrt(2.0 * math.log(max(n, 2)))


def _sigmoid(factors: Sequence[float], signs: Sequence[float]) -> float:
    intercept, *rest = factors
    return 1.0 / (1.0 + math.exp(-(intercept + sum(f * s for f, s in zip(rest, signs, strict=True)))))


@cache
def calibrated() -> Calibration:
    """The calibration that comes with the package."""
    said = json.loads(files("assistant").joinpath(FILE).read_text(encoding="utf-8"))
    return Calibration(said["answerable"], said["right"], said["statements"])
