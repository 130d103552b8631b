"""Floors drawn from a run: `python -m eval.floors RUN_FOLDER` prints a thresholds file a little below its figures."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path

from eval.folder import TOTALS, read_json
from eval.metamorphic import DELETED
from eval.scoring import GRADED, QUOTES
from eval.totals import EVIDENCE, TOTAL, WRONG_REFERRAL, Rate, Table, Totals

SLACK = 1
"""Questions of each kind that may get worse before the gate closes."""
STRICT = frozenset({"address", "grounded", QUOTES, EVIDENCE, DELETED})
"""Measures that may not fall at all: an old channel, an answer without proof, gold without evidence."""
GRADED_SLACK = 0.02
"""How far a mean that is no share may fall."""
CALIBRATION_SLACK = 0.05


def floors(found: Totals) -> str:
    """A thresholds file: for each measure a floor that `SLACK` more misses still pass, and none below that."""
    lines = ["# Floors of each measure by kind; `python -m eval.floors RUN_FOLDER` prints these from a run."]
    lines += _section("questions", found.rates)
    lines += _section("metamorphic", found.metamorphic)
    lines += ["", "# Ceilings, over all questions.", "[most]"]
    worst = found.rates[TOTAL].get(WRONG_REFERRAL)
    if worst:
        lines.append(f'"{WRONG_REFERRAL}" = {_up(worst.value + SLACK / worst.n)}')
    if found.calibration:
        lines.append(f'"calibration error" = {_up(found.calibration.error + CALIBRATION_SLACK)}')
    lines += ["", "# What fell short when these were drawn: a breach points at the others.", "[known]"]
    for table in (found.rates, found.metamorphic):
        lines += (f'"{m}" = {json.dumps(r.missed)}' for m, r in table.get(TOTAL, {}).items() if r.missed)
    return "\n".join(lines) + "\n"


def _section(name: str, table: Table) -> Iterator[str]:
    for kind, metrics in table.items():
        yield ""
        yield f'[{name}."{kind}"]'
        for metric, rate in metrics.items():
            if metric != WRONG_REFERRAL:
                yield f'"{metric}" = {_floor(metric, rate)}'


def _floor(metric: str, rate: Rate) -> str:
    slack = GRADED_SLACK if metric in GRADED else SLACK / rate.n * (metric not in STRICT)
    return f"{math.floor(max(0.0, rate.value - slack) * 1000) / 1000:.3f}"


def _up(value: float) -> str:
    return f"{math.ceil(value * 1000) / 1000:.3f}"


if __name__ == "__main__":
    sys.stdout.write(floors(read_json(Totals, Path(sys.argv[1]) / TOTALS)))
