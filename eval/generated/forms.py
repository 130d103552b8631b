"""The same question as other people type it: with a typo, in other case, after a greeting, wrapped in politeness.

Metamorphic testing (Chen, Cheung and Yiu 1998): what the right answer is need not be known to know that it
should be the same. Every form is drawn by a seed and the question, so that it is the same in every run.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Mapping, Sequence

LONG = 6
"""Letters of a word in which a typo is still readable."""
GREETINGS = ("Hi, ", "Hello! ", "Morning all. ", "Hi there, quick question: ", "Hey folks – ")
PADDING = (
    ("Could you please tell me: ", " Thank you!"),
    ("Sorry to bother you, ", " Thanks in advance."),
    ("I was wondering, if you don't mind: ", " Many thanks."),
    ("", " Any pointers would be much appreciated, thanks."),
    ("Please could someone help? ", " Cheers."),
)

_WORD = re.compile(r"[A-Za-z]+")


def typo(question: str, name: str, others: Collection[str], seed: int) -> str | None:
    """The question with two letters of one long word swapped, or one dropped; None where no word may be hurt.

    A word of `name` may be hurt only when its other words still tell it from all `others`.
    """
    kept = _telling(name, others)
    words = [m for m in _WORD.finditer(question) if len(m[0]) >= LONG and m[0].lower() not in kept]
    if not words:
        return None
    draw = _draw(seed, "typo", question)
    word = draw.choice(words)
    return question[: word.start()] + _hurt(word[0], draw) + question[word.end() :]


def casing(question: str, seed: int) -> str:
    """The question in small letters, or in capitals."""
    return _draw(seed, "casing", question).choice((question.lower(), question.upper()))


def greeting(question: str, seed: int) -> str:
    """The question after a greeting."""
    return _draw(seed, "greeting", question).choice(GREETINGS) + question


def padding(question: str, seed: int) -> str:
    """The question between polite words."""
    before, after = _draw(seed, "padding", question).choice(PADDING)
    return before + question + after


PLAIN_FORMS: Mapping[str, Callable[[str, int], str]] = {"casing": casing, "greeting": greeting, "padding": padding}
"""The forms that any question has; `typo` needs to know the names."""


def _draw(seed: int, form: str, question: str) -> random.Random:
    return random.Random(f"{seed}:{form}:{question}")  # noqa: S311  (the same draw in every run is the point)


def _hurt(word: str, draw: random.Random) -> str:
    """The word with a slip inside: its first and last letters stay, as they mostly do."""
    swaps = [i for i in range(1, len(word) - 2) if word[i] != word[i + 1]]
    if swaps and draw.random() < 0.5:
        i = draw.choice(swaps)
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    i = draw.randrange(1, len(word) - 1)
    return word[:i] + word[i + 1 :]


def _telling(name: str, others: Collection[str]) -> frozenset[str]:
    """The words of a name without which it could be another's, or nobody's."""
    words = _words(name)
    sets = [frozenset(_words(other)) for other in others if other != name]
    return frozenset(word for word in words if _ambiguous(frozenset(words) - {word}, sets))


def _ambiguous(rest: frozenset[str], others: Sequence[frozenset[str]]) -> bool:
    return not rest or any(rest <= other for other in others)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
