"""One line of JSON for each answer, for whoever runs this: how it was answered, and nothing of who asked.

The question is left out unless it is asked for, and then masked: a log is read by more people than a conversation.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import TextIO

from assistant.errors import UserError
from assistant.masking import masked
from assistant.values import Answer

LONGEST_LOGGED = 500
"""Characters of a question, after masking."""


@dataclass(frozen=True, slots=True)
class Log:
    """Where answers are written down; with `out` None, nowhere. Safe to share between threads: a line is one write."""

    out: TextIO | None = None
    questions: bool = False

    def answered(self, answer: Callable[[], Answer]) -> Answer:
        """The answer, written down with the milliseconds that it took."""
        began = perf_counter()
        given = answer()
        if self.out is not None:
            self._write(self.out, given, 1000 * (perf_counter() - began))
        return given

    def _write(self, out: TextIO, answer: Answer, milliseconds: float) -> None:
        said: dict[str, object] = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "outcome": answer.outcome,
            "rule": answer.rule,
            "confidence": answer.confidence,
            "ms": round(milliseconds, 1),
            "index": answer.index,
        }
        if self.questions:
            said["question"] = masked(answer.question)[:LONGEST_LOGGED]
        try:
            out.write(json.dumps(said) + "\n")
            out.flush()
        except OSError:  # a full disk, or nobody who reads on: an answer is worth more than its line
            return


def log_of(*, as_json: bool, questions: bool) -> Log:
    """The log that the options ask for, on standard error; UserError for questions without a log."""
    if questions and not as_json:
        raise UserError("There is no log to write questions into: give --log-json too, or leave out --log-questions.")
    return Log(sys.stderr if as_json else None, questions)
