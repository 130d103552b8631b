"""Question files: what is refused, in which words, and gold that an edit of the manual has broken."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import UserError
from eval.answers.gold import QuestionSet, load, parsed
from eval.scoring.evidence import Lost, lost_evidence

GOOD: dict[str, Any] = {
    "id": "ownership-router",
    "kind": "ownership",
    "history": [],
    "question": "Who has the router?",
    "outcome": "answer",
    "contacts_any": [["#routing", "Routing team"]],
    "contacts_all": [],
    "contacts_never": ["#news"],
    "sources_any": ["source/router.md#owners"],
    "steps_any": [],
    "evidence": "The router is\nlooked after in #routing.",
    "note": "The page says so.",
}
ESCALATE = {"outcome": "escalate", "contacts_any": [], "evidence": ""}


def written(folder: Path, *lines: Any) -> Path:
    file = folder / "questions.jsonl"
    file.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines) + "\n", "utf-8")
    return file


def read(file: Path) -> QuestionSet:
    return load(file, {"source/router.md"}.__contains__)


def test_a_good_file(tmp_path: Path) -> None:
    found = read(written(tmp_path, GOOD, "", {**GOOD, "id": "ownership-2"}))
    assert [q.id for q in found.questions] == ["ownership-router", "ownership-2"]
    assert found.questions[0].contacts_any == (("#routing", "Routing team"),)
    assert found.questions[0].pages == {"source/router.md"}
    assert found.where("ownership-2").endswith("questions.jsonl:3")
    assert parsed(json.dumps(found.questions[0].to_json()).encode(), "again") == found.questions[0]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "the line is not JSON"),
        ("[]", "it must be an object with keys and values, not []"),
        ({k: v for k, v in GOOD.items() if k != "note"}, 'the key "note" is missing: add it'),
        ({**GOOD, "colour": 1}, 'the key "colour" is not known: use only id, kind'),
        ({**GOOD, "history": "before"}, "\"history\" must be a list, not 'before'"),
        ({**GOOD, "contacts_any": ["#a"]}, "\"contacts_any.0\" must be a list, not '#a'"),
        ({**GOOD, "contacts_any": [[]]}, '"contacts_any.0" must be a list with something in it, not []'),
        ({**GOOD, "contacts_never": [" "]}, '"contacts_never.0" must not be blank'),
        ({**GOOD, "question": 5}, '"question" must be a string, not 5'),
        ({**GOOD, "question": " "}, "the question is empty"),
        ({**GOOD, "kind": "riddle"}, "\"kind\" must be 'responsibility', 'ownership', "),
        ({**GOOD, "outcome": "shrug"}, "\"outcome\" must be 'answer', 'escalate' or 'decline', not 'shrug'"),
        ({**GOOD, "id": "Ownership 1"}, "the id 'Ownership 1' is not in kebab-case"),
        ({**GOOD, "id": "incident-1"}, "does not start with its kind: begin it with ownership"),
        ({**GOOD, "history": ["before"]}, "history belongs to follow-ups"),
        ({**GOOD, "contacts_any": []}, "contacts_any belongs to the outcome answer"),
        ({**GOOD, **ESCALATE, "contacts_any": [["#a"]]}, "contacts_any belongs to the outcome answer"),
        ({**GOOD, "evidence": ""}, "the evidence is empty"),
        ({**GOOD, "evidence": "x" * 301}, "longer than 300 characters"),
        ({**GOOD, "sources_any": []}, "sources_any belongs to every outcome but decline"),
        ({**GOOD, **ESCALATE, "sources_any": [], "contacts_all": [["lead"]]}, "the rungs of contacts_all are stated"),
        ({**GOOD, "outcome": "decline", "contacts_any": []}, "sources_any belongs to every outcome but decline"),
        (
            {**GOOD, "id": "ownership-2", "sources_any": ["source/gone.md"]},
            "the source 'source/gone.md' is not in the manual: correct it",
        ),
        (GOOD, "the id ownership-router is already used on line 1"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_remedy(tmp_path: Path, line: Any, complaint: str) -> None:
    file = written(tmp_path, GOOD, line)
    with pytest.raises(UserError) as refused:
        read(file)
    said = str(refused.value)
    assert said.startswith(f"{file}:2: ")
    assert complaint in said
    assert re.search(r": | must ", said.removeprefix(f"{file}:2: "))
    assert said.endswith(".")


def test_a_manual_may_state_no_order_of_escalation(tmp_path: Path) -> None:
    (question,) = read(written(tmp_path, {**GOOD, **ESCALATE, "sources_any": []})).questions
    assert question.pages == frozenset()


def test_a_file_that_is_not_there_or_holds_nothing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be read \(No such file or directory\): name another one"):
        read(tmp_path / "gone.jsonl")
    with pytest.raises(UserError, match="there is no question in the file"):
        read(written(tmp_path, ""))


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    file = tmp_path / "latin.jsonl"
    file.write_bytes('{"id": "é"}'.encode("latin-1"))
    with pytest.raises(UserError, match=r"latin\.jsonl:1: the line is not UTF-8 \(byte 9\): write it in UTF-8"):
        read(file)


def test_evidence_is_found_whatever_its_line_breaks(tmp_path: Path) -> None:
    questions = read(written(tmp_path, GOOD)).questions
    page = tmp_path / "source/router.md"
    page.parent.mkdir()
    page.write_text("# Router\n\nThe router is looked after\nin #routing.\n", "utf-8")
    assert lost_evidence(questions, tmp_path) == ()


def test_an_edit_that_takes_the_evidence_away_is_named(tmp_path: Path) -> None:
    questions = read(written(tmp_path, GOOD, {**GOOD, **ESCALATE, "id": "ownership-e"})).questions
    page = tmp_path / "source/router.md"
    page.parent.mkdir()
    page.write_text("The router is looked after in #networks.\n", "utf-8")
    assert [each.id for each in lost_evidence(questions, tmp_path)] == ["ownership-router"]
    page.unlink()
    assert lost_evidence(questions, tmp_path) == (
        Lost("ownership-router", "the page source/router.md is gone"),
        Lost("ownership-e", "the page source/router.md is gone"),
    )
