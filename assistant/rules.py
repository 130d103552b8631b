"""The rules, in their fixed order: each returns a verdict, or None to let the next one decide.

Whoever is asked about by name comes first (`directly.py`); then a page as a page, a repo's alerts, a repo's owner
(unless a statement speaks of that very repo). Then a contact stated for the matter, the owner of a repo that fits the
description. When nothing is good enough, the ladder: the owner of a page that is about the matter is not taken for
whoever is asked about it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice, takewhile
from operator import itemgetter

import numpy as np

from assistant.case import Case, reason_of
from assistant.caveats import NEAR, Conflict, disputed, settled
from assistant.choice import CHOSEN
from assistant.directly import by_name, channel_named, either, owner_of_manual, unknown_name
from assistant.kinds import of_manual, owned_by_name
from assistant.phrases import APPROVES
from assistant.understand import ABOUT_PAGE, KEEPER_OF_PAGE, TRIED
from assistant.verdict import Named, Verdict, named_by
from assistant.weights import shares_matter
from ingest.relations import STATEMENTS
from ingest.store.words import tokenize
from ingest.values import Contact, Fact

STATED = 0.395
"""Least probability that the manual answers at all, for its best statement to be the answer. Of the starter manual's
own questions three that it answers lie at 0.395 to 0.40; the first one of another manual that it does not, at 0.393."""
STATED_WHEN_STUCK = 0.90
"""The same for somebody who asks what comes next after the usual people, or names a thing that has an owner."""
STATED_WHEN_DOUBTFUL = 0.90
"""The same for a question that sounds like no matter of an organisation's own."""
STATED_BESIDE = 0.60
"""The same for it to be shown beside an owner who was not asked for by name."""
STATED_FOR_SURE = 0.97
"""The same for somebody who asks about a page as a page."""
ALONE = 0.40
"""How far a statement must lie before all others to go before the owner of a thing that is named beside it."""
DESCRIBED = 0.80
"""Least score of a repo that is described, not named."""
DESCRIBED_AS_THING = 0.48
"""The same where the question asks for the owner of a piece of software."""
STATED_OF_THING = 0.95
"""Least probability that the manual answers at all, for a statement to go before the owner of software described."""
RIGHT_OF_OTHER_PAGE = 0.5
"""Least chance of being right, however few statements there are, of one of another page, for it to go before the owner
of the page that a question names: that it is as likely right as wrong."""
PAGE = 0.95
"""Least score of a page that is asked about as a page."""
SHOWN = 3
"""Most contacts shown."""
CLOSE = 0.30
"""How near a further statement must come to the best one to be shown beside it."""
FURTHER = 4
"""Statements near to the best one that are looked at for somebody else."""
SURE = 0.85
"""The least chance of being right from which on the next statements alone say who else it could be."""
ELSEWHERE = (
    "That does not look like a matter for the people of this organisation; if it is one, tell me what you need done, "
    "and I will show you whom the manual names."
)
"""The reply where a model says that a question is no matter for the organisation."""
_APPROVED_BY = re.compile(rf"\b(?:{APPROVES}|review\w*)\b[^.;:,]{{0,30}}$", re.IGNORECASE)
_REVIEWS = re.compile(r"\breview(?:s|ed|er)?\b", re.IGNORECASE)
_JOINTS = str.maketrans("-_", "  ")
_JOINING = str.maketrans("-_.@", "    ")
"""What joins words into a name, which `tokenize` knows whole and in parts."""


Rule = Callable[[Case], Verdict | None]


def other_language(case: Case) -> Verdict | None:
    """Not in English: whom it names by an address, whose the repo is that it names; else the reply that says so."""
    if case.scope.kind != "language":
        return None
    named = channel_named(case) or (owner_of_thing(case) if case.names_thing else None)
    return named or Verdict("decline", "declined:language", case.scope.confidence, reason=case.scope.reason or "")


def declined(case: Case) -> Verdict | None:
    """Not a matter for the manual: the public's business, small talk, general help, orders, secrets."""
    likeness = not case.scope.by_form and case.scope.kind != "harm"
    asks_on = case.question.next and case.question.who
    said = case.ranking.answerable >= STATED_FOR_SURE and _has_its_words(case)
    if case.scope.reason is None or (likeness and (case.names_thing or case.tells_of_rung or asks_on or said)):
        return None
    return Verdict("decline", f"declined:{case.scope.kind}", case.scope.confidence, reason=case.scope.reason)


def next_rung(case: Case) -> Verdict | None:
    """This turn tells of a rung that was tried, or asks who comes next, and no statement is strongly about the matter.

    A rung that was tried in an earlier turn says which comes next, not that the next is asked for.
    """
    own = case.question.own_words
    goes_on = case.tried and (case.ladder.names(own) or (case.question.before and TRIED.search(own)))
    told = case.tells_of_rung or bool(goes_on)
    if not (case.question.next or told) or not case.ladder.rungs:
        return None
    again = bool(case.question.before and case.question.next)
    enough = STATED if case.ladder.is_last_resort else STATED_WHEN_STUCK
    stated = case.ranking.answerable >= enough and not case.question.order
    if stated and not case.tried and not again:
        return None
    return Verdict("escalate", "next rung", 0.8 if case.question.next else 0.7, tried=case.tried)


def alerts_of_thing(case: Case) -> Verdict | None:
    """Who gets the alerts of a named thing: its alerts team, else whoever owns it."""
    if not case.about_alerts or not case.things or not case.things[0].certain:
        return None
    name = case.things[0].fact.topic
    fact = case.register.alerts_of(name)
    if fact is None or not fact.contacts:
        return None
    why = f"gets the alerts of {name}"
    return Verdict("answer", "alerts of thing", 0.95, named_by(fact, why, case.book), notes=_retired(fact))


def owner_of_thing(case: Case) -> Verdict | None:
    """The owner of the repo that the question names, unless a statement says more about the very question."""
    thing = next((t for t in case.things if t.certain), None)
    if thing is None:
        return None
    best, likely = case.ranking.best, case.ranking.answerable
    told = best and likely >= STATED and _speaks_of(best.fact, thing.fact)
    alone = likely >= STATED_FOR_SURE and case.ranking.lead >= ALONE
    asked_for = case.question.owns or case.only_things or owned_by_name(case.question.own_words)
    if (told or alone) and not asked_for:
        return None
    return _with_on_call(_owner_verdict(thing.fact, case, "owner of thing", 0.95), case)


def owner_of_page(case: Case) -> Verdict | None:
    """The owner of a page that the question asks about as a page."""
    if not case.about_page or (case.question.approve and not case.question.owns):
        return None
    surely = case.ranking.answerable >= STATED_FOR_SURE and not case.question.owns
    if case.page is None or case.page[1] < PAGE or surely:
        return None
    return _with_statement(_page_verdict(case.page[0], "owner of page", 0.8), case)


def owner_of_page_named(case: Case) -> Verdict | None:
    """The owner of the page whose title, address or file stands in the question, unless a statement is surely about
    it."""
    titles, asked = case.register.titles, case.question.own_words
    exactly = titles.named_exactly(asked)
    fact = exactly or titles.called_in(asked, least=2)
    best = case.ranking.best
    if fact is None or (best and best.fact.place.path == fact.place.path):
        return None
    if not exactly and best and case.ranking.answerable >= STATED and case.ranking.near >= RIGHT_OF_OTHER_PAGE:
        return None
    return _with_statement(_page_verdict(fact, "owner of page named", 0.7), case)


def least_to_state(case: Case) -> float:
    """The least probability that the manual answers at all, for its best statement to be the answer to a case."""
    if KEEPER_OF_PAGE.search(case.question.own_words) and not _speaks_of_pages(case):
        return STATED_FOR_SURE
    return STATED_WHEN_DOUBTFUL if case.scope.doubtful and not _has_its_words(case) else STATED


def _speaks_of_pages(case: Case) -> bool:
    """Whether the best statement says anything of pages: who does the work that a page is about does not keep it."""
    best = case.ranking.best
    return best is not None and bool(ABOUT_PAGE.search(best.fact.topic))


def _has_its_words(case: Case) -> bool:
    """Whether the best statement has a word of the matter that is asked about."""
    best = case.ranking.best
    return best is not None and shares_matter(best.fact, case.question, case.register.traits.of(best.fact))


def stated(case: Case) -> Verdict | None:
    """A statement of the manual about the matter."""
    best = case.ranking.best
    if best is None or case.ranking.answerable < least_to_state(case):
        return None
    repo = _described(case) if case.question.owns or case.question.thing else None
    if repo and repo[1] >= DESCRIBED and repo[1] > best.hit.score:
        return None
    if repo and case.question.thing and repo[1] >= DESCRIBED_AS_THING and case.ranking.answerable < STATED_OF_THING:
        return None
    statements = case.ranking.statements
    shown, conflict = settled(best.fact, best.score - NEAR, statements, case.register.statements_with, case.book)
    least = (best if shown.id == best.fact.id else next(r for r in statements if r.fact.id == shown.id)).score - CLOSE
    near = (r.fact for r in takewhile(lambda r: r.score >= least, statements) if r.fact.id != shown.id)
    facts = (shown, *_naming_others(shown, near, case))
    return _stating(facts, f"stated:{shown.relation}", round(case.ranking.right, 3), case, conflict)


def _naming_others(shown: Fact, near: Iterable[Fact], case: Case) -> Iterator[Fact]:
    """Of statements near to the one shown, the next ones; and where those name nobody else and the answer is not sure,
    further ones that have a word of the matter, while there is room."""
    said = {named.contact.shown.lower() for named in _named(shown, case)}
    for place, fact in enumerate(islice(near, FURTHER)):
        further = place >= SHOWN - 1
        if len(said) >= SHOWN or (further and case.ranking.right >= SURE):
            return
        names = {named.contact.shown.lower() for named in _named(fact, case)}
        if names <= said or (further and not shares_matter(fact, case.question, case.register.traits.of(fact))):
            continue
        said |= names
        yield fact


def _stating(facts: Sequence[Fact], rule: str, confidence: float, case: Case, conflict: Conflict | None) -> Verdict:
    """The verdict that some facts make, the first of which is a statement."""
    return Verdict(
        "answer",
        rule,
        confidence,
        _unique([named for fact in facts for named in _named(fact, case)])[:SHOWN],
        case.register.steps_beside(facts[0])[:8],
        conflict.other.places if conflict else (),
        (conflict.note,) if conflict else (),
    )


def owner_by_description(case: Case) -> Verdict | None:
    """The owner of a repo that the question describes without its name."""
    described = _described(case)
    if described is None or described[1] < (DESCRIBED_AS_THING if case.question.thing else DESCRIBED):
        return None
    verdict = _owner_verdict(described[0], case, "owner by description", 0.6)
    return _with_statement(verdict, case) if verdict else None


def owner_of_page_about(case: Case) -> Verdict | None:
    """The owner of a page of one word that the question names, where nothing else answers it."""
    titles, asked = case.register.titles, case.question.own_words
    fact = titles.named_exactly(asked) or titles.called_in(asked, least=1)
    return _page_verdict(fact, "owner of page named", 0.5) if fact else None


def ladder(case: Case) -> Verdict:
    """Nobody is named well enough: the manual's own escalation order."""
    return Verdict("escalate", "ladder", 0.35, tried=case.tried)


def chosen(case: Case) -> Verdict | None:
    """What a model chose among the candidates, by their keys; built of the same facts as any other answer."""
    choice = case.choice
    if choice is None:
        return None
    if choice.kind == "elsewhere":
        return Verdict("decline", "declined:chosen", CHOSEN, reason=ELSEWHERE)
    if not choice.facts:
        return Verdict("escalate", "chosen:nobody", CHOSEN, tried=case.tried)
    first, *others = choice.facts
    rule = f"chosen:{first.relation}"
    if first.relation in STATEMENTS:
        statements = case.ranking.statements
        least = next((r.score - NEAR for r in statements if r.fact.id == first.id), -math.inf)
        shown, conflict = settled(first, least, statements, case.register.statements_with, case.book)
        return _stating((shown, *(f for f in choice.facts if f.id != shown.id)), rule, CHOSEN, case, conflict)
    alone = _owner_verdict(first, case, rule, CHOSEN) if first.relation == "owns repo" else None
    verdict = alone or Verdict("answer", rule, CHOSEN, _named(first, case))
    beside = [named for fact in others for named in _named(fact, case)]
    return replace(verdict, contacts=_unique((*verdict.contacts, *beside))[:SHOWN])


RULES: tuple[Rule, ...] = (
    by_name,
    unknown_name,
    other_language,
    declined,
    next_rung,
    either,
    owner_of_manual,
    owner_of_page,
    alerts_of_thing,
    owner_of_thing,
    owner_of_page_named,
    stated,
    owner_by_description,
    owner_of_page_about,
    ladder,
)


WITH_MODEL: tuple[Rule, ...] = (chosen, *RULES)
"""The rules for a case on which a model was asked."""
OPEN = frozenset(
    {declined, owner_of_page, owner_of_page_named, stated, owner_by_description, owner_of_page_about, ladder}
)
"""The rules whose verdict a model's choice may replace: the others know by name, by form or by the register."""


def decide(case: Case, rules: Sequence[Rule] | None = None) -> Verdict:
    """The first verdict in the order of the rules (`RULES` unless told); the last one, the ladder, always gives one."""
    return decided(case, rules)[1]


def decided(case: Case, rules: Sequence[Rule] | None = None) -> tuple[Rule, Verdict]:
    """The rule that decides, and its verdict."""
    for rule in rules or RULES:
        verdict = rule(case)
        if verdict is not None:
            return rule, verdict
    raise AssertionError("the ladder decides every case")


def _with_statement(verdict: Verdict, case: Case) -> Verdict:
    """The verdict with whom the best statement names beside it, where the question may have meant that."""
    best = case.ranking.best
    if best is None or case.question.owns or case.ranking.answerable < STATED_BESIDE:
        return verdict
    contacts = (*verdict.contacts, *_named(best.fact, case))
    return replace(verdict, contacts=_unique(contacts)[:SHOWN])


def _described(case: Case) -> tuple[Fact, float] | None:
    """The best fitting repo that has an owner, with its score; the manual itself is none of those."""
    if of_manual(case.question.own_words):
        return None
    said = {thing.row for thing in case.things}
    scored = [(hit.text.total + 0.3 * (hit.row in said), hit) for hit in case.found.facts.of(("owns repo",))]
    for score, equals in groupby(sorted(scored, key=lambda pair: -pair[0]), key=itemgetter(0)):
        owned = [hit.fact for _, hit in equals if hit.fact.contacts]
        if owned:
            return max(owned, key=lambda fact: fact.topic), score
    return None


def _speaks_of(statement: Fact, thing: Fact) -> bool:
    """Whether a statement, or what its page or section is called, has a thing's name in it, in any case of letters,
    with hyphens, underscores or spaces."""
    said = f"{statement.place.title}\n{statement.place.heading}\n{statement.topic}"
    return _spaced(thing.topic) in _spaced(said)


def _named(fact: Fact, case: Case) -> tuple[Named, ...]:
    """Whom a fact names, with what it says of them as the reason; first whoever does in it what is asked about."""
    named = named_by(fact, reason_of(fact), case.book)
    if len(named) > 1 and case.question.place:
        return tuple(sorted(named, key=lambda one: not one.contact.address))
    if len(named) > 1 and (case.question.approve or _REVIEWS.search(case.question.own_words)):
        return tuple(sorted(named, key=lambda one: not _approves(fact.topic, one.contact)))
    return named


def _approves(said: str, contact: Contact) -> bool:
    """Whether somebody is named right behind a word of approving: "with the approval of the Harbour Master"."""
    at = said.find(contact.name or contact.address)
    return at > 0 and bool(_APPROVED_BY.search(said, 0, at))


def _spaced(text: str) -> str:
    return text.lower().translate(_JOINTS)


def _owner_verdict(fact: Fact, case: Case, rule: str, confidence: float) -> Verdict | None:
    """The owner of `fact`'s repo; of a retired one, what came after it too, and the note that says so."""
    after = _successor(fact, case)
    now = bool(
        re.search(
            r"\b(now|nowadays|these days|instead|replac\w+|successor|took over|took it over)\b",
            case.question.text,
            re.I,
        )
    )
    order = [after, fact] if after and (now or not fact.contacts) else [fact, after]
    contacts = _unique([n for f in order if f and f.contacts for n in named_by(f, f"owns {f.topic}", case.book)])
    if not contacts:
        return None
    conflict = disputed(fact, _with_words_of(fact.topic, case), case.book)
    evidence = (fact.place, *(conflict.other.places if conflict else ()))
    notes = (*_retired(fact), *((conflict.note,) if conflict else ()))
    return Verdict("answer", rule, confidence, contacts[:SHOWN], evidence=evidence, notes=notes)


def _with_on_call(verdict: Verdict | None, case: Case) -> Verdict | None:
    """The verdict on whose a thing is, before them who is on call for them, where that was asked."""
    if verdict is None or not case.question.page_now:
        return verdict
    owners = dict.fromkeys(named.contact.name for named in verdict.contacts if named.contact.name)
    called = [named for owner in owners for fact in case.register.on_call_for(owner) for named in _named(fact, case)]
    return replace(verdict, contacts=_unique([*called, *verdict.contacts])[:SHOWN])


def _with_words_of(name: str, case: Case) -> list[Fact]:
    """The statements found that have every word of a name in them (all, for a name of words such as "the"); no other
    is read."""
    words = sorted(set(tokenize(name.translate(_JOINING))))
    found = case.found.facts.of(STATEMENTS)
    if words:
        found = found.take(np.isin(found.rows, case.register.statements_with(words, len(words))))
    return found.facts()


def _successor(fact: Fact, case: Case) -> Fact | None:
    """The live repo that a retired one's description names."""
    if "retired" not in fact.attributes:
        return None
    said = case.register.repos_in(fact.attributes.get("description", ""))
    live = (r for r in said if "retired" not in r.attributes and r.contacts and r.topic != fact.topic)
    return max(live, key=lambda r: len(r.topic), default=None)


def _retired(fact: Fact) -> tuple[str, ...]:
    if "retired" not in fact.attributes:
        return ()
    description = fact.attributes.get("description", "")
    return (f"{fact.topic} is retired. {description}".strip(),)


def _page_verdict(fact: Fact, rule: str, confidence: float) -> Verdict:
    named = Named(fact.contacts[0], f"owns the page “{fact.place.title}”", fact.places)
    return Verdict("answer", rule, confidence, (named,))


def _unique(contacts: Sequence[Named]) -> tuple[Named, ...]:
    """Each contact once, where it came first."""
    kept: dict[str, Named] = {}
    for named in contacts:
        key = named.contact.shown.lower()
        if key not in kept:
            kept[key] = named
    return tuple(kept.values())
