"""What is looked up in the facts of an index: the register of things, the address book, the order of escalation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assistant.address_book import AddressBook
from assistant.caveats import Ages
from assistant.parties import Parties
from assistant.repos import Gazetteer
from assistant.rungs import Ladders
from assistant.titles import Titles
from assistant.traits import TraitBook
from ingest.relations import KINDS, STATEMENTS
from ingest.store.index import Index
from ingest.store.records import HELD
from ingest.store.words import tokenize
from ingest.values import Fact

_COMMON = 12
"""A word that this many passages use is an ordinary one, even when a repo is called that."""
_READ = HELD // 4 * 3
"""Statements that are read before the first question."""
_STATING = tuple(kind.name for kind in KINDS if kind.states_addresses)
_NAMING = tuple(kind.name for kind in KINDS if kind.shows_life)


class Register:
    """What is looked up in the facts of an index; a fact is read when it is asked for."""

    def __init__(self, index: Index) -> None:
        self._index = index
        records = index.records
        settings = index.settings
        names = (settings.organisation, settings.aliases)
        self.ladders = Ladders(records.facts("rung"))
        said = (named for relation in _STATING if relation != "does" for named in records.contacts(relation, "team"))
        of_things = records.rows_of_things("does")
        introduced = (named for named in records.contacts("does", "team") if named[0] not in of_things)
        self.book = AddressBook(introduced, said, records.fact_at, *names)
        self.parties = Parties(records, self.book, settings.organisation)
        titles, statements = records.titles(STATEMENTS), index.manifest.statements
        self.traits = TraitBook(self.book, settings.generic, titles, settings.aliases, statements)
        self.ages = Ages(lambda name: records.last_named(name, _NAMING), index.manifest.updated)
        self.titles = Titles(records.topics("owns page"), records.fact_at, index.encoder.is_word)
        self.gazetteer = Gazetteer(records.topics("owns repo"), records.fact_at, *names, partial(_is_common, index))

    def prepare(self) -> None:
        """Read as many statements ahead as can stay in memory beside what else questions find."""
        for fact in self._index.records.facts_at(self._index.nearest.rows_of(*STATEMENTS)[:_READ].tolist()):
            self.traits.of(fact)

    def alerts_of(self, name: str) -> Fact | None:
        """Who gets the alerts of the repo of that very name."""
        found = self._index.records.facts_about("gets alerts", name)
        return found[0] if found else None

    def on_call_for(self, name: str) -> tuple[Fact, ...]:
        """What records say of who is on call for the party of that very name."""
        return tuple(self._index.records.facts_about("ask", f"on call for {name}"))

    def mentions(self, name: str) -> bool:
        """Whether every word of a name, and a name of joined words as a whole, stands somewhere in the manual."""
        words = self._index.words
        return all(any(words.texts_with(where, token) for where in ("passages", "facts")) for token in tokenize(name))

    def own_repo(self) -> Fact | None:
        """Who owns the repo that the manual itself lies in, as its site's configuration tells."""
        web = re.match(r"https?://[^/]+/[^/]+/([\w.-]+)/", self._index.settings.repository)
        found = self._index.records.facts_about("owns repo", web[1]) if web else []
        return next((fact for fact in found if fact.contacts), None)

    def repos_in(self, text: str) -> tuple[Fact, ...]:
        """The repos whose names stand in a text."""
        return self.gazetteer.within(text)

    def steps_beside(self, fact: Fact) -> tuple[Fact, ...]:
        """The steps in the section of a fact, in order."""
        records = self._index.records
        rows = self._index.nearest.beside(records.row_of("facts", fact.id), "step")
        return tuple(records.facts_at(rows.tolist()))

    def statements_with(self, stems: Sequence[str], least: int) -> NDArray[np.int32]:
        """The rows of the statements that have at least so many of some distinct stems in their topics."""
        rows, arrays = self._index.words.rows_with("topics", stems, least), self._index.nearest
        # The topics come first, one for each statement; how people would ask for them is nothing that they say.
        own = rows[rows < len(arrays.rows_of(*STATEMENTS))]
        found: NDArray[np.int32] = arrays.fact_of_topic[own]
        return found


def _is_common(index: Index, stem: str) -> bool:
    return index.words.texts_with("passages", stem) >= _COMMON
