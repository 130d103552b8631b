"""The values that pass between the steps of ingest, and on to the assistant.

Every value is frozen and equal by content. Lines are counted from 1 and spans are inclusive, as an
editor shows them; paths are POSIX paths relative to the manual's root.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import accumulate, takewhile
from typing import Any, Literal, Protocol

from ingest.relations import STATEMENTS, Relation

ContactKind = Literal["team", "channel", "handle", "queue", "email", "phone", "schedule", "role", "person", "link"]
Scope = Literal["sentence", "section", "page", "folder", "everything"]
"""How far a fact reaches; see `ingest/facts/scopes.py`."""
Generator = Literal["", "mkdocs", "jekyll", "hugo", "docusaurus"]
Status = Literal["", "draft", "archived", "deprecated"]
"""What a page says of itself, or its folder says of it; "" for a page that is in force."""


LONGEST_LINE = 10_000
"""Characters; a longer line is read and quoted in pieces: what is found on it would each hold the whole of it."""
QUOTED = 800
"""Characters of the longest such piece: as many as mostly fit the encoder."""
LONGEST_QUOTE = 10_000
"""Characters of the longest quote of several lines: whole lines, as many as it has room for."""
MOST_CONTACTS = 100
"""Of one fact: what names more is a list of everybody, and tells nobody whom to ask."""
LONGEST_TITLE = 500
"""Characters of the longest title or heading, which every fact and passage under it repeats."""


Ability = Literal["choose", "ask again", "asked as"]
"""What a language model may do: choose among candidates, say what else to look up, write at ingest how people ask."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What a language model may do with this manual and what that may cost, once whoever runs the program names one:
    a manual names none, and no server."""

    may: tuple[Ability, ...] = ()
    """Empty: what the program does unless told."""
    below: float = 0.85
    """It is asked where the answer without it is less sure than that."""
    seconds: float = 20.0
    """For one question, with all calls."""
    tokens: int = 16_000
    """For one question, sent and received."""
    ingest_seconds: float = 1800.0
    ingest_tokens: int = 1_000_000
    """For one ingest."""


@dataclass(frozen=True, slots=True)
class Settings:
    """An organisation's particulars.

    base_url: what page links start with; site: whether pages are published by the Tech Docs rule.
    ladder: rungs for a manual that has none of its own. generic: channels that own too much to mean much.
    aliases: other spellings of a team, repo or product. organisation: its names, as prefixes of team names.
    feedback: whether the chat page may ask if an answer helped, and keep unanswered questions.
    """

    base_url: str = ""
    site: bool = False
    generator: Generator = ""
    """The site generator that publishes its pages, where that is no Tech Docs site."""
    content: str = ""
    """The folder that the generator's pages lie in."""
    directories: bool = True
    """Whether the generator makes each page a directory of its own ("a/b/"), and not "a/b.html"."""
    repository: str = ""
    """Where the manual's files can be read on the web, up to and including the branch."""
    organisation: tuple[str, ...] = ()
    ladder: tuple[str, ...] = ()
    generic: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    slack_url: str = ""
    feedback: bool = True
    exclude: tuple[str, ...] = ()
    """Globs of pages that are not read, as `archive/**`."""
    asked: Mapping[str, str] = field(default_factory=dict)
    """Questions that were confirmed, each with the place ("path:line") of the statement that answers it."""
    name: str = ""
    """What the manual is called, as its own site has it."""
    webhook: str = ""
    """Where each note of what readers asked is sent as it is kept; empty: nowhere."""
    model: ModelSettings = ModelSettings()

    @property
    def digest(self) -> str:
        """Hex sha256 of everything here: what is left out would not be picked up when it alone changes. Where
        nothing is said of a model, it is what it was before there were any."""
        said = asdict(self)
        if self.model == ModelSettings():
            del said["model"]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


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
class Box:
    """An admonition, tab or fold with a title: the lines `first` to `last` are what it introduces."""

    title: str
    first: int
    last: int


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
    status: Status = ""
    filled: tuple[str, ...] = ()
    """The lines with their template tags filled in, as they are parsed; empty where they are `lines`."""
    boxes: tuple[Box, ...] = ()
    defined: tuple[tuple[int, Place], ...] = ()
    """Lines with a value that stands elsewhere, and the place that says so."""

    @property
    def digest(self) -> str:
        """sha256 of the lines, and of what other files put into them."""
        said = ["\n".join(self.lines)]
        if self.filled or self.status:
            places = [f"{line} {place.path} {place.first} {place.quote}" for line, place in self.defined]
            said += ["\n".join(self.filled), self.status, *places, *map(str, self.boxes)]
        return hashlib.sha256("\x1f".join(said).encode("utf-8", "surrogatepass")).hexdigest()

    def quotable(self, first: int, last: int) -> int:
        """The last of these lines that one quote has room for."""
        ends = accumulate(len(line) + 1 for line in self.lines[first - 1 : last])
        room = sum(1 for _ in takewhile(lambda end: end <= LONGEST_QUOTE, ends))
        return min(last, max(first, first + room - 1))

    def quote(self, first: int, last: int, part: tuple[int, int] | None = None) -> str:
        """The file's own lines `first` to `last`, verbatim; of a line that is too long to show whole, the characters
        `part`, or else its beginning, with which the quote ends."""
        if part is not None:
            return self.lines[first - 1][slice(*part)]
        lines = self.lines[first - 1 : self.quotable(first, last)]
        long = next((n for n, line in enumerate(lines) if len(line) > LONGEST_LINE), None)
        return "\n".join(lines) if long is None else "\n".join((*lines[:long], lines[long][:QUOTED]))


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
    status: Status = ""
    heads: str = ""
    """Of a row of a table the row of its column heads, as Markdown (`| Thing | Team |`)."""


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
    scope: Scope = "sentence"
    """How far it reaches."""
    asked_as: tuple[str, ...] = ()
    """Ways in which people would ask for it, which a model wrote: searched like its topic, and never shown."""

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
    """Something in the manual that a person should mend; `path` is empty for a word about the whole of it."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.path else self.message


class Progress(Protocol):
    """Told how far a stage is: `done` of `total` (0: not known), the last call of a stage with both equal."""

    def __call__(self, stage: str, done: int, total: int, /) -> None: ...


Collection = Literal["facts", "topics", "passages"]


COLLECTIONS: tuple[Collection, ...] = ("facts", "topics", "passages")
"""What is searched: facts with their context, the topics of statements alone (`topics_of`), passages."""


def statements_of(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts whose topic is searched on its own too."""
    return tuple(fact for fact in facts if fact.relation in STATEMENTS)


def topics_of(facts: Iterable[Fact]) -> Iterator[tuple[str, str, Fact]]:
    """What is searched of statements alone: an id, a text, and whose it is. The topics come first, one for each
    statement, by its id; then the ways in which people would ask for them."""
    statements = statements_of(facts)
    yield from ((fact.id, fact.topic, fact) for fact in statements)
    for fact in statements:
        yield from ((f"{fact.id}?{number}", text, fact) for number, text in enumerate(fact.asked_as, 1))


class AskingAs(Protocol):
    """A model that writes how people would ask for facts; see `ingest/asked_as.py`."""

    @property
    def name(self) -> str:
        """What tells it from others that may do more or less; without spaces."""
        ...

    @property
    def stopped(self) -> str:
        """Why facts were left out, in one sentence; empty where none were."""
        ...

    def wanted(self, settings: ModelSettings) -> bool:
        """Whether it may."""
        ...

    def __call__(self, facts: Sequence[Fact], settings: ModelSettings) -> Iterator[Mapping[str, tuple[str, ...]]]:
        """Questions by the ids of facts, as they come, for as many facts as the budget allows."""
        ...
