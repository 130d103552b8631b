"""The gate: floors (and ceilings) for each measure and kind, and what falls below them."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field

from assistant.errors import UserError
from assistant.outside import read_as
from eval.scoring.away import Away
from eval.scoring.rows import SHOWN_ONLY
from eval.scoring.totals import TOTAL, Rate, Table, Totals

CALIBRATION = "calibration error"
_TOLERANCE = 5e-4
"""Figures are read to three decimals, and a floor of 0.667 means two thirds."""

_Limit = Annotated[float, Field(strict=True, ge=0)]
Limits = Mapping[str, Mapping[str, _Limit]]
"""Kind to measure to limit; the kind TOTAL is all questions."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`questions`, `metamorphic` and `away` are floors; `most` are ceilings, on all questions together. `known` are the
    ids that fell short of each measure when the floors were drawn, so that a breach can point at the others."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    questions: Limits = field(default_factory=dict)
    metamorphic: Limits = field(default_factory=dict)
    away: Limits = field(default_factory=dict)
    most: Mapping[str, _Limit] = field(default_factory=dict)
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        floors = (*self.questions.values(), *self.metamorphic.values(), *self.away.values())
        return sum(len(kind) for kind in floors) + len(self.most)


@dataclass(frozen=True, slots=True)
class Breach:
    """A figure on the wrong side of its limit (None: nothing was measured), and the questions that fell short;
    `known` of them did so already when the limits were drawn."""

    section: str
    kind: str
    metric: str
    value: float | None
    limit: float
    questions: tuple[str, ...]
    known: tuple[str, ...] = ()

    @property
    def blamed(self) -> tuple[str, ...]:
        """The questions that broke the limit: those that are new to falling short, or all where none is."""
        return tuple(id_ for id_ in self.questions if id_ not in self.known) or self.questions

    @property
    def sentence(self) -> str:
        """The breach without its questions."""
        where = f"{self.section} {self.kind}" if self.section in ("metamorphic", "away") else self.kind
        if self.value is None:
            return f"{where}: {self.metric} has a limit of {self.limit:.3f} and was not measured"
        side = "above the ceiling" if self.section == "most" else "below the floor"
        return f"{where}: {self.metric} is {self.value:.3f}, {side} of {self.limit:.3f}"

    def __str__(self) -> str:
        rest = len(self.questions) - len(self.blamed)
        more = f"; {rest} more were known" if rest else ""
        return f"{self.sentence} ({', '.join(self.blamed)}{more})" if self.questions else self.sentence


def read_thresholds(file: Path) -> Thresholds:
    """The limits of a TOML file; UserError for what is not one, naming the place."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"The thresholds {file} cannot be read ({error}): mend the file or name another.") from error
    return read_as(Thresholds, said, str(file))


def gate(found: Totals, thresholds: Thresholds, away: Away | None = None) -> tuple[Breach, ...]:
    """Every limit that the totals break, in the file's order; `away` are the sets on other manuals.

    A kind or measure that has a limit and was not measured breaks it: an empty set must not pass. What only exists
    where an answer shows something (proof of the contacts that it names) may be absent.
    """
    broken = (
        *_below("questions", found.rates, thresholds.questions),
        *_below("metamorphic", found.metamorphic, thresholds.metamorphic),
        # A mean over manuals falls short of 1 by a hundred questions, and names none that is to blame.
        *(replace(each, questions=()) for each in _below("away", away.table if away else {}, thresholds.away)),
        *_above(found, thresholds.most),
    )
    return tuple(_with_known(each, thresholds.known.get(each.metric, ())) for each in broken)


def _below(section: str, table: Table, floors: Limits) -> Iterator[Breach]:
    for kind, metrics in floors.items():
        for metric, floor in metrics.items():
            rate = table.get(kind, {}).get(metric)
            if rate is None and kind in table and _hinges_on_answers(metric):
                continue
            if rate is None:
                yield Breach(section, kind, metric, None, floor, ())
            elif rate.value < floor - _TOLERANCE:
                yield Breach(section, kind, metric, rate.value, floor, rate.missed)


def _hinges_on_answers(metric: str) -> bool:
    return metric in SHOWN_ONLY or metric.startswith("precision ")


def _above(found: Totals, ceilings: Mapping[str, float]) -> Iterator[Breach]:
    for metric, ceiling in ceilings.items():
        rate = _total(found, metric)
        if rate is None:
            yield Breach("most", TOTAL, metric, None, ceiling, ())
        elif rate.value > ceiling + _TOLERANCE:
            yield Breach("most", TOTAL, metric, rate.value, ceiling, rate.missed)


def _with_known(breach: Breach, known: Collection[str]) -> Breach:
    return replace(breach, known=tuple(id_ for id_ in breach.questions if id_ in known))


def _total(found: Totals, metric: str) -> Rate | None:
    """A measure over all questions, by the name that ceilings use."""
    if metric == CALIBRATION and found.calibration:
        return Rate(found.calibration.error, found.questions, 0.0, 1.0)
    if metric.startswith("latency ") and found.latency:
        value = {"p50": found.latency.p50, "p95": found.latency.p95}.get(metric.removeprefix("latency "))
        return None if value is None else Rate(value, found.questions, value, value)
    return found.rates.get(TOTAL, {}).get(metric)
