"""The facts from which somebody who reads them may choose, whatever their ranking.

Five lists are made into one by their ranks (source of the method: Cormack, Clarke and Büttcher, 2009): the statements
as they are ranked, all that stands on the nearest pages, the owners of these pages, the nearest things of the register
with their owners, and who gets their alerts. What the question surely names comes first. Each contact gets one place
before any gets two: thirty statements of three teams leave less to choose from than one each of thirty.

With the first 30 so taken, the share of answerable questions for which one of them names the right contact first is
0.98, 0.96, 0.96, 1.00, 0.93 and 0.95 on the seen halves of six manuals' questions; of the 30 statements that rank
first it is 0.73, 0.94, 0.86, 0.92, 0.85 and 0.84.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from assistant.case import Case
from assistant.retrieve import Hits
from ingest.relations import Relation
from ingest.values import Fact

MOST = 30
"""Candidates that somebody is given to choose from."""
_DEPTH = 200
"""Places of each list that count."""
_SMOOTH = 20
"""What is added to each rank: how little the first place counts more than the second."""
_WEIGHTS = {"named": 2.0, "stated": 1.0, "on page": 1.0, "owns page": 0.5, "owns repo": 0.3, "gets alerts": 0.1}


def candidates(case: Case, most: int = MOST) -> tuple[Fact, ...]:
    """Up to `most` facts that name somebody and may answer the case, the likeliest first."""
    scores: dict[str, float] = defaultdict(float)
    facts: dict[str, Fact] = {}
    for name, listed in _lists(case):
        for rank, fact in enumerate(islice((fact for fact in listed if fact.contacts), _DEPTH)):
            scores[fact.id] += _WEIGHTS[name] / (_SMOOTH + rank)
            facts.setdefault(fact.id, fact)
    best_first = sorted(facts.values(), key=lambda fact: (-scores[fact.id], fact.place.path, fact.place.first, fact.id))
    firsts: dict[str, Fact] = {}
    for fact in best_first:
        firsts.setdefault(fact.contacts[0].shown.lower(), fact)
    taken = {fact.id for fact in firsts.values()}
    return (*firsts.values(), *(fact for fact in best_first if fact.id not in taken))[:most]


def _lists(case: Case) -> Iterator[tuple[str, Iterable[Fact]]]:
    found, records = case.found, case.found.facts.records
    yield "named", (thing.fact for thing in case.things)
    yield "stated", (ranked.fact for ranked in case.ranking.statements[:_DEPTH])
    yield "on page", (fact for fact in _read(case, found.on_pages.tolist()) if fact.relation not in ("rung", "step"))
    order = np.argsort(-found.owned.scores, kind="stable")[:_DEPTH]
    yield "owns page", records.facts_at(found.owned.owners[order].tolist())
    for relation in ("owns repo", "gets alerts"):
        yield relation, _nearest(found.facts, relation)


def _read(case: Case, rows: Sequence[int]) -> Iterator[Fact]:
    """The facts in some rows, read a few at a time."""
    for first in range(0, len(rows), _DEPTH):
        yield from case.found.facts.records.facts_at(rows[first : first + _DEPTH])


def _nearest(hits: Hits, relation: Relation) -> list[Fact]:
    """The facts of a relation, by their own text."""
    of_one = hits.of((relation,))
    order = np.argsort(-of_one.evidence[:, 0:2].sum(axis=1), kind="stable")[:_DEPTH]
    return of_one.take(order).facts()
