"""Our measures against an independent grader, row by row and in totals, where one lies beside the repository."""

from __future__ import annotations

import importlib.util
import json
import os
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from eval.answers.away import AwaySet, away_sets
from eval.answers.gold import KINDS, Question, parsed
from eval.answers.replies import reply_of
from eval.scoring.rows import Row, score_all
from eval.scoring.totals import TOTAL, rates

ROOT = Path(__file__).resolve().parent.parent
BESIDE = ROOT.parent / "shared"
GRADER = BESIDE / "questions" / "grade.py"
SETS = away_sets(BESIDE) if BESIDE.is_dir() else ()
COLUMNS = ("outcome", "contact@1", "contact@3", "all", "ladder", "source", "never", "steps", "grounded", "quotes")
LINES = ("Ask in #search or #search-tech.", "Tell the Tech Lead, then ann@x.org.", "Use the queue 2nd Line--Support.")
WHO = ("#search", "#search-tech", "tech lead", "Tech Lead", "ann@x.org", "2nd Line--Support", "Search team", "@ann")


@pytest.fixture(scope="module")
def grader() -> ModuleType:
    spec = importlib.util.spec_from_file_location("grade", needed(GRADER))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def needed(path: Path) -> Path:
    """The path, unless it is not there: then the test cannot be run, and in CI that is a failure."""
    if not path.exists():
        reason = f"{path} does not lie beside the repository"
        if os.environ.get("CI") == "true" and os.environ.get("SHARED") != "absent":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def compared(grader: ModuleType, questions: Sequence[Question], answers: Mapping[str, Any], manual: Path) -> list[Row]:
    """Our rows, each checked against the grader's, and their totals to three decimals against its means."""
    rows = score_all(questions, {id_: reply_of(answer) for id_, answer in answers.items()}, {}, manual)
    theirs: dict[str, dict[str, list[bool]]] = {}
    for question, row in zip(questions, rows, strict=True):
        # The grader reads plain JSON.
        graded = grader.grade(json.loads(json.dumps(question.to_json())), answers.get(question.id, {}), manual)
        ours = {name: row.scores[name] for name in (*COLUMNS, "all right") if name in row.scores}
        assert ours == {name: float(value) for name, value in graded.items()}, question.id
        for kind in (TOTAL, question.kind):
            for name, value in graded.items():
                theirs.setdefault(kind, {}).setdefault(name, []).append(value)
    means = {k: {name: round(sum(v) / len(v), 3) for name, v in kind.items()} for k, kind in theirs.items()}
    table = rates(rows)
    assert {k: {name: round(table[k][name].value, 3) for name in kind} for k, kind in means.items()} == means
    return list(rows)


def made_question(number: int, draw: random.Random) -> Question:
    kind, outcome = draw.choice(KINDS), draw.choice(("answer", "answer", "escalate", "decline"))
    no_order = outcome == "escalate" and draw.random() < 0.3

    def groups(most: int) -> list[list[str]]:
        return [draw.sample(WHO, draw.randint(1, 2)) for _ in range(draw.randint(1, most))]

    return parsed(
        json.dumps(
            {
                "id": f"{kind.replace('_', '-')}-{number}",
                "kind": kind,
                "history": ["before"] if kind == "follow_up" else [],
                "question": "Who?",
                "outcome": outcome,
                "contacts_any": groups(2) if outcome == "answer" else [],
                "contacts_all": groups(3) if outcome != "decline" and not no_order and draw.random() < 0.5 else [],
                "contacts_never": draw.sample(WHO, draw.randint(0, 2)),
                "sources_any": [] if outcome == "decline" or no_order else draw.sample(["a.md", "b.md#x", "c.md"], 2),
                "steps_any": draw.sample(["ask in", "nobody says this"], draw.randint(0, 2)),
                "evidence": LINES[0],
                "note": "",
            }
        ).encode(),
        "here",
    )


def made_answer(question: Question, draw: random.Random) -> dict[str, Any]:
    sources = [
        {
            "number": n,
            "path": draw.choice(["a.md", "b.md", "c.md"]),
            "quote": draw.choice([*LINES, "not written"]),
            "lines": draw.choice([[1, 3], [2, 2], [3, 1], []]),
            "owner": draw.choice(["", "#search"]),
        }
        for n in range(1, draw.randint(1, 4))
    ]
    contacts = [
        {
            "name": draw.choice(["", "Search team", "tech lead"]),
            "address": draw.choice(["", *WHO]),
            "sources": draw.choice([[], [1], [2]]),
        }
        for _ in range(draw.randint(0, 4))
    ]
    return {
        "id": question.id,
        "outcome": draw.choice(["answer", "escalate", "decline"]),
        "contacts": contacts,
        "ladder": [{"rung": n, "who": draw.choice(WHO)} for n in range(draw.randint(0, 4))],
        "sources": sources,
        "markdown": draw.choice(["", *LINES]),
        "confidence": draw.random(),
    }


def test_rows_and_totals_agree_on_made_up_answers(grader: ModuleType, tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("\n".join(LINES) + "\n", "utf-8")
    draw = random.Random(1)  # noqa: S311
    questions = [made_question(number, draw) for number in range(2000)]
    answers = {q.id: made_answer(q, draw) for q in questions if draw.random() < 0.97}
    rows = compared(grader, questions, answers, tmp_path)
    assert {name for row in rows for name in row.scores} >= {*COLUMNS, "all right"}
    assert 0 < sum(row.right for row in rows) < len(rows)


@pytest.mark.manual
def test_there_are_sets_to_agree_on() -> None:
    needed(BESIDE)
    assert len(SETS) >= 6


@pytest.mark.manual
@pytest.mark.parametrize("away", SETS, ids=[away.name for away in SETS])
def test_rows_and_totals_agree_on_a_real_question_set(away: AwaySet, grader: ModuleType) -> None:
    questions = away.asked().questions
    draw = random.Random(2)  # noqa: S311
    answers = {}
    for question in questions:
        like = question if draw.random() < 0.6 else draw.choice(questions)
        answers[question.id] = answer_from_gold(like, away.manual, draw)
    rows = compared(grader, questions, answers, away.manual)
    assert 0 < sum(row.right for row in rows) < len(rows)


def answer_from_gold(gold: Question, manual: Path, draw: random.Random) -> dict[str, Any]:
    """An answer as the gold would have it, now and then with a slip in a contact or a quote."""
    sources = []
    for number, page in enumerate(sorted(gold.pages), 1):
        lines = (manual / page).read_text("utf-8").split("\n")
        first = draw.randrange(1, len(lines))
        slip = " slip" if draw.random() < 0.05 else ""
        quote = "\n".join(lines[first - 1 : first + 1]) + slip
        owner = gold.contacts_any[0][0] if gold.contacts_any else ""
        sources.append({"number": number, "path": page, "quote": quote, "lines": [first, first + 1], "owner": owner})
    contacts = [{"name": "", "address": draw.choice(group), "sources": []} for group in gold.contacts_any]
    ladder = [{"rung": n, "who": group[0]} for n, group in enumerate(gold.contacts_all, 1)]
    return {"outcome": gold.outcome, "contacts": contacts, "ladder": ladder, "sources": sources, "markdown": ""}
