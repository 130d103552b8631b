"""Hybrid retrieval: facts and passages found by words and by vectors, each with what speaks for it.

A statement is judged by its topic, by its text with title and heading, and by the passages around it; a page by its
best passages. Word scores are coverages (how much of what the question's words could score is scored), so that they
mean the same from one question to the next.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.vocabulary import Vocabulary
from ingest.relations import RELATIONS, Relation
from ingest.store.records import Records
from ingest.store.words import tokenize
from ingest.values import COLLECTIONS, Fact, Passage

if TYPE_CHECKING:
    from ingest.store.index import Index
    from ingest.store.nearest import Numbers
    from ingest.values import Collection

Floats = NDArray[np.float64]
Worded = Mapping["Collection", tuple[NDArray[np.float32], NDArray[np.intp]]]
"""The word coverage of every row, and the rows covered best, by collection."""

BREADTH = 100
"""Candidates taken from each of words and vectors, for each collection."""
EXPANDED_WEIGHT = 0.35
"""What the other words of a vocabulary group count, where the question's own count 1."""
CONTEXT_WEIGHT = 0.6
"""What the earlier turns count that a question leans on, where its own words count 1."""


class Evidence(NamedTuple):
    """How near a text is to the question: cosine similarity (-1 to 1) and word coverage (0 to 1)."""

    cosine: float = 0.0
    words: float = 0.0

    @property
    def total(self) -> float:
        return self.cosine + self.words


class Hit(NamedTuple):
    """A fact, by its row, with what speaks for it: its text, its topic alone, the best passage of its section and of
    its page."""

    row: int
    relation: Relation
    evidence: Sequence[float]
    """Cosine and words of each of the four, as in `Hits`."""
    score: float
    """The one number by which facts compare before any rule looks at the question."""
    records: Records

    @property
    def text(self) -> Evidence:
        return Evidence(*self.evidence[0:2])

    @property
    def topic(self) -> Evidence:
        return Evidence(*self.evidence[2:4])

    @property
    def section(self) -> Evidence:
        return Evidence(*self.evidence[4:6])

    @property
    def page(self) -> Evidence:
        return Evidence(*self.evidence[6:8])

    @property
    def fact(self) -> Fact:
        """The fact itself, read when it is asked for."""
        return self.records.fact_at(self.row)


@dataclass(frozen=True)
class Hits:
    """Facts found, in columns: many are found that nobody looks at, and a hit is made when somebody does."""

    records: Records
    rows: Numbers
    relations: NDArray[np.int32]
    """By number in `RELATIONS`."""
    evidence: Floats
    """Shape (facts, 8): cosine and words of the text, of the topic, of the section, of the page."""

    @property
    def cosines(self) -> Floats:
        """The better of text's and topic's, as `words` are."""
        return np.maximum(self.evidence[:, 0], self.evidence[:, 2])

    @property
    def words(self) -> Floats:
        return np.maximum(self.evidence[:, 1], self.evidence[:, 3])

    @property
    def section_cosines(self) -> Floats:
        return self.evidence[:, 4]

    @property
    def section_words(self) -> Floats:
        return self.evidence[:, 5]

    @property
    def page_cosines(self) -> Floats:
        return self.evidence[:, 6]

    @property
    def page_words(self) -> Floats:
        return self.evidence[:, 7]

    @cached_property
    def scores(self) -> Floats:
        scores: Floats = self.cosines + 0.6 * self.words + 0.3 * self.section_cosines + 0.3 * self.section_words
        return scores

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Hit]:
        columns = (self.rows, self.relations, self.evidence, self.scores)
        for row, relation, evidence, score in zip(*(column.tolist() for column in columns), strict=True):
            yield Hit(row, RELATIONS[relation], evidence, score, self.records)

    def take(self, places: NDArray[Any] | slice) -> Hits:
        """Those in these places, or for which this is true."""
        return Hits(self.records, self.rows[places], self.relations[places], self.evidence[places])

    def of(self, relations: Sequence[Relation]) -> Hits:
        """Those of some relations."""
        return self.take(_is_one_of(tuple(relations))[self.relations])

    def facts(self) -> list[Fact]:
        """The facts themselves, read in one go."""
        return self.records.facts_at(self.rows.tolist())


class OwnedPages(NamedTuple):
    """The pages found that somebody owns, in the order of their paths."""

    owners: Numbers
    """The rows of the facts that say who."""
    scores: Floats
    """What the pages' best passages say for them: cosine and word coverage together."""


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

    facts: Hits
    owned: OwnedPages
    nearest: float
    """Cosine similarity of the nearest passage or fact: how much this is a matter of the manual at all."""
    load: Callable[[], tuple[PassageHit, ...]]
    load_pages: Callable[[int], tuple[Passage, ...]]
    load_rows: Callable[[], Numbers]

    @property
    def on_pages(self) -> Numbers:
        """The rows of the facts that stand on the pages found, page by page, those of the nearest page first: found or
        not, they are near."""
        return self.load_rows()

    def pages(self, most: int) -> tuple[Passage, ...]:
        """The best passage of each of the nearest pages, at most `most`, best first."""
        return self.load_pages(most)

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
    """Texts found, put together by a number (passages by section or page, topics by fact): the best cosine, the best
    coverage."""

    def __init__(self, numbers: Numbers, texts: _Scored) -> None:
        """`numbers` has one for each text."""
        self.numbers, inverse = np.unique(numbers, return_inverse=True)
        self.cosines = np.full(len(self.numbers), -np.inf)
        self.words = np.zeros(len(self.numbers))
        np.maximum.at(self.cosines, inverse, texts.cosines)
        np.maximum.at(self.words, inverse, texts.words)

    def at(self, numbers: Numbers) -> tuple[Floats, Floats]:
        """Cosines and coverages for these numbers, 0 where no text has one."""
        return _Scored(self.numbers, self.cosines, self.words).at(numbers, 0.0)


class HybridRetriever:
    """Searches one opened index."""

    def __init__(self, index: Index, *, expand: bool = True) -> None:
        self._index = index
        self._vocabulary = Vocabulary(index.settings.aliases) if expand else None
        names = "|".join(re.escape(name) for name in index.settings.organisation)
        self._organisation = re.compile(rf"(?<![\w.-])(?:{names or '(?!)'})(?![\w-]|\.\w)(?:['’]s\b)?")

    def search(self, text: str, own_words: str = "") -> Found:
        """Facts and passages for `text`; `own_words` are its last turn, which count more than the turns before."""
        return self.search_all([(text, own_words)])[0]

    def search_all(self, asked: Sequence[tuple[str, str]]) -> list[Found]:
        """What `search` finds for each of these, the vectors of all their texts made at once."""
        each = [[text] if not own or own == text else [own, text] for text, own in asked]
        texts = list(dict.fromkeys(itertools.chain.from_iterable(each)))
        worded = [self._worded(text) for text in texts]  # first: the model's weights then empty the processor's cache
        vectors = self._index.encoder.embed_queries([self._bare(text) for text in texts])
        near = [self._index.nearest.search(vector, BREADTH) for vector in vectors]
        by_text = {
            text: {name: _together(*words[name], *vector[name]) for name in COLLECTIONS}
            for text, words, vector in zip(texts, worded, near, strict=True)
        }
        return [self._found([by_text[text] for text in of_one]) for of_one in each]

    def _found(self, of_texts: Sequence[Mapping[Collection, _Scored]]) -> Found:
        """What is found for one text, or for the last turn and it with the turns before."""
        scored: Mapping[Collection, _Scored] = of_texts[0]
        if len(of_texts) > 1:
            own, whole = of_texts
            scored = {name: _merged(own[name], whole[name], self._index.words.rows(name)) for name in COLLECTIONS}
        passages = scored["passages"]
        pages = self._groups("page", passages)
        nearest = max(float(scored[name].cosines.max(initial=-1.0)) for name in ("facts", "passages"))
        return Found(
            self._hits(scored, self._groups("section", passages), pages),
            self._owned(pages),
            nearest if len(passages.rows) or len(scored["facts"].rows) else 0.0,
            lambda: self._passages(passages),
            lambda most: self._pages(passages, most),
            lambda: self._on_pages(passages),
        )

    def _worded(self, query: str) -> Worded:
        """The word coverage of every row for a query, and the rows covered best, by collection."""
        tokens = tokenize(query)
        extra = self._vocabulary.expansions(tokens) if self._vocabulary else ()
        covered = {name: self._index.words.coverage(name, tokens, extra, EXPANDED_WEIGHT) for name in COLLECTIONS}
        return {name: (scores, _highest(scores, BREADTH)) for name, scores in covered.items()}

    def _groups(self, kind: str, passages: _Scored) -> _Groups:
        return _Groups(self._index.nearest.numbers(kind, "passages")[passages.rows], passages)

    def _owned(self, pages: _Groups) -> OwnedPages:
        owners = self._index.nearest.owners[pages.numbers]
        owned = owners >= 0
        return OwnedPages(owners[owned], (pages.cosines + pages.words)[owned])

    def _hits(self, scored: Mapping[Collection, _Scored], sections: _Groups, pages: _Groups) -> Hits:
        arrays = self._index.nearest
        facts, topics = scored["facts"], scored["topics"]
        alone = _Groups(arrays.fact_of_topic[topics.rows], topics)
        rows = _either(facts.rows, alone.numbers, len(arrays.relations))
        evidence = (
            *facts.at(rows, facts.floor),
            *alone.at(rows),
            *sections.at(arrays.numbers("section", "facts")[rows]),
            *pages.at(arrays.numbers("page", "facts")[rows]),
        )
        hits = Hits(self._index.records, rows, arrays.relations[rows], np.stack(evidence, axis=1))
        return hits.take(np.lexsort((arrays.order["facts"][rows], -hits.scores)))

    def _best_first(self, passages: _Scored) -> NDArray[np.intp]:
        order = self._index.nearest.order["passages"][passages.rows]
        return np.lexsort((order, -(passages.cosines + passages.words)))

    def _pages(self, passages: _Scored, most: int) -> tuple[Passage, ...]:
        rows = passages.rows[self._best_first(passages)]
        _, first = np.unique(self._index.nearest.numbers("page", "passages")[rows], return_index=True)
        return tuple(self._index.records.passage_at(row) for row in rows[np.sort(first)[:most]].tolist())

    def _on_pages(self, passages: _Scored) -> Numbers:
        arrays = self._index.nearest
        found = arrays.numbers("page", "passages")[passages.rows[self._best_first(passages)]]
        numbers, first = np.unique(found, return_index=True)
        rank = np.full(int(arrays.numbers("page", "facts").max(initial=-1)) + 1, -1)
        known = numbers < len(rank)
        rank[numbers[known]] = first[known]
        of_facts = rank[arrays.numbers("page", "facts")]
        rows = np.flatnonzero(of_facts >= 0)
        return rows[np.lexsort((rows, of_facts[rows]))].astype(np.int32)

    def _passages(self, passages: _Scored) -> tuple[PassageHit, ...]:
        rows, cosines, words = (array[self._best_first(passages)].tolist() for array in passages)
        return tuple(
            PassageHit(self._index.records.passage_at(row), Evidence(cosine, covered))
            for row, cosine, covered in zip(rows, cosines, words, strict=True)
        )

    def _bare(self, text: str) -> str:
        """The text without the organisation's name, which is in everything and tells nothing apart, and with what its
        abbreviations stand for."""
        bare = " ".join(self._organisation.sub(" ", text).split()) or text
        return self._vocabulary.spelled_out(bare) if self._vocabulary else bare


def pooled(found: Sequence[Found]) -> Found:
    """What was found for several texts as one: each fact and each owned page with the best that speaks for it. Passages
    and pages stay those of the first; the facts that stand on the pages found come in turn."""
    first = found[0]
    rows = np.concatenate([one.facts.rows for one in found])
    evidence = np.concatenate([one.facts.evidence for one in found])
    relations = np.concatenate([one.facts.relations for one in found])
    each, where, inverse = np.unique(rows, return_index=True, return_inverse=True)
    best = np.full((len(each), evidence.shape[1]), -np.inf)
    np.maximum.at(best, inverse, evidence)
    facts = Hits(first.facts.records, each, relations[where], best)
    owners, at = np.unique(np.concatenate([one.owned.owners for one in found]), return_inverse=True)
    scores = np.full(len(owners), -np.inf)
    np.maximum.at(scores, at, np.concatenate([one.owned.scores for one in found]))
    return Found(
        facts.take(np.lexsort((each, -facts.scores))),
        OwnedPages(owners, scores),
        max(one.nearest for one in found),
        first.load,
        first.load_pages,
        lambda: _in_turn([one.on_pages for one in found]),
    )


def _in_turn(lists: Sequence[Numbers]) -> Numbers:
    """The numbers of several lists, each once: the first of each, then the second of each."""
    ranks = np.concatenate([np.arange(len(one)) for one in lists])
    order = np.argsort(ranks, kind="stable")
    numbers = np.concatenate(lists)[order]
    _, first = np.unique(numbers, return_index=True)
    in_order: Numbers = numbers[np.sort(first)]
    return in_order


@cache
def _is_one_of(relations: tuple[Relation, ...]) -> NDArray[np.bool_]:
    """Whether a relation is one of these, by its number in `RELATIONS`."""
    return np.array([relation in relations for relation in RELATIONS])


def _together(
    covered: NDArray[np.float32], worded: NDArray[np.intp], near: Numbers, similar: NDArray[np.float32]
) -> _Scored:
    """The rows that words or vectors find for one query."""
    rows = _either(near, worded, len(covered))
    cosines = np.full(len(rows), float(similar.min()) if len(similar) else 0.0)
    cosines[np.searchsorted(rows, near)] = similar
    return _Scored(rows, cosines, covered[rows].astype(np.float64))


def _merged(own: _Scored, whole: _Scored, total: int) -> _Scored:
    """The evidence for the last turn and for it with the turns before, weighted, of a collection of `total` rows."""
    rows = _either(own.rows, whole.rows, total)
    (a, b), (c, d) = own.at(rows, own.floor), whole.at(rows, whole.floor)
    mine = 1.0 - CONTEXT_WEIGHT
    return _Scored(rows, mine * a + CONTEXT_WEIGHT * c, mine * b + CONTEXT_WEIGHT * d)


def _either(some: NDArray[Any], others: NDArray[Any], total: int) -> NDArray[Any]:
    """The rows that are among the ones or the others, ascending, of a collection of `total` rows."""
    found = np.zeros(total, bool)
    found[some] = found[others] = True
    return np.flatnonzero(found)


def _highest(covered: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """The rows of the k highest coverages above 0; of equal ones the later rows."""
    rows = np.flatnonzero(covered > 0)
    if len(rows) <= k:
        return rows
    some = covered[rows]
    least = np.partition(some, -k)[-k]
    above = rows[some > least]
    return np.concatenate((rows[some == least][len(above) - k :], above))
