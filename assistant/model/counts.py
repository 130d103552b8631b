"""How often a model was asked, and what came of it, for whoever watches a page; nothing of what was said."""

from __future__ import annotations

import threading
from collections import Counter


class Counts:
    """Counters that only grow; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Counter[str] = Counter()

    def add(self, **by: int) -> None:
        """Add to counters by name."""
        with self._lock:
            self._counted.update({name: n for name, n in by.items() if n})

    def failed(self, kind: str) -> None:
        """One question, or one call of an ingest, for which the deterministic way stands, and why."""
        self.add(**{f"fell_back:{kind}": 1})

    def snapshot(self) -> dict[str, int]:
        """The counters by name, in the order of their names: `questions` asked of the model, `calls`, `tokens`,
        `chosen`, `nobody`, `elsewhere`, `searched`, `again` (second tries), `dropped_keys`, `dropped_texts`,
        `fell_back:KIND`."""
        with self._lock:
            return dict(sorted(self._counted.items()))
