"""Statements in the order in which they answer, however few of them are read."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.address_book import AddressBook
from assistant.flow import Assistant
from assistant.ranking import Ranked, Statements, _goes_round
from assistant.retrieve import Hits, _highest
from assistant.rules import Case
from assistant.traits import TraitBook, Traits
from assistant.understand import understand
from assistant.weights import FITS, NEAR, WEIGHTS, Asked, Scale, calibrated, shares_matter
from ingest.relations import RELATIONS, STATEMENTS
from ingest.store.records import Records, write
from ingest.values import Contact, Fact, Place

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = (
    "Who do I ask about DNS?",
    "It is 3am and the site is down: whom do I page right now?",
    "Who has to approve a change of the firewall?",
    "Which queue do I raise a Zendesk ticket in for a broken link?",
    "In which Slack channel do I announce a deployment?",
    "Who gets told automatically when a build fails?",
    "I asked on the channel and nobody replied. Who is next?",
)
WEIGHINGS = (WEIGHTS, {name: -weight for name, weight in WEIGHTS.items()}, dict.fromkeys(WEIGHTS, 0.1))


@pytest.fixture(scope="module")
def assistant(corpus_index: Path) -> Assistant:
    return Assistant.open(corpus_index)


def asked_of(assistant: Assistant) -> Iterator[Case]:
    lines = (ROOT / "eval" / "questions" / "corpus.jsonl").read_text("utf-8").splitlines()[::12]
    for question in (*QUESTIONS, *(json.loads(line)["question"] for line in lines)):
        yield assistant.case(question)


def scored(case: Case, scale: Scale) -> list[tuple[Fact, float]]:
    hits, traits = case.found.facts.of(STATEMENTS), TraitBook(case.book)
    near = zip(scale.near(hits).tolist(), hits.facts(), strict=True)
    return [(fact, scale.score(each, traits.of(fact))) for each, fact in near]


@pytest.mark.slow
@pytest.mark.parametrize("weights", WEIGHINGS, ids=("ours", "turned round", "all alike"))
def test_no_statement_scores_above_what_is_known_before(assistant: Assistant, weights: dict[str, float]) -> None:
    tight = 0
    for case in asked_of(assistant):
        hits = case.found.facts.of(STATEMENTS)
        scale = Scale(Asked(case.question, case.register.traits.titles), weights)
        most = scale.at_most(hits, scale.near(hits)).tolist()
        for bound, (_, reached) in zip(most, scored(case, scale), strict=True):
            assert reached <= bound + 1e-9
            tight += reached > bound - 1e-9
    assert tight or weights is not WEIGHTS


@pytest.mark.slow
def test_statements_come_as_sorting_all_of_them_would_have_them(assistant: Assistant) -> None:
    compared = 0
    for case in asked_of(assistant):
        said = {ranked.fact.id: ranked.score for ranked in case.ranking.statements}
        reached = scored(case, Scale(Asked(case.question, case.register.traits.titles)))
        eager = [(fact, score) for fact, score in reached if fact.contacts and not _goes_round(fact, case.question)]
        eager.sort(key=lambda pair: (-pair[1], pair[0].place.path, pair[0].place.first, pair[0].id))
        assert [(fact.id, score) for fact, score in eager] == list(said.items())
        compared += len(said)
    assert compared > 1000


def test_the_first_ones_are_had_without_reading_the_others(tmp_path: Path) -> None:
    facts = [Fact(f"{n:03}", "ask", (Contact("channel", "", "#a"),), "a", (), place(n)) for n in range(100)]
    write(tmp_path / "records.sqlite", facts, ())
    records, rows = Records.open(tmp_path / "records.sqlite"), np.arange(100, dtype=np.int32)
    hits = Hits(records, rows, np.ones(100, np.int32), np.zeros((100, 8)))
    scores = np.random.default_rng(1).permutation(100) / 50
    read: list[int] = []

    def weigh(some: Hits) -> Iterator[Ranked]:
        for hit, fact in zip(some, some.facts(), strict=True):
            read.append(hit.row)
            if hit.row % 5:  # the others are no answer
                yield Ranked(hit, fact, float(scores[hit.row]) - 0.05 * (hit.row % 3))

    ranked = Statements(hits, scores, weigh)
    assert bool(ranked)
    first = [one.score for one in itertools.islice(ranked, 3)]
    assert len(read) < 40
    assert first == sorted((one.score for one in ranked), reverse=True)[:3]
    assert len(ranked) == 80
    assert sorted(read) == list(range(100))
    assert ranked[-1].score == min(one.score for one in ranked)
    with pytest.raises(IndexError):
        ranked[80]
    records.close()


def test_of_equal_ones_the_earlier_place_comes_first(tmp_path: Path) -> None:
    facts = [Fact(f"{n:03}", "ask", (Contact("channel", "", "#a"),), "a", (), place(99 - n)) for n in range(30)]
    write(tmp_path / "records.sqlite", facts, ())
    records, rows = Records.open(tmp_path / "records.sqlite"), np.arange(30, dtype=np.int32)
    hits = Hits(records, rows, np.ones(30, np.int32), np.zeros((30, 8)))

    def weigh(some: Hits) -> Iterator[Ranked]:
        return (Ranked(hit, fact, 0.5) for hit, fact in zip(some, some.facts(), strict=True))

    assert [one.hit.row for one in Statements(hits, np.full(30, 0.5), weigh)] == list(range(29, -1, -1))
    assert not Statements(hits.take(rows[:0]), np.zeros(0), weigh)
    records.close()


@pytest.mark.parametrize("k", [1, 7, 100])
@pytest.mark.parametrize("many", [0, 1, 99, 5000])
@pytest.mark.parametrize("levels", [1, 3, 1000])
def test_the_highest_coverages_are_those_of_sorting_all_the_later_of_equal_ones(k: int, many: int, levels: int) -> None:
    covered = (np.random.default_rng(k).integers(0, levels + 1, many) / np.float32(levels)).astype(np.float32)
    assert sorted(_highest(covered, k).tolist()) == _highest_by_sorting(covered, k)


def _highest_by_sorting(covered: NDArray[np.float32], k: int) -> list[int]:
    above = [row for row in range(len(covered)) if covered[row] > 0]
    return sorted(sorted(above, key=lambda row: (-covered[row], -row))[:k])


def place(line: int) -> Place:
    return Place("page.md", "Title", "", "", line, line, "quote", "url")


def test_a_score_is_the_sum_of_every_feature_by_its_own_weight(tmp_path: Path) -> None:
    """Whatever the order of the table: with one weight at a time, a score is that feature alone."""
    fact = Fact("a", "queue", (Contact("channel", "", "#a"),), "Raise a ticket, at night too", (), place(1))
    write(tmp_path / "records.sqlite", [fact], ())
    records = Records.open(tmp_path / "records.sqlite")
    evidence = np.array([[0.5, 0.25, 0.75, 0.125, 0.3, 0.4, 0.6, 0.7]])
    hits = Hits(records, np.zeros(1, np.int32), np.array([RELATIONS.index("queue")]), evidence)
    asked = Asked(understand("In which Slack channel do I raise a ticket tonight?", ()))
    traits = TraitBook(AddressBook((), (), records.fact_at, (), {})).of(fact)
    alone = {name: _only(name, asked, hits, traits) for name in WEIGHTS}
    assert [alone[feature.name] for feature in NEAR] == [0.75, 0.25, 0.3, 0.4, 0.6, 0.7]
    assert {feature.name for feature in FITS if alone[feature.name]} >= {"is a queue", "ticket fits", "channel fits"}
    assert not alone["is a responsibility"]
    scale = Scale(asked)
    total = scale.score(float(scale.near(hits)[0]), traits)
    assert total == pytest.approx(sum(WEIGHTS[name] * value for name, value in alone.items()))
    records.close()


def _only(name: str, asked: Asked, hits: Hits, traits: Traits) -> float:
    scale = Scale(asked, {each: float(each == name) for each in WEIGHTS})
    return scale.score(float(scale.near(hits)[0]), traits)


def test_no_feature_has_two_weights() -> None:
    assert len(WEIGHTS) == len(NEAR) + len(FITS)


@pytest.mark.parametrize(
    ("question", "shares"),
    [
        ("need a hand with Pages", True),
        ("need a hand with pages", False),
        ("need a hand with Apps", False),
    ],
)
def test_a_name_that_is_also_a_common_word_is_told_by_its_capital(tmp_path: Path, question: str, shares: bool) -> None:
    fact = Fact("a", "ask", (Contact("channel", "", "#quays"),), "Ask about Harbour Pages in #quays", (), place(1))
    write(tmp_path / "records.sqlite", [fact], ())
    records = Records.open(tmp_path / "records.sqlite")
    traits = TraitBook(AddressBook((), (), records.fact_at, (), {})).of(fact)
    assert shares_matter(fact, understand(question, ()), traits) is shares
    records.close()


def test_a_lead_over_few_is_worth_less() -> None:
    shown = (1.0, 0.3, 0.5, 0.3, 0.4, 0.4, 1.0)
    few, some, as_fitted, many = (calibrated().is_right(shown, n) for n in (10, 100, calibrated().statements, 5000))
    assert few < some - 0.05 < as_fitted - 0.1
    assert as_fitted == many
