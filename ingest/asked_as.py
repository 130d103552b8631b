"""How people would ask for facts, as a model wrote it at an ingest, kept in the index's folder by what the facts say.

An answer needs no model for it, and no ingest asks twice: an entry is found by the digest of all that the model was
shown of a fact. Whoever deletes the file has it written anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ingest.plain import canonical, text_key
from ingest.values import AskingAs, Fact, ModelSettings, Progress, statements_of

FILE = "asked-as.sqlite"
STAGE = "asking how people would ask"
_SCHEMA = "create table if not exists asked (fact text primary key, questions text not null)"


def with_ways_of_asking(
    facts: Sequence[Fact], folder: Path, settings: ModelSettings, asking: AskingAs | None, progress: Progress
) -> tuple[Fact, ...]:
    """The facts, each with the ways of asking that are kept for it in `folder`, and with new ones where a model may be
    asked; unchanged where none may. sqlite3.OperationalError, OSError when the disk refuses."""
    if not (asking.wanted(settings) if asking else "asked as" in settings.may):
        return tuple(facts)
    with closing(_opened(folder / FILE)) as connection:
        kept = dict(connection.execute("select fact, questions from asked"))
        named = [fact for fact in statements_of(facts) if fact.contacts]
        keys = {fact.id: _key(fact) for fact in named}
        lacking = [fact for fact in named if keys[fact.id] not in kept]
        if asking is not None and lacking:
            done = 0
            progress(STAGE, done, len(lacking))
            for found in asking(lacking, settings):
                rows = {keys[id_]: json.dumps(questions, ensure_ascii=False) for id_, questions in found.items()}
                with connection:
                    connection.executemany("insert or replace into asked values (?, ?)", rows.items())
                kept.update(rows)
                done = min(len(lacking), done + len(found))
                progress(STAGE, done, len(lacking))
            progress(STAGE, len(lacking), len(lacking))
    return tuple(_with(fact, kept.get(keys.get(fact.id, ""), "")) for fact in facts)


def _with(fact: Fact, questions: str) -> Fact:
    return replace(fact, asked_as=tuple(json.loads(questions))) if questions else fact


def _key(fact: Fact) -> str:
    """The digest of what a model is shown of a fact."""
    shown: Mapping[str, object] = {
        "relation": fact.relation,
        "topic": fact.topic,
        "context": list(fact.context),
        "title": fact.place.title,
        "heading": fact.place.heading,
        "kinds": [contact.kind for contact in fact.contacts],
    }
    return text_key(canonical(shown))


def _opened(file: Path) -> sqlite3.Connection:
    """The entries in a file, which is begun anew when it is no such database."""
    try:
        return _connected(file)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        file.unlink()
        return _connected(file)


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    try:
        connection.execute(_SCHEMA)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
