"""What to write next: missed questions grouped by likeness, with the page that is nearest; and the command."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import silent, write_manual
from test_cli import refused, run

from assistant.gaps import Gap, Missed, gaps
from assistant.values import Answer
from ingest.build import ingest
from ingest.store.index import Index
from ui.feedback import FILE, Feedback
from ui.gaps import SHOWN, WORDINGS, gap_lines

MATTERS = (
    (
        "Who do I ask about parking at the office?",
        "where can I park my car at the office",
        "who is in charge of office parking spaces",
    ),
    ("Who renews the TLS certificates?", "which team looks after renewing SSL certificates"),
    ("Who orders new monitors?", "who do I ask for a new monitor for my desk"),
    ("Who can restore the database from backup?", "db restore - which team"),
)
DAY = "2024-05-0{}T10:00:00Z"


def missed(*questions: str) -> list[Missed]:
    return [Missed(question, unanswered=True, at=DAY.format(1)) for question in questions]


def test_paraphrases_are_one_gap_and_other_matters_others(reader: Index) -> None:
    found = gaps(reader, missed(*(question for matter in MATTERS for question in matter)))
    assert {frozenset(gap.questions) for gap in found} == {frozenset(matter) for matter in MATTERS}
    assert found[0].times == 3
    assert all(gap.question in gap.questions for gap in found)


def test_the_order_of_the_questions_changes_nothing(reader: Index) -> None:
    asked = missed(*(question for matter in MATTERS for question in matter), *MATTERS[1], MATTERS[2][0])
    first = gaps(reader, asked)
    for seed in range(5):
        assert gaps(reader, random.Random(seed).sample(asked, len(asked))) == first  # noqa: S311


def test_a_gap_counts_who_asked_and_why_it_did_not_help(reader: Index) -> None:
    parking, cars, spaces = MATTERS[0]
    (gap,) = gaps(
        reader,
        [
            Missed(parking, unanswered=True, at=DAY.format(2)),
            Missed(cars, unanswered=False, reason="Out of date", at=DAY.format(5)),
            Missed(cars, unanswered=False, reason="Out of date", at=DAY.format(3)),
            Missed(spaces, unanswered=True, reason="Another reason", at=DAY.format(4)),
        ],
    )
    assert (gap.times, gap.unanswered, gap.unhelpful) == (4, 2, 2)
    assert gap.reasons == (("Out of date", 2), ("Another reason", 1))
    assert gap.last == DAY.format(5)
    assert gap.questions[0] == cars


def test_the_most_frequent_come_first_and_then_the_latest(reader: Index) -> None:
    asked = [Missed(matter[0], unanswered=True, at=DAY.format(day)) for day, matter in enumerate(MATTERS)]
    asked.append(asked[0])
    assert [gap.question for gap in gaps(reader, asked)] == [MATTERS[n][0] for n in (0, 3, 2, 1)]


def test_the_nearest_page_is_named(reader: Index) -> None:
    (gap,) = gaps(reader, missed("Who may delete a DNS zone?"))
    assert gap.nearest is not None
    assert gap.to_json()["nearest"] == {
        "path": "source/manual/dns.html.md",
        "title": "Change a DNS record",
        "heading": "Before you start",
        "url": "https://docs.example.org/manual/dns.html#before-you-start",
        "owner": "#dns-team",
    }


def test_without_questions_there_is_no_gap_and_without_pages_none_is_near(
    reader: Index, index_folder: Path, tmp_path: Path
) -> None:
    assert gaps(reader, []) == ()
    ingest(str(write_manual(tmp_path / "bare", {"page.md": "# Nothing\n"})), index_folder, progress=silent)
    bare = Index.open(index_folder)
    (gap,) = gaps(bare, missed("Who paints it?"))
    bare.close()
    assert gap.to_json()["nearest"] is None


# As text.


def gap_of(*questions: str, times: int = 1) -> Gap:
    return Gap(questions[0], questions, times, 0, (), DAY.format(1), None)


def test_many_gaps_and_wordings_are_cut_short() -> None:
    wordings = [f"Wording {n}?" for n in range(WORDINGS + 3)]
    lines = gap_lines([gap_of(*wordings), *(gap_of(f"Gap {n}?") for n in range(SHOWN + 1))], on=True)
    assert "           and 2 more wordings" in lines
    assert lines[-1] == "and 2 more; --json lists all"
    assert sum(line.startswith("Gap ") for line in lines) == SHOWN - 1


def test_reasons_are_listed_with_how_often_they_were_given() -> None:
    gap = Gap(
        "Who paints it?", ("Who paints it?",), 1, 2, (("Out of date", 2), ("Not what I asked", 1)), DAY.format(1), None
    )
    assert gap_lines([gap], on=True)[1] == (
        "  asked 3 times, last on 2024-05-01: 1 unanswered, 2 not helpful; "
        "readers said: Out of date (2), Not what I asked (1)"
    )


def test_a_question_cannot_command_the_terminal() -> None:
    drawn = "\n".join(gap_lines([gap_of("Who\x1b[2J\npaints it?", "also\x07 \u202ethis?")], on=True))
    assert drawn == "Who[2J paints it?\n  asked once, last on 2024-05-01: 1 unanswered\n  also:    also this?"


# The command.


@pytest.fixture
def kept(new_index: Callable[[], Path], small_manual: Path) -> Callable[..., Path]:
    """The folder of the small manual's index with feedback beside it, and the setting as it is told."""

    def make(questions: Sequence[str], setting: str = "") -> Path:
        folder = new_index()
        write_manual(small_manual, {"whodoiask.toml": setting})
        ingest(str(small_manual), folder, progress=silent)
        for question in questions:
            Feedback(folder / FILE).unanswered(Answer("", question, "escalate", "ladder", 0.6, "", ""))
        return folder

    return make


def said(*arguments: str | Path) -> str:
    done: subprocess.CompletedProcess[str] = run("gaps", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.slow
def test_the_command_lists_gaps_as_text_and_as_json(kept: Callable[..., Path]) -> None:
    folder = kept([*["Who may delete a DNS zone?"] * 3, *MATTERS[0][:2]])
    text = said("--index", folder)
    assert text.startswith("Who may delete a DNS zone?\n  asked 3 times, last on 20")
    assert (
        "  nearest: Change a DNS record › Before you start (source/manual/dns.html.md:8), owned by #dns-team\n"
        "           https://docs.example.org/manual/dns.html#before-you-start\n"
    ) in text
    listed = json.loads(said("--json", "--index", folder))
    assert listed["feedback"] is True
    assert [gap["times"] for gap in listed["gaps"]] == [3, 2]
    keys = ["question", "times", "unanswered", "unhelpful", "reasons", "last", "questions", "nearest"]
    assert all(list(gap) == keys for gap in listed["gaps"])


@pytest.mark.slow
def test_nothing_to_mend_is_good_news(small_index: Path) -> None:
    assert said("--index", small_index).startswith("Nothing to mend: ")
    assert json.loads(said("--json", "--index", small_index)) == {"feedback": True, "gaps": []}


@pytest.mark.slow
def test_feedback_that_is_off_is_said_so(kept: Callable[..., Path]) -> None:
    assert said("--index", kept([], "feedback = false\n")).startswith("Feedback is switched off for this manual")
    folder = kept(["Who paints it?"], "feedback = false\n")
    off, empty, question = said("--index", folder).splitlines()[:3]
    assert (off.startswith("Feedback is switched off"), empty, question) == (True, "", "Who paints it?")
    assert json.loads(said("--json", "--index", folder))["feedback"] is False


@pytest.mark.slow
def test_what_a_person_can_mend_is_one_sentence(kept: Callable[..., Path]) -> None:
    refused(run("gaps", "--index", "/nowhere/at/all"), "/nowhere/at/all")
    folder = kept([])
    (folder / FILE).write_bytes(b"no database, and long enough to be read as one " * 100)
    refused(run("gaps", "--index", folder), "not a database", FILE)
