"""The ladder at question time: which rungs the person has tried, and which are left."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.understand import TRIED, Question, rung_tried
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


@dataclass(frozen=True, slots=True)
class Ladder:
    """The manual's rungs in order (facts of relation `rung`)."""

    rungs: tuple[Fact, ...]

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
