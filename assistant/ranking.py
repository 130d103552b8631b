"""Statements and pages in the order in which they answer a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from assistant.retrieve import Floats, Found, Hit, Hits
from assistant.traits import TraitBook
from assistant.understand import Question
from assistant.weights import WEIGHTS, Asked, Part, Scale, calibrated, shares_matter, shares_words
from ingest.relations import STATEMENTS
from ingest.values import Fact

_OWNER = re.compile(
    r"(?:the |an? )?(?:\w+ ){0,2}(?:owners?|owning team|responsible (?:team|department))\b", re.IGNORECASE
)


MET = 0.32
"""Least cosine of a statement that has no word of the matter, for it to answer: in a small manual something is always
best, and nothing comes second."""
MET_BARE = 0.45
"""The same where the question is a matter in a few words, "who do I ask about lesson plans?": a statement worded alike
("Ask in #c about language courses") is near it whatever its matter."""
_TOGETHER = 8
"""Statements that are read in one go."""
_ROUNDED = 1e-9
"""By how much two sums of the same numbers may differ."""


class Ranked(NamedTuple):
    """A statement with its score among all statements found."""

    hit: Hit
    fact: Fact
    score: float


class Statements(Sequence[Ranked]):
    """Statements, best first, sorted lazily: one is read and weighed only when its upper bound could put it next, as an
    answer looks at the first few. Source of the method: Fagin, Lotem and Naor (2001)."""

    def __init__(self, hits: Hits, most: Floats, weigh: Callable[[Hits], Iterator[Ranked]]) -> None:
        """`most` bounds the score of each hit's statement; `weigh` leaves out what is no answer."""
        order = np.argsort(-most, kind="stable")
        self._hits, self._most = hits.take(order), most[order]
        self._weigh = weigh
        self._weighed = 0
        self._waiting: list[tuple[float, str, int, str, Ranked]] = []
        self._ranked: list[Ranked] = []

    @overload
    def __getitem__(self, place: int) -> Ranked: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Ranked]: ...
    def __getitem__(self, place: int | slice) -> Ranked | Sequence[Ranked]:
        while (isinstance(place, slice) or place < 0 or place >= len(self._ranked)) and self._rank_next():
            pass
        return self._ranked[place]

    def __bool__(self) -> bool:
        return bool(self._ranked) or self._rank_next()

    def __len__(self) -> int:
        return len(self[:])

    def among(self, rows: NDArray[np.int32]) -> Statements:
        """Those of the facts in these rows, in the same order."""
        some = np.isin(self._hits.rows, rows)
        return Statements(self._hits.take(some), self._most[some], self._weigh)

    def _rank_next(self) -> bool:
        """Put the next one in its place; False when all are."""
        while not self._is_next_certain():
            some = slice(self._weighed, self._weighed + _TOGETHER)
            for one in self._weigh(self._hits.take(some)):
                heappush(self._waiting, (-one.score, one.fact.place.path, one.fact.place.first, one.fact.id, one))
            self._weighed = some.stop
        if self._waiting:
            self._ranked.append(heappop(self._waiting)[-1])
            return True
        return False

    def _is_next_certain(self) -> bool:
        """Whether nothing that is not weighed yet can come before the best that waits."""
        if self._weighed >= len(self._hits):
            return True
        return bool(self._waiting) and -self._waiting[0][0] > self._most[self._weighed] + _ROUNDED


@dataclass(frozen=True, slots=True)
class Ranking:
    """Statements, best first; how likely the manual answers at all, and the first one rightly."""

    statements: Statements
    answerable: float
    right: float
    signs: tuple[float, ...] = ()
    """What the best statement shows (`signs`); empty where there is none."""
    parts: Callable[[Ranked], Sequence[Part]] = lambda _: ()
    """The score of one of the statements, taken apart by what gave it."""

    @property
    def best(self) -> Ranked | None:
        return self.statements[0] if self.statements else None

    @property
    def near(self) -> float:
        """How likely the first one is right by what it says, however few there are beside it."""
        calibration = calibrated()
        return calibration.is_right(self.signs, calibration.statements) if self.signs else 0.0

    @property
    def lead(self) -> float:
        """How far the best statement lies before the next one that names another contact, at most 1."""
        return _lead(self.statements) if self.statements else 0.0


def rank(found: Found, question: Question, traits: TraitBook, weights: Mapping[str, float] = WEIGHTS) -> Ranking:
    """Rank the statements among the facts found."""
    calibration = calibrated()
    scale = Scale(Asked(question, traits.titles), weights)
    hits = found.facts.of(STATEMENTS)
    near = scale.near(hits)
    near_of = dict(zip(hits.rows.tolist(), near.tolist(), strict=True))

    def weigh(some: Hits) -> Iterator[Ranked]:
        for hit, fact in zip(some, some.facts(), strict=True):
            if fact.contacts and not _goes_round(fact, question):
                yield Ranked(hit, fact, scale.score(near_of[hit.row], traits.of(fact)))

    def parts(one: Ranked) -> Sequence[Part]:
        return scale.parts(hits.take(hits.rows == one.hit.row), traits.of(one.fact))

    ranked = Statements(hits, scale.at_most(hits, near), weigh)
    if not ranked:
        return Ranking(ranked, 0.0, 0.0)
    shown = signs(ranked, question, traits)
    best = ranked[0].fact
    least = MET_BARE if question.bare else MET
    met = shown[2] >= least or shares_matter(best, question, traits.of(best))
    answerable = calibration.is_answerable(shown) if met else 0.0
    return Ranking(ranked, answerable, calibration.is_right(shown, traits.statements), shown, parts)


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
    shown, far = best.fact.contacts[0].shown, best.score - 1.0
    rival = next((r.score for r in ranked if r.fact.contacts[0].shown != shown or r.score <= far), far)
    return min(1.0, best.score - rival)


def best_page(found: Found) -> tuple[int, float] | None:
    """The row of the owner of the page found that scores most (of equal ones, the first by its path), and that score:
    its best passage, and its title beside that. None where no page found has an owner."""
    owners = found.owned.owners.tolist()
    if not owners:
        return None
    owns = found.facts.of(("owns page",))
    titles = dict(zip(owns.rows.tolist(), owns.evidence[:, 0:2].sum(axis=1).tolist(), strict=True))
    scores = found.owned.scores + np.array([titles.get(owner, 0.0) for owner in owners])
    best = int(np.argmax(scores))
    return owners[best], float(scores[best])
