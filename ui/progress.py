"""How far ingest is: a bar with the time left on a terminal, else a line a stage."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from assistant.progress import Progress
from ui.plain import one_line


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


def _lines() -> Progress:
    begun: set[str] = set()

    def report(stage: str, done: int, total: int) -> None:  # noqa: ARG001
        if stage not in begun:
            begun.add(stage)
            print(f"{one_line(stage)}{f' ({total:,})' if total > 1 else ''}", file=sys.stderr, flush=True)

    return report
