"""What each lever is worth: `python -m eval.ablation INDEX QUESTIONS MANUAL` switches them off one by one.

With `--plain INDEX`, an index of the same manual made with the model as it was published, the adapter too.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import rules
from assistant.flow import Assistant
from assistant.levers import Levers
from assistant.weights import WEIGHTS
from eval.answers.gold import Question, load
from eval.answers.replies import reply_of
from eval.report.tables import markdown_table
from eval.scoring.halves import halves
from eval.scoring.rows import Row, score_all

_INTENTS = ("approval fits", "urgency fits", "hours fit", "ticket fits", "channel fits", "is excluded", "is a queue")


def _without(*features: str) -> Levers:
    return Levers(weights={name: 0.0 if name in features else weight for name, weight in WEIGHTS.items()})


def _lacking(*dropped: rules.Rule) -> Levers:
    return Levers(rules=[rule for rule in rules.RULES if rule not in dropped])


LEVERS: Mapping[str, Levers] = {
    "everything on": Levers(),
    "field vocabulary": Levers(vocabulary=False),
    "typing errors": Levers(spelling=False),
    "turns before": Levers(history=False),
    "vectors": _without("best cosine", "section cosine", "page cosine"),
    "words": _without("best words", "section words", "page words"),
    "section and page around a statement": _without("section cosine", "section words", "page cosine", "page words"),
    "kinds of who": _without(*_INTENTS),
    "named things": _lacking(rules.owner_of_thing, rules.alerts_of_thing),
    "described things": _lacking(rules.owner_by_description),
    "pages as pages": _lacking(rules.owner_of_page),
    "statements": _lacking(rules.stated),
    "next rung": _lacking(rules.next_rung),
    "declining": _lacking(rules.declined),
}
"""By the name of what is off."""
HEAD = ("off", "contact@1", "all right", "one half", "the other")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: contact@1 and all right over everything, and all right of the two halves (0 to 1)."""

    off: str
    contact: float
    right: float
    halves: tuple[float, float]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table in Markdown, a line as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("index", "questions", "manual"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--plain", type=Path)
    given = parser.parse_args(arguments)
    asked = load(given.questions, lambda page: (given.manual / page).is_file()).questions
    for line in markdown_table(HEAD, map(_cells, _lines(given, asked))):
        print(line, flush=True)


def _cells(line: Line) -> list[str]:
    return [line.off, *(f"{share:.3f}" for share in (line.contact, line.right, *line.halves))]


def _lines(given: argparse.Namespace, asked: Sequence[Question]) -> Iterator[Line]:
    opened = Assistant.open(given.index).index
    for name, levers in LEVERS.items():
        yield measure(name, Assistant(opened, levers), asked, given.manual)
    if given.plain:
        yield measure("the model's adapter", Assistant.open(given.plain), asked, given.manual)


def measure(off: str, assistant: Assistant, asked: Sequence[Question], manual: Path) -> Line:
    """Ask every question and score the answers."""
    rows = score_all(asked, {q.id: reply_of(_answered(assistant, q)) for q in asked}, {}, manual)
    first, second = halves([row.id for row in rows])
    return Line(
        off,
        _mean(rows, lambda row: row.scores.get("contact@1")),
        _mean(rows, lambda row: row.right),
        (_mean(rows, lambda row: row.right, first), _mean(rows, lambda row: row.right, second)),
    )


def _answered(assistant: Assistant, question: Question) -> dict[str, Any]:
    return assistant.answer(question.question, question.history, question.id).to_json()


def _mean(rows: Sequence[Row], of: Callable[[Row], float | None], only: frozenset[str] | None = None) -> float:
    found = [value for row in rows if only is None or row.id in only if (value := of(row)) is not None]
    return sum(map(float, found)) / len(found) if found else 0.0


if __name__ == "__main__":
    main()
