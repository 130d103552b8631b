"""Rows and totals: what a row holds, what is left out of a mean, and that figures add up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_eval_measures import gold, showing

from eval.answers.gold import Question
from eval.answers.replies import Cited, Pages, Reply
from eval.scoring.evidence import Lost
from eval.scoring.rows import score, score_all
from eval.scoring.totals import TOTAL, left_out, totals

PAGES = Pages(("a.md",), ("a.md", "b.md"))


def right(*addresses: str, **changed: Any) -> Reply:
    """A reply that is all right but for the quotes, which need a manual."""
    sources = (Cited(1, "a.md", "ask in #search", 1, 1),)
    return showing(*(addresses or ("#search",)), **{"sources": sources, "confidence": 0.9, "rule": "stated", **changed})


def declined(number: int) -> Question:
    said: dict[str, Any] = {"kind": "out_of_scope", "outcome": "decline", "contacts_any": (), "sources_any": ()}
    return gold(id=f"out-of-scope-{number}", evidence="", **said)


def test_a_right_row_misses_nothing() -> None:
    row = score(gold(), right(), PAGES, None)
    assert row.right
    assert row.missed == ()
    assert row.scores["all right"] == row.scores["contact mrr"] == 1.0
    assert row.scores["recall@5"] == 0.5
    assert "ladder" not in row.scores
    assert row.not_scored == dict.fromkeys(("quotes", "support"), "the manual's folder is not at hand")


def test_a_row_names_what_it_missed_and_contact_3_is_none_of_it() -> None:
    row = score(gold(contacts_never=("#news",)), right("#news"), PAGES, None)
    assert row.missed == ("contact@1", "never", "grounded")
    assert row.scores["contact@3"] == 0.0
    assert row.scores["all right"] == 0.0
    later = score(gold(), right("#search", "#x"), PAGES, None)
    assert later.missed == ("grounded",)


def test_quotes_are_held_against_the_manual(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("You may ask in #search.\n", "utf-8")
    assert score(gold(), right(), PAGES, tmp_path).scores["quotes"] == 1.0
    (tmp_path / "a.md").write_text("Nothing here.\n", "utf-8")
    assert score(gold(), right(), PAGES, tmp_path).missed == ("quotes",)


def test_a_page_without_passages_is_no_case_for_retrieval() -> None:
    row = score(gold(), right(), Pages(("x.md",), ()), None)
    assert row.not_scored["ndcg@10"] == "no passage is made of a.md, b.md"
    assert "ndcg@10" not in row.scores
    assert score(gold(), right(), None, None).not_scored["recall@5"] == "the retriever was not asked"
    assert score(declined(1), Reply("decline"), None, None).not_scored == {}


def test_totals_by_hand() -> None:
    questions = [gold(id="ownership-1"), gold(id="ownership-2"), gold(id="ownership-3"), declined(1)]
    replies = {
        "ownership-1": right(),
        "ownership-2": right("#other", "#platform", confidence=0.6),
        "out-of-scope-1": Reply("answer", confidence=0.6),
    }
    found = totals(score_all(questions, replies, {}, None), {"ownership-1": 0.01, "ownership-2": 0.03})
    total, owners = found.rates[TOTAL], found.rates["ownership"]
    assert total["outcome"].value == 0.5
    assert total["outcome"].missed == ("ownership-3", "out-of-scope-1")
    assert owners["contact@1"].value == pytest.approx(1 / 3)
    assert owners["contact mrr"].value == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert owners["contact mrr"].missed == ("ownership-2", "ownership-3")
    assert total["all right"].value == 0.25
    assert total["precision answer"].value == pytest.approx(2 / 3)
    assert total["precision answer"].missed == ("out-of-scope-1",)
    assert total["recall answer"].missed == ("ownership-3",)
    assert total["recall decline"].value == 0.0
    assert "precision decline" not in total
    assert found.confusion == {"answer": {"": 1, "answer": 2}, "decline": {"answer": 1}}
    assert found.latency is not None
    assert (found.latency.p50, found.latency.p95) == (0.01, 0.03)


def test_no_reply_is_wrong_and_named_and_says_no_confidence() -> None:
    found = totals(score_all([gold()], {}, {}, None), {})
    assert found.unanswered == ("ownership-1",)
    assert found.rates[TOTAL]["all right"].value == 0.0
    assert found.calibration is None
    assert found.latency is None


def test_what_was_not_scored_is_counted_by_reason_and_stays_out_of_the_mean() -> None:
    replies = {"ownership-1": right(), "ownership-2": right()}
    pages = {"ownership-1": PAGES, "ownership-2": Pages((), ())}
    found = totals(score_all([gold(id="ownership-1"), gold(id="ownership-2")], replies, pages, None), {})
    assert found.rates[TOTAL]["ndcg@10"].n == 1
    assert left_out(found) == [
        ("quotes, support", "the manual's folder is not at hand", ("ownership-1", "ownership-2")),
        ("recall@5, passage mrr, ndcg@10", "no passage is made of a.md, b.md", ("ownership-2",)),
    ]


def test_wrong_referrals_are_what_never_leaves() -> None:
    questions = [gold(id=f"ownership-{n}", contacts_never=("#news",)) for n in range(4)]
    replies = {q.id: showing("#news" if q.id == "ownership-2" else "#search") for q in questions}
    rate = totals(score_all(questions, replies, {}, None), {}).rates[TOTAL]["wrong referral"]
    assert rate.value == 0.25
    assert rate.missed == ("ownership-2",)
    assert rate.low < 0.25 < rate.high


def test_lost_evidence_is_a_rate_of_its_own() -> None:
    rows = score_all([gold(id="ownership-1"), gold(id="ownership-2")], {}, {}, None)
    assert "evidence" not in totals(rows, {}).rates[TOTAL]
    assert totals(rows, {}, ()).rates[TOTAL]["evidence"].value == 1.0
    lost = totals(rows, {}, (Lost("ownership-2", "gone"),))
    assert lost.rates[TOTAL]["evidence"].value == 0.5
    assert lost.rates[TOTAL]["evidence"].missed == ("ownership-2",)


def test_no_questions_at_all() -> None:
    found = totals((), {}, ())
    assert found.questions == 0
    assert found.rates == {TOTAL: {}}
