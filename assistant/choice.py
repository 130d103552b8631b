"""What a model may say about a case: an order of facts, and never a word of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ingest.values import Fact

Outcome = Literal["chose", "searched", "not asked", "fell back"]
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

    outcome: Outcome
    why: str
    calls: int = 0
    candidates: int = 0
    tokens: int = 0
    """As counted by the model's server, or else estimated; like `calls`, of the whole question so far."""
    searched: tuple[str, ...] = ()
    dropped_keys: int = 0
    """Keys in its replies that were none of the candidates'."""
    dropped_texts: int = 0
    """Texts in its replies that looked like a contact, a link or an order."""
