"""Questions generated from facts: their other forms, and what must be gone once a fact is deleted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import silent

import assistant.rules
from assistant.flow import Assistant
from eval.answers.replies import Cited, Reply, ShownContact
from eval.generated.absent import absent, invented
from eval.generated.deletion import cut, still_named
from eval.generated.forms import PLAIN_FORMS, greeting, padding, typo
from eval.generated.known import Known, Spot, Stated, asked_for, known_questions
from eval.generated.metamorphic import (
    ABSENT,
    DELETED,
    PLAIN,
    PRESENT,
    SEED,
    Trial,
    metamorphic_rates,
    names_first,
    put,
    same_answer,
    trial,
)
from ingest.build import ingest as run_ingest
from ingest.relations import KIND_OF

COMMON = frozenset("the when nobody answers stuck order your line manager duty managing director".split())
CASE = Known("repo-owner-001", "repo owner", "router", "Who owns router?", (("#routing", "Routing"),), ())


def answered(*addresses: str, outcome: str = "answer") -> Reply:
    return Reply(outcome, tuple(ShownContact("", address, (1,)) for address in addresses))


def edits(word: str) -> set[str]:
    """Every word that one slip inside `word` makes: a letter dropped, or two neighbours swapped."""
    dropped = {word[:i] + word[i + 1 :] for i in range(1, len(word) - 1)}
    swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(1, len(word) - 2)}
    return dropped | swapped - {word}


@pytest.mark.parametrize("seed", range(20))
def test_a_typo_is_one_slip_inside_one_long_word(seed: int) -> None:
    question = "Who owns the page “Purge the cache”?"
    misspelt = typo("Who maintains it?", "it", (), seed)
    assert misspelt is not None
    assert misspelt.split()[1] in edits("maintains")
    assert typo(question, "Purge the cache", (), seed) is None  # no word of six letters


@pytest.mark.parametrize("seed", range(20))
def test_a_typo_spares_what_alone_tells_a_name_from_others(seed: int) -> None:
    others = ("search-indexer", "search-frontend", "mailer")
    misspelt = typo("Who owns search-indexer?", "search-indexer", others, seed)
    # “indexer” is what tells it from search-frontend; without “search”, “indexer” still does.
    assert misspelt is not None
    assert misspelt.endswith("-indexer?")
    assert misspelt.removeprefix("Who owns ").removesuffix("-indexer?") in edits("search")
    assert typo("Who owns mailer?", "mailer", others, seed) is None


def test_forms_are_the_same_for_the_same_seed_and_hold_the_question() -> None:
    question = "Who owns the router?"
    for form in PLAIN_FORMS.values():
        assert form(question, 7) == form(question, 7)
        assert question.lower() in form(question, 7).lower()
    assert len({greeting(question, seed) for seed in range(50)}) > 2
    assert len({padding(question, seed) for seed in range(50)}) > 2


def test_questions_come_from_the_facts(small_index: Path) -> None:
    assistant = Assistant.open(small_index)
    try:
        found = known_questions(assistant, seed=1)
        assert [(q.kind, q.question, q.contacts) for q in found] == [
            ("page owner", "Who owns the page “Change a DNS record”?", (("#dns-team",),)),
            ("page owner", "Who owns the page “Publish a page”?", (("#publishing-team",),)),
            ("page owner", "Who owns the page “The support rota”?", (("#rota-team",),)),
        ]
        assert found[0].spots == (Spot("source/manual/dns.html.md", 2, 2, 'owner_slack: "#dns-team"'),)
        assert known_questions(assistant, seed=1, most=2) == known_questions(assistant, seed=1, most=2)
        assert len(known_questions(assistant, seed=1, most=2)) == 2
    finally:
        assistant.index.close()


def test_each_question_is_put_in_each_form_that_it_has(small_index: Path) -> None:
    assistant = Assistant.open(small_index)
    try:
        trials = list(put(assistant, known_questions(assistant, seed=1, most=1), 1, lambda *_: None))
    finally:
        assistant.index.close()
    assert [each.form for each in trials] == [PLAIN, "typo", "casing", "greeting", "padding"]
    assert trials[0].held
    assert len({each.id for each in trials}) == len(trials)


def test_topics_become_questions() -> None:
    def asked(topic: str) -> str:
        return asked_for(KIND_OF["does"], Stated(topic, "Help", (), Spot("a.md", 1, 1, "")))

    assert asked("keeps the servers running.") == "Who keeps the servers running?"
    assert asked("the code") == "Whom do I ask about the code (Help)?"
    assert asked("access requests") == "Whom do I ask about access requests (Help)?"


def test_the_plain_answer_must_name_the_contact_first() -> None:
    assert names_first(CASE, answered("#routing", "#x"))
    assert not names_first(CASE, answered("#x", "#routing"))
    assert not names_first(CASE, answered("#routing", outcome="escalate"))
    assert not names_first(CASE, answered())


def test_the_same_answer_shows_the_same_contacts_in_order() -> None:
    assert same_answer(answered("#a", "#b"), answered("#a", "#b"))
    assert not same_answer(answered("#a", "#b"), answered("#b", "#a"))
    assert not same_answer(answered(), answered(outcome="escalate"))


def test_rates_by_kind_and_form() -> None:
    forms = (("plain", True), ("typo", False), ("plain", False))
    trials = [trial(CASE, form, "?", answered(), held, ()) for form, held in forms]
    trials[2] = trial(Known("page-owner-001", "page owner", "", "", (), ()), "plain", "?", answered(), False, ())
    found = metamorphic_rates(trials)
    assert {kind: {form: rate.value for form, rate in forms.items()} for kind, forms in found.items()} == {
        "TOTAL": {"plain": 0.5, "typo": 0.0},
        "repo owner": {"plain": 1.0, "typo": 0.0},
        "page owner": {"plain": 0.0},
    }
    assert found["TOTAL"]["typo"].missed == ("repo-owner-001-typo",)
    assert metamorphic_rates([]) == {}
    assert DELETED not in found["TOTAL"]


def test_cutting_takes_whole_lines_and_only_those(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one\ntwo\nthree\nfour\n", "utf-8")
    cut(tmp_path, [Spot("a.md", 2, 3, "two\nthree"), Spot("a.md", 3, 3, "three")])
    assert (tmp_path / "a.md").read_text("utf-8") == "one\nfour\n"


def test_a_deleted_contact_may_stand_only_on_what_is_still_written(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Tell #routing about it.\n", "utf-8")
    case = Known("r-1", "repo owner", "router", "?", (("#routing",),), (Spot("repos.yml", 4, 5, "team: '#routing'"),))

    def reply(path: str, quote: str, address: str = "#routing") -> Reply:
        return Reply("answer", (ShownContact("", address, (1,)),), sources=(Cited(1, path, quote, 1, 1),))

    assert not still_named(case, Reply("escalate"), tmp_path)
    assert not still_named(case, reply("a.md", "Tell #routing about it."), tmp_path)
    assert not still_named(case, reply("gone.md", "#other", "#other"), tmp_path)
    assert still_named(case, reply("repos.yml", "- name: router\n  team: '#routing'"), tmp_path)
    assert still_named(case, reply("a.md", "Ask #routing."), tmp_path)
    assert still_named(case, reply("a.md", "Tell"), tmp_path)


def test_invented_manuals_have_their_size_and_lack_what_is_asked_for() -> None:
    manuals = list(invented(SEED))
    assert manuals == list(invented(SEED))
    assert manuals != list(invented(SEED + 1))
    assert sorted({manual.size for manual in manuals}) == [1, 2, 5, 10, 20, 30, 300]
    for manual in manuals:
        text = "\n".join(manual.pages.values()).lower()
        assert len(manual.stated) == manual.size == len(set(manual.stated.values()))
        assert all(f"{channel}" in text and matter in text for matter, channel in manual.stated.items())
        assert len(manual.lacking) >= 10
        words = {word.rstrip("s") for word in re.findall(r"[a-z]+", text)}
        for matter in manual.lacking:
            asked = {word.rstrip("s") for word in re.findall(r"[a-z]{3,}", matter)} - COMMON
            assert words.isdisjoint(asked), matter


def test_who_answers_everything_or_nothing_fails_one_of_the_two(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(manual: Path, index: Path) -> None:
        run_ingest(str(manual), index, progress=silent)

    def held(trials: list[Trial]) -> dict[str, float]:
        return {form: rate.value for form, rate in metamorphic_rates(trials)["manual of 5"].items()}

    as_it_is = list(absent(build, SEED, silent, {5: 1}))
    assert {trial.form for trial in as_it_is} == {ABSENT, PRESENT}
    assert as_it_is == list(absent(build, SEED, silent, {5: 1}))
    assert held(as_it_is)[PRESENT] == 1.0
    monkeypatch.setattr(assistant.rules, "RULES", (assistant.rules.ladder,))
    assert held(list(absent(build, SEED, silent, {5: 1}))) == {ABSENT: 1.0, PRESENT: 0.0}
    monkeypatch.undo()
    monkeypatch.setattr(assistant.rules, "STATED", 0.0)
    assert held(list(absent(build, SEED, silent, {5: 1})))[ABSENT] < 0.5
