"""What groups measured, kept in the folder of the run: a later run that uses the folder again goes on from there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.figures import Row, Spread

FOLDER = "rows"


def keep(work: Path, group: str, rows: Sequence[Row], when: str) -> None:
    """Write a group's rows; `when` says at what time and load they were measured."""
    folder = work / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    said = {"when": when, "rows": [asdict(row) for row in rows]}
    (folder / f"{group}.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")


def kept(work: Path, group: str) -> tuple[list[Row], str] | None:
    """The rows of a group that was measured before, and when; None where it was not."""
    try:
        said = json.loads((work / FOLDER / f"{group}.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    return [_row(**row) for row in said["rows"]], said["when"]


def _row(**said: object) -> Row:
    spreads = {name: Spread(**value) for name in ("ours", "theirs") if isinstance(value := said[name], dict)}
    return Row(**{**said, **spreads})  # type: ignore[arg-type]
