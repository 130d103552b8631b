"""Gold that an edit of the manual has broken: the questions whose evidence is no longer there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.answers.gold import Question


@dataclass(frozen=True, slots=True)
class Lost:
    """A question whose gold the manual no longer proves, and why."""

    id: str
    reason: str

    def __str__(self) -> str:
        return f"{self.id}: {self.reason}"


def lost_evidence(questions: Sequence[Question], manual: Path) -> tuple[Lost, ...]:
    """The questions whose evidence stands in none of their own pages any more, white space aside.

    `manual` is the manual's folder. A question without evidence (an escalation, a decline) can only lose a page.
    """
    texts: dict[str, str | None] = {}
    for page in sorted({page for question in questions for page in question.pages}):
        texts[page] = _text(manual / page)
    return tuple(lost for question in questions if (lost := _check(question, texts)))


def flat(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def _check(question: Question, texts: dict[str, str | None]) -> Lost | None:
    gone = [page for page in sorted(question.pages) if texts[page] is None]
    if gone:
        return Lost(question.id, f"the page {gone[0]} is gone")
    wanted = flat(question.evidence)
    if not wanted or any(wanted in (texts[page] or "") for page in question.pages):
        return None
    return Lost(question.id, f"“{wanted}” is no longer in {' or '.join(sorted(question.pages))}")


def _text(file: Path) -> str | None:
    try:
        return flat(file.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
