"""What simpler ways would have answered: words only, vectors only, and both without any rule.

Each takes the fact that its retrieval puts first, and names its first contact; it asks the ladder of nothing and
turns nobody away. A follow-up is searched together with the turns before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assistant.flow import Assistant
from assistant.retrieve import Hit, HybridRetriever, PassageHit
from assistant.values import Answer, NamedContact, Source
from eval.answers.textbook_recipe import together


class BestFact:
    """The first contact of the fact that scores best."""

    def __init__(
        self,
        name: str,
        assistant: Assistant,
        fact_score: Callable[[Hit], float],
        passage_score: Callable[[PassageHit], float],
    ) -> None:
        self.name = name
        self._index = assistant.index
        self._retriever = HybridRetriever(assistant.index, expand=False)
        self._fact_score = fact_score
        self._passage_score = passage_score

    def answer(self, question: str, history: Sequence[str], id: str) -> dict[str, Any]:  # noqa: A002
        """An answer with one contact; `escalate` where no fact was found at all."""
        hits = [hit for hit in self._retriever.search(together(question, history)).facts if hit.fact.contacts]
        if not hits:
            return self._escalated(question, id)
        best = max(hits, key=self._fact_score)
        contact = best.fact.contacts[0]
        sources = tuple(Source(number, place) for number, place in enumerate(best.fact.places, 1))
        numbers = tuple(source.number for source in sources)
        return Answer(
            id=id,
            question=question,
            outcome="answer",
            rule=self.name,
            confidence=round(min(1.0, max(0.0, self._fact_score(best))), 3),
            markdown=f"Ask {contact.shown} {''.join(f'[{n}]' for n in numbers)}",
            index=self._index.digest,
            contacts=(NamedContact(contact.kind, contact.name, contact.address, best.fact.topic, numbers),),
            sources=sources,
        ).to_json()

    def pages(self, question: str, history: Sequence[str]) -> tuple[str, ...]:
        found = self._retriever.search(together(question, history)).passages
        ranked = sorted(found, key=lambda hit: -self._passage_score(hit))
        return tuple(dict.fromkeys(hit.passage.place.path for hit in ranked))

    def _escalated(self, question: str, id_: str) -> dict[str, Any]:
        return Answer(id_, question, "escalate", self.name, 0.0, "Nothing was found.", self._index.digest).to_json()


def best_facts(assistant: Assistant) -> tuple[BestFact, ...]:
    """The three that share the assistant's own index."""
    return (
        BestFact("words only", assistant, lambda hit: hit.text.words, lambda hit: hit.evidence.words),
        BestFact("vectors only", assistant, lambda hit: hit.text.cosine, lambda hit: hit.evidence.cosine),
        BestFact("fused without rules", assistant, lambda hit: hit.score / 2, lambda hit: hit.score),
    )
