"""A store on a Chroma server as a reader sees it: a copy on this machine that follows the server's pointer.

    STORES/<digest of the address>/       laid out as an index, without Chroma's own files: see ingest.store.index
    STORES/<digest of the address>.lock   held by the one process that fetches

STORES is `stores` in the cache of this machine (`ingest.encoder.cache`), or the folder in WHODOIASK_STORES: where the
cache is made beforehand and closed, as in an image of a container, copies need a place of their own.

What a reader asks of the server every few seconds is one small request, without Chroma's client, which takes a second
to import: that fetches what is not on this machine yet (`ingest.store.server`). So a server that is gone or slow keeps
nobody waiting: answers go on from the copy, and say so.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ingest.encoder.cache import home
from ingest.errors import UserError
from ingest.store.index import POINTER as INDEX_POINTER
from ingest.store.index import Generation, last_generation
from ingest.store.layout import LAYOUT
from ingest.store.pointer import FORMAT, Address, AwayError, NothingThereError, OtherVersionError, Pointer

VARIABLE = "WHODOIASK_STORES"
SEEN = 2.0
"""Seconds between two looks at the pointer."""
PATIENCE = 3.0
"""Seconds within which a server must say which generation answers, where there is a copy to answer from."""
FIRST = 20.0
"""The same where there is none."""


class Remote:
    """The copy of a server's index on this machine; safe to use from several threads."""

    def __init__(self, address: Address) -> None:
        self.address = address
        name = hashlib.sha256(f"{address}".encode()).hexdigest()[:16]
        said = os.environ.get(VARIABLE)
        self.folder = (Path(said).expanduser() if said else home() / "stores") / name
        """The copy, laid out as an index."""
        self._away = ""
        self._ended = threading.Event()

    @property
    def note(self) -> str:
        """What an answer must say of where it comes from: empty while the copy is what the server holds."""
        away = self._away
        if not away:
            return ""
        copied = f"This is from this machine's copy of the index as it was at {self._heard()}"
        return f"{copied}, and may be out of date: {away}."

    def sync(self) -> None:
        """Bring the copy to the generation that the server points to.

        Where that cannot be done and there is a copy, `note` says so; UserError where there is none.
        """
        copied = last_generation(self.folder)
        if copied is not None and copied.manifest.layout != LAYOUT:
            copied = None
        try:
            self._follow(copied)
        except UserError as error:
            if copied is None:
                raise
            self._away = _in_short(error)
        else:
            self._away = ""
            with suppress(OSError):  # its time tells every process of this machine when the store was last heard
                os.utime(self.folder / INDEX_POINTER)

    def _heard(self) -> str:
        """When the copy was last known to be what the store holds."""
        try:
            heard = (self.folder / INDEX_POINTER).stat().st_mtime
        except OSError:
            return "some time"
        return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(heard))

    def _follow(self, copied: Generation | None) -> None:
        pointer = Pointer.read(self.address, FIRST if copied is None else PATIENCE)
        if pointer.format != FORMAT or pointer.layout != LAYOUT:
            raise OtherVersionError(
                f"The index in the store at {self.address} was made by another version of whodoiask: run "
                f"`whodoiask ingest --store {self.address}` to build it again, or install that version here."
            )
        if copied is None or copied.name != pointer.generation:
            from ingest.store.server import fetch

            try:
                fetch(self.address, self.folder, pointer)
            except AwayError:
                # Two ingests may have ended since the pointer was read, and the second removed what it named.
                newer = Pointer.read(self.address, PATIENCE)
                if newer.generation == pointer.generation:
                    raise
                fetch(self.address, self.folder, newer)

    def watch(self, tell: Callable[[str], Any] = lambda _: None) -> None:
        """Go on following the server, in the background, until `end`; `tell` hears when it goes and when it is back."""

        def follow() -> None:
            while not self._ended.wait(SEEN):
                before = self._away
                try:
                    self.sync()
                except Exception as error:  # noqa: BLE001 - the copy is gone too; readers go on with what they have open
                    self._away = _in_short(error)
                if self._away != before:
                    tell(f"{self.address}: {self._away or 'the copy follows it again'}")

        threading.Thread(target=follow, name="store", daemon=True).start()

    def end(self) -> None:
        self._ended.set()


def _in_short(error: Exception) -> str:
    """What is the matter, for a reader who can't mend it: no address of a server."""
    match error:
        case AwayError():
            return "the store does not answer"
        case NothingThereError():
            return "the store holds no index any more"
        case OtherVersionError():
            return "the index in the store was made by another version of whodoiask"
    return "the store cannot be read"
