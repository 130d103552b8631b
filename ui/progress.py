"""How far ingest is: a bar with the time left on a terminal; else a line a stage, and now and then how far it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from assistant.progress import Progress
from ui.plain import one_line

EVERY = 10.0
"""Seconds of silence after which a line says how far a stage is."""


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A function that shows on standard error what it is told."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _bars(bars)


def _bars(bars: Bars) -> Progress:
    tasks: dict[str, TaskID] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(one_line(stage).replace("[", r"\["), total=total or None)
        bars.update(tasks[stage], completed=done, total=total or None)

    return report


def _lines(clock: Callable[[], float] = time.monotonic) -> Progress:
    begun: dict[str, float] = {}
    said = clock()

    def report(stage: str, done: int, total: int) -> None:
        nonlocal said
        now = clock()
        if stage not in begun:
            begun[stage] = now
            line = f"{one_line(stage)}{f' ({total:,})' if total > 1 else ''}"
        elif now - said >= EVERY and 0 < done < total:
            line = f"{one_line(stage)}: {done:,} of {total:,}, {_left((now - begun[stage]) / done * (total - done))}"
        else:
            return
        said = now
        print(line, file=sys.stderr, flush=True)

    return report


def _left(seconds: float) -> str:
    """The time left as people say it, for it is no more than a guess from the time gone."""
    minutes = round(seconds / 60)
    return f"about {minutes} min left" if minutes else "less than a minute left"
