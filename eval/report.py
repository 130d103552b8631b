"""The last step: what a run's files say, read back, and made into a page, a summary and a test report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval import folder as files
from eval.compare import Comparison
from eval.gate import Breach
from eval.generate import read_seconds
from eval.metamorphic import Trial
from eval.scoring import Row
from eval.totals import Totals


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that a run left behind. `limits` is the number of limits that the gate held it against."""

    settings: Mapping[str, Any]
    rows: tuple[Row, ...]
    totals: Totals
    seconds: Mapping[str, float]
    trials: tuple[Trial, ...]
    breaches: tuple[Breach, ...]
    comparison: Comparison | None

    @property
    def limits(self) -> int:
        return int(self.settings.get("limits", 0))

    @property
    def passed(self) -> bool:
        return not self.breaches

    @property
    def misses(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.right)

    @property
    def verdict(self) -> str:
        """The gate's word in a sentence."""
        if not self.limits:
            return "No limits were set, so nothing was held against them."
        if self.passed:
            return f"The gate is open: all {self.limits} limits hold."
        return f"The gate is closed: {len(self.breaches)} of {self.limits} limits are broken."


def read_run(folder: Path) -> Run:
    """The run in a folder; UserError when its files are of another version."""
    compared = folder / files.COMPARISON
    return Run(
        settings=json.loads((folder / files.SETTINGS).read_text("utf-8")),
        rows=files.read_values(Row, folder / files.ROWS),
        totals=files.read_json(Totals, folder / files.TOTALS),
        seconds=read_seconds(folder),
        trials=files.read_values(Trial, folder / files.METAMORPHIC),
        breaches=files.read_json(tuple[Breach, ...], folder / files.GATE),
        comparison=files.read_json(Comparison, compared) if compared.is_file() else None,
    )


def report(folder: Path) -> Run:
    """Write the page, the summary and the test report of a run whose figures are complete."""
    from eval.junit import junit
    from eval.page import page
    from eval.summary import summary

    run = read_run(folder)
    (folder / files.REPORT).write_text(page(run), encoding="utf-8")
    (folder / files.SUMMARY).write_text(summary(run), encoding="utf-8")
    (folder / files.JUNIT).write_text(junit(run), encoding="utf-8")
    return run
