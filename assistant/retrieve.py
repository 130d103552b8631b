"""Hybrid retrieval: facts and passages found by words and by vectors, each with what speaks for it.

A statement is judged by its topic, by its text with title and heading, and by the passages around it; a page by its
best passages. Word scores are coverages (how much of what the question's words could score is scored), so that they
mean the same from one question to the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.vocabulary import expansions
from ingest.records import Records
from ingest.values import RELATIONS, STATEMENTS, Fact, Passage, Relation
from ingest.words import tokenize

if TYPE_CHECKING:
    from ingest.index import Index
    from ingest.nearest import Numbers
    from ingest.records import Collection

Floats = NDArray[np.float64]

BREADTH = 100
"""Candidates taken from each of words and vectors, for each collection."""
EXPANDED_WEIGHT = 0.35
"""A vocabulary group's other words, beside the question's own."""
CONTEXT_WEIGHT = 0.6
"""Earlier turns beside the question's own words, where it leans on them."""


class Evidence(NamedTuple):
    """How near a text is to the question: cosine similarity (-1 to 1) and word coverage (0 to 1)."""

    cosine: float = 0.0
    words: float = 0.0

    @property
    def total(self) -> float:
        return self.cosine + self.words


NONE = Evidence()


class Hit(NamedTuple):
    """A fact, by its row, with what speaks for it: its text, its topic alone, the best passage of its section and of
    its page; and how many sections have a better passage than its own."""

    row: int
    relation: Relation
    text: Evidence
    topic: Evidence
    section: Evidence
    page: Evidence
    section_rank: int
    records: Records

    @property
    def fact(self) -> Fact:
        """The fact itself, read when it is asked for: many are found that nobody looks at."""
        return self.records.fact_at(self.row)

    @property
    def score(self) -> float:
        """The one number by which facts compare before any rule looks at the question."""
        cosine = max(self.text.cosine, self.topic.cosine)
        words = max(self.text.words, self.topic.words)
        return cosine + 0.6 * words + 0.3 * self.section.cosine + 0.3 * self.section.words


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A passage with what speaks for it."""

    passage: Passage
    evidence: Evidence

    @property
    def score(self) -> float:
        return self.evidence.total


@dataclass(frozen=True)
class Found:
    """What retrieval found for a question, best first."""

    facts: tuple[Hit, ...]
    pages: Mapping[str, Evidence]
    """Page path to the evidence of its best passage."""
    owners: Mapping[str, int]
    """Page path to the row of the fact that says who owns it, for those that somebody owns."""
    nearest: float
    """Cosine similarity of the nearest passage or fact: how much this is a matter of the manual at all."""
    load: Callable[[], tuple[PassageHit, ...]]

    @cached_property
    def passages(self) -> tuple[PassageHit, ...]:
        """The passages, read when they are asked for: an answer needs only what they show of sections and pages."""
        return self.load()


class _Scored(NamedTuple):
    """Rows of a collection, ascending, with their cosines and word coverages."""

    rows: Numbers
    cosines: Floats
    words: Floats

    @property
    def floor(self) -> float:
        """What is taken for the cosine of a row that the vectors did not find."""
        return float(self.cosines.min()) if len(self.rows) else 0.0

    def at(self, rows: Numbers, missing: float) -> tuple[Floats, Floats]:
        """Cosines and coverages of other rows: `missing` and 0 where they are none of these."""
        places = np.searchsorted(self.rows, rows)
        places[places == len(self.rows)] = 0
        known = self.rows[places] == rows if len(self.rows) else np.zeros(len(rows), bool)
        if not known.any():
            return np.full(len(rows), missing), np.zeros(len(rows))
        return np.where(known, self.cosines[places], missing), np.where(known, self.words[places], 0.0)


class _Groups:
    """The passages found, put together by a number (of section or page): the best cosine, the best coverage."""

    def __init__(self, numbers: Numbers, cosines: Floats, words: Floats) -> None:
        """All of one length, the best passage first."""
        self.numbers, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
        self.cosines = np.full(len(self.numbers), -np.inf)
        self.words = np.zeros(len(self.numbers))
        np.maximum.at(self.cosines, inverse, cosines)
        np.maximum.at(self.words, inverse, words)
        self._ranks = np.argsort(np.argsort(first))

    def evidence(self, numbers: Numbers) -> tuple[list[Evidence], list[int]]:
        """The evidence for each of these numbers, and how many groups have a better passage."""
        known = {
            number: (Evidence(cosine, words), rank)
            for number, cosine, words, rank in zip(
                self.numbers.tolist(), self.cosines.tolist(), self.words.tolist(), self._ranks.tolist(), strict=True
            )
        }
        unknown = (NONE, len(known))
        found = [known.get(number, unknown) for number in numbers.tolist()]
        return [evidence for evidence, _ in found], [rank for _, rank in found]


class HybridRetriever:
    """Searches one opened index."""

    def __init__(self, index: Index, *, expand: bool = True) -> None:
        self._index = index
        self._expand = expand
        names = "|".join(re.escape(name) for name in index.manifest.settings.get("organisation", ()))
        self._organisation = re.compile(rf"(?<![\w.-])(?:{names or '(?!)'})(?![\w-]|\.\w)(?:['’]s\b)?")

    def search(self, text: str, own_words: str = "") -> Found:
        """Facts and passages for `text`; `own_words` are its last turn, which count more than the turns before."""
        texts = [text] if not own_words or own_words == text else [own_words, text]
        near = [self._index.nearest.search(self._index.encoder.embed_query(self._bare(t)), BREADTH) for t in texts]
        tokens = [self._tokens(t) for t in texts]
        scored: dict[Collection, _Scored] = {}
        for collection in near[0]:
            each = [self._one(collection, *t, n[collection]) for t, n in zip(tokens, near, strict=True)]
            scored[collection] = each[0] if len(each) == 1 else _merged(*each)
        passages = scored["passages"]
        best = np.lexsort((self._index.nearest.order["passages"][passages.rows], -(passages.cosines + passages.words)))
        pages = self._groups("page", passages, best)
        nearest = max(float(scored[name].cosines.max(initial=-1.0)) for name in ("facts", "passages"))
        paths = self._index.nearest.paths(pages.numbers)
        owners = self._index.nearest.owners[pages.numbers].tolist()
        return Found(
            self._hits(scored, self._groups("section", passages, best), pages),
            dict(zip(paths, pages.evidence(pages.numbers)[0], strict=True)),
            {path: row for path, row in zip(paths, owners, strict=True) if row >= 0},
            nearest if len(passages.rows) or len(scored["facts"].rows) else 0.0,
            lambda: self._passages(passages, best),
        )

    def _tokens(self, query: str) -> tuple[list[str], Sequence[str]]:
        """A query's tokens, and those that stand for them in the field."""
        tokens = tokenize(query)
        return tokens, expansions(tokens) if self._expand else ()

    def _one(
        self,
        collection: Collection,
        tokens: Sequence[str],
        extra: Sequence[str],
        near: tuple[Numbers, NDArray[np.float32]],
    ) -> _Scored:
        """The rows that vectors or words find for one query."""
        covered = self._index.words.coverage(collection, tokens, extra, EXPANDED_WEIGHT)
        found, similar = near
        rows = np.union1d(found, _highest(covered, BREADTH))
        cosines = np.full(len(rows), float(similar.min()) if len(similar) else 0.0)
        cosines[np.searchsorted(rows, found)] = similar
        return _Scored(rows, cosines, covered[rows].astype(np.float64))

    def _groups(self, kind: str, passages: _Scored, best: NDArray[np.intp]) -> _Groups:
        numbers = self._index.nearest.numbers(kind, "passages")[passages.rows[best]]
        return _Groups(numbers, passages.cosines[best], passages.words[best])

    def _hits(self, scored: Mapping[Collection, _Scored], sections: _Groups, pages: _Groups) -> tuple[Hit, ...]:
        arrays = self._index.nearest
        facts, topics = scored["facts"], scored["topics"]
        of_topics = arrays.fact_of_topic[topics.rows]
        rows = np.union1d(facts.rows, of_topics)
        by_fact = np.argsort(of_topics)
        texts = facts.at(rows, facts.floor)
        alone = _Scored(of_topics[by_fact], topics.cosines[by_fact], topics.words[by_fact]).at(rows, 0.0)
        of_section, ranks = sections.evidence(arrays.numbers("section", "facts")[rows])
        of_page, _ = pages.evidence(arrays.numbers("page", "facts")[rows])
        said = (map(Evidence, *map(np.ndarray.tolist, both)) for both in (texts, alone))
        relations = [RELATIONS[number] for number in arrays.relations[rows].tolist()]
        whole = repeat(self._index.records)
        hits = list(map(Hit, rows.tolist(), relations, *said, of_section, of_page, ranks, whole))
        self._index.records.facts_at([hit.row for hit in hits if hit.relation in STATEMENTS])  # in one go
        scores = np.array([hit.score for hit in hits])
        return tuple(hits[i] for i in np.lexsort((arrays.order["facts"][rows], -scores)).tolist())

    def _passages(self, passages: _Scored, best: NDArray[np.intp]) -> tuple[PassageHit, ...]:
        rows, cosines, words = (array[best].tolist() for array in passages)
        return tuple(
            PassageHit(self._index.records.passage_at(row), Evidence(cosine, covered))
            for row, cosine, covered in zip(rows, cosines, words, strict=True)
        )

    def _bare(self, text: str) -> str:
        """The text without the organisation's name, which is in everything and tells nothing apart."""
        return " ".join(self._organisation.sub(" ", text).split()) or text


def _merged(own: _Scored, whole: _Scored) -> _Scored:
    """The evidence for the last turn and for it with the turns before, weighted."""
    rows = np.union1d(own.rows, whole.rows)
    (a, b), (c, d) = own.at(rows, own.floor), whole.at(rows, whole.floor)
    mine = 1.0 - CONTEXT_WEIGHT
    return _Scored(rows, mine * a + CONTEXT_WEIGHT * c, mine * b + CONTEXT_WEIGHT * d)


def _highest(covered: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """The rows of the k highest coverages above 0; of equal ones the later rows."""
    rows = np.flatnonzero(covered > 0)
    if len(rows) <= k:
        return rows
    some = covered[rows]
    least = np.partition(some, -k)[-k]
    above = rows[some > least]
    return np.concatenate((rows[some == least][len(above) - k :], above))
