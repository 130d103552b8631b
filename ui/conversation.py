"""A conversation as the browser keeps it: questions, and which rungs were tried after each. The server keeps none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.errors import UserError
from assistant.understand import tried_turn

MOST_TURNS = 200
"""Turns that a browser may send; a longer conversation is refused, because no person has one."""
_BROKEN = "The page sent a conversation that cannot be read: start a new conversation."


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, and the rungs (their `who`) that were tried after its answer."""

    question: str
    tried: tuple[str, ...] = ()


def read(said: Any) -> tuple[Turn, ...]:
    """The turns in what a browser sent: [{"question", "tried": [...]}, …], oldest first, at least one.

    Raises UserError where it is anything else.
    """
    if not isinstance(said, list) or not 0 < len(said) <= MOST_TURNS:
        raise UserError(_BROKEN)
    return tuple(_turn(turn) for turn in said)


def history(turns: Sequence[Turn]) -> tuple[str, ...]:
    """The turns as the assistant is told them."""
    return tuple(text for turn in turns for text in (turn.question, *(tried_turn(who) for who in turn.tried)))


def _turn(said: Any) -> Turn:
    match said:
        case {"question": str(question), "tried": list(tried)} if all(isinstance(who, str) for who in tried):
            return Turn(question, tuple(tried))
        case {"question": str(question)} if "tried" not in said:
            return Turn(question)
    raise UserError(_BROKEN)
