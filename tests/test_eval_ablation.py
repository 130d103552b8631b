"""Which parts can be switched off, and that the table says what that costs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import silent, write_manual
from test_eval_run import MANUAL, gold_lines

from eval.ablation import LEVERS, main
from eval.scoring.halves import halves
from ingest.build import ingest


def test_the_halves_are_always_the_same_and_hold_everything() -> None:
    ids = [f"question-{number}" for number in range(9)]
    first, second = halves(ids)
    assert (first, second) == halves(ids[::-1])
    assert first | second == set(ids)
    assert not first & second


def test_the_table_says_what_each_part_is_worth(
    new_index: Callable[[], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manual, index = write_manual(tmp_path / "manual", MANUAL), new_index()
    ingest(str(manual), index, progress=silent)
    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(json.dumps(line) + "\n" for line in gold_lines()), encoding="utf-8")
    main([str(index), str(questions), str(manual)])
    cells = re.finditer(r"\| ([a-z ]+) \| ([\d.]+) \| ([\d.]+) \|", capsys.readouterr().out)
    rows = {cell[1]: (float(cell[2]), float(cell[3])) for cell in cells}
    assert set(rows) == set(LEVERS)
    assert rows["everything on"] == (1.0, 1.0)
    assert rows["named things"][0] < 1.0
    assert rows["statements"][0] < 1.0
