"""What a run left behind, read back from its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.answers import folder as files
from eval.answers.generate import read_seconds
from eval.gate.compare import Comparison
from eval.gate.limits import Breach
from eval.generated.metamorphic import Trial
from eval.scoring.rows import Row
from eval.scoring.totals import Totals


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
