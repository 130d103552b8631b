"""Statements and pages in the order in which they answer a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assistant.ranker import WEIGHTS, Asked, calibrated, features, score, shares_words
from assistant.retrieve import Found, Hit
from assistant.traits import TraitBook
from assistant.understand import Question
from ingest.values import STATEMENTS, Fact

_OWNER = re.compile(
    r"(?:the |an? )?(?:\w+ ){0,2}(?:owners?|owning team|responsible (?:team|department))\b", re.IGNORECASE
)


class Ranked(NamedTuple):
    """A statement with its score among all statements found."""

    hit: Hit
    fact: Fact
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Statements, best first; how likely the manual answers at all, and the first one rightly."""

    statements: tuple[Ranked, ...]
    answerable: float
    right: float
    signs: tuple[float, ...] = ()
    """What the best statement shows (`signs`); empty where there is none."""

    @property
    def best(self) -> Ranked | None:
        return self.statements[0] if self.statements else None

    @property
    def lead(self) -> float:
        """How far the best statement lies before the next one that names another contact, at most 1."""
        return _lead(self.statements) if self.statements else 0.0


def rank(found: Found, question: Question, traits: TraitBook, weights: Mapping[str, float] = WEIGHTS) -> Ranking:
    """Rank the statements among the facts found."""
    calibration = calibrated()
    asked = Asked(question)
    factors = [weights[name] for name in WEIGHTS]
    statements = [(hit, hit.fact) for hit in found.facts if hit.relation in STATEMENTS]
    ranked = [
        Ranked(hit, fact, score(features(hit, asked, traits.of(fact)), factors))
        for hit, fact in statements
        if fact.contacts and not _goes_round(fact, question)
    ]
    ranked.sort(key=lambda r: (-r.score, r.fact.place.path, r.fact.place.first, r.fact.id))
    if not ranked:
        return Ranking((), 0.0, 0.0)
    shown = signs(ranked, question, traits)
    return Ranking(tuple(ranked), calibration.is_answerable(shown), calibration.is_right(shown), shown)


def _goes_round(fact: Fact, question: Question) -> bool:
    """Whether the statement answers who the owner is with "the owner"."""
    first = fact.contacts[0]
    return question.owns and question.thing and not first.address and bool(_OWNER.match(first.name))


def signs(ranked: Sequence[Ranked], question: Question, traits: TraitBook) -> tuple[float, ...]:
    """What the best statement shows of how sure it is: its score, its lead over the next statement with another
    contact (at most 1), its best cosine and word coverage, the cosines of its section and page, and whether it has
    a word in common with the question."""
    best = ranked[0]
    hit = best.hit
    return (
        best.score,
        _lead(ranked),
        max(hit.text.cosine, hit.topic.cosine),
        max(hit.text.words, hit.topic.words),
        hit.section.cosine,
        hit.page.cosine,
        float(shares_words(best.fact, question, traits.of(best.fact))),
    )


def _lead(ranked: Sequence[Ranked]) -> float:
    best = ranked[0]
    shown = best.fact.contacts[0].shown
    rival = next((r.score for r in ranked if r.fact.contacts[0].shown != shown), best.score - 1.0)
    return min(1.0, best.score - rival)


def best_page(found: Found) -> tuple[int, float] | None:
    """The row of the owner of the page found that scores most, and that score: its best passage, and its title beside
    that. None where no page found has an owner."""
    titles = {hit.row: hit.text.total for hit in found.facts if hit.relation == "owns page"}
    scored = [(found.pages[path].total + titles.get(row, 0.0), path, row) for path, row in found.owners.items()]
    score, _, row = min(scored, key=lambda page: (-page[0], page[1]), default=(0.0, "", None))
    return (row, score) if row is not None else None
