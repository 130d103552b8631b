"""Away sets added up: each manual by itself and by halves, the mean over the manuals, all their answers together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.scoring.calibration import Calibration, calibration
from eval.scoring.halves import halves
from eval.scoring.intervals import stratified
from eval.scoring.risk import Risk
from eval.scoring.rows import RIGHT, SUPPORT, Row
from eval.scoring.totals import Rate, Table, risk_of, share

COLUMNS = ("contact@1", "contact@3", "outcome", "source", SUPPORT, RIGHT)
MACRO = "macro mean"
"""What stands for the mean over the manuals, in which each counts alike however many its questions are."""
SEEN, UNREAD = "seen", "unread"
PARTS = ("", SEEN, UNREAD)
"""All questions of a set, the half whose misses may be read, and the half whose misses nobody reads."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The answers of all manuals that count, put together."""

    questions: int
    calibration: Calibration | None
    risk: Risk | None


@dataclass(frozen=True, slots=True)
class Away:
    """`counted` are the manuals that are part of the means; `table` has a line for each manual and each of its halves,
    and for the macro means; `pools` has one entry for each part of the sets."""

    counted: tuple[str, ...]
    table: Table
    pools: Mapping[str, Pool]


def away(sets: Mapping[str, tuple[Sequence[Row], bool]]) -> Away:
    """`sets` are the rows of each set, by its name, and whether it counts in the means."""
    parts = {name: _parts(rows) for name, (rows, _) in sets.items()}
    table = {line(name, part): _rates(name, rows[part]) for name, rows in parts.items() for part in PARTS}
    counted = tuple(name for name, (_, counts) in sets.items() if counts)
    if counted:
        table |= {line(MACRO, part): _macro({name: parts[name][part] for name in counted}) for part in PARTS}
    pooled = {part: [row for name in counted for row in parts[name][part]] for part in PARTS}
    return Away(counted, table, {part: _pool(rows) for part, rows in pooled.items() if rows})


def line(name: str, part: str) -> str:
    """What a line of the table is called: "tts", "tts, unread"."""
    return f"{name}, {part}" if part else name


def _parts(rows: Sequence[Row]) -> dict[str, list[Row]]:
    seen, unread = halves([row.id for row in rows])
    return {
        "": list(rows),
        SEEN: [row for row in rows if row.id in seen],
        UNREAD: [row for row in rows if row.id in unread],
    }


def _rates(name: str, rows: Sequence[Row]) -> dict[str, Rate]:
    values = {column: _values(name, rows, column) for column in COLUMNS}
    return {column: share({id_: value == 1.0 for id_, value in of.items()}) for column, of in values.items() if of}


def _values(name: str, rows: Sequence[Row], column: str) -> dict[str, float]:
    """By ids that are the set's own: two sets may have a question of the same id."""
    return {f"{name}/{row.id}": row.scores[column] for row in rows if column in row.scores}


def _macro(sets: Mapping[str, Sequence[Row]]) -> dict[str, Rate]:
    found: dict[str, Rate] = {}
    for column in COLUMNS:
        groups = [values for name, rows in sets.items() if (values := _values(name, rows, column))]
        if groups:
            mean, low, high = stratified([list(values.values()) for values in groups])
            missed = tuple(id_ for values in groups for id_, value in values.items() if value < 1.0)
            found[column] = Rate(mean, sum(map(len, groups)), low, high, missed)
    return found


def _pool(rows: Sequence[Row]) -> Pool:
    answered = [(row.shown.confidence, row.right) for row in rows if row.answered]
    return Pool(len(rows), calibration(answered), risk_of(rows))
