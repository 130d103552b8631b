"""Everything that a rule may look at, and how a statement is given as a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from assistant.address_book import AddressBook
from assistant.caveats import shortened
from assistant.choice import Choice, Consulted
from assistant.ranking import Ranking
from assistant.register import Register
from assistant.repos import Named as NamedThing
from assistant.retrieve import Found
from assistant.rungs import Ladder
from assistant.scope import Scope
from assistant.understand import Question
from ingest.values import Fact

LONGEST_WHY = 240
"""Characters of a statement that are shown as the reason."""
TERSE = 6
"""Words; a statement of so few says little without its page's title."""


@dataclass(frozen=True)
class Case:
    """Everything a rule may look at."""

    question: Question
    ordered: bool
    """Whether orders to the assistant were taken out of the question."""
    about_alerts: bool
    """Whether it asks who gets alerts, the names of things aside."""
    about_page: bool
    """Whether it is about a page as a page, the names of things aside."""
    found: Found
    things: tuple[NamedThing, ...]
    names_thing: bool
    """Whether the question itself, and not a turn before it, surely names one of `things`."""
    only_things: bool
    """Whether it names things and says nothing else of what it is about."""
    page: tuple[Fact, float] | None
    """The owner of the page that fits best, and that page's score."""
    ladder: Ladder
    book: AddressBook
    scope: Scope
    ranking: Ranking
    register: Register
    choice: Choice | None = None
    """What a model chose among the candidates, where one was asked."""
    consulted: Consulted | None = None
    """How it was asked, where one is set."""

    @cached_property
    def tried(self) -> frozenset[int]:
        """The numbers of the rungs that any turn says were tried."""
        return self.ladder.tried(self.question)

    @cached_property
    def tells_of_rung(self) -> bool:
        """Whether the last turn itself says that a rung was tried."""
        return bool(self.ladder.tried(replace(self.question, turns=self.question.turns[-1:])))


def why_of(fact: Fact) -> str:
    """What a statement says, as the reason for naming its contact."""
    said = shortened(fact.topic, LONGEST_WHY)
    if len(said.split()) <= TERSE:
        said = f"{said} (on “{fact.place.title}”)"
    return said if fact.relation != "does" else f"the manual says of them: {said}"


def reason_of(fact: Fact) -> str:
    """What any fact says of whom it names, as the reason for naming them."""
    if fact.relation == "owns page":
        return f"owns the page “{fact.place.title}”"
    if fact.relation == "owns repo":
        return f"owns {fact.topic}"
    if fact.relation == "gets alerts":
        return f"gets the alerts of {fact.topic}"
    return why_of(fact)
