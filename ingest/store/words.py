"""The word index (BM25), and the one rule by which texts and questions are cut into tokens."""

from __future__ import annotations

import itertools
import json
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import Stemmer
from cachetools import LRUCache
from numpy.typing import NDArray

from ingest.values import COLLECTIONS, Collection

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
ROWS = "rows.json"
LOOKED_UP = 4096
"""Tokens of questions whose place is remembered: the same synonyms are looked up again and again."""
K1, B = 1.5, 0.75
"""How soon a token that is repeated adds no more, and how much long texts are held back: the usual values."""
LONGEST_TOKEN = 64
"""Bytes by which a token is known: a longer one is cut, in texts and questions alike."""
_ARRAYS = ("tokens", "starts", "best", "data", "rows")
_LOCAL = threading.local()


def tokenize(text: str) -> list[str]:
    """The tokens of a text, in order: stems of its words, and identifiers both whole and in parts.

    >>> tokenize("Who owns the #govuk-2ndline-tech channel?")
    ['own', 'govuk-2ndline-tech', 'govuk', '2ndline', 'tech', 'channel']
    """
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).lower()
    return [token for chunk in _CHUNK.findall(plain) for token in _tokens(chunk)]


@lru_cache(1 << 15)
def _tokens(chunk: str) -> tuple[str, ...]:
    """A manual writes the same words again and again: the commonest are cut once."""
    chunk = chunk.removesuffix("'s")
    parts = _PART.findall(chunk)
    stems = (_stem(part) for part in parts if part not in STOP_WORDS)
    return (chunk, *stems) if len(parts) > 1 else tuple(stems)


def _stem(word: str) -> str:
    """The Snowball stem. A stemmer keeps state, so each thread has its own."""
    stemmer = getattr(_LOCAL, "stemmer", None)
    if stemmer is None:
        stemmer = _LOCAL.stemmer = Stemmer.Stemmer("english")
    stem: str = stemmer.stemWord(word)
    return stem


def build(folder: Path, collection: Collection, texts: Sequence[str]) -> None:
    """Write the word index of `texts` (row i scores texts[i]) into `folder`/`collection`, as arrays to be mapped."""
    target = folder / collection
    target.mkdir(parents=True)
    tokens = [tokenize(text) for text in texts]
    known = {token: _known_as(token) for token in set(itertools.chain.from_iterable(tokens))}
    # Sorted as bytes, so that the same texts give the same files and a token is found by halving.
    vocabulary = sorted(set(known.values()))
    (target / SURFACE).write_text(json.dumps(_surface(texts), ensure_ascii=False), "utf-8")
    (target / ROWS).write_text(json.dumps({"rows": len(texts), "tokens": len(vocabulary)}), "utf-8")
    if vocabulary:
        numbers = {name: n for n, name in enumerate(vocabulary)}
        numbered = {token: numbers[name] for token, name in known.items()}
        _write(target, [[numbered[token] for token in row] for row in tokens], vocabulary)


def _write(target: Path, rows: Sequence[Sequence[int]], vocabulary: Sequence[bytes]) -> None:
    """The scores of BM25 by token: `data` and `rows` hold those of token i from `starts[i]` to `starts[i + 1]`."""
    found, starts, data = bm25(rows, len(vocabulary))
    best = np.maximum.reduceat(data, starts[:-1])
    arrays = {"tokens": np.array(vocabulary), "starts": starts, "best": best, "data": data, "rows": found}
    for name, array in arrays.items():
        np.save(target / f"{name}.npy", array)


def bm25(rows: Sequence[Sequence[int]], size: int) -> tuple[NDArray[np.int32], NDArray[np.int64], Scores]:
    """Lucene's BM25 (Robertson and Zaragoza 2009; Kamphuis et al. 2020) of every token, of `size`, in every row.

    Rows and scores, shape (entries,), by token and then by row; where each token's begin and the last one's end, shape
    (size + 1,). Every token is in some row. The library bm25s gives the same numbers, but keeps them for a search of
    its own that knows no coverage, and loads scipy.
    """
    lengths = np.array([len(row) for row in rows], np.float64)
    where = np.repeat(np.arange(len(rows)), lengths.astype(np.int64))
    tokens = np.fromiter(itertools.chain.from_iterable(rows), np.int64)
    entries, often = np.unique(tokens * len(rows) + where, return_counts=True)
    of_token, found = np.divmod(entries, len(rows))
    starts = np.searchsorted(of_token, np.arange(size + 1))
    holding = np.diff(starts)
    rarity = np.log(1 + (len(rows) - holding + 0.5) / (holding + 0.5)).astype(np.float32)
    norm = K1 * (1 - B + B * lengths[found] / lengths.mean())
    data = (rarity[of_token] * (often / (often + norm))).astype(np.float32)
    return found.astype(np.int32), starts.astype(np.int64), data


def _known_as(token: str) -> bytes:
    """What a token is looked up by."""
    return token.encode("utf-8", "replace")[:LONGEST_TOKEN]


def _surface(texts: Sequence[str]) -> dict[str, int]:
    """The words as the texts write them (lower case, letters only), each with how many texts use it."""
    words = itertools.chain.from_iterable(set(_PLAIN.findall(text.lower())) for text in texts)
    counts = Counter(words)
    return dict(sorted(counts.items()))


class _Scorer:
    """The arrays of one collection, mapped: opening them reads nothing."""

    def __init__(self, folder: Path) -> None:
        # A plain view of each map: a memmap makes a memmap of every slice, which takes longer than the sums.
        arrays = {n: np.load(folder / f"{n}.npy", mmap_mode="r").view(np.ndarray) for n in _ARRAYS}
        self.tokens, self.starts, self.best, self.data, self.rows = (arrays[name] for name in _ARRAYS)
        self.rarest = float(self.best.max())
        """The best score of any token: what one that occurs nowhere would score."""
        self._columns: LRUCache[bytes, int | None] = LRUCache(LOOKED_UP)
        self._lock = threading.Lock()

    def columns(self, tokens: Sequence[str]) -> list[int | None]:
        """The number of each token; None where no text uses it. Recent look-ups are remembered."""
        names = [_known_as(token) for token in tokens]
        with self._lock:
            known = {name: self._columns[name] for name in names if name in self._columns}
            if new := [name for name in names if name not in known]:
                found = dict(zip(new, self._look_up(new), strict=True))
                self._columns.update(found)
                known.update(found)
        return [known[name] for name in names]

    def _look_up(self, names: Sequence[bytes]) -> list[int | None]:
        # Against a longer token NumPy would compare a copy of the whole array, made as wide.
        width = self.tokens.itemsize
        sought = np.array([name if len(name) <= width else b"" for name in names], f"S{width}")
        places = np.minimum(np.searchsorted(self.tokens, sought), len(self.tokens) - 1)
        found = zip(places.tolist(), (self.tokens[places] == sought).tolist(), strict=True)
        return [place if known else None for place, known in found]

    def spans(self, columns: Sequence[int | None]) -> list[slice]:
        """Where `data` and `rows` hold what belongs to these columns."""
        return [slice(int(self.starts[n]), int(self.starts[n + 1])) for n in columns if n is not None]


class Words:
    """The word index of one generation, memory-mapped; safe to use from several threads."""

    def __init__(self, folder: Path, scorers: Mapping[Collection, _Scorer | None], rows: Mapping[Collection, int]):
        self._folder = folder
        self._scorers = scorers
        self._rows = rows

    @staticmethod
    def open(folder: Path) -> Words:
        """The index written by `build` for all collections; OSError or ValueError when it is not whole."""
        scorers: dict[Collection, _Scorer | None] = {}
        rows: dict[Collection, int] = {}
        for collection in COLLECTIONS:
            said = json.loads((folder / collection / ROWS).read_text("utf-8"))
            rows[collection] = said["rows"]
            scorers[collection] = _Scorer(folder / collection) if said["tokens"] else None
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
        columns = scorer.columns(distinct)
        most = sum(scorer.rarest if column is None else float(scorer.best[column]) for column in columns)
        scores = self._sum(collection, columns)
        if extra:
            beside = self._sum(collection, scorer.columns(list(dict.fromkeys(extra))))
            scores += np.multiply(beside, np.float32(weight), out=beside)
        scores /= np.float32(most)
        return np.minimum(scores, np.float32(1.0), out=scores)

    def texts_with(self, collection: Collection, token: str) -> int:
        """How many texts of the collection use a token."""
        scorer = self._scorers[collection]
        column = scorer.columns([token])[0] if scorer else None
        return int(scorer.starts[column + 1] - scorer.starts[column]) if scorer and column is not None else 0

    def rows_with(self, collection: Collection, tokens: Sequence[str], least: int) -> NDArray[np.intp]:
        """The rows of the texts that use at least so many of some distinct tokens, ascending."""
        scorer = self._scorers[collection]
        spans = scorer.spans(scorer.columns(tokens)) if scorer else []
        if scorer is None or not spans:
            return np.empty(0, np.intp)
        return np.flatnonzero(np.bincount(np.concatenate([scorer.rows[span] for span in spans])) >= least)

    def scores(self, collection: Collection, tokens: Sequence[str]) -> Scores:
        """BM25 of every row, shape (rows,), 0 where no token occurs; unknown tokens count nothing."""
        scorer = self._scorers[collection]
        return self._sum(collection, scorer.columns(tokens) if scorer else [])

    def _sum(self, collection: Collection, columns: Sequence[int | None]) -> Scores:
        scores = np.zeros(self._rows[collection], dtype=np.float32)
        scorer = self._scorers[collection]
        spans = scorer.spans(columns) if scorer else []
        if scorer and spans:
            rows, data = (np.concatenate([array[span] for span in spans]) for array in (scorer.rows, scorer.data))
            np.add.at(scores, rows, data)
        return scores
