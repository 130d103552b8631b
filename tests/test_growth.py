"""The work of reading a page grows as the page does: counted in calls and characters, not timed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import write_manual

from ingest.facts.compiling import facts_of
from ingest.manual.markdown import Block, sections_of
from ingest.manual.passages import passages_of
from ingest.manual.reading import Manual, read_manual
from ingest.manual.sentences import sentences
from ingest.values import LONGEST_LINE, QUOTED

FEW = 300
PAGES: dict[str, Callable[[int], str]] = {
    "one line": lambda n: "".join(f"ask the Harbour team in #chan-{i}, or a{i}@b.example, and then " for i in range(n)),
    "one line of sentences": lambda n: "".join(f"Ask the Tide team in #tide-{i} about ropes. " for i in range(n)),
    "one row": lambda n: "|a|b|\n|-|-|\n|" + "".join(f"#chan-{i} rope " for i in range(n)) + "|b|\n",
    "rows": lambda n: "|team|what|\n|-|-|\n" + "".join(f"|Rope team #rope-{i}|rope {i}|\n" for i in range(n)),
    "one paragraph": lambda n: "".join(f"ask the Harbour team in #chan-{i} or\n" for i in range(n)),
    "items": lambda n: "Ask these people:\n\n" + "".join(f"- rope {i}: #chan-{i}\n" for i in range(n)),
    "items under a long line": lambda n: "rope team " * n + "can help with:\n\n" + "- ropes\n" * n,
    "headings": lambda n: "".join(f"# Rope {i}\n\nAsk #chan-{i}.\n\n" for i in range(n)),
    "the same heading": lambda n: "# Rope\n\nAsk #chan.\n\n" * n,
    "code": lambda n: "Write to:\n\n```\nAda Byron (Tech lead)\na@b.example\n```\n\n" * n,
    "links far from their targets": lambda n: (
        "".join(f"Ask [Rope {i}][r{i}].\n\n" for i in range(n))
        + "".join(f"[r{i}]: https://x.slack.com/archives/{i}\n" for i in range(n))
    ),
    "names": lambda n: "".join(f"It is run by Rope{i} Office. Contact Rope{i} Office. " for i in range(n)),
}


def _read(folder: Path, text: str) -> Manual:
    return read_manual(write_manual(folder, {"page.md": text}))


@contextmanager
def _calls() -> Iterator[list[int]]:
    """Counts the calls of functions, those of C among them."""
    counted = [0]

    def count(_frame: Any, event: str, _argument: Any) -> None:
        counted[0] += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield counted
    finally:
        sys.setprofile(before)


@contextmanager
def _lines() -> Iterator[list[int]]:
    """Counts the lines of Python that are gone through."""
    counted = [0]

    def count(_frame: Any, event: str, _argument: Any) -> Any:
        counted[0] += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield counted
    finally:
        sys.settrace(before)


def _work(folder: Path, text: str) -> tuple[int, int]:
    """Calls, and characters whose tokens are counted, to read a page that consists of the text."""
    counted = 0

    def words(text: str) -> int:
        nonlocal counted
        counted += len(text)
        return len(text.split()) + 2

    with _calls() as calls:
        manual = _read(folder, text)
        passages_of(manual, words)
        facts_of(manual)
    return calls[0], counted


@pytest.mark.parametrize("kind", PAGES)
def test_four_times_the_page_is_four_times_the_work(kind: str, tmp_path: Path) -> None:
    _work(tmp_path / "first", "Ask #chan.")  # what is compiled and loaded once
    calls, counted = _work(tmp_path / "few", PAGES[kind](FEW))
    more_calls, more_counted = _work(tmp_path / "many", PAGES[kind](4 * FEW))
    assert more_calls < 5 * calls
    assert more_counted < 5 * counted + LONGEST_LINE


def test_a_heading_that_stands_often_is_numbered_on() -> None:
    with _lines() as few:
        sections_of(("# Rope",) * 1_000, 1)
    with _lines() as many:
        sections_of(("# Rope",) * 4_000, 1)
    assert many[0] < 5 * few[0]


@pytest.mark.parametrize("kind", PAGES)
def test_no_pattern_is_given_a_text_that_grows_with_its_page(kind: str, tmp_path: Path) -> None:
    for block in _blocks(_read(tmp_path, PAGES[kind](10 * FEW))):
        assert len(block.text.plain) <= LONGEST_LINE
        assert all(len(sentence.plain) <= 2_000 for sentence in sentences(block) if block.kind != "code")


@pytest.mark.parametrize("kind", PAGES)
def test_a_quote_stays_short_and_verbatim(kind: str, tmp_path: Path) -> None:
    manual = _read(tmp_path, PAGES[kind](10 * FEW))
    page = manual.pages[0]
    passages = passages_of(manual, lambda text: len(text.split()) + 2)
    places = [*(p.place for p in passages), *(place for fact in facts_of(manual) for place in fact.places)]
    for place in places:
        assert len(place.quote) <= LONGEST_LINE + QUOTED
        assert place.quote in "\n".join(page.lines[place.first - 1 : place.last])


def test_the_end_of_a_long_line_is_read_too(tmp_path: Path) -> None:
    manual = _read(tmp_path, "nothing here, " * 10_000 + "but ask the Harbour team in #harbour about ropes.")
    fact = next(fact for fact in facts_of(manual) if fact.relation == "ask")
    assert [c.address for c in fact.contacts] == ["#harbour"]
    assert "#harbour" in fact.place.quote
    last = passages_of(manual, lambda text: len(text.split()) + 2)[-1]
    assert "#harbour" in last.text
    assert "#harbour" in last.place.quote
    assert "longer than 10,000 characters" in " ".join(map(str, manual.warnings))


def test_a_long_line_of_code_gives_no_facts(tmp_path: Path) -> None:
    text = "```\n" + '{"ask": "the team in #harbour"}, ' * 1000 + "\n```\n\nAsk #ropes about ropes.\n"
    assert [c.address for fact in facts_of(_read(tmp_path, text)) for c in fact.contacts] == ["#ropes"]


def _blocks(manual: Manual) -> Iterator[Block]:
    return (block for sections in manual.bodies.values() for section in sections for block in section.blocks)
