"""Questions to start with, drawn from what the manual states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from ingest.values import Fact

T = TypeVar("T")
_VERB = re.compile(r"(?!owns\b)[a-z]{2,}[a-rt-z]s\b")
"""A responsibility that begins with what somebody does: "renews certificates". What is owned is asked for below."""
_SPOKEN = re.compile(r"[^*/\\|<>{}\[\]@#_]+")
"""What a person would say aloud: no pattern, path or mark."""
_NAME = re.compile(r"[A-Za-z][\w-]{2,40}")
"""What a person would call a repository by: no path and no file."""
_ARTICLE = re.compile(r"(?:The|Your|An?|Our)\b(?=\s)")
LONGEST = 10
"""Words of a responsibility: a longer one is no question that anybody types."""
LONGEST_TITLE = 4
"""Words of a page's title that is asked about."""
TRIED = 12
"""Most pages of which it is tried whether a question about them is answered."""
OF_DUTIES = 3


def examples(
    does: Sequence[Fact],
    asks: Sequence[Fact],
    repos: Sequence[Fact],
    page_owners: Sequence[Fact],
    rungs: Sequence[Fact],
    n: int,
    answers: Callable[[str, str], bool],
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Up to `n` questions by kind, each kind under a heading; the same for the same facts. `answers` tells whether a
    question is answered from the page at a path: it is tried where a manual states few duties."""
    duties = [f for f in does if _VERB.match(f.topic) and _SPOKEN.fullmatch(f.topic)]
    short = [f for f in duties if 3 <= len(f.topic.split()) <= LONGEST]
    owned = [f for f in repos if f.contacts and "retired" not in f.attributes and _NAME.fullmatch(f.topic)]
    pages = [f for f in page_owners if _SPOKEN.fullmatch(f.topic)]
    duties_asked = [f"Who {f.topic.rstrip('.')}?" for f in _spread(short, OF_DUTIES)]
    kinds = (
        ("Whom to ask?", [*duties_asked, *islice(_about_pages(asks, answers), OF_DUTIES - len(duties_asked))]),
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


def _about_pages(asks: Sequence[Fact], answers: Callable[[str, str], bool]) -> Iterator[str]:
    """Questions about the pages that name somebody with an address, where it is they who are found."""
    reached = [f.place for f in asks if any(contact.address for contact in f.contacts)]
    titles = {place.path: place.title for place in reached if _SPOKEN.fullmatch(place.title)}
    short = [(path, title) for path, title in titles.items() if len(title.split()) <= LONGEST_TITLE]
    for path, title in _spread(short, TRIED):
        question = f"Who do I ask about {_ARTICLE.sub(lambda found: found[0].lower(), title)}?"
        if answers(question, path):
            yield question


def _whom(rung: Fact) -> str:
    return _ARTICLE.sub(lambda found: found[0].lower(), rung.topic)


def _spread(found: Sequence[T], n: int) -> Sequence[T]:
    """`n` of them, evenly apart."""
    return found[len(found) // (2 * n) :: max(1, len(found) // n)][:n] if found else ()
