"""What a new generation must show before anybody is pointed to it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ingest.encoder import Vectors32
from ingest.records import COLLECTIONS, Collection, Records
from ingest.vectors import Vectors
from ingest.words import Words

_SAMPLES = 20
_NEIGHBOURS = 10


class SelfCheckError(RuntimeError):
    """The new generation does not hold what it should; the pointer stays where it was."""


def check(records: Records, words: Words, made: Vectors, vectors: Mapping[str, Vectors32]) -> None:
    """Raise SelfCheckError unless records, words and vectors hold the same rows and nothing else.

    `vectors` are the unit vectors by `text_key`; for some of them Chroma's nearest neighbours are
    compared with those of an exact search.
    """
    for collection in COLLECTIONS:
        keys = records.keys(collection)
        if orphans := count_orphans(made, records, collection):
            raise SelfCheckError(f"{orphans} {collection} are in the records or the vectors alone")
        if words.rows(collection) != len(keys):
            raise SelfCheckError(f"{words.rows(collection)} of {len(keys)} {collection} are in the words")
        if keys:
            _check_nearest(made, collection, np.stack([vectors[key] for key in keys.values()]))


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
