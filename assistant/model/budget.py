"""What calls may cost, in seconds and tokens, and one second try within it."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any, TypeVar

from assistant.model.counts import Counts
from assistant.model.prompts import Prompt
from assistant.model.speaking import FailedError, Reply, Speaker

_BREATH = 0.5
"""Seconds before a second try, for a server that refused the first."""
_WORTHWHILE = 0.1
"""Seconds; with less left a call is not begun."""

Read = TypeVar("Read")


class Budget:
    """The seconds of calls and the tokens that are left; of one question, or of one ingest."""

    def __init__(self, seconds: float, tokens: int, counts: Counts) -> None:
        self._seconds = seconds
        self._tokens = tokens
        self._counts = counts
        self.calls = 0
        self.spent = 0
        """Tokens."""

    def allows(self, prompt: Prompt) -> bool:
        return prompt.tokens <= self._tokens - self.spent

    def ask(
        self, speaker: Speaker, prompt: Prompt, read: Callable[[Any], Read], most: float = math.inf
    ) -> tuple[Reply, Read]:
        """The reply to a prompt, and what `read` takes of it; with one second try, and each of at most so many seconds.
        FailedError where both fail, or nothing is left for them."""
        try:
            return self._try(speaker, prompt, read, most)
        except FailedError as failure:
            if not failure.again:
                raise
            if failure.refused:
                self._breathe()
        self._counts.add(again=1)
        return self._try(speaker, prompt, read, most)

    def _try(self, speaker: Speaker, prompt: Prompt, read: Callable[[Any], Read], most: float) -> tuple[Reply, Read]:
        if not self.allows(prompt):
            raise FailedError("budget", "its tokens were used up")
        if self._seconds < _WORTHWHILE:
            raise FailedError("budget", "its time was used up")
        began, tokens = monotonic(), prompt.tokens
        try:
            reply = speaker.reply(prompt, min(most, self._seconds))
            tokens = reply.tokens
        finally:
            self._seconds -= monotonic() - began
            self.calls += 1
            self.spent += tokens
            self._counts.add(calls=1, tokens=tokens)
        return reply, read(reply.value)

    def _breathe(self) -> None:
        """Wait a moment, where there is one to spare."""
        pause = max(0.0, min(_BREATH, self._seconds / 4))
        self._seconds -= pause
        sleep(pause)
