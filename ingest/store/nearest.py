"""The nearest rows to a vector, over mapped arrays: of few texts every one is compared; of many, those a graph finds.

The arrays hold what Chroma holds, byte for byte: no generation is published before that was looked at
(`ingest.store.selfcheck`). They are searched here because
Chroma takes a second to import and reads its whole graph into memory; one product with the vectors of a whole manual
takes a millisecond. Above `EXACT` texts each collection has a graph too (`ingest.store.graph`), which is mapped as the
arrays are, and what it finds is compared in full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingest.encoder.embedding import Vectors32
from ingest.relations import RELATIONS, Relation
from ingest.values import COLLECTIONS, Collection, Fact, Passage, Place, topics_of

if TYPE_CHECKING:
    from ingest.store.graph import Graph

Numbers = NDArray[np.int32]
Found = tuple[Numbers, Vectors32]
"""Rows, best first, and their cosines."""

EXACT = 50_000
"""Distinct texts up to which every one is compared: the product with so many takes some three milliseconds."""
VECTORS = "vectors.npy"
GRAPHS = "graphs"
KEYS = "keys.npy"
ROWS = "rows"
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
    texts = {collection: [numbered[key] for key in of_rows] for collection, of_rows in text_keys.items()}
    for collection, numbers in texts.items():
        _save(folder, f"{collection}-text", numbers)
    if len(vectors) > EXACT:
        _write_graphs(folder / GRAPHS, vectors, texts)
    rows = {fact.id: row for row, fact in enumerate(facts)}
    _save(folder, "topics-fact", [rows[fact.id] for _, _, fact in topics_of(facts)])
    _save(folder, "facts-relation", [RELATIONS.index(fact.relation) for fact in facts])
    _write_places(folder, {"facts": facts, "passages": passages})


def _write_graphs(folder: Path, vectors: Vectors32, texts: Mapping[Collection, Sequence[int]]) -> None:
    """A graph of each collection's distinct texts, by their numbers; `texts` are by row."""
    from ingest.store import graph

    folder.mkdir()
    for collection, numbers in texts.items():
        distinct = np.unique(np.array(numbers, np.int64))
        graph.write(folder / f"{collection}{graph.SUFFIX}", distinct, vectors[distinct])


def _write_places(folder: Path, found: Mapping[str, Sequence[Fact | Passage]]) -> None:
    """The numbers of each row's page and section, in the order of their paths and anchors, and its rank by place."""
    for name, key_of in (("page", _page), ("section", _section)):
        keys = sorted({key_of(row.place) for rows in found.values() for row in rows})
        numbers = {key: n for n, key in enumerate(keys)}
        for of, rows in found.items():
            _save(folder, f"{of}-{name}", [numbers[key_of(row.place)] for row in rows])
    for of, rows in found.items():
        by_place = sorted((row.place.path, row.place.first, row.id, n) for n, row in enumerate(rows))
        _save(folder, f"{of}-order", np.argsort([n for *_, n in by_place]).tolist())


def known(folder: Path) -> dict[str, Vectors32]:
    """The vectors of a generation by `text_key`; OSError or ValueError when they are not what `write` writes."""
    vectors = np.load(folder / VECTORS, mmap_mode="r")
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ValueError(f"{VECTORS} holds something else")
    return dict(zip((key.decode() for key in np.load(folder / KEYS)), vectors, strict=True))


def _save(folder: Path, name: str, numbers: Sequence[int]) -> None:
    np.save(folder / ROWS / f"{name}.npy", np.array(numbers, np.int32))


def _page(place: Place) -> tuple[str, ...]:
    return (place.path,)


def _section(place: Place) -> tuple[str, ...]:
    return (place.path, place.anchor)


class Nearest:
    """The arrays of one generation, mapped; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """OSError or ValueError when the arrays are not whole."""
        self._vectors = _mapped(folder / VECTORS)
        self._graphs = _graphs(folder / GRAPHS, self._vectors.shape[1]) if (folder / GRAPHS).exists() else None
        self._texts: dict[Collection, Numbers] = {c: _row_array(folder, f"{c}-text") for c in COLLECTIONS}
        self.fact_of_topic = _row_array(folder, "topics-fact")
        """The row of the fact, by the row of its topic."""
        self._numbers = {
            (kind, name): _row_array(folder, f"{name}-{kind}") for kind in ("page", "section") for name in PLACED
        }
        self.order = {name: _row_array(folder, f"{name}-order") for name in PLACED}
        """The rank by place (path, line), by row."""
        self.relations = _row_array(folder, "facts-relation")
        """The place in `RELATIONS` of each fact's relation, by row."""
        last = max(int(self._numbers["page", name].max(initial=-1)) for name in PLACED)
        self.owners = np.full(last + 1, -1)
        """The row of the fact that says who owns the page, by its number; -1 where none does."""
        owning = self.rows_of("owns page")
        self.owners[self._numbers["page", "facts"][owning]] = owning

    def numbers(self, kind: str, collection: Collection) -> Numbers:
        """The number of the "page" or "section" (page and anchor), by row of the facts or passages; pages are numbered
        in the order of their paths."""
        return self._numbers[kind, collection]

    def rows_of(self, *relations: Relation) -> NDArray[np.intp]:
        """The rows of some relations' facts, ascending."""
        return np.flatnonzero(np.isin(self.relations, [RELATIONS.index(relation) for relation in relations]))

    def beside(self, row: int, relation: Relation) -> NDArray[np.intp]:
        """The rows of the relation's facts in the section of the fact in `row`."""
        sections = self._numbers["section", "facts"]
        rows = np.flatnonzero(sections == sections[row])
        found: NDArray[np.intp] = rows[self.relations[rows] == RELATIONS.index(relation)]
        return found

    def search(self, vector: Vectors32, k: int) -> dict[Collection, Found]:
        """The k nearest rows of each collection and their cosines (-1 to 1), best first; `vector` has unit length."""
        if self._graphs is not None:
            return {name: self._best_of(name, near.search(vector, k), vector, k) for name, near in self._graphs.items()}
        return self._exact(vector, k)

    def compared(self, samples: int, k: int) -> tuple[int, int]:
        """How many of the k nearest rows to some of the vectors are found, and how many there are. Those as near count
        as well: equal texts may change places."""
        found = wanted = 0
        for vector in self._vectors[:: max(1, len(self._vectors) // samples)]:
            near, exact = self.search(vector, k), self._exact(vector, k)
            for collection, (_, cosines) in exact.items():
                least = cosines.min(initial=1.0) - 1e-6
                found += int((near[collection][1] >= least).sum())
                wanted += len(cosines)
        return found, wanted

    def _exact(self, vector: Vectors32, k: int) -> dict[Collection, Found]:
        """The product with every vector."""
        cosines = _products(self._vectors, vector)
        return {collection: _best(cosines[texts], k) for collection, texts in self._texts.items()}

    def _best_of(self, collection: Collection, found: NDArray[np.int64], vector: Vectors32, k: int) -> Found:
        """The k best rows of a collection among those that hold one of the texts found."""
        texts = self._texts[collection]
        wanted = np.zeros(len(self._vectors), bool)
        wanted[found] = True
        rows = np.flatnonzero(wanted[texts])
        # "clip" saves looking for numbers that are none of a row: there are none.
        chosen, cosines = _best(_products(self._vectors.take(texts[rows], axis=0, mode="clip"), vector), k)
        return rows[chosen].astype(np.int32), cosines


def _graphs(folder: Path, dimension: int) -> dict[Collection, Graph]:
    from ingest.store.graph import SUFFIX, Graph

    return {collection: Graph(folder / f"{collection}{SUFFIX}", dimension) for collection in COLLECTIONS}


def _products(vectors: Vectors32, vector: Vectors32) -> Vectors32:
    # Not @: the threads of BLAS spin where other processes need the cores, and take longer than the product.
    products: Vectors32 = np.einsum("ij,j->i", vectors, vector)
    return products


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


def _mapped(file: Path) -> NDArray[Any]:
    """A plain view of a mapped array: every slice of a memmap is one too, and takes longer to make."""
    mapped: NDArray[Any] = np.load(file, mmap_mode="r").view(np.ndarray)
    return mapped


def _row_array(folder: Path, name: str) -> Numbers:
    return _mapped(folder / ROWS / f"{name}.npy")
