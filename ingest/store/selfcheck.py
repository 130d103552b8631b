"""What a new generation must show before anybody is pointed to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.encoder.embedding import Vectors32
from ingest.store.chroma import Vectors
from ingest.values import Collection

_SAMPLES = 20
_NEIGHBOURS = 10


class SelfCheckError(RuntimeError):
    """The new generation does not hold what it should; the pointer stays where it was."""


def check(collection: Collection, ids: Sequence[str], made: Vectors, vectors: Vectors32) -> None:
    """Raise SelfCheckError unless Chroma holds these ids of a collection and nothing else.

    `vectors` are their unit vectors, shape (ids, dimension); for some of them Chroma's nearest neighbours are compared
    with those of an exact search.
    """
    if orphans := len(set(made.ids(collection)) ^ set(ids)):
        raise SelfCheckError(f"{orphans} {collection} are in the records or the vectors alone")
    if len(vectors):
        _check_nearest(made, collection, vectors)


def _check_nearest(made: Vectors, collection: Collection, table: Vectors32) -> None:
    """`table` has shape (rows, dimension). Similarities are compared: equal texts may change places."""
    sample = table[:: max(1, len(table) // _SAMPLES)]
    exact = np.sort(sample @ table.T, axis=1)[:, : -_NEIGHBOURS - 1 : -1]
    for nearest, hits in zip(exact, made.search_all(collection, sample, _NEIGHBOURS), strict=True):
        found = [similarity for _, similarity in hits]
        if len(found) != len(nearest) or not np.allclose(found, nearest, atol=1e-4):
            raise SelfCheckError(f"Chroma does not find the nearest {collection}")
