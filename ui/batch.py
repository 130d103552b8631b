"""Questions by the line: JSON in, JSON out, and a bad line never stops the others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.errors import UserError
from assistant.values import Answer


class Answers(Protocol):
    """What answers: the assistant, as far as a batch needs it."""

    def answer(self, question: str, history: tuple[str, ...] = (), id: str = "") -> Answer: ...  # noqa: A002


@dataclass(frozen=True, slots=True)
class Reply:
    """What one line of input gets: the answer, or what is wrong with the line."""

    json: dict[str, Any]
    good: bool


def replies(lines: Iterable[bytes], assistant: Answers) -> Iterator[Reply]:
    """A reply to each line that is not blank, in order. Lines count from 1, blank ones too."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _reply(line, number, assistant)


def _reply(line: bytes, number: int, assistant: Answers) -> Reply:
    given: Any = None
    try:
        given = _parsed(line)
        question, history, name = _fields(given)
        return Reply(assistant.answer(question, history, name).to_json(), good=True)
    except UserError as error:
        known = given.get("id") if isinstance(given, dict) else None
        return Reply({"id": known, "line": number, "error": str(error)}, good=False)


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UserError(f"The line is not UTF-8 (byte {error.start + 1}): save the file as UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise UserError('The line is not JSON: write {"id": "…", "question": "…"} on one line.') from error


def _fields(given: Any) -> tuple[str, tuple[str, ...], str]:
    """Question, history and id; raises UserError for the first that is missing or of a wrong type."""
    if not isinstance(given, dict):
        raise UserError('The line is not a JSON object: write {"id": "…", "question": "…"}.')
    if "question" not in given:
        raise UserError('The line has no "question": add one.')
    history = given.get("history", [])
    if not isinstance(history, list):
        raise UserError('"history" must be a list of strings: the questions before this one, oldest first.')
    turns = tuple(_text(turn, f"history[{place}]") for place, turn in enumerate(history))
    return _text(given["question"], "question"), turns, _text(given.get("id", ""), "id")


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str):
        raise UserError(f'"{key}" must be a string.')
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UserError(f'"{key}" holds half a surrogate pair: write the whole character.') from error
    return value
