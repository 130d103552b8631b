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
