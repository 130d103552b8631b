"""How far a fact reaches."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_manual

from ingest.facts.compiling import facts_of
from ingest.manual.reading import read_manual


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("# Tides\n\nFor tide tables, ask in #tide-help.\n", "sentence"),
        ("# Tides\n\n## Gauges\n\nIf you have any questions, ask in #gauge-help.\n", "section"),
        ("# Tides\n\n## Getting help\n\nIf you are stuck, please ask in #tide-help.\n", "page"),
        ("---\nquestions: ['#tide-help']\n---\n# Tides\n\nText.\n", "page"),
        ("---\nowner: '#tide-help'\n---\n# Tides\n\nText.\n", "page"),
        ("# Help\n\nIf nobody answers, escalate in this order:\n\n1. The duty officer\n2. #bridge\n", "everything"),
    ],
)
def test_a_fact_reaches_as_far_as_its_matter(text: str, scope: str, tmp_path: Path) -> None:
    found = facts_of(read_manual(write_manual(tmp_path, {"tides.md": text})))
    assert {fact.scope for fact in found} == {scope}


def test_a_rule_for_paths_reaches_a_folder(tmp_path: Path) -> None:
    files = {"CODEOWNERS": "/gauges/ @harbour/gauges\n", "tides.md": "# Tides\n\nText.\n"}
    found = facts_of(read_manual(write_manual(tmp_path, files)))
    assert [(fact.scope, fact.topic) for fact in found] == [("folder", "owns gauges")]


@pytest.mark.parametrize(
    ("section", "topics"),
    [
        (
            "For requests about berths and tides.\n\n- Slack: #quay\n- Room: 12\n",
            ["Quay desk: For requests about berths and tides."],
        ),
        ("Cranes and lifts\n\nUse the form:\n\nSlack: #quay\n", ["Quay desk: Cranes and lifts"]),
        ("We like berths. They are long. Nobody knows why.\n\n- Slack: #quay\n", ["Quay desk"]),
        ("Ask #gulls about berths and tides.\n\n- Slack: #quay\n", ["Ask #gulls about berths and tides.", "Quay desk"]),
    ],
)
def test_an_address_is_for_what_the_paragraph_under_its_heading_says(
    section: str, topics: list[str], tmp_path: Path
) -> None:
    found = facts_of(read_manual(write_manual(tmp_path, {"support.md": f"# Support\n\n## Quay desk\n\n{section}"})))
    assert [fact.topic for fact in found] == topics
    assert all(
        fact.topic.split(": ")[-1] in "\n".join(p.quote for p in fact.places) for fact in found if ": " in fact.topic
    )
