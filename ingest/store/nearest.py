"""The nearest rows to a vector, over mapped arrays: of few texts every one is compared; of many, the likeliest.

Chroma holds the same vectors, but it takes a second to import and reads its whole graph into memory; one product with
the vectors of a whole manual takes a fraction of a millisecond. Above `EXACT` texts each has a signature too: on which
side of some hundred planes it lies. Those whose signatures differ least from the question's are compared in full
(source of the method: Charikar, 2002).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.cores import CORES
from ingest.encoder.embedding import Vectors32
from ingest.relations import RELATIONS, Relation
from ingest.values import COLLECTIONS, Collection, Fact, Passage, Place, topics_of

Numbers = NDArray[np.int32]
Bits = NDArray[np.uint16]
Found = tuple[Numbers, Vectors32]
"""Rows, best first, and their cosines."""

EXACT = 20_000
"""Texts up to which every one is compared."""
BITS = 640
"""Planes of a signature; 64 at least, and a multiple of it."""
LIKELY = 700
"""Rows of each collection that are compared in full, of many texts.

Measured with a hundred questions of people (mean over the three collections), on a manual of 300 pages grown to 50
times its size: of the ten nearest among 150,786 vectors 98.9% are found, of the hundred nearest 93.0%; among 30,291
vectors 99.9% and 96.7%. With 768 bits and 600 rows it is 99.3% and 93.3%, and half a millisecond more.
"""
_AT_ONCE = 65_536
"""Signatures that are compared at once: what comes between stays in the processor's cache."""
VECTORS = "vectors.npy"
SIGNATURES = "signatures"
PLANES = "planes.npy"
MIDDLE = "middle.npy"
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
        _write_signatures(folder / SIGNATURES, vectors, texts)
    rows = {fact.id: row for row, fact in enumerate(facts)}
    _save(folder, "topics-fact", [rows[fact.id] for _, _, fact in topics_of(facts)])
    _save(folder, "facts-relation", [RELATIONS.index(fact.relation) for fact in facts])
    _write_places(folder, {"facts": facts, "passages": passages})


def _write_signatures(folder: Path, vectors: Vectors32, texts: Mapping[Collection, Sequence[int]]) -> None:
    """Planes through the texts' middle, shape (BITS, dimension), and the signatures of each collection's rows, shape
    (BITS / 64, rows): all first words, then all second ones, as they are compared. `texts` are by row."""
    folder.mkdir()
    chance, dimension = np.random.default_rng(0), vectors.shape[1]
    turns = [np.linalg.qr(chance.standard_normal((dimension, dimension)))[0] for _ in range(-(-BITS // dimension))]
    planes = np.concatenate(turns)[:BITS].astype(np.float32)
    middle = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    parts = np.array_split(vectors, len(vectors) // 10_000 + 1)
    signatures = np.concatenate([_signature((part - middle) @ planes.T) for part in parts])
    np.save(folder / PLANES, planes)
    np.save(folder / MIDDLE, middle)
    for collection, numbers in texts.items():
        np.save(folder / f"{collection}.npy", np.ascontiguousarray(signatures[np.array(numbers, np.intp)].T))


def _signature(products: Vectors32) -> NDArray[np.uint64]:
    """Which products are above 0, 64 to a number."""
    return np.packbits(products > 0, axis=-1).view(np.uint64)


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
        self._signatures = _Signatures(folder / SIGNATURES) if (folder / SIGNATURES).exists() else None
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
        if self._signatures is not None:
            return self._signatures.search(vector, max(LIKELY, k), partial(self._best_of, vector=vector, k=k))
        cosines = _products(self._vectors, vector)
        return {collection: _best(cosines[texts], k) for collection, texts in self._texts.items()}

    def _best_of(self, collection: Collection, rows: Numbers, vector: Vectors32, k: int) -> tuple[Numbers, Vectors32]:
        """The k best of some rows of a collection."""
        texts = self._texts[collection]
        # "clip" saves looking for numbers that are none of a row: there are none.
        chosen, cosines = _best(_products(self._vectors.take(texts[rows], axis=0, mode="clip"), vector), k)
        return rows[chosen], cosines


class _Signatures:
    """On which side of the planes the text of each row lies."""

    def __init__(self, folder: Path) -> None:
        self._words: dict[Collection, NDArray[np.uint64]] = {
            collection: _mapped(folder / f"{collection}.npy") for collection in COLLECTIONS
        }
        self._largest = max(self._words, key=lambda collection: self._words[collection].shape[1])
        self._threads = ThreadPoolExecutor(CORES)
        self._planes: Vectors32 = np.load(folder / PLANES)
        self._middle: Vectors32 = np.load(folder / MIDDLE)

    def search(
        self, vector: Vectors32, k: int, best_of: Callable[[Collection, Numbers], Found]
    ) -> dict[Collection, Found]:
        """What `best_of` finds among those k rows of each collection whose signatures differ least from the vector's;
        the largest collection is looked through beside the others."""
        asked = _signature(_products(self._planes, vector - self._middle))

        def found(collection: Collection) -> Found:
            return best_of(collection, _least(_differing(self._words[collection], asked), k))

        largest = self._threads.submit(found, self._largest)
        others = {collection: found(collection) for collection in self._words if collection != self._largest}
        return {**others, self._largest: largest.result()}


def _differing(words: NDArray[np.uint64], asked: NDArray[np.uint64]) -> Bits:
    """In how many bits each signature differs from the one asked for. The scratch arrays are reused: allocating them
    costs as much as comparing."""
    apart = np.zeros(words.shape[1], np.uint16)
    bits, counts = np.empty(_AT_ONCE, np.uint64), np.empty(_AT_ONCE, np.uint8)
    for first in range(0, len(apart), _AT_ONCE):
        part = apart[first : first + _AT_ONCE]
        some, few = bits[: len(part)], counts[: len(part)]
        for word, own in zip(words[:, first : first + _AT_ONCE], asked, strict=True):
            np.bitwise_count(np.bitwise_xor(word, own, out=some), out=few)
            part += few
    return apart


def _products(vectors: Vectors32, vector: Vectors32) -> Vectors32:
    # Not @: the threads of BLAS spin where other processes need the cores, and take longer than the product.
    products: Vectors32 = np.einsum("ij,j->i", vectors, vector)
    return products


def _least(numbers: Bits, k: int) -> Numbers:
    """The rows of the k lowest numbers, ascending; of equal ones the earlier rows."""
    if len(numbers) <= k:
        return np.arange(len(numbers), dtype=np.int32)
    rows = np.flatnonzero(numbers <= np.partition(numbers, k - 1)[k - 1])
    order = np.argsort(numbers[rows], kind="stable")[:k]
    return np.sort(rows[order]).astype(np.int32)


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
