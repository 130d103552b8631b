"""The vector index in a folder: the door to Chroma on this machine (`ingest.store.server` is the one to a server).

Chroma keeps ids and vectors, nothing else: what an id means stands in `ingest.store.records`. A folder is
written by one process, before anybody reads it.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal, cast

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.config import Settings
from chromadb.errors import ChromaError

from ingest.encoder.embedding import Vectors32
from ingest.values import COLLECTIONS, Collection

DATABASE = "chroma.sqlite3"
# Chroma refuses batches above 5,461.
_BATCH = 2000
SPACE: Literal["ip"] = "ip"
"""The inner product, which is the cosine of unit vectors. For "cosine" Chroma would scale them once more, and give back
other bytes than it was given."""
# Wide enough that the nearest few hundred of some thousands of vectors are the exact ones.
_GRAPH: CreateHNSWConfiguration = {
    "space": SPACE,
    "ef_construction": 200,
    "ef_search": 400,
    "max_neighbors": 32,
    "num_threads": 1,
}


class Vectors:
    """Two collections of unit vectors, searched by cosine; safe to use from several threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._collections: Mapping[Collection, chromadb.Collection] = {
            name: client.get_collection(name, embedding_function=None) for name in COLLECTIONS
        }
        for name, collection in self._collections.items():
            space = (collection.configuration_json.get("hnsw") or {}).get("space")
            if space != SPACE:
                raise ValueError(f"collection {name} measures {space}, not {SPACE}")

    @staticmethod
    def create(folder: Path) -> Vectors:
        """Both collections, empty, in a folder that does not exist yet; OSError when Chroma cannot write."""
        folder.mkdir(parents=True)
        with _writing():
            client = _client(folder)
            for name in COLLECTIONS:
                client.create_collection(name, configuration={"hnsw": _GRAPH}, embedding_function=None)
        return Vectors(client)

    @staticmethod
    def open(folder: Path) -> Vectors:
        """What `create` made; ValueError when it is not that."""
        if not (folder / DATABASE).is_file():
            # Chroma would make an empty database where there is none.
            raise ValueError(f"no {DATABASE} in {folder}")
        try:
            client = _client(folder)
        except Exception as error:  # Chroma's bindings raise whatever SQLite said
            raise ValueError(f"{folder} is no Chroma folder: {error}") from error
        try:
            return Vectors(client)
        except (ChromaError, ValueError) as error:
            client.close()
            raise ValueError(f"{folder} does not hold both collections: {error}") from error

    def close(self) -> None:
        """Let go of the folder: it may be deleted and its path used again by this process."""
        self._client.close()

    def write(self, collection: Collection, ids: Sequence[str], vectors: Vectors32) -> None:
        """Add vectors of shape (len(ids), dimension) under ids that the collection does not hold yet.

        To change a vector, `delete` its id first: Chroma passes over a known id without a word.
        OSError when Chroma cannot write (a full disk).
        """
        for part in batches(len(ids)):
            with _writing():
                self._collections[collection].add(ids=list(ids[part]), embeddings=vectors[part])

    def delete(self, collection: Collection, ids: Sequence[str]) -> None:
        """Take ids out, with their vectors; OSError when Chroma cannot write."""
        for part in batches(len(ids)):
            with _writing():
                self._collections[collection].delete(ids=list(ids[part]))

    def ids(self, collection: Collection) -> list[str]:
        """Every id of the collection, sorted."""
        return sorted(self._collections[collection].get(include=[])["ids"])

    def read(self, collection: Collection, ids: Sequence[str]) -> Vectors32:
        """The vectors of these ids as they were written, shape (len(ids), dimension), in their order; KeyError for an
        id that the collection does not hold."""
        found: list[Vectors32] = []
        for part in batches(len(ids)):
            wanted = list(ids[part])
            got = self._collections[collection].get(ids=wanted, include=["embeddings"])
            by_id = dict(zip(got["ids"], np.asarray(got["embeddings"]).astype(np.float32), strict=True))
            found.extend(by_id[id_] for id_ in wanted)
        return np.array(found, np.float32)

    def count(self, collection: Collection) -> int:
        return self._collections[collection].count()

    def search(self, collection: Collection, vector: Vectors32, k: int) -> list[tuple[str, float]]:
        """The k nearest ids and their cosine similarity (-1 to 1), best first, equals by id.

        `vector` has shape (dimension,). Fewer come back where the collection holds fewer.
        """
        return self.search_all(collection, vector[np.newaxis], k)[0]

    def search_all(self, collection: Collection, vectors: Vectors32, k: int) -> list[list[tuple[str, float]]]:
        """What `search` finds for each of several vectors, shape (searches, dimension)."""
        wanted = min(k, self.count(collection))
        if wanted <= 0:
            return [[] for _ in vectors]
        found = self._collections[collection].query(query_embeddings=vectors, n_results=wanted, include=["distances"])
        each = zip(found["ids"], found["distances"] or [], strict=True)
        hits = ([(id_, 1.0 - float(far)) for id_, far in zip(*pair, strict=True)] for pair in each)
        return [sorted(near, key=lambda hit: (-hit[1], hit[0])) for near in hits]


def copy(source: Path, target: Path) -> None:
    """Copy a folder of vectors that other processes may be reading meanwhile.

    A reader that opens Chroma leaves a line in its database, so that file goes through SQLite's own
    backup; the graph's files change only when vectors do.
    """
    shutil.copytree(source, target, ignore=lambda _, names: [n for n in names if n.startswith(DATABASE)])
    with (
        closing(sqlite3.connect(f"{(source / DATABASE).resolve().as_uri()}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(target / DATABASE)) as new,
    ):
        old.backup(new)


@contextmanager
def _writing() -> Iterator[None]:
    """Chroma's own errors as what they are while writing: the disk's."""
    try:
        yield
    except ChromaError as error:
        raise OSError(str(error)) from error


def _client(folder: Path) -> Client:
    # Resolved: Chroma shares one system among all clients of a path, and knows it by the path's text.
    settings = Settings(anonymized_telemetry=False)
    return cast(Client, chromadb.PersistentClient(path=str(folder.resolve()), settings=settings))


def batches(count: int) -> Iterator[slice]:
    """So many rows in parts that Chroma takes at once."""
    return (slice(first, first + _BATCH) for first in range(0, count, _BATCH))
