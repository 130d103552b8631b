"""How many questions are answered at the same time, and how many may wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

AT_ONCE = 4
"""Questions answered at the same time; more wait, up to `WAITING`, and later ones are told to come again."""
WAITING = 64
T = TypeVar("T")


class BusyError(Exception):
    """More are waiting than may."""


class Places:
    """Serves `places` calls at once, each in a thread; up to `waiting` more wait their turn."""

    def __init__(self, places: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(places, thread_name_prefix="answer")
        self._room = places + waiting
        self._inside = 0

    @property
    def inside(self) -> int:
        """How many are served or wait."""
        return self._inside

    @property
    def free(self) -> int:
        """How many more may come."""
        return self._room - self._inside

    async def serve(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises; BusyError, at once, when there is no room to wait."""
        if self.free < 1:
            raise BusyError
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._inside -= 1
