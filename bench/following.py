"""One of three pages that follow a store on a Chroma server, beside a page over an index of its own."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from bench.answering import BLOCK, FIRST
from bench.figures import Row, alternated, middle, single, tail
from bench.ingesting import Edits
from bench.processes import BenchError, Page, chat, chroma, timed, whodoiask
from bench.stage import Asked, Stage, copy_manual, say

PAGES = 3
ANSWER = 1.1
AGAINST = "a page over its own index"
LOOK = 0.05
"""Seconds between two looks whether a page answers from the new index."""
WAIT = 60
"""Seconds after an ingest in which every page must answer from it."""
_DIGEST = re.compile(r"^digest +(\w+)$", re.MULTILINE)


def following(stage: Stage) -> Iterable[Row]:
    """Answers of both over HTTP, a block at a time in turns; their memory; how soon they see an ingest."""
    asked = stage.questions(stage.effort.questions)
    with stage.scratch("store") as folder, ExitStack() as stack:
        server = stack.enter_context(chroma(folder / "chroma"))
        far = _Side(stage, folder / "far", "--store", server.address)
        near = _Side(stage, folder / "near")
        say(f"starting {PAGES} pages behind a store, and one over its own index")
        ingests = [far.ingest(), near.ingest()]
        first = time.perf_counter()
        far.pages.append(stack.enter_context(far.page(folder / "machine-0")))
        started = time.perf_counter() - first
        far.pages += [stack.enter_context(far.page(folder / f"machine-{n}")) for n in range(1, PAGES)]
        near.pages.append(stack.enter_context(near.page(folder / "machine")))
        say(f"asking {len(asked)} distinct questions over HTTP")
        theirs, ours = _in_turns((near.pages[0], far.pages[0]), asked)
        yield from _answers(ours, theirs)
        sizes = [float(page.resident()) for page in far.pages]
        yield Row(
            "store",
            f"the chat page after {len(asked)} answers, one of {PAGES} behind a store",
            single(sizes[0]),
            "MB",
            theirs=single(near.pages[0].resident()),
            against=AGAINST,
        )
        yield Row(
            "store", f"the chat page behind a store that was asked nothing, of {PAGES - 1}", middle(sizes[1:]), "MB"
        )
        yield Row("store", "a page's start on a machine that has no copy", single(started))
        say("ingesting edits, until every page answers from them")
        known, own = alternated(stage.effort.ingests, far.edited, near.edited)
        yield from _edits(known, own)
        yield Row(
            "store",
            "the first ingest, published",
            single(ingests[0]),
            theirs=single(ingests[1]),
            against="none published",
        )
        yield Row("store", "the Chroma server afterwards", single(server.resident()), "MB")


class _Side:
    """A manual of its own, the index made of it, and the pages that answer from that."""

    def __init__(self, stage: Stage, folder: Path, *options: str) -> None:
        self._stage, self._options = stage, options
        self._manual = copy_manual(stage.manual(), folder / "manual")
        self._index = Path(shutil.copytree(stage.index(), folder / "index"))
        self._edits = Edits(self._manual)
        self._digest = ""
        self.pages: list[Page] = []

    def page(self, machine: Path) -> AbstractContextManager[Page]:
        """A page on a machine of its own, which has the index only where no store is named."""
        index = machine / "index" if self._options else self._index
        return chat(index, *self._options, cache=self._stage.machine(machine))

    def ingest(self) -> float:
        """Seconds that the command takes, publishing included."""
        run = timed([*whodoiask(), "ingest", str(self._manual), "--index", str(self._index), *self._options])
        self._digest = _DIGEST.findall(run.said)[-1]
        return run.seconds

    def edited(self, _turn: int) -> tuple[float, float]:
        """Seconds that the command takes after one page was edited; seconds then until all pages answer from it."""
        self._edits.edit()
        took = self.ingest()
        ended = time.perf_counter()
        while any(page.ask("Who do I ask?")["index"] != self._digest for page in self.pages):
            if time.perf_counter() > ended + WAIT:
                raise BenchError(f"a page does not answer from the new index within {WAIT} s")
            time.sleep(LOOK)
        return took, time.perf_counter() - ended


def _in_turns(pages: Sequence[Page], asked: Sequence[Asked]) -> list[list[float]]:
    """Seconds of each page's answers; the first do not count."""
    found: list[list[float]] = [[] for _ in pages]
    for first in range(0, len(asked), BLOCK):
        for page, values in zip(pages, found, strict=True):
            for question, history in asked[first : first + BLOCK]:
                started = time.perf_counter()
                page.ask(question, history)
                values.append(time.perf_counter() - started)
    return [values[FIRST:] for values in found]


def _answers(ours: list[float], theirs: list[float]) -> Iterator[Row]:
    what = f"an answer over HTTP, one of {PAGES} pages behind a store"
    yield Row("store", f"{what}, p50", middle(ours), theirs=middle(theirs), against=AGAINST, bar=ANSWER)
    yield Row("store", f"{what}, p95", tail(ours, 0.95), theirs=tail(theirs, 0.95), against=AGAINST)


def _edits(far: list[tuple[float, float]], near: list[tuple[float, float]]) -> Iterator[Row]:
    (took, seen), (took_near, seen_near) = zip(*far, strict=True), zip(*near, strict=True)
    yield Row(
        "store",
        "the command, one page edited, published",
        middle(took),
        theirs=middle(took_near),
        against="none published",
    )
    yield Row(
        "store",
        f"after that, until all {PAGES} pages answer from it",
        middle(seen),
        theirs=middle(seen_near),
        against=AGAINST,
    )
