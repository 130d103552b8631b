"""Coverage at a risk, the area under that curve, and what is wrong among the sure: worked out by hand."""

from __future__ import annotations

import random

import pytest
from test_eval_measures import gold, showing

from eval.answers.replies import Reply
from eval.scoring.risk import RISKS, risk
from eval.scoring.rows import score_all
from eval.scoring.totals import risk_of


def test_replies_are_kept_from_the_surest_down() -> None:
    # Kept 1, 2, 3, 4 of 8 questions at risks 0, 0, 1/3, 1/4.
    found = risk([(0.9, True), (0.8, True), (0.7, False), (0.6, True)], asked=8)
    assert found is not None
    assert found.coverage == (2 / 8, 2 / 8)
    assert found.area == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4)
    assert (found.sure, found.wrong_when_sure) == (1, 0)


def test_a_later_threshold_may_be_safe_again() -> None:
    found = risk([(0.99, False)] + [(0.5, True)] * 19, asked=20)
    assert found is not None
    assert found.coverage == (0.0, 1.0)  # one in twenty is 5 %
    assert (found.sure, found.wrong_when_sure) == (1, 1)


def test_no_threshold_parts_replies_of_one_confidence() -> None:
    one, other = risk([(0.5, True), (0.5, False)], 2), risk([(0.5, False), (0.5, True)], 2)
    assert one == other
    assert one is not None
    assert (one.coverage, one.area) == ((0.0, 0.0), 0.5)


def test_the_order_of_the_replies_means_nothing_and_coverage_grows_with_risk() -> None:
    draw = random.Random(3)  # noqa: S311
    said = [(draw.choice((0.3, 0.5, 0.9, 0.95)), draw.random() < 0.9) for _ in range(200)]
    found = risk(said, 250)
    assert found == risk(draw.sample(said, len(said)), 250)
    assert found is not None
    assert list(found.coverage) == sorted(found.coverage)
    assert len(found.coverage) == len(RISKS)
    assert 0.0 <= found.area <= 1.0


def test_nobody_named_is_no_risk() -> None:
    assert risk([], 10) is None


def test_a_reply_that_names_somebody_where_nobody_is_to_be_named_is_wrong() -> None:
    questions = [gold(id="ownership-1"), gold(id="ownership-2", outcome="escalate", contacts_any=(), evidence="")]
    replies = {"ownership-1": showing("#search", confidence=0.95), "ownership-2": showing("#search", confidence=0.9)}
    found = risk_of(score_all(questions, replies, {}, None))
    assert found is not None
    assert (found.asked, found.referrals, found.sure, found.wrong_when_sure) == (2, 2, 2, 1)
    assert found.coverage == (0.5, 0.5)
    quiet = score_all(questions, {q.id: Reply("escalate", confidence=1.0) for q in questions}, {}, None)
    assert risk_of(quiet) is None
