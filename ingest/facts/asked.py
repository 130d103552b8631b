"""Questions that somebody confirmed, each with the line that answers it: `[asked]` in `whodoiask.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.values import Fact, Warning_

_PLACE = re.compile(r"(.+):(\d+)")


def with_questions(facts: Sequence[Fact], asked: Mapping[str, str]) -> tuple[tuple[Fact, ...], list[Warning_]]:
    """The facts, those that stand on the line ("path:line") of a question with it among the words around them, by which
    they are found; and a warning for each line on which nobody is named any more."""
    questions: dict[int, list[str]] = {}
    warnings = []
    for question, place in asked.items():
        written = _PLACE.fullmatch(place)
        path, line = (written[1], int(written[2])) if written else (place, 0)
        found = [n for n, fact in enumerate(facts) if fact.contacts and _stands(fact, path, line)]
        for n in found:
            questions.setdefault(n, []).append(question)
        if not found:
            message = f"[asked] names {place} for “{question}”, where nobody is named: look for the line's new number"
            warnings.append(Warning_("whodoiask.toml", 0, message))
    told = [replace(f, context=(*f.context, *questions.get(n, ()))) for n, f in enumerate(facts)]
    return tuple(told), warnings


def _stands(fact: Fact, path: str, line: int) -> bool:
    return fact.relation != "owns page" and fact.place.path == path and fact.place.first <= line <= fact.place.last
