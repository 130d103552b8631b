"""One question to one answer: understand, retrieve, decide, cite, write. Nothing is generated."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from assistant import reply
from assistant.case import Case
from assistant.caveats import status_note
from assistant.citing import Sources, asked_for, assumed, rungs_left
from assistant.consultant import Consultant, Consultation, Consults
from assistant.directly import in_one, with_yes_or_no
from assistant.errors import UserError
from assistant.examples import examples
from assistant.explaining import Explained, explained
from assistant.fact_list import some_facts
from assistant.kinds import about_assistant, of_them, several
from assistant.language import other_language
from assistant.levers import Levers
from assistant.ranking import best_page, rank
from assistant.register import Register
from assistant.repos import Named
from assistant.retrieve import HybridRetriever, pooled
from assistant.rules import RULES, WITH_MODEL, Rule, decide, decided
from assistant.scope import ScopeModel, aside_from_matters, in_other_language, of_public_service, without_orders
from assistant.seen import seen
from assistant.spelling import Speller
from assistant.titles import LINK
from assistant.understand import (
    Question,
    about_alerts,
    about_page,
    courtesies_off,
    names_matter,
    page_topic,
    rung_tried,
    understand,
)
from assistant.unsaid import Said
from assistant.values import Answer, Item, NamedContact, NearPage, Step
from assistant.verdict import Verdict
from assistant.weights import shares_matter
from ingest.store.index import Index
from ingest.values import Fact, Passage

LONGEST_QUESTION = 2000
"""Characters; a longer text is no question that a person typed."""
LONGEST_HISTORY = 20
"""Earlier turns that are looked at."""
KEPT = 256
"""Answers of one generation that are kept: a page asks again for what it shows, and people for what others asked."""
LONGEST_KEPT = 4000
"""Characters of a question and its earlier turns, above which an answer is not kept."""
NEAR_PAGES = 3
"""Most pages shown as those that come nearest."""
NEAR_TIE = 0.05
"""How far the best statement lies before the next one that names somebody else, below which the two stand side by side.
Of 64 such answers on two manuals the first was right in 53 %, the second in 28 %; from 0.15 on it was 89 % and 15 %."""
STANDS = 0.6
"""The confidence from which an answer to a question alone beats one that takes it for a follow-up."""


def checked(question: str) -> str:
    """The question, or UserError when it is empty or too long."""
    if not question.strip():
        raise UserError("The question is empty: type what you need, for example “Who owns the search API?”.")
    if len(question) > LONGEST_QUESTION:
        raise UserError(
            f"The question has {len(question):,} characters and the limit is {LONGEST_QUESTION:,}: shorten it."
        )
    return question


def asked_at_once(asked: str) -> tuple[str, ...]:
    """The questions that a text asks, each a whole one; empty where it is a single one."""
    return several(courtesies_off(without_orders(asked)[0]))


class Assistant:
    """Answers questions from one index; safe to share between threads."""

    def __init__(self, index: Index, levers: Levers | None = None, consults: Consults | None = None) -> None:
        """`consults` gives the model that may be asked about an index's cases, opened for that index; nobody is asked
        unless it is given."""
        self._lock = threading.Lock()
        self._prepared = False
        self._levers = levers or Levers()
        self._consults = consults or (lambda _: None)
        self._use(_Desk(index, self._levers, self._consults(index)))

    @staticmethod
    def open(folder: Path, model: str | None = None, consults: Consults | None = None) -> Assistant:
        """Open the index in `folder`; UserError where there is none to use. `model` is the encoder that it must have
        been built with."""
        return Assistant(Index.open(folder, model), consults=consults)

    @property
    def index(self) -> Index:
        return self._desk.index

    def answer(self, question: str, history: Sequence[str] = (), id: str = "") -> Answer:  # noqa: A002
        """The answer to `question` after the earlier turns of the same person, oldest first.

        Raises UserError for an empty or over-long question.
        """
        asked, turns = checked(question), tuple(history)[-LONGEST_HISTORY:]
        # What a model says is kept by what it was asked: an answer that had to do without it is not one to keep.
        passing = self._desk.consultant is not None or len(asked) + sum(map(len, turns)) > LONGEST_KEPT
        answer = (self._kept.__wrapped__ if passing else self._kept)(asked, turns)
        return replace(_with_note(answer, self._desk.index.note), id=id)

    def offhand(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The same, and no model is asked, whatever is set."""
        answer = self._desk.answer(checked(question), tuple(history)[-LONGEST_HISTORY:], offhand=True)
        return _with_note(answer, self._desk.index.note)

    def explained(self, question: str, history: Sequence[str] = (), id: str = "") -> Explained:  # noqa: A002
        """The same answer, and how it came about: from one pass, which is not kept."""
        asked, turns = checked(question), tuple(history)[-LONGEST_HISTORY:]
        found = self._desk.explained(asked, turns)
        return replace(found, answer=replace(_with_note(found.answer, self._desk.index.note), id=id))

    def case(self, question: str, history: Sequence[str] = ()) -> Case:
        """What the rules decide on: for training and evaluation."""
        return self._desk.case(question, tuple(history))

    def examples(self, n: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Up to `n` questions that this manual can answer, drawn from its facts: by kind, each under its heading."""
        return self._desk.examples(n)

    def passages(self, words: str, n: int) -> tuple[Passage, ...]:
        """The `n` passages that come nearest to some words, best first."""
        return self._desk.passages(words, n)

    def seen(self, question: str, history: Sequence[str], most: int) -> dict[str, Any]:
        """The `most` best facts and passages that retrieval found, with their scores (`assistant.seen`), and `index`.

        Raises UserError for an empty or over-long question.
        """
        return self._desk.seen(checked(question), tuple(history)[-LONGEST_HISTORY:], most)

    def facts(self, relation: str, path: str, offset: int, limit: int) -> dict[str, Any]:
        """{"index", "total", "facts"}: how many facts there are of a relation and a page ("" stands for any), and
        `limit` of them from `offset` on, as `facts --jsonl` prints them."""
        return self._desk.facts(relation, path, offset, limit)

    def prepare(self) -> None:
        """Load what a first question would wait for; the garbage collector then passes over what stays."""
        self._desk.prepare()
        self._prepared = True
        _settle()

    def refresh(self) -> None:
        """Open the newest generation, when ingest has made one: as ready as the one before it, which goes when the
        answers under way have been given. Others wait meanwhile, for nobody is answered from what has been replaced."""
        with self._lock:
            if self._desk.index.stale():
                index = self._desk.index.again()
                desk = _Desk(index, self._levers, self._consults(index))
                if self._prepared:
                    desk.prepare()
                self._use(desk)
                if self._prepared:
                    _settle()

    def _use(self, desk: _Desk) -> None:
        # The cache refers to the desk and not the other way round: with no cycle, a replaced desk is freed at once.
        self._desk, self._kept = desk, lru_cache(KEPT)(desk.answer)


def _settle() -> None:
    """Let the garbage collector look at everything once more, and at what is there now never again; give the memory of
    the generation before back to the system, which glibc does not do by itself while other threads hold some."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)


def _with_note(answer: Answer, note: str) -> Answer:
    """The answer with a note on where it comes from, which is none of the manual's and is kept with no answer."""
    if not note:
        return answer
    return replace(
        answer,
        markdown=f"{answer.markdown}\n\n{reply.noted(note)}",
        notes=(*answer.notes, note),
        cautions=(*answer.cautions, note),
    )


class _Desk:
    """What is looked up for every question, prepared once for an opened index."""

    def __init__(self, index: Index, levers: Levers, consultant: Consultant | None) -> None:
        self.index = index
        self.consultant = consultant
        self._levers = levers

    @cached_property
    def _register(self) -> Register:
        return Register(self.index)

    @cached_property
    def _retriever(self) -> HybridRetriever:
        return HybridRetriever(self.index, expand=self._levers.vocabulary)

    @cached_property
    def _scope(self) -> ScopeModel:
        return ScopeModel(self.index.encoder, public=of_public_service(self.index.words))

    @cached_property
    def _speller(self) -> Speller:
        index = self.index
        return Speller(
            lambda: {
                **dict.fromkeys(index.records.words_of_names(), 1),
                **index.words.surface("facts"),
                **index.words.surface("passages"),
            },
            index.encoder.is_word,
        )

    def prepare(self) -> None:
        """Load what a first question would wait for."""
        self.answer("Who do I ask?", (), offhand=True)
        self._register.prepare()
        if self._levers.spelling:
            self._speller.prepare()

    def answer(self, question: str, history: tuple[str, ...], *, offhand: bool = False) -> Answer:
        """Without an id; `offhand` asks no model."""
        each, verdict = self._each(question, history, None if offhand else self._consultation())
        return self._answered(question, each[0][0], verdict)

    def explained(self, question: str, history: tuple[str, ...]) -> Explained:
        """The answer, without an id, and how it came about; of several questions at once, how each was answered."""
        each, verdict = self._each(question, history, self._consultation())
        first, *then = [explained(*decided, self._rules_for(decided[0])) for decided in each]
        return Explained(self._answered(question, each[0][0], verdict), replace(first, then=tuple(then)))

    def _answered(self, question: str, case: Case, verdict: Verdict) -> Answer:
        notes = ["Instructions to the assistant in the question were left out."] if case.ordered else []
        old = [self._register.ages.note(place, named.contact) for named in verdict.contacts for place in named.places]
        aside = [status_note(place) for named in verdict.contacts for place in named.places]
        notes += [note for note in dict.fromkeys([*aside, *old]) if note]
        return self._written(question, verdict, case, notes)

    def _consultation(self) -> Consultation | None:
        return self.consultant.begin() if self.consultant else None

    def _rules_for(self, case: Case) -> Sequence[Rule]:
        return self._levers.rules or (WITH_MODEL if case.consulted else RULES)

    def _decided(
        self, asked: str, history: tuple[str, ...], consultation: Consultation | None
    ) -> tuple[Case, Rule, Verdict]:
        whom = self._named_before(asked, history, consultation) if self._levers.history else ""
        case = self.case(of_them(asked, whom)) if whom else self.case(asked, history)
        rule, verdict = decided(case, self._levers.rules)
        whole = case.question.who and names_matter(case.question.own_words)
        if case.question.before and whole and verdict.contacts:
            # It needs nothing from before if it gets the same alone.
            alone = self._case(case.question.alone(), "", ordered=case.ordered, real=True)
            its_rule, its_own = decided(alone, self._levers.rules)
            if [named.contact for named in its_own.contacts[:1]] == [verdict.contacts[0].contact]:
                case, rule, verdict = alone, its_rule, its_own
        if consultation is not None:
            case = consultation.on(case, rule, verdict, partial(self._pooled, case))
            rule, verdict = decided(case, self._rules_for(case))
        note = (f"Taken to be about {whom}, whom the answer before named.",) if whom else ()
        return case, rule, replace(with_yes_or_no(verdict, case), notes=(*verdict.notes, *note))

    def _named_before(self, asked: str, history: tuple[str, ...], consultation: Consultation | None) -> str:
        """Whom the answer to the turn before names first, where the question asks for more about them."""
        turns = [turn for turn in history if not rung_tried(turn)]
        if not turns or not of_them(asked, "x"):
            return ""
        _, _, verdict = self._decided(turns[-1], tuple(turns[:-1]), consultation)
        first = next((named.contact for named in verdict.contacts), None)
        return (first.name or first.address) if first else ""

    def _each(
        self, asked: str, history: tuple[str, ...], consultation: Consultation | None
    ) -> tuple[list[tuple[Case, Rule, Verdict]], Verdict]:
        """How each of several questions asked at once is answered, and the answers as one; or that of a single one."""
        each = [self._decided(part, (), consultation) for part in asked_at_once(asked)]
        together = in_one([verdict for _, _, verdict in each])
        if together:
            return each, together
        single = self._decided(asked, history, consultation)
        return [single], single[2]

    def case(self, asked: str, history: tuple[str, ...] = ()) -> Case:
        """Everything that the rules look at, for a question after its earlier turns."""
        kept, ordered = without_orders(asked)
        language = other_language(kept)
        turns = [*(history if self._levers.history else ()), kept or asked]
        if self._levers.spelling:
            turns = [self._speller.corrected(turn) for turn in turns]
        question = understand(turns[-1], turns[:-1])
        if question.may_stand_alone:
            alone = self._case(question.alone(), language, ordered=ordered, real=bool(kept))
            joined = None if self._stands(alone) else self._case(question, language, ordered=ordered, real=bool(kept))
            return joined if joined and (question.leans or _is_met(alone.question, joined)) else alone
        return self._case(question, language, ordered=ordered, real=bool(kept))

    def _stands(self, alone: Case) -> bool:
        """Whether a question that leaves the turns before it aside is surely answered, or surely declined."""
        verdict = decide(alone, self._levers.rules)
        declined = verdict.outcome == "decline" and (alone.scope.by_form or not alone.question.who)
        return verdict.confidence >= STANDS and (verdict.outcome == "answer" or declined)

    def _case(self, question: Question, language: str, *, ordered: bool, real: bool) -> Case:
        records = self._register
        named = records.gazetteer.find(question.own_words)
        bare = _without(question.own_words, named)
        of_page = about_page(bare)
        asked = [(f"{question.before} {question.lookup}".strip(), question.lookup)]
        if of_page:
            asked.append((f"{question.before} {page_topic(question.own_words)}".strip(), ""))
        found, *of_topic = self._retriever.search_all(asked)
        things = named or (() if names_matter(question.own_words) else records.gazetteer.find(question.before))
        aside = about_assistant(question.own_words)
        scope = (
            aside_from_matters(aside, self.index.manifest.updated)
            if aside
            else in_other_language(language)
            if language
            else self._scope.judge(
                question.text if question.leans else question.own_words,
                found.nearest,
                ordered=ordered,
                real=real and (question.who or question.needs or bool(question.before)),
                leans=question.leans
                or (bool(question.before) and (question.next or not names_matter(question.own_words))),
                who=question.who or question.needs,
            )
        )
        return Case(
            question=question,
            ordered=ordered and real,
            about_alerts=about_alerts(bare),
            about_page=of_page,
            page=self._page(best_page(of_topic[0] if of_topic else found)),
            found=found,
            things=things,
            names_thing=any(thing.certain for thing in named),
            only_things=bool(named) and not names_matter(LINK.sub(" ", bare)),
            ladder=records.ladders.of(question),
            book=records.book,
            scope=scope,
            register=records,
            ranking=rank(found, question, records.traits, self._levers.weights),
        )

    def _pooled(self, case: Case, phrases: Sequence[str]) -> Case:
        """The case with what is found for some phrases too, each fact with the best that speaks for it."""
        if not phrases:
            return case
        question = case.question
        asked = [
            (f"{question.before} {question.lookup}".strip(), question.lookup),
            *((phrase, "") for phrase in phrases),
        ]
        found = pooled(self._retriever.search_all(asked))
        ranking = rank(found, question, self._register.traits, self._levers.weights)
        return replace(case, found=found, ranking=ranking)

    def _page(self, best: tuple[int, float] | None) -> tuple[Fact, float] | None:
        return (self.index.records.fact_at(best[0]), best[1]) if best else None

    def _written(self, question: str, verdict: Verdict, case: Case, notes: Sequence[str]) -> Answer:
        sources = Sources()
        contacts = tuple(
            NamedContact(n.contact.kind, n.contact.name, n.contact.address, n.why, sources.add_all(n.places))
            for n in verdict.contacts
        )
        talk = case.scope.by_form and case.scope.kind == "chat"
        pages = () if talk else tuple(NearPage(passage.place) for passage in case.found.pages(NEAR_PAGES))
        to_do = asked_for(verdict.steps, verdict.contacts, {page.place.path for page in pages})
        steps, of_items = sources.cited(to_do), sources.cited(verdict.items)
        sources.add_all(verdict.evidence)
        rungs = rungs_left(case, verdict, sources)
        listed = sources.listed
        said = Said(listed, contacts)
        contacts = tuple(replace(contact, why=said.only(contact.why)) for contact in contacts)
        steps_shown = tuple(Step(said.only(s.topic), n) for s, n in zip(to_do, steps, strict=True))
        items = tuple(Item(said.only(item.topic), n) for item, n in zip(verdict.items, of_items, strict=True))
        rungs = tuple(replace(rung, who=said.only(rung.who)) for rung in rungs)
        cautions = tuple(map(said.only, (*verdict.notes, *notes)))
        all_notes = (*cautions, *assumed(case, verdict, said))
        if verdict.outcome == "decline":
            markdown = verdict.reason
        elif verdict.outcome == "answer":
            markdown = reply.answered(
                contacts, steps_shown, items, rungs, listed, all_notes, verdict.lead, several=verdict.rule == "several"
            )
        else:
            markdown = reply.escalated(rungs, listed, all_notes, len(verdict.tried), pages, verdict.lead)
        return Answer(
            id="",
            question=question,
            outcome=verdict.outcome,
            rule=verdict.rule,
            confidence=verdict.confidence,
            markdown=markdown,
            index=self.index.digest,
            contacts=contacts,
            steps=steps_shown,
            ladder=rungs,
            sources=listed,
            pages=pages,
            items=items,
            notes=(*([verdict.lead] if verdict.lead else []), *all_notes),
            cautions=cautions,
            lead=verdict.lead,
            continues=bool(case.question.before),
            close=verdict.rule.startswith("stated:") and case.ranking.lead < NEAR_TIE,
        )

    def seen(self, question: str, history: tuple[str, ...], most: int) -> dict[str, Any]:
        return {"index": self.index.digest, **seen(self.case(question, history), most)}

    def facts(self, relation: str, path: str, offset: int, limit: int) -> dict[str, Any]:
        total, facts = some_facts(self.index, self._register.book, (relation, path), slice(offset, offset + limit))
        return {"index": self.index.digest, "total": total, "facts": facts}

    def passages(self, words: str, n: int) -> tuple[Passage, ...]:
        return tuple(hit.passage for hit in self._retriever.search(words).passages[:n])

    def examples(self, n: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
        facts, rungs = self.index.records.facts, self._register.ladders.for_all.rungs
        stated = (facts("does"), facts("ask"), facts("owns repo"), facts("owns page"))
        return examples(*stated, rungs, n, self._is_answered_from)

    def _is_answered_from(self, question: str, path: str) -> bool:
        """Whether it is surely enough answered, first of all by a line of the page at `path`."""
        found = self.answer(question, ())
        own = found.contacts[0].sources if found.contacts and found.confidence >= STANDS else ()
        return any(source.place.path == path for source in found.sources if source.number in own)


def _is_met(alone: Question, joined: Case) -> bool:
    """Whether what is found for a question with its earlier turns has to do with its own words too, and not with those
    turns only."""
    best = joined.ranking.best
    return best is None or shares_matter(best.fact, alone, joined.register.traits.of(best.fact))


def _without(text: str, things: Sequence[Named]) -> str:
    """The text without the names of things, whose words ask for nothing."""
    for thing in sorted(things, key=lambda t: -t.start):
        text = text[: thing.start] + "it" + text[thing.end :]
    return text
