"""What is measured on one answer: each function asks one thing of a question's gold and the reply to it.

A function returns None where the thing does not apply to the question (a decline has no contact to get right).
"""

from __future__ import annotations

from eval.answers.gold import Question
from eval.answers.replies import Reply
from eval.scoring.matching import is_address, names, names_any


def outcome(gold: Question, reply: Reply) -> bool:
    """Whether the reply is of the right sort: answer, escalate or decline."""
    return reply.outcome == gold.outcome


def contact_at(k: int, gold: Question, reply: Reply) -> bool | None:
    """Success at k (Manning, Raghavan and Schütze 2008, ch. 8): whether one of the first k contacts is right."""
    if gold.outcome != "answer":
        return None
    return any(names_any(gold.contacts_any, contact.text) for contact in reply.contacts[:k])


def contact_reciprocal_rank(gold: Question, reply: Reply) -> float | None:
    """1 / the rank of the first right contact, 0 without one; its mean is the MRR (Voorhees, TREC-8, 1999)."""
    if gold.outcome != "answer":
        return None
    hits = (rank for rank, contact in enumerate(reply.contacts, 1) if names_any(gold.contacts_any, contact.text))
    return 1.0 / rank if (rank := next(hits, 0)) else 0.0


def address(gold: Question, reply: Reply) -> bool | None:
    """Whether the first contact, where it is a right one, shows the address that gold has for it.

    A team is right by its name alone, and of no help when its channel is the old one. None where gold has no address.
    """
    first = reply.contacts[0].text if reply.contacts else ""
    right = [group for group in gold.contacts_any if names_any([group], first)]
    addresses = [spelling for group in right for spelling in group if is_address(spelling)]
    return names_any([addresses], first) if addresses else None


def all_named(gold: Question, reply: Reply) -> bool | None:
    """Whether the reply names every contact that it must, wherever it does."""
    if gold.outcome != "answer" or not gold.contacts_all:
        return None
    return all(names_any([group], reply.text) for group in gold.contacts_all)


def ladder_order(gold: Question, reply: Reply) -> bool | None:
    """Whether the ladder holds the gold rungs, each after the one before it; None where the manual states no order."""
    if gold.outcome != "escalate" or not (gold.contacts_all or gold.sources_any):
        return None
    rungs = iter(reply.ladder)
    # `any` takes from the iterator until it finds the rung, so that the next one is looked for after it.
    return bool(reply.ladder) and all(any(names_any([group], rung) for rung in rungs) for group in gold.contacts_all)


def no_wrong_referral(gold: Question, reply: Reply) -> bool | None:
    """Whether the first contact is none of the plausible but wrong ones; the share of failures is the
    wrong-referral rate."""
    if not gold.contacts_never:
        return None
    first = reply.contacts[0].text if reply.contacts else ""
    return not any(names(spelling, first) for spelling in gold.contacts_never)


def source(gold: Question, reply: Reply) -> bool | None:
    """Whether one of the right pages is cited at all."""
    return source_at(len(reply.sources), gold, reply)


def source_at(k: int, gold: Question, reply: Reply) -> bool | None:
    """Whether one of the right pages is among the first k pages cited (a page counts once)."""
    if gold.outcome == "decline" or not gold.sources_any:
        return None
    return not gold.pages.isdisjoint(reply.pages[:k])


def steps(gold: Question, reply: Reply) -> bool | None:
    """Whether the reply holds one of the phrases that say what to do."""
    if not gold.steps_any:
        return None
    text = reply.text.lower()
    return any(phrase.lower() in text for phrase in gold.steps_any)
