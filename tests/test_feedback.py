"""What readers tell about answers: kept masked, kept whole, and never at the cost of an answer."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from conftest import SMALL_MANUAL, silent, write_manual
from hypothesis import given
from hypothesis import strategies as st

from assistant.values import Answer, Outcome
from ingest.build import ingest
from ingest.errors import UserError
from ingest.manual.settings import read_settings
from ingest.store.index import Index
from ui.feedback import FILE, KEPT, LONGEST_QUESTION_KEPT, LONGEST_REASON_KEPT, REASONS, Feedback, FeedbackError, Noted

ROOT = Path(__file__).resolve().parent.parent


def answered(question: str, outcome: Outcome = "answer", rule: str = "stated:ask") -> Answer:
    return Answer("", question, outcome, rule, 0.75, "Ask them.", "digest")


def unanswered(question: str) -> Answer:
    return answered(question, "escalate", "ladder")


@pytest.fixture
def feedback(tmp_path: Path) -> Feedback:
    return Feedback(tmp_path / FILE)


def questions(feedback: Feedback) -> list[str]:
    return [noted.question for noted in feedback.to_improve()]


def content(file: Path) -> bytes:
    """Every byte that was written: the file, and what SQLite may have left beside it."""
    return b"".join(found.read_bytes() for found in sorted(file.parent.glob(f"{file.name}*")))


# What is kept.


def test_what_is_to_improve_is_what_was_unanswered_or_did_not_help(feedback: Feedback) -> None:
    feedback.rated(answered("Who mends it?"), helpful=True)
    feedback.rated(answered("Who owns it?"), helpful=False, reason=REASONS[1])
    assert feedback.unanswered(unanswered("Who paints it?"))
    owned, painted = feedback.to_improve()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", owned.at)
    assert owned == Noted("Who owns it?", "answer", "stated:ask", 0.75, "digest", owned.at, False, "Out of date")
    assert painted == Noted("Who paints it?", "escalate", "ladder", 0.75, "digest", painted.at, None, "")


def test_a_question_that_was_noted_and_then_rated_counts_once(feedback: Feedback) -> None:
    feedback.unanswered(unanswered("Who paints it?"))
    feedback.unanswered(unanswered("Who paints it?"))
    feedback.rated(unanswered("Who paints it?"), helpful=False, reason="Something else")
    assert [(noted.helpful, noted.reason) for noted in feedback.to_improve()] == [(None, ""), (False, "Something else")]


def test_a_ladder_that_helped_still_says_that_the_manual_names_nobody(feedback: Feedback) -> None:
    feedback.unanswered(unanswered("Who paints it?"))
    feedback.rated(unanswered("Who paints it?"), helpful=True)
    assert [noted.helpful for noted in feedback.to_improve()] == [True]


def test_whoever_asks_for_the_next_rung_was_answered(feedback: Feedback) -> None:
    assert not feedback.unanswered(answered("Who is next?", "escalate", "next rung"))
    assert feedback.to_improve() == ()


def test_personal_data_never_reaches_the_file(feedback: Feedback, tmp_path: Path) -> None:
    secrets = ("ada@example.org", "07700 900123", "hunter2hunter2", "4111 1111 1111 1111")
    feedback.unanswered(unanswered(f"Who helps {secrets[0]}, {secrets[1]}?"))
    feedback.rated(answered("Who owns it?"), helpful=False, reason=f"password={secrets[2]} {secrets[3]}")
    feedback.rated(unanswered(f"Who helps {secrets[0]}, {secrets[1]}?"), helpful=False, reason=secrets[0])
    assert [(noted.question, noted.reason) for noted in feedback.to_improve()] == [
        ("Who helps [email], [phone]?", "[email]"),
        ("Who owns it?", "password=[token] [number]"),
    ]
    written = content(tmp_path / FILE)
    assert not any(secret.encode() in written for secret in secrets)


def test_long_texts_are_cut_after_they_are_masked(feedback: Feedback) -> None:
    question = f"{'x ' * (LONGEST_QUESTION_KEPT // 2 - 3)}ada@example.org"
    feedback.rated(answered(question), helpful=False, reason="y " * 5000)
    (noted,) = feedback.to_improve()
    assert len(noted.question) == LONGEST_QUESTION_KEPT
    assert noted.question.endswith("x [email")
    assert len(noted.reason) == LONGEST_REASON_KEPT


@given(question=st.text(min_size=1, max_size=50), reason=st.text(st.characters(), max_size=50))
def test_any_text_can_be_kept(tmp_path_factory: pytest.TempPathFactory, question: str, reason: str) -> None:
    feedback = Feedback(tmp_path_factory.mktemp("any") / FILE)
    feedback.rated(answered(f"{question}\ud800'; drop table note; --"), helpful=False, reason=reason)
    assert len(feedback.to_improve()) == 1


def test_the_oldest_go_when_there_are_very_many(feedback: Feedback, tmp_path: Path) -> None:
    feedback.unanswered(unanswered("The first?"))
    with closing(sqlite3.connect(tmp_path / FILE)) as file, file:
        file.execute("update sqlite_sequence set seq = ?", (KEPT,))
    feedback.unanswered(unanswered("One more?"))
    assert questions(feedback) == ["One more?"]


def test_nobody_else_on_the_machine_can_read_it(feedback: Feedback, tmp_path: Path) -> None:
    feedback.unanswered(unanswered("Who paints it?"))
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


# Many at once.


def test_many_threads_lose_nothing(feedback: Feedback) -> None:
    def ask(thread: int) -> None:
        for number in range(10):
            feedback.rated(answered(f"{thread} {number}"), helpful=False)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(questions(feedback)) == sorted(f"{thread} {number}" for thread in range(4) for number in range(10))


WRITER = """
import sys
from pathlib import Path
from assistant.values import Answer
from ui.feedback import Feedback
for number in range(20):
    feedback = Feedback(Path(sys.argv[1]))
    feedback.rated(Answer("", f"{sys.argv[2]} {number}", "answer", "rule", 1.0, "", ""), False)
"""


def test_two_processes_lose_nothing(feedback: Feedback, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / FILE)]
    processes = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("one", "two")]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert sorted(questions(feedback)) == sorted(f"{name} {n}" for name in ("one", "two") for n in range(20))


# What goes wrong.


def hold_nothing(folder: Path) -> None:
    """The index was deleted while the page was open."""
    folder.rmdir()


def hold_a_folder(folder: Path) -> None:
    (folder / FILE).mkdir()


def hold_other_bytes(folder: Path) -> None:
    (folder / FILE).write_bytes(b"no database, and long enough to be read as one " * 100)


def hold_another_table(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE)) as file:
        file.execute("create table other (a)")
        file.execute("pragma user_version = 1")


def hold_a_newer_version(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE)) as file:
        file.execute("pragma user_version = 2")


@pytest.mark.parametrize(
    ("put", "words"),
    [
        (hold_nothing, "unable to open database file"),
        (hold_a_folder, "unable to open database file"),
        (hold_other_bytes, "not a database"),
        (hold_another_table, "no such table"),
        (hold_a_newer_version, "newer version of whodoiask"),
    ],
)
def test_a_file_that_cannot_be_used_costs_no_answer(tmp_path: Path, put: Callable[[Path], None], words: str) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    put(folder)
    feedback = Feedback(folder / FILE)
    assert feedback.unanswered(unanswered("Who paints it?")) is None
    with pytest.raises(FeedbackError, match=words) as told:
        feedback.rated(answered("Who owns it?"), helpful=False)
    assert isinstance(told.value, UserError)
    assert str(folder) not in str(told.value)
    if put is not hold_nothing:
        with pytest.raises(FeedbackError, match=words):
            feedback.to_improve()


def test_a_full_disk_costs_no_answer(feedback: Feedback, tmp_path: Path) -> None:
    feedback.unanswered(unanswered("The first?"))
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10));"
        "from pathlib import Path; from assistant.values import Answer; from ui.feedback import *;"
        "feedback = Feedback(Path(sys.argv[1])); answer = Answer('', 'q?', 'escalate', 'ladder', 1.0, '', '');"
        "kept = feedback.unanswered(answer)\n"
        "try: feedback.rated(answer, False)\n"
        "except FeedbackError as error: print(kept, error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / FILE], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert done.stdout.startswith("None Feedback cannot be kept")
    assert questions(feedback) == ["The first?"]


def test_a_file_that_another_process_holds_costs_no_answer(feedback: Feedback, tmp_path: Path) -> None:
    feedback.unanswered(unanswered("The first?"))
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("begin immediate")
        assert feedback.unanswered(unanswered("The second?")) is None
        assert questions(feedback) == ["The first?"]


def test_a_file_that_was_only_begun_holds_nothing(feedback: Feedback, tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    assert feedback.to_improve() == ()
    assert feedback.unanswered(unanswered("Who paints it?"))


# Beside the index, and its setting.


def test_an_ingest_leaves_the_feedback_alone(index_folder: Path, small_manual: Path) -> None:
    ingest(str(small_manual), index_folder, progress=silent)
    feedback = Feedback(index_folder / FILE)
    feedback.unanswered(unanswered("Who paints it?"))
    before = (index_folder / FILE).read_bytes()
    for n in range(2):
        write_manual(small_manual, {"source/manual/new.html.md": f"# New {n}\n\nAsk in #new-{n} about it.\n"})
        ingest(str(small_manual), index_folder, progress=silent)
    assert (index_folder / FILE).read_bytes() == before
    Index.open(index_folder).close()


def feedback_setting(folder: Path) -> bool:
    index = Index.open(folder)
    try:
        return index.settings.feedback
    finally:
        index.close()


def test_the_switch_reaches_the_index_when_it_is_turned(index_folder: Path, small_manual: Path) -> None:
    first = ingest(str(small_manual), index_folder, progress=silent)
    assert feedback_setting(index_folder) is True
    toml = write_manual(small_manual, {"whodoiask.toml": "feedback = true\n"}) / "whodoiask.toml"
    assert ingest(str(small_manual), index_folder, progress=silent).unchanged
    toml.write_text("feedback = false\n", "utf-8")
    off = ingest(str(small_manual), index_folder, progress=silent)
    assert (off.unchanged, off.embedded) == (False, 0)
    assert feedback_setting(index_folder) is False
    toml.unlink()
    assert ingest(str(small_manual), index_folder, progress=silent).digest == first.digest
    assert feedback_setting(index_folder) is True


@pytest.mark.parametrize("value", ['"off"', "0", "[]"])
def test_the_switch_must_be_true_or_false(tmp_path: Path, value: str) -> None:
    root = write_manual(tmp_path, {**SMALL_MANUAL, "whodoiask.toml": f"feedback = {value}\n"})
    with pytest.raises(UserError, match=r'whodoiask\.toml: "feedback" must be true or false, not '):
        read_settings(root)
