"""What a person may ask next: only what the manual can answer, and answer with something new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.flow import Assistant
from assistant.values import Answer

OUT_OF_HOURS = "And out of hours?"
QUEUE = "Which queue?"
NEXT = "Who is next?"
SURE = 0.6
"""The confidence below which an answer to a follow-up is not offered."""


def followups(assistant: Assistant, answer: Answer, history: Sequence[str]) -> tuple[str, ...]:
    """The follow-ups of `answer`, given after the turns `history`, in the order in which they are shown."""
    return tuple(_worth_asking(assistant, answer, (*history, answer.question))) if answer.contacts else ()


def _worth_asking(assistant: Assistant, answer: Answer, turns: Sequence[str]) -> Iterator[str]:
    known = {contact.shown for contact in answer.contacts}
    for question in (OUT_OF_HOURS, QUEUE):
        if question in turns:
            continue
        reply = assistant.offhand(question, turns)
        first = reply.contacts[0] if reply.contacts else None
        if first is None or reply.confidence < SURE or first.shown in known:
            continue
        if question != QUEUE or first.kind == "queue":
            yield question
    if answer.ladder:
        yield NEXT
