"""A mere name that stands everywhere is the organisation's, and nobody to ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_manual

from ingest.facts.compiling import facts_of
from ingest.manual.reading import read_manual


@pytest.mark.parametrize(("pages", "named"), [(16, []), (60, ["Quayside"])])
def test_a_name_on_every_fourth_page_is_nobody(pages: int, named: list[str], tmp_path: Path) -> None:
    files = {f"{number}.md": f"# Page {number}\n\nWords of Quayside.\n" for number in range(12)}
    files |= {f"{number}.md": f"# Page {number}\n\nWords.\n" for number in range(12, pages)}
    files["ask.md"] = "# Ropes\n\nContact Quayside about ropes.\n"
    found = facts_of(read_manual(write_manual(tmp_path, files)))
    assert [contact.name for fact in found for contact in fact.contacts] == named
