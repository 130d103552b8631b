"""The report that a person opens: one HTML file with everything in it, nothing asked of the network.

The room's one door to Jinja: every text is escaped, whoever wrote it. Only the charts come as HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2

from eval.gate.compare import Change, Comparison
from eval.generated.metamorphic import FORMS, by_form
from eval.report import charts
from eval.report.grids import by_kind, on_other_manuals, side_by_side, told_by_confidence
from eval.report.run_files import Run
from eval.scoring.rows import METRICS
from eval.scoring.totals import TOTAL, WRONG_REFERRAL, Rate, Totals, left_out

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).resolve().parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TILES = {
    "All right": "all right",
    "Outcome": "outcome",
    "Right contact first": "contact@1",
    "Right page cited": "source",
    "Wrong referrals": WRONG_REFERRAL,
}
"""Measures over all questions, by what the report calls them at its top."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure at the top of the report, and what is written small below it."""

    name: str
    value: str
    below: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing; `svg` is HTML."""

    title: str
    svg: str


def page(run: Run) -> str:
    """The whole document."""
    found = run.totals
    return _TEMPLATES.get_template("report.html").render(
        run=run,
        tiles=list(_tiles(found)),
        charts=list(_charts(run)),
        changes=_changes(run.comparison) if run.comparison else (),
        by_kind=by_kind(found.rates, (*METRICS, WRONG_REFERRAL)),
        side_by_side=side_by_side(found.rates, found.baselines, METRICS) if found.baselines else None,
        metamorphic=by_kind(found.metamorphic, FORMS),
        failures=by_form(run.trials),
        away=on_other_manuals(run.away) if run.away else None,
        broken_away=_broken(run, "away"),
        confidence=told_by_confidence(run.risks),
        broken_kinds=_broken(run, "questions", "most"),
        broken_forms=_broken(run, "metamorphic"),
        left_out=left_out(found),
        settings=list(_flat(run.settings)),
    )


def _tiles(found: Totals) -> Iterator[Tile]:
    for name, metric in _TILES.items():
        if rate := found.rates[TOTAL].get(metric):
            yield Tile(name, f"{rate.value * 100:.1f} %", _within(rate))
    if found.calibration:
        yield Tile("Calibration error", f"{found.calibration.error:.3f}", "expected, ten bins")
    if found.latency:
        p50, p95 = found.latency.p50 * 1000, found.latency.p95 * 1000
        yield Tile("Time to an answer", f"{p50:.0f} ms", f"95 % within {p95:.0f} ms")


def _within(rate: Rate) -> str:
    return f"{rate.low * 100:.0f} to {rate.high * 100:.0f} %, of {rate.n}"


def _charts(run: Run) -> Iterator[Chart]:
    found = run.totals
    yield Chart("What was wanted and what came", charts.confusion_matrix(found.confusion))
    kinds = {kind: r["contact@1"] for kind, r in sorted(found.rates.items()) if kind != TOTAL and "contact@1" in r}
    if kinds:
        yield Chart("Right contact first, with 95 % intervals", charts.accuracy_by_kind(kinds))
    if found.calibration:
        yield Chart("Can its confidence be believed?", charts.reliability(found.calibration))
    if found.latency:
        yield Chart("How long an answer takes", charts.latency_histogram(list(run.seconds.values()), found.latency))


def _broken(run: Run, *sections: str) -> frozenset[tuple[str, str]]:
    """The kinds and measures whose limits are broken."""
    return frozenset((breach.kind, breach.metric) for breach in run.breaches if breach.section in sections)


def _changes(comparison: Comparison) -> list[Change]:
    """The answers that are not what they were, those that got worse first."""
    return sorted(comparison.changed, key=lambda change: (change.moved, change.id))


def _flat(said: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Nested settings as one list, their names joined by dots."""
    if not isinstance(said, dict):
        yield name, said
        return
    for key, value in said.items():
        yield from _flat(value, f"{name}.{key}" if name else str(key))
