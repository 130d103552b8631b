"""Orders of escalation: the forms that manuals give them, what each is for, and which one a question gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import silent, write_manual

from assistant.directory import directory
from assistant.flow import Assistant
from assistant.rungs import orders_in
from ingest.build import ingest
from ingest.relations import FOR

Opened = Callable[[dict[str, str]], Assistant]


@pytest.fixture
def opened(new_index: Callable[[], Path], tmp_path: Path) -> Opened:
    def of(pages: dict[str, str]) -> Assistant:
        index = new_index()
        ingest(str(write_manual(tmp_path, pages)), index, progress=silent)
        return Assistant.open(index)

    return of


def rungs(assistant: Assistant) -> list[list[str]]:
    return [[rung.topic for rung in order] for order in orders_in(assistant.index.records.facts("rung"))]


@pytest.mark.parametrize(
    ("page", "who"),
    [
        (
            (
                "# Escalation\n\nIf nobody can help, escalate in this order:\n\n1. The duty manager\n"
                "2. The harbour director\n"
            ),
            ["The duty manager", "The harbour director"],
        ),
        (
            "# Getting help\n\n## Escalation path\n\n- Your team lead\n- The engineering manager\n- The CTO\n",
            ["Your team lead", "The engineering manager", "The CTO"],
        ),
        (
            (
                "# Getting help\n\nEscalation levels:\n\n| Level | Who | Reached at |\n|---|---|---|\n"
                "| 1 | Service desk | #service-desk |\n| 2 | Duty manager | 0161 496 0000 |\n"
                "| 3 | Head of Operations | – |\n"
            ),
            ["Service desk", "Duty manager", "Head of Operations"],
        ),
        (
            "# Getting help\n\nEscalation: team lead → engineering manager → head of engineering\n",
            ["team lead", "engineering manager", "head of engineering"],
        ),
        (
            "# Getting help\n\n## Chain of command\n\nTeam lead > engineering manager > CTO\n",
            ["Team lead", "engineering manager", "CTO"],
        ),
        (
            (
                "# Getting help\n\nIf it drags on, escalate to the duty manager, then to the head of operations, and "
                "finally to the CTO.\n"
            ),
            ["the duty manager", "the head of operations", "the CTO"],
        ),
        (
            (
                "# Escalation\n\n## Level 1: Service desk\n\nAsk in #service-desk.\n\n## Level 2: Duty manager\n\n"
                "Ring the duty manager.\n\n## Level 3: Head of Operations\n\nEmail the Head of Operations.\n"
            ),
            ["Service desk", "Duty manager", "Head of Operations"],
        ),
    ],
    ids=["numbers", "bullets", "table", "arrows", "signs", "sentence", "headings"],
)
def test_an_order_is_read_in_every_form(page: str, who: list[str], opened: Opened) -> None:
    assistant = opened({"help.md": page})
    assert rungs(assistant) == [who]
    answer = assistant.answer("nobody on my team can solve this, who is next?")
    assert (answer.outcome, [rung.who for rung in answer.ladder]) == ("escalate", who)
    for rung in answer.ladder:
        assert all(number in {source.number for source in answer.sources} for number in rung.sources)


@pytest.mark.parametrize(
    "page",
    [
        "# Deploying\n\nDo this in order:\n\n1. Open the console\n2. Run the job\n",
        "# Escalation\n\n| Level | Meaning |\n|---|---|\n| 1 | The site is down |\n| 2 | A page is slow |\n",
        "# Build\n\nThe pipeline goes build → test → release, and escalates nothing.\n",
        "# Sizes\n\nIf it grows, escalate to the large box, then to the huge box.\n",
        "# Escalation\n\n## Level 1: slow\n\nPages take a second.\n\n## Level 2: down\n\nNothing answers.\n",
    ],
    ids=["steps", "severities", "pipeline", "things", "headings"],
)
def test_what_looks_alike_is_no_order(page: str, opened: Opened) -> None:
    assert rungs(opened({"help.md": page})) == []


SEVERAL = {
    "help.md": (
        "# Ask for help\n\nIf you can't solve a problem, escalate in this order:\n\n1. Your team lead\n2. The head of "
        "engineering\n"
    ),
    "on-call.md": (
        "# On call\n\nOut of hours, escalate in this order:\n\n1. The primary engineer\n2. The secondary engineer\n"
        "3. The incident manager\n"
    ),
    "vault.md": (
        "# Vault\n\nVault keeps secrets.\n\n## Escalation\n\nEscalate in this order:\n\n1. The Vault administrator\n"
        "2. The security officer\n"
    ),
}


def test_each_order_says_what_it_is_for(opened: Opened) -> None:
    assistant = opened(SEVERAL)
    orders = orders_in(assistant.index.records.facts("rung"))
    assert {order[0].attributes.get(FOR, "") for order in orders} == {"", "On call", "Vault › Escalation"}
    listed = directory(assistant.index)
    assert [rung["who"] for rung in listed["ladder"]] == ["Your team lead", "The head of engineering"]
    assert [(order["for"], len(order["rungs"])) for order in listed["orders"]] == [
        ("On call", 3),
        ("Vault › Escalation", 2),
    ]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("my team is stuck, who is next?", "Your team lead"),
        ("it's 3am and nobody answers, who do I escalate to?", "The primary engineer"),
        ("nobody can fix Vault, who is next?", "The Vault administrator"),
        ("I am on call and stuck, who's next", "The primary engineer"),
    ],
)
def test_a_question_gets_the_order_of_its_matter(question: str, first: str, opened: Opened) -> None:
    answer = opened(SEVERAL).answer(question)
    assert answer.outcome == "escalate"
    assert answer.ladder[0].who == first


def test_what_the_organisation_wrote_goes_before_what_the_manual_states(opened: Opened) -> None:
    assistant = opened({**SEVERAL, "whodoiask.toml": 'ladder = ["The harbour master", "#everyone"]\n'})
    assert assistant.answer("we are stuck, who is next?").ladder[0].who == "The harbour master"


@pytest.mark.parametrize(
    ("pages", "who"),
    [
        ({"help.md": "# Getting help\n\nNot sure which team to ask? Post in #harbour-help.\n"}, ["#harbour-help"]),
        (
            {"chat.md": "# Chat\n\n- `#berths`: mooring plans\n- `#anything`: questions that don't fit elsewhere\n"},
            ["#anything"],
        ),
        (
            {"help.md": "# Contacts\n\n| For | Ask in |\n|---|---|\n| Lamps | #lamps |\n| Anything else | #quay |\n"},
            ["#quay"],
        ),
        (
            {"start.md": "# Welcome\n\nWhatever is bigger than your team can be escalated to the Harbour Board.\n"},
            ["Harbour Board"],
        ),
        # Of one matter, or of one page: no last resort for everything.
        ({"dns.md": "# Lamps\n\nIf you don't know which lamp to buy, ask in #lamps.\n"}, []),
        ({"dns.md": "# Lamps\n\nAnything else? Ask in #lamps.\n"}, []),
        ({"help.md": "# Getting help\n\nAll other questions about lamps go to #lamps.\n"}, []),
        ({"old.md": "---\nstatus: archived\n---\n# Help\n\nNot sure whom to ask? Post in #old-help.\n"}, []),
        # The order that a manual states stands by itself.
        (
            {
                "help.md": "# Getting help\n\nNot sure whom to ask? Post in #harbour-help.\n",
                "order.md": "# Escalation\n\nEscalate in this order:\n\n1. The duty manager\n2. The director\n",
            },
            ["The duty manager", "The director"],
        ),
    ],
)
def test_without_an_order_the_last_resort_is_whoever_is_named_for_everything_else(
    opened: Opened, pages: dict[str, str], who: list[str]
) -> None:
    assert [who for order in rungs(opened(pages)) for who in order] == who
