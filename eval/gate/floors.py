"""Floors drawn from a run: `python -m eval.gate.floors RUN_FOLDER` prints a thresholds file a little below its figures.

With an earlier thresholds file as second argument, a floor of it that the run still reaches stays where it is.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from eval.answers.folder import AWAY_TOTALS, TOTALS, read_json
from eval.gate.limits import CALIBRATION, Limits, Thresholds, read_thresholds
from eval.generated.metamorphic import DELETED
from eval.scoring.away import MACRO, Away
from eval.scoring.rows import GRADED, QUOTES
from eval.scoring.totals import EVIDENCE, TOTAL, WRONG_REFERRAL, Rate, Table, Totals

SLACK = 1
"""Questions of each kind that may get worse before the gate closes."""
STRICT = frozenset({"address", "grounded", QUOTES, EVIDENCE, DELETED})
"""Measures that may not fall at all: an old channel, an answer without proof, gold without evidence."""
GRADED_SLACK = 0.02
"""How far a mean that is no share may fall."""
CALIBRATION_SLACK = 0.05


def floors(found: Totals, earlier: Thresholds | None = None, away: Away | None = None) -> str:
    """A thresholds file: for each measure a floor that `SLACK` more misses still pass, and none below that. Of the away
    sets the macro mean has floors, which `SLACK` more misses of every manual still pass."""
    before = earlier or Thresholds()
    lines = ["# Floors of each measure by kind; `python -m eval.gate.floors RUN_FOLDER` prints these from a run."]
    lines += _section("questions", found.rates, before.questions)
    lines += _section("metamorphic", found.metamorphic, before.metamorphic)
    lines += _of_macro(away, before.away) if away else ()
    lines += ["", "# Ceilings, over all questions.", "[most]"]
    worst = found.rates[TOTAL].get(WRONG_REFERRAL)
    if worst:
        lines.append(_ceiling(WRONG_REFERRAL, worst.value, SLACK / worst.n, before.most))
    if found.calibration:
        lines.append(_ceiling(CALIBRATION, found.calibration.error, CALIBRATION_SLACK, before.most))
    lines += ["", "# What fell short when these were drawn: a breach points at the others.", "[known]"]
    for table in (found.rates, found.metamorphic):
        lines += (f'"{m}" = {json.dumps(r.missed)}' for m, r in table.get(TOTAL, {}).items() if r.missed)
    return "\n".join(lines) + "\n"


def _section(name: str, table: Table, before: Limits) -> Iterator[str]:
    for kind, metrics in table.items():
        yield ""
        yield f'[{name}."{kind}"]'
        for metric, rate in metrics.items():
            if metric != WRONG_REFERRAL:
                yield f'"{metric}" = {_floor(metric, rate, before.get(kind, {}).get(metric, 0.0)):.3f}'


def _of_macro(away: Away, before: Limits) -> Iterator[str]:
    yield ""
    yield f'[away."{MACRO}"]'
    for metric, rate in away.table[MACRO].items():
        numbers = [away.table[name][metric].n for name in away.counted if metric in away.table[name]]
        slack = SLACK * sum(1 / n for n in numbers) / len(numbers) * (metric not in STRICT)
        yield f'"{metric}" = {_drawn(rate.value, slack, before.get(MACRO, {}).get(metric, 0.0)):.3f}'


def _floor(metric: str, rate: Rate, before: float) -> float:
    slack = GRADED_SLACK if metric in GRADED else SLACK / rate.n * (metric not in STRICT)
    return _drawn(rate.value, slack, before)


def _drawn(value: float, slack: float, before: float) -> float:
    """A floor so far below a value; an old one that it still reaches stays."""
    drawn = math.floor(max(0.0, value - slack) * 1000) / 1000
    return max(drawn, before) if value >= before else drawn


def _ceiling(metric: str, value: float, slack: float, before: Mapping[str, float]) -> str:
    drawn = math.ceil((value + slack) * 1000) / 1000
    old = before.get(metric, math.inf)
    return f'"{metric}" = {min(drawn, old) if value <= old else drawn:.3f}'


if __name__ == "__main__":
    run, *kept = map(Path, sys.argv[1:])
    away_totals = run / AWAY_TOTALS
    sys.stdout.write(
        floors(
            read_json(Totals, run / TOTALS),
            read_thresholds(kept[0]) if kept else None,
            read_json(Away, away_totals) if away_totals.is_file() else None,
        )
    )
