"""What is written of answers: one line of JSON each, and no question unless it is asked for."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest
from serving import COMMAND, QUESTION, ROOT, ask, chat_page, free_port

from assistant.errors import UserError
from assistant.values import Answer
from ui.logs import Log, log_of

KEYS = ["at", "outcome", "rule", "confidence", "ms", "index"]
ANSWER = Answer("", "Who is ada@example.org?\nCall +44 20 7946 0999", "escalate", "ladder", 0.6, "…", "abc")


class Full(io.StringIO):
    """A disk with no room left."""

    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_line_says_how_and_not_what() -> None:
    out = io.StringIO()
    assert Log(out).answered(lambda: ANSWER) is ANSWER
    (line,) = out.getvalue().splitlines()
    said = json.loads(line)
    assert list(said) == KEYS
    assert (said["outcome"], said["rule"], said["confidence"], said["index"]) == ("escalate", "ladder", 0.6, "abc")
    assert said["ms"] >= 0


def test_a_question_is_masked_and_stays_on_its_line() -> None:
    out = io.StringIO()
    Log(out, questions=True).answered(lambda: ANSWER)
    (line,) = out.getvalue().splitlines()
    assert json.loads(line)["question"] == "Who is [email]?\nCall [phone]"


def test_nothing_is_written_unless_told_and_a_full_disk_costs_no_answer() -> None:
    assert Log().answered(lambda: ANSWER) is ANSWER
    assert Log(Full()).answered(lambda: ANSWER) is ANSWER
    with pytest.raises(UserError, match="give --log-json too"):
        log_of(as_json=False, questions=True)


def test_the_command_writes_its_log_beside_the_answer(small_index: Path) -> None:
    lines = "".join(json.dumps({"question": QUESTION}) + "\n" for _ in range(3))
    done = subprocess.run(
        [*COMMAND, "ask", "--jsonl", "--log-json", "--log-questions", "--index", small_index],
        input=lines, capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    logged = [json.loads(line) for line in done.stderr.splitlines()]
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["question"] for one in logged] == [QUESTION] * 3
    assert [one["rule"] for one in logged] == [one["rule"] for one in answers]


def test_the_page_logs_no_question_unless_told(small_index: Path) -> None:
    logged: list[str] = []
    asked = json.dumps({"question": QUESTION}).encode()
    with chat_page(small_index, free_port(), "--log-json", logged=logged) as address:
        for _ in range(2):
            with ask(address, "POST", "/api/answer", {}, asked) as reply:
                assert reply.status == 200
    assert [list(json.loads(line)) for line in logged] == [KEYS, KEYS]
