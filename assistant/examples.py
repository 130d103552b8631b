"""Questions to start with, drawn from what the manual states."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.values import Fact

_VERB = re.compile(r"(?!owns\b)[a-z]{2,}[a-rt-z]s\b")
"""A responsibility that begins with what somebody does: "renews certificates". What is owned is asked for below."""
_SPOKEN = re.compile(r"[^*/\\|<>{}\[\]@#_]+")
"""What a person would say aloud: no pattern, path or mark."""
_NAME = re.compile(r"[A-Za-z][\w-]{2,40}")
"""What a person would call a repository by: no path and no file."""
LONGEST = 10
"""Words of a responsibility: a longer one is no question that anybody types."""


def examples(
    does: Sequence[Fact], repos: Sequence[Fact], page_owners: Sequence[Fact], rungs: Sequence[Fact], n: int
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Up to `n` questions by kind, each kind under a heading; the same for the same facts."""
    duties = [f for f in does if _VERB.match(f.topic) and _SPOKEN.fullmatch(f.topic)]
    short = [f for f in duties if 3 <= len(f.topic.split()) <= LONGEST]
    owned = [f for f in repos if f.contacts and "retired" not in f.attributes and _NAME.fullmatch(f.topic)]
    pages = [f for f in page_owners if _SPOKEN.fullmatch(f.topic)]
    kinds = (
        ("Who does it?", [f"Who {f.topic.rstrip('.')}?" for f in _spread(short, 3)]),
        (
            "Whose is it?",
            [f"Who owns {f.topic}?" for f in _spread(owned, 1)]
            + [f"Who looks after the page “{f.topic}”?" for f in _spread(pages, 1)],
        ),
        ("Stuck?", [f"My team is stuck and we have been to {_whom(r)}. Who is next?" for r in rungs[:1]]),
    )
    left, made = n, []
    for title, questions in kinds:
        taken = tuple(dict.fromkeys(questions))[:left]
        left -= len(taken)
        if taken:
            made.append((title, taken))
    return tuple(made)


def _whom(rung: Fact) -> str:
    who = rung.topic
    return who[:1].lower() + who[1:] if who.split()[0] in ("The", "Your", "A", "An", "Our") else who


def _spread(facts: Sequence[Fact], n: int) -> Sequence[Fact]:
    """`n` of the facts, evenly apart."""
    return facts[len(facts) // (2 * n) :: max(1, len(facts) // n)][:n] if facts else ()
