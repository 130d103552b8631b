"""How many processors this process may use: asked once, for everything that works on several at once."""

from __future__ import annotations

import os


def _cores() -> int:
    """A process can be held to some processors on Linux alone; elsewhere all of the machine's count."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


CORES = _cores()
