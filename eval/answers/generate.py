"""The first step: questions to files of answers, of seconds, and of the pages that retrieval found."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from assistant.errors import UserError
from assistant.flow import Assistant
from assistant.progress import Progress
from assistant.retrieve import HybridRetriever
from assistant.understand import understand
from eval.answers import folder as files
from eval.answers.gold import Question
from eval.answers.replies import Pages, Reply, reply_of

RANKED = 10
"""Pages kept of each ranking."""


class Answers(Protocol):
    """What can be measured: something that answers with the contract's JSON, and ranks pages."""

    name: str
    """As tables show it; "" for the assistant itself."""

    def answer(self, question: str, history: Sequence[str], id: str) -> dict[str, Any]:  # noqa: A002
        """The answer's JSON object."""
        ...

    def pages(self, question: str, history: Sequence[str]) -> tuple[str, ...]:
        """The pages that retrieval finds, best first, each once."""
        ...


class OfAssistant:
    """The assistant, and the retriever that it asks."""

    name = ""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._retriever = HybridRetriever(assistant.index)

    def answer(self, question: str, history: Sequence[str], id: str) -> dict[str, Any]:  # noqa: A002
        return self._assistant.answer(question, history, id).to_json()

    def pages(self, question: str, history: Sequence[str]) -> tuple[str, ...]:
        asked = understand(question, tuple(history))
        found = self._retriever.search(asked.text, asked.own_words).passages
        return tuple(dict.fromkeys(hit.passage.place.path for hit in found))


def generate(
    answers: Answers, questions: Sequence[Question], folder: Path, pages: frozenset[str], progress: Progress
) -> None:
    """Ask every question and write answers, timings and passages; one that is refused leaves its reason.

    `pages` are those that passages were made of. The first question is asked once before the clock runs:
    it would wait for the model to load.
    """
    said: list[dict[str, Any]] = []
    took: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    _asked(answers, questions[0])
    for done, question in enumerate(questions, 1):
        started = time.perf_counter()
        said.append(_asked(answers, question))
        took.append({"id": question.id, "seconds": round(time.perf_counter() - started, 6)})
        ranking = answers.pages(question.question, question.history)[:RANKED]
        found.append({"id": question.id, "pages": ranking, "findable": sorted(question.pages & pages)})
        progress(answers.name or "asking", done, len(questions))
    files.write_lines(folder / named(files.ANSWERS, answers.name), said)
    files.write_lines(folder / named(files.TIMINGS, answers.name), took)
    files.write_lines(folder / named(files.PASSAGES, answers.name), found)


def findable(assistant: Assistant) -> frozenset[str]:
    """The pages that passages were made of."""
    records = assistant.index.records
    return frozenset(records.passage(id_).place.path for id_ in records.ids("passages"))


def named(file: str, name: str) -> str:
    """A run's file, or the one that a baseline of that name has in its place.

    >>> named("answers.jsonl", "words only")
    'answers.words-only.jsonl'
    """
    stem, end = file.split(".")
    return f"{stem}.{name.replace(' ', '-')}.{end}" if name else file


def read_replies(folder: Path, name: str = "") -> Mapping[str, Reply]:
    """The replies by id, of those that were answered."""
    lines = files.read_lines(folder / named(files.ANSWERS, name))
    return {line["id"]: reply_of(line) for line in lines if "error" not in line}


def read_pages(folder: Path, name: str = "") -> Mapping[str, Pages]:
    lines = files.read_lines(folder / named(files.PASSAGES, name))
    return {line["id"]: Pages(tuple(line["pages"]), tuple(line["findable"])) for line in lines}


def read_seconds(folder: Path, name: str = "") -> Mapping[str, float]:
    return {line["id"]: float(line["seconds"]) for line in files.read_lines(folder / named(files.TIMINGS, name))}


def _asked(answers: Answers, question: Question) -> dict[str, Any]:
    try:
        return answers.answer(question.question, question.history, question.id)
    except UserError as error:
        return {"id": question.id, "error": str(error)}
