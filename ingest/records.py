"""Facts and passages in one SQLite file: written once, read by row or id, decoded when asked for."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from ingest.values import STATEMENTS, Contact, Fact, Passage, Place

Collection = Literal["facts", "topics", "passages"]
COLLECTIONS: tuple[Collection, ...] = ("facts", "topics", "passages")
"""What is searched: facts with their context, the topics of statements alone (by the fact's id), passages."""

_SCHEMA = """
create table record (
    collection text not null, row integer not null, id text not null, relation text not null,
    key text not null, body text not null,
    primary key (collection, row), unique (collection, id)
) without rowid;
"""
_PLACE_FIELDS = tuple(field.name for field in fields(Place))


def text_key(text: str) -> str:
    """What identifies a text that is embedded: the sha256 of its UTF-8 bytes, as hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def fact_json(fact: Fact) -> dict[str, Any]:
    """A fact as plain data; `fact_from` is its inverse."""
    return {
        "id": fact.id,
        "relation": fact.relation,
        "contacts": [[c.kind, c.name, c.address] for c in fact.contacts],
        "topic": fact.topic,
        "context": list(fact.context),
        "place": _place_json(fact.place),
        "rank": fact.rank,
        "attributes": dict(fact.attributes),
        "stated": _place_json(fact.stated) if fact.stated else None,
    }


def fact_from(plain: Mapping[str, Any]) -> Fact:
    return Fact(
        id=plain["id"],
        relation=plain["relation"],
        contacts=tuple(Contact(*contact) for contact in plain["contacts"]),
        topic=plain["topic"],
        context=tuple(plain["context"]),
        place=Place(*plain["place"]),
        rank=plain["rank"],
        attributes=plain["attributes"],
        stated=Place(*plain["stated"]) if plain["stated"] else None,
    )


def statements_of(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts whose topic is searched on its own too."""
    return tuple(fact for fact in facts if fact.relation in STATEMENTS)


def passage_json(passage: Passage) -> dict[str, Any]:
    """A passage as plain data; `passage_from` is its inverse."""
    return {
        "id": passage.id,
        "text": passage.text,
        "headings": list(passage.headings),
        "place": _place_json(passage.place),
    }


def passage_from(plain: Mapping[str, Any]) -> Passage:
    return Passage(plain["id"], plain["text"], tuple(plain["headings"]), Place(*plain["place"]))


def _place_json(place: Place) -> list[Any]:
    return [getattr(place, name) for name in _PLACE_FIELDS]


def canonical(plain: Any) -> str:
    """The one JSON text of plain data: sorted keys, no spaces, ASCII."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def write(file: Path, facts: Sequence[Fact], passages: Sequence[Passage]) -> None:
    """Write both collections, rows counted from 0 in the given order; ids must be unique."""
    connection = sqlite3.connect(file)
    try:
        connection.executescript(_SCHEMA)
        with connection:
            _insert(connection, "facts", ((f.id, f.relation, f.text, fact_json(f)) for f in facts))
            _insert(connection, "topics", ((f.id, f.relation, f.topic, None) for f in statements_of(facts)))
            _insert(connection, "passages", ((p.id, "", p.text, passage_json(p)) for p in passages))
    finally:
        connection.close()


def _insert(
    connection: sqlite3.Connection, collection: Collection, entries: Iterable[tuple[str, str, str, Any]]
) -> None:
    rows = (
        (collection, row, id_, relation, text_key(text), canonical(plain))
        for row, (id_, relation, text, plain) in enumerate(entries)
    )
    connection.executemany("insert into record values (?, ?, ?, ?, ?, ?)", rows)


class Records:
    """The facts and passages of one generation; safe to use from several threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.RLock()
        self._facts: dict[int, Fact] = {}
        self._passages: dict[int, Passage] = {}
        self._by_relation: dict[str | None, tuple[Fact, ...]] = {}

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
        return self.rows_of(collection, [id_])[0]

    def rows_of(self, collection: Collection, ids: Sequence[str]) -> list[int]:
        """The rows of ids (as many as SQLite takes at once), in their order; KeyError when there is none for one."""
        marks = ",".join("?" * len(ids))
        found = dict(
            self._select(f"select id, row from record where collection = ? and id in ({marks})", (collection, *ids))  # noqa: S608
        )
        return [found[id_] for id_ in ids]

    def fact(self, id_: str) -> Fact:
        """The fact of that id; KeyError when there is none."""
        return self.fact_at(self.row_of("facts", id_))

    def passage(self, id_: str) -> Passage:
        """The passage of that id; KeyError when there is none."""
        return self.passage_at(self.row_of("passages", id_))

    def fact_at(self, row: int) -> Fact:
        """The fact in that row, from 0; KeyError beyond the last."""
        if row not in self._facts:
            self._facts[row] = fact_from(self._body("facts", row))
        return self._facts[row]

    def passage_at(self, row: int) -> Passage:
        """The passage in that row, from 0; KeyError beyond the last."""
        if row not in self._passages:
            self._passages[row] = passage_from(self._body("passages", row))
        return self._passages[row]

    def facts(self, relation: str | None = None) -> tuple[Fact, ...]:
        """All facts, or those of one relation, in row order."""
        if relation not in self._by_relation:
            found = self._select(
                "select row, body from record where collection = 'facts' and relation = ifnull(?, relation)"
                " order by row",
                (relation,),
            )
            for row, body in found:
                self._facts.setdefault(row, fact_from(json.loads(body)))
            self._by_relation[relation] = tuple(self._facts[row] for row, _ in found)
        return self._by_relation[relation]

    def _body(self, collection: Collection, row: int) -> Any:
        found = self._select("select body from record where collection = ? and row = ?", (collection, row))
        if not found:
            raise KeyError(row)
        return json.loads(found[0][0])

    def _keyed(self, collection: Collection) -> list[tuple[str, str]]:
        found = self._select("select id, key from record where collection = ? order by row", (collection,))
        return [(id_, key) for id_, key in found]

    def _select(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()
