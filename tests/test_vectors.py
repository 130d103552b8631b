"""Chroma, through its one door, against exact arithmetic."""

from __future__ import annotations

import shutil
from pathlib import Path

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings

from ingest.encoder.embedding import Vectors32
from ingest.store import chroma as vector_folder
from ingest.store.chroma import Vectors


def unit(rows: int, seed: int = 0, dimension: int = 32) -> Vectors32:
    """Unit vectors of shape (rows, dimension)."""
    drawn = np.random.default_rng(seed).normal(size=(rows, dimension))
    table: Vectors32 = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return table


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "chroma"


def test_similarity_is_the_cosine_and_the_order_is_the_exact_one(folder: Path) -> None:
    table = unit(500)
    made = Vectors.create(folder)
    made.write("facts", [f"f{n:03}" for n in range(500)], table)
    for question in unit(20, seed=1):
        exact = table @ question
        best = np.argsort(-exact)[:10]
        found = made.search("facts", question, 10)
        assert [id_ for id_, _ in found] == [f"f{n:03}" for n in best]
        assert [s for _, s in found] == pytest.approx(exact[best].tolist(), abs=1e-5)
    made.close()


def test_more_wanted_than_there_are(folder: Path) -> None:
    made = Vectors.create(folder)
    made.write("facts", ["a", "b"], unit(2))
    assert len(made.search("facts", unit(1)[0], 50)) == 2
    assert made.search("passages", unit(1)[0], 50) == []
    assert made.search("facts", unit(1)[0], 0) == []
    made.close()


def test_equals_are_ordered_by_id(folder: Path) -> None:
    made = Vectors.create(folder)
    made.write("facts", ["c", "a", "b"], np.repeat(unit(1), 3, axis=0))
    assert [id_ for id_, _ in made.search("facts", unit(1)[0], 3)] == ["a", "b", "c"]
    made.close()


def test_more_than_one_batch_of_chromas(folder: Path) -> None:
    made = Vectors.create(folder)
    made.write("facts", [str(n) for n in range(6000)], unit(6000, dimension=4))
    assert made.count("facts") == 6000
    made.delete("facts", [str(n) for n in range(5990)])
    assert made.ids("facts") == [str(n) for n in range(5990, 6000)]
    made.close()


def test_a_changed_vector_is_deleted_then_added(folder: Path) -> None:
    one, two = unit(2)
    made = Vectors.create(folder)
    made.write("facts", ["a"], one[np.newaxis])
    made.delete("facts", ["a"])
    made.write("facts", ["a"], two[np.newaxis])
    assert made.search("facts", two, 1)[0][1] == pytest.approx(1, abs=1e-5)
    made.close()


def test_a_path_can_be_used_again_after_it_was_deleted(folder: Path) -> None:
    for name in ("old", "new"):
        made = Vectors.create(folder)
        made.write("facts", [name], unit(1))
        made.close()
        again = Vectors.open(folder)
        assert again.ids("facts") == [name]
        again.close()
        shutil.rmtree(folder)


def test_a_copy_of_a_folder_that_is_open(folder: Path, tmp_path: Path) -> None:
    made = Vectors.create(folder)
    made.write("facts", [str(n) for n in range(1500)], unit(1500))
    made.close()
    reading = Vectors.open(folder)
    vector_folder.copy(folder, tmp_path / "copy")
    copied = Vectors.open(tmp_path / "copy")
    copied.delete("facts", ["0"])
    assert (copied.count("facts"), reading.count("facts")) == (1499, 1500)
    assert reading.search("facts", unit(1500)[0], 1)[0][0] == "0"
    copied.close()
    reading.close()


def test_nothing_is_made_where_nothing_was(folder: Path) -> None:
    with pytest.raises(ValueError, match="no chroma"):
        Vectors.open(folder)
    assert not folder.exists()


def test_another_space_is_refused(folder: Path) -> None:
    client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    for name in ("facts", "topics", "passages"):
        client.create_collection(name, configuration={"hnsw": {"space": "l2"}}, embedding_function=None)
    client.close()  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="l2"):
        Vectors.open(folder)


def test_a_missing_collection_and_a_broken_database_are_refused(folder: Path) -> None:
    chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False)).close()  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="both collections"):
        Vectors.open(folder)
    (folder / "chroma.sqlite3").write_bytes(b"not a database, but long enough to look like one" * 100)
    with pytest.raises(ValueError, match="no Chroma folder"):
        Vectors.open(folder)
