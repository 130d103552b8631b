"""Which rows and columns the tables of a run have; the page, the summary and the terminal show the same ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.scoring.away import COLUMNS, MACRO, Away
from eval.scoring.risk import RISKS, SURE, Risk
from eval.scoring.totals import TOTAL, Rate, Table

Figures = tuple[list[str], list[list[str]]]
"""A table's head and its rows, as they are shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: what it is about, its rates by column (those that apply), and whether it stands out."""

    name: str
    rates: Mapping[str, Rate]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of rates; `head` is the name of the column that names the rows."""

    head: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def by_kind(rates: Table, columns: Sequence[str]) -> Grid:
    """A row a kind, the total last; of the columns those in which anything stands. "manual of 5" is before "of 10"."""
    kinds = [*sorted((kind for kind in rates if kind != TOTAL), key=_counting), *([TOTAL] if TOTAL in rates else [])]
    return _grid("kind", columns, [Line(kind, rates[kind], kind == TOTAL) for kind in kinds])


def side_by_side(ours: Table, baselines: Mapping[str, Table], columns: Sequence[str]) -> Grid:
    """The totals of the assistant above those of each baseline."""
    others = [Line(name, table[TOTAL]) for name, table in baselines.items()]
    return _grid("answered by", columns, [Line("whodoiask", ours[TOTAL], strong=True), *others])


def on_other_manuals(away: Away) -> Grid:
    """A row for each manual and each half of its questions, and for the means."""
    rows = [Line(name, rates, strong=name.startswith(MACRO)) for name, rates in away.table.items()]
    return _grid("manual", COLUMNS, rows)


def told_by_confidence(risks: Mapping[str, tuple[float | None, Risk | None]]) -> Figures:
    """What a stated confidence is worth, a row for each set of answers: its calibration error, and its risk."""
    covered = [f"covered at {most:.0%} risk" for most in RISKS]
    head = ["answers to", "n", "calibration error", *covered, "area", f"named at {SURE:g}", "of these wrong"]
    return head, [[name, *_figures(error, risk)] for name, (error, risk) in risks.items()]


def _figures(error: float | None, risk: Risk | None) -> list[str]:
    told = "–" if error is None else f"{error:.3f}"
    if risk is None:
        return ["–", told, *["–"] * (len(RISKS) + 3)]
    wrong = f"{risk.wrong_when_sure / risk.sure:.3f}" if risk.sure else "–"
    return [str(risk.asked), told, *(f"{c:.3f}" for c in risk.coverage), f"{risk.area:.3f}", str(risk.sure), wrong]


def _counting(kind: str) -> list[str | int]:
    """A key by which numbers in a name count as numbers."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", kind)]


def _grid(head: str, columns: Sequence[str], lines: Sequence[Line]) -> Grid:
    used = tuple(column for column in columns if any(column in line.rates for line in lines))
    return Grid(head, used, tuple(lines))
