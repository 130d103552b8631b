"""What a new generation must show before anybody is pointed to it."""

from __future__ import annotations

import numpy as np

from ingest.encoder.embedding import Vectors32
from ingest.store.chroma import Vectors
from ingest.store.records import Records
from ingest.store.words import Words
from ingest.values import Collection

_SAMPLES = 20
_NEIGHBOURS = 10


class SelfCheckError(RuntimeError):
    """The new generation does not hold what it should; the pointer stays where it was."""


def check(collection: Collection, records: Records, words: Words, made: Vectors, vectors: Vectors32) -> None:
    """Raise SelfCheckError unless records, words and vectors hold the same rows of a collection and nothing else.

    `vectors` are its unit vectors by row, shape (rows, dimension); for some of them Chroma's nearest neighbours are
    compared with those of an exact search.
    """
    if orphans := count_orphans(made, records, collection):
        raise SelfCheckError(f"{orphans} {collection} are in the records or the vectors alone")
    if words.rows(collection) != len(vectors):
        raise SelfCheckError(f"{words.rows(collection)} of {len(vectors)} {collection} are in the words")
    if len(vectors):
        _check_nearest(made, collection, vectors)


def count_orphans(made: Vectors, records: Records, collection: Collection) -> int:
    """How many ids only one of the two has."""
    return len(set(made.ids(collection)) ^ set(records.ids(collection)))


def _check_nearest(made: Vectors, collection: Collection, table: Vectors32) -> None:
    """`table` has shape (rows, dimension). Similarities are compared: equal texts may change places."""
    sample = table[:: max(1, len(table) // _SAMPLES)]
    exact = np.sort(sample @ table.T, axis=1)[:, : -_NEIGHBOURS - 1 : -1]
    for nearest, hits in zip(exact, made.search_all(collection, sample, _NEIGHBOURS), strict=True):
        found = [similarity for _, similarity in hits]
        if len(found) != len(nearest) or not np.allclose(found, nearest, atol=1e-4):
            raise SelfCheckError(f"Chroma does not find the nearest {collection}")
