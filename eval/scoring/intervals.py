"""How far a figure can be trusted: intervals, percentiles, and the test of paired changes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

Z95 = 1.959963984540054
"""The normal deviate of a two-sided 95 % interval."""
RESAMPLES = 1000
SEED = 20240229


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927); (0, 1) where nothing was counted."""
    if n == 0:
        return 0.0, 1.0
    share = hits / n
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    return max(0.0, (centre - half) / whole), min(1.0, (centre + half) / whole)


def bootstrap(values: Sequence[float], resamples: int = RESAMPLES, seed: int = SEED) -> tuple[float, float]:
    """The 95 % percentile interval of a mean (Efron 1979), the same for the same values and seed."""
    if not values:
        return 0.0, 1.0
    drawn = np.random.default_rng(seed).integers(0, len(values), size=(resamples, len(values)))
    means = np.asarray(values, np.float64)[drawn].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that at least `share` of the values do not exceed."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(1, math.ceil(share * len(values))) - 1]


def mcnemar(better: int, worse: int) -> float:
    """The exact two-sided p-value that as uneven a split of changes comes about by chance (McNemar 1947).

    Under chance each change is as likely to be for the better as for the worse: twice the tail of a fair coin.
    """
    n = better + worse
    tail = sum(math.comb(n, i) for i in range(min(better, worse) + 1))
    return min(1.0, tail / 2.0 ** (n - 1))
