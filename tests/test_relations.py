"""The table of relations: every relation once, and a list without a shape of its own is shown as it is."""

from __future__ import annotations

import pytest

from assistant.directory import plainly
from ingest.relations import KIND_OF, KINDS, RELATIONS, STATEMENTS
from ingest.values import Contact, Fact, Place
from ui.terminal import draw_directory

PLACE = Place("a.md", "A", "", "", 3, 4, "The quokkas (#quokkas) feed it.", "https://example.org/a")


def test_each_relation_has_one_row() -> None:
    assert sorted(kind.name for kind in KINDS) == sorted(RELATIONS)
    assert len(KIND_OF) == len(KINDS)


def test_what_is_shown_or_asked_has_all_its_words() -> None:
    for kind in KINDS:
        assert kind.counted
        assert bool(kind.title) == bool(kind.one) == bool(kind.many), kind.name
        assert bool(kind.asked_kind) == bool(kind.asked_as), kind.name
        assert kind.asked_as or not kind.asked_of_verb, kind.name


def test_relations_keep_the_numbers_that_indexes_hold() -> None:
    """A name that moves makes every index that is there say something else; a new one goes to the end."""
    numbered = ("does", "ask", "owns page", "owns repo", "gets alerts", "queue", "rung", "step")
    assert RELATIONS[: len(numbered)] == numbered


def test_statements_come_as_the_better_ones_first() -> None:
    assert STATEMENTS == ("does", "ask", "queue")


def test_a_list_without_a_shape_of_its_own_is_drawn_too(capsys: pytest.CaptureFixture[str]) -> None:
    contacts = (Contact("channel", "", "#quokkas"), Contact("team", "Wombats"))
    entries = plainly([Fact("1", "ask", contacts, "the feeding", (), PLACE)])
    assert entries == [
        {
            "for": "the feeding",
            "who": ["#quokkas", "Wombats"],
            "source": {"path": "a.md", "lines": [3, 4], "quote": PLACE.quote, "url": PLACE.url},
        }
    ]
    draw_directory({"teams": [], "ladder": [], "repos": [], "pages": [], "queues": [], "feeders": entries})
    drawn = capsys.readouterr().out
    assert "Feeders" in drawn
    assert all(word in drawn for word in ("the feeding", "#quokkas", "Wombats", "a.md:3"))
