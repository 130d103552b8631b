"""The title of a page whose front matter states none."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_manual

from ingest.kept import Kept
from ingest.manual.reading import read_manual

CASES = {
    "a heading": ("# Deploy an app\n\nText.\n", "Deploy an app"),
    "a heading with marks": ("# Deploy `an` *app* #\n", "Deploy an app"),
    "a heading further down": ("Text.\n\n## First\n\nText.\n\n# Deploy an app\n", "Deploy an app"),
    "an underlined heading": ("Deploy an app\n=============\n\n# Not this\n", "Deploy an app"),
    "a comment in a fence": ("```sh\n# install it\nmake\n```\n\n# Deploy an app\n", "Deploy an app"),
    "a comment in a fence that is not closed": ("~~~\n# install it\n", "the page"),
    "a comment in a fence in a list": ("- Run:\n\n  ```\n# install it\n", "install it"),
    "a comment in indented code": ("Run:\n\n    # install it\n    make\n\n# Deploy an app\n", "Deploy an app"),
    "a remark in HTML": ("<!--\n# draft\n-->\n\n# Deploy an app\n", "Deploy an app"),
    "a heading in a quotation": ("> # Theirs\n\n# Deploy an app\n", "Deploy an app"),
    "no text in the heading": ("#\n\n# Deploy an app\n", "Deploy an app"),
    "no heading of level 1": ("## Deploy an app\n\nText.\n", "the page"),
    "no heading": ("Text.\n", "the page"),
    "a hash that heads nothing": ("#install\n\nText.\n", "the page"),
    "a title in the front matter": ("---\ntitle: Ship  it\n---\n\n# Deploy an app\n", "Ship it"),
    "an empty title in the front matter": ('---\ntitle: " "\n---\n\n# Deploy an app\n', "Deploy an app"),
    "front matter with a comment": ("---\n# a remark\nowner: '#x'\n---\n\n# Deploy an app\n", "Deploy an app"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_title_is_the_first_heading_that_is_one(tmp_path: Path, case: str) -> None:
    text, title = CASES[case]
    (page,) = read_manual(write_manual(tmp_path, {"the-page.html.md": text})).pages
    assert page.title == title


def test_a_page_is_not_parsed_again_for_its_title(tmp_path: Path) -> None:
    write_manual(tmp_path, {"a.md": "```\n# one\n```\n\n# Two\n", "b.md": "---\ntitle: B\n---\n\n# Other\n"})
    kept = Kept.open(tmp_path / "kept.sqlite", "")
    first = read_manual(tmp_path, kept=kept)
    kept.save()
    again = read_manual(tmp_path, kept=kept)
    kept.close()
    assert [page.title for page in again.pages] == [page.title for page in first.pages] == ["Two", "B"]
    assert (first.bodies.parsed, again.bodies.parsed) == ({"a.md"}, frozenset())
