"""What programs look up beside answers: the directory, facts, and what retrieval saw. Always of the newest index."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, Field

from assistant.directory import directory
from assistant.flow import LONGEST_QUESTION, Assistant, checked

MOST_FACTS = 1000
"""Facts that one reply holds."""
MOST_SEEN = 50
"""Facts, and passages, of a search."""


class WantedFacts(BaseModel, extra="forbid"):
    """Which facts are wanted."""

    relation: str = Field("", description="One relation, such as `ask`; all of them unless given.")
    path: str = Field("", description="One page, by its path from the manual's root; all of them unless given.")
    offset: int = Field(0, ge=0, le=2**31, description="How many facts to pass over.")
    limit: int = Field(MOST_FACTS, ge=1, le=MOST_FACTS, description="The most facts in the reply.")


class Wanted(BaseModel, extra="forbid"):
    """What is searched for."""

    q: str = Field(
        max_length=LONGEST_QUESTION,
        description="A question.",
        examples=["Who can rotate a key?"],
        json_schema_extra={"minLength": 1, "pattern": r"\S"},
    )
    history: list[str] = Field(
        default=[], max_length=20, description="The questions of the same person before, oldest first."
    )
    limit: int = Field(10, ge=1, le=MOST_SEEN, description="The most facts, and the most passages, in the reply.")


class Lookups:
    """JSON texts in UTF-8, of the newest index; UserError where it is unusable. Safe to share between threads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._directory = ("", b"")
        """The digest of the index that it was made of, and the directory: replaced as one."""

    def directory(self) -> bytes:
        """The directory, which is made once for each index."""
        self._assistant.refresh()
        index = self._assistant.index
        of, made = self._directory
        if of != index.digest:
            made = _json(directory(index))
            self._directory = (index.digest, made)
        return made

    def facts(self, wanted: WantedFacts) -> bytes:
        """Some facts in the manual's order, and how many there are."""
        self._assistant.refresh()
        return _json(self._assistant.facts(wanted.relation, wanted.path, wanted.offset, wanted.limit))

    def search(self, wanted: Wanted) -> bytes:
        """What retrieval saw for a question; UserError where it is blank."""
        asked = checked(wanted.q)
        self._assistant.refresh()
        return _json(self._assistant.seen(asked, wanted.history, wanted.limit))


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode("utf-8")
