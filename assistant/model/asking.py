"""At ingest: how people would ask for facts, which a model writes, some facts at a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assistant.model.budget import Budget
from assistant.model.counts import Counts
from assistant.model.leash import Dropped, questions_of
from assistant.model.prompts import keyed, to_ask_for
from assistant.model.speaking import FailedError, Speaker
from ingest.values import Ability, Fact, ModelSettings

AT_ONCE = 20
"""Facts of one call."""
_PATIENCE = 60.0
"""Seconds of one call."""
_GIVEN_UP = 3
"""Calls that fail one after the other, after which no more are made."""


class AskedAs:
    """How people would ask, by a model's say; what it may is what `may` says, or else the manual's settings."""

    def __init__(self, speaker: Speaker, may: frozenset[Ability], counts: Counts) -> None:
        self._speaker = speaker
        self._may = may
        self._counts = counts
        self.name = "-".join(("asking", *sorted(may))).replace(" ", "_")
        self.stopped = ""
        """Why facts were left out, in one sentence; empty where none were."""

    def wanted(self, settings: ModelSettings) -> bool:
        return "asked as" in (self._may or settings.may)

    def __call__(self, facts: Sequence[Fact], settings: ModelSettings) -> Iterator[Mapping[str, tuple[str, ...]]]:
        """Questions by the ids of facts, call by call, until the budget is used up or the model fails for good."""
        budget = Budget(settings.ingest_seconds, settings.ingest_tokens, self._counts)
        failed = 0
        for first in range(0, len(facts), AT_ONCE):
            some = facts[first : first + AT_ONCE]
            try:
                found = self._asked(some, budget)
            except FailedError as failure:
                self._counts.failed(failure.kind)
                self.stopped = f"The language model was not asked about all facts: {failure}. The next ingest goes on."
                failed += 1
                if failure.kind == "budget" or failed == _GIVEN_UP:
                    return
                continue
            failed = 0
            yield found

    def _asked(self, facts: Sequence[Fact], budget: Budget) -> dict[str, tuple[str, ...]]:
        known, dropped = keyed(facts), Dropped()
        try:
            return budget.ask(
                self._speaker, to_ask_for(known), lambda value: questions_of(value, known, dropped), _PATIENCE
            )[1]
        finally:
            self._counts.add(dropped_keys=dropped.keys, dropped_texts=dropped.texts)
