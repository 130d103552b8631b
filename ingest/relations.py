"""What a fact can say: each relation between a thing and its contacts, and all that depends on which one it is.

A new relation is a name in `Relation`, a row in `KINDS`, and a reader in `ingest/facts` that makes such facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Relation = Literal["does", "ask", "owns page", "owns repo", "gets alerts", "queue", "rung", "step"]
"""In the order of their numbers in the arrays of an index: a new one goes to the end."""

FOR = "for"
"""The attribute of a rung that is not of the order for everybody: the title and headings that say what it is for."""

LAST_RESORT = "last resort"
"""The attribute of a rung that is no order's: the one place that the manual names for whatever has no other."""

RELATIONS: tuple[Relation, ...] = get_args(Relation)


@dataclass(frozen=True, slots=True)
class RelationKind:
    """What is true of all facts of one relation; empty texts mean that it does not appear there."""

    name: Relation
    counted: str
    """What several facts are called where they are counted."""
    title: str = ""
    """The heading over what a contact has of it in the directory."""
    one: str = ""
    many: str = ""
    """What one fact is called in a contact's brief, and several."""
    json_key: str = ""
    """The list of `directory --json` that holds it."""
    asked_kind: str = ""
    """What the evaluation calls the questions it makes of it."""
    asked_as: str = ""
    """How the evaluation asks for it, with {topic} and {title} (of the page)."""
    asked_of_verb: str = ""
    """The same for a topic that begins with a verb."""
    is_statement: bool = False
    """Says in words what somebody is for: its topic is searched on its own, and its lines are quoted."""
    states_addresses: bool = False
    """Where it gives a team and an address, that is where the team is reached."""
    shows_life: bool = False
    """Shows that those whom it names are still there."""
    may_be_unnamed: bool = False
    """Is kept without a contact too."""


KINDS: tuple[RelationKind, ...] = (
    RelationKind(
        "does",
        counted="responsibilities of teams",
        title="What they do",
        one="duty",
        many="duties",
        json_key="teams",
        asked_kind="responsibility",
        asked_as="Whom do I ask about {topic} ({title})?",
        asked_of_verb="Who {topic}?",
        is_statement=True,
        states_addresses=True,
        shows_life=True,
    ),
    RelationKind(
        "ask",
        counted="statements that say whom to ask",
        title="When to ask them",
        one="reason to ask",
        many="reasons to ask",
        is_statement=True,
        states_addresses=True,
        shows_life=True,
    ),
    RelationKind(
        "queue",
        counted="queues for tickets",
        title="Tickets",
        one="kind of ticket",
        many="kinds of ticket",
        json_key="queues",
        is_statement=True,
        shows_life=True,
    ),
    RelationKind(
        "owns repo",
        counted="repositories with an owner",
        title="Repositories they own",
        one="repository",
        many="repositories",
        json_key="repos",
        asked_kind="repo owner",
        asked_as="Who owns {topic}?",
        shows_life=True,
        may_be_unnamed=True,
    ),
    RelationKind(
        "gets alerts",
        counted="repositories with a team for alerts",
        title="Repositories whose alerts they get",
        one="repository’s alerts",
        many="repositories’ alerts",
        json_key="repos",
        asked_kind="repo alerts",
        asked_as="Who gets the alerts for {topic}?",
    ),
    RelationKind(
        "owns page",
        counted="pages with an owner",
        title="Pages they own",
        one="page",
        many="pages",
        json_key="pages",
        asked_kind="page owner",
        asked_as="Who owns the page “{topic}”?",
        shows_life=True,
    ),
    RelationKind("rung", counted="rungs of the order of escalation", json_key="ladder"),
    RelationKind("step", counted="steps to follow", may_be_unnamed=True),
)
"""Each relation once, in the order in which people are shown them; where several state an address, the better first."""

KIND_OF: Mapping[str, RelationKind] = {kind.name: kind for kind in KINDS}
"""By the relation."""
STATEMENTS: tuple[Relation, ...] = tuple(kind.name for kind in KINDS if kind.is_statement)
"""The relations of facts that say in words what somebody is for."""
