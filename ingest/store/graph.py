"""A graph over the vectors of many texts, by which the nearest are found without looking at all: the door to usearch.

The method is HNSW (Malkov and Yashunin, 2016). The file is mapped: opening it reads nothing, and a search reads the few
hundred vectors that it passes.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from usearch.index import Index

from ingest.encoder.embedding import Vectors32

SUFFIX = ".usearch"
WAYS = 32
"""Neighbours of each text in the graph."""
WIDTH, REACH = 200, 400
"""Texts that are kept in view while one is added, and while the nearest are sought.

Measured with a hundred questions of people among 100,000 vectors: docs/performance.md, "What stays by hand".
"""


def write(file: Path, numbers: NDArray[np.int64], vectors: Vectors32) -> None:
    """Write the graph of unit vectors of shape (len(numbers), dimension); OSError when the disk refuses.

    One thread adds them in their order, so that the same vectors give the same file. In it a vector has half the bytes
    (bfloat16): whoever searches compares what is found in full.
    """
    graph = _empty(vectors.shape[1])
    if len(numbers):
        graph.add(numbers.astype(np.uint64), vectors, threads=1)
    try:
        graph.save(os.fspath(file))
    except RuntimeError as error:
        raise OSError(str(error)) from error


class Graph:
    """What `write` wrote, mapped; safe to use from several threads."""

    def __init__(self, file: Path, dimension: int) -> None:
        """ValueError when the file is no such graph of vectors of that dimension."""
        graph = _empty(dimension)
        try:
            graph.view(os.fspath(file))
        except (RuntimeError, ValueError) as error:
            raise ValueError(f"{file} is no graph: {error}") from error
        if graph.ndim != dimension:
            raise ValueError(f"{file} is no graph of {dimension} dimensions")
        self._graph = graph

    def search(self, vector: Vectors32, k: int) -> NDArray[np.int64]:
        """The numbers of about the k nearest vectors to one of unit length, shape (at most k,), in no order."""
        if len(self._graph) == 0:
            return np.empty(0, np.int64)
        found: NDArray[np.int64] = self._graph.search(vector, k, threads=1).keys.astype(np.int64)
        return found


def _empty(dimension: int) -> Index:
    return Index(
        ndim=dimension, metric="ip", dtype="bf16", connectivity=WAYS, expansion_add=WIDTH, expansion_search=REACH
    )
