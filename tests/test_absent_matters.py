"""What a manual does not say: want of a rival is no reason to answer, and only a public service has a public."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import silent, write_manual

from assistant.flow import Assistant
from ingest.build import ingest

ORDER = (
    "\n## Escalation\n\nIf you cannot find whom to ask, escalate in this order:\n\n1. Your line manager\n2. #people\n"
)
COMPANY = "# Help\n\nAsk #it-desk about laptops.\n"
COUNCIL = COMPANY + "\n".join(
    f"\n## Service {n}\n\nThe government service at https://service{n}.quay.gov.uk is run here.\n" for n in range(8)
)


@pytest.fixture
def about(new_index: Callable[[], Path], tmp_path: Path) -> Callable[[dict[str, str]], Assistant]:
    def opened(pages: dict[str, str]) -> Assistant:
        index = new_index()
        ingest(str(write_manual(tmp_path, pages)), index, progress=silent)
        return Assistant.open(index)

    return opened


def test_one_statement_answers_for_its_matter_alone(about: Callable[[dict[str, str]], Assistant]) -> None:
    assistant = about({"help.md": COMPANY + ORDER})
    assert assistant.answer("who do I ask about laptops").contacts[0].address == "#it-desk"
    for absent in ("helicopters", "parking permits", "payroll", "fraud", "the lake house"):
        answer = assistant.answer(f"who do I ask about {absent}")
        assert (answer.outcome, answer.contacts) == ("escalate", ()), absent


@pytest.mark.parametrize(
    ("page", "outcome"), [(COMPANY, "escalate"), (COUNCIL, "decline")], ids=["of a company", "of a government"]
)
def test_only_a_public_service_has_the_business_of_a_public(
    page: str, outcome: str, about: Callable[[dict[str, str]], Assistant]
) -> None:
    assistant = about({"help.md": page + ORDER})
    assert assistant.answer("who do I ask about my tax rebate").outcome == outcome
    assert assistant.answer("how do I renew my passport").outcome == "decline"


PEOPLE = """# People

Visas and work permits are handled by the Mobility desk (#mobility).

For tax codes and student loans, ask #payroll.

Travel expenses are paid back by the Finance desk (#finance).
"""


@pytest.mark.parametrize(
    ("question", "channel"),
    [
        ("my visa runs out in june, who sorts it?", "#mobility"),
        ("my tax code is wrong", "#payroll"),
        ("who pays my travel expenses back?", "#finance"),
        ("who renews my driving licence?", ""),
        ("lost my passport in spain, who do I ring", ""),
        ("how do I hand in my notice?", ""),
    ],
)
def test_a_matter_of_the_staff_is_answered_where_the_manual_has_its_words(
    question: str, channel: str, about: Callable[[dict[str, str]], Assistant]
) -> None:
    answer = about({"help.md": COMPANY + ORDER, "people.md": PEOPLE}).answer(question)
    assert [contact.address for contact in answer.contacts[:1]] == ([channel] if channel else [])
    assert answer.outcome == ("answer" if channel else "escalate")


def test_who_asks_for_the_order_by_name_gets_it(about: Callable[[dict[str, str]], Assistant]) -> None:
    assistant = about({"help.md": COMPANY + ORDER})
    assert assistant.answer("what are the rungs when my laptop is stuck").outcome == "escalate"
    assert assistant.answer("who do I ask about my laptop").outcome == "answer"
