"""Notes of what readers asked, sent on as they are kept: to the one address that the manual's `whodoiask.toml` names.

What is sent was masked before. Nobody waits for it, and where it cannot be delivered it is said and dropped: the note
itself is kept beside the index all the same.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
from urllib.error import URLError
from urllib.request import Request, urlopen

from ui.feedback import Noted
from ui.plain import one_line

PATIENCE = 5.0
"""Seconds to wait for the receiver."""
WAITING = 200
"""Notes that may wait for a slow receiver; later ones are dropped."""


class Webhook:
    """Sends notes one after another from a thread of its own, begun with the first."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[str, Noted]] = queue.Queue(WAITING)
        self._lock = threading.Lock()
        self._begun = False

    def send(self, address: str, note: Noted) -> None:
        """Send `note` to `address` (http or https) soon; an empty address is nobody's."""
        if not address:
            return
        with self._lock:
            if not self._begun:
                threading.Thread(target=self._deliver, name="webhook", daemon=True).start()
                self._begun = True
        try:
            self._waiting.put_nowait((address, note))
        except queue.Full:
            _say(f"The webhook is slow: {WAITING} notes wait already, and one was not sent.")

    def _deliver(self) -> None:
        while True:
            address, note = self._waiting.get()
            body = json.dumps(note.to_json(), ensure_ascii=False).encode("utf-8")
            request = Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - checked at ingest
            try:
                with urlopen(request, timeout=PATIENCE):  # noqa: S310
                    pass
            except (URLError, OSError, ValueError) as error:
                _say(f"The webhook did not take a note ({error}): look at its address in whodoiask.toml.")


def _say(sentence: str) -> None:
    print(one_line(sentence), file=sys.stderr, flush=True)
