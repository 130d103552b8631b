"""The values that pass between the steps of ingest, and on to the assistant.

Every value is frozen and equal by content. Lines are counted from 1 and spans are inclusive, as an
editor shows them; paths are POSIX paths relative to the manual's root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ContactKind = Literal["team", "channel", "handle", "queue", "email", "phone", "schedule", "role", "person", "link"]
Relation = Literal["does", "ask", "owns page", "owns repo", "gets alerts", "queue", "rung", "step"]

RELATIONS: tuple[Relation, ...] = (
    "does",
    "ask",
    "owns page",
    "owns repo",
    "gets alerts",
    "queue",
    "rung",
    "step",
)
STATEMENTS: tuple[Relation, ...] = ("does", "ask", "queue")
"""The relations of facts that say in words what somebody is for."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a fact names: `name` as the manual writes it, `address` where they are reached.

    One of the two may be empty: a bare channel has no name, a role may have no address.
    """

    kind: ContactKind
    name: str
    address: str = ""

    @property
    def shown(self) -> str:
        """What identifies the contact: its address, or its name where it has none."""
        return self.address or self.name


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the manual, as read: nothing is re-rendered, `lines` are the file's own lines."""

    path: str
    title: str
    lines: tuple[str, ...]
    body_first: int
    """The line on which the body starts (after the front matter)."""
    owner: str = ""
    owner_line: int = 0
    """The line that states the owner; 0 when there is none."""
    meta: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    commit: str = ""
    updated: str = ""
    """ISO 8601 date of the last commit that touched the file; empty outside git."""

    @property
    def digest(self) -> str:
        """sha256 of the lines."""
        return hashlib.sha256("\n".join(self.lines).encode("utf-8", "surrogatepass")).hexdigest()

    def quote(self, first: int, last: int) -> str:
        """The file's own lines `first` to `last`, verbatim."""
        return "\n".join(self.lines[first - 1 : last])


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: enough to cite it without opening the manual again."""

    path: str
    title: str
    heading: str
    anchor: str
    first: int
    last: int
    quote: str
    url: str
    owner: str = ""
    updated: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of blocks of one section that fits the encoder.

    `text` is what is embedded and searched: title, heading path and the blocks' plain text.
    """

    id: str
    text: str
    headings: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Fact:
    """Who, for what, and where that is written.

    `topic` is what the contact is for, in the manual's words (a responsibility, a sentence, a repo's
    name, a page's title). `context` are the words around it that say what it is about: title, heading
    path, introducing line. `contacts` are in the order in which the statement names them.
    """

    id: str
    relation: Relation
    contacts: tuple[Contact, ...]
    topic: str
    context: tuple[str, ...]
    place: Place
    rank: int = 0
    """The number, from 1, of a rung or a step; else 0."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What else the entry says, by the manual's own keys (`retired`, `description`, `type`)."""
    stated: Place | None = None
    """Where the contacts stand, when that is not `place`: the introducing line, a link's definition."""

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place that is needed to prove the fact: what is said, and where the contacts stand."""
        return (self.place, self.stated) if self.stated else (self.place,)

    @property
    def text(self) -> str:
        """What is embedded and searched: the context, then the topic."""
        return "\n".join((*self.context, self.topic))


@dataclass(frozen=True, slots=True)
class Warning_:
    """Something in the manual that a person should mend."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


Collection = Literal["facts", "topics", "passages"]


COLLECTIONS: tuple[Collection, ...] = ("facts", "topics", "passages")
"""What is searched: facts with their context, the topics of statements alone (by the fact's id), passages."""


def statements_of(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts whose topic is searched on its own too."""
    return tuple(fact for fact in facts if fact.relation in STATEMENTS)
