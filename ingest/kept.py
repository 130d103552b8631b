"""What an ingest worked out page by page, kept for the next one: an edit costs its own page, not the whole manual.

One SQLite file beside the generations. An entry is found by the digest of everything that it was made from, so that an
old one is never taken for a new one; whoever deletes the file loses time and nothing else.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from ingest.plain import fact_from, fact_json, passage_from, passage_json, text_key
from ingest.values import Fact, Page, Passage

T = TypeVar("T")

_SCHEMA = "create table if not exists entry (key text primary key, asked text not null, body text not null)"


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """One kind of work on a page: its name, and its result as plain data and back."""

    name: str
    plain: Callable[[T], Any]
    read: Callable[[Any], T]


def facts_step(name: str) -> Step[tuple[Fact, ...]]:
    return Step(name, lambda facts: [*map(fact_json, facts)], lambda plain: tuple(map(fact_from, plain)))


def passages_step(name: str) -> Step[tuple[Passage, ...]]:
    return Step(name, lambda made: [*map(passage_json, made)], lambda plain: tuple(map(passage_from, plain)))


def pairs_step(name: str) -> Step[tuple[tuple[Any, Any], ...]]:
    return Step(name, list, lambda plain: tuple((a, b) for a, b in plain))


def names_step(name: str) -> Step[tuple[str, ...]]:
    return Step(name, list, tuple)


class Noted(frozenset[str]):
    """A set that notes which values it was asked for and what it answered: a piece of work depends on no others."""

    asked: dict[str, bool]

    def __new__(cls, values: Iterable[str] = ()) -> Noted:
        made = super().__new__(cls, values)
        made.asked = {}
        return made

    def __contains__(self, value: object) -> bool:
        said = super().__contains__(value)
        self.asked[str(value)] = said
        return said


class Kept:
    """The entries of one index. `ground` is what all work depends on: the code and the model."""

    def __init__(self, connection: sqlite3.Connection, ground: str) -> None:
        self._connection = connection
        self._ground = ground
        self._used: set[str] = set()
        self._new: dict[str, tuple[str, str]] = {}

    @staticmethod
    def open(file: Path, ground: str) -> Kept:
        """The entries in `file`, which is begun anew when it is no such database; OSError, OperationalError."""
        try:
            return Kept(_connected(file), ground)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            file.unlink()
            return Kept(_connected(file), ground)

    @staticmethod
    def nothing() -> Kept:
        """No entries, and none that outlive it."""
        return Kept(_connected(":memory:"), "")

    def of(
        self,
        step: Step[T],
        page: Page,
        work: Callable[[Page], T],
        *,
        known: Noted | None = None,
        more: Sequence[str] = (),
    ) -> T:
        """The result of `work`, done only when the page, `more` or what it asked of `known` is not what it was."""
        parts = (self._ground, step.name, page.path, page.digest, page.url, page.commit, page.updated, *more)
        key = text_key("\x1f".join(parts))
        self._used.add(key)
        found = self._found(step, key, known)
        if found is not None:
            return found[0]
        if known is not None:
            known.asked.clear()
        made = work(page)
        asked = json.dumps(known.asked if known is not None else {})
        self._new[key] = (asked, _summed(asked, json.dumps(step.plain(made))))
        return made

    def _found(self, step: Step[T], key: str, known: Noted | None) -> tuple[T] | None:
        try:
            row = self._connection.execute("select asked, body from entry where key = ?", (key,)).fetchone()
            if row is None or row[1] != _summed(row[0], body := row[1].partition(" ")[2]):
                return None
            if known is not None and not _says_the_same(known, json.loads(row[0])):
                return None
            return (step.read(json.loads(body)),)
        except (sqlite3.DatabaseError, ValueError, TypeError, LookupError, AttributeError):  # damaged: worked out anew
            return None

    def save(self) -> None:
        """Write what is new, and forget what had no use since; OperationalError when the disk refuses."""
        with self._connection as connection:
            old = {key for (key,) in connection.execute("select key from entry")} - self._used
            connection.executemany("delete from entry where key = ?", ((key,) for key in old))
            rows = ((key, *entry) for key, entry in self._new.items())
            connection.executemany("insert or replace into entry values (?, ?, ?)", rows)
        self._used.clear()
        self._new.clear()

    def close(self) -> None:
        self._connection.close()


def _summed(asked: str, body: str) -> str:
    """The body behind a sum over the entry: SQLite takes no notice of a byte that is not what was written."""
    return f"{zlib.crc32(f'{asked} {body}'.encode()):08x} {body}"


def _says_the_same(known: Noted, asked: dict[str, bool]) -> bool:
    return all((value in known) == said for value, said in asked.items())


def _connected(file: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    connection.execute(_SCHEMA)
    return connection
