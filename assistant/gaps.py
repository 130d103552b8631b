"""What to write next: questions that the manual left unanswered or answered badly, alike ones together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.retrieve import HybridRetriever
from ingest.store.index import Index
from ingest.values import Place

if TYPE_CHECKING:
    from ingest.encoder.embedding import Vectors32

ALIKE = 0.6
"""Cosine similarity from which two questions count as one matter.

Of 42 pairs of paraphrases on 14 matters, 69 % lie above it; of 819 pairs across the matters, none does (the nearest
has 0.47). Among the 270 different questions of the gold set it still joins only 20, nearly all on one subject.
"""


@dataclass(frozen=True, slots=True)
class Missed:
    """A question that was not answered well: nobody was named, or the reader said that the answer did not help."""

    question: str
    unanswered: bool
    """Whether nobody was named; else somebody was, or the question was declined, and that did not help."""
    reason: str = ""
    at: str = ""
    """When (ISO 8601, all in one time zone)."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Missed questions on one matter."""

    question: str
    """The one most like all of them."""
    questions: tuple[str, ...]
    """Each wording once, most frequent first."""
    unanswered: int
    unhelpful: int
    reasons: tuple[tuple[str, int], ...]
    """What readers said was wrong, and how often; most frequent first."""
    last: str
    """When it was last asked."""
    nearest: Place | None
    """Where the manual comes nearest to it; None for an empty manual."""

    @property
    def times(self) -> int:
        return self.unanswered + self.unhelpful

    def to_json(self) -> dict[str, Any]:
        """The object that `gaps --json` lists."""
        return {
            "question": self.question,
            "times": self.times,
            "unanswered": self.unanswered,
            "unhelpful": self.unhelpful,
            "reasons": dict(self.reasons),
            "last": self.last,
            "questions": list(self.questions),
            "nearest": _page(self.nearest) if self.nearest else None,
        }


def gaps(index: Index, missed: Sequence[Missed]) -> tuple[Gap, ...]:
    """The gaps that the questions show, those asked most often first, then the latest.

    The order of `missed` changes nothing.
    """
    if not missed:
        return ()
    asked: dict[str, list[Missed]] = {}
    for one in missed:
        asked.setdefault(one.question, []).append(one)
    wordings = sorted(asked)
    times = np.array([len(asked[wording]) for wording in wordings], np.float32)
    groups = _groups(index.encoder.embed(wordings), times)
    retriever = HybridRetriever(index)
    found = [_gap([asked[wordings[i]] for i in group], retriever) for group in groups]
    found.sort(key=lambda gap: gap.question)
    found.sort(key=lambda gap: gap.last, reverse=True)
    return tuple(sorted(found, key=lambda gap: -gap.times))


def _groups(vectors: Vectors32, weights: Vectors32) -> list[list[int]]:
    """Rows of alike vectors, the most central of a group first.

    Shapes: (n, dimension) of unit vectors, and (n,). The row with the most alike rows about it, by weight, draws
    them together; then the same among those that are left. So no group strings together what is not alike.
    """
    likeness = vectors @ vectors.T
    alike = likeness >= ALIKE
    np.fill_diagonal(alike, val=True)
    left = np.ones(len(vectors), dtype=bool)
    crowd = alike @ weights
    groups = []
    while left.any():
        centre = int(np.where(left, crowd, -1).argmax())
        members = np.flatnonzero(alike[centre] & left)
        left[members] = False
        crowd -= alike[:, members] @ weights[members]
        # Rounded: sums of equal numbers in another order differ in the last bits.
        central = (likeness[np.ix_(members, members)] @ weights[members]).round(4)
        groups.append(members[np.argsort(-central, kind="stable")].tolist())
    return groups


def _gap(group: Sequence[Sequence[Missed]], retriever: HybridRetriever) -> Gap:
    """The gap of one group: for each wording, the most central first, all who asked with it."""
    everyone = [one for asked in group for one in asked]
    reasons = Counter(one.reason for one in everyone if one.reason)
    question = group[0][0].question
    passages = retriever.search(question).passages
    return Gap(
        question=question,
        questions=tuple(asked[0].question for asked in sorted(group, key=lambda a: (-len(a), a[0].question))),
        unanswered=sum(one.unanswered for one in everyone),
        unhelpful=sum(not one.unanswered for one in everyone),
        reasons=tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        last=max(one.at for one in everyone),
        nearest=passages[0].passage.place if passages else None,
    )


def _page(place: Place) -> dict[str, str]:
    return {
        "path": place.path,
        "title": place.title,
        "heading": place.heading,
        "url": place.url,
        "owner": place.owner,
    }
