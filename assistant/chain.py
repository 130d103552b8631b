"""The index's encoder as LangChain knows one. The one door to langchain-core.

The question path itself does not pass through here: importing langchain-core takes longer than an answer.
"""

from __future__ import annotations

from langchain_core.embeddings import Embeddings

from ingest.encoder.onnx import Encoder


class ManualEmbeddings(Embeddings):
    """The index's encoder: unit vectors, the same bytes for the same text. The evaluation's textbook chain embeds with
    it, so that it differs from the assistant in all but the model."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._encoder.embed(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self._encoder.embed_query(text).tolist()
        return vector
