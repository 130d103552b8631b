"""What a rule decides, before it is numbered and written: whom, why, from which places of the manual."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.values import Outcome
from ingest.values import Contact, Fact, Place


@dataclass(frozen=True, slots=True)
class Named:
    """A contact to show, and the places that state it."""

    contact: Contact
    why: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision of one rule. `tried` are rungs that the person has been to."""

    outcome: Outcome
    rule: str
    confidence: float
    contacts: tuple[Named, ...] = ()
    steps: tuple[Fact, ...] = ()
    evidence: tuple[Place, ...] = ()
    """Further places that were used, beside those of the contacts."""
    notes: tuple[str, ...] = ()
    reason: str = ""
    """One sentence for the reader; of a decline, the whole reply."""
    tried: frozenset[int] = field(default_factory=frozenset)
