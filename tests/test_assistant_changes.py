"""After the manual changed and was ingested again, nothing of the old is left: in no answer, listing or index."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from weakref import ref

import pytest
from conftest import silent, write_manual

from assistant.directory import directory
from assistant.flow import KEPT, LONGEST_KEPT, Assistant
from ingest.build import IngestReport, ingest
from ingest.plain import fact_from
from ingest.relations import STATEMENTS
from ingest.store import records as reading
from ingest.store.index import Index
from ingest.store.words import Words, tokenize
from ingest.values import COLLECTIONS, Fact

FERRY, LIGHTS, CREW, REPOS = "ferry.md", "lights.md", "crew.md", "data/repos.yml"
MANUAL = {
    FERRY: (
        '---\ntitle: Ferry timetable\nowner_slack: "#ferry-owner"\n---\n\n## Changes\n\n'
        "Ask the Quokka team (#quokka-desk) before you change the ferry timetable.\n"
    ),
    LIGHTS: (
        '---\ntitle: Lighthouse lamps\nowner_slack: "#lamp-owner"\n---\n\n## Repairs\n\n'
        "Tell #lamp-menders when a lighthouse lamp fails.\n"
    ),
    CREW: (
        "---\ntitle: Crew\nowner_slack: '#crew-owner'\n---\n\n## When you are stuck\n\n"
        "If your team cannot solve it, escalate in this order:\n\n1. the Zanzibar Officer\n2. the Head of Harbours\n"
    ),
    REPOS: (
        "- repo_name: wombat-service\n  description: Counts ships.\n"
        '  team: "#marsupials"\n  alerts_team: "#wombat-alerts"\n'
    ),
}
QUESTIONS = [
    "Who do I ask before I change the ferry timetable?",
    "Who owns the page on the ferry timetable?",
    "How do I reach the Quokka team?",
    "Who do I tell when a lighthouse lamp fails?",
    "Who owns wombat-service?",
    "Who gets the alerts of wombat-service?",
    "My team is stuck, who is next?",
    "#quokka-desk",
    "ferry",
]


class Harbour:
    """A manual that can be edited, and the assistant on its newest index."""

    def __init__(self, root: Path, index: Path) -> None:
        self.root = root
        self.folder = index
        self.ingest()
        self.assistant = Assistant.open(index)

    def ingest(self) -> IngestReport:
        return ingest(str(self.root), self.folder, progress=silent)

    def edit(self, path: str, old: str, new: str, *, seen: bool = True) -> IngestReport:
        """Replace a text in a page; returns what ingest made of it, once the assistant has `seen` it."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")
        return self.update() if seen else self.ingest()

    def delete(self, path: str) -> IngestReport:
        (self.root / path).unlink()
        return self.update()

    def update(self) -> IngestReport:
        report = self.ingest()
        self.assistant.refresh()
        return report

    def first(self, question: str) -> str:
        contacts = self.assistant.answer(question).contacts
        return contacts[0].shown if contacts else ""


@pytest.fixture
def harbour(new_index: Callable[[], Path], tmp_path: Path) -> Iterator[Harbour]:
    harbour = Harbour(write_manual(tmp_path / "manual", MANUAL), new_index())
    yield harbour
    harbour.assistant.index.close()


def everything_said(assistant: Assistant) -> str:
    """Every answer to the questions, without the questions themselves, and the whole directory."""
    answers = [assistant.answer(question).to_json() for question in QUESTIONS]
    said = [{**answer, "question": ""} for answer in answers]
    return json.dumps([said, directory(assistant.index)], ensure_ascii=False).lower()


def everything_kept(index: Index) -> str:
    """All texts and values of the facts and passages that the index holds."""
    records = index.records
    facts = [f"{fact}" for fact in records.facts()]
    passages = [f"{records.passage_at(row)}" for row in range(records.rows["passages"])]
    return "\n".join([*facts, *passages, json.dumps(dict(index.manifest.page_hashes))]).lower()


def is_gone(harbour: Harbour, *texts: str) -> None:
    """The texts are in no answer, record or word list, and the vectors are those of the records."""
    index = harbour.assistant.index
    said, kept = everything_said(harbour.assistant), everything_kept(index)
    for text in texts:
        assert text.lower() not in said
        assert text.lower() not in kept
        if " " not in text:
            whole = tokenize(text)[:1]
            assert not any(any(index.words.coverage(c, whole, (), 0.0)) for c in COLLECTIONS), text
    for collection in COLLECTIONS:
        assert set(index.vectors.ids(collection)) == set(index.records.ids(collection))


def test_everything_is_there_to_begin_with(harbour: Harbour) -> None:
    """Else the tests below would hold for want of it."""
    said, kept = everything_said(harbour.assistant), everything_kept(harbour.assistant.index)
    for text in (
        "#quokka-desk",
        "quokka team",
        "#ferry-owner",
        "#lamp-menders",
        "#marsupials",
        "#wombat-alerts",
        "zanzibar",
    ):
        assert text in said
        assert text in kept
    assert any(harbour.assistant.index.words.coverage("passages", tokenize("quokka"), (), 0.0))


def test_a_deleted_page_leaves_nothing(harbour: Harbour) -> None:
    report = harbour.delete(FERRY)
    assert report.removed == (FERRY,)
    is_gone(harbour, "quokka", "#ferry-owner", "timetable")
    assert harbour.first("Who do I tell when a lighthouse lamp fails?") == "#lamp-menders"


def test_a_deleted_data_file_leaves_nothing(harbour: Harbour) -> None:
    harbour.delete(REPOS)
    is_gone(harbour, "#marsupials", "#wombat-alerts", "wombat")


def test_a_removed_owner_is_nobodys_owner(harbour: Harbour) -> None:
    assert harbour.first("Who owns the page on the ferry timetable?") == "#ferry-owner"
    harbour.edit(FERRY, 'owner_slack: "#ferry-owner"\n', "")
    is_gone(harbour, "#ferry-owner")
    assert harbour.first("Who do I ask before I change the ferry timetable?") == "#quokka-desk"


def test_another_owner_takes_the_place_of_the_first(harbour: Harbour) -> None:
    harbour.edit(FERRY, "#ferry-owner", "#jetty-owner")
    is_gone(harbour, "#ferry-owner")
    assert harbour.first("Who owns the page on the ferry timetable?") == "#jetty-owner"
    owners = {source.place.owner for source in harbour.assistant.answer("who owns the page on ferries").sources}
    assert "#ferry-owner" not in owners


def test_a_renamed_team_keeps_its_channel_and_loses_its_name(harbour: Harbour) -> None:
    report = harbour.edit(FERRY, "Quokka team", "Numbat team")
    assert report.changed == (FERRY,)
    is_gone(harbour, "quokka team")
    contact = harbour.assistant.answer("Who do I ask before I change the ferry timetable?").contacts[0]
    assert (contact.name, contact.address) == ("Numbat team", "#quokka-desk")


def test_a_changed_channel_is_the_only_one(harbour: Harbour) -> None:
    harbour.edit(FERRY, "#quokka-desk", "#numbat-desk")
    is_gone(harbour, "#quokka-desk")
    assert harbour.first("Who do I ask before I change the ferry timetable?") == "#numbat-desk"


def test_a_repo_that_changes_hands_has_its_new_owner_alone(harbour: Harbour) -> None:
    harbour.edit(REPOS, "#marsupials", "#dingos")
    is_gone(harbour, "#marsupials")
    assert harbour.first("Who owns wombat-service?") == "#dingos"
    assert harbour.first("Who gets the alerts of wombat-service?") == "#wombat-alerts"


def test_a_removed_alerts_team_is_no_longer_alerted(harbour: Harbour) -> None:
    harbour.edit(REPOS, '  alerts_team: "#wombat-alerts"\n', "")
    is_gone(harbour, "#wombat-alerts")
    assert harbour.first("Who gets the alerts of wombat-service?") == "#marsupials"


def test_a_changed_ladder_is_the_only_ladder(harbour: Harbour) -> None:
    harbour.edit(
        CREW, "1. the Zanzibar Officer\n2. the Head of Harbours", "1. the Head of Harbours\n2. the Chief Engineer"
    )
    is_gone(harbour, "Zanzibar")
    answer = harbour.assistant.answer("My team is stuck, who is next?")
    assert [(r.rung, r.who) for r in answer.ladder] == [(1, "the Head of Harbours"), (2, "the Chief Engineer")]


def test_a_moved_page_is_cited_where_it_is_now(harbour: Harbour) -> None:
    (harbour.root / "sea").mkdir()
    (harbour.root / FERRY).rename(harbour.root / "sea" / "boats.md")
    report = harbour.update()
    assert (report.added, report.removed, report.embedded) == (("sea/boats.md",), (FERRY,), 0)
    is_gone(harbour, FERRY)
    answer = harbour.assistant.answer("Who do I ask before I change the ferry timetable?")
    assert "sea/boats.md" in [source.place.path for source in answer.sources]


def test_lines_put_above_move_the_quote(harbour: Harbour) -> None:
    question = "Who do I tell when a lighthouse lamp fails?"
    before = harbour.assistant.answer(question).sources[0].place
    harbour.edit(LIGHTS, "## Repairs", "Lamps shine.\n\n## Repairs")
    after = harbour.assistant.answer(question).sources[0].place
    assert (after.first, after.quote) == (before.first + 2, before.quote)


def test_the_generation_before_takes_no_memory(harbour: Harbour) -> None:
    """An encoder takes 100 MB, and a page that runs for months sees many ingests. It goes without waiting for the
    garbage collector, which passes over what an answer still under way holds meanwhile."""
    harbour.assistant.prepare()
    for question in QUESTIONS:
        harbour.first(question)
    before = ref(harbour.assistant.index), ref(harbour.assistant.index.encoder)
    harbour.edit(LIGHTS, "## Repairs", "## Mending", seen=False)
    gc.disable()
    try:
        harbour.assistant.refresh()
        assert [thing() for thing in before] == [None, None]
    finally:
        gc.enable()
        gc.unfreeze()


def test_a_prepared_assistant_has_read_the_statements_and_the_words(
    harbour: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    def noted(plain: Mapping[str, Any]) -> Fact:
        read.append(plain["relation"])
        return fact_from(plain)

    read: list[str] = []
    monkeypatch.setattr(reading, "fact_from", noted)
    monkeypatch.setattr(reading, "_AT_ONCE", 7)
    many = (f"Ask #mooring-{n} when buoy number {n} has come adrift." for n in range(1, 60))
    write_manual(harbour.root, {"buoys.md": "---\ntitle: Buoys\n---\n\n" + "\n\n".join(many) + "\n"})
    harbour.update()
    assistant = Assistant.open(harbour.folder)
    assistant.prepare()
    assert sum(relation in STATEMENTS for relation in read) > 60
    read.clear()
    monkeypatch.setattr(Words, "surface", lambda *_: pytest.fail("the words are read once more"))
    answer = assistant.answer("Who do I ask when buoy number 47 has come adirft?")
    assert answer.contacts[0].address == "#mooring-47"
    assert not set(read) & set(STATEMENTS)
    assert assistant.answer("Who owns wombat-service?").contacts
    assert read  # of all else, what a question finds


def test_many_at_once_get_the_answers_of_one_alone_while_the_manual_changes(harbour: Harbour) -> None:
    asked = [f"{question} ({n})" for n in range(4) for question in QUESTIONS]
    alone = Assistant.open(harbour.folder)
    old = [alone.answer(question).to_json() for question in asked]
    harbour.edit(LIGHTS, "Tell #lamp-menders", "Tell #lamp-cleaners", seen=False)
    new = [Assistant.open(harbour.folder).answer(question).to_json() for question in asked]
    assert old != new

    def answered(number: int) -> bool:
        if number == len(asked) // 2:
            harbour.assistant.refresh()
        return harbour.assistant.answer(asked[number]).to_json() in (old[number], new[number])

    with ThreadPoolExecutor(32) as pool:
        assert all(pool.map(answered, range(len(asked))))
    assert [harbour.assistant.answer(question).to_json() for question in asked] == new


def test_an_answer_is_kept_for_who_asks_again(harbour: Harbour) -> None:
    question, history = QUESTIONS[0], ["Who owns wombat-service?"]
    first = harbour.assistant.answer(question, history, "1")
    again = harbour.assistant.answer(question, history, "2")
    assert again.sources is first.sources
    assert (first.id, again.id) == ("1", "2")
    assert {**again.to_json(), "id": "1"} == first.to_json()
    assert harbour.assistant.answer(question).sources is not first.sources


def test_few_answers_are_kept_and_none_to_long_texts(harbour: Harbour) -> None:
    first = harbour.assistant.answer(QUESTIONS[0])
    long = [" ".join(["ferry"] * LONGEST_KEPT)]
    answers = [harbour.assistant.answer(QUESTIONS[0], long).sources for _ in range(2)]
    assert answers[0] is not answers[1]
    for number in range(KEPT):
        harbour.assistant.answer(f"Tell me a joke about ferry number {number}")
    assert harbour.assistant.answer(QUESTIONS[0]).sources is not first.sources


def test_settings_that_are_taken_back_leave_nothing(harbour: Harbour) -> None:
    write_manual(harbour.root, {"whodoiask.toml": '[aliases]\nwombat-service = ["the marsupial app"]\n'})
    harbour.update()
    assert harbour.first("Who owns the marsupial app?") == "#marsupials"
    harbour.delete("whodoiask.toml")
    assert harbour.first("Who owns the marsupial app?") != "#marsupials"


def test_an_edit_taken_back_gives_the_first_answers_again(harbour: Harbour) -> None:
    before, digest = everything_said(harbour.assistant), harbour.assistant.index.digest
    harbour.edit(FERRY, "Quokka team (#quokka-desk)", "Numbat team (#numbat-desk)")
    assert harbour.assistant.index.digest != digest
    harbour.edit(FERRY, "Numbat team (#numbat-desk)", "Quokka team (#quokka-desk)")
    assert harbour.assistant.index.digest == digest
    assert everything_said(harbour.assistant) == before


def test_git_history_names_what_is_there_now_and_when_it_changed(
    new_index: Callable[[], Path], git: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only the history holds is not in the index; commit and date are those of the page's last change."""
    root = write_manual(tmp_path / "manual", MANUAL)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "First: ask #platypus about everything")
    first = git(root, "rev-parse", "HEAD")
    harbour = Harbour(root, new_index())
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2025-06-07T10:00:00+00:00")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2025-06-07T10:00:00+00:00")
    (root / FERRY).unlink()
    write_manual(root, {LIGHTS: MANUAL[LIGHTS].replace("#lamp-menders", "#lamp-fixers")})
    git(root, "commit", "--quiet", "--all", "--message", "Second")
    harbour.update()
    is_gone(harbour, "quokka", "#lamp-menders", "platypus")
    by_path = {fact.place.path: fact.place for fact in harbour.assistant.index.records.facts()}
    assert (by_path[LIGHTS].commit, by_path[LIGHTS].updated) == (git(root, "rev-parse", "HEAD"), "2025-06-07")
    assert (by_path[CREW].commit, by_path[CREW].updated) == (first, "2024-02-03")
    harbour.assistant.index.close()


def test_an_old_revision_is_answered_as_it_was(
    new_index: Callable[[], Path], git: Callable[..., str], tmp_path: Path
) -> None:
    root = write_manual(tmp_path / "manual", MANUAL)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "First")
    git(root, "tag", "first")
    (root / FERRY).unlink()
    git(root, "commit", "--quiet", "--all", "--message", "Second")
    index = new_index()
    ingest(str(root), index, ref="first", progress=silent)
    assistant = Assistant.open(index)
    assert assistant.answer("Who do I ask before I change the ferry timetable?").contacts[0].shown == "#quokka-desk"
    assistant.index.close()


def test_a_new_assistant_has_read_no_fact_but_the_rungs(harbour: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(plain: Mapping[str, Any]) -> Fact:
        read.append(plain["relation"])
        return fact_from(plain)

    monkeypatch.setattr(reading, "fact_from", counted)
    assistant = Assistant.open(harbour.folder)
    question = "Who gets the alerts of wombat-service?"
    assert assistant._desk._register.gazetteer.find(question)
    assert sorted(read) == ["owns repo", "rung", "rung"]
    answer = assistant.answer(question)
    assert answer.contacts[0].address == "#wombat-alerts"
    assert read.count("owns page") == 1, "of three: that of the page that fits best"
