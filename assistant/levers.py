"""What can be switched off in the assistant, so that it can be measured what each is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.rules import Rule
from assistant.weights import WEIGHTS


@dataclass(frozen=True, slots=True)
class Levers:
    """All on, unless said otherwise."""

    vocabulary: bool = True
    """Words of the field that mean the same find each other (`vocabulary.toml`)."""
    spelling: bool = True
    """Typing errors are put right."""
    history: bool = True
    """A question is understood with the turns before it."""
    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)
    """What speaks for a statement."""
    rules: Sequence[Rule] | None = None
    """Some of the rules, in their order; None for all."""
