"""A whole manual of an organisation, beside the repository: everything holds there too, and the aims are met.

Needs the folder `shared` beside the repository, with the manual, a question set and what grades it; skipped without.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import silent

from assistant.directory import directory
from assistant.flow import Assistant
from ingest.build import IngestReport, ingest
from ingest.facts.proof import says
from ingest.relations import FOR
from ingest.values import Contact, Fact, Place

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
MANUAL = SHARED / "manual-2023"
QUESTIONS = SHARED / "questions" / "dev-2023.jsonl"
GRADER = SHARED / "questions" / "grade.py"

Grades = dict[str, float]
"""Column to share."""

REQUIRED = os.environ.get("CI") == "true" and os.environ.get("SHARED") != "absent"
"""In CI these tests run; a fork that has nothing beside its clone says so with SHARED=absent."""

pytestmark = [
    pytest.mark.manual,
    pytest.mark.slow,
    pytest.mark.skipif(not MANUAL.is_dir() and not REQUIRED, reason=f"there is no manual in {MANUAL}"),
]

LEAST = {
    "quotes": 1.0,
    "grounded": 1.0,
    "ladder": 0.9,
    "contact@1": 0.60,
    "source": 0.80,
    "all right": 0.50,
}
"""What the graded columns must reach, as shares of the questions to which a column applies."""


@pytest.fixture(scope="module")
def index_folder_of_the_manual(new_index: Callable[[], Path]) -> Path:
    return new_index()


@pytest.fixture(scope="module")
def report(index_folder_of_the_manual: Path) -> IngestReport:
    """The manual, ingested once."""
    return ingest(str(MANUAL), index_folder_of_the_manual, progress=silent)


@pytest.fixture(scope="module")
def assistant(report: IngestReport, index_folder_of_the_manual: Path) -> Iterator[Assistant]:
    opened = Assistant.open(index_folder_of_the_manual)
    assert opened.index.digest == report.digest
    yield opened
    opened.index.close()


@pytest.fixture(scope="module")
def facts(assistant: Assistant) -> tuple[Fact, ...]:
    return assistant.index.records.facts()


@pytest.fixture(scope="module")
def answers(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answers to the question set, one a line."""
    if not (QUESTIONS.is_file() and GRADER.is_file()):
        assert not REQUIRED, f"there is no question set in {QUESTIONS.parent}"
        pytest.skip(f"there is no question set in {QUESTIONS.parent}")
    file = tmp_path_factory.mktemp("graded") / "answers.jsonl"
    asked = [sys.executable, "-m", "ui.cli", "ask", "--jsonl", "--index", assistant.index.folder]
    with QUESTIONS.open("rb") as given, file.open("wb") as written:
        subprocess.run(asked, stdin=given, stdout=written, check=True, cwd=ROOT)
    return file


@pytest.fixture(scope="module")
def grades(answers: Path) -> Grades:
    """The grader's row of totals: each column's share."""
    graded = [sys.executable, GRADER, QUESTIONS, answers, "--manual", MANUAL]
    return totals(subprocess.run(graded, check=True, capture_output=True, text=True).stdout)


def totals(table: str) -> Grades:
    """The row TOTAL of the grader's table, by the names of its columns."""
    head, *rows = (re.split(r"\s{2,}", line.strip()) for line in table.splitlines() if line.strip())
    (row,) = [row for row in rows if row[0] == "TOTAL"]
    return {column: float(value) for column, value in zip(head, row, strict=True) if value[0].isdigit()}


def lines_of(place: Place) -> list[str]:
    text = (MANUAL / place.path).read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


@pytest.mark.parametrize("column", list(LEAST))
def test_the_answers_reach_the_aims(column: str, grades: Grades) -> None:
    assert grades[column] >= LEAST[column]


def test_every_contact_of_every_answer_is_proven_by_its_own_sources(answers: Path) -> None:
    for line in answers.read_text(encoding="utf-8").splitlines():
        answer = json.loads(line)
        for contact in answer["contacts"]:
            own = [s for s in answer["sources"] if s["number"] in contact["sources"]]
            said = "\n".join(f"{source['quote']}\n{source['owner']}" for source in own)
            assert says(said, Contact(contact["kind"], contact["name"], contact["address"])), contact
        assert answer["outcome"] == "answer" or answer["contacts"] == []


def test_the_whole_manual_is_read(report: IngestReport) -> None:
    pages = [page for page in MANUAL.rglob("*") if re.search(r"\.md(\.erb)?$", page.name)]
    assert 0.9 * len(pages) <= report.pages <= len(pages)
    assert all(report.facts[relation] > 0 for relation in ("does", "ask", "owns page", "owns repo", "queue", "rung"))


def test_no_id_is_given_twice(facts: tuple[Fact, ...]) -> None:
    assert [id_ for id_, times in Counter(fact.id for fact in facts).items() if times > 1] == []


def test_every_quote_is_its_files_own_lines(facts: tuple[Fact, ...]) -> None:
    files = {place.path: lines_of(place) for fact in facts for place in fact.places}
    for fact in facts:
        for place in fact.places:
            lines = files[place.path]
            assert 1 <= place.first <= place.last <= len(lines), (place.path, place.first, place.last)
            assert place.quote == "\n".join(lines[place.first - 1 : place.last]), (place.path, place.first)


def test_every_contact_is_proven_by_the_places_of_its_fact(facts: tuple[Fact, ...]) -> None:
    unproven = [
        (fact.place.path, fact.place.first, contact)
        for fact in facts
        for contact in fact.contacts
        if not any(says(place.quote, contact) for place in fact.places)
        and not says("\n".join(place.quote for place in fact.places), contact)
    ]
    assert unproven == []


def test_every_address_stands_as_it_is_written(facts: tuple[Fact, ...]) -> None:
    altered = [
        (fact.place.path, fact.place.first, contact.address)
        for fact in facts
        for contact in fact.contacts
        if contact.address not in "\n".join(place.quote for place in fact.places)
    ]
    assert altered == []


def test_there_is_one_ladder_for_everybody_and_its_rungs_are_counted_from_one(facts: tuple[Fact, ...]) -> None:
    found = (fact for fact in facts if fact.relation == "rung" and FOR not in fact.attributes)
    rungs = sorted(found, key=lambda fact: fact.rank)
    assert [rung.rank for rung in rungs] == list(range(1, len(rungs) + 1))
    assert len({(rung.place.path, rung.place.anchor) for rung in rungs}) == 1


def test_the_directory_names_only_what_the_facts_name(assistant: Assistant, facts: tuple[Fact, ...]) -> None:
    listed = directory(assistant.index)
    addresses = {contact.address for fact in facts for contact in fact.contacts}
    assert {address for team in listed["teams"] for address in team["contacts"]} <= addresses
    assert {entry["queue"] for entry in listed["queues"]} <= addresses
    assert len({repo["name"] for repo in listed["repos"]}) == len(listed["repos"])


@pytest.mark.parametrize("share", range(4))
def test_every_owned_repo_is_found_by_its_own_name(share: int, assistant: Assistant) -> None:
    """A quarter of a sample of all repos; one that is retired may name its successor's owner."""
    repos = [f for f in assistant.index.records.facts("owns repo") if f.contacts and "retired" not in f.attributes]
    wrong = []
    for repo in repos[share::16]:
        contacts = [c.shown for c in assistant.answer(f"Who owns the `{repo.topic}` repo?").contacts]
        if contacts[:1] != [repo.contacts[0].shown]:
            wrong.append((repo.topic, contacts))
    assert wrong == []
