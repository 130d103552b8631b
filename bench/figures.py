"""Measured values, what stands for them, and whether they are good enough."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

Unit = Literal["s", "MB", "1/s", ""]
Verdict = Literal["met", "MISSED", "not measured", ""]
T = TypeVar("T")
_HALF = 0.674
"""Standard deviations to both sides that hold half of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One value that stands for `count` measured ones; `low` and `high` are the quartiles."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: ours beside theirs.

    `bar` is the most that the ratio of the two may be or, where there is nothing to compare with, the value itself.
    `ours` is None where the row was left out.
    """

    group: str
    what: str
    ours: Spread | None
    unit: Unit = "s"
    theirs: Spread | None = None
    against: str = ""
    """What `theirs` are."""
    bar: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over theirs; None where one is missing."""
        if self.ours is None or self.theirs is None or self.theirs.value == 0:
            return None
        return self.ours.value / self.theirs.value

    @property
    def verdict(self) -> Verdict:
        """Whether the bar is met; "" where there is none."""
        if self.bar is None:
            return ""
        alone = self.ours.value if self.ours else None
        value = self.ratio if self.against else alone
        if value is None:
            return "not measured"
        return "met" if value <= self.bar else "MISSED"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share (0..1) of the values lies, between two neighbours by their distance.

    >>> percentile([1, 2, 3, 4], 0.5)
    2.5
    """
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (place - below) * (ranked[above] - ranked[below])


def middle(values: Sequence[float]) -> Spread:
    """The median of the values."""
    return Spread(statistics.median(values), percentile(values, 0.25), percentile(values, 0.75), len(values))


def tail(values: Sequence[float], share: float) -> Spread:
    """A percentile of the values, and between what it would lie every second time: its own quartiles, about."""
    off = _HALF * math.sqrt(share * (1 - share) / len(values))
    low, high = (percentile(values, min(1.0, max(0.0, share + side))) for side in (-off, off))
    return Spread(percentile(values, share), low, high, len(values))


def single(value: float) -> Spread:
    return Spread(value, value, value, 1)


def alternated(times: int, *measure: Callable[[int], T]) -> tuple[list[T], ...]:
    """What each function returned for 0, 1, …: they take turns, so that a busy minute falls on all of them."""
    found: tuple[list[T], ...] = tuple([] for _ in measure)
    for turn in range(times):
        for function, values in zip(measure, found, strict=True):
            values.append(function(turn))
    return found
