"""The nearest rows to a vector: of few texts exactly, over a mapped array; of many, as Chroma's graph finds them.

Chroma takes about a second to import and a millisecond or two for each collection; one product with the vectors of
a whole manual takes a fraction of one. From `EXACT` texts on the graph is the quicker of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.records import COLLECTIONS, Collection, Records, statements_of
from ingest.values import Fact, Passage, Place

if TYPE_CHECKING:
    from ingest.vectors import Vectors

Vectors32 = NDArray[np.float32]
Numbers = NDArray[np.int32]

EXACT = 20_000
"""Texts up to which every one is compared."""
VECTORS = "vectors.npy"
KEYS = "keys.npy"
ROWS = "rows"
PATHS = "paths.npy"
PLACED: tuple[Collection, ...] = ("facts", "passages")
"""The collections whose rows have a place of their own."""


def write(
    folder: Path,
    keys: Sequence[str],
    vectors: Vectors32,
    text_keys: dict[Collection, list[str]],
    facts: Sequence[Fact],
    passages: Sequence[Passage],
) -> None:
    """Write the vectors by `text_key` (sorted; shape (len(keys), dimension)), and what belongs to each row.

    `text_keys` holds each collection's keys by row.
    """
    np.save(folder / KEYS, np.array(keys, dtype="S64"))
    np.save(folder / VECTORS, vectors)
    (folder / ROWS).mkdir()
    numbered = {key: n for n, key in enumerate(keys)}
    for collection, of_rows in text_keys.items():
        _save(folder, f"{collection}-text", [numbered[key] for key in of_rows])
    rows = {fact.id: row for row, fact in enumerate(facts)}
    _save(folder, "topics-fact", [rows[fact.id] for fact in statements_of(facts)])
    _write_places(folder, {"facts": facts, "passages": passages})


def _write_places(folder: Path, found: Mapping[str, Sequence[Fact | Passage]]) -> None:
    """The numbers of each row's page and section, its rank by place, and the pages' paths by number."""
    for name, key_of in (("page", _page), ("section", _section)):
        keys = sorted({key_of(row.place) for rows in found.values() for row in rows})
        numbers = {key: n for n, key in enumerate(keys)}
        for of, rows in found.items():
            _save(folder, f"{of}-{name}", [numbers[key_of(row.place)] for row in rows])
        if name == "page":
            np.save(folder / ROWS / PATHS, np.array([key[0].encode() for key in keys] or [b""]))
    for of, rows in found.items():
        by_place = sorted((row.place.path, row.place.first, row.id, n) for n, row in enumerate(rows))
        _save(folder, f"{of}-order", np.argsort([n for *_, n in by_place]).tolist())


def known(folder: Path) -> dict[str, Vectors32]:
    """The vectors of a generation by `text_key`."""
    vectors = np.load(folder / VECTORS, mmap_mode="r")
    return dict(zip((key.decode() for key in np.load(folder / KEYS)), vectors, strict=True))


def _save(folder: Path, name: str, numbers: Sequence[int]) -> None:
    np.save(folder / ROWS / f"{name}.npy", np.array(numbers, np.int32))


def _page(place: Place) -> tuple[str, ...]:
    return (place.path,)


def _section(place: Place) -> tuple[str, ...]:
    return (place.path, place.anchor)


class Nearest:
    """The arrays of one generation, mapped; safe to use from several threads."""

    def __init__(self, folder: Path, records: Records, graph: Callable[[], Vectors]) -> None:
        """OSError or ValueError when the arrays are not whole; `graph` opens Chroma, where there are many texts."""
        self._vectors = _mapped(folder / VECTORS)
        self._records = records
        self._graph = graph
        self._texts: dict[Collection, Numbers] = {c: _row_array(folder, f"{c}-text") for c in COLLECTIONS}
        self.fact_of_topic = _row_array(folder, "topics-fact")
        """The row of the fact, by the row of its topic."""
        self._numbers = {
            (kind, name): _row_array(folder, f"{name}-{kind}") for kind in ("page", "section") for name in PLACED
        }
        self.order = {name: _row_array(folder, f"{name}-order") for name in PLACED}
        """The rank by place (path, line), by row."""
        self._paths = _row_array(folder, "paths")

    def numbers(self, kind: str, collection: Collection) -> Numbers:
        """The number of the "page" or "section" (page and anchor), by row of the facts or passages."""
        return self._numbers[kind, collection]

    def paths(self, pages: Numbers) -> list[str]:
        """The paths of pages by their numbers."""
        return [path.decode() for path in self._paths[pages].tolist()]

    def search(self, vector: Vectors32, k: int) -> dict[Collection, tuple[Numbers, Vectors32]]:
        """The k nearest rows of each collection and their cosines (-1 to 1), best first; `vector` has unit length."""
        if len(self._vectors) > EXACT:
            return {collection: self._approximate(collection, vector, k) for collection in COLLECTIONS}
        # Not @: the threads of BLAS spin where other processes need the cores, and take longer than the product.
        cosines = np.einsum("ij,j->i", self._vectors, vector)
        return {collection: _best(cosines[texts], k) for collection, texts in self._texts.items()}

    def _approximate(self, collection: Collection, vector: Vectors32, k: int) -> tuple[Numbers, Vectors32]:
        found = self._graph().search(collection, vector, k)
        rows = self._records.rows_of(collection, [id_ for id_, _ in found])
        return np.array(rows, np.int32), np.array([cosine for _, cosine in found], np.float32)


def _best(cosines: Vectors32, k: int) -> tuple[Numbers, Vectors32]:
    """The rows of the k highest cosines, best first, equals by row."""
    if len(cosines) > k:
        least = np.partition(cosines, -k)[-k]
        rows = np.flatnonzero(cosines >= least)
    else:
        rows = np.arange(len(cosines))
    order = np.argsort(-cosines[rows], kind="stable")[:k]
    chosen = rows[order].astype(np.int32)
    return chosen, cosines[chosen]


def _mapped(file: Path) -> NDArray[np.float32]:
    """A plain view of a mapped array: every slice of a memmap is one too, and takes longer to make."""
    mapped: NDArray[np.float32] = np.load(file, mmap_mode="r").view(np.ndarray)
    return mapped


def _row_array(folder: Path, name: str) -> Numbers:
    mapped: Numbers = np.load(folder / ROWS / f"{name}.npy", mmap_mode="r").view(np.ndarray)
    return mapped
