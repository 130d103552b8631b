"""From rows to totals: each measure over all questions and over each kind, with its interval and its misses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from eval.answers.gold import OUTCOMES
from eval.scoring import outcomes
from eval.scoring.calibration import Calibration, calibration
from eval.scoring.evidence import Lost
from eval.scoring.intervals import bootstrap, percentile, wilson
from eval.scoring.risk import Risk, risk
from eval.scoring.rows import GRADED, METRICS, Row

TOTAL = "TOTAL"
"""What stands for all kinds together."""
WRONG_REFERRAL = "wrong referral"
EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Rate:
    """A mean over `n` questions with its 95 % interval, and the ids of those that fell short of 1."""

    value: float
    n: int
    low: float
    high: float
    missed: tuple[str, ...] = ()


Table = Mapping[str, Mapping[str, Rate]]
"""Kind to measure to rate; what applies to no question of a kind is not in it."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from question to answer: nearest-rank percentiles."""

    p50: float
    p95: float
    longest: float


@dataclass(frozen=True, slots=True)
class Totals:
    """What a run found. `not_scored` maps a measure and a reason to the questions concerned; `unanswered` were
    scored as wrong; `lost` questions have gold that the manual no longer proves."""

    questions: int
    rates: Table
    confusion: Mapping[str, Mapping[str, int]]
    calibration: Calibration | None
    latency: Latency | None
    not_scored: Mapping[str, Mapping[str, tuple[str, ...]]]
    unanswered: tuple[str, ...]
    lost: tuple[Lost, ...] = ()
    risk: Risk | None = None
    metamorphic: Table = field(default_factory=dict)
    baselines: Mapping[str, Table] = field(default_factory=dict)


def share(passed: Mapping[str, bool]) -> Rate:
    """The share of the ids that passed, with Wilson's interval."""
    hits = sum(passed.values())
    low, high = wilson(hits, len(passed))
    return Rate(hits / len(passed), len(passed), low, high, tuple(id_ for id_, ok in passed.items() if not ok))


def mean(values: Mapping[str, float]) -> Rate:
    """The mean of the ids' values, with a bootstrap interval."""
    low, high = bootstrap(list(values.values()))
    short = tuple(id_ for id_, value in values.items() if value < 1.0)
    return Rate(sum(values.values()) / len(values), len(values), low, high, short)


def rates(rows: Sequence[Row]) -> dict[str, dict[str, Rate]]:
    """Every measure that applies, over all rows and over each kind."""
    kinds = {TOTAL: list(rows)}
    for row in rows:
        kinds.setdefault(row.kind, []).append(row)
    table = {kind: _of_kind(members) for kind, members in kinds.items()}
    table[TOTAL] |= _of_outcomes(rows)
    return table


def totals(rows: Sequence[Row], seconds: Mapping[str, float], lost: Sequence[Lost] | None = None) -> Totals:
    """Everything that the rows of one run say; `seconds` are the latencies by id (none: not measured); `lost`
    are the questions whose gold no longer stands (None: that could not be checked)."""
    table = rates(rows)
    if lost is not None and rows:
        gone = {each.id for each in lost}
        table[TOTAL][EVIDENCE] = share({row.id: row.id not in gone for row in rows})
    return Totals(
        questions=len(rows),
        rates=table,
        confusion=outcomes.confusion(_pairs(rows)),
        calibration=calibration([(row.shown.confidence, row.right) for row in rows if row.answered]),
        latency=_latency(list(seconds.values())),
        not_scored=_not_scored(rows),
        unanswered=tuple(row.id for row in rows if not row.answered),
        lost=tuple(lost or ()),
        risk=risk_of(rows),
    )


def risk_of(rows: Sequence[Row]) -> Risk | None:
    """What the confidence of the replies that name somebody is worth; one is right when its first contact is."""
    named = [row for row in rows if row.shown.contacts]
    said = [(row.shown.confidence, row.scores.get("contact@1", 0.0) == 1.0) for row in named]
    return risk(said, len(rows))


def left_out(found: Totals) -> list[tuple[str, str, tuple[str, ...]]]:
    """What could not be scored: the measures, the reason they share, and the questions concerned."""
    shared: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for metric, reasons in found.not_scored.items():
        for reason, ids in reasons.items():
            shared.setdefault((reason, ids), []).append(metric)
    return [(", ".join(metrics), reason, ids) for (reason, ids), metrics in shared.items()]


def _of_kind(rows: Sequence[Row]) -> dict[str, Rate]:
    found: dict[str, Rate] = {}
    for metric in METRICS:
        values = {row.id: row.scores[metric] for row in rows if metric in row.scores}
        if values:
            found[metric] = mean(values) if metric in GRADED else share({id_: v == 1.0 for id_, v in values.items()})
    if "never" in found:
        found[WRONG_REFERRAL] = _complement(found["never"])
    return found


def _complement(rate: Rate) -> Rate:
    return Rate(1.0 - rate.value, rate.n, 1.0 - rate.high, 1.0 - rate.low, rate.missed)


def _of_outcomes(rows: Sequence[Row]) -> dict[str, Rate]:
    """Precision and recall of each outcome that was wanted or came."""
    counts = outcomes.confusion(_pairs(rows))
    found: dict[str, Rate] = {}
    sides: tuple[tuple[str, Callable[[Row], str]], ...] = (
        ("precision", lambda row: row.shown.outcome),
        ("recall", lambda row: row.wanted.outcome),
    )
    for name, side in sides:
        for outcome in OUTCOMES:
            hits, n = getattr(outcomes, name)(counts, outcome)
            if n:
                low, high = wilson(hits, n)
                wrong = tuple(r.id for r in rows if side(r) == outcome and r.shown.outcome != r.wanted.outcome)
                found[f"{name} {outcome}"] = Rate(hits / n, n, low, high, wrong)
    return found


def _pairs(rows: Sequence[Row]) -> list[tuple[str, str]]:
    return [(row.wanted.outcome, row.shown.outcome) for row in rows]


def _latency(seconds: Sequence[float]) -> Latency | None:
    if not seconds:
        return None
    return Latency(percentile(seconds, 0.5), percentile(seconds, 0.95), max(seconds))


def _not_scored(rows: Sequence[Row]) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in rows:
        for metric, reason in row.not_scored.items():
            reasons = found.setdefault(metric, {})
            reasons[reason] = (*reasons.get(reason, ()), row.id)
    return found
