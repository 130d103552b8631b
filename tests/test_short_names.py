"""The short names that a manual gives its teams and its things: how they are found, and what they find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import silent, write_manual

from assistant.flow import Assistant
from assistant.vocabulary import Vocabulary
from ingest.build import ingest
from ingest.facts.short_names import short_names
from ingest.values import Page


def page(text: str) -> Page:
    return Page("a.md", "A", tuple(text.split("\n")), 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The Berth Planning Team (BPT) plans.", {"Berth Planning Team": ("BPT",)}),
        ("Ask the **Berth Planning Team** (**BPT**).", {"Berth Planning Team": ("BPT",)}),
        ("See [Lock and Bridge Keepers](keepers.md) (LBK).", {"Lock and Bridge Keepers": ("LBK",)}),
        ("Chief Lamp Officers (CLOs) meet.", {"Chief Lamp Officers": ("CLOs",)}),
        ('The Tide Steering Board ("Board") decides.', {"Tide Steering Board": ("Board",)}),
        ("Our Berth Planning Team (since May) plans.", {}),
        ("The Berth Planning Team (Rotterdam) plans.", {}),
        ("The berth planning team (BPT) plans.", {}),
        ("Harbour Lamp Team (HLT) and Harbour Log Tool (HLT).", {}),
        ("The Tide Council meets. Ask the Council.", {"Tide Council": ("Council",)}),
        ("The Tide Council meets the Quay Council.", {}),
    ],
)
def test_short_names_are_found_where_a_manual_defines_them(text: str, found: dict[str, tuple[str, ...]]) -> None:
    assert short_names([page(text)]) == found


MANUAL = {
    "teams.md": (
        "# Teams\n\n## Berth Planning Team (BPT)\n\n#berth-planning\n\n- plans who lies where\n\n"
        "The Tide Council settles quarrels between crews.\n"
    ),
    "work.md": (
        "# Work\n\nFor a place in the dry dock ask the BPT.\n\nNew moorings are approved by the BPT.\n\n"
        "Complaints about the tide tables are brought to the Council.\n\nThe BPT board hangs in the hall.\n"
    ),
    "records.md": (
        "# Records\n\nSend requests under the Open Harbours Act to the record keepers in #harbour-records.\n\n"
        "The Open Harbours Act (OHA) is from 1990.\n"
    ),
}


@pytest.fixture
def assistant(new_index: Callable[[], Path], tmp_path: Path) -> Assistant:
    index = new_index()
    ingest(str(write_manual(tmp_path, MANUAL)), index, progress=silent)
    return Assistant.open(index)


@pytest.mark.parametrize(
    ("question", "name", "address"),
    [
        ("who gives me a place in the dry dock?", "BPT", "#berth-planning"),
        ("who approves new moorings?", "BPT", "#berth-planning"),
        ("where do complaints about the tide tables go?", "Council", ""),
        ("who deals with OHA requests?", "", "#harbour-records"),
        ("who deals with oha requests?", "", "#harbour-records"),
    ],
)
def test_a_short_name_is_whoever_it_stands_for(assistant: Assistant, question: str, name: str, address: str) -> None:
    first = assistant.answer(question).contacts[0]
    assert (first.address, name in first.name) == (address, True)


def test_a_thing_that_bears_a_short_name_is_nobody(assistant: Assistant) -> None:
    said = [fact.topic for fact in assistant.index.records.facts("ask")]
    assert not any("hangs in the hall" in topic for topic in said)


def test_an_abbreviation_is_spelled_out_once_for_the_encoder() -> None:
    words = Vocabulary({"Open Harbours Act": ("OHA",), "Contracting Officer": ("CO",), "Tide Council": ("Council",)})
    assert words.spelled_out("who knows the oha?") == "who knows the oha? (Open Harbours Act)"
    assert words.spelled_out("OHA, the Open Harbours Act") == "OHA, the Open Harbours Act"
    assert words.spelled_out("a co-worker in the council") == "a co-worker in the council"
    assert {"harbour", "act"} <= set(words.expansions(["oha"]))
