"""What a manual does not say: invented manuals of several sizes, asked for matters that they have and that they lack.

The fewer statements there are, the less has the best of them to beat, so each size is measured by itself.
"""

from __future__ import annotations

import math
import random
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.flow import Assistant
from assistant.progress import Progress
from eval.answers.away import Ingest
from eval.answers.replies import reply_of
from eval.generated.known import Known
from eval.generated.metamorphic import ABSENT, PRESENT, Trial, names_first, trial

DRAWN: Mapping[int, int] = {1: 4, 2: 4, 5: 4, 10: 2, 20: 2, 30: 2, 300: 1}
"""Statements of a manual, and how many such manuals are drawn."""
ASKED = 40
"""Matters that manuals of one size lack and are asked for."""
STATED = 20
"""At most so many matters that they have are asked for beside them."""
LEFT_OUT = 3
"""Areas, at least, of which a manual says nothing: what it lacks is drawn from them."""
OF_ONE_AREA = 2
"""Statements of one area in a manual, on average, while there are areas left."""
FORMS = (
    "who do I ask about {}?",
    "who looks after {}?",
    "who can help me with {}?",
    "who is responsible for {}?",
    "{}?",
)
_ROOMS = "heron osprey wren plover magpie curlew linnet dipper siskin gannet puffin avocet dunlin merlin teal".split()
_ORDER = (
    "# When nobody answers\n\nIf you are stuck, escalate in this order:\n\n"
    "1. Your line manager\n2. The duty manager\n3. The managing director\n"
)


@dataclass(frozen=True, slots=True)
class Invented:
    """A manual: its pages by path, the matters that it states with the channel of each, and matters that it lacks."""

    id: str
    size: int
    pages: Mapping[str, str]
    stated: Mapping[str, str]
    lacking: tuple[str, ...]

    @property
    def kind(self) -> str:
        return f"manual of {self.size}"


def invented(seed: int, drawn: Mapping[int, int] = DRAWN) -> Iterator[Invented]:
    """The manuals, the same for the same seed; every second one states an order of escalation."""
    for size, times in drawn.items():
        for number in range(times):
            yield _invented(size, number, ASKED // times, seed)


def absent(ingest: Ingest, seed: int, progress: Progress, drawn: Mapping[int, int] = DRAWN) -> Iterator[Trial]:
    """A trial for each matter asked for. One that the manual lacks holds when nobody is named, one that it has when its
    own channel comes first; to answer nothing at all is no way to pass both."""
    manuals = tuple(invented(seed, drawn))
    with tempfile.TemporaryDirectory(prefix="whodoiask-") as room:
        for done, manual in enumerate(manuals, 1):
            home = Path(room) / manual.id
            for path, text in manual.pages.items():
                (home / "manual" / path).parent.mkdir(parents=True, exist_ok=True)
                (home / "manual" / path).write_text(text, encoding="utf-8")
            ingest(home / "manual", home / "index")
            opened = Assistant.open(home / "index")
            try:
                yield from _asked(opened, manual, seed)
            finally:
                opened.index.close()
            progress("asking for what is absent", done, len(manuals))


def _asked(opened: Assistant, manual: Invented, seed: int) -> Iterator[Trial]:
    draw = _draw(seed, "asked", manual.id)
    stated = draw.sample(sorted(manual.stated), min(len(manual.stated), STATED // DRAWN.get(manual.size, 1)))
    for form, matters in ((ABSENT, manual.lacking), (PRESENT, stated)):
        for number, matter in enumerate(matters, 1):
            question = draw.choice(FORMS).format(matter)
            contacts = ((manual.stated[matter],),) if form == PRESENT else ()
            case = Known(f"{manual.id}-{number:02}", manual.kind, matter, question, contacts, ())
            reply = reply_of(opened.answer(question).to_json())
            held = names_first(case, reply) if form == PRESENT else not reply.contacts
            yield trial(case, form, question, reply, held, [c[0] for c in contacts])


def _invented(size: int, number: int, asked: int, seed: int) -> Invented:
    id_ = f"manual-of-{size}-{number + 1}"
    draw = _draw(seed, "manual", id_)
    areas = _areas()
    order = draw.sample(sorted(areas), len(areas))
    several = min(len(areas) - LEFT_OUT, math.ceil(size / OF_ONE_AREA))
    used, lacked = order[:several], order[several:]
    pool = [(area, matter) for area in used for matter in areas[area]]
    chosen = draw.sample(pool, min(size, len(pool)))
    stated = {matter: f"#{draw.choice(_ROOMS)}-{place}" for place, (_, matter) in enumerate(chosen, 1)}
    known = {word for matter in stated for word in _words(matter)}
    free = [matter for area in lacked for matter in areas[area] if not known & _words(matter)]
    pages = {
        f"{area}.md": _page(area, [(m, stated[m]) for a, m in chosen if a == area], draw)
        for area in dict.fromkeys(area for area, _ in chosen)
    }
    if number % 2:
        pages["escalation.md"] = _ORDER
    return Invented(id_, size, pages, stated, tuple(draw.sample(free, min(asked, len(free)))))


def _page(area: str, said: Sequence[tuple[str, str]], draw: random.Random) -> str:
    form = draw.choice(_WRITTEN)
    return f"# {area.capitalize()}\n\n{form(said)}\n"


def _sentences(said: Sequence[tuple[str, str]]) -> str:
    return "\n\n".join(f"Ask in {room} about {matter}." for matter, room in said)


def _needs(said: Sequence[tuple[str, str]]) -> str:
    return "\n\n".join(f"If you need help with {matter}, post in {room}." for matter, room in said)


def _list(said: Sequence[tuple[str, str]]) -> str:
    return "Whom to ask:\n\n" + "\n".join(f"- {matter}: {room}" for matter, room in said)


def _table(said: Sequence[tuple[str, str]]) -> str:
    rows = (f"| {matter} | {room} |" for matter, room in said)
    return "\n".join(["| Matter | Channel |", "| --- | --- |", *rows])


_WRITTEN: tuple[Callable[[Sequence[tuple[str, str]]], str], ...] = (_sentences, _needs, _list, _table)


@cache
def _areas() -> Mapping[str, tuple[str, ...]]:
    said = tomllib.loads(Path(__file__).with_name("matters.toml").read_text(encoding="utf-8"))
    return {area: tuple(matters) for area, matters in said["areas"].items()}


def _words(matter: str) -> frozenset[str]:
    """The words of a matter in the singular: two matters with one in common may be one to somebody."""
    return frozenset(word.rstrip("s") for word in re.findall(r"[a-z]+", matter) if len(word) > 2)


def _draw(seed: int, what: str, id_: str) -> random.Random:
    return random.Random(f"{seed}:{what}:{id_}")  # noqa: S311  (the same draw in every run is the point)
