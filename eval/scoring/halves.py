"""The two halves of a question set: one whose misses may be read, and one whose misses nobody reads."""

from __future__ import annotations

import random
from collections.abc import Sequence

SEED = 2023


def halves(ids: Sequence[str], seed: int = SEED) -> tuple[frozenset[str], frozenset[str]]:
    """The seen half and the unread one, always the same for the same ids and seed."""
    shuffled = sorted(ids)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a split, no secret
    middle = len(shuffled) // 2
    return frozenset(shuffled[:middle]), frozenset(shuffled[middle:])
