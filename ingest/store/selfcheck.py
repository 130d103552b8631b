"""What a new generation must show before anybody is pointed to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.encoder.embedding import Vectors32
from ingest.store.chroma import Vectors
from ingest.store.nearest import Nearest
from ingest.values import Collection

_SAMPLES = 20
_NEIGHBOURS = 10
_AT_ONCE = 10_000
"""Vectors that are read back at once."""
_LEAST = 0.9
"""Share of the nearest rows that the graphs of many texts must find."""


class SelfCheckError(RuntimeError):
    """The new generation does not hold what it should; the pointer stays where it was."""


def check(collection: Collection, ids: Sequence[str], made: Vectors, vectors: Vectors32) -> None:
    """Raise SelfCheckError unless Chroma holds these ids of a collection and nothing else, with these unit vectors,
    shape (ids, dimension), byte for byte. For some of them its nearest neighbours are compared with those of an exact
    search.
    """
    if orphans := len(set(made.ids(collection)) ^ set(ids)):
        raise SelfCheckError(f"{orphans} {collection} are in the records or the vectors alone")
    if len(vectors):
        for first in range(0, len(ids), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            if made.read(collection, ids[part]).tobytes() != vectors[part].tobytes():
                raise SelfCheckError(f"Chroma gives back other vectors of the {collection} than it was given")
        _check_nearest(made, collection, vectors)


def check_nearest(arrays: Nearest) -> None:
    """Raise SelfCheckError unless the graphs of many texts find nearly all that an exact search finds."""
    found, wanted = arrays.compared(_SAMPLES, _NEIGHBOURS)
    if found < _LEAST * wanted:
        raise SelfCheckError(f"The graphs find {found} of the {wanted} nearest rows")


def _check_nearest(made: Vectors, collection: Collection, table: Vectors32) -> None:
    """`table` has shape (rows, dimension). Similarities are compared: equal texts may change places."""
    sample = table[:: max(1, len(table) // _SAMPLES)]
    exact = np.sort(sample @ table.T, axis=1)[:, : -_NEIGHBOURS - 1 : -1]
    for nearest, hits in zip(exact, made.search_all(collection, sample, _NEIGHBOURS), strict=True):
        found = [similarity for _, similarity in hits]
        if len(found) != len(nearest) or not np.allclose(found, nearest, atol=1e-4):
            raise SelfCheckError(f"Chroma does not find the nearest {collection}")
