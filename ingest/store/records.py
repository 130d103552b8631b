"""Facts and passages in one SQLite file: written once, read by row or id, decoded when asked for."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cachetools import LRUCache

from ingest.plain import canonical, fact_from, fact_json, passage_from, passage_json, text_key
from ingest.relations import Relation
from ingest.values import COLLECTIONS, Collection, Contact, ContactKind, Fact, Passage, topics_of

_SCHEMA = """
create table record (
    collection text not null, row integer not null, id text not null, relation text not null,
    topic text not null, key text not null, body text not null,
    primary key (collection, row), unique (collection, id)
);
create index record_topic on record (collection, relation, topic, row);
create table contact (
    relation text not null, fact integer not null, number integer not null,
    kind text not null, name text not null, address text not null,
    said text not null, reached text not null, updated text not null,
    primary key (relation, fact, number)
) without rowid;
create index contact_said on contact (said, relation, updated);
create index contact_reached on contact (reached, relation, updated);
create table part (part text not null, address text not null, primary key (part, address)) without rowid;
"""
# `said` and `reached` are the name and the address in lower case: SQLite's own lower() knows ASCII alone.
HELD = 20_000
"""Facts (about 4 KB each) that are held in memory; beyond that, those asked for longest ago are let go."""
_PARTS = re.compile(r"[a-z0-9]+")
_AT_ONCE = 500
"""Rows that one query asks for: older SQLite takes 999 values."""


def write(file: Path, facts: Sequence[Fact], passages: Sequence[Passage]) -> None:
    """Write both collections, rows counted from 0 in the given order; ids must be unique."""
    connection = sqlite3.connect(file)
    try:
        connection.executescript(_SCHEMA)
        with connection:
            _insert(connection, "facts", ((f.id, f.relation, f.topic, f.text, fact_json(f)) for f in facts))
            _insert(connection, "topics", ((id_, f.relation, "", text, None) for id_, text, f in topics_of(facts)))
            _insert(connection, "passages", ((p.id, "", "", p.text, passage_json(p)) for p in passages))
            connection.executemany("insert into contact values (?, ?, ?, ?, ?, ?, ?, ?, ?)", _contacts(facts))
            connection.executemany("insert into part values (?, ?)", sorted(_parts(facts)))
    finally:
        connection.close()


def _parts(facts: Sequence[Fact]) -> set[tuple[str, str]]:
    """The words that channels and handles are joined of, each with the address, in lower case."""
    reached = {
        contact.address.lower()
        for fact in facts
        for contact in fact.contacts
        if contact.kind in ("channel", "team", "handle") and contact.address[:1] in ("#", "@")
    }
    return {(part, address) for address in reached for part in _PARTS.findall(address)}


def _insert(
    connection: sqlite3.Connection, collection: Collection, entries: Iterable[tuple[str, str, str, str, Any]]
) -> None:
    rows = (
        (collection, row, id_, relation, topic, text_key(text), canonical(plain))
        for row, (id_, relation, topic, text, plain) in enumerate(entries)
    )
    connection.executemany("insert into record values (?, ?, ?, ?, ?, ?, ?)", rows)


def _contacts(facts: Sequence[Fact]) -> Iterator[tuple[Any, ...]]:
    for row, fact in enumerate(facts):
        for number, c in enumerate(fact.contacts):
            lower = (c.name.lower(), c.address.lower())
            yield (fact.relation, row, number, c.kind, c.name, c.address, *lower, fact.place.updated)


class Records:
    """The facts and passages of one generation; safe to use from several threads.

    A "+" before a column keeps SQLite from choosing an index by it, where another one leaves fewer rows to read.
    """

    def __init__(self, connection: sqlite3.Connection, held: int = HELD) -> None:
        """`held` facts are kept in memory, those that were asked for last."""
        self._connection = connection
        self._lock = threading.RLock()
        self._facts: LRUCache[int, Fact] = LRUCache(held)

    @staticmethod
    def open(file: Path) -> Records:
        """Open read-only; sqlite3.DatabaseError when the file is missing or no such database."""
        # A generation never changes, so SQLite needs neither locks nor a journal beside the file.
        uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        connection.execute("select row from record limit 1")
        return Records(connection)

    def close(self) -> None:
        self._connection.close()

    @property
    def rows(self) -> Mapping[Collection, int]:
        """How many rows each collection has."""
        counted = dict(self._select("select collection, count(*) from record group by collection", ()))
        return {collection: counted.get(collection, 0) for collection in COLLECTIONS}

    def ids(self, collection: Collection) -> list[str]:
        """Ids by row."""
        return [id_ for id_, _ in self._keyed(collection)]

    def keys(self, collection: Collection) -> dict[str, str]:
        """`text_key` of what was embedded, by id, in row order."""
        return dict(self._keyed(collection))

    def row_of(self, collection: Collection, id_: str) -> int:
        """The row of an id; KeyError when there is none."""
        found = self._select("select row from record where collection = ? and id = ?", (collection, id_))
        if not found:
            raise KeyError(id_)
        row: int = found[0][0]
        return row

    def fact(self, id_: str) -> Fact:
        """The fact of that id; KeyError when there is none."""
        return self.fact_at(self.row_of("facts", id_))

    def passage(self, id_: str) -> Passage:
        """The passage of that id; KeyError when there is none."""
        return self.passage_at(self.row_of("passages", id_))

    def fact_at(self, row: int) -> Fact:
        """The fact in that row, from 0; KeyError beyond the last."""
        return self.facts_at([row])[0]

    def facts_at(self, rows: Sequence[int]) -> list[Fact]:
        """The facts in those rows, in their order; KeyError beyond the last."""
        with self._lock:
            known = {row: fact for row in rows if (fact := self._facts.get(row)) is not None}
            missing = [row for row in rows if row not in known]
            for some in (missing[first : first + _AT_ONCE] for first in range(0, len(missing), _AT_ONCE)):
                marks = ",".join("?" * len(some))
                sql = f"select row, body from record where collection = 'facts' and row in ({marks})"  # noqa: S608
                for row, body in self._select(sql, tuple(some)):
                    known[row] = self._facts[row] = fact_from(json.loads(body))
        return [known[row] for row in rows]

    def passage_at(self, row: int) -> Passage:
        """The passage in that row, from 0; KeyError beyond the last."""
        found = self._select("select body from record where collection = 'passages' and row = ?", (row,))
        if not found:
            raise KeyError(row)
        return passage_from(json.loads(found[0][0]))

    def passages_of(self, path: str) -> list[Passage]:
        """The passages of a page, whose path is the first value of a place, as `ingest/plain.py` writes it."""
        sql = "select body from record where collection = 'passages' and json_extract(body, '$.place[0]') = ?"
        return [passage_from(json.loads(body)) for (body,) in self._select(sql, (path,))]

    def facts(self, relation: str | None = None) -> tuple[Fact, ...]:
        """All facts, or those of one relation, in row order: all are read, and none is held."""
        which = "" if relation is None else " and relation = ?"
        sql = f"select row, body from record where collection = 'facts'{which} order by +row"  # noqa: S608
        with self._lock:
            found = self._select(sql, () if relation is None else (relation,))
            return tuple(self._facts.get(row) or fact_from(json.loads(body)) for row, body in found)

    def titles(self, relations: Sequence[Relation]) -> list[str]:
        """The titles of the pages that facts of these relations stand on, each once: the second value of a place, as
        `ingest/plain.py` writes it."""
        marks = ",".join("?" * len(relations))
        sql = f"""
            select distinct json_extract(body, '$.place[1]') from record
            where collection = 'facts' and relation in ({marks})
        """  # noqa: S608
        return [title for (title,) in self._select(sql, tuple(relations))]

    def topics(self, relation: Relation) -> list[tuple[int, str]]:
        """Row and topic of the facts of a relation, in row order."""
        found: list[tuple[int, str]] = self._select(
            "select row, topic from record where collection = 'facts' and relation = ? order by +row", (relation,)
        )
        return found

    def facts_about(self, relation: Relation, topic: str) -> list[Fact]:
        """The facts of a relation that have that very topic, in row order."""
        sql = "select row from record where collection = 'facts' and relation = ? and topic = ? order by row"
        return self.facts_at([row for (row,) in self._select(sql, (relation, topic))])

    def contacts(self, relation: Relation, kind: ContactKind) -> Iterator[tuple[int, Contact]]:
        """The contacts of that kind which facts of a relation name, each with its fact's row, in row order."""
        sql = "select fact, kind, name, address from contact where relation = ? and kind = ? order by fact, number"
        return ((row, Contact(*contact)) for row, *contact in self._select(sql, (relation, kind)))

    def rows_of_things(self, relation: Relation) -> set[int]:
        """The rows of the facts of a relation that stand in a table of things: the channel beside a thing's owner is
        the thing's, and not the owner's for every matter."""
        sql = """
            select row from record where collection = 'facts' and relation = ?
            and json_extract(body, '$.attributes.holds') in ('owner', 'contact')
        """
        return {row for (row,) in self._select(sql, (relation,))}

    def rows_naming(self, texts: Iterable[str]) -> list[int]:
        """The rows of the facts that name a contact so, by name or address in lower case, in row order."""
        wanted = sorted(set(texts))
        found: set[int] = set()
        for some in (wanted[first : first + _AT_ONCE] for first in range(0, len(wanted), _AT_ONCE)):
            marks = ",".join("?" * len(some))
            for column in ("said", "reached"):
                sql = f"select fact from contact where {column} in ({marks})"  # noqa: S608
                found.update(row for (row,) in self._select(sql, tuple(some)))
        return sorted(found)

    def words_of_names(self) -> set[str]:
        """The words, in lower case, that names and addresses of contacts are made of."""
        found = self._select("select distinct said, reached from contact", ())
        return {word for said, reached in found for word in _PARTS.findall(f"{said} {reached}")}

    def address_with_part(self, parts: Sequence[str]) -> str:
        """The one channel or handle, in lower case, that has these words among those it is joined of; empty where none
        or several do."""
        if not parts:
            return ""
        # The longest is likely the rarest.
        found = self._select("select address from part where part = ?", (max(parts, key=len),))
        whole = [address for (address,) in found if f"-{'-'.join(parts)}-" in f"-{'-'.join(_PARTS.findall(address))}-"]
        return whole[0] if len(whole) == 1 else ""

    def last_named(self, name: str, relations: Sequence[Relation]) -> str:
        """The newest `Place.updated` of the facts of these relations that name a contact so, in any case of letters,
        by name or address; empty where none does."""
        marks = ",".join("?" * len(relations))
        found = [
            self._select(
                f"select max(updated) from contact where {column} = ? and relation in ({marks})",  # noqa: S608
                (name.lower(), *relations),
            )
            for column in ("said", "reached")
        ]
        return max(newest or "" for ((newest,),) in found)

    def _keyed(self, collection: Collection) -> list[tuple[str, str]]:
        found = self._select("select id, key from record where collection = ? order by row", (collection,))
        return [(id_, key) for id_, key in found]

    def _select(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()
