"""Hybrid retrieval: facts and passages found by words and by vectors, each with what speaks for it.

A statement is judged by its topic, by its text with title and heading, and by the passages around it; a page by its
best passages. Word scores are coverages (how much of what the question's words could score is scored), so that they
mean the same from one question to the next.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.vocabulary import expansions
from ingest.values import Fact, Passage
from ingest.words import tokenize

if TYPE_CHECKING:
    from ingest.encoder import Vectors32
    from ingest.index import Index
    from ingest.records import Collection

    Query = tuple[str, Vectors32]

BREADTH = 100
"""Candidates taken from each of words and vectors, for each collection."""
EXPANDED_WEIGHT = 0.35
"""A vocabulary group's other words, beside the question's own."""
CONTEXT_WEIGHT = 0.6
"""Earlier turns beside the question's own words, where it leans on them."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How near a text is to the question: cosine similarity (-1 to 1) and word coverage (0 to 1)."""

    cosine: float = 0.0
    words: float = 0.0

    @property
    def total(self) -> float:
        return self.cosine + self.words


@dataclass(frozen=True, slots=True)
class Hit:
    """A fact with what speaks for it: its text, its topic alone, the best passage of its section and of its page."""

    fact: Fact
    text: Evidence
    topic: Evidence
    section: Evidence
    page: Evidence

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
    passages: tuple[PassageHit, ...]
    pages: Mapping[str, Evidence] = field(default_factory=dict)
    """Page path to the evidence of its best passage."""

    @property
    def nearest(self) -> float:
        """Cosine similarity of the nearest passage or fact: how much this is a matter of the manual at all."""
        best = [h.text.cosine for h in self.facts] + [p.evidence.cosine for p in self.passages]
        return max(best, default=0.0)


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
        queries = [(query, self._index.encoder.embed_query(self._bare(query))) for query in texts]
        facts = self._scored("facts", queries)
        topics = self._by_id("topics", self._scored("topics", queries))
        passages = self._passages(self._scored("passages", queries))
        sections, pages = _best_of(passages)
        rows = {*facts, *(self._index.records.row_of("facts", id_) for id_ in topics)}
        floor = min((e.cosine for e in facts.values()), default=0.0)
        hits = []
        for row in sorted(rows):
            fact = self._index.records.fact_at(row)
            place = (fact.place.path, fact.place.anchor)
            hits.append(
                Hit(
                    fact,
                    facts.get(row, Evidence(floor)),
                    topics.get(fact.id, Evidence()),
                    sections.get(place, Evidence()),
                    pages.get(fact.place.path, Evidence()),
                )
            )
        hits.sort(key=lambda h: (-h.score, h.fact.place.path, h.fact.place.first, h.fact.id))
        return Found(tuple(hits), tuple(passages), pages)

    def _bare(self, text: str) -> str:
        """The text without the organisation's name, which is in everything and tells nothing apart."""
        return " ".join(self._organisation.sub(" ", text).split()) or text

    def _by_id(self, collection: Collection, scored: Mapping[int, Evidence]) -> dict[str, Evidence]:
        ids = self._index.records.ids(collection)
        return {ids[row]: evidence for row, evidence in scored.items()}

    def _passages(self, scored: Mapping[int, Evidence]) -> list[PassageHit]:
        hits = [PassageHit(self._index.records.passage_at(row), evidence) for row, evidence in scored.items()]
        return sorted(hits, key=lambda h: (-h.score, h.passage.place.path, h.passage.place.first))

    def _scored(self, collection: Collection, queries: Sequence[Query]) -> dict[int, Evidence]:
        """Row to its evidence over the queries (text and vector), weighted where there are two."""
        weights = [1.0] if len(queries) == 1 else [1.0 - CONTEXT_WEIGHT, CONTEXT_WEIGHT]
        each = [self._one(collection, *query) for query in queries]
        floors = [min((e.cosine for e in scores.values()), default=0.0) for scores in each]
        merged: dict[int, Evidence] = {}
        for row in sorted({row for scores in each for row in scores}):
            parts = [scores.get(row, Evidence(floor)) for scores, floor in zip(each, floors, strict=True)]
            merged[row] = Evidence(
                sum(w * e.cosine for w, e in zip(weights, parts, strict=True)),
                sum(w * e.words for w, e in zip(weights, parts, strict=True)),
            )
        return merged

    def _one(self, collection: Collection, query: str, vector: Vectors32) -> dict[int, Evidence]:
        index = self._index
        near = index.vectors.search(collection, vector, BREADTH)
        cosines = {index.records.row_of(collection, id_): cosine for id_, cosine in near}
        floor = min(cosines.values(), default=0.0)
        tokens = tokenize(query)
        extra = expansions(tokens) if self._expand else ()
        covered = index.words.coverage(collection, tokens, extra, EXPANDED_WEIGHT)
        best = covered.argsort(kind="stable")[::-1][:BREADTH].tolist()
        rows = sorted(set(cosines) | {row for row in best if covered[row] > 0})
        return {row: Evidence(cosines.get(row, floor), float(covered[row])) for row in rows}


def _best_of(
    passages: Sequence[PassageHit],
) -> tuple[dict[tuple[str, str], Evidence], dict[str, Evidence]]:
    """The best evidence of each section and of each page, word by word the best of all their passages."""
    sections: dict[tuple[str, str], Evidence] = {}
    pages: dict[str, Evidence] = {}
    for hit in passages:
        place = hit.passage.place
        key = (place.path, place.anchor)
        sections[key] = _better(sections.get(key), hit.evidence)
        pages[place.path] = _better(pages.get(place.path), hit.evidence)
    return sections, pages


def _better(a: Evidence | None, b: Evidence) -> Evidence:
    return b if a is None else Evidence(max(a.cosine, b.cosine), max(a.words, b.words))
