"""Question sets: JSON Lines, one question with its gold a line, checked whole before anything is asked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import ConfigDict, Field, model_validator

from assistant.errors import UserError
from assistant.outside import Filled, json_of, read_as

Kind = Literal[
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
]
Outcome = Literal["answer", "escalate", "decline"]
KINDS: tuple[Kind, ...] = get_args(Kind)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
LONGEST_EVIDENCE = 300
"""Characters."""
_Spellings = Annotated[tuple[Filled, ...], Field(min_length=1)]
_KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks, and what the right answer must and must not hold.

    `contacts_any`: the top contact must be one of these (each with its equivalent spellings). `contacts_all`:
    all of these must be named; for `escalate` they are the rungs, in order. `contacts_never`: plausible but
    wrong ones. `sources_any`: pages of which one must be cited, by path, optionally with `#anchor`; an escalation
    without any is on a manual that states no order.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: str
    kind: Kind
    history: tuple[Filled, ...]
    question: str
    outcome: Outcome
    contacts_any: tuple[_Spellings, ...]
    contacts_all: tuple[_Spellings, ...]
    contacts_never: tuple[Filled, ...]
    sources_any: tuple[Filled, ...]
    steps_any: tuple[Filled, ...]
    evidence: str
    note: str

    @property
    def pages(self) -> frozenset[str]:
        """The paths of `sources_any`, without anchors."""
        return frozenset(source.split("#")[0] for source in self.sources_any)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @model_validator(mode="after")
    def _is_named_by_its_kind(self) -> Self:
        kind = self.kind.replace("_", "-")
        if not _KEBAB.fullmatch(self.id):
            raise ValueError(f"the id {self.id!r} is not in kebab-case: write-it-like-this")
        if not self.id.startswith(kind):
            raise ValueError(f"the id {self.id} does not start with its kind: begin it with {kind}")
        return self

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """What each field allows, given the others."""
        answered = self.outcome == "answer"
        checks = (
            (bool(self.question.strip()), "the question is empty: write what the person types"),
            (
                bool(self.history) == (self.kind == "follow_up"),
                "history belongs to follow-ups, and to all of them: add the earlier turns, or change the kind",
            ),
            (
                bool(self.contacts_any) == answered,
                "contacts_any belongs to the outcome answer, and to no other: add the contacts, or change the outcome",
            ),
            (
                not answered or bool(self.evidence.strip()),
                "the evidence is empty: copy the line of the manual that proves the answer",
            ),
            (
                len(self.evidence) <= LONGEST_EVIDENCE,
                f"the evidence is longer than {LONGEST_EVIDENCE} characters: keep the line that proves it",
            ),
            (
                bool(self.sources_any) == answered or self.outcome == "escalate",
                "sources_any belongs to every outcome but decline: name the pages that hold the answer, or none",
            ),
            (
                bool(self.sources_any) or self.outcome != "escalate" or not self.contacts_all,
                "the rungs of contacts_all are stated nowhere: name their pages in sources_any, or no rungs",
            ),
        )
        for holds, complaint in checks:
            if not holds:
                raise ValueError(complaint)
        return self


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
    return read_as(Question, json_of(line, f"{where}: the line"), where)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"The question file {path} cannot be read ({error.strerror}): name another one.") from error


def _check_sources(question: Question, where: str, has_page: Callable[[str], bool]) -> None:
    for page in sorted(question.pages):
        if not has_page(page):
            raise UserError(
                f"{where}: the source {page!r} is not in the manual: correct it, or ingest the manual that has it."
            )
