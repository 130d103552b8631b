"""From where to where a noun phrase goes in a sentence: which words before its head belong to it ("the senior",
"Product and Engineering"), what behind it does ("of the Office", "in charge of tools"), and what stands right
before it ("your", "the")."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.facts.grammar import MODIFIERS, Grammar
from ingest.facts.lexicon import forms, words
from ingest.facts.somebody import ALONE, VAGUE
from ingest.facts.syntax import Word

_TOLD_OF = forms(words("asked", "informing") | {"advise", "remind"})
"""Whom one does that to, one does it of something: "notify your manager of the date"."""


class Extents:
    """The first and the last word of each phrase of a sentence, by the place of its head."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.plain = grammar.plain
        self.tree = grammar.tree
        self.below = grammar.below

    def left(self, place: int) -> int:
        """Where the phrase with that head begins, behind its article."""
        first = place
        while first > 0:
            before = self.tree[first - 1]
            inside = before.head == place or first <= before.head <= place
            if not inside or before.dep not in MODIFIERS or before.text in ("(", ")", ",", ":", ";", '"', "“", "”"):
                break
            if before.lower in VAGUE or before.tag in ("DT", "PRP$", "PDT", "WDT", "WP$"):
                break
            first -= 1
        if first >= place - 1 and self.tree[place].lower in words("people", "folk", "shared"):
            first = min(first, self._shared(place))
        while first > 1 and self.tree[first - 1].text == "&" and self.tree[first - 2].text[:1].isupper():
            first -= 2
            while first and self.tree[first - 1].tag == "NNP":
                first -= 1
        while first < place and (self.tree[first].dep == "punct" or self._is_said_of_another(first, place)):
            first += 1
        return first

    def _is_said_of_another(self, first: int, place: int) -> bool:
        """Whether what stands before a name is said of something else: "once it is valid Harbour Watch takes it"."""
        copula = first > 0 and self.tree[first - 1].lower in ("is", "are", "was", "were")
        small = self.tree[first].tag == "JJ" and self.tree[first].text.islower()
        return copula and small and first < place and self.is_name(self.tree[first + 1 : place + 1])

    def _shared(self, place: int) -> int:
        """Where a phrase begins whose word several share: "Product and Engineering leadership"."""
        pair = self.tree[place - 3 : place] if place > 2 else ()
        joined = len(pair) == 3 and pair[1].lower in ("and", "or", "&")
        return place - 3 if joined and pair[0].text[:1].isupper() and pair[2].text[:1].isupper() else place

    def whole(self, first: int) -> int:
        """Where the word begins of which the parser took a part: "rustc-dev-guide" is one."""
        while (
            first > 1
            and self.tree[first - 1].text in ("-", "/")
            and not self.plain[self.tree[first - 1].start - 1].isspace()
        ):
            if self.plain[self.tree[first - 1].end : self.tree[first].start]:
                break
            first -= 2
        return first

    def right(self, place: int) -> int:
        """Where the phrase ends: with "of the Office", "in charge of tools", "(s)" behind its head."""
        after = [word.lower for word in self.tree[place + 1 : place + 4]]
        behind = 3 if after == ["in", "charge", "of"] else 2 if after[:2] == ["responsible", "for"] else 0
        generic = self.tree[place].lower in ALONE
        told = after[:1] == ["of"] and self.tree[self.tree[place].head].lower in _TOLD_OF
        told = told and (self.grammar.child(place, "poss") is not None or not self._names_after(place + 2))
        behind = behind or int(after[:1] == ["of"] and not told and (not generic or self._names_after(place + 2)))
        end = self._end(place + behind) if behind else place
        return end if place < end <= place + 8 else place

    def _names_after(self, place: int) -> bool:
        """Whether a name follows, perhaps after an article: "the Director of Engineering", "Chief of Staff"."""
        articles = ("the", "our", "your", "their", "its")
        following = [word for word in self.tree[place : place + 2] if word.lower not in articles]
        return bool(following) and following[0].text[:1].isupper()

    def _end(self, place: int) -> int:
        """The last word of what hangs on a word, without clauses."""
        last = place
        for child in self.below[place]:
            if child > place and self.tree[child].dep in (
                "pobj",
                "prep",
                "compound",
                "amod",
                "det",
                "poss",
                "nmod",
                "case",
            ):
                last = max(last, self._end(child))
        return last

    def owned(self, first: int) -> bool:
        """Whether "your", "our" or the like stands before a phrase that begins there."""
        return first > 0 and self.tree[first - 1].tag == "PRP$"

    def is_definite(self, place: int) -> bool:
        """Whether the phrase with that head is one in particular: "the", "our" or "your" stands before it."""
        first = self.left(place)
        return first > 0 and self.tree[first - 1].lower in ("the", "our", "your")

    @staticmethod
    def is_name(phrase: Sequence[Word]) -> bool:
        """Whether a phrase of several words has a capital in each that is no small word."""
        return len(phrase) > 1 and all(word.text[:1].isupper() or word.tag in ("IN", "CC", "DT") for word in phrase)
