"""What a stated confidence is worth: how many questions can be answered at a risk that one is ready to take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

RISKS = (0.02, 0.05)
"""Shares of wrong referrals at which coverage is told."""
SURE = 0.9
"""The confidence from which a reply is taken at its word."""


@dataclass(frozen=True, slots=True)
class Risk:
    """Of replies that name somebody: `asked` is the number of questions and `referrals` that of such replies;
    `coverage` has a share of the questions for each of `RISKS`; `area` is that under the risk-coverage curve (0: none
    is wrong); of the `sure` referrals, `wrong_when_sure` are wrong."""

    asked: int
    referrals: int
    coverage: tuple[float, ...]
    area: float
    sure: int
    wrong_when_sure: int


def risk(said: Sequence[tuple[float, bool]], asked: int) -> Risk | None:
    """`said` holds the confidence (0 to 1) of each reply that names somebody, and whether the first one named is right;
    `asked` is the number of all questions. None where nobody is named.

    Replies are kept from the surest down, those of one confidence together, as a threshold does. The risk of those
    kept is their share of wrong ones; coverage at a risk is the largest share of the questions that some threshold
    keeps at no more than it. Source of both: El-Yaniv and Wiener (2010), "On the foundations of noise-free selective
    classification". The area is the mean risk over the replies as they are kept one after the other (Geifman, Uziel
    and El-Yaniv 2019), every reply counted at the risk of its threshold.
    """
    if not said:
        return None
    best, area, kept, wrong = [0] * len(RISKS), 0.0, 0, 0
    for _, group in groupby(sorted(said, key=lambda each: -each[0]), key=itemgetter(0)):
        rights = [right for _, right in group]
        kept, wrong = kept + len(rights), wrong + rights.count(False)
        area += len(rights) * wrong / kept
        best = [kept if wrong <= most * kept else least for most, least in zip(RISKS, best, strict=True)]
    sure = [right for confidence, right in said if confidence >= SURE]
    coverage = tuple(each / asked for each in best)
    return Risk(asked, len(said), coverage, area / len(said), len(sure), sure.count(False))
