"""How a model is asked about a case, as the flow knows it. The room that talks to one (`assistant/model/`) is opened by
whoever sets it, and nothing else imports it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from assistant.case import Case
from assistant.rules import Rule
from assistant.verdict import Verdict
from ingest.store.index import Index


class Consultation(Protocol):
    """One reader's question, with what is left of its budget."""

    def on(self, case: Case, rule: Rule, verdict: Verdict, pooled: Callable[[Sequence[str]], Case]) -> Case:
        """The case with what the model made of it, and how; `rule` came to `verdict` without it. `pooled` gives the
        case with what is found for some further phrases too."""
        ...


class Consultant(Protocol):
    """A model on its leash, for one index; safe to share between threads."""

    def begin(self) -> Consultation:
        """For one question, however many parts it has."""
        ...


Consults = Callable[[Index], Consultant | None]
"""The model that may be asked about an index's cases, if any."""
