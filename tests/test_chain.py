"""The encoder as LangChain takes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.chain import ManualEmbeddings
from ingest.store.index import Index

QUESTION = "Who do I speak to about a new DNS zone?"


@pytest.fixture(scope="module")
def index(small_index: Path) -> Iterator[Index]:
    opened = Index.open(small_index)
    yield opened
    opened.close()


def test_embeddings_are_the_encoders_own_unit_vectors(index: Index) -> None:
    embeddings = ManualEmbeddings(index.encoder)
    (document,) = embeddings.embed_documents([QUESTION])
    assert document == embeddings.embed_query(QUESTION)
    assert np.linalg.norm(document) == pytest.approx(1.0, abs=1e-5)
