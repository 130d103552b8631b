"""Hybrid retrieval: facts and passages found by words and by vectors, fused into one calibrated score.

A statement is judged by its own text and by the passage it stands in; a page by its best passages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.vocabulary import expansions
from ingest.values import Fact, Passage
from ingest.words import tokenize

if TYPE_CHECKING:
    from ingest.index import Index
    from ingest.records import Collection

BREADTH = 80
"""Candidates taken from each of words and vectors, for facts and for passages."""
WORD_WEIGHT = 0.45
"""What the best word match is worth beside a cosine similarity."""
EXPANDED_WEIGHT = 0.35
"""A group's other words, beside the question's own."""
CONTEXT_WEIGHT = 0.3
"""Earlier turns beside the question's own words, where it leans on them."""
EVIDENCE_WEIGHT = 0.35
"""The best passage around a statement, beside the statement itself."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A fact with what speaks for it: cosine similarity, word score (0..1), evidence of its section (0..1.5)."""

    fact: Fact
    cosine: float
    words: float
    evidence: float

    @property
    def score(self) -> float:
        return self.cosine + WORD_WEIGHT * self.words + EVIDENCE_WEIGHT * self.evidence


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A passage with its fused score."""

    passage: Passage
    score: float
    cosine: float


@dataclass(frozen=True)
class Found:
    """What retrieval found for a question, best first."""

    facts: tuple[Hit, ...]
    passages: tuple[PassageHit, ...]
    pages: Mapping[str, float] = field(default_factory=dict)
    """Page path to the score of its best passage."""

    @property
    def nearest(self) -> float:
        """Cosine similarity of the nearest passage or fact: how much this is a matter of the manual at all."""
        best = [h.cosine for h in self.facts] + [p.cosine for p in self.passages]
        return max(best, default=0.0)


class HybridRetriever:
    """Searches one opened index."""

    def __init__(self, index: Index, *, expand: bool = True) -> None:
        self._index = index
        self._expand = expand

    def search(self, text: str, own_words: str = "") -> Found:
        """Facts and passages for `text`; `own_words` are its last turn, which count more than the turns before."""
        queries = [text] if not own_words or own_words == text else [own_words, text]
        facts = self._scored("facts", queries)
        passages = self._scored("passages", queries)
        ranked = self._passages(passages)
        sections: dict[tuple[str, str], float] = {}
        pages: dict[str, float] = {}
        for hit in ranked:
            place = hit.passage.place
            sections[place.path, place.anchor] = max(sections.get((place.path, place.anchor), 0.0), hit.score)
            pages[place.path] = max(pages.get(place.path, 0.0), hit.score)
        hits = [self._hit(row, cosine, words, sections, pages) for row, (cosine, words) in facts.items()]
        hits.sort(key=lambda h: (-h.score, h.fact.place.path, h.fact.place.first, h.fact.id))
        return Found(tuple(hits), tuple(ranked), pages)

    def _hit(
        self,
        row: int,
        cosine: float,
        words: float,
        sections: Mapping[tuple[str, str], float],
        pages: Mapping[str, float],
    ) -> Hit:
        fact = self._index.records.fact_at(row)
        place = fact.place
        evidence = max(sections.get((place.path, place.anchor), 0.0), 0.7 * pages.get(place.path, 0.0))
        return Hit(fact, cosine, words, evidence)

    def _passages(self, scored: Mapping[int, tuple[float, float]]) -> list[PassageHit]:
        hits = [
            PassageHit(self._index.records.passage_at(row), cosine + WORD_WEIGHT * words, cosine)
            for row, (cosine, words) in scored.items()
        ]
        return sorted(hits, key=lambda h: (-h.score, h.passage.place.path, h.passage.place.first))

    def _scored(self, collection: Collection, queries: Sequence[str]) -> dict[int, tuple[float, float]]:
        """Row to cosine similarity and word score, over the best of each query; weighted where there are two."""
        weights = [1.0] if len(queries) == 1 else [1.0 - CONTEXT_WEIGHT, CONTEXT_WEIGHT]
        each = [self._one(collection, query) for query in queries]
        rows = sorted({row for scores in each for row in scores})
        floors = [min((c for c, _ in scores.values()), default=0.0) for scores in each]
        merged: dict[int, tuple[float, float]] = {}
        for row in rows:
            parts = [scores.get(row, (floor, 0.0)) for scores, floor in zip(each, floors, strict=True)]
            cosine = sum(w * c for w, (c, _) in zip(weights, parts, strict=True))
            words = sum(w * s for w, (_, s) in zip(weights, parts, strict=True))
            merged[row] = (cosine, words)
        return merged

    def _one(self, collection: Collection, query: str) -> dict[int, tuple[float, float]]:
        index = self._index
        near = index.vectors.search(collection, index.encoder.embed_query(query), BREADTH)
        cosines = {index.records.row_of(collection, id_): cosine for id_, cosine in near}
        floor = min(cosines.values(), default=0.0)
        tokens = tokenize(query)
        scores = index.words.scores(collection, tokens)
        if self._expand:
            scores = scores + EXPANDED_WEIGHT * index.words.scores(collection, expansions(tokens))
        top = float(scores.max()) if scores.size else 0.0
        best = scores.argsort(kind="stable")[::-1][:BREADTH].tolist()
        rows = set(cosines) | {row for row in best if scores[row] > 0}
        return {row: (cosines.get(row, floor), float(scores[row]) / top if top > 0 else 0.0) for row in sorted(rows)}
