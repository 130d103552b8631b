"""A conversation as the browser keeps it: questions, and which rungs were tried after each. The server keeps none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from assistant.errors import UserError
from assistant.outside import read_as
from assistant.understand import tried_turn

MOST_TURNS = 200
"""Turns that a browser may send; a longer conversation is refused, because no person has one."""
_BROKEN = "The page sent a conversation that cannot be read: start a new conversation."


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, and the rungs (their `who`) that were tried after its answer."""

    question: str
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sent:
    turns: Annotated[tuple[Turn, ...], Field(min_length=1, max_length=MOST_TURNS)]


def read(said: Any) -> tuple[Turn, ...]:
    """The turns in what a browser sent: [{"question", "tried": [...]}, …], oldest first, at least one.

    Raises UserError where it is anything else.
    """
    try:
        return read_as(_Sent, {"turns": said}, "The conversation").turns
    except UserError as error:
        raise UserError(_BROKEN) from error


def history(turns: Sequence[Turn]) -> tuple[str, ...]:
    """The turns as the assistant is told them."""
    return tuple(text for turn in turns for text in (turn.question, *(tried_turn(who) for who in turn.tried)))
