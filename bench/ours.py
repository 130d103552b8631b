"""What is measured of ours inside one process: answers, ingests, and the encoder alone. A worker's jobs."""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from assistant.flow import Assistant
from bench.generated import generated
from bench.questions import derived, of_people, shuffled
from bench.worker import work
from ingest.build import ingest
from ingest.encoder.cache import encoder_of
from ingest.encoder.model import find_model
from ingest.encoder.onnx import Encoder
from ingest.store.index import Index
from ingest.values import Progress, statements_of

SPOKEN = 20
"""Seconds between two words on how far a long job is."""


class Ours:
    """The jobs; every library is imported before the clock runs."""

    def open(self, index: str) -> None:
        """An assistant that has answered once."""
        self._assistant = Assistant.open(Path(index))
        self._assistant.prepare()

    def answer(self, asked: list[tuple[str, list[str]]]) -> list[float]:
        """The seconds that each answer takes, its Markdown included."""
        took = []
        for question, history in asked:
            started = time.perf_counter()
            self._assistant.answer(question, history)
            took.append(time.perf_counter() - started)
        return took

    def ingest(self, source: str, index: str, like: str | None = None) -> dict[str, Any]:
        """Read the manual into the index; with vectors generated where an index is named that they are to be like."""
        with generated(Path(like)) if like else nullcontext():
            started = time.perf_counter()
            report = ingest(source, Path(index), progress=_spoken())
            seconds = time.perf_counter() - started
        return {"seconds": seconds, "passages": report.passages, "embedded": report.embedded, "pages": report.pages}

    def export(self) -> float:
        """Seconds that it takes to export the encoder into the cache."""
        started = time.perf_counter()
        encoder_of(find_model(None))
        return time.perf_counter() - started

    def embed(self, index: str) -> float:
        """Seconds that the encoder alone takes for every distinct text of the index."""
        opened = Index.open(Path(index))
        texts = _texts(opened)
        encoder = Encoder.open(opened.encoder_home)
        encoder.embed_query("Who do I ask?")
        started = time.perf_counter()
        encoder.embed(texts)
        return time.perf_counter() - started

    def questions(self, index: str, count: int) -> list[tuple[str, list[str]]]:
        """Up to `count` distinct questions: those of the project's set first, then such as the manual's facts give."""
        records = Index.open(Path(index)).records
        people = of_people()[: count // 2]
        return shuffled([*people, *derived(records.facts(), count - len(people))])

    def ladder(self, index: str) -> list[str]:
        """The pages that hold the escalation order."""
        return sorted({fact.place.path for fact in Index.open(Path(index)).records.facts("rung")})

    def files(self, index: str) -> list[str]:
        """Every file that a fact or a passage was made of."""
        records = Index.open(Path(index)).records
        places = [fact.place for fact in records.facts()]
        places += [records.passage(id_).place for id_ in records.ids("passages")]
        return sorted({place.path for place in places})


def _texts(index: Index) -> list[str]:
    facts = index.records.facts()
    passages = [index.records.passage(id_).text for id_ in index.records.ids("passages")]
    topics = [fact.topic for fact in statements_of(facts)]
    return list(dict.fromkeys([*(fact.text for fact in facts), *topics, *passages]))


def _spoken() -> Progress:
    """Says on standard error how far a long ingest is."""
    last = time.monotonic()

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > SPOKEN:
            last = time.monotonic()
            print(f"    {stage}: {done:,} of {total:,}", file=sys.stderr, flush=True)

    return progress


def main() -> None:
    ours = Ours()
    jobs = (ours.open, ours.answer, ours.ingest, ours.export, ours.embed, ours.questions, ours.ladder, ours.files)
    work({job.__name__: job for job in jobs})


if __name__ == "__main__":
    main()
