"""What makes a chain the textbook one: its settings, and which contact it names.

The evaluation measures how good such a chain is, the benchmark how fast: this keeps both of them the same chain. The
benchmark's program starts cold on the clock, so that this module may import nothing that takes time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

CHUNK = 1000
"""Characters of a chunk."""
OVERLAP = 200
"""Characters that neighbouring chunks share."""
NEAREST = 4
"""Chunks that an answer is drawn from."""
_CONTACT = re.compile(r"(?<![\w/#&])#[a-z][a-z0-9_-]{2,}|(?<![\w./])@[a-z][\w-]{2,}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def together(question: str, history: Sequence[str]) -> str:
    """What is searched for: the question with the turns before it."""
    return " ".join((*history, question))


def first_contact(chunks: Iterable[str]) -> tuple[int, str] | None:
    """The first channel, handle or email in the chunks, after the place (from 0) of the chunk that it stands in.

    >>> first_contact(["# Title", "mail a@x.org or #ops"])
    (1, 'a@x.org')
    """
    found = ((place, _CONTACT.search(chunk)) for place, chunk in enumerate(chunks))
    return next(((place, contact[0]) for place, contact in found if contact), None)
