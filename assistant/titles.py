"""Pages that a question names: by their whole title, their address, or the name of their file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import PurePosixPath

from assistant.traits import identifiers
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
        self._all: list[int] = []
        for row, title in titles:
            self._all.append(row)
            stems = tuple(tokenize(title))
            if len(stems) > 1 or (stems and not is_word(stems[0]) and not is_word(title.strip().lower())):
                self._rows.setdefault(stems, row)
        self._sizes = sorted({len(stems) for stems in self._rows}, reverse=True)

    def named_exactly(self, question: str) -> Fact | None:
        """The owner of the page whose address stands in a question, or the name of whose file does, where no word is
        written like that (an alert's, "queue-latency-high")."""
        links = (_bare(link) for link in LINK.findall(question))
        rows = (self._by_url.get(link) for link in links)
        row = next((row for row in rows if row is not None), None)
        if row is None:
            names = sorted(filter(_is_no_word, identifiers(LINK.sub(" ", question))))
            row = next((self._by_file[name] for name in names if name in self._by_file), None)
        return None if row is None else self._fact_at(row)

    @cached_property
    def _by_url(self) -> Mapping[str, int]:
        return {_bare(self._fact_at(row).place.url): row for row in reversed(self._all)}

    @cached_property
    def _by_file(self) -> Mapping[str, int]:
        return {_file(self._fact_at(row)): row for row in reversed(self._all)}

    def called_in(self, question: str, least: int) -> Fact | None:
        """The owner of the page whose whole title, of at least so many stems, stands in a question; of several the one
        of the longest title."""
        said = tokenize(LINK.sub(" ", question))
        for size in self._sizes:
            if size < least:
                return None
            for first in range(len(said) - size + 1):
                row = self._rows.get(tuple(said[first : first + size]))
                if row is not None:
                    return self._fact_at(row)
        return None


def _bare(url: str) -> str:
    """An address without what does not tell pages apart."""
    return re.sub(r"(?:\.html?)?/?[.,;:!?]*$", "", url.partition("#")[0].partition("?")[0]).lower()


def _is_no_word(name: str) -> bool:
    """Whether an identifier is none of the compounds that sentences have ("on-call", "out-of-hours")."""
    parts = re.split("[-_]", name)
    return len(parts) == 1 or (len(parts) > 2 and all(map(tokenize, parts)))


def _file(fact: Fact) -> str:
    """The name of a page's file without its endings; of an index, its folder's."""
    path = PurePosixPath(fact.place.path.lower())
    name = path.name.partition(".")[0]
    return path.parent.name if name in ("index", "readme", "_index") else name
