"""How an answer came about: what was understood, every candidate with what spoke for it, which rule decided, what came
second and why it lost. All of it is read from the case on which the rules decided; nothing is ranked again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from assistant.case import Case
from assistant.choice import Consulted
from assistant.kinds import Form, forms, literal
from assistant.ranking import Ranked
from assistant.rules import Rule, least_to_state
from assistant.understand import Question, courtesies_off, rung_tried, understand
from assistant.values import Answer
from assistant.verdict import Verdict, named_by
from assistant.weights import Part
from ingest.values import Fact

CANDIDATES = 12
"""Statements that are shown; of the rest only how many they are."""
OWNED = 3
"""Repositories that are shown of those found."""
_DIGITS = 3
_SLIGHT = 0.5 * 10**-_DIGITS
"""A difference that rounds to nothing makes none."""
_READINGS: Mapping[str, str] = {
    "owns": "who owns it",
    "approve": "who approves",
    "page_now": "it is urgent",
    "out_of_hours": "out of hours",
    "next": "who comes next",
    "order": "the order of escalation",
    "who": "somebody to go to",
    "alerts": "who gets alerts",
    "thing": "a piece of software",
}
"""What the flags of a `Question` say, for a reader; one that is not here is called by its own name."""


_FORMS: Mapping[str, str] = {"who is": "who somebody is", "does": "what somebody does", "owns": "what somebody owns"}
"""What the kinds of a question about the directory say, for a reader."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something or somebody that the question names, and whether it surely does."""

    name: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it was read.

    `looked_up` is the text that was searched for; `kinds` is what it asks for; `joined` are the earlier turns that it
    was understood with, and `stood_alone` says that it might have leaned on them, and was surely answered without.
    `unknown` is a name that stands nowhere in the manual, `page` a page that it asks about as a page; `scope` is what
    kind of matter it is.
    """

    looked_up: str
    kinds: tuple[str, ...]
    names: tuple[Thing, ...]
    unknown: str
    page: str
    joined: tuple[str, ...]
    stood_alone: bool
    tried: tuple[str, ...]
    orders_left_out: bool
    scope: str


@dataclass(frozen=True, slots=True)
class Sign:
    """What one feature gave a candidate: value times weight is its worth."""

    name: str
    weight: float
    value: float
    worth: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement that the answer was chosen from; `signs` are those that are not 0, worth most first, and their worths
    add up to the score (but for what rounding takes). `shown` is its place among the contacts shown, from 1, or 0."""

    number: int
    score: float
    relation: str
    contacts: tuple[str, ...]
    text: str
    path: str
    lines: tuple[int, int]
    signs: tuple[Sign, ...]
    shown: int


@dataclass(frozen=True, slots=True)
class Owned:
    """A repository or page with an owner that was found too. `score` is the cosine of its words and how much of the
    question's words they cover, together; of a page, that of its best passage and its title."""

    relation: str
    name: str
    contacts: tuple[str, ...]
    path: str
    score: float


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """A rule in its place. It `passed`, or it `decided`, or another decided before it and it `would` have said so much;
    `outcome` is empty where it has nothing to say."""

    name: str
    about: str
    said: str
    outcome: str
    contacts: tuple[str, ...]
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Second:
    """What came second, and why it lost. `by` are the signs in which the winner was ahead (positive) or behind."""

    what: str
    why: str
    by: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """`statements` are all statements found, of which `candidates` are the first; `owned` are the repositories and the
    page that come nearest, from which the rules about owners choose; `answerable` and `right` are the calibrated
    chances that the manual answers at all and that the first statement is right, and `needed` the least `answerable`
    with which a statement is taken."""

    understood: Understood
    candidates: tuple[Candidate, ...]
    statements: int
    owned: tuple[Owned, ...]
    answerable: float
    right: float
    needed: float
    rules: tuple[RuleSaid, ...]
    rule: str
    second: Second | None
    then: tuple[Explanation, ...] = ()
    """How the others were answered, of several questions asked at once."""
    model: Consulted | None = None
    """What a model was asked and did, where one is set."""

    def to_json(self) -> dict[str, Any]:
        """Plain values; nothing of a model where none is set."""
        said = {**asdict(self), "then": [one.to_json() for one in self.then]}
        if self.model is None:
            del said["model"]
        return said


@dataclass(frozen=True, slots=True)
class Explained:
    """An answer and how it came about."""

    answer: Answer
    explanation: Explanation

    def to_json(self) -> dict[str, Any]:
        """The answer's object with one more field, `explain`."""
        return {**self.answer.to_json(), "explain": self.explanation.to_json()}


def explained(case: Case, rule: Rule, verdict: Verdict, rules: Sequence[Rule]) -> Explanation:
    """How `rule` came to its verdict on the case, the first of `rules` to have one."""
    ranking = case.ranking
    said = tuple(_said(each, rule, verdict, rules, case) for each in rules)
    return Explanation(
        understood=_understood(case),
        candidates=tuple(
            _candidate(number, ranked, case, verdict)
            for number, ranked in enumerate(ranking.statements[:CANDIDATES], 1)
        ),
        statements=len(ranking.statements),
        owned=_owned(case),
        answerable=_rounded(ranking.answerable),
        right=_rounded(ranking.right),
        needed=least_to_state(case),
        rules=said,
        rule=verdict.rule,
        second=_second(case, verdict, said),
        model=case.consulted,
    )


def _understood(case: Case) -> Understood:
    question = case.question
    reading = understand(question.turns[-1], question.turns[:-1])
    return Understood(
        looked_up=question.text,
        kinds=tuple(_kinds(case)),
        names=tuple(_names(case)),
        unknown=_unknown(case),
        page=case.page[0].place.title if case.about_page and case.page else "",
        joined=tuple(turn for turn in question.turns[:-1] if _is_joined(turn, question)),
        stood_alone=bool(reading.before) and not question.before,
        tried=tuple(rung.topic for rung in case.ladder.rungs if rung.rank in case.tried),
        orders_left_out=case.ordered,
        scope=case.scope.kind,
    )


def _names(case: Case) -> Iterator[Thing]:
    """The things with an owner, and whoever the form of the question asks about."""
    for thing in case.things:
        yield Thing(thing.fact.topic, thing.certain)
    for name in dict.fromkeys(form.name for form in _forms(case)):
        yield Thing(name, sure=True)


def _forms(case: Case) -> list[Form]:
    """The forms of a question about the directory that have somebody's name in them."""
    return [form for form in forms(case.question.own_words) if case.register.parties.find(form.name) is not None]


def _unknown(case: Case) -> str:
    name = literal(case.question.own_words)
    return "" if not name or case.names_thing or case.register.mentions(name) else name


def _kinds(case: Case) -> list[str]:
    question = case.question
    asked = [_FORMS.get(kind, kind) for kind in dict.fromkeys(form.kind for form in _forms(case)[:1])]
    flags = [f.name for f in fields(question) if f.name != "leans" and getattr(question, f.name) is True]
    kinds = [_READINGS.get(flag, flag.replace("_", " ")) for flag in flags]
    return [*asked, *kinds, *(["a page as a page"] if case.about_page else [])]


def _is_joined(turn: str, question: Question) -> bool:
    said = courtesies_off(turn)
    return bool(said) and not rung_tried(turn) and said in question.before


def _candidate(number: int, ranked: Ranked, case: Case, verdict: Verdict) -> Candidate:
    fact, place = ranked.fact, ranked.fact.place
    parts = sorted((part for part in case.ranking.parts(ranked) if part.worth), key=lambda part: -abs(part.worth))
    signs = (Sign(p.name, p.weight, _rounded(p.value), _rounded(p.worth)) for p in parts)
    return Candidate(
        number=number,
        score=_rounded(ranked.score),
        relation=fact.relation,
        contacts=_whom(fact, case),
        text=fact.topic,
        path=place.path,
        lines=(place.first, place.last),
        signs=tuple(signs),
        shown=_place_among_the_shown(ranked, case, verdict),
    )


def _owned(case: Case) -> tuple[Owned, ...]:
    """The repositories nearest to the question, and the page that fits best."""
    hits = sorted(case.found.facts.of(("owns repo",)), key=lambda hit: (-hit.text.total, hit.row))
    near = [(hit.fact, hit.text.total) for hit in hits[:OWNED]] + ([case.page] if case.page else [])
    return tuple(
        Owned(fact.relation, fact.topic, _whom(fact, case), fact.place.path, _rounded(score)) for fact, score in near
    )


def _whom(fact: Fact, case: Case) -> tuple[str, ...]:
    """Everybody whom a fact names, as an answer would show them."""
    return tuple(_shown(named.contact.name, named.contact.address) for named in named_by(fact, "", case.book))


def _shown(name: str, address: str) -> str:
    return ", ".join(filter(None, (name, address)))


def _place_among_the_shown(ranked: Ranked, case: Case, verdict: Verdict) -> int:
    """The place, from 1, of the first contact that the verdict shows on the strength of a statement, else 0."""
    whom, places = _whom(ranked.fact, case), ranked.fact.places
    for number, named in enumerate(verdict.contacts, 1):
        stands = _shown(named.contact.name, named.contact.address) in whom
        if stands and any(place in places for place in named.places):
            return number
    return 0


def _said(each: Rule, rule: Rule, verdict: Verdict, rules: Sequence[Rule], case: Case) -> RuleSaid:
    place, deciding = rules.index(each), rules.index(rule)
    made = verdict if place == deciding else each(case) if place > deciding else None
    said = "passed" if made is None else "decided" if made is verdict else "would"
    about = " ".join((each.__doc__ or "").split("\n\n")[0].split())
    contacts = tuple(_shown(named.contact.name, named.contact.address) for named in made.contacts) if made else ()
    outcome = made.outcome if made else ""
    return RuleSaid(each.__name__.replace("_", " "), about, said, outcome, contacts, made.confidence if made else None)


def _second(case: Case, verdict: Verdict, said: Sequence[RuleSaid]) -> Second | None:
    """What came second: beside a statement the next one that names somebody else; beside anything else what a later
    rule would have said, or the best statement."""
    statements = case.ranking.statements
    best = case.ranking.best
    winner = next((r for r in statements[:CANDIDATES] if _place_among_the_shown(r, case, verdict) == 1), None)
    if best is not None and winner is not None and winner.fact.id != best.fact.id:
        why = " ".join(verdict.notes) or f"the rule “{verdict.rule}” put another before it"
        return Second(_told(best, case), why, _difference(winner, best, case))
    if winner is not None:
        return _rival(winner, case)
    whom = [_shown(named.contact.name, named.contact.address) for named in verdict.contacts[:1]]
    later = next(
        (rule for rule in said if rule.said == "would" and rule.contacts and [*rule.contacts[:1]] != whom), None
    )
    if later is not None:
        what = f"the rule “{later.name}” ({later.outcome}: {'; '.join(later.contacts)})"
        return Second(what, f"the rule “{verdict.rule}” comes before it, and decided")
    return Second(_told(best, case), _why_not_answered(case, verdict)) if best is not None else None


def _rival(winner: Ranked, case: Case) -> Second | None:
    whom = winner.fact.contacts[0].shown
    rival = next((r for r in case.ranking.statements if r.fact.contacts[0].shown != whom), None)
    if rival is None:
        return None
    by = _difference(winner, rival, case)
    ahead = " and of ".join([name for name, worth in by if worth > 0][:3])
    short = f"it scored {winner.score - rival.score:.3f} less"
    return Second(_told(rival, case), f"{short}, for want of {ahead}" if ahead else short, by)


def _why_not_answered(case: Case, verdict: Verdict) -> str:
    chance, needed = case.ranking.answerable, least_to_state(case)
    if chance < needed:
        return f"the chance that the manual answers at all is {chance:.3f}, and {needed:.3f} is needed"
    return f"the rule “{verdict.rule}” decided, and no rule took this statement"


def _told(ranked: Ranked, case: Case) -> str:
    place = ranked.fact.place
    return f"{'; '.join(_whom(ranked.fact, case))} ({place.path}:{place.first})"


def _difference(winner: Ranked, rival: Ranked, case: Case) -> tuple[tuple[str, float], ...]:
    """By how much the winner was ahead in each sign, the greatest differences first."""
    theirs: Mapping[str, Part] = {part.name: part for part in case.ranking.parts(rival)}
    by = [(part.name, part.worth - theirs[part.name].worth) for part in case.ranking.parts(winner)]
    told = [(name, _rounded(worth)) for name, worth in by if abs(worth) >= _SLIGHT]
    return tuple(sorted(told, key=lambda pair: -abs(pair[1])))


def _rounded(value: float) -> float:
    return round(float(value), _DIGITS)
