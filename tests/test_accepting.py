"""A confirmed answer becomes an example: the question is written beside its line, and found by it from then on."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from conftest import silent, write_manual
from harbour import MANUAL
from test_cli import refused, run

from assistant.flow import Assistant
from ingest.build import ingest
from ui.feedback import FILE, Feedback

PALLETS = 'Who lets me lift the "big" pallets off the barge?'
CRANE = "Who has the key to the crane?"


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    return write_manual(tmp_path / "harbour", MANUAL)


def answered(index: Path, question: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(run("ask", question, "--json", "--index", index).stdout)
    return said


def noted(index: Path, question: str) -> int:
    """The id of a note on a question that was answered and confirmed."""
    feedback = Feedback(index / FILE)
    feedback.rated(Assistant.open(index).answer(question), helpful=True)
    return feedback.everything()[-1].id


def test_an_accepted_question_is_written_beside_its_line(harbour: Path, index_folder: Path) -> None:
    ingest(str(harbour), index_folder, progress=silent)
    before = (harbour / "whodoiask.toml").read_text("utf-8")
    done = run("gaps", "--accept", str(noted(index_folder, CRANE)), "--index", index_folder)
    assert done.returncode == 0, done.stderr
    text = (harbour / "whodoiask.toml").read_text("utf-8")
    assert text.startswith(before.rstrip())
    place = tomllib.loads(text)["asked"][CRANE]
    path, line = place.rsplit(":", 1)
    assert "harbour master" in (harbour / path).read_text("utf-8").split("\n")[int(line) - 1]
    refused(run("gaps", "--accept", str(noted(index_folder, CRANE)), "--index", index_folder), "already")
    ingest(str(harbour), index_folder, progress=silent)
    assert answered(index_folder, CRANE)["contacts"][0]["name"] == "harbour master"


def test_a_question_in_other_words_finds_the_line_from_the_next_ingest_on(harbour: Path, index_folder: Path) -> None:
    ingest(str(harbour), index_folder, progress=silent)
    before = answered(index_folder, PALLETS)
    assert "harbour master" not in [contact["name"] for contact in before["contacts"][:1]]
    lines = MANUAL["docs/moorings.md"].split("\n")
    crane = next(n for n, line in enumerate(lines, 1) if line.startswith("Ask the harbour master"))
    with (harbour / "whodoiask.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[asked]\n{json.dumps(PALLETS)} = "docs/moorings.md:{crane}"\n')
    ingest(str(harbour), index_folder, progress=silent)
    after = answered(index_folder, PALLETS)
    assert after["contacts"][0]["name"] == "harbour master"
    assert PALLETS not in json.dumps(after["contacts"])  # the reason is the manual's own words


def test_a_line_on_which_nobody_is_named_any_more_is_said(harbour: Path, index_folder: Path) -> None:
    with (harbour / "whodoiask.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[asked]\n{json.dumps(CRANE)} = "docs/moorings.md:2"\n')
    report = ingest(str(harbour), index_folder, progress=silent)
    assert any("docs/moorings.md:2" in warning and CRANE in warning for warning in report.warnings)


def test_what_cannot_be_accepted_is_a_sentence(harbour: Path, index_folder: Path) -> None:
    ingest(str(harbour), index_folder, progress=silent)
    refused(run("gaps", "--accept", "7", "--index", index_folder), "no note 7", "--jsonl")
    nobody = str(noted(index_folder, "Who pays for the parrot's dentist?"))
    refused(run("gaps", "--accept", nobody, "--index", index_folder), "names nobody")
    crane = str(noted(index_folder, CRANE))
    harbour.rename(harbour.with_name("moved"))
    refused(run("gaps", "--accept", crane, "--index", index_folder), "no folder here", "[asked]")
