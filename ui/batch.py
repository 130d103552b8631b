"""Questions by the line: JSON in, JSON out, and a bad line never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from assistant.errors import UserError
from assistant.outside import Whole, json_of, read_as


class Asked(BaseModel):
    """What a program asks. Other keys are passed over, so that a question set can be asked as it is."""

    model_config = ConfigDict(frozen=True)

    question: Whole = Field(
        description="Up to 2,000 characters, one of them no space.",
        examples=["Who can rotate a key?"],
        json_schema_extra={"minLength": 1, "maxLength": 2000, "pattern": r"\S"},
    )
    history: tuple[Whole, ...] = Field(default=(), description="The questions of the same person before, oldest first.")
    id: Whole = Field(default="", description="Comes back with the answer.")


class Told(Protocol):
    """What answers a question: an answer, explained or not."""

    def to_json(self) -> dict[str, Any]: ...


Telling = Callable[[str, tuple[str, ...], str], Told]
"""Answers a question, given the turns before it and an id, as the assistant's methods do."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What one line of input gets: the answer, or what is wrong with the line."""

    json: dict[str, Any]
    good: bool


def replies(lines: Iterable[bytes], tell: Telling) -> Iterator[Reply]:
    """A reply to each line that is not blank, in order. Lines count from 1, blank ones too."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _reply(line, number, tell)


def _reply(line: bytes, number: int, tell: Telling) -> Reply:
    given: Any = None
    try:
        given = json_of(line, "The line")
        asked = read_as(Asked, given, "The line")
        return Reply(tell(asked.question, asked.history, asked.id).to_json(), good=True)
    except UserError as error:
        known = given.get("id") if isinstance(given, dict) else None
        return Reply({"id": known, "line": number, "error": str(error)}, good=False)
