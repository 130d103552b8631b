"""The measures of one answer, on cases small enough to work out by hand."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from eval.answers.gold import Question
from eval.answers.replies import Cited, Reply, ShownContact, reply_of
from eval.scoring import measures, proof, retrieval
from eval.scoring.matching import names, names_any


def gold(**changed: Any) -> Question:
    said: dict[str, Any] = {
        "id": "ownership-1",
        "kind": "ownership",
        "history": (),
        "question": "Who owns it?",
        "outcome": "answer",
        "contacts_any": (("#search", "Search team"), ("#platform",)),
        "contacts_all": (),
        "contacts_never": (),
        "sources_any": ("a.md", "b.md#owners"),
        "steps_any": (),
        "evidence": "team: #search",
        "note": "",
    }
    return Question(**{**said, **changed})


def showing(*addresses: str, **changed: Any) -> Reply:
    contacts = tuple(ShownContact("", address) for address in addresses)
    return Reply(outcome=changed.pop("outcome", "answer"), contacts=contacts, **changed)


def citing(*paths: str) -> Reply:
    return showing(sources=tuple(Cited(n, path, "x", 1, 1) for n, path in enumerate(paths, 1)))


@pytest.mark.parametrize(
    ("spelling", "text", "found"),
    [
        ("#search", "ask in #search, please", True),
        ("#search", "#search-tech", False),
        ("#search", "##search", False),
        ("#Search", "#SEARCH", True),
        ("@ann", "ann", False),
        ("ann@x.org", "mail ann@x.org.", True),
        ("ann@x.org", "joann@x.org", False),
        ("Search team", "the SEARCH\n team", True),
        ("search", "research", False),
        ("search", "search-tech", False),
        ("2nd Line--Support", "queue `2nd Line--Support`", True),
        ("senior’s lead", "the senior's lead", True),
        ("tech lead", "the tech lead.", True),
    ],
)
def test_an_address_matches_whole_and_a_name_by_its_words(spelling: str, text: str, found: bool) -> None:
    assert names(spelling, text) is found


def test_no_group_names_nobody() -> None:
    assert not names_any([], "#search")
    assert not names_any([["#a", "#b"]], "")


def test_outcome() -> None:
    assert measures.outcome(gold(), showing("#x"))
    assert not measures.outcome(gold(), Reply())


def test_contacts_at_k_and_their_reciprocal_rank() -> None:
    third = showing("#other", "#more", "#platform", "#search")
    assert not measures.contact_at(1, gold(), third)
    assert measures.contact_at(3, gold(), third)
    assert measures.contact_reciprocal_rank(gold(), third) == pytest.approx(1 / 3)
    assert measures.contact_reciprocal_rank(gold(), showing("#search")) == 1.0


def test_no_contact_shown_is_a_miss_and_none_wanted_is_no_case() -> None:
    assert measures.contact_at(1, gold(), showing()) is False
    assert measures.contact_reciprocal_rank(gold(), showing()) == 0.0
    assert measures.contact_at(1, gold(outcome="decline"), showing("#search")) is None
    assert measures.contact_reciprocal_rank(gold(outcome="escalate"), showing("#search")) is None


def test_a_right_team_must_show_the_address_that_gold_has() -> None:
    def team(name: str, address: str) -> Reply:
        return Reply("answer", (ShownContact(name, address),))

    assert measures.address(gold(), team("Search team", "#search"))
    assert measures.address(gold(), team("Search team", "#old-search")) is False
    assert measures.address(gold(), team("Search team", "")) is False
    assert measures.address(gold(), team("News team", "#news")) is None
    assert measures.address(gold(contacts_any=(("tech lead",),)), team("tech lead", "")) is None
    assert measures.address(gold(outcome="decline", contacts_any=()), Reply("decline")) is None


def test_all_must_be_named_wherever_they_stand() -> None:
    wanted = gold(contacts_all=(("#search",), ("tech lead", "TL")))
    assert measures.all_named(wanted, showing("#search", ladder=("the Tech Lead",)))
    assert measures.all_named(wanted, showing("#search", markdown="or your TL"))
    assert measures.all_named(wanted, showing("#search")) is False
    assert measures.all_named(gold(), showing("#search")) is None


@pytest.mark.parametrize(
    ("ladder", "ordered"),
    [
        (("the tech lead", "the lead developer", "the architect"), True),
        (("the tech lead", "someone", "the architect"), True),
        (("the architect", "the tech lead"), False),
        (("the tech lead and the architect",), False),
        (("the tech lead",), False),
        ((), False),
    ],
)
def test_rungs_must_come_in_their_order(ladder: tuple[str, ...], ordered: bool) -> None:
    wanted = gold(outcome="escalate", contacts_any=(), contacts_all=(("tech lead",), ("architect",)))
    assert measures.ladder_order(wanted, Reply(ladder=ladder)) is ordered


def test_an_escalation_without_gold_rungs_needs_some_ladder() -> None:
    wanted = gold(outcome="escalate", contacts_any=())
    assert measures.ladder_order(gold(outcome="escalate", contacts_any=(), sources_any=()), Reply()) is None
    assert measures.ladder_order(wanted, Reply(ladder=("anybody",)))
    assert not measures.ladder_order(wanted, Reply())
    assert measures.ladder_order(gold(), Reply(ladder=("anybody",))) is None


def test_a_wrong_referral_is_one_that_comes_first() -> None:
    wanted = gold(contacts_never=("#news",))
    assert measures.no_wrong_referral(wanted, showing("#search", "#news"))
    assert measures.no_wrong_referral(wanted, showing())
    assert measures.no_wrong_referral(wanted, showing("#news")) is False
    assert measures.no_wrong_referral(gold(), showing("#news")) is None


def test_sources_count_by_page_and_in_order() -> None:
    reply = citing("x.md", "x.md", "y.md", "b.md")
    assert measures.source(gold(), reply)
    assert not measures.source_at(1, gold(), reply)
    assert measures.source_at(3, gold(), reply)  # x.md counts once: b.md is the third page
    assert measures.source(gold(), citing()) is False
    assert measures.source(gold(outcome="decline", sources_any=()), reply) is None


def test_steps_are_looked_for_in_all_that_is_shown() -> None:
    wanted = gold(steps_any=("raise a ticket", "PagerDuty"))
    assert measures.steps(wanted, showing(markdown="First: Raise a Ticket."))
    assert measures.steps(wanted, showing(markdown="Call.")) is False
    assert measures.steps(gold(), showing()) is None


def test_a_contact_is_proven_by_its_own_sources_only() -> None:
    sources = (Cited(1, "a.md", "Ask in #search.", 1, 1), Cited(2, "b.md", "nothing", 1, 1, owner="#platform"))
    assert proof.proven(ShownContact("Search", "#search", (1,)), sources)
    assert not proof.proven(ShownContact("Search", "#search", (2,)), sources)
    assert proof.proven(ShownContact("", "#platform", (2,)), sources)
    assert proof.proven(ShownContact("", "#search"), sources)
    assert not proof.proven(ShownContact("", ""), sources)
    assert not proof.proven(ShownContact("", "#search", (1,)), ())


def test_a_decline_is_grounded_only_without_contacts() -> None:
    reply = Reply("decline", (ShownContact("", "#search", (1,)),), sources=(Cited(1, "a.md", "#search", 1, 1),))
    assert proof.grounded(gold(), reply)
    assert proof.grounded(gold(outcome="decline"), reply) is False
    assert proof.grounded(gold(outcome="decline"), Reply("decline")) is None


def test_a_quote_must_stand_inside_its_lines(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one\ntwo  three\nfour\n", "utf-8")
    assert proof.verbatim(Cited(1, "a.md", "two three\nfour", 2, 3), tmp_path)
    assert not proof.verbatim(Cited(1, "a.md", "four", 1, 2), tmp_path)
    assert not proof.verbatim(Cited(1, "a.md", "", 1, 3), tmp_path)
    assert not proof.verbatim(Cited(1, "a.md", "one", 0, 1), tmp_path)
    assert not proof.verbatim(Cited(1, "a.md", "one", 2, 1), tmp_path)
    assert not proof.verbatim(Cited(1, "gone.md", "one", 1, 1), tmp_path)
    assert proof.quotes(Reply(), tmp_path) is None


def test_a_quote_is_held_against_the_file_as_it_is_now(tmp_path: Path) -> None:
    page, cited = tmp_path / "a.md", Cited(1, "a.md", "one", 1, 1)
    page.write_text("one\n", "utf-8")
    assert proof.verbatim(cited, tmp_path)
    page.write_text("two words\n", "utf-8")
    assert not proof.verbatim(cited, tmp_path)


def test_passages_by_hand() -> None:
    ranking, relevant = ("x", "a", "y", "b"), ("a", "b")
    assert retrieval.recall_at(2, ranking, relevant) == 0.5
    assert retrieval.recall_at(5, ranking, relevant) == 1.0
    assert retrieval.reciprocal_rank(ranking, relevant) == 0.5
    gain, best = 1 / math.log2(3) + 1 / math.log2(5), 1 / math.log2(2) + 1 / math.log2(3)
    assert retrieval.ndcg_at(10, ranking, relevant) == pytest.approx(gain / best)
    assert retrieval.ndcg_at(1, ("a",), relevant) == 1.0


def test_nothing_found_is_zero_and_nothing_relevant_is_no_case() -> None:
    assert retrieval.recall_at(5, (), ("a",)) == retrieval.reciprocal_rank((), ("a",)) == 0.0
    assert retrieval.ndcg_at(10, (), ("a",)) == 0.0
    assert retrieval.recall_at(5, ("a",), ()) is None
    assert retrieval.reciprocal_rank(("a",), ()) is None
    assert retrieval.ndcg_at(10, ("a",), ()) is None


def test_a_reply_reads_what_is_there_and_leaves_the_rest_empty() -> None:
    assert reply_of({}) == Reply()
    reply = reply_of({"contacts": [{"name": None, "address": "#a", "sources": [2]}], "sources": [{"path": "p"}]})
    assert reply.contacts == (ShownContact("", "#a", (2,)),)
    assert reply.sources == (Cited(0, "p", "", 0, 0),)
