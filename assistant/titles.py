"""Pages that a question names: by their whole title, or by their address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from ingest.store.words import tokenize
from ingest.values import Fact

LINK = re.compile(r"https?://[^\s<>()\[\]\"'`]+")


class Titles:
    """The pages of a manual that have an owner, by the facts that say who."""

    def __init__(
        self, titles: Iterable[tuple[int, str]], fact_at: Callable[[int], Fact], is_word: Callable[[str], bool]
    ) -> None:
        """`titles` are the rows and topics of the facts, and `fact_at` gives the fact of a row. A title of one word
        that `is_word` knows for an ordinary one ("Meetings") names no page in a question."""
        self._fact_at = fact_at
        self._rows: dict[tuple[str, ...], int] = {}
        for row, title in titles:
            stems = tuple(tokenize(title))
            if len(stems) > 1 or (stems and not is_word(stems[0]) and not is_word(title.strip().lower())):
                self._rows.setdefault(stems, row)
        self._sizes = sorted({len(stems) for stems in self._rows}, reverse=True)

    def named_in(self, question: str, least: int) -> Fact | None:
        """The owner of the page whose address or whole title, of at least so many stems, stands in a question; of
        several the one of the longest title."""
        return self._at(question) or self._called(tokenize(LINK.sub(" ", question)), least)

    def _called(self, said: Sequence[str], least: int) -> Fact | None:
        for size in self._sizes:
            if size < least:
                return None
            for first in range(len(said) - size + 1):
                row = self._rows.get(tuple(said[first : first + size]))
                if row is not None:
                    return self._fact_at(row)
        return None

    def _at(self, question: str) -> Fact | None:
        linked = {_bare(link) for link in LINK.findall(question)}
        if not linked:
            return None
        return next((fact for fact in map(self._fact_at, self._rows.values()) if _bare(fact.place.url) in linked), None)


def _bare(url: str) -> str:
    """An address without what does not tell pages apart."""
    return re.sub(r"(?:\.html?)?/?[.,;:!?]*$", "", url.partition("#")[0].partition("?")[0]).lower()
