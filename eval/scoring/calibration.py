"""Whether a stated confidence can be taken at its word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose confidence lies in (low, high]: how many, their mean confidence, the share that was right."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The expected calibration error and the bins behind it (empty ones left out)."""

    error: float
    bins: tuple[Bin, ...]


def calibration(said: Sequence[tuple[float, bool]], bins: int = BINS) -> Calibration | None:
    """Expected calibration error over bins of equal width (Naeini, Cooper and Hauskrecht 2015; as in Guo, Pleiss, Sun
    and Weinberger 2017).

    `said` holds each answer's confidence (0 to 1) and whether it was right. The error is the mean distance between
    confidence and the share right, each bin weighted by its answers. None without answers.
    """
    if not said:
        return None
    groups: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in said:
        # round: 0.7 * 10 is a hair above 7, and would open the next bin.
        number = min(bins - 1, max(0, -int(-round(confidence * bins, 9) // 1) - 1))
        groups.setdefault(number, []).append((confidence, right))
    made = tuple(_bin(number, groups[number], bins) for number in sorted(groups))
    error = sum(b.n * abs(b.confidence - b.right) for b in made) / len(said)
    return Calibration(error, made)


def _bin(number: int, members: Sequence[tuple[float, bool]], bins: int) -> Bin:
    n = len(members)
    return Bin(
        low=number / bins,
        high=(number + 1) / bins,
        n=n,
        confidence=sum(confidence for confidence, _ in members) / n,
        right=sum(right for _, right in members) / n,
    )
