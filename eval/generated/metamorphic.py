"""The generated questions put to the assistant: plain, in other forms, and after their fact was deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.flow import Assistant
from assistant.progress import Progress
from eval.answers.replies import Reply, reply_of
from eval.generated.forms import PLAIN_FORMS, typo
from eval.generated.known import Known, known_questions, names_of
from eval.scoring.matching import names_any
from eval.scoring.totals import TOTAL, Rate, share

SEED = 20240229
PLAIN = "plain"
DELETED = "deleted"
ABSENT, PRESENT = "absent", "present"
FORMS = (PLAIN, "typo", *PLAIN_FORMS, DELETED, ABSENT, PRESENT)


@dataclass(frozen=True, slots=True)
class Trial:
    """One form of one generated question. `held`: the plain answer names the right contact first; another form
    gets the plain answer; after deletion the contact is not named for it; for a matter that a manual lacks nobody is
    named, and for one that it has the right contact is first. `wanted` is what it should have shown."""

    id: str
    kind: str
    form: str
    question: str
    wanted: tuple[str, ...]
    outcome: str
    shown: tuple[str, ...]
    rule: str
    held: bool


def put(assistant: Assistant, known: Sequence[Known], seed: int, progress: Progress) -> Iterator[Trial]:
    """Every question in its plain form and in each other form that it has."""
    others = names_of(assistant)
    for done, case in enumerate(known, 1):
        plain = _ask(assistant, case.question)
        yield trial(case, PLAIN, case.question, plain, names_first(case, plain), [c[0] for c in case.contacts])
        for form, question in _forms(case, others[case.kind], seed):
            reply = _ask(assistant, question)
            yield trial(case, form, question, reply, same_answer(plain, reply), [c.shown for c in plain.contacts])
        progress("asking in other forms", done, len(known))


def generated(assistant: Assistant, seed: int = SEED) -> tuple[Known, ...]:
    """The questions that an index gives."""
    return known_questions(assistant, seed)


def names_first(case: Known, reply: Reply) -> bool:
    """Whether the reply answers, with one of the fact's contacts first."""
    return reply.outcome == "answer" and any(names_any(case.contacts, c.text) for c in reply.contacts[:1])


def same_answer(plain: Reply, other: Reply) -> bool:
    """Whether two replies are of one outcome and show the same contacts in the same order."""
    return plain.outcome == other.outcome and [c.shown for c in plain.contacts] == [c.shown for c in other.contacts]


def trial(case: Known, form: str, question: str, reply: Reply, held: bool, wanted: Iterable[str]) -> Trial:
    return Trial(
        id=f"{case.id}-{form}",
        kind=case.kind,
        form=form,
        question=question,
        wanted=tuple(wanted),
        outcome=reply.outcome,
        shown=tuple(contact.shown for contact in reply.contacts),
        rule=reply.rule,
        held=held,
    )


def metamorphic_rates(trials: Sequence[Trial]) -> dict[str, dict[str, Rate]]:
    """The share of trials that held, by kind and form, and over all kinds."""
    grouped: dict[str, dict[str, dict[str, bool]]] = {}
    for each in trials:
        for kind in (TOTAL, each.kind):
            grouped.setdefault(kind, {}).setdefault(each.form, {})[each.id] = each.held
    return {kind: {form: share(forms[form]) for form in FORMS if form in forms} for kind, forms in grouped.items()}


def _forms(case: Known, others: frozenset[str], seed: int) -> Iterator[tuple[str, str]]:
    misspelt = typo(case.question, case.thing, others, seed)
    if misspelt is not None:
        yield "typo", misspelt
    for form, made in PLAIN_FORMS.items():
        yield form, made(case.question, seed)


def _ask(assistant: Assistant, question: str) -> Reply:
    return reply_of(assistant.answer(question).to_json())


def by_form(trials: Iterable[Trial]) -> Mapping[str, list[Trial]]:
    """The trials that did not hold, by form."""
    failed: dict[str, list[Trial]] = {}
    for each in trials:
        if not each.held:
            failed.setdefault(each.form, []).append(each)
    return failed
