"""How much memory the programs have resident."""

from __future__ import annotations

from collections.abc import Iterable

from bench.figures import Row, middle, single
from bench.processes import chat, timed, whodoiask
from bench.stage import Stage, say

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
            page.ask(*question)
        answered = page.resident()
    yield Row("memory", "the chat page when it has started", single(started), "MB", bar=CHAT)
    yield Row("memory", f"the chat page after {ANSWERS} answers", single(answered), "MB", bar=CHAT)
