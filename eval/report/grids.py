"""Which rows and columns the tables of a run have; the page, the summary and the terminal show the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.scoring.totals import TOTAL, Rate, Table


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
    """A row a kind, the total last; of the columns those in which anything stands."""
    kinds = [*sorted(kind for kind in rates if kind != TOTAL), *([TOTAL] if TOTAL in rates else [])]
    return _grid("kind", columns, [Line(kind, rates[kind], kind == TOTAL) for kind in kinds])


def side_by_side(ours: Table, baselines: Mapping[str, Table], columns: Sequence[str]) -> Grid:
    """The totals of the assistant above those of each baseline."""
    others = [Line(name, table[TOTAL]) for name, table in baselines.items()]
    return _grid("answered by", columns, [Line("whodoiask", ours[TOTAL], strong=True), *others])


def _grid(head: str, columns: Sequence[str], lines: Sequence[Line]) -> Grid:
    used = tuple(column for column in columns if any(column in line.rates for line in lines))
    return Grid(head, used, tuple(lines))
