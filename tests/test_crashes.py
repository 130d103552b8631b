"""An ingest that is killed, finds the disk full or may not write: the index answers as before, and the next one mends.

Two kills, or as many times that as WHODOIASK_TRIALS says (`make trials`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from conftest import SMALL_MANUAL, silent, write_manual
from test_no_contact_without_fact import TRIALS

from assistant.flow import Assistant
from ingest.build import ingest

KILLS = 2 * TRIALS
ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Who do I ask for a new DNS zone?"
DNS = "source/manual/dns.html.md"
FILES = {"current", "generations", "inputs", "kept.sqlite", "lock"}


def command(manual: Path, index: Path) -> list[str]:
    return [sys.executable, "-m", "ui.cli", "ingest", str(manual), "--index", str(index)]


def state(index: Path) -> tuple[str, str]:
    """The digest that the index has, and what it answers."""
    assistant = Assistant.open(index)
    try:
        return assistant.index.digest, assistant.answer(QUESTION).markdown
    finally:
        assistant.index.close()


def answered(index: Path) -> str:
    assistant = Assistant.open(index)
    try:
        return assistant.answer(QUESTION).markdown
    finally:
        assistant.index.close()


def test_a_kill_at_any_moment_changes_nothing(small_manual: Path, index_folder: Path) -> None:
    ingest(str(small_manual), index_folder, progress=silent)
    chance = Random(4)  # noqa: S311
    edited = SMALL_MANUAL[DNS] + "\nAsk in #new-{} about news.\n"
    began = time.monotonic()
    write_manual(small_manual, {DNS: edited.format("first")})
    subprocess.run(command(small_manual, index_folder), cwd=ROOT, check=True, capture_output=True)
    whole, before = time.monotonic() - began, state(index_folder)
    for number in range(KILLS):
        write_manual(small_manual, {DNS: edited.format(number)})
        with subprocess.Popen(
            command(small_manual, index_folder), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            time.sleep(chance.uniform(0.3, 1.1) * whole)
            process.kill()
        after = state(index_folder)
        report = ingest(str(small_manual), index_folder, progress=silent)
        assert report.digest == ingest(str(small_manual), index_folder, progress=silent).digest
        # A kill may come when the new generation is there already, and the process has not ended yet.
        assert after in (before, state(index_folder))
        assert after != before or process.returncode
        assert {entry.name for entry in index_folder.iterdir()} == FILES
        assert len(list((index_folder / "generations").iterdir())) <= 2
        before = state(index_folder)


@pytest.fixture(params=[200, 800])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with so many kilobytes beside an index."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={2000 + request.param}k", "tmpfs", str(disk)],
        check=False, capture_output=True,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("no disk may be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_fills_up_is_one_sentence(small_manual: Path, small_index: Path, small_disk: Path) -> None:
    index = small_disk / "index"
    shutil.copytree(small_index, index)
    before = answered(index)
    more = {f"source/more-{n}.md": f"# More {n}\n\nAsk in #more-{n} about {n} more.\n" for n in range(30)}
    write_manual(small_manual, more)
    done = subprocess.run(
        command(small_manual, index), cwd=ROOT, check=False, capture_output=True, text=True, timeout=120
    )
    if done.returncode:
        assert done.returncode == 2, done.stderr
        said = done.stderr.splitlines()[-1]
        assert said.startswith(f"whodoiask: The index in {index} cannot be written")
        assert "free some space" in said, said
        assert answered(index) == before
        shutil.rmtree(small_manual / "source")
        write_manual(small_manual, SMALL_MANUAL)
        assert subprocess.run(command(small_manual, index), cwd=ROOT, check=False, capture_output=True).returncode == 0
    assert "#domains" in answered(index)


@pytest.mark.parametrize("closed", [".", "generations"])
def test_a_folder_that_may_not_be_written_is_one_sentence(
    small_manual: Path, small_index: Path, tmp_path: Path, closed: str
) -> None:
    index = Path(shutil.copytree(small_index, tmp_path / "index"))
    write_manual(small_manual, {DNS: SMALL_MANUAL[DNS] + "\nMore.\n"})
    as_anybody = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if as_anybody and subprocess.run([*as_anybody, "true"], check=False, capture_output=True).returncode:
        pytest.skip("root may write anywhere, and cannot be kept from it here")
    (index / closed).chmod(0o555)
    try:
        done = subprocess.run(
            [*as_anybody, *command(small_manual, index)],
            cwd=ROOT, check=False, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    finally:
        (index / closed).chmod(0o755)
    assert done.returncode == 2, done.stderr
    said = done.stderr.splitlines()[-1]
    assert said.startswith(f"whodoiask: The index in {index} cannot be written (")
    assert said.endswith("): make it writable, or choose another folder with --index.")
    assert "#domains" in answered(index)
