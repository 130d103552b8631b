"""The gate and the comparison: what closes it, what it names, and when a change is more than chance."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from test_eval_measures import gold, showing

from assistant.errors import UserError
from eval.gate.compare import compare
from eval.gate.floors import floors
from eval.gate.limits import Breach, Thresholds, gate, read_thresholds
from eval.scoring.rows import Row, score_all
from eval.scoring.totals import TOTAL, Totals, totals


def rows(*shown: str) -> tuple[Row, ...]:
    """Rows of questions that want #search and are shown these."""
    questions = [gold(id=f"ownership-{n}", contacts_never=("#news",)) for n in range(len(shown))]
    replies = {q.id: showing(who, confidence=0.5) for q, who in zip(questions, shown, strict=True)}
    return score_all(questions, replies, {}, None)


def found(*shown: str) -> Totals:
    return totals(rows(*shown), {"ownership-0": 0.2})


def test_a_floor_that_is_met_to_three_decimals_holds() -> None:
    limits = Thresholds(questions={"ownership": {"contact@1": 0.667}})
    assert gate(found("#search", "#search", "#x"), limits) == ()


def test_a_breach_names_kind_measure_figure_floor_and_questions() -> None:
    limits = Thresholds(questions={TOTAL: {"outcome": 1.0}, "ownership": {"contact@1": 0.7}})
    (breach,) = gate(found("#search", "#x", "#search"), limits)
    assert breach == Breach("questions", "ownership", "contact@1", 2 / 3, 0.7, ("ownership-1",))
    assert str(breach) == "ownership: contact@1 is 0.667, below the floor of 0.700 (ownership-1)"


def test_a_breach_points_at_what_did_not_fall_short_before() -> None:
    limits = {"ownership": {"contact@1": 0.9}}
    known = {"contact@1": ("ownership-0", "ownership-9")}
    (breach,) = gate(found("#x", "#y", "#search"), Thresholds(questions=limits, known=known))
    assert breach.blamed == ("ownership-1",)
    assert str(breach).endswith("below the floor of 0.900 (ownership-1; 1 more were known)")
    (breach,) = gate(found("#x", "#search"), Thresholds(questions=limits, known=known))
    assert breach.blamed == ("ownership-0",)


def test_what_has_a_limit_and_was_not_measured_closes_the_gate() -> None:
    limits = Thresholds(questions={"incident": {"outcome": 0.5}}, metamorphic={TOTAL: {"typo": 0.5}})
    breaches = gate(found("#search"), limits)
    assert [each.value for each in breaches] == [None, None]
    assert str(breaches[0]) == "incident: outcome has a limit of 0.500 and was not measured"
    assert str(breaches[1]).startswith("metamorphic TOTAL: typo has a limit")


def test_proof_is_not_missed_where_nothing_is_shown_that_needs_it() -> None:
    limits = {"ownership": {"quotes": 1.0, "grounded": 1.0, "precision decline": 0.5}}
    assert gate(found(), Thresholds(questions={"ownership": {"quotes": 1.0}})) != ()
    quiet = totals(score_all([gold(id="ownership-0")], {}, {}, None), {})
    assert gate(quiet, Thresholds(questions=limits)) == ()


def test_ceilings_on_wrong_referrals_calibration_and_latency() -> None:
    limits = {"wrong referral": 0.4, "calibration error": 0.45, "latency p95": 0.1}
    breaches = gate(found("#search", "#news"), Thresholds(most=limits))
    # Half are wrong referrals; 0.5 was said and nothing is all right; the one answer that was timed took 0.2 s.
    assert [(each.metric, each.value) for each in breaches] == [
        ("wrong referral", 0.5),
        ("calibration error", 0.5),
        ("latency p95", 0.2),
    ]
    assert str(breaches[0]).startswith("TOTAL: wrong referral is 0.500")
    assert breaches[0].questions == ("ownership-1",)
    assert "above the ceiling of 0.400" in str(breaches[0])
    assert gate(found("#search", "#news"), Thresholds(most={"latency p99": 1.0}))[0].value is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[floors]", 'limits.toml: the key "floors" is not known: use only questions, metamorphic, away, most, known'),
        ("[questions.TOTAL]\noutcome = true", '"questions.TOTAL.outcome" must be a number, not True'),
        ("[questions.TOTAL]\noutcome = -0.1", '"questions.TOTAL.outcome" must be greater than or equal to 0, not -0.1'),
        ("questions = 3", '"questions" must be a table of keys and values, not 3'),
        ("[questions]\nTOTAL = 1", '"questions.TOTAL" must be a table of keys and values, not 1'),
        ("known = 3", '"known" must be a table of keys and values, not 3'),
        ("[known]\noutcome = [1]", '"known.outcome.0" must be a string, not 1'),
        ("outcome", "cannot be read"),
    ],
)
def test_limits_that_are_none(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "limits.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(UserError, match=re.escape(complaint)):
        read_thresholds(file)


def test_floors_drawn_from_a_run_let_it_pass_and_stop_two_more_misses(tmp_path: Path) -> None:
    now = found("#search", "#search", "#x", "#news")
    file = tmp_path / "limits.toml"
    file.write_text(floors(now), "utf-8")
    assert tomllib.loads(file.read_text("utf-8"))["questions"]["ownership"]["contact@1"] == 0.25
    assert read_thresholds(file).known["contact@1"] == ("ownership-2", "ownership-3")
    assert gate(now, read_thresholds(file)) == ()
    broken = gate(found("#x", "#x", "#x", "#x"), read_thresholds(file))
    assert ("ownership", "contact@1") in {(each.kind, each.metric) for each in broken}


def test_a_comparison_by_hand() -> None:
    before, now = rows("#search", "#x", "#search", "#x"), rows("#search", "#search", "#x", "#y")
    then, later = (
        {row.id: {"contacts": row.shown.contacts, "index": i} for row in r} for i, r in enumerate((before, now))
    )
    # Nothing is cited, so that no row is all right: take the contact as the measure here.
    right = [[_as_right(row) for row in each] for each in (before, now)]
    result = compare("runs/1", right[0], right[1], then, later)
    assert [change.id for change in result.changed] == ["ownership-1", "ownership-2", "ownership-3"]
    assert result.better == ("ownership-1",)
    assert result.worse == ("ownership-2",)
    assert result.p == 1.0
    assert result.verdict == "3 of 4 answers changed: 1 better, 1 worse (p = 1.000, no more than chance explains)"
    assert result.changed[0].before == "answer · #x"


def test_questions_of_one_run_only_are_named_and_not_compared() -> None:
    before, now = rows("#search", "#x"), rows("#search", "#x", "#y")
    reworded = [*now[:1], _reworded(now[1]), now[2]]
    result = compare("runs/1", before, reworded, {}, {})
    assert result.both == 1
    assert result.only_before == ("ownership-1",)
    assert result.only_now == ("ownership-1", "ownership-2")


def _as_right(row: Row) -> Row:
    return replace(row, missed=tuple(name for name in row.missed if name == "contact@1"))


def _reworded(row: Row) -> Row:
    return replace(row, question="Another question?")
