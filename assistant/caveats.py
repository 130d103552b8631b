"""What to know before trusting an answer: where the manual says otherwise, and what in it has grown old.

Two statements contradict each other when they say nearly the same of the same matter and name different people. Which
one is shown follows one precedence: the register of repositories for who owns one; a statement for the very thing for
everything else; of two statements, the one on the page that was changed later; then the one nearer to the question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assistant.address_book import AddressBook
from assistant.phrases import APPROVES, HAD, HOLDS, HOURS_DUTY, TELLS, TICKETS, any_form
from assistant.ranking import Statements
from ingest.facts.lexicon import typed
from ingest.store.words import tokenize
from ingest.values import Contact, Fact, Place

OLD = timedelta(days=2 * 365)
"""A source this much older than the manual's newest change is said to be old."""
LONELY = timedelta(days=365)
"""A source this much older is said to be old when nothing newer names its contact."""
_SAME = (0.8, 0.5)
"""Shares of the shorter and of the longer statement's words that both must have."""
_QUOTED = 120
"""Characters of a statement that are shown in a note."""
NEAR = 0.4
"""How far a contradicting statement may lie behind the best one."""

_SPEAKING = re.compile(
    rf"\b(?:{typed(any_form('@asked.core @asked.telling @keeping.care @keeping.having'))}|"
    r"post\w*|rais\w+|slack|responsible|takes? care|deal\w*|care|please|should|about|anything|everything)\b",
    re.IGNORECASE,
)
_KINDS = tuple(
    re.compile(rf"\b(?:{said})\b", re.IGNORECASE)
    for said in (
        APPROVES,
        rf"{HOURS_DUTY}|pages|paged?",
        rf"{TELLS}|let .{{1,40}} know",
        TICKETS,
    )
)
Sharing = Callable[[Sequence[str], int], NDArray[np.int32]]
"""The rows of the statements that have at least so many of some stems in their topics."""
_OWNED = rf"(?:{HOLDS}|{HAD} by|belongs? to)"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two facts that name different people for the same matter, and why the first one is shown."""

    shown: Fact
    other: Fact
    because: str

    @property
    def note(self) -> str:
        return (
            f"The manual disagrees with itself: {_said(self.shown)}; {_said(self.other)}. "
            f"The first is shown, {self.because}."
        )


def settled(
    best: Fact, least: float, statements: Statements, sharing: Sharing, book: AddressBook
) -> tuple[Fact, Conflict | None]:
    """The best statement, or the one that contradicts it from a page changed later; and the conflict, if any.

    Of the other statements, only those that share enough words with it are read, and none that scores less than
    `least`.
    """
    shown = _Claim(best, book)
    for rival in statements.among(sharing(*shown.must_share)):
        if rival.score < least:
            break
        if shown.contradicts(_Claim(rival.fact, book)):
            if rival.fact.place.updated > best.place.updated > "":
                return rival.fact, Conflict(rival.fact, best, "because its page was changed later")
            later = best.place.updated > rival.fact.place.updated > ""
            why = "because its page was changed later" if later else "because it is nearer to your question"
            return best, Conflict(best, rival.fact, why)
    return best, None


def disputed(repo: Fact, statements: Sequence[Fact], book: AddressBook) -> Conflict | None:
    """The first statement that gives a repo of the register to somebody else."""
    if not statements:
        return None
    name = rf"(?<![\w-]){re.escape(repo.topic)}(?![\w-])"
    owning = re.compile(rf"{name}.{{0,60}}\b{_OWNED}\b|\b{_OWNED}\b.{{0,60}}{name}", re.IGNORECASE)
    owners = _Claim(repo, book).who
    for fact in statements:
        given = owning.search(fact.topic) or (fact.relation == "does" and re.search(name, fact.topic, re.IGNORECASE))
        if given and fact.contacts and fact.place.path != repo.place.path and not _Claim(fact, book).who & owners:
            return Conflict(repo, fact, "because the register of repositories says who owns one")
    return None


class _Claim:
    """What a fact says of whom, each part found when it is first asked for: one claim is held against many."""

    def __init__(self, fact: Fact, book: AddressBook) -> None:
        self._fact = fact
        self._book = book

    def contradicts(self, other: _Claim) -> bool:
        if self._has_role or other._has_role:
            return False  # a role is somebody else for every reader
        if self._section == other._section or self.who & other.who:
            return False
        if any(is_one != bool(kind.search(other._fact.topic)) for kind, is_one in self._kinds):
            return False
        ours, theirs = self._matter, other._matter
        shared, (fewest, most) = len(ours & theirs), sorted((len(ours), len(theirs)))
        if fewest < 2:
            return bool(shared) and ours == theirs
        return shared >= max(2, _SAME[0] * fewest, _SAME[1] * most)

    @property
    def must_share(self) -> tuple[Sequence[str], int]:
        """Stems, and how many of them a statement must have at least, to contradict this one."""
        ours = sorted(self._matter)
        return ours, max(2, math.ceil(_SAME[1] * len(ours))) if len(ours) >= 2 else 1

    @property
    def _section(self) -> tuple[str, str]:
        return self._fact.place.path, self._fact.place.anchor

    @cached_property
    def _has_role(self) -> bool:
        return any(contact.kind == "role" for contact in self._fact.contacts)

    @cached_property
    def _kinds(self) -> tuple[tuple[re.Pattern[str], bool], ...]:
        return tuple((kind, bool(kind.search(self._fact.topic))) for kind in _KINDS)

    @cached_property
    def _matter(self) -> frozenset[str]:
        """The stems of what it is about: of all that it says without those of its contacts, and of the words for asking
        and owning."""
        text = self._fact.topic.lower()
        for contact in sorted(self._fact.contacts, key=lambda c: -len(c.shown)):
            for named in filter(None, (contact.address, contact.name)):
                text = text.replace(named.lower(), " ")
        return self._words.intersection(tokenize(_SPEAKING.sub(" ", text)))

    @cached_property
    def _words(self) -> frozenset[str]:
        """The stems of all that it says."""
        return frozenset(tokenize(self._fact.topic))

    @cached_property
    def who(self) -> frozenset[str]:
        """Everything by which its people are known: names and addresses, those stated elsewhere too."""
        known: set[str] = set()
        for contact in self._fact.contacts:
            known |= {contact.name.lower(), contact.address.lower()}
            found = self._book.contact(contact.name) if contact.name else None
            if found:
                known |= {found.name.lower(), found.address.lower()}
        return frozenset(known - {""})


def _said(fact: Fact) -> str:
    whom = " and ".join(contact.shown for contact in fact.contacts[:2])
    owns = fact.relation == "owns repo"
    what = f"owns {fact.topic}" if owns else f"for “{shortened(fact.topic, _QUOTED)}”"
    return f"{fact.place.path}, line {fact.place.first}, names {whom} {what}"


def status_note(place: Place) -> str:
    """One sentence when the page that states a contact is not in force; else empty."""
    said = f"{place.path} is marked as {'a draft' if place.status == 'draft' else place.status}"
    return f"{place.status.capitalize()}: {said}." if place.status else ""


def shortened(text: str, most: int) -> str:
    """The text, cut after a word to at most `most` characters."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"


class Ages:
    """How old the manual's statements are, beside its newest change. Dates are ISO 8601; without git, no notes."""

    def __init__(self, last_named: Callable[[str], str], newest: str) -> None:
        """`last_named` gives the newest date of a fact that names somebody so, in any case of letters."""
        self._newest = newest
        self._last_named = last_named

    def note(self, place: Place, contact: Contact) -> str:
        """One sentence when the place that states a contact is old; else empty."""
        updated = place.updated
        if not updated or not self._newest:
            return ""
        age = date.fromisoformat(self._newest[:10]) - date.fromisoformat(updated[:10])
        if age < LONELY:
            return ""
        alone = all(self._last_named(name) <= updated for name in (contact.address, contact.name) if name)
        if age < OLD and not alone:
            return ""
        said = f"{place.path} was last changed on {updated[:10]}, the manual on {self._newest[:10]}"
        return f"Old source: {said}" + (f", and nothing newer names {contact.shown}." if alone else ".")
