"""The pieces as LangChain knows them, for people who compose their own chains. The one door to langchain-core.

The question path itself does not pass through here: importing langchain-core takes longer than an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from assistant.flow import Assistant
from assistant.retrieve import HybridRetriever, PassageHit
from ingest.encoder.onnx import Encoder
from ingest.store.index import Index


class ManualEmbeddings(Embeddings):
    """The index's encoder: unit vectors, the same bytes for the same text."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._encoder.embed(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self._encoder.embed_query(text).tolist()
        return vector


class ManualRetriever(BaseRetriever):
    """The passages that answer a question, best first, by words and vectors fused."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    index: Index
    k: int = 5

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        del run_manager
        return [_document(hit) for hit in HybridRetriever(self.index).search(query).passages[: self.k]]


def runnable(assistant: Assistant) -> Runnable[Any, dict[str, Any]]:
    """The assistant as a Runnable: a question, or {"question", "history", "id"}, to the answer's JSON object."""

    def answer(said: Any) -> dict[str, Any]:
        asked: dict[str, Any] = {"question": said} if isinstance(said, str) else dict(said)
        history: Sequence[str] = asked.get("history", ())
        return assistant.answer(asked["question"], history, str(asked.get("id", ""))).to_json()

    return RunnableLambda(answer)


def _document(hit: PassageHit) -> Document:
    place = hit.passage.place
    return Document(
        page_content=hit.passage.text,
        metadata={
            "path": place.path,
            "title": place.title,
            "heading": place.heading,
            "anchor": place.anchor,
            "lines": [place.first, place.last],
            "url": place.url,
            "owner": place.owner,
            "score": hit.score,
        },
        id=hit.passage.id,
    )
