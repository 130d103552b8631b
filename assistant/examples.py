"""Questions to start with, drawn from what the manual states."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.values import Fact

_VERB = re.compile(r"[a-z]{3,}s\b(?! )|[a-z]{3,}s [a-z]")
"""A responsibility that begins with what somebody does: "renews certificates"."""


def examples(
    does: Sequence[Fact], repos: Sequence[Fact], page_owners: Sequence[Fact], rungs: Sequence[Fact], n: int
) -> tuple[str, ...]:
    """Up to `n` questions, spread over teams, repos and pages; the same for the same facts."""
    duties = [f for f in does if _VERB.match(f.topic) and 4 <= len(f.topic.split()) <= 14]
    owned = [f for f in repos if f.contacts and "retired" not in f.attributes]
    made = [
        *(f"Who {f.topic.rstrip('.')}?" for f in _spread(duties, 3)),
        *(f"Who owns {f.topic}?" for f in _spread(owned, 1)),
        *(f"My team is stuck and we have been to {_whom(r)}. Who is next?" for r in rungs[:1]),
        *(f"Who looks after the page “{f.topic}”?" for f in _spread(page_owners, 1)),
    ]
    return tuple(dict.fromkeys(made))[:n]


def _whom(rung: Fact) -> str:
    who = rung.topic
    return who[:1].lower() + who[1:] if who.split()[0] in ("The", "Your", "A", "An", "Our") else who


def _spread(facts: Sequence[Fact], n: int) -> Sequence[Fact]:
    """`n` of the facts, evenly apart."""
    return facts[len(facts) // (2 * n) :: max(1, len(facts) // n)][:n] if facts else ()
