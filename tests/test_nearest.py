"""The nearest texts: of few exactly, of many nearly all of them, by a graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.encoder.embedding import Vectors32
from ingest.relations import Relation
from ingest.store import nearest
from ingest.store.graph import Graph
from ingest.store.nearest import Nearest
from ingest.store.selfcheck import SelfCheckError, check_nearest
from ingest.values import Contact, Fact, Place

DIMENSION = 384


def of_unit_length(vectors: NDArray[np.float64]) -> Vectors32:
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def vectors() -> Vectors32:
    """6,000 vectors about 200 matters, which differ less and less from one direction to the next, as an encoder's."""
    chance = np.random.default_rng(2023)
    spread = np.arange(1, DIMENSION + 1) ** -0.5
    matters = chance.standard_normal((200, DIMENSION)) * spread
    return of_unit_length(matters.repeat(30, axis=0) + 0.6 * chance.standard_normal((6000, DIMENSION)) * spread)


def written(folder: Path, vectors: Vectors32) -> Nearest:
    """Two in three texts are passages, the rest facts; each text stands in one row, and in no order."""
    folder.mkdir()
    keys = [f"{n:064x}" for n in range(len(vectors))]
    rows = np.random.default_rng(7).permutation(len(keys))
    of = {"facts": rows[: len(keys) // 3], "passages": rows[len(keys) // 3 :]}
    texts = {name: [keys[row] for row in chosen] for name, chosen in of.items()}
    nearest.write(folder, keys, vectors, {"topics": [], **texts}, [], [])
    return Nearest(folder)


@pytest.fixture(scope="module")
def both(vectors: Vectors32, tmp_path_factory: pytest.TempPathFactory) -> tuple[Nearest, Nearest]:
    """The same texts, taken for few and taken for many."""
    root = tmp_path_factory.mktemp("nearest")
    few = written(root / "few", vectors)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "EXACT", 1000)
        return few, written(root / "many", vectors)


def test_of_few_the_nearest_are_exact(both: tuple[Nearest, Nearest], vectors: Vectors32) -> None:
    found = both[0].search(vectors[5], 100)
    texts = both[0]._texts["passages"]
    expected = np.sort(vectors[texts] @ vectors[5])[::-1][:100]
    assert np.allclose(found["passages"][1], expected, atol=1e-6)
    assert found["topics"][0].tolist() == []


def test_of_many_nearly_all_of_the_nearest_are_found(both: tuple[Nearest, Nearest], vectors: Vectors32) -> None:
    chance = np.random.default_rng(5)
    asked = of_unit_length(vectors[::150] + 0.02 * chance.standard_normal((40, DIMENSION)))
    shares: dict[int, list[float]] = {10: [], 100: []}
    for vector in asked:
        for k, found in shares.items():
            exact, likely = (one.search(vector, k)["passages"][0] for one in both)
            found.append(len(set(exact.tolist()) & set(likely.tolist())) / k)
    assert np.mean(shares[10]) >= 0.99
    assert np.mean(shares[100]) >= 0.95


def test_of_many_the_cosines_are_exact_and_in_order(both: tuple[Nearest, Nearest], vectors: Vectors32) -> None:
    rows, cosines = both[1].search(vectors[11], 50)["facts"]
    texts = both[1]._texts["facts"]
    assert np.allclose(cosines, vectors[texts[rows]] @ vectors[11], atol=1e-6)
    assert (np.diff(cosines) <= 0).all()
    assert len(set(rows.tolist())) == 50


def test_the_full_vectors_of_many_texts_are_mapped_not_read(both: tuple[Nearest, Nearest]) -> None:
    assert isinstance(both[1]._vectors.base, np.memmap)


def test_what_stands_in_a_section_and_who_owns_a_page(tmp_path: Path) -> None:
    def fact(number: int, relation: Relation, path: str, anchor: str) -> Fact:
        place = Place(path, "Title", "", anchor, number, number, "quote", "url")
        return Fact(f"{number}", relation, (Contact("channel", "", "#a"),), "topic", (), place)

    facts = [
        fact(1, "step", "a.md", "one"),
        fact(2, "ask", "a.md", "one"),
        fact(3, "step", "a.md", "two"),
        fact(4, "step", "a.md", "one"),
        fact(5, "owns page", "b.md", ""),
    ]
    keys = {"facts": ["k"] * 5, "topics": ["k"], "passages": []}
    nearest.write(tmp_path, ["k"], np.ones((1, 1), np.float32), keys, facts, [])  # type: ignore[arg-type]
    arrays = Nearest(tmp_path)
    assert arrays.beside(1, "step").tolist() == [0, 3]
    assert arrays.rows_of("step").tolist() == [0, 2, 3]
    assert arrays.rows_of("owns page", "step").tolist() == [0, 2, 3, 4]
    assert arrays.rows_of().tolist() == []
    pages = arrays.numbers("page", "facts")
    assert arrays.owners[pages].tolist() == [-1, -1, -1, -1, 4]


def test_the_same_vectors_give_the_same_graphs(vectors: Vectors32, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "EXACT", 1000)
        for name in ("one", "two"):
            written(tmp_path / name, vectors)
    files = sorted((tmp_path / "one" / nearest.GRAPHS).iterdir())
    assert [file.name for file in files] == ["facts.usearch", "passages.usearch", "topics.usearch"]
    assert all(file.read_bytes() == (tmp_path / "two" / nearest.GRAPHS / file.name).read_bytes() for file in files)


def test_of_equal_texts_the_earlier_rows_come_first(vectors: Vectors32, tmp_path: Path) -> None:
    """However many rows share a text: the graph holds it once."""
    few = vectors[:3]
    keys = [f"{n:064x}" for n in range(3)]
    of = {"facts": [keys[0], keys[1], keys[0], keys[2], keys[0]], "topics": [], "passages": []}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "EXACT", 1)
        nearest.write(tmp_path, keys, few, of, [], [])  # type: ignore[arg-type]
    rows, cosines = Nearest(tmp_path).search(few[0], 3)["facts"]
    assert rows.tolist() == [0, 2, 4]
    assert np.allclose(cosines, 1.0)


def test_graphs_that_find_too_little_are_not_published(both: tuple[Nearest, Nearest]) -> None:
    check_nearest(both[1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.store.graph.Graph.search", lambda *_: np.arange(5, dtype=np.int64))
        with pytest.raises(SelfCheckError, match="nearest rows"):
            check_nearest(both[1])


@pytest.mark.parametrize("content", [b"", b"no graph at all" * 100])
def test_a_file_that_is_no_graph_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "facts.usearch").write_bytes(content)
    with pytest.raises(ValueError, match="is no graph"):
        Graph(tmp_path / "facts.usearch", DIMENSION)
