"""Questions whose answer is known from the facts of any index: who owns a repo, gets its alerts, owns a page, does
what the manual says that a team does."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.flow import Assistant
from assistant.relations import KINDS, RelationKind

PER_RELATION = 30
"""Things asked about of each relation, drawn by the seed: as many as two minutes on two cores allow."""

_ASKED = tuple(kind for kind in KINDS if kind.asked_kind)
_VERB = re.compile(r"[a-z]+(?<!s)s\b")
"""How a topic begins that says what somebody does: a verb in the third person."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Lines of a file that state a fact, from 1 and inclusive, and their text."""

    path: str
    first: int
    last: int
    quote: str


@dataclass(frozen=True, slots=True)
class Known:
    """A question, the contacts of which one must come first (each with its spellings), and where they are stated."""

    id: str
    kind: str
    thing: str
    question: str
    contacts: tuple[tuple[str, ...], ...]
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact as far as a question can be made of it."""

    topic: str
    title: str
    contacts: tuple[tuple[str, ...], ...]
    spot: Spot


def known_questions(assistant: Assistant, seed: int, most: int = PER_RELATION) -> tuple[Known, ...]:
    """Up to `most` questions of each relation, the same for the same index and seed."""
    return tuple(
        known
        for kind in _ASKED
        for known in _drawn(_questions(kind, _stated(assistant, kind)), f"{seed}:{kind.asked_kind}", most)
    )


def names_of(assistant: Assistant) -> Mapping[str, frozenset[str]]:
    """All things that an index knows of each kind, those that no question was drawn of too."""
    return {kind.asked_kind: frozenset(fact.topic for fact in _stated(assistant, kind)) for kind in _ASKED}


def asked_for(kind: RelationKind, fact: Stated) -> str:
    """The question for a fact of that kind."""
    if not kind.asked_of_verb:
        return kind.asked_as.format(topic=fact.topic, title=fact.title)
    topic = fact.topic.rstrip(".")
    form = kind.asked_of_verb if _VERB.match(topic) else kind.asked_as
    return form.format(topic=topic, title=fact.title)


def _stated(assistant: Assistant, kind: RelationKind) -> list[Stated]:
    return [
        Stated(
            topic=fact.topic,
            title=fact.place.title,
            contacts=tuple(tuple(s for s in (c.address, c.name) if s) for c in fact.contacts),
            spot=Spot(fact.place.path, fact.place.first, fact.place.last, fact.place.quote),
        )
        for fact in assistant.index.records.facts(kind.name)
        if fact.contacts
    ]


def _questions(kind: RelationKind, facts: Sequence[Stated]) -> list[Known]:
    """One question for all facts that are asked for in the same words: any of their contacts is right."""
    same: dict[str, list[Stated]] = {}
    for fact in facts:
        same.setdefault(asked_for(kind, fact), []).append(fact)
    return [
        Known(
            id=f"{kind.asked_kind.replace(' ', '-')}-{number:03}",
            kind=kind.asked_kind,
            thing=members[0].topic,
            question=question,
            contacts=tuple(dict.fromkeys(c for fact in members for c in fact.contacts)),
            spots=tuple(dict.fromkeys(fact.spot for fact in members)),
        )
        for number, (question, members) in enumerate(same.items(), 1)
    ]


def _drawn(questions: Sequence[Known], seed: str, most: int) -> list[Known]:
    """Up to `most` of the questions, in their own order."""
    if len(questions) <= most:
        return list(questions)
    draw = random.Random(seed)  # noqa: S311  (the same draw in every run is the point)
    return [questions[i] for i in sorted(draw.sample(range(len(questions)), most))]
