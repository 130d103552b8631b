"""The gold questions on the starter manual say what the manual says: its lines, its contacts and its pages."""

from __future__ import annotations

import collections
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
CENTRAL = "source/manual/ask-for-help.html.md"

Question = dict[str, Any]

AT_LEAST = {
    "responsibility": 45,
    "ownership": 25,
    "page_owner": 12,
    "procedure": 30,
    "incident": 12,
    "escalation": 12,
    "follow_up": 14,
    "out_of_scope": 12,
    "injection": 8,
    "misspelt": 8,
    "ambiguous": 4,
}
TEXTS = ("id", "kind", "question", "outcome", "evidence", "note")
LISTS = ("history", "contacts_never", "sources_any", "steps_any")
LISTS_OF_LISTS = ("contacts_any", "contacts_all")
RUNGS = ("Technical Lead", "Lead Developer", "Lead Architect")
# What the central page says beside the responsibilities; the rungs are counted apart.
OTHER_FACTS = (
    "assign it to the `3rd Line--GDS Reliability Engineering` queue",
    "raise that ticket as well, so that the work can be tracked",
    "promises to work with you on writing it down",
)


def read() -> list[Question]:
    """The question set, in the order of the file."""
    text = (ROOT / "eval" / "questions" / "corpus.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


QUESTIONS = read()
each = pytest.mark.parametrize("question", QUESTIONS, ids=[str(question["id"]) for question in QUESTIONS])


def flat(text: str) -> str:
    """One line, single spaces."""
    return " ".join(text.split())


def page(source: str) -> str:
    """The text of a source, whatever its anchor."""
    return (CORPUS / source.partition("#")[0]).read_text(encoding="utf-8")


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as links to them are written."""
    titles = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def stands_in(spelling: str, text: str) -> bool:
    """Whether a contact is in a text as a word of its own, in any case."""
    return re.search(rf"(?<![\w-]){re.escape(spelling)}(?!\w)", flat(text), re.IGNORECASE) is not None


def of_kind(*kinds: str) -> list[Question]:
    return [question for question in QUESTIONS if question["kind"] in kinds]


def bullets_of_the_central_page() -> list[str]:
    """Each team's responsibilities, which are the bullets of the page's first section."""
    section = page(CENTRAL).partition("## Teams and what they do")[2].partition("\n## ")[0]
    return re.findall(r"^- (.+)$", section, re.MULTILINE)


def test_ids_and_questions_are_unique() -> None:
    for key in ("id", "question"):
        values = [(question[key], tuple(question["history"]) if key == "question" else ()) for question in QUESTIONS]
        assert [value for value, times in collections.Counter(values).items() if times > 1] == []


def test_every_kind_is_there_often_enough() -> None:
    counts = collections.Counter(question["kind"] for question in QUESTIONS)
    assert set(counts) == set(AT_LEAST)
    assert {kind: counts[kind] for kind, least in AT_LEAST.items() if counts[kind] < least} == {}
    assert sum(counts.values()) >= 180


def test_many_pages_are_asked_about() -> None:
    first = {question["sources_any"][0].partition("#")[0] for question in QUESTIONS if question["sources_any"]}
    assert len(first) >= 45


@each
def test_the_fields_have_their_types(question: Question) -> None:
    assert set(question) == {*TEXTS, *LISTS, *LISTS_OF_LISTS}
    assert all(isinstance(question[key], str) and question[key] == question[key].strip() for key in TEXTS)
    assert all(question[key] for key in TEXTS if key != "evidence")
    inner = [spellings for key in LISTS_OF_LISTS for spellings in question[key]]
    for strings in [*(question[key] for key in LISTS), *inner]:
        assert isinstance(strings, list)
        assert all(isinstance(string, str) and string for string in strings)
        assert len(set(strings)) == len(strings)
    assert all(inner)
    assert len(question["evidence"]) <= 300


@each
def test_the_id_starts_with_the_kind(question: Question) -> None:
    assert question["kind"] in AT_LEAST
    assert re.fullmatch(question["kind"].replace("_", "-") + r"-\d\d(-[a-z0-9]+)+", question["id"])
    assert bool(question["history"]) == (question["kind"] == "follow_up")


@each
def test_the_outcome_decides_which_fields_are_filled(question: Question) -> None:
    filled = {key for key in ("contacts_any", "contacts_all", "sources_any", "evidence") if question[key]}
    match question["outcome"]:
        case "answer":
            assert filled - {"contacts_all"} == {"contacts_any", "sources_any", "evidence"}
        case "escalate":
            assert filled == {"contacts_all", "sources_any"}
            assert question["sources_any"] == [CENTRAL]
        case "decline":
            assert filled == set()
            assert question["steps_any"] == []
        case other:
            pytest.fail(f"no such outcome: {other}")


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("escalation", "escalate"),
        ("out_of_scope", "decline"),
        ("injection", "decline"),
        ("ownership", "answer"),
        ("responsibility", "answer"),
        ("page_owner", "answer"),
        ("procedure", "answer"),
        ("incident", "answer"),
    ],
)
def test_some_kinds_have_one_outcome(kind: str, outcome: str) -> None:
    assert {question["outcome"] for question in of_kind(kind)} == {outcome}


@each
def test_every_source_is_a_file_and_every_anchor_a_heading(question: Question) -> None:
    for source in question["sources_any"]:
        path, mark, anchor = source.partition("#")
        assert (CORPUS / path).is_file()
        assert not mark or anchor in anchors(page(source))


@each
def test_the_evidence_is_verbatim_in_a_source(question: Question) -> None:
    if question["evidence"]:
        assert any(flat(question["evidence"]) in flat(page(source)) for source in question["sources_any"])


@each
def test_every_gold_contact_stands_in_a_source(question: Question) -> None:
    text = "\n".join(page(source) for source in question["sources_any"])
    for spellings in question["contacts_any"] + question["contacts_all"]:
        assert any(stands_in(spelling, text) for spelling in spellings), spellings


@each
def test_a_wrong_contact_is_never_a_right_one(question: Question) -> None:
    right = {spelling.lower() for spellings in question["contacts_any"] for spelling in spellings}
    right |= {spelling.lower() for spellings in question["contacts_all"] for spelling in spellings}
    assert right.isdisjoint(contact.lower() for contact in question["contacts_never"])


@pytest.mark.parametrize("fact", [*bullets_of_the_central_page(), *OTHER_FACTS])
def test_every_fact_of_the_central_page_is_asked_for_twice(fact: str) -> None:
    asked = [question for question in QUESTIONS if flat(fact) in flat(question["evidence"])]
    assert len({question["question"] for question in asked}) >= 2


def test_the_rungs_are_asked_for_from_every_height() -> None:
    """The whole ladder, what is left of it after the first rung, and the last rung alone: each at least twice."""
    climbs: collections.Counter[int] = collections.Counter()
    for question in QUESTIONS:
        if question["outcome"] == "escalate":
            left = tuple(spellings[0] for spellings in question["contacts_all"])
            assert left == RUNGS[-len(left) :]
            climbs[len(left)] += 1
    assert min(climbs[left] for left in (1, 2, 3)) >= 2


def test_a_tried_rung_is_not_offered_again() -> None:
    for question in QUESTIONS:
        tried = RUNGS[: len(RUNGS) - len(question["contacts_all"])] if question["outcome"] == "escalate" else ()
        assert set(tried) <= set(question["contacts_never"])


def test_the_central_page_has_its_fourteen_responsibilities() -> None:
    assert len(bullets_of_the_central_page()) == 14
