"""The ladder at question time: which rungs the person has tried, and which are left."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.phrases import ALERT, HOURS_DUTY
from assistant.understand import TRIED, Question, rung_tried
from assistant.weights import general_stems
from ingest.relations import FOR, LAST_RESORT
from ingest.store.words import tokenize
from ingest.values import Fact

_WORDS = re.compile(r"[#@]?[a-z0-9][\w-]*")
_EMPTY = frozenset(
    [
        "the",
        "a",
        "an",
        "on",
        "in",
        "of",
        "your",
        "our",
        "my",
        "team",
        "programme",
        "person",
        "people",
        "for",
        "at",
        "and",
        "or",
        "to",
    ]
)
_SHORT = {"tl": "tech lead", "dev": "developer", "pm": "product manager", "dm": "delivery manager", "arch": "architect"}
_SAME = {
    "tech": "technical",
    "technical": "technical",
    "dev": "developer",
    "devs": "developer",
    "developers": "developer",
    "leads": "lead",
}


_ON_CALL = re.compile(rf"\b(?:{HOURS_DUTY}|{ALERT})\b", re.IGNORECASE)
"""What an order is for that holds whenever nobody is at work."""
_OF_ORDERS = frozenset(
    tokenize("escalation escalate escalating order path chain level call hours alert incident urgent")
)
"""Stems of headings that say that something is an order, and not of what."""
_ON_CALL_NOW = re.compile(r"\b(?:on[- ]?call|pager\w*)\b", re.IGNORECASE)


def orders_in(rungs: Iterable[Fact]) -> list[tuple[Fact, ...]]:
    """The rungs of several orders, each by itself: one begins with the first rung."""
    found: list[list[Fact]] = []
    for rung in sorted(rungs, key=lambda f: (f.place.path, f.attributes.get(FOR, ""), f.place.first, f.rank)):
        if rung.rank == 1 or not found:
            found.append([])
        found[-1].append(rung)
    return [tuple(order) for order in found]


class Ladders:
    """The orders of a manual: the one for everybody, and those of a topic or for whoever is on call."""

    def __init__(self, rungs: Iterable[Fact]) -> None:
        orders = orders_in(rungs)
        self.for_all = Ladder(next((order for order in orders if FOR not in order[0].attributes), ()))
        self._others = [Ladder(order) for order in orders if FOR in order[0].attributes]

    def of(self, question: Question) -> Ladder:
        """The order of the matter that a question names, else the one on call where it asks for that, else the one for
        everybody."""
        said = set(tokenize(question.text))
        best = max(self._others, key=lambda ladder: self._named(ladder.what, said), default=None)
        if best and self._named(best.what, said):
            return best
        asked = question.out_of_hours or _ON_CALL_NOW.search(question.own_words)
        on_call = (ladder for ladder in self._others if _ON_CALL.search(f"{ladder.what} {ladder.lead}"))
        return (next(on_call, None) if asked else None) or self.for_all

    @staticmethod
    def _named(what: str, said: set[str]) -> int:
        """How many stems of what an order is for stand in a question that has all of them."""
        general = general_stems() | _OF_ORDERS
        parts = [{stem for stem in tokenize(part) if stem not in general} for part in what.split(" › ")]
        return max((len(part) for part in parts if part and part <= said), default=0)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in their order (facts of relation `rung`)."""

    rungs: tuple[Fact, ...]

    @property
    def what(self) -> str:
        """What it is for; empty for the order for everybody."""
        return self.rungs[0].attributes.get(FOR, "") if self.rungs else ""

    @property
    def is_last_resort(self) -> bool:
        """Whether it is no order, but whoever is named for what has no place of its own."""
        return bool(self.rungs) and LAST_RESORT in self.rungs[0].attributes

    @property
    def lead(self) -> str:
        """The line that introduces them."""
        return self.rungs[0].context[-1] if self.rungs else ""

    def tried(self, question: Question) -> frozenset[int]:
        """The numbers of the rungs that the turns say were tried: the rung's own words near words of trying."""
        done: set[int] = set()
        for turn in question.turns:
            done |= {rung.rank for rung in self.rungs if rung.topic == rung_tried(turn)}
            for clause in re.split(
                r"[.;!?]|,\s*(?:but|so|and|what|who|where|now)\b|\bbut\b|\bso\b|\bwhat\b", turn, flags=re.IGNORECASE
            ):
                if TRIED.search(clause):
                    done |= {rung.rank for rung in self.rungs if _names(clause, rung)}
        return frozenset(done)

    def names(self, text: str) -> bool:
        """Whether a text names any rung."""
        return any(_names(text, rung) for rung in self.rungs)

    def left(self, tried: frozenset[int]) -> tuple[Fact, ...]:
        """The rungs after the highest one tried; the last rung stays when all were."""
        if not tried:
            return self.rungs
        after = tuple(rung for rung in self.rungs if rung.rank > max(tried))
        return after or self.rungs[-1:]


def _names(clause: str, rung: Fact) -> bool:
    """Whether a clause names a rung: its address, or all words of its role in any usual short form."""
    said = set(_normal(clause))
    for contact in rung.contacts:
        if contact.address and contact.address.lower() in clause.lower():
            return True
        role = [w for w in _normal(contact.name) if w not in _EMPTY]
        if role and set(role) <= said:
            return True
    return False


def _normal(text: str) -> list[str]:
    words: list[str] = []
    for word in _WORDS.findall(text.lower().replace("’", "'")):
        words += [_SAME.get(w, w) for w in _SHORT.get(word, word).split()]
    return words
