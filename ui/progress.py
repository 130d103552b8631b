"""How far ingest is: a bar with the time left on a terminal, else a line a stage."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from ui.plain import one_line


class Report(Protocol):
    """Called with the stage's name, how many are done, and how many there are (0: not known)."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


@contextmanager
def shown_progress() -> Iterator[Report]:
    """A function that shows on standard error what it is told."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _bars(progress)


def _bars(progress: Progress) -> Report:
    tasks: dict[str, TaskID] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = progress.add_task(one_line(stage).replace("[", r"\["), total=total or None)
        progress.update(tasks[stage], completed=done, total=total or None)

    return report


def _lines() -> Report:
    begun: set[str] = set()

    def report(stage: str, done: int, total: int) -> None:  # noqa: ARG001
        if stage not in begun:
            begun.add(stage)
            print(f"{one_line(stage)}{f' ({total:,})' if total > 1 else ''}", file=sys.stderr, flush=True)

    return report
