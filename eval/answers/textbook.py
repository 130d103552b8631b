"""The textbook chain: split, embed, take the four nearest chunks, name the first contact in them.

This is what a LangChain tutorial builds, with the same encoder and the same files; the one module of this room that
knows LangChain.
"""

from __future__ import annotations

import bisect
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter

from assistant.chain import ManualEmbeddings
from assistant.flow import Assistant
from assistant.progress import Progress
from eval.answers.generate import RANKED
from eval.answers.textbook_recipe import CHUNK, NEAREST, OVERLAP, first_contact, together

_BATCH = 64


class Textbook:
    """The chain over the pages of an index, read from the manual's folder."""

    name = "textbook chain"

    def __init__(self, assistant: Assistant, manual: Path, progress: Progress) -> None:
        self._index = assistant.index
        self._store = Chroma(collection_name="textbook", embedding_function=ManualEmbeddings(assistant.index.encoder))
        chunks = [chunk for path in _files(assistant) for chunk in chunks_of(manual, path)]
        for first in range(0, len(chunks), _BATCH):
            batch = chunks[first : first + _BATCH]
            self._store.add_documents(batch, ids=[f"{first + n}" for n in range(len(batch))])
            progress("embedding for the textbook chain", first + len(batch), len(chunks))

    def answer(self, question: str, history: Sequence[str], id: str) -> dict[str, Any]:  # noqa: A002
        """Always an answer, cited from the chunks; without a contact where they hold none."""
        found = self._store.similarity_search_with_score(together(question, history), k=NEAREST)
        sources = [_source(number, chunk) for number, (chunk, _) in enumerate(found, 1)]
        contacts = _contacts(sources)
        return {
            "id": id,
            "question": question,
            "outcome": "answer",
            "contacts": contacts,
            "steps": [],
            "ladder": [],
            "sources": sources,
            "pages": [],
            "items": [],
            "notes": [],
            "rule": self.name,
            # Chroma's squared distance of unit vectors is 2 - 2 cos.
            "confidence": round(min(1.0, max(0.0, 1.0 - found[0][1] / 2)), 3) if found else 0.0,
            "markdown": " ".join(f"{c['address']} {c['sources']}" for c in contacts),
            "index": self._index.digest,
        }

    def pages(self, question: str, history: Sequence[str]) -> tuple[str, ...]:
        found = self._store.similarity_search(together(question, history), k=RANKED * NEAREST)
        return tuple(dict.fromkeys(chunk.metadata["path"] for chunk in found))[:RANKED]


def chunks_of(manual: Path, path: str) -> list[Document]:
    """The chunks of a file, with the lines on which each begins and ends."""
    text = (manual / path).read_text(encoding="utf-8", errors="replace")
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True)
        chunks = splitter.create_documents([text], [{"path": path}])
    for chunk in chunks:
        begin = chunk.metadata["start_index"]
        chunk.metadata["first"] = bisect.bisect_right(starts, begin)
        chunk.metadata["last"] = bisect.bisect_right(starts, begin + len(chunk.page_content) - 1)
    return chunks


def _contacts(sources: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The one contact of an answer, cited from the quote that it stands in."""
    found = first_contact(source["quote"] for source in sources)
    if found is None:
        return []
    place, address = found
    kind = {"#": "channel", "@": "handle"}.get(address[0], "email")
    return [{"kind": kind, "name": "", "address": address, "why": "", "sources": [sources[place]["number"]]}]


def _files(assistant: Assistant) -> list[str]:
    """Every file that a fact or a passage was made of."""
    records = assistant.index.records
    places = [fact.place for fact in records.facts()]
    places += [records.passage(id_).place for id_ in records.ids("passages")]
    return sorted({place.path for place in places})


def _source(number: int, chunk: Document) -> dict[str, Any]:
    said = chunk.metadata
    return {
        "number": number,
        "path": said["path"],
        "title": said["path"],
        "heading": "",
        "anchor": "",
        "lines": [said["first"], said["last"]],
        "quote": chunk.page_content,
        "url": "",
        "owner": "",
        "updated": "",
        "commit": "",
    }
