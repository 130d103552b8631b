"""Question sets: JSON Lines, one question with its gold a line, checked whole before anything is asked."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.errors import UserError

KINDS = (
    "responsibility",
    "ownership",
    "page_owner",
    "procedure",
    "incident",
    "escalation",
    "follow_up",
    "out_of_scope",
    "injection",
    "misspelt",
    "ambiguous",
)
OUTCOMES = ("answer", "escalate", "decline")
LONGEST_EVIDENCE = 300
"""Characters."""
_KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks, and what the right answer must and must not hold.

    `contacts_any`: the top contact must be one of these (each with its equivalent spellings). `contacts_all`:
    all of these must be named; for `escalate` they are the rungs, in order. `contacts_never`: plausible but
    wrong ones. `sources_any`: pages of which one must be cited, by path, optionally with `#anchor`.
    """

    id: str
    kind: str
    history: tuple[str, ...]
    question: str
    outcome: str
    contacts_any: tuple[tuple[str, ...], ...]
    contacts_all: tuple[tuple[str, ...], ...]
    contacts_never: tuple[str, ...]
    sources_any: tuple[str, ...]
    steps_any: tuple[str, ...]
    evidence: str
    note: str

    @property
    def pages(self) -> frozenset[str]:
        """The paths of `sources_any`, without anchors."""
        return frozenset(source.split("#")[0] for source in self.sources_any)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A question file as read: `digest` is the sha256 of its bytes."""

    path: Path
    digest: str
    questions: tuple[Question, ...]
    lines: Mapping[str, int]
    """The line, from 1, on which each question stands, by its id."""

    def where(self, id_: str) -> str:
        """`file:line` of a question."""
        return f"{self.path}:{self.lines[id_]}"


def load(path: Path, has_page: Callable[[str], bool]) -> QuestionSet:
    """Every question of a file; UserError for the first thing that is wrong with any of them.

    `has_page` tells whether the manual holds a page, by its path.
    """
    data = _bytes(path)
    questions: list[Question] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        question = parsed(line, where)
        if question.id in lines:
            raise UserError(
                f"{where}: the id {question.id} is already used on line {lines[question.id]}: give each its own id."
            )
        _check_sources(question, where, has_page)
        lines[question.id] = number
        questions.append(question)
    if not questions:
        raise UserError(f"{path}: there is no question in the file: write one JSON object a line.")
    return QuestionSet(path, hashlib.sha256(data).hexdigest(), tuple(questions), lines)


def parsed(line: bytes, where: str) -> Question:
    """The question of one line; UserError, which begins with `where`, for what is wrong with it."""
    try:
        given = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UserError(f"{where}: the line is not UTF-8: save the file as UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where}: the line is not JSON ({error}): write one JSON object a line.") from error
    if not isinstance(given, dict):
        raise UserError(f"{where}: the line is not a JSON object: write one question as an object.")
    _check_fields(given, where)
    question = Question(**{name: _read(given[name], form) for name, form in _FORMS.items()})
    _check_meaning(question, where)
    return question


_FORMS: Mapping[str, str] = {
    "id": "string",
    "kind": "string",
    "history": "list of strings",
    "question": "string",
    "outcome": "string",
    "contacts_any": "list of lists of strings",
    "contacts_all": "list of lists of strings",
    "contacts_never": "list of strings",
    "sources_any": "list of strings",
    "steps_any": "list of strings",
    "evidence": "string",
    "note": "string",
}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"The question file {path} cannot be read ({error.strerror}): name another one.") from error


def _check_fields(given: Mapping[str, Any], where: str) -> None:
    for name in given:
        if name not in _FORMS:
            raise UserError(f"{where}: the field {name!r} is not known: use only {', '.join(_FORMS)}.")
    for name, form in _FORMS.items():
        if name not in given:
            raise UserError(f'{where}: the field "{name}" is missing: add it as a {form}.')
        if not _is(given[name], form):
            raise UserError(f'{where}: the field "{name}" is not a {form}: write it as one.')


def _is(value: object, form: str) -> bool:
    """Whether a value has a form; the strings inside lists may not be blank, as they would match anything."""
    match form:
        case "string":
            return isinstance(value, str)
        case "list of strings":
            return isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)
        case _:
            return isinstance(value, list) and all(_is(item, "list of strings") and item for item in value)


def _read(value: Any, form: str) -> Any:
    match form:
        case "string":
            return value
        case "list of strings":
            return tuple(value)
        case _:
            return tuple(tuple(item) for item in value)


def _check_meaning(question: Question, where: str) -> None:
    """What each field allows, given the others."""
    answered = question.outcome == "answer"
    checks = (
        (question.kind in KINDS, f"the kind {question.kind!r} is not known: use one of {', '.join(KINDS)}"),
        (
            question.outcome in OUTCOMES,
            f"the outcome {question.outcome!r} is not known: use one of {', '.join(OUTCOMES)}",
        ),
        (bool(_KEBAB.fullmatch(question.id)), f"the id {question.id!r} is not in kebab-case: write-it-like-this"),
        (
            question.id.startswith(question.kind.replace("_", "-")),
            f"the id {question.id} does not start with its kind: begin it with {question.kind.replace('_', '-')}",
        ),
        (bool(question.question.strip()), "the question is empty: write what the person types"),
        (
            bool(question.history) == (question.kind == "follow_up"),
            "history belongs to follow-ups, and to all of them: add the earlier turns, or change the kind",
        ),
        (
            bool(question.contacts_any) == answered,
            "contacts_any belongs to the outcome answer, and to no other: add the contacts, or change the outcome",
        ),
        (
            not answered or bool(question.evidence.strip()),
            "the evidence is empty: copy the line of the manual that proves the answer",
        ),
        (
            len(question.evidence) <= LONGEST_EVIDENCE,
            f"the evidence is longer than {LONGEST_EVIDENCE} characters: keep the line that proves it",
        ),
        (
            bool(question.sources_any) == (question.outcome != "decline"),
            "sources_any belongs to every outcome but decline: name the pages that hold the answer, or none",
        ),
    )
    for holds, complaint in checks:
        if not holds:
            raise UserError(f"{where}: {complaint}.")


def _check_sources(question: Question, where: str, has_page: Callable[[str], bool]) -> None:
    for page in sorted(question.pages):
        if not has_page(page):
            raise UserError(
                f"{where}: the source {page!r} is not in the manual: correct it, or ingest the manual that has it."
            )
