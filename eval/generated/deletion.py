"""What is deleted is gone: facts are taken out of a copy of the manual, the copy is ingested over a copy of the
index, and no answer may name the contact on the strength of what is no longer written."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.flow import Assistant
from assistant.progress import Progress
from eval.answers.away import Ingest
from eval.answers.replies import Reply, ShownContact, reply_of
from eval.generated.known import Known, Spot
from eval.generated.metamorphic import DELETED, Trial, trial
from eval.scoring.evidence import flat
from eval.scoring.matching import names_any
from eval.scoring.proof import proven, verbatim

DELETIONS = 12
"""Things of each kind whose facts are deleted, drawn by the seed."""


def deleted(
    assistant: Assistant, known: Sequence[Known], manual: Path, ingest: Ingest, seed: int, progress: Progress
) -> Iterator[Trial]:
    """A trial for each thing whose fact was deleted; the index and the manual stay as they are."""
    chosen = _chosen(known, seed)
    with tempfile.TemporaryDirectory(prefix="whodoiask-") as room:
        edited, index = Path(room) / "manual", Path(room) / "index"
        shutil.copytree(manual, edited, ignore=shutil.ignore_patterns(".git"), symlinks=True)
        cut(edited, [spot for case in chosen for spot in case.spots])
        _copy_index(assistant, index)
        ingest(edited, index)
        without = Assistant.open(index)
        try:
            for done, case in enumerate(chosen, 1):
                reply = reply_of(without.answer(case.question).to_json())
                yield trial(case, DELETED, case.question, reply, not still_named(case, reply, edited), ())
                progress("asking after deletion", done, len(chosen))
        finally:
            without.index.close()


def still_named(case: Known, reply: Reply, edited: Path) -> bool:
    """Whether the reply names a deleted contact without proof: by the deleted lines, or by none that still stand.

    The same contact may rightly be named for something else that the edited manual says.
    """
    named = [contact for contact in reply.contacts if names_any(case.contacts, contact.text)]
    return any(_cites(case.spots, contact, reply) or not _stands(contact, reply, edited) for contact in named)


def cut(manual: Path, spots: Sequence[Spot]) -> None:
    """Take the lines of the spots out of the manual's files."""
    gone: dict[str, set[int]] = {}
    for spot in spots:
        gone.setdefault(spot.path, set()).update(range(spot.first, spot.last + 1))
    for path, numbers in gone.items():
        file = manual / path
        lines = file.read_text(encoding="utf-8").split("\n")
        kept = [line for number, line in enumerate(lines, 1) if number not in numbers]
        file.write_text("\n".join(kept), encoding="utf-8")


def _chosen(known: Sequence[Known], seed: int) -> list[Known]:
    kinds: dict[str, list[Known]] = {}
    for case in known:
        kinds.setdefault(case.kind, []).append(case)
    draw = random.Random(f"{seed}:{DELETED}")  # noqa: S311  (the same draw in every run is the point)
    return [case for cases in kinds.values() for case in draw.sample(cases, min(DELETIONS, len(cases)))]


def _copy_index(assistant: Assistant, target: Path) -> None:
    """A copy to ingest into, so that the way of an edit is taken."""
    shutil.copytree(assistant.index.folder, target)


def _cites(spots: Sequence[Spot], contact: ShownContact, reply: Reply) -> bool:
    """Whether one of the contact's own sources quotes the deleted lines."""
    own = [source for source in reply.sources if source.number in contact.sources]
    return any(s.path == spot.path and flat(spot.quote) in flat(s.quote) for s in own for spot in spots)


def _stands(contact: ShownContact, reply: Reply, edited: Path) -> bool:
    own = [s for s in reply.sources if s.number in contact.sources and verbatim(s, edited)]
    return bool(own) and proven(contact, own)
