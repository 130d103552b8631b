"""How long an answer takes: from a cold start, and warm."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack

from bench.figures import Row, alternated, middle, tail
from bench.processes import BenchError, Run, Worker, timed, whodoiask, worker
from bench.stage import Asked, Stage, say

COLD = 0.18
WARM = 0.8
TAIL = 2.0
BLOCK = 20
"""Questions that one side is asked before it is the other's turn."""
FIRST = 5
"""Questions before the clock runs."""


def cold(stage: Stage) -> Iterable[Row]:
    """One answer as a process, start to exit; everything that it reads was read before."""
    index, store = str(stage.index()), str(stage.store)
    asked = [question for question, _ in stage.questions(40 + stage.effort.cold)[-stage.effort.cold - 1 :]]

    def ours(turn: int) -> Run:
        run = timed([*whodoiask(), "ask", asked[turn], "--json", "--index", index])
        if '"outcome"' not in run.said:
            raise BenchError(f"whodoiask ask printed no answer: {run.said[:200]}")
        return run

    def theirs(turn: int) -> Run:
        return timed([sys.executable, "-m", "bench.textbook", "ask", store, asked[turn]])

    say("asking in new processes")
    ours(-1)
    theirs(-1)
    mine, other = alternated(stage.effort.cold, ours, theirs)
    yield Row(
        "cold",
        "cold: `whodoiask ask`, start to exit",
        middle([run.seconds for run in mine]),
        theirs=middle([run.seconds for run in other]),
        against="textbook chain",
        bar=COLD,
    )
    yield Row(
        "cold",
        "cold: most memory",
        middle([float(run.peak) for run in mine]),
        "MB",
        theirs=middle([float(run.peak) for run in other]),
        against="textbook chain",
    )


def warm(stage: Stage) -> Iterable[Row]:
    """One answer in process, against the textbook chain's retrieval alone with the better of two thread settings."""
    asked = stage.questions(stage.effort.questions)
    say(f"asking {len(asked)} distinct questions")
    with ExitStack() as stack:
        mine = stack.enter_context(worker("bench.ours"))
        mine.do("open", index=str(stage.index()))
        other = {_textbook(chain, stage, n): chain for chain, n in _chains(stack)}
        took, *theirs = in_blocks([mine, *other.values()], asked)
    best, threads = min(zip(theirs, other, strict=True), key=lambda found: middle(found[0]).value)
    note = f"theirs with {threads} torch thread{'s' if threads > 1 else ''}"
    yield Row(
        "warm",
        "warm: one answer in process, p50",
        middle(took),
        theirs=middle(best),
        against="textbook chain's retrieval",
        bar=WARM,
        note=note,
    )
    yield Row(
        "warm", "warm: p95", tail(took, 0.95), theirs=middle(took), against="our p50", bar=TAIL, note=f"n {len(took)}"
    )
    for values, count in zip(theirs, other, strict=True):
        yield from _beside(took, values, f"{count} torch thread{'s' if count > 1 else ''}")


def _beside(took: list[float], theirs: list[float], threads: str) -> Iterator[Row]:
    """Both figures beside the chain with so many threads, without a bar."""
    for what, share in (("p50", 0.5), ("p95", 0.95)):
        yield Row(
            "warm",
            f"warm: {what} beside {threads}",
            tail(took, share),
            theirs=tail(theirs, share),
            against="textbook chain's retrieval",
        )


def in_blocks(workers: Sequence[Worker], asked: Sequence[Asked]) -> list[list[float]]:
    """The seconds that each worker takes for each question, a block at a time in turns; the first do not count."""
    found: list[list[float]] = [[] for _ in workers]
    for jobs in workers:
        jobs.do("answer", asked=asked[:FIRST])
    for first in range(FIRST, len(asked), BLOCK):
        for jobs, values in zip(workers, found, strict=True):
            values.extend(jobs.do("answer", asked=asked[first : first + BLOCK]))
    return found


def _chains(stack: ExitStack) -> Iterator[tuple[Worker, int | None]]:
    """With torch's own number of threads, and with one, which is better on a busy machine."""
    for threads in (None, 1):
        yield stack.enter_context(worker("bench.textbook")), threads


def _textbook(chain: Worker, stage: Stage, threads: int | None) -> int:
    count: int = chain.do("load", threads=threads)
    chain.do("open", store=str(stage.store))
    return count
