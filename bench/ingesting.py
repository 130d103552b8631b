"""How long ingest takes: the whole manual, and what changed in it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from bench.figures import Row, alternated, middle, single
from bench.processes import Worker, timed, whodoiask, worker
from bench.stage import Stage, copy_manual, say

ALONE = 1.15
TEXTBOOK = 1.0
AGAIN = {"nothing changed": 0.03, "one page edited": 0.05, "one owner changed": 0.04}
_OWNER = re.compile(r"^(owner_slack: *[\"']?#)([\w-]+)", re.MULTILINE)


def full(stage: Stage) -> Iterable[Row]:
    """Into an empty index with the encoder exported; in turns with the encoder alone and the textbook chain."""
    source, index = str(stage.manual()), stage.index()
    with worker("bench.ours") as ours, worker("bench.textbook") as theirs, stage.scratch("store") as store:
        theirs.do("load")

        def textbook(turn: int) -> float:
            return stage.textbook_index(theirs, store / f"{turn}")

        def whole(turn: int) -> float:
            return float(ours.do("ingest", source=source, index=str(stage.empty_index(f"full{turn}")))["seconds"])

        def alone(_turn: int) -> float:
            return float(ours.do("embed", index=str(index)))

        say(f"full ingest, {stage.effort.ingests} times each way")
        took, embedding, chain = alternated(stage.effort.ingests, whole, alone, textbook)
    for turn in range(stage.effort.ingests):
        shutil.rmtree(index.parent / f"full{turn}", ignore_errors=True)
    stage.full += took
    made = stage.made()
    texts = f"{made.passages:,} passages, {made.embedded:,} texts"
    row = Row("ingest", "full ingest", middle(took), theirs=middle(embedding), against="embedding alone", bar=ALONE)
    yield _with_note(row, texts)
    yield Row("ingest", "full ingest", middle(took), theirs=middle(chain), against="textbook chain", bar=TEXTBOOK)
    if stage.export_seconds is not None:
        yield Row("ingest", "export of the encoder, once for a model", single(stage.export_seconds))


def again(stage: Stage) -> Iterable[Row]:
    """A changed copy of the manual into an index that holds it, in process and as the command."""
    with stage.scratch("manual") as copy, worker("bench.ours") as jobs:
        say("ingest again")
        manual = copy_manual(stage.manual(), copy)
        index = stage.empty_index("again")
        first = jobs.do("ingest", source=str(manual), index=str(index))
        stage.full.append(first["seconds"])
        steps = _Steps(manual, index, jobs)
        took = alternated(stage.effort.again, steps.nothing, steps.edited, steps.owner)
        commands = alternated(max(2, stage.effort.again // 2), steps.c_nothing, steps.c_edited, steps.c_owner)
        shutil.rmtree(index)
    whole = middle(stage.full)
    for (what, bar), values in zip(AGAIN.items(), took, strict=True):
        yield Row("again", f"ingest again, {what}", middle(values), theirs=whole, against="full ingest", bar=bar)
    for what, values in zip(AGAIN, commands, strict=True):
        yield Row("again", f"the command, {what}", middle(values), theirs=whole, against="full ingest")


class Edits:
    """What is done to a copy of a manual that has owners in its pages: each time something else."""

    def __init__(self, manual: Path) -> None:
        pages = sorted(file for file in manual.rglob("*.md") if _OWNER.search(file.read_text("utf-8", "replace")))
        # A page of middling length.
        self._page = sorted(pages, key=lambda file: file.stat().st_size)[len(pages) // 2]
        self._count = 0

    def edit(self) -> None:
        """A sentence more at the end of the page."""
        self._count += 1
        text = self._page.read_text("utf-8").rstrip("\n")
        told = f"Since change {self._count} this is done every {self._count + 1} weeks by hand."
        self._page.write_text(f"{text}\n\n{told}\n", "utf-8")

    def change_owner(self) -> None:
        """Another owner of the page."""
        self._count += 1
        text = self._page.read_text("utf-8")
        self._page.write_text(_OWNER.sub(rf"\g<1>team-of-change-{self._count}", text, count=1), "utf-8")


class _Steps:
    """What is done to the copy of the manual, and how long the ingest after it takes."""

    def __init__(self, manual: Path, index: Path, jobs: Worker) -> None:
        self._manual, self._index, self._jobs = manual, index, jobs
        self._edits = Edits(manual)

    def nothing(self, _turn: int) -> float:
        return float(self._jobs.do("ingest", source=str(self._manual), index=str(self._index))["seconds"])

    def edited(self, turn: int) -> float:
        self._edits.edit()
        return self.nothing(turn)

    def owner(self, turn: int) -> float:
        self._edits.change_owner()
        return self.nothing(turn)

    def c_nothing(self, _turn: int) -> float:
        return timed([*whodoiask(), "ingest", str(self._manual), "--index", str(self._index)]).seconds

    def c_edited(self, turn: int) -> float:
        self._edits.edit()
        return self.c_nothing(turn)

    def c_owner(self, turn: int) -> float:
        self._edits.change_owner()
        return self.c_nothing(turn)


def _with_note(row: Row, note: str) -> Row:
    return Row(row.group, row.what, row.ours, row.unit, row.theirs, row.against, row.bar, note)
