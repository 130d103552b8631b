"""Typing errors put right: a word that neither the manual nor English knows becomes the nearest word of the manual.

The one door to rapidfuzz and to pyspellchecker, of which only the English word list is used. The distance is
Damerau-Levenshtein (optimal string alignment): an added, dropped or changed letter, or two that changed places,
each count one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

_WORD = re.compile(r"(?<![\w#@.'’/-])[A-Za-z]{4,}(?![\w'’@/-]|\.\w)")

_SHORT = 4
"""Up to so many letters, a word with another letter in it is more often another acronym than a typing error."""
_ENDINGS = ("s", "es", "d", "ed", "ing", "er", "ers", "ly", "able", "ment", "ness")


def nearest(word: str, words: Iterable[str], most: int) -> str | None:
    """The one of `words` that is nearest to `word`, at most `most` changes away; None where there is none, or two."""
    near = process.extract(word, list(words), scorer=OSA.distance, score_cutoff=most, limit=2)
    if not near or (len(near) == 2 and near[0][1] == near[1][1]):
        return None
    found: str = near[0][0]
    return found


def _changes(length: int) -> int:
    """How many changes a word of that length can be away from what was meant."""
    return 1 if length <= 5 else 2


@cache
def _english() -> frozenset[str]:
    return frozenset(SpellChecker(language="en").word_frequency.dictionary)


class Speller:
    """Corrects questions with the words of one manual."""

    def __init__(self, words: Callable[[], Mapping[str, int]], is_english: Callable[[str], bool]) -> None:
        """`words` gives the manual's words (lower case), each with how many texts use it; it is called once, by
        `prepare` or at the first unknown word. `is_english` tells cheaply that a word is an ordinary one; what it does
        not know is looked up in a list of 160,000 words, which is loaded then too."""
        self._load = words
        self._is_common = is_english

    def prepare(self) -> None:
        """Load what the first unknown word would wait for."""
        _english()
        self._near_in_length  # noqa: B018

    def corrected(self, question: str) -> str:
        """The question with its unknown words replaced; identifiers, addresses and short words stay as they are."""
        return _WORD.sub(lambda m: self._correct(m[0]), question)

    def _is_english(self, word: str) -> bool:
        return self._is_common(word) or word in _english()

    def _is_inflected(self, word: str) -> bool:
        """An ordinary word with one of the usual endings."""
        for ending in _ENDINGS:
            base = word.removesuffix(ending)
            if base != word and len(base) >= 3 and (self._is_english(base) or self._is_english(base + "e")):
                return True
        return False

    @cached_property
    def _words(self) -> Mapping[str, int]:
        return self._load()

    @cached_property
    def _near_in_length(self) -> Mapping[int, Sequence[str]]:
        """The manual's words that can be a word of each length written wrongly, in their order."""
        found: dict[int, list[str]] = {}
        for word in self._words:
            for length in range(len(word) - 2, len(word) + 3):
                if abs(len(word) - length) <= _changes(length):
                    found.setdefault(length, []).append(word)
        return found

    def _correct(self, word: str) -> str:
        lower = word.lower()
        if self._is_english(lower) or self._is_inflected(lower):
            return word
        words = self._words
        if lower in words:
            return word
        near = process.extract(
            lower,
            self._near_in_length.get(len(lower), ()),
            scorer=OSA.distance,
            score_cutoff=_changes(len(lower)),
            limit=8,
        )
        if len(lower) <= _SHORT:
            near = [hit for hit in near if len(hit[0]) != len(lower) or sorted(hit[0]) == sorted(lower)]
        best = min(near, key=lambda hit: (hit[1], hit[0][:1] != lower[:1], -words[hit[0]], hit[0]), default=None)
        return best[0] if best else word
