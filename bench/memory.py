"""How much memory the programs have resident."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http.client import HTTPConnection
from urllib.parse import urlsplit

from bench.figures import Row, middle, single
from bench.processes import BenchError, Page, chat, timed, whodoiask
from bench.stage import Asked, Stage, say

ASK = 350e6
CHAT = 600e6
ANSWERS = 50


def memory(stage: Stage) -> Iterable[Row]:
    """`ask` at its most; the chat page when it has started, and when it has answered."""
    index = stage.index()
    asked = stage.questions(20 + ANSWERS)
    say("measuring memory")
    command = [*whodoiask(), "ask", "--json", "--index", str(index)]
    peaks = [float(timed([*command, question]).peak) for question, _ in asked[:5]]
    yield Row("memory", "most memory of `ask`", middle(peaks), "MB", bar=ASK)
    with chat(index) as page:
        started = page.resident()
        for question in asked[-ANSWERS:]:
            _ask(page, question)
        answered = page.resident()
    yield Row("memory", "the chat page when it has started", single(started), "MB", bar=CHAT)
    yield Row("memory", f"the chat page after {ANSWERS} answers", single(answered), "MB", bar=CHAT)


def _ask(page: Page, asked: Asked) -> None:
    there = HTTPConnection(urlsplit(page.address).netloc, timeout=60)
    body = json.dumps({"question": asked[0], "history": asked[1]})
    there.request("POST", "/api/answer", body, {"Content-Type": "application/json", "Connection": "close"})
    status = there.getresponse().status
    there.close()
    if status != 200:
        raise BenchError(f"the chat page answers with {status}")
