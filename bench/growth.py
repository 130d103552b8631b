"""What a larger manual costs: in answers, in ingest, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack

from bench.answering import in_blocks
from bench.figures import Row, middle, single
from bench.processes import timed, whodoiask, worker
from bench.stage import LARGE, Made, Stage, say

ANSWER = 2.0
INGEST = 1.15
MEMORY = 600e6


def growth(stage: Stage) -> Iterable[Row]:
    """The manual some times as large, beside the manual itself."""
    sizes = [times for times in stage.effort.growth if times < LARGE or not stage.skip_large]
    yield from _ingests(stage, sizes)
    yield from _answers(stage, sizes)
    for times in stage.effort.growth:
        bar = MEMORY if times == max(stage.effort.growth) else None
        peak = middle(_memory(stage, times)) if times in sizes else None
        yield Row("growth", f"most memory of `ask`, × {times}", peak, "MB", bar=bar)


def _ingests(stage: Stage, sizes: list[int]) -> Iterator[Row]:
    stage.index()
    base = [seconds / stage.made().passages for seconds in stage.full or [stage.made().seconds]]
    yield Row("growth", "full ingest, per passage, × 1", middle(base))
    for times in stage.effort.growth:
        made = stage.made(times) if times in sizes else None
        yield Row(
            "growth",
            f"full ingest, per passage, × {times}",
            single(made.seconds / made.passages) if made and not made.generated else None,
            theirs=middle(base),
            against="× 1",
            bar=INGEST,
            note=_told(made) if made else "",
        )


def _told(made: Made) -> str:
    took = "vectors generated" if made.generated else f"in {made.seconds:,.0f} s"
    return f"{made.passages:,} passages, {made.embedded:,} texts, {took}, on {made.day}"


def _answers(stage: Stage, sizes: list[int]) -> Iterator[Row]:
    """The same distinct questions at every size, a block at a time in turns."""
    asked = stage.questions(stage.effort.questions)
    indexes = [stage.index(times) for times in (1, *sizes)]
    say(f"asking {len(asked)} distinct questions at each size")
    with ExitStack() as stack:
        workers = [stack.enter_context(worker("bench.ours")) for _ in indexes]
        for jobs, index in zip(workers, indexes, strict=True):
            jobs.do("open", index=str(index))
        base, *grown = in_blocks(workers, asked)
    found = dict(zip(sizes, grown, strict=True))
    for times in stage.effort.growth:
        yield Row(
            "growth",
            f"warm p50, × {times}",
            middle(found[times]) if times in found else None,
            theirs=middle(base),
            against="× 1",
            bar=ANSWER,
        )


def _memory(stage: Stage, times: int) -> list[float]:
    command = [*whodoiask(), "ask", "--json", "--index", str(stage.index(times))]
    asked = [question for question, _ in stage.questions(20)[-3:]]
    return [float(timed([*command, question]).peak) for question in asked]
