"""What calls may cost, in seconds and tokens, and one second try within it."""

from __future__ import annotations

import math
from time import monotonic, sleep

from assistant.model.prompts import Prompt
from assistant.model.speaking import FailedError, Reply, Speaker

_BREATH = 0.5
"""Seconds before a second try, for a server that refused the first."""
_WORTHWHILE = 0.1
"""Seconds; with less left a call is not begun."""


class Budget:
    """The seconds of calls and the tokens that are left; of one question, or of one ingest."""

    def __init__(self, seconds: float, tokens: int) -> None:
        self.seconds = seconds
        self._tokens = tokens
        self.spent = 0
        """Tokens."""

    def allows(self, prompt: Prompt) -> bool:
        return prompt.tokens <= self._tokens - self.spent

    def call(self, speaker: Speaker, prompt: Prompt, most: float = math.inf) -> Reply:
        """One call of at most so many seconds; FailedError where it fails, or nothing is left for it."""
        if not self.allows(prompt):
            raise FailedError("budget", "its tokens were used up")
        if self.seconds < _WORTHWHILE:
            raise FailedError("budget", "its time was used up")
        began = monotonic()
        try:
            reply = speaker.reply(prompt, min(most, self.seconds))
        except FailedError:
            self.spent += prompt.tokens
            raise
        finally:
            self.seconds -= monotonic() - began
        self.spent += reply.tokens
        return reply

    def breathe(self) -> None:
        """Wait a moment before a second try, where there is one to spare."""
        pause = max(0.0, min(_BREATH, self.seconds / 4))
        self.seconds -= pause
        sleep(pause)
