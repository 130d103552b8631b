"""Texts that are embedded in the background: handed over as soon as they are found, asked for when they are needed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from ingest.cores import CORES
from ingest.plain import text_key

Vectors32 = NDArray[np.float32]
Told = Callable[[int, int], None]
"""Told how many new texts are embedded, and how many there are."""


class Embedding:
    """The vectors of texts, by `text_key`: each is embedded once, on all cores, while the caller goes on.

    One text at a time on each core: a batch changes the last bits of its members, and is no faster. So a text gives
    the same bytes whatever is embedded beside it or before. For one thread to use; leaving it drops what has not begun.
    """

    def __init__(
        self, vector_of: Callable[[str], Vectors32], dimension: int, known: Mapping[str, Vectors32] | None = None
    ) -> None:
        self._vector_of = vector_of
        self._dimension = dimension
        self._vectors = dict(known or {})
        self._new: set[str] = set()
        self._embedded = 0
        # Not a future for each text: of a large manual's they take more memory than its vectors.
        self._waiting: deque[tuple[str, str]] = deque()
        self._done: SimpleQueue[tuple[str, Vectors32 | BaseException]] = SimpleQueue()
        self._pool = ThreadPoolExecutor(CORES, thread_name_prefix="embedding")

    def __enter__(self) -> Embedding:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.clear()
        self._pool.shutdown(cancel_futures=True)

    @property
    def new(self) -> int:
        """How many of the texts handed over were not known."""
        return len(self._new)

    def add(self, texts: Iterable[str]) -> None:
        """Begin to embed the texts that are new, after those that wait already.

        Longest first, so that the time left is never more than it seems.
        """
        new = {key: text for text in texts if (key := text_key(text)) not in self._vectors and key not in self._new}
        self._new.update(new)
        self._waiting.extend(sorted(new.items(), key=lambda entry: -len(entry[1])))
        for _ in range(min(CORES, len(new))):
            self._pool.submit(self._work)

    def vectors(self, keys: Sequence[str], told: Told | None = None) -> Vectors32:
        """Unit vectors of shape (len(keys), dimension), in the keys' order; KeyError for one not handed over.

        Waits for these alone. `told` is called for each new text once, unless it was waited for before.
        """
        for key in keys:
            while key not in self._vectors:
                if key not in self._new:
                    raise KeyError(key)
                self._take()
                if told is not None:
                    told(self._embedded, len(self._new))
        found = [self._vectors[key] for key in keys]
        return np.array(found, np.float32).reshape(len(keys), self._dimension)

    def _take(self) -> None:
        """Wait for the next text that is embedded."""
        key, found = self._done.get()
        if isinstance(found, BaseException):
            self._done.put((key, found))  # for whoever asks again
            raise found
        self._vectors[key] = found
        self._embedded += 1

    def _work(self) -> None:
        """Embed what waits, until nothing does."""
        while True:
            try:
                key, text = self._waiting.popleft()
            except IndexError:
                return
            try:
                self._done.put((key, self._vector_of(text)))
            except BaseException as error:  # noqa: BLE001 - who waits is told; a library's panic is no Exception
                self._done.put((key, error))
