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
from eval.scoring.away import Away, line
from eval.scoring.risk import Risk
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
    away: Away | None = None

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
    def risks(self) -> Mapping[str, tuple[float | None, Risk | None]]:
        """Calibration error and risk of these questions, and of all those on other manuals together, by halves."""
        pools = self.away.pools if self.away else {}
        found = {"these questions": (self.totals.calibration, self.totals.risk)}
        found |= {line("other manuals", part): (pool.calibration, pool.risk) for part, pool in pools.items()}
        return {name: (told.error if told else None, risk) for name, (told, risk) in found.items()}

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
    compared, away = folder / files.COMPARISON, folder / files.AWAY_TOTALS
    return Run(
        settings=json.loads((folder / files.SETTINGS).read_text("utf-8")),
        rows=files.read_values(Row, folder / files.ROWS),
        totals=files.read_json(Totals, folder / files.TOTALS),
        seconds=read_seconds(folder),
        trials=files.read_values(Trial, folder / files.METAMORPHIC),
        breaches=files.read_json(tuple[Breach, ...], folder / files.GATE),
        comparison=files.read_json(Comparison, compared) if compared.is_file() else None,
        away=files.read_json(Away, away) if away.is_file() else None,
    )
