"""What is looked up in the facts without reading them all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.relations import Relation
from ingest.store.records import Records, write
from ingest.values import Contact, Fact, Place

ACE = Contact("team", "Ace team", "#ace")
ELAN = Contact("team", "Élan", "#élan")


def fact(number: int, relation: Relation, topic: str, *contacts: Contact, updated: str = "") -> Fact:
    place = Place(f"page-{number}.md", "Title", "", "", 1, 1, "quote", "url", updated=updated)
    return Fact(f"id-{number}", relation, contacts, topic, (), place)


FACTS = (
    fact(0, "does", "runs the rota", ACE, ELAN, updated="2021"),
    fact(1, "owns repo", "tides", ACE, updated="2022"),
    fact(2, "owns repo", "buoys", Contact("channel", "", "#ACE"), updated="2023"),
    fact(3, "gets alerts", "tides", ELAN, updated="2024"),
    fact(4, "owns page", "Tides", Contact("team", "Élan")),
    fact(5, "owns page", "Buoys", Contact("channel", "", "#ace")),
    fact(6, "owns page", "Crew", Contact("channel", "", "#crew"), ACE),
)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    file = tmp_path / "records.sqlite"
    write(file, FACTS, ())
    opened = Records.open(file)
    yield opened
    opened.close()


def test_facts_of_a_relation(records: Records) -> None:
    assert records.facts("owns repo") == FACTS[1:3]
    assert records.facts() == FACTS


def test_facts_by_row_keep_the_order_asked_for(records: Records) -> None:
    assert records.facts_at([5, 0, 5]) == [FACTS[5], FACTS[0], FACTS[5]]
    assert records.facts_at([]) == []
    with pytest.raises(KeyError):
        records.facts_at([0, 7])
    with pytest.raises(KeyError):
        records.fact_at(7)
    with pytest.raises(KeyError):
        records.row_of("facts", "nobody")
    assert records.row_of("facts", "id-3") == 3


def test_earlier_facts_are_let_go_when_many_are_held(tmp_path: Path) -> None:
    write(tmp_path / "records.sqlite", FACTS, ())
    records = Records(sqlite3.connect(tmp_path / "records.sqlite"), held=2)
    assert records.facts_at([0, 1, 2]) == list(FACTS[:3])
    assert records.facts_at([2, 3, 0]) == [FACTS[2], FACTS[3], FACTS[0]]
    assert records.fact_at(0) is records.fact_at(0)
    held = records.fact_at(3)
    assert records.fact_at(1) == FACTS[1]
    assert records.fact_at(0) == FACTS[0]
    assert records.fact_at(3) is not held
    records.close()


def test_names_and_facts_by_name(records: Records) -> None:
    assert records.topics("owns repo") == [(1, "tides"), (2, "buoys")]
    assert records.facts_about("gets alerts", "tides") == [FACTS[3]]
    assert records.facts_about("gets alerts", "buoys") == []


def test_contacts_of_a_kind_in_the_order_of_the_facts(records: Records) -> None:
    assert list(records.contacts("does", "team")) == [(0, ACE), (0, ELAN)]
    assert list(records.contacts("owns page", "team")) == [(4, Contact("team", "Élan")), (6, ACE)]


def test_the_newest_fact_that_names_somebody_whatever_the_case_of_letters(records: Records) -> None:
    assert records.last_named("#ace", ("does", "owns repo")) == "2023"
    assert records.last_named("ace TEAM", ("does", "owns repo")) == "2022"
    assert records.last_named("élan", ("does", "gets alerts")) == "2024"
    assert records.last_named("ÉLAN", ("does",)) == "2021"
    assert records.last_named("nobody", ("does",)) == ""
