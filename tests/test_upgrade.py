"""An index and the code that made it: what other code finds in it, and what an ingest with other code does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import SMALL_MANUAL, write_manual

from ingest.digests import code_files
from ingest.store.index import Index

ROOT = Path(__file__).resolve().parent.parent
Edit = tuple[str, str, str]
LAYOUTS: dict[str, tuple[Edit, str]] = {
    "a stop word": (("ingest/store/words.py", "    a an and", "    zone a an and"), "words/facts/tokens.npy"),
    "the order of relations": (
        ("ingest/relations.py", 'Literal["does", "ask", ', 'Literal["ask", "does", '),
        "rows/facts-relation.npy",
    ),
}


def other_code(folder: Path, edit: Edit) -> Path:
    """A copy of the program, with one file of it edited."""
    for room in ("ingest", "assistant", "ui"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    path, old, new = edit
    text = (folder / path).read_text("utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new, 1), "utf-8")
    return folder


def run(code: Path, arguments: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *arguments],
        cwd=code, env={**os.environ, "PYTHONPATH": str(code)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def made(small_index: Path, tmp_path: Path) -> Path:
    """An index of the small manual, made by the code as it is."""
    return Path(shutil.copytree(small_index, tmp_path / "index"))


@pytest.mark.parametrize("change", LAYOUTS)
def test_an_index_of_another_layout_is_refused_and_made_anew(made: Path, tmp_path: Path, change: str) -> None:
    edit, array = LAYOUTS[change]
    code = other_code(tmp_path / "code", edit)
    with_old = Index.open(made)
    old = (with_old.home / array).read_bytes()
    with_old.close()

    asked = run(code, ["ask", "Who owns DNS?", "--index", made])
    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr == (
        f"whodoiask: The index in {made} was made by another version of whodoiask: "
        f"run `whodoiask ingest --index {made}` to build it again.\n"
    )

    again = run(code, ["ingest", write_manual(tmp_path / "manual", SMALL_MANUAL), "--index", made])
    assert again.returncode == 0, again.stderr
    assert "Nothing changed" not in again.stdout
    assert "(0 texts embedded)" in again.stdout
    home = made / "generations" / (made / "current").read_text().strip()
    assert (home / array).read_bytes() != old
    assert run(code, ["ask", "Who owns DNS?", "--index", made]).returncode == 0


def test_other_code_of_the_grammar_writes_the_index_anew(made: Path, tmp_path: Path) -> None:
    code = other_code(tmp_path / "code", ("ingest/facts/steps.py", "from __future__", "# other\nfrom __future__"))
    manual = write_manual(tmp_path / "manual", SMALL_MANUAL)
    assert run(code, ["ask", "Who owns DNS?", "--index", made]).returncode == 0
    said = [run(code, ["ingest", manual, "--index", made]).stdout for _ in range(2)]
    assert re.match(r"Ready in .*\(0 texts embedded\)", said[0], re.DOTALL)
    assert said[1].startswith("Nothing changed.")


def test_code_is_every_file_of_a_package_but_caches(tmp_path: Path) -> None:
    counted = {"a.py", "_b.py", "templates/c.html", "vendor/d.js", "node_modules/e.json"}
    for path in (*counted, "__pycache__/a.cpython-311.pyc", ".mypy_cache/x.json", "x/.DS_Store"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("")
    assert set(code_files(tmp_path)) == counted
