"""From a verdict to what is shown of it: numbered sources, the rungs that are left, what was taken from before."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant.case import Case
from assistant.caveats import shortened
from assistant.understand import Question, matter_of, names_matter, rung_tried
from assistant.unsaid import Said
from assistant.values import Rung, Source
from assistant.verdict import Named, Verdict
from ingest.values import Fact, Place

_QUOTED = 160
"""Characters of an earlier question that a note repeats."""
_BESIDE = 3
"""Lines: a paragraph stands beside a list with a blank line or two between."""


def joined(places: Sequence[Place]) -> tuple[Place, ...]:
    """Places of one section whose lines follow each other become one; the rest stay as they are, in order."""
    merged: list[Place] = []
    for place in places:
        last = merged[-1] if merged else None
        if last and (last.path, last.anchor, last.last + 1) == (place.path, place.anchor, place.first):
            merged[-1] = replace(
                last, last=place.last, quote=f"{last.quote}\n{place.quote}", url=_spanning(last.url, place.last)
            )
        else:
            merged.append(place)
    return tuple(merged)


def _spanning(url: str, last: int) -> str:
    return re.sub(r"#L(\d+)-L\d+$", rf"#L\1-L{last}", url)


def asked_for(steps: Sequence[Fact], named: Sequence[Named], near: Collection[str]) -> tuple[Fact, ...]:
    """The steps of the very thing: those among which the line stands that names somebody, or right beside it; others of
    its section are another matter's. So are those of a page that is not `near`, among the paths of the pages that come
    nearest to the question: one does not retire an application to have a record of it approved.

    Of 41 answers with steps on three manuals that drops five, the steps of none of which are the asker's.
    """
    if not steps or not named or steps[0].place.path not in near:
        return ()
    first, last = min(step.place.first for step in steps), max(step.place.last for step in steps)
    beside = (
        place.path == steps[0].place.path and first - _BESIDE <= place.last and place.first <= last + _BESIDE
        for place in named[0].places
    )
    return tuple(steps) if any(beside) else ()


class Sources:
    """Mints the source numbers: one place, one number, in the order of first use."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int, str], int] = {}
        self._places: list[Place] = []

    def add_all(self, places: Sequence[Place]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self._add(place) for place in places))

    def cited(self, facts: Sequence[Fact]) -> tuple[tuple[int, ...], ...]:
        """Numbers for each of the facts, those whose lines follow each other under one number; then that of the line
        which says what a name in them stands for."""
        runs = joined([fact.place for fact in facts])
        numbers = [next(self._add(run) for run in runs if _within(fact.place, run)) for fact in facts]
        return tuple((n, *self.add_all(fact.places[1:])) for n, fact in zip(numbers, facts, strict=True))

    def _add(self, place: Place) -> int:
        key = (place.path, place.first, place.last, place.quote)
        if key not in self._numbers:
            self._places.append(place)
            self._numbers[key] = len(self._places)
        return self._numbers[key]

    @property
    def listed(self) -> tuple[Source, ...]:
        return tuple(Source(number, place) for number, place in enumerate(self._places, 1))


def _within(place: Place, run: Place) -> bool:
    return place.path == run.path and run.first <= place.first and place.last <= run.last


def rungs_left(case: Case, verdict: Verdict, sources: Sources) -> tuple[Rung, ...]:
    if verdict.outcome == "decline":
        return ()
    left = case.ladder.left(verdict.tried | case.tried)
    numbers = sources.cited(left)
    return tuple(Rung(r.rank, r.topic, number) for r, number in zip(left, numbers, strict=True))


def _turn_before(question: Question) -> str:
    """The latest of the turns before that says what it is about, in its own words."""
    turns = [" ".join(turn.split()) for turn in question.turns[:-1] if not rung_tried(turn)]
    return next((turn for turn in reversed(turns) if names_matter(turn)), turns[-1] if turns else question.before)


def assumed(case: Case, verdict: Verdict, said: Said) -> tuple[str, ...]:
    """What was taken from the turns before; of the addresses in them, those that were said by the manual too."""
    if verdict.outcome == "decline":
        return ()
    notes = []
    if case.question.before:
        turn = said.only_of_reader(_turn_before(case.question))
        matter = matter_of(turn)
        quoted = shortened(turn, _QUOTED)
        ends = "" if quoted.endswith(("?", "!", ".", "…")) else "."
        notes.append(f"You asked before about {matter}." if matter else f"You asked before: “{quoted}”{ends}")
    tried = [r.topic for r in case.ladder.rungs if r.rank in (verdict.tried | case.tried)]
    if tried:
        notes.append(said.only(f"You have been to: {'; '.join(tried)}."))
    return tuple(notes)
