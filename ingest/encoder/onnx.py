"""The question path's encoder: text to unit vector with onnxruntime and tokenizers, without torch.

A folder made by `ingest.encoder.model` holds the graph (`model.onnx`: pooling and normalisation are inside it),
`tokenizer.json` and `encoder.json`, which says what they are and how large they must be.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from ingest.cores import CORES
from ingest.encoder.embedding import Embedding, Told, Vectors32
from ingest.errors import UserError
from ingest.plain import text_key

CARD = "encoder.json"
GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
ASKED = 256
"""Questions whose vectors are kept: one answer looks at its question several times, and people ask alike."""
SHARED = 2
"""Threads that share one question (5.6 ms instead of 8.1), as far as was measured: on two cores."""
SPIN = 5
"""Microseconds for which a thread looks for its next piece of work before it sleeps.

That bridges most gaps within one run. To spin for longer wins little where a core is free, and where none is, the
threads wait for each other: 8.4 ms as with one thread, but 11.6 with 100 microseconds, and 13.7 with 1,000.
"""


@dataclass(frozen=True, slots=True)
class Card:
    """What `encoder.json` says of an exported encoder; `sizes` are its files' bytes, by name."""

    name: str
    digest: str
    dimension: int
    max_tokens: int
    pooling: str
    sizes: dict[str, int]

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), indent=1, sort_keys=True), encoding="utf-8")

    @staticmethod
    def read(folder: Path) -> Card:
        """The card of an encoder's folder; UserError when it or one of its files is missing or cut."""
        try:
            card = Card(**json.loads((folder / CARD).read_text(encoding="utf-8")))
            whole = all((folder / n).stat().st_size == size for n, size in card.sizes.items())
        except (OSError, ValueError, TypeError) as error:
            raise _damaged(folder) from error
        if not whole:
            raise _damaged(folder)
        return card


class Encoder:
    """Text to unit vectors; equal text gives equal bytes, whatever is embedded beside it.

    Safe to use from several threads; a forked process opens its own.
    """

    def __init__(self, card: Card, tokenizer: Tokenizer, session: ort.InferenceSession) -> None:
        self.name = card.name
        self.digest = card.digest
        self.dimension = card.dimension
        self.max_tokens = card.max_tokens
        self._counter = tokenizer
        self._vector = _Vector(_cutting(tokenizer, card.max_tokens), session)
        # Nothing here points back at the encoder: an index that is replaced lets go of its 100 MB at once.
        self._asked = lru_cache(ASKED)(self._vector)
        self._beside = ThreadPoolExecutor(CORES)

    @staticmethod
    def open(folder: Path, threads: int = 1) -> Encoder:
        """The encoder exported into `folder`; UserError when the folder is not whole.

        `threads` work on one text: `SHARED` for somebody who waits for its vector, one where many texts are embedded,
        each on a core of its own.
        """
        card = Card.read(folder)
        try:
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            session = _session(folder / GRAPH, threads)
        except Exception as error:  # both libraries raise bare Exceptions of their own for a bad file
            raise _damaged(folder) from error
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return Encoder(card, tokenizer, session)

    def count_tokens(self, text: str) -> int:
        """Tokens of the whole text, the model's special tokens included, however long it is."""
        return len(self._counter.encode(_clean(text)).ids)

    def is_word(self, word: str) -> bool:
        """Whether the model has a lower-case word as one token: it is an ordinary word, then, not a typing error."""
        return self._counter.token_to_id(word) is not None

    def embed_query(self, text: str) -> Vectors32:
        """One text's unit vector, shape (dimension,), read-only; what lies beyond `max_tokens` is cut. The last few
        are kept."""
        return self._asked(text)

    def embed_queries(self, texts: Sequence[str]) -> list[Vectors32]:
        """What `embed_query` gives for each of some texts (one at least), made at once: what one leaves of the cores
        another uses."""
        longest = max(texts, key=len)  # for this thread, which then waits for nobody
        begun = {text: self._beside.submit(self._asked, text) for text in {*texts} - {longest}}
        made = self._asked(longest)
        return [begun[text].result() if text in begun else made for text in texts]

    def embedding(self, known: Mapping[str, Vectors32] | None = None) -> Embedding:
        """To hand texts over, which are embedded in the background unless their vector is `known` (by `text_key`)."""
        return Embedding(self._vector, self.dimension, known)

    def embed(self, texts: Sequence[str], progress: Told | None = None) -> Vectors32:
        """Unit vectors of shape (len(texts), dimension), in the texts' order; `progress` is told of each new text."""
        with self.embedding() as embedding:
            embedding.add(texts)
            return embedding.vectors([text_key(text) for text in texts], progress)


class _Vector:
    """What makes the vector of one text."""

    def __init__(self, cutter: Tokenizer, session: ort.InferenceSession) -> None:
        self._cutter = cutter
        self._session = session
        # More runs than cores hold each other up: with 8 askers there are 5 to 15 % more answers this way.
        self._places = threading.BoundedSemaphore(CORES)
        self._inputs = {put.name for put in session.get_inputs()}

    def __call__(self, text: str) -> Vectors32:
        encoding = self._cutter.encode(_clean(text))
        feed = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        arrays = {k: np.array([v], dtype=np.int64) for k, v in feed.items() if k in self._inputs}
        with self._places:
            vector: Vectors32 = self._session.run(None, arrays)[0][0]
        vector.setflags(write=False)
        return vector


def _clean(text: str) -> str:
    """The text as the tokenizer takes it; a lone surrogate (from a broken argument) becomes "?"."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _cutting(tokenizer: Tokenizer, max_tokens: int) -> Tokenizer:
    """A copy that truncates: the original goes on counting, from any thread."""
    copy = Tokenizer.from_str(tokenizer.to_str())
    copy.enable_truncation(max_length=max_tokens)
    return copy


def _session(graph: Path, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = min(threads, CORES)
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    spins = options.intra_op_num_threads > 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if spins else "0")
    options.add_session_config_entry("session.intra_op.spin_duration_us", str(SPIN))
    return ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _damaged(folder: Path) -> UserError:
    return UserError(f"The encoder in {folder} is damaged: delete it and run `whodoiask ingest` again.")


def card_of(folder: Path, **said: Any) -> Card:
    """The card for an encoder just exported into `folder`, with its files' sizes."""
    sizes = {name: (folder / name).stat().st_size for name in (GRAPH, TOKENIZER)}
    return Card(sizes=sizes, **said)
