"""The word index (BM25), and the one rule by which texts and questions are cut into tokens."""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

from ingest.records import COLLECTIONS, Collection

Scores = NDArray[np.float32]

# Question words and glue carry no topic. "no" and "not" stay: they turn a sentence round.
_GLUE = """
    a an and are as at be been being but by can could did do does doing for from had has have having he her
    here hers him his how i if in into is it its just me might must my of off on onto or our ours out over
    s shall she should so some such t than that the their theirs them then there these they this those
    through to too up upon us very was we were what when where whether which while who whom whose why will
    with would you your yours i'd i'll i'm i've we'd we'll we're we've that's there's they're let's please
"""
STOP_WORDS = frozenset(_GLUE.split())

_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201b": "'", "\u02bc": "'", "\uff07": "'"})
# Letters and digits, joined by single connectors into an identifier: content-store, www.gov.uk, a_b, x@y.
_CHUNK = re.compile(r"[^\W_]+(?:[-_.@'][^\W_]+)*")
_PART = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_PLAIN = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")
SURFACE = "surface.json"
_LOCAL = threading.local()


def tokenize(text: str) -> list[str]:
    """The tokens of a text, in order: stems of its words, and identifiers both whole and in parts.

    >>> tokenize("Who owns the #govuk-2ndline-tech channel?")
    ['own', 'govuk-2ndline-tech', 'govuk', '2ndline', 'tech', 'channel']
    """
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).lower()
    return [token for chunk in _CHUNK.findall(plain) for token in _tokens(chunk)]


def _tokens(chunk: str) -> Iterator[str]:
    chunk = chunk.removesuffix("'s")
    parts = _PART.findall(chunk)
    if len(parts) > 1:
        yield chunk
    for part in parts:
        if part not in STOP_WORDS:
            yield _stem(part)


def _stem(word: str) -> str:
    """The Snowball stem. A stemmer keeps state, so each thread has its own."""
    stemmer = getattr(_LOCAL, "stemmer", None)
    if stemmer is None:
        stemmer = _LOCAL.stemmer = Stemmer.Stemmer("english")
    stem: str = stemmer.stemWord(word)
    return stem


def build(folder: Path, collection: Collection, texts: Sequence[str]) -> None:
    """Write the word index of `texts` (row i scores texts[i]) into `folder`/`collection`."""
    target = folder / collection
    target.mkdir(parents=True)
    tokens = [tokenize(text) for text in texts]
    # Sorted, so that the same texts give the same files: bm25s itself numbers tokens by hash order.
    vocabulary = {token: i for i, token in enumerate(sorted({t for row in tokens for t in row}))}
    (target / SURFACE).write_text(json.dumps(_surface(texts), ensure_ascii=False), "utf-8")
    (target / "rows.json").write_text(json.dumps({"rows": len(texts), "tokens": len(vocabulary)}), "utf-8")
    if vocabulary:
        numbers = [[vocabulary[token] for token in row] for row in tokens]
        scorer = bm25s.BM25(csc_backend="numpy")
        scorer.index((numbers, vocabulary), create_empty_token=False, show_progress=False)
        scorer.save(target, show_progress=False)


def _surface(texts: Sequence[str]) -> dict[str, int]:
    """The words as the texts write them (lower case, letters only), each with how many texts use it."""
    counts = Counter(word for text in texts for word in set(_PLAIN.findall(text.lower())))
    return dict(sorted(counts.items()))


class Words:
    """The word index of one generation, memory-mapped."""

    def __init__(
        self,
        folder: Path,
        scorers: Mapping[Collection, bm25s.BM25 | None],
        rows: Mapping[Collection, int],
    ) -> None:
        self._folder = folder
        self._scorers = scorers
        self._rows = rows

    @staticmethod
    def open(folder: Path) -> Words:
        """The index written by `build` for both collections; OSError or ValueError when it is not whole."""
        scorers: dict[Collection, bm25s.BM25 | None] = {}
        rows: dict[Collection, int] = {}
        for collection in COLLECTIONS:
            said = json.loads((folder / collection / "rows.json").read_text("utf-8"))
            rows[collection] = said["rows"]
            scorers[collection] = _load(folder / collection) if said["tokens"] else None
        return Words(folder, scorers, rows)

    def rows(self, collection: Collection) -> int:
        """How many texts the collection holds."""
        return self._rows[collection]

    def surface(self, collection: Collection) -> dict[str, int]:
        """The collection's words as written, each with how many texts use it. Read from disk at each call."""
        found: dict[str, int] = json.loads((self._folder / collection / SURFACE).read_text("utf-8"))
        return found

    def coverage(
        self, collection: Collection, tokens: Sequence[str], extra: Sequence[str] = (), weight: float = 0.0
    ) -> Scores:
        """How much of what `tokens` could score each row scores, shape (rows,), 0 to 1.

        The divisor is the sum of each distinct token's best score in the collection; a token that occurs nowhere
        counts as the rarest one does, so that a question about unknown things covers nothing well. `extra` tokens
        (synonyms) add to the score at `weight` and not to the divisor.
        """
        scorer = self._scorers[collection]
        distinct = list(dict.fromkeys(tokens))
        if scorer is None or not distinct:
            return np.zeros(self._rows[collection], dtype=np.float32)
        rarest = float(scorer.scores["data"].max())
        best = [self._best(scorer, token, rarest) for token in distinct]
        scores = self.scores(collection, distinct)
        if extra:
            scores = scores + np.float32(weight) * self.scores(collection, list(dict.fromkeys(extra)))
        covered: Scores = np.minimum(scores / np.float32(sum(best)), np.float32(1.0))
        return covered

    @staticmethod
    def _best(scorer: bm25s.BM25, token: str, unknown: float) -> float:
        column = scorer.vocab_dict.get(token)
        if column is None:
            return unknown
        first, last = scorer.scores["indptr"][column : column + 2]
        return float(scorer.scores["data"][first:last].max()) if last > first else unknown

    def common(self, collection: Collection, texts: int) -> frozenset[str]:
        """The tokens that at least `texts` texts of the collection use."""
        scorer = self._scorers[collection]
        if scorer is None:
            return frozenset()
        used = np.diff(scorer.scores["indptr"])
        return frozenset(token for token, row in scorer.vocab_dict.items() if used[row] >= texts)

    def scores(self, collection: Collection, tokens: Sequence[str]) -> Scores:
        """BM25 of every row, shape (rows,), 0 where no token occurs; unknown tokens count nothing."""
        scorer = self._scorers[collection]
        known = scorer.get_tokens_ids(list(tokens)) if scorer else []
        if scorer is None or not known:
            return np.zeros(self._rows[collection], dtype=np.float32)
        scores: Scores = scorer.get_scores_from_ids(known)
        return scores


def _load(folder: Path) -> bm25s.BM25:
    return bm25s.BM25.load(folder, mmap=True, show_progress=False)
