"""What looks like a contact and became none is said to whoever keeps the manual, with its place and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.facts.compiling import facts_of
from ingest.facts.unread import unread_contacts
from ingest.manual.reading import read_manual

_NO_WRITING, _NO_MATTER = "nothing here says that one writes to it", "nothing here says what for"


def _said(folder: Path, pages: dict[str, str]) -> list[str]:
    for path, text in pages.items():
        (folder / path).write_text(text, encoding="utf-8")
    manual = read_manual(folder)
    return [str(warning) for warning in unread_contacts(manual, facts_of(manual))]


def test_a_channel_that_nobody_is_sent_to(tmp_path: Path) -> None:
    text = "# Ferries\n\nThe harbour was rebuilt.\nWinter saw #ferry-winter grow.\n"
    assert _said(tmp_path, {"a.md": text}) == [
        f"a.md:4: #ferry-winter looks like a contact and became none: {_NO_WRITING}"
    ]


def test_an_address_without_a_matter(tmp_path: Path) -> None:
    text = "# Ferries\n\nAsk #ferry-desk about tickets.\n\nDo not email crew@quayside.org, as the form says.\n"
    assert _said(tmp_path, {"a.md": text}) == [
        f"a.md:5: crew@quayside.org looks like a contact and became none: {_NO_MATTER}"
    ]


def test_many_of_a_page_are_told_in_one_line(tmp_path: Path) -> None:
    grown = "\n".join(f"Winter saw #ferry-{n} grow.\n" for n in ("one", "two", "three", "four", "five"))
    named = "#ferry-one, #ferry-two (line 5), #ferry-three (line 7) and 2 more"
    told = f"a.md:3: {named} look like contacts and became none: {_NO_WRITING}"
    assert _said(tmp_path, {"a.md": f"# Ferries\n\n{grown}"}) == [told]


def test_once_and_never_what_a_fact_names_elsewhere(tmp_path: Path) -> None:
    said = _said(
        tmp_path,
        {
            "a.md": "# Ferries\n\nWinter saw #ferry-winter and #ferry-desk grow.\n",
            "b.md": "# Tickets\n\nAsk #ferry-desk about tickets.\n\nWinter saw #ferry-winter grow.\n",
        },
    )
    assert [line.split(" looks")[0] for line in said] == ["a.md:3: #ferry-winter"]


@pytest.mark.parametrize(
    "text",
    [
        "```\nsend #ferry-winter\n```",
        "Sign in as first.last@quayside.org.",
        "Rooms begin with #ferry-*.",
        "Test it with git@forge.quayside.org.",
        "Ask #ferry-desk about tickets.",
    ],
)
def test_nothing_is_said_of(tmp_path: Path, text: str) -> None:
    assert _said(tmp_path, {"a.md": f"# Ferries\n\n{text}\n"}) == []
