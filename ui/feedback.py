"""What readers tell about answers, kept beside the index for those who write the manual; `whodoiask gaps` lists it.

One SQLite file in the index's folder, outside the generations: an ingest leaves it alone. It holds questions and
nothing of who asked them: no name, address or session. Deleting the file forgets everything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import UserError
from assistant.masking import masked
from assistant.values import Answer

FILE = "feedback.sqlite"
"""Its name in the folder of the index."""
REASONS = ("The wrong person or channel", "Out of date", "Not what I asked", "Something else")
"""What a reader may choose from when an answer did not help."""
LONGEST_QUESTION_KEPT = 1000
LONGEST_REASON_KEPT = 300
"""Characters, after masking."""
KEPT = 5000
"""Notes; the oldest go first, so that nobody can fill the disk."""

_VERSION = 1
_PATIENCE = 2.0
"""Seconds to wait for another process that is writing."""
_SCHEMA = """
create table note (
    id integer primary key autoincrement, at text not null, question text not null, outcome text not null,
    rule text not null, confidence real not null, digest text not null, helpful integer, reason text not null
)
"""


class FeedbackError(UserError):
    """The file cannot be written or read (a full or read-only disk, a newer version): a sentence that says so."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One question as it is kept, with how it was answered. What it and `reason` hold was masked."""

    question: str
    outcome: str
    rule: str
    confidence: float
    index: str
    """The digest of the index that answered."""
    at: str
    """When, in UTC to the second (ISO 8601)."""
    helpful: bool | None
    """None where the reader did not say."""
    reason: str
    id: int = field(default=0, compare=False)
    """Its number in the file; 0 before it is kept."""

    def to_json(self) -> dict[str, Any]:
        """The object that `gaps --jsonl` prints, and that a webhook gets without an id."""
        said = asdict(self)
        number = said.pop("id")
        return {"id": number, **said} if number else said


class Feedback:
    """The notes in one file, made when the first is written; safe from several threads and processes."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def unanswered(self, answer: Answer) -> Noted | None:
        """Note a question for which the manual names nobody; what was kept, or None.

        Never raises: the reader asked for an answer, not for this. Who asks for the next rung is not noted, for
        that the manual did answer.
        """
        if answer.rule == "next rung":
            return None
        note = _note(answer, helpful=None, reason="")
        try:
            with self._changing() as notes:
                _add(notes, note)
        except FeedbackError:
            return None
        return note

    def rated(self, answer: Answer, helpful: bool, reason: str = "") -> Noted:
        """Note what the reader said of an answer, and give what was kept; FeedbackError when it cannot be.

        A question that was noted as unanswered is not counted twice: the latest such note gets the rating.
        """
        note = _note(answer, helpful=helpful, reason=reason)
        with self._changing() as notes:
            if not _rate(notes, note):
                _add(notes, note)
        return note

    def to_improve(self) -> tuple[Noted, ...]:
        """The unanswered questions and the unhelpful answers, oldest first; FeedbackError for an unreadable file."""
        return self._read(" where helpful = 0 or outcome = 'escalate'")

    def everything(self) -> tuple[Noted, ...]:
        """All notes, the helpful answers too, oldest first; FeedbackError for an unreadable file."""
        return self._read("")

    def _read(self, which: str) -> tuple[Noted, ...]:
        with _explained():
            if not self._file.exists():
                return ()
            with self._opened("rw") as notes:
                rows = _selected(notes, which) if _version(notes, self._file) else []
        return tuple(_noted(row) for row in rows)

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """The file with its table in it, in a transaction that is committed at the end."""
        with _explained(), self._opened("rwc") as notes, notes:
            notes.execute("begin immediate")
            if not _version(notes, self._file):
                self._file.chmod(0o600)  # what people ask is for those who run this
                notes.execute(_SCHEMA)
                notes.execute(f"pragma user_version = {_VERSION}")
            yield notes

    def _opened(self, mode: str) -> closing[sqlite3.Connection]:
        """A connection of its own for every use, so that no thread meets another's."""
        uri = f"{self._file.resolve().as_uri()}?mode={mode}"
        return closing(sqlite3.connect(uri, uri=True, timeout=_PATIENCE, isolation_level=None))


@contextmanager
def _explained() -> Iterator[None]:
    """What goes wrong with the file, as a FeedbackError. Without its folder: readers of the page see this, too."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        said = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        raise FeedbackError(
            f"Feedback cannot be kept or read at the moment ({said}): "
            f"whoever runs this should look after {FILE} in the folder of the index."
        ) from error


def _version(notes: sqlite3.Connection, file: Path) -> int:
    """The version of the file's schema, 0 for a new file."""
    version = int(notes.execute("pragma user_version").fetchone()[0])
    if version > _VERSION:
        raise FeedbackError(
            f"The feedback in {file.name} was written by a newer version of whodoiask: update this one, "
            "or move the file away."
        )
    return version


def _selected(notes: sqlite3.Connection, which: str) -> list[tuple[Any, ...]]:
    columns = "question, outcome, rule, confidence, digest, at, helpful, reason, id"
    return notes.execute(f"select {columns} from note{which} order by id").fetchall()  # noqa: S608 - ours, both


def _noted(row: tuple[Any, ...]) -> Noted:
    question, outcome, rule, confidence, digest, at, helpful, reason, number = row
    said = None if helpful is None else bool(helpful)
    return Noted(question, outcome, rule, confidence, digest, at, said, reason, number)


def _note(answer: Answer, *, helpful: bool | None, reason: str) -> Noted:
    return Noted(
        question=_kept(answer.question, LONGEST_QUESTION_KEPT),
        outcome=answer.outcome,
        rule=answer.rule,
        confidence=answer.confidence,
        index=answer.index,
        at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        helpful=helpful,
        reason=_kept(reason, LONGEST_REASON_KEPT),
    )


def _kept(text: str, longest: int) -> str:
    """What of a text is kept: masked as a whole, so that no half of a secret outlives the cut."""
    whole = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text for SQLite
    return masked(whole.strip())[:longest]


def _add(notes: sqlite3.Connection, note: Noted) -> None:
    added = notes.execute(
        "insert into note (at, question, outcome, rule, confidence, digest, helpful, reason)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            note.at,
            note.question,
            note.outcome,
            note.rule,
            note.confidence,
            note.index,
            note.helpful,
            note.reason,
        ),
    )
    notes.execute("delete from note where id <= ?", ((added.lastrowid or 0) - KEPT,))


def _rate(notes: sqlite3.Connection, note: Noted) -> bool:
    """Put a rating on the latest unrated note of the same question and answer; whether there was one."""
    done = notes.execute(
        "update note set helpful = ?, reason = ? where id = (select max(id) from note where helpful is null"
        " and question = ? and outcome = ? and rule = ? and digest = ?)",
        (note.helpful, note.reason, note.question, note.outcome, note.rule, note.index),
    )
    return done.rowcount > 0
