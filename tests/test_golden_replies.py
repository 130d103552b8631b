"""Thirty replies as a person reads them, kept whole in `golden/replies.md`.

A change of wording, ranking or manual shows there as a difference to read. To take the new replies over:
`UPDATE_GOLDEN=1 python -m pytest tests/test_golden_replies.py`, then read the difference before it is committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from assistant.flow import Assistant

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "tests" / "golden" / "replies.md"
HEAD = "# Thirty questions and what is replied to them\n\nAbout `corpus/`. Made by `tests/test_golden_replies.py`.\n"
_QUESTION = re.compile(r"^## (?P<number>\d+)\. (?P<turns>.+)$", re.MULTILINE)
_TURN = " ⟶ "
"""Between an earlier turn and the next one."""


def kept() -> dict[str, str]:
    """The replies in the file by their question, with the turns before it."""
    text = FILE.read_text(encoding="utf-8")
    heads = list(_QUESTION.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    return {head["turns"]: text[head.end() : end].strip() for head, end in zip(heads, ends, strict=True)}


@pytest.fixture(scope="module")
def replies(corpus_index: Path) -> dict[str, str]:
    """What is replied now to every question of the file."""
    assistant = Assistant.open(corpus_index)
    found = {}
    for turns in kept():
        *history, question = turns.split(_TURN)
        found[turns] = assistant.answer(question, history).markdown.strip()
    if os.environ.get("UPDATE_GOLDEN"):
        parts = [f"## {number}. {turns}\n\n{reply}\n" for number, (turns, reply) in enumerate(found.items(), 1)]
        FILE.write_text("\n".join([HEAD, *parts]), encoding="utf-8")
    return found


def test_there_are_thirty() -> None:
    assert len(kept()) == 30


@pytest.mark.parametrize("turns", sorted(kept()))
def test_the_reply_is_the_one_kept(turns: str, replies: dict[str, str]) -> None:
    assert replies[turns] == kept()[turns]
