"""What is no work: short questions of people in a hurry are not turned away for being short."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.flow import Assistant


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Iterator[Assistant]:
    opened = Assistant.open(small_index)
    yield opened
    opened.index.close()


@pytest.mark.parametrize(
    "question",
    ["db password rotation?", "vpn", "need datadog", "firewall rule change", "card machine down", "ssh key lost"],
)
def test_a_terse_question_of_work_is_not_declined(question: str, assistant: Assistant) -> None:
    assert assistant.answer(question).outcome != "decline"


@pytest.mark.parametrize(
    "question",
    ["Tell me a joke", "renew my passport", "how do i break into someone else's account without them noticing"],
)
def test_what_is_no_work_is_declined_without_a_contact(question: str, assistant: Assistant) -> None:
    answer = assistant.answer(question)
    assert (answer.outcome, answer.contacts, answer.ladder, answer.sources) == ("decline", (), (), ())
