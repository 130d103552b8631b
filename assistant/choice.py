"""What a model may say about a case, and how it is asked: by the order of facts, never by a word of its own.

The room that talks to a model (`assistant/model/`) is opened by whoever sets one; nothing else imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from ingest.values import Fact

if TYPE_CHECKING:
    from assistant.case import Case
    from assistant.rules import Rule
    from assistant.verdict import Verdict

CHOSEN = 0.85
"""The confidence in what a model chose. A careful reader of the candidates alone, on the questions of two manuals whose
deterministic answer was less sure than that, was right more often (`docs/model.md`); a weaker model is less."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen among a case's candidates: some of them, best first; "nobody" of them, though it is a matter for
    the organisation; or that it is none ("elsewhere")."""

    kind: Literal["these", "nobody", "elsewhere"]
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Consulted:
    """What a model was asked about a case and did, for `--explain`: `outcome` is "chose", "searched", "not asked" or
    "fell back", and `why` one sentence. `searched` are the phrases that were looked up beside the question."""

    outcome: Literal["chose", "searched", "not asked", "fell back"]
    why: str
    calls: int = 0
    candidates: int = 0
    tokens: int = 0
    """As counted by the model's server, or else estimated."""
    searched: tuple[str, ...] = ()
    dropped_keys: int = 0
    """Keys in its replies that were none of the candidates'."""
    dropped_texts: int = 0
    """Texts in its replies that looked like a contact, a link or an order."""


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
