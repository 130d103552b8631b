"""From a question's gold and the reply to it, one row: every measure that applies, and what was missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from eval.answers.gold import Question
from eval.answers.replies import NOTHING, Pages, Reply
from eval.scoring import measures, proof, retrieval, support

Value = float | bool | None

OF_REPLY: Mapping[str, Callable[[Question, Reply], Value]] = {
    "outcome": measures.outcome,
    "contact@1": partial(measures.contact_at, 1),
    "contact@3": partial(measures.contact_at, 3),
    "contact mrr": measures.contact_reciprocal_rank,
    "address": measures.address,
    "all": measures.all_named,
    "ladder": measures.ladder_order,
    "source": measures.source,
    "source@1": partial(measures.source_at, 1),
    "source@3": partial(measures.source_at, 3),
    "never": measures.no_wrong_referral,
    "steps": measures.steps,
    "grounded": proof.grounded,
}
OF_PASSAGES: Mapping[str, Callable[[Sequence[str], Sequence[str]], Value]] = {
    "recall@5": partial(retrieval.recall_at, 5),
    "passage mrr": retrieval.reciprocal_rank,
    "ndcg@10": partial(retrieval.ndcg_at, 10),
}
QUOTES, SUPPORT = "quotes", "support"
OF_MANUAL: Mapping[str, Callable[[Reply, Path], Value]] = {QUOTES: proof.quotes, SUPPORT: support.support}
"""What is measured of a reply beside the manual's own files."""
RIGHT = "all right"
NEEDED = ("outcome", "contact@1", "all", "ladder", "source", "never", "steps", "grounded", QUOTES)
"""What an answer must get right, where it applies, to be all right. The rest only says how near it came."""
SHOWN_ONLY = frozenset({"address", "grounded", QUOTES, SUPPORT})
"""Measures of what an answer shows: where it shows nothing of the sort, they do not apply."""
METRICS = (*OF_REPLY, *OF_MANUAL, *OF_PASSAGES, RIGHT)
"""Every measure of a row, in the order of tables."""
GRADED = frozenset({"contact mrr", *OF_PASSAGES})
"""Measures that lie between 0 and 1; the others are one or the other."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Gold as a person reads it: the first spelling of each contact that would do."""

    outcome: str
    contacts: tuple[str, ...]
    never: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The reply as a person reads it in a table; `contacts` and `sources` in the order shown."""

    outcome: str
    contacts: tuple[str, ...]
    ladder: tuple[str, ...]
    sources: tuple[str, ...]
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Row:
    """One question scored. `scores` are from 0 to 1 and hold only what applies; `missed` names what was needed
    and wrong; `not_scored` gives a reason for what applies and could not be measured."""

    id: str
    kind: str
    question: str
    history: tuple[str, ...]
    wanted: Wanted
    shown: Shown
    scores: Mapping[str, float]
    missed: tuple[str, ...]
    not_scored: Mapping[str, str] = field(default_factory=dict)
    answered: bool = True

    @property
    def right(self) -> bool:
        return not self.missed


def score(gold: Question, reply: Reply | None, pages: Pages | None, manual: Path | None) -> Row:
    """The row of one question. No reply counts as a wrong one; no manual leaves the quotes unscored."""
    given = reply or NOTHING
    scores = {name: measure(gold, given) for name, measure in OF_REPLY.items()}
    not_scored: dict[str, str] = {}
    if manual is None:
        not_scored |= dict.fromkeys(OF_MANUAL, "the manual's folder is not at hand") if given.sources else {}
    else:
        scores |= {name: beside(given, manual) for name, beside in OF_MANUAL.items()}
    reason = _unrankable(gold, pages)
    for name, rank in OF_PASSAGES.items():
        if reason:
            not_scored[name] = reason
        elif pages:
            scores[name] = rank(pages.ranking, pages.findable)
    kept = {name: float(value) for name, value in scores.items() if value is not None}
    missed = tuple(name for name in NEEDED if kept.get(name, 1.0) < 1.0)
    kept[RIGHT] = float(not missed)
    return Row(
        id=gold.id,
        kind=gold.kind,
        question=gold.question,
        history=gold.history,
        wanted=_wanted(gold),
        shown=_shown(given),
        scores={name: kept[name] for name in METRICS if name in kept},
        missed=missed,
        not_scored=not_scored,
        answered=reply is not None,
    )


def score_all(
    questions: Sequence[Question],
    replies: Mapping[str, Reply],
    pages: Mapping[str, Pages],
    manual: Path | None,
) -> tuple[Row, ...]:
    """A row for every question, in order; replies and pages are by the question's id."""
    return tuple(score(q, replies.get(q.id), pages.get(q.id), manual) for q in questions)


def _unrankable(gold: Question, pages: Pages | None) -> str:
    """Why the passages found for a question cannot be measured, or "" where they can or nothing is to be found."""
    if not gold.pages:
        return ""
    if pages is None:
        return "the retriever was not asked"
    return "" if pages.findable else f"no passage is made of {', '.join(sorted(gold.pages))}"


def _wanted(gold: Question) -> Wanted:
    groups = gold.contacts_all if gold.outcome == "escalate" else gold.contacts_any
    return Wanted(gold.outcome, tuple(group[0] for group in groups), gold.contacts_never, gold.sources_any)


def _shown(reply: Reply) -> Shown:
    contacts = tuple(" ".join(dict.fromkeys(part for part in (c.name, c.address) if part)) for c in reply.contacts)
    return Shown(reply.outcome, contacts, reply.ladder, reply.pages, reply.rule, reply.confidence)
