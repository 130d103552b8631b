"""What a reader of an index depends on, as one digest: arrays that other code wrote would be read wrongly.

Rows are numbered by the order of relations, words are found by the tokens that the same rule makes of a question, and
so on. Nobody needs to remember a number: the digest is over the modules themselves that both write and read.
"""

from __future__ import annotations

from pathlib import Path

import Stemmer

from ingest.digests import files_digest

_ROOM = Path(__file__).parent
_APART = frozenset(
    {
        "__init__.py",
        "generation.py",
        "index.py",
        "layout.py",
        "pointer.py",
        "remote.py",
        "selfcheck.py",
        "server.py",
        "sums.py",
    }
)
"""Modules of this room that only write, only open, only check, or only carry."""
_SHARED = ("plain.py", "relations.py", "values.py")
"""What the modules that write and read take from the package: keys of texts, facts as plain data, the relations."""


def _layout() -> str:
    """The stemmer counts too: another release may cut words in another way."""
    own = [f"{_ROOM.name}/{file.name}" for file in _ROOM.glob("*.py") if file.name not in _APART]
    return files_digest(_ROOM.parent, [*_SHARED, *own], [Stemmer.version()])


LAYOUT = _layout()
"""Taken when the module is loaded: a program that is running while it is upgraded goes on as it was."""
