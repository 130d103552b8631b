"""The chat page for a minute, or as many as WHODOIASK_MINUTES says (`make endure`), under a mixed load while the manual
is edited and ingested: no error, no answer from two generations, memory flat, no file descriptor more."""

from __future__ import annotations

import json
import os
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from conftest import SMALL_MANUAL, silent, write_manual
from serving import ask, chat_page, free_port
from test_no_contact_without_fact import Manual, asked_of

from ingest.build import ingest

MINUTES = float(os.environ.get("WHODOIASK_MINUTES", "1"))
EVERY = 60 if MINUTES > 5 else 10
"""Seconds between two ingests."""
READERS = 4
GROWTH = 1.05 if MINUTES > 5 else 1.5
"""How much more memory may be held in the last third than in the second: a minute's samples are few, and a new
generation is prepared in some of them."""
DNS = "source/manual/dns.html.md"


def _memory(pid: int) -> float:
    """Megabytes of the process's own pages; those of mapped files are the system's."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("RssAnon"))) / 1024


def _page(port: int) -> int:
    """The process that serves the page."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"chat" in said and str(port).encode() in said:
            return int(folder.name)
    raise AssertionError("no such page")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_page_runs_for_long(new_index: Callable[[], Path], tmp_path: Path) -> None:
    chance = Random(3)  # noqa: S311  # words, and no secret
    made = Manual(chance)
    manual, index = write_manual(tmp_path / "manual", {**SMALL_MANUAL, **made.files}), new_index()
    digests = {ingest(str(manual), index, progress=silent).digest}
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    over = threading.Event()

    def reader(address: str, seed: int) -> None:
        own = Random(seed)  # noqa: S311
        while not over.is_set():
            history = [asked_of(own, made.matters) for _ in range(own.randint(0, 2))]
            body = {"question": asked_of(own, made.matters), "history": history}
            try:
                with ask(address, "POST", "/api/answer", {}, json.dumps(body).encode()) as reply:
                    said = json.load(reply)
                seen[said["index"] if reply.status == 200 else f"status {reply.status}"] += 1
            except (OSError, ValueError, KeyError) as error:
                wrong.append(repr(error))

    port = free_port()
    with chat_page(index, port) as address:
        pid = _page(port)
        readers = [threading.Thread(target=reader, args=(address, seed)) for seed in range(READERS)]
        for thread in readers:
            thread.start()
        began = last = time.monotonic()
        memory: list[float] = []
        open_files: list[int] = []
        ingests = 0
        while time.monotonic() - began < 60 * MINUTES:
            time.sleep(1)
            memory.append(_memory(pid))
            open_files.append(len(list(Path(f"/proc/{pid}/fd").iterdir())))
            if time.monotonic() - last >= EVERY:
                last, ingests = time.monotonic(), ingests + 1
                write_manual(manual, {DNS: SMALL_MANUAL[DNS].replace("a new zone", f"zone number {ingests}")})
                digests.add(ingest(str(manual), index, progress=silent).digest)
        over.set()
        for thread in readers:
            thread.join()
    third = len(memory) // 3
    middle, end = statistics.median(memory[third : 2 * third]), statistics.median(memory[2 * third :])
    files, more = max(open_files[third : 2 * third]), max(open_files[2 * third :])
    print(f"{sum(seen.values()):,} answers, {ingests} ingests, {MINUTES:g} minutes")
    print(f"memory {middle:.0f} MB, then {end:.0f} MB; open files at most {files}, then {more}")
    assert wrong == []
    assert set(seen) <= digests
    assert len(seen) > ingests // 2
    assert end <= GROWTH * middle
    assert more <= files + READERS
