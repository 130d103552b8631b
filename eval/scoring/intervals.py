"""How far a figure can be trusted: intervals, percentiles, and the test of paired changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

RESAMPLES = 1000
SEED = 20240229


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927); (0, 1) where nothing was counted."""
    if n == 0:
        return 0.0, 1.0
    found = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)


def bootstrap(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile interval of a mean (Efron 1979), the same for the same values.

    (0, 1) where there are no values; one alone is its own interval, because resampling it gives nothing else.
    """
    if not values:
        return 0.0, 1.0
    if len(values) == 1:
        return values[0], values[0]
    drawn = np.random.default_rng(SEED)
    found = stats.bootstrap((values,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=drawn)
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def stratified(groups: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """The mean of the groups' means, with its 95 % percentile interval, the same for the same values.

    Each group is resampled by itself, because a group's number of values says nothing of its weight (bootstrap of
    several samples: Efron and Tibshirani 1993, ch. 8). No group may be empty.
    """
    drawn = np.random.default_rng(SEED)
    arrays = [np.asarray(group, dtype=float) for group in groups]
    means = [drawn.choice(array, (RESAMPLES, len(array))).mean(axis=1) for array in arrays]
    low, high = np.quantile(np.mean(means, axis=0), (0.025, 0.975))
    return float(np.mean([array.mean() for array in arrays])), float(low), float(high)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that at least `share` of the values do not exceed."""
    if not values:
        raise ValueError("no values")
    return float(np.quantile(values, share, method="inverted_cdf"))


def mcnemar(better: int, worse: int) -> float:
    """The exact two-sided p-value that as uneven a split of changes comes about by chance (McNemar 1947).

    Under chance each change is as likely to be for the better as for the worse; 1 where nothing changed.
    """
    return float(stats.binomtest(better, better + worse).pvalue) if better + worse else 1.0
