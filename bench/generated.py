"""Vectors that are generated instead of embedded, for a manual that would take an hour to embed.

Everything else of its index is made as always. A text that the manual itself holds has its real vector; any other gets
that of one of those texts plus the difference of two more, scaled to unit length: noise with the texts' own covariance.
Which three is seeded by the text. So what a search costs is what it would be, and what it finds means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np

from ingest.encoder.embedding import Embedding, Vectors32
from ingest.encoder.onnx import Encoder
from ingest.plain import text_key
from ingest.store import nearest
from ingest.store.index import Index


@contextmanager
def generated(like: Path) -> Iterator[None]:
    """Let ingests of this process generate vectors like those of the index in that folder."""
    vector_of = _generator(nearest.known(Index.open(like).home))

    def embedding(self: Encoder, known: Mapping[str, Vectors32] | None = None) -> Embedding:
        return Embedding(vector_of, self.dimension, known)

    with patch.object(Encoder, "embedding", embedding):
        yield


def _generator(real: Mapping[str, Vectors32]) -> Callable[[str], Vectors32]:
    every = np.array(list(real.values()))

    def vector_of(text: str) -> Vectors32:
        key = text_key(text)
        if key in real:
            return real[key]
        one, other, third = every[np.random.default_rng(int(key, 16)).integers(len(every), size=3)]
        vector: Vectors32 = one + other - third
        return vector / np.linalg.norm(vector)

    return vector_of
