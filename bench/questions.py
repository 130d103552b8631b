"""The questions that are asked: no two equal, so that nothing is answered from memory."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.values import Fact

Asked = tuple[str, list[str]]
"""A question, and the turns before it."""
SET = Path(__file__).resolve().parent.parent / "eval" / "questions" / "corpus.jsonl"
"""As people ask; they are asked of any manual."""
SEED = 6
OPENINGS = ("", "Hello, ", "Quick one: ", "Sorry to bother you, ", "New here. ", "Before I go on leave: ", "Urgent! ")
FORMS: dict[str, tuple[str, ...]] = {
    "does": ("who {}?", "we need somebody who {}, where do I go", "which team {}?"),
    "ask": ("{} – whom do I tell?", "who can help with this: {}"),
    "owns repo": (
        "who owns {}?",
        "who gets the alerts of {}?",
        "I want to change {}, who has to approve that",
        "{} is down, whom do I page right now?",
    ),
    "owns page": ("who looks after the page “{}”?", "something on {} is wrong, who mends it?", "whom do I ask abot {}"),
    "queue": ("where do I raise a ticket about {}?",),
}
"""By relation; `{}` is the fact's topic. One is mistyped, as people do."""
FOLLOWING = ("They did not reply to me about {}. Who is next?", "and who gets its alerts, {} I mean", "what about {}?")


def of_people() -> list[Asked]:
    """The project's own question set, in a fixed mixed order."""
    lines = [json.loads(line) for line in SET.read_text("utf-8").splitlines() if line.strip()]
    return shuffled([(line["question"], list(line["history"])) for line in lines])


def derived(facts: Sequence[Fact], count: int) -> list[Asked]:
    """Up to `count` questions about what the facts state; the same for the same facts. A fifth follow another one."""
    made: dict[tuple[str, str], Asked] = {}
    for opening in OPENINGS:
        for question, history in _mixed(facts):
            asked = f"{opening}{question}" if opening else question[:1].upper() + question[1:]
            made.setdefault((asked, " ".join(history)), (asked, history))
            if len(made) == count:
                return list(made.values())
    return list(made.values())


def shuffled(asked: Sequence[Asked]) -> list[Asked]:
    """Without doubles, in an order that is the same each time."""
    once = {(question, *history): (question, history) for question, history in asked}
    mixed = list(once.values())
    random.Random(SEED).shuffle(mixed)  # noqa: S311
    return mixed


def _mixed(facts: Sequence[Fact]) -> list[Asked]:
    plain = [form.format(topic) for topic, forms in _topics(facts) for form in forms]
    random.Random(SEED).shuffle(plain)  # noqa: S311
    topics = itertools.cycle([topic for topic, _ in _topics(facts)] or [""])
    following = itertools.cycle(FOLLOWING)
    asked: list[Asked] = []
    for n, question in enumerate(plain):
        asked.append((question, []))
        if n % 4 == 3:
            asked.append((next(following).format(next(topics)), [question]))
    return asked


def _topics(facts: Sequence[Fact]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for fact in facts:
        topic = fact.topic.strip().rstrip(".?!")
        if fact.relation in FORMS and 2 < len(topic) <= 160:
            yield topic, FORMS[fact.relation]
