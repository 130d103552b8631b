"""What is measured on the passages found for a question: pages in the order of their best passage.

`ranking` holds each page once, best first; `relevant` are the pages that gold accepts. Each function returns None
where nothing is relevant. Method: Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), ch. 8.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence


def recall_at(k: int, ranking: Sequence[str], relevant: Collection[str]) -> float | None:
    """The share of the relevant pages that are among the first k."""
    if not relevant:
        return None
    return len(set(ranking[:k]) & set(relevant)) / len(set(relevant))


def reciprocal_rank(ranking: Sequence[str], relevant: Collection[str]) -> float | None:
    """1 / the rank of the first relevant page, 0 where none was found (Voorhees, TREC-8, 1999)."""
    if not relevant:
        return None
    return next((1.0 / rank for rank, page in enumerate(ranking, 1) if page in relevant), 0.0)


def ndcg_at(k: int, ranking: Sequence[str], relevant: Collection[str]) -> float | None:
    """Normalised discounted cumulative gain with gains of 0 and 1 (Järvelin and Kekäläinen 2002):
    the sum of 1 / log2(rank + 1) over the relevant pages among the first k, divided by the best sum possible."""
    if not relevant:
        return None
    gain = sum(1.0 / math.log2(rank + 1) for rank, page in enumerate(ranking[:k], 1) if page in relevant)
    best = sum(1.0 / math.log2(rank + 1) for rank in range(1, min(k, len(set(relevant))) + 1))
    return gain / best
