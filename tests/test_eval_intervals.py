"""Intervals, percentiles, calibration and the paired test, against figures worked out by hand or in the literature."""

from __future__ import annotations

import pytest

from eval.scoring.calibration import Bin, calibration
from eval.scoring.intervals import bootstrap, mcnemar, percentile, wilson
from eval.scoring.outcomes import confusion, precision, recall


def test_wilson_by_hand() -> None:
    # z = 1.96: (0.8 + z²/20 ± z·sqrt(0.16/10 + z²/400)) / (1 + z²/10), with 8 of 10
    z2 = 1.959963984540054**2
    half = (z2 * (0.016 + z2 / 400)) ** 0.5
    low, high = wilson(8, 10)
    assert low == pytest.approx((0.8 + z2 / 20 - half) / (1 + z2 / 10))
    assert high == pytest.approx((0.8 + z2 / 20 + half) / (1 + z2 / 10))


def test_wilson_stays_within_0_and_1() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 5)[0] == 0.0
    assert wilson(5, 5)[1] == pytest.approx(1.0)
    assert wilson(5, 5)[0] == pytest.approx(0.5655, abs=1e-4)


def test_the_bootstrap_is_the_same_twice_and_holds_the_mean() -> None:
    values = [(n / 40) ** 2 for n in range(41)]
    low, high = bootstrap(values)
    assert (low, high) == bootstrap(values)
    assert low < sum(values) / len(values) < high
    assert bootstrap([0.4, 0.4]) == pytest.approx((0.4, 0.4))
    assert bootstrap([0.4]) == (0.4, 0.4)
    assert bootstrap([]) == (0.0, 1.0)


def test_percentiles_are_values_that_occurred() -> None:
    values = [5.0, 1.0, 3.0, 2.0, 4.0]
    assert percentile(values, 0.5) == 3.0
    assert percentile(values, 0.95) == 5.0
    assert percentile(values, 0.2) == 1.0
    assert percentile([7.0], 0.5) == 7.0
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [
        (0, 0, 1.0),
        (5, 0, 2 / 32),
        (1, 5, 2 * (1 + 6) / 64),
        (3, 3, 1.0),
        (0, 10, 2 / 1024),
    ],
)
def test_mcnemar_is_twice_the_tail_of_a_fair_coin(better: int, worse: int, p: float) -> None:
    assert mcnemar(better, worse) == pytest.approx(p)


def test_calibration_by_hand() -> None:
    found = calibration([(0.9, True), (0.9, False), (0.3, False), (0.2, False)])
    assert found is not None
    # (0.8, 0.9]: 2 answers, said 0.9, right 0.5; (0.2, 0.3]: said 0.3; (0.1, 0.2]: said 0.2
    assert found.error == pytest.approx((2 * 0.4 + 0.3 + 0.2) / 4)
    assert [(each.low, each.high, each.n) for each in found.bins] == [(0.1, 0.2, 1), (0.2, 0.3, 1), (0.8, 0.9, 2)]


def test_calibration_at_the_edges() -> None:
    assert calibration([]) is None
    perfect = calibration([(1.0, True), (0.0, False)])
    assert perfect is not None
    assert perfect.error == 0.0
    assert perfect.bins == (Bin(0.0, 0.1, 1, 0.0, 0.0), Bin(0.9, 1.0, 1, 1.0, 1.0))


def test_every_tenth_belongs_to_the_bin_that_it_closes() -> None:
    for tenths in range(1, 11):
        found = calibration([(tenths / 10, True)])
        assert found is not None
        assert found.bins[0].high == tenths / 10


def test_precision_and_recall_of_outcomes() -> None:
    pairs = [("answer", "answer"), ("answer", "answer"), ("answer", "escalate"), ("decline", "answer"), ("decline", "")]
    counts = confusion(pairs)
    assert counts == {"answer": {"answer": 2, "escalate": 1}, "decline": {"": 1, "answer": 1}}
    assert precision(counts, "answer") == (2, 3)
    assert recall(counts, "answer") == (2, 3)
    assert precision(counts, "escalate") == (0, 1)
    assert recall(counts, "escalate") == (0, 0)
    assert recall(counts, "decline") == (0, 2)
    assert precision({}, "answer") == recall({}, "answer") == (0, 0)
