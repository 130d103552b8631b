"""Many who ask the chat page at once, some of them nonsense: `python -m bench.clients ADDRESS CLIENTS SECONDS`.

Questions come as a JSON list from standard input, and what happened goes to standard output as one JSON object. A
process of its own: it shares nothing with the server but the machine. Standard library only, to be light.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

MALFORMED = 0.05
"""The share of requests that are none."""
NONSENSE: dict[str, bytes] = {
    "no JSON": b"who owns search?",
    "cut JSON": b'{"question": "who owns sea',
    "no object": b'["who owns search?"]',
    "question of another type": b'{"question": 7}',
    "history of another type": b'{"question": "who?", "history": "me"}',
    "no question": b"{}",
    "empty question": b'{"question": "  "}',
    "too long question": json.dumps({"question": "who? " * 500}).encode(),
    "unknown key": b'{"question": "who?", "answer": "me"}',
    "not UTF-8": b'{"question": "\xff\xfe"}',
    "too long body": json.dumps({"question": "who?", "history": ["me " * 30_000]}).encode(),
    "nothing": b"",
}


@dataclass
class Tally:
    """What one client, or all of them, met with."""

    latencies: list[float] = field(default_factory=list)
    """Seconds of each answered question."""
    refused: Counter[str] = field(default_factory=Counter)
    """Nonsense that got its 4xx, by kind."""
    errors: Counter[str] = field(default_factory=Counter)
    """Everything else, by what it was."""

    def add(self, other: Tally) -> None:
        self.latencies += other.latencies
        self.refused += other.refused
        self.errors += other.errors


class Client(threading.Thread):
    """Asks one question after another until the time is over, on a connection that it keeps."""

    def __init__(self, netloc: str, bodies: itertools.cycle[bytes], until: float, number: int) -> None:
        super().__init__(daemon=True)
        self.tally = Tally()
        self._there = HTTPConnection(netloc, timeout=60)
        self._bodies = bodies
        self._until = until
        self._chance = random.Random(number)  # noqa: S311

    def run(self) -> None:
        while time.perf_counter() < self._until:
            kind = self._chance.choice(list(NONSENSE)) if self._chance.random() < MALFORMED else ""
            self._one(kind, NONSENSE[kind] if kind else next(self._bodies))
        self._there.close()

    def _one(self, kind: str, body: bytes) -> None:
        started = time.perf_counter()
        try:
            self._there.request("POST", "/api/answer", body, {"Content-Type": "application/json"})
            reply = self._there.getresponse()
            reply.read()
        except (OSError, HTTPException) as error:
            self.tally.errors[f"{kind or 'question'}: {type(error).__name__}"] += 1
            self._there.close()
            return
        if not kind and reply.status == 200:
            self.tally.latencies.append(time.perf_counter() - started)
        elif kind and 400 <= reply.status < 500:
            self.tally.refused[kind] += 1
        else:
            self.tally.errors[f"{kind or 'question'}: {reply.status}"] += 1


def press(address: str, clients: int, seconds: float, asked: Sequence[tuple[str, list[str]]]) -> Tally:
    """What happens when so many ask for so long."""
    bodies = itertools.cycle([json.dumps({"question": q, "history": h}).encode() for q, h in asked])
    until = time.perf_counter() + seconds
    threads = [Client(urlsplit(address).netloc, bodies, until, number) for number in range(clients)]
    for thread in threads:
        thread.start()
    total = Tally()
    for thread in threads:
        thread.join()
        total.add(thread.tally)
    return total


def main() -> None:
    address, clients, seconds = sys.argv[1:]
    started = time.perf_counter()
    tally = press(address, int(clients), float(seconds), json.load(sys.stdin))
    print(json.dumps({**vars(tally), "seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
