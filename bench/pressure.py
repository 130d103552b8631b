"""The chat page's answer endpoint under load."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import Any

from bench.figures import Row, middle, single, tail
from bench.processes import ROOT, BenchError, chat, worker
from bench.stage import Asked, Stage, say

SLOWEST = 2.5
"""Seconds that 99 of 100 answers take at most."""
MANY = 8000
"""Questions that are made, so that none is asked twice in a minute."""
BARE = 200


def load(stage: Stage) -> Iterable[Row]:
    """So many clients for so long; the bare assistant in a loop right before."""
    index, effort = stage.index(), stage.effort
    asked = stage.questions(MANY)
    bare = _bare(stage, asked[:BARE])
    with chat(index) as page:
        say(f"{effort.clients} clients for {effort.seconds:g} s")
        found = _press(page.address, stage, asked[BARE:])
        size = page.resident()
    if not found["latencies"]:
        raise BenchError(f"no question was answered: {found['errors']}")
    if len(found["latencies"]) > len(asked) - BARE:
        say("some questions were asked twice: there were not enough of them")
    refused, errors = sum(found["refused"].values()), sum(found["errors"].values())
    note = "; ".join(f"{count} × {what}" for what, count in found["errors"].items())
    clients = f"{effort.clients} clients, {effort.seconds:g} s"
    yield Row("load", f"errors ({clients})", single(errors), "", bar=0, note=note)
    yield Row(
        "load", "malformed requests that got their 4xx", single(refused), "", note=f"{len(found['refused'])} kinds"
    )
    yield Row("load", "an answer over HTTP, p50", middle(found["latencies"]))
    yield Row("load", "an answer over HTTP, p99", tail(found["latencies"], 0.99), bar=SLOWEST)
    throughput = len(found["latencies"]) / found["seconds"]
    yield Row("load", "answers a second", single(throughput), "1/s", theirs=single(bare), against="the bare assistant")
    yield Row("load", "the chat page after the load", single(size), "MB")


def _bare(stage: Stage, asked: list[Asked]) -> float:
    """Answers a second of the assistant alone, in one thread."""
    with worker("bench.ours") as jobs:
        jobs.do("open", index=str(stage.index()))
        started = time.perf_counter()
        jobs.do("answer", asked=asked)
        return len(asked) / (time.perf_counter() - started)


def _press(address: str, stage: Stage, asked: list[Asked]) -> dict[str, Any]:
    effort = stage.effort
    command = [sys.executable, "-m", "bench.clients", address, str(effort.clients), str(effort.seconds)]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode != 0:
        raise BenchError(f"the clients ended with {done.returncode}: {done.stderr[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
