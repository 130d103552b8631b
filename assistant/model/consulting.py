"""A reader's question put to a model, where the deterministic answer is not sure: choose, and look further.

Whatever fails, the case is given back as it was, with the reason.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace

from cachetools import LRUCache, TTLCache

from assistant.candidates import MOST, candidates
from assistant.case import Case
from assistant.choice import Choice, Consulted, Outcome
from assistant.consultant import Consultation
from assistant.model.budget import Budget, Read
from assistant.model.counts import Counts
from assistant.model.leash import Dropped, choice_of, phrases_of
from assistant.model.prompts import Prompt, keyed, to_choose, to_search
from assistant.model.speaking import FailedError, Reply, Speaker
from assistant.rules import OPEN, Rule, declined
from assistant.verdict import Verdict
from ingest.values import Ability, Fact, ModelSettings

STANDS = 0.6
"""The confidence from which an answer stands where the model sees nobody: a model reads thirty lines without their
addresses. On the seen halves of two manuals' questions all three such answers were right, and of nine less sure ones
two."""
_FEWEST = 5
"""Candidates; with room for fewer nothing is sent."""
_KEPT = 1024
"""Replies that are kept by what was asked: a page asks again for what it shows."""
_SPARED = 30
"""Seconds in which what failed is not tried again: a server that is down would cost every card of a page its time."""


class Memory:
    """Replies and failures by the digest of what was asked, until the program ends; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._replies: MutableMapping[str, Reply] = LRUCache(_KEPT)
        self._failures: MutableMapping[str, FailedError] = TTLCache(_KEPT, _SPARED)

    def recall(self, digest: str) -> Reply | None:
        """What was replied; FailedError, as a moment ago."""
        with self._lock:
            if (failure := self._failures.get(digest)) is not None:
                raise FailedError(failure.kind, str(failure))
            return self._replies.get(digest)

    def keep(self, digest: str, said: Reply | FailedError) -> None:
        with self._lock:
            if isinstance(said, Reply):
                self._replies[digest] = said
            else:
                self._failures[digest] = said


@dataclass(frozen=True)
class Leashed:
    """A model that may be consulted about the cases of one index."""

    speaker: Speaker
    may: frozenset[Ability]
    settings: ModelSettings
    counts: Counts
    memory: Memory

    def begin(self) -> Consultation:
        return _Asking(self)


class _Asking:
    """One reader's question, with what is left of its budget. Its parts come one after the other."""

    def __init__(self, leashed: Leashed) -> None:
        self._leashed = leashed
        self._budget = Budget(leashed.settings.seconds, leashed.settings.tokens, leashed.counts)
        self._begin()

    def _begin(self) -> None:
        self._dropped = Dropped()
        self._searched: tuple[str, ...] = ()
        self._sent = 0

    def on(self, case: Case, rule: Rule, verdict: Verdict, pooled: Callable[[Sequence[str]], Case]) -> Case:
        why = _sure(case, rule, verdict, self._leashed.settings.below)
        if why:
            return replace(case, consulted=Consulted("not asked", why))
        self._begin()
        counts = self._leashed.counts
        counts.add(questions=1)
        try:
            if "choose" in self._leashed.may:
                case, said = self._chosen(case, verdict, pooled)
            else:
                case, said = self._looked_further(case, pooled)
        except FailedError as failure:
            counts.failed(failure.kind)
            said = ("fell back", f"The answer without it stands: {failure}.")
        counts.add(dropped_keys=self._dropped.keys, dropped_texts=self._dropped.texts)
        consulted = Consulted(
            *said,
            self._budget.calls,
            self._sent,
            self._budget.spent,
            self._searched,
            self._dropped.keys,
            self._dropped.texts,
        )
        return replace(case, consulted=consulted)

    def _chosen(
        self, case: Case, verdict: Verdict, pooled: Callable[[Sequence[str]], Case]
    ) -> tuple[Case, tuple[Outcome, str]]:
        """The case with what was chosen, among what the question finds, and then among what else its phrases find."""
        search = "ask again" in self._leashed.may
        seen = candidates(case)
        choice, phrases = self._choice(case, seen, search=search)
        if choice.kind == "nobody" and phrases:
            self._searched = phrases
            self._leashed.counts.add(searched=1)
            known = {fact.id for fact in seen}
            more = [fact for fact in candidates(pooled(phrases), 2 * MOST) if fact.id not in known][:MOST]
            if more:
                choice, _ = self._choice(case, more, search=False)
        self._leashed.counts.add(**{_COUNTED[choice.kind]: 1})
        if choice.kind == "elsewhere" and verdict.outcome == "decline":
            return case, ("chose", "It says that this is no matter for the organisation, as the answer did without it.")
        if choice.kind == "nobody" and verdict.outcome == "answer" and verdict.confidence >= STANDS:
            return case, ("chose", f"{_told(choice)} The answer without it is sure enough to stand all the same.")
        return replace(case, choice=choice), ("chose", _told(choice))

    def _choice(self, case: Case, facts: Sequence[Fact], *, search: bool) -> tuple[Choice, tuple[str, ...]]:
        """What is chosen among some facts, as many as there is room for, and the phrases to look up besides."""
        facts = tuple(facts)
        while len(facts) > _FEWEST and not self._budget.allows(to_choose(case.question, keyed(facts), search=search)):
            facts = facts[: max(_FEWEST, len(facts) * 2 // 3)]
        known = keyed(facts)
        self._sent += len(facts)

        def read(value: object) -> tuple[Choice, tuple[str, ...]]:
            return choice_of(value, known, self._dropped), phrases_of(value, self._dropped) if search else ()

        return self._ask(to_choose(case.question, known, search=search), read)

    def _looked_further(self, case: Case, pooled: Callable[[Sequence[str]], Case]) -> tuple[Case, tuple[Outcome, str]]:
        """The case with what is found for phrases of the model's too, by which the rules decide as ever."""
        phrases = self._ask(to_search(case.question), lambda value: phrases_of(value, self._dropped))
        if not phrases:
            return case, ("fell back", "The answer without it stands: it gave no phrase that could be looked up.")
        self._searched = phrases
        self._leashed.counts.add(searched=1)
        return pooled(phrases), ("searched", "The rules decided on what its phrases find too.")

    def _ask(self, prompt: Prompt, read: Callable[[object], Read]) -> Read:
        """What `read` takes of the reply to a prompt, which may be known from before."""
        memory = self._leashed.memory
        known = memory.recall(prompt.digest)
        if known is not None:
            return read(known.value)
        try:
            reply, taken = self._budget.ask(self._leashed.speaker, prompt, read)
        except FailedError as failure:
            memory.keep(prompt.digest, failure)
            raise
        memory.keep(prompt.digest, reply)
        return taken


_COUNTED: Mapping[str, str] = {"these": "chosen", "nobody": "nobody", "elsewhere": "elsewhere"}


def _sure(case: Case, rule: Rule, verdict: Verdict, below: float) -> str:
    """Why the answer stands without a model, in one sentence; empty where it may be asked."""
    if rule not in OPEN or (rule is declined and case.scope.by_form):
        return f"The rule “{verdict.rule}” decides without it."
    if verdict.confidence >= below:
        return f"The answer is sure enough without it ({verdict.confidence:.2f}, and {below:.2f} is needed)."
    if not case.question.own_words:
        return "The question says nothing that could be sent."
    return ""


def _told(choice: Choice) -> str:
    if choice.kind == "elsewhere":
        return "It says that this is no matter for the organisation."
    if choice.kind == "nobody":
        return "It says that none of the candidates is for this matter."
    places = (f"{fact.place.path}:{fact.place.first}" for fact in choice.facts)
    return f"It chose what stands at {', '.join(places)}."
