"""Questions by the line: JSON in, JSON out, and a bad line never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.errors import UserError
from assistant.outside import Whole, json_of, read_as
from assistant.values import Answer


class Asked(BaseModel):
    """What a program asks. Other keys are passed over, so that a question set can be asked as it is."""

    model_config = ConfigDict(frozen=True)

    question: Whole = Field(description="Up to 2,000 characters.", examples=["Who can rotate a key?"])
    history: tuple[Whole, ...] = Field(default=(), description="The questions of the same person before, oldest first.")
    id: Whole = Field(default="", description="Comes back with the answer.")


Answers = Callable[[str, tuple[str, ...], str], Answer]
"""What answers a question, after those before it, under an id."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What one line of input gets: the answer, or what is wrong with the line."""

    json: dict[str, Any]
    good: bool


def replies(lines: Iterable[bytes], answer: Answers) -> Iterator[Reply]:
    """A reply to each line that is not blank, in order. Lines count from 1, blank ones too."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _reply(line, number, answer)


def _reply(line: bytes, number: int, answer: Answers) -> Reply:
    given: Any = None
    try:
        given = json_of(line, "The line")
        asked = read_as(Asked, given, "The line")
        return Reply(answer(asked.question, asked.history, asked.id).to_json(), good=True)
    except UserError as error:
        known = given.get("id") if isinstance(given, dict) else None
        return Reply({"id": known, "line": number, "error": str(error)}, good=False)
