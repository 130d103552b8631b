"""What retrieval saw for a question, with its scores: for whoever wants to know why a statement was found, or not."""

from __future__ import annotations

from typing import Any

from assistant.case import Case
from assistant.fact_list import fact_json
from assistant.retrieve import Evidence, Hit, PassageHit

DIGITS = 4
"""After the point of a score: more would differ between machines."""


def seen(case: Case, most: int) -> dict[str, Any]:
    """The `most` best facts and passages that were found for a question, before any rule looked at them.

    {"searched": the words that were looked up, spelling corrected, "nearest": the best cosine similarity of all,
    "facts": [{"score", "evidence", and a fact as `fact_list` gives it}], "passages": [{"score", "evidence", "path",
    "title", "heading", "anchor", "lines", "url", "owner", "quote"}]}. A cosine similarity lies between -1 and 1, a word
    coverage between 0 and 1; of a fact there are both for its text, its topic, the best passage of its section and of
    its page.
    """
    question, found = case.question, case.found
    return {
        "searched": f"{question.before} {question.lookup}".strip(),
        "nearest": round(found.nearest, DIGITS),
        "facts": [_fact(hit, case) for hit in found.facts.take(slice(most))],
        "passages": [_passage(hit) for hit in found.passages[:most]],
    }


def _fact(hit: Hit, case: Case) -> dict[str, Any]:
    each = {"text": hit.text, "topic": hit.topic, "section": hit.section, "page": hit.page}
    evidence = {name: _evidence(one) for name, one in each.items()}
    return {"score": round(hit.score, DIGITS), "evidence": evidence, **fact_json(hit.fact, case.book)}


def _passage(hit: PassageHit) -> dict[str, Any]:
    place = hit.passage.place
    return {
        "score": round(hit.score, DIGITS),
        "evidence": _evidence(hit.evidence),
        "path": place.path,
        "title": place.title,
        "heading": place.heading,
        "anchor": place.anchor,
        "lines": [place.first, place.last],
        "url": place.url,
        "owner": place.owner,
        "quote": place.quote,
    }


def _evidence(evidence: Evidence) -> dict[str, float]:
    return {"cosine": round(evidence.cosine, DIGITS), "words": round(evidence.words, DIGITS)}
