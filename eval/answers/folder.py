"""The folder that a run leaves: what joins its steps, and what a later run compares itself with.

    settings.json       the index, the question set, the versions
    questions.jsonl     the questions with their gold, as they were
    answers.jsonl       the answers, the same bytes for the same index and questions
    timings.jsonl       seconds of each answer (never the same twice, hence apart)
    passages.jsonl      the pages that retrieval found for each question
    metamorphic.jsonl   what the generated questions got, form by form
    rows.jsonl          one row a question: every measure, what was missed
    totals.json         the rows added up
    away/NAME/          the same files of a set on another organisation's manual
    away.json           those sets added up
    gate.json           the limits that were broken
    comparison.json     what changed since an earlier run, where one was named
    report.html, summary.md, junit.xml

A baseline's answers and passages stand in files of their own: answers.words-only.jsonl and so on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from assistant.errors import UserError
from eval.answers.gold import Question, parsed

SETTINGS = "settings.json"
QUESTIONS = "questions.jsonl"
ANSWERS = "answers.jsonl"
TIMINGS = "timings.jsonl"
PASSAGES = "passages.jsonl"
METAMORPHIC = "metamorphic.jsonl"
ROWS = "rows.jsonl"
TOTALS = "totals.json"
AWAY = "away"
AWAY_TOTALS = "away.json"
GATE = "gate.json"
COMPARISON = "comparison.json"
REPORT = "report.html"
SUMMARY = "summary.md"
JUNIT = "junit.xml"
RUNS = Path("eval/runs")
"""Where dated folders are made by default."""

T = TypeVar("T")


def new_folder(out: Path | None) -> Path:
    """The folder of a new run: `out`, or one named by the time (UTC) below `RUNS`; UserError when it cannot be."""
    folder = out or RUNS / datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as error:
        raise UserError(f"The report folder {folder} cannot be made ({error.strerror}): name another one.") from error
    if taken:
        raise UserError(f"The report folder {folder} is not empty: name a new one, so that no run is overwritten.")
    return folder


def earlier(report: Path) -> Path:
    """The folder of an earlier run, given that folder or a file in it; UserError when it holds no run."""
    folder = report if report.is_dir() else report.parent
    if not all((folder / name).is_file() for name in (ANSWERS, ROWS, QUESTIONS)):
        raise UserError(f"{report} is no report of an earlier run: name a folder that holds {ANSWERS} and {ROWS}.")
    return folder


def write_lines(file: Path, values: Iterable[Any]) -> None:
    """One JSON object a line."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def read_lines(file: Path) -> Iterator[Any]:
    """The object of each line; UserError naming the first that is none."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise UserError(f"{file}:{number}: the line is not JSON: run the evaluation again.") from error


def read_questions(folder: Path) -> tuple[Question, ...]:
    lines = (folder / QUESTIONS).read_bytes().splitlines()
    return tuple(parsed(line, f"{folder / QUESTIONS}:{number}") for number, line in enumerate(lines, 1))


def write_values(file: Path, values: Iterable[Any]) -> None:
    """One dataclass a line."""
    write_lines(file, (TypeAdapter(type(value)).dump_python(value, mode="json") for value in values))


def read_values(form: type[T], file: Path) -> tuple[T, ...]:
    """The dataclass of each line; UserError when they are of another version."""
    adapter = TypeAdapter(form)
    return tuple(_valid(adapter, line, file) for line in read_lines(file))


def write_json(file: Path, value: Any) -> None:
    """A value (a dataclass too) as indented JSON."""
    data = TypeAdapter(type(value)).dump_python(value, mode="json")
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_json(form: type[T], file: Path) -> T:
    """The value of a file; UserError when it is of another version."""
    return _valid(TypeAdapter(form), json.loads(file.read_text("utf-8")), file)


def _valid(adapter: TypeAdapter[T], value: Any, file: Path) -> T:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise UserError(f"{file} was written by another version: run the evaluation again.") from error
