"""The rules for questions about the directory itself: who somebody is, what they do or own, this one or that one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from assistant.case import Case, reason_of, why_of
from assistant.kinds import addresses, alternatives, asks_who_is, forms, is_right, literal, medium, of_manual
from assistant.parties import Party
from assistant.phrases import BOOK, HAS
from assistant.verdict import Named, Verdict, named_by
from ingest.facts.lexicon import one_of, words
from ingest.relations import Relation
from ingest.store.words import tokenize
from ingest.values import Contact, Fact

UNKNOWN = "The manual does not mention the one that you name."
SHOWN = 3
"""Most addresses of somebody that are shown."""
LISTED = 40
"""Most things that are listed."""
CONSIDERED = 60
"""Best statements among which those of either of two parties are looked for."""

_HAS_MANUAL = re.compile(
    rf"\b{BOOK}(?:['’]s)? {one_of(words('people', 'roles', 'holds'))}\b|"
    rf"\b(?:{one_of(words('people', 'roles', 'holds'))} of|{HAS}|responsible for|in charge of)"
    rf" (?:this|the|our) (?:\w+ ){{0,2}}?{BOOK}\b(?!-| (?:pages?|sections?|for|of|on|about)\b)",
    re.IGNORECASE,
)
"""That somebody has the manual in hand."""


def by_name(case: Case) -> Verdict | None:
    """The whole question asks who somebody is, what they do or what they own, and names them as the manual does."""
    if case.scope.by_form and case.scope.reason:
        return None
    for form in forms(case.question.own_words):
        party = case.register.parties.find(form.name)
        if party is None:
            continue
        if form.kind == "owns":
            verdict = _owned(party, case)
        elif form.kind == "does":
            verdict = _duties(party, case)
        else:
            verdict = _who(party, case)
        if verdict:
            return verdict
    return None


def unknown_name(case: Case) -> Verdict | None:
    """A name that the question gives beyond doubt, and that stands nowhere in the manual: nobody is named for a thing
    that looks like it."""
    name = literal(case.question.own_words)
    if not name or (case.scope.by_form and case.scope.reason) or case.names_thing or case.register.mentions(name):
        return None
    return Verdict("escalate", "unknown name", 0.9, tried=case.tried, lead=UNKNOWN)


def channel_named(case: Case) -> Verdict | None:
    """Whoever a channel, handle or email address in the question belongs to."""
    parties = (case.register.parties.find(name) for name in addresses(case.question.own_words))
    return next((verdict for party in parties if party and (verdict := _who(party, case))), None)


def either(case: Case) -> Verdict | None:
    """Of two that the question names with "or" between, the one of whom the best statement speaks."""
    for before, after in alternatives(case.question.own_words):
        one, other = case.register.parties.last_of(before), case.register.parties.first_of(after)
        if one is None or other is None or one.facts == other.facts:
            continue
        for ranked in islice(case.ranking.statements, CONSIDERED):
            for party in (one, other):
                contact = party.named_in(ranked.fact)
                if contact is not None:
                    named = [_named(party, ranked.fact, why_of(ranked.fact), case)]
                    lead = f"Of the two, the manual names {named[0].contact.name or named[0].contact.address}."
                    return Verdict("answer", "either", 0.7, tuple(named), lead=lead)
    return None


def owner_of_manual(case: Case) -> Verdict | None:
    """Whoever has the manual itself in hand, as a statement says, or else whoever owns the repo that it lies in."""
    if not case.question.owns or not of_manual(case.question.own_words):
        return None
    near = (ranked.fact for ranked in islice(case.ranking.statements, CONSIDERED))
    fact = next((fact for fact in near if _HAS_MANUAL.search(fact.topic)), None) or case.register.own_repo()
    return (
        Verdict("answer", "owner of manual", 0.8, named_by(fact, reason_of(fact), case.book)[:SHOWN]) if fact else None
    )


def with_yes_or_no(verdict: Verdict, case: Case) -> Verdict:
    """The verdict on a question that asks whether somebody is the right one, with the word for it."""
    for name in is_right(case.question.own_words):
        party = case.register.parties.find(name)
        if party is None:
            if name[:1] in ("#", "@") and not case.register.mentions(name) and verdict.outcome != "decline":
                return verdict.led_by(UNKNOWN)
            continue
        return verdict.led_by(_word(name, party, verdict))
    return verdict


def in_one(verdicts: Sequence[Verdict]) -> Verdict | None:
    """The verdicts on several questions asked at once as one, in their order: whom the first of each names, with the
    number of its question. None where fewer than two are answered."""
    answered = [(number, verdict) for number, verdict in enumerate(verdicts, 1) if verdict.outcome == "answer"]
    if len(answered) < 2:
        return None
    contacts: dict[str, Named] = {}
    for number, verdict in answered:
        named = verdict.contacts[0]
        same = contacts.get(named.contact.shown.lower())
        why, places = f"{number}. {named.why}", named.places
        if same:
            why, places = f"{same.why}; {why}", (*same.places, *places)
        contacts[named.contact.shown.lower()] = replace(named, why=why, places=places)
    left = [number for number, verdict in enumerate(verdicts, 1) if verdict.outcome != "answer"]
    return Verdict(
        "answer",
        "several",
        min(verdict.confidence for _, verdict in answered),
        tuple(contacts.values()),
        notes=(*(note for _, verdict in answered for note in verdict.notes), *([nobody_for(left)] if left else [])),
        lead="Several questions, answered in their order.",
    )


def nobody_for(numbers: Sequence[int]) -> str:
    """What is said of the questions of these numbers, of several asked at once."""
    said = " and ".join(
        [", ".join(map(str, numbers[:-1])), str(numbers[-1])] if len(numbers) > 1 else [str(numbers[0])]
    )
    return f"For question{'s' if len(numbers) > 1 else ''} {said} the manual names nobody."


def _word(name: str, party: Party, verdict: Verdict) -> str:
    if verdict.outcome == "escalate":
        return "The manual does not say so."
    first, *others = [_is_called(name, party, named.contact) for named in verdict.contacts]
    if first:
        return "Yes, the manual names them for this."
    if any(others):
        return "The manual names somebody else first, and them beside."
    return "The manual names somebody else."


def _is_called(name: str, party: Party, contact: Contact) -> bool:
    """Whether a contact is the party of that name, or is called by all words of it, or is reached where it is."""
    if party.is_named_by(contact) or contact.address.lower() in party.addresses:
        return True
    return set(tokenize(name)) <= set(tokenize(contact.name))


def _who(party: Party, case: Case) -> Verdict | None:
    """Where they are reached, by the fact that says most; a role that has no address is no news to whoever names it."""
    facts = _best_first(party)
    person = (f for f in facts if (c := party.named_in(f)) and c.kind == "person")
    fact = _reached(party, facts) or next((f for f in facts if f.relation == "does"), None) or next(person, None)
    if fact is None or (asks_who_is(case.question.own_words) and case.question.owns):
        return None
    each = {named.contact.shown.lower(): named for f in reversed(facts) for named in _all_named(party, f, case)}
    first = _named(party, fact, reason_of(fact), case)
    others = [n for key, n in each.items() if n.contact.address and key != first.contact.shown.lower()][::-1]
    wanted = medium(case.question.own_words)
    shown = sorted((first, *others), key=lambda named: _medium_of(named.contact) != wanted)
    return Verdict("answer", "who is", 0.9, tuple(shown)[:SHOWN])


def _reached(party: Party, facts: Sequence[Fact]) -> Fact | None:
    """The first of some facts that gives the party with an address."""
    return next((fact for fact in facts if (contact := party.named_in(fact)) and contact.address), None)


def _medium_of(contact: Contact) -> str:
    """The kind of a contact's address: a team may have one of any kind."""
    if contact.address.startswith("#"):
        return "channel"
    if "@" in contact.address[1:]:
        return "email"
    return contact.kind


def _all_named(party: Party, fact: Fact, case: Case) -> list[Named]:
    """The party as a fact names it, by each address that the fact gives."""
    named = named_by(fact, reason_of(fact), case.book)
    return [one for contact, one in zip(fact.contacts, named, strict=True) if party.is_named_by(contact)]


def _duties(party: Party, case: Case) -> Verdict | None:
    facts = party.of("does") or party.of("queue") or party.of("ask")
    if not facts:
        return _who(party, case)
    fact = _reached(party, facts) or facts[0]
    return Verdict("answer", "what they do", 0.9, (_named(party, fact, why_of(fact), case),), items=_each_once(facts))


def _owned(party: Party, case: Case) -> Verdict | None:
    owned = party.of("owns repo") or party.of("owns page")
    if not owned:
        return _duties(party, case)
    count = f"{len(owned)} " + ("pages" if owned[0].relation == "owns page" else "entries of the manual’s register")
    why = f"owns {count}" if len(owned) > 1 else f"owns {owned[0].topic}"
    return Verdict("answer", "what they own", 0.9, (_named(party, owned[0], why, case),), items=_each_once(owned))


def _best_first(party: Party) -> list[Fact]:
    order: tuple[Relation, ...] = ("does", "ask", "queue", "owns repo", "gets alerts", "owns page", "rung")
    return [fact for relation in order for fact in party.of(relation)]


def _named(party: Party, fact: Fact, why: str, case: Case) -> Named:
    """The party as a fact names it, with the address that the manual states for it elsewhere."""
    named = named_by(fact, why, case.book)
    at = next(n for n, contact in enumerate(fact.contacts) if party.is_named_by(contact))
    return named[at]


def _each_once(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    return tuple({fact.topic.lower(): fact for fact in reversed(facts)}.values())[::-1][:LISTED]
