"""The pieces as LangChain takes them, composed as its users compose them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from langchain_core.runnables import RunnableLambda

from assistant.chain import ManualEmbeddings, ManualRetriever, runnable
from assistant.flow import Assistant
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


def test_the_retriever_gives_documents_best_first_with_their_place(index: Index) -> None:
    found = ManualRetriever(index=index, k=2).invoke(QUESTION)
    assert len(found) == 2
    assert "dns" in found[0].metadata["path"]
    assert found[0].metadata["score"] >= found[1].metadata["score"]
    assert found[0].metadata["lines"][0] <= found[0].metadata["lines"][1]


def test_the_assistant_composes_as_a_runnable(index: Index) -> None:
    assistant = Assistant(index)
    chain = runnable(assistant) | RunnableLambda(lambda answer: answer["contacts"][0])
    expected = assistant.answer(QUESTION).to_json()
    assert chain.invoke(QUESTION) == expected["contacts"][0]
    assert runnable(assistant).invoke({"question": QUESTION, "id": "", "history": []}) == expected
