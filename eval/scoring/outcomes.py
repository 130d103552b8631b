"""The three outcomes against each other: what was wanted and what came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

Pairs = Sequence[tuple[str, str]]
"""What was wanted and what came, a pair a question."""


def confusion(pairs: Pairs) -> dict[str, dict[str, int]]:
    """How often each wanted outcome got each outcome; zeros are left out."""
    counts: dict[str, dict[str, int]] = {}
    for (wanted, got), n in sorted(Counter(pairs).items()):
        counts.setdefault(wanted, {})[got] = n
    return counts


def precision(counts: Mapping[str, Mapping[str, int]], outcome: str) -> tuple[int, int]:
    """(right ones, all) among the answers that came as `outcome`."""
    return counts.get(outcome, {}).get(outcome, 0), sum(row.get(outcome, 0) for row in counts.values())


def recall(counts: Mapping[str, Mapping[str, int]], outcome: str) -> tuple[int, int]:
    """(right ones, all) among the questions that wanted `outcome`."""
    return counts.get(outcome, {}).get(outcome, 0), sum(counts.get(outcome, {}).values())
