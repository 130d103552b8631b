"""Whether an answer can be believed: its contacts stand in its sources, its quotes stand in the manual."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from eval.answers.gold import Question
from eval.answers.replies import Cited, Reply, ShownContact
from eval.scoring.evidence import flat
from eval.scoring.matching import names


def grounded(gold: Question, reply: Reply) -> bool | None:
    """Whether every contact shown is proven by its own sources; a decline should name none at all."""
    if not reply.contacts:
        return None
    return gold.outcome != "decline" and all(proven(contact, reply.sources) for contact in reply.contacts)


def proven(contact: ShownContact, sources: Sequence[Cited]) -> bool:
    """Whether the contact's address (its name, where it has none) is in the quote of one of its own sources, or
    is the owner of one. A contact that says no source of its own may use them all."""
    own = [s for s in sources if s.number in contact.sources] if contact.sources else sources
    text = " ".join(f"{source.quote} {source.owner}" for source in own)
    return bool(contact.shown) and names(contact.shown, text)


def quotes(reply: Reply, manual: Path) -> bool | None:
    """Whether every quote is verbatim."""
    if not reply.sources:
        return None
    return all(verbatim(source, manual) for source in reply.sources)


def verbatim(source: Cited, manual: Path) -> bool:
    """Whether the quote stands in its file, inside its lines, white space aside."""
    file = manual / source.path
    quote = flat(source.quote)
    if not source.path or not quote or not 1 <= source.first <= source.last or not file.is_file():
        return False
    # A file that was edited since it was last read is another file.
    lines = _lines(file, file.stat().st_mtime_ns)
    return quote in flat("\n".join(lines[source.first - 1 : source.last]))


@lru_cache(maxsize=2048)
def _lines(file: Path, _edited: int) -> tuple[str, ...]:
    return tuple(file.read_text(encoding="utf-8", errors="replace").split("\n"))
