"""A page's lines, searched once for all that its facts ask: which line names a contact, to whom the page speaks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import accumulate, islice

from ingest.facts.lexicon import TALK_TO
from ingest.facts.syntax import Trees
from ingest.values import Contact, Page

_TO = re.compile(
    rf"\b(?:contact|ask|{TALK_TO}|escalate to|co-?ordinate with|tickets? (?:to|with)) \[?",
    re.IGNORECASE,
)
_NAME_ENDS = re.compile(r"\b(?![.]\w)")
_LONGEST_NAME = 200
_WORDS = re.compile(r"[\w.+-]+")
_MOST = 1_000_000_000
"""Characters that are looked through for one page's contacts: a second or two. Few pages name many contacts far from
where they say something of them, but one that was made to do harm may."""


class Spoken:
    """The lines of one page; `trees` are those of its sentences that may name somebody, by their text."""

    def __init__(self, page: Page, trees: Trees | None = None) -> None:
        self.page = page
        self.trees = trees or Trees()
        self._left = _MOST
        self._found: dict[str, int] = {}
        self._said: dict[tuple[str, int, int], bool] = {}

    def first_line(self, contacts: Iterable[Contact]) -> int | None:
        """The first line that states one of the contacts by its address, or by its name where it has none."""
        found = [self._line(c.address.lower(), self._text) for c in contacts if c.address]
        found += [self._line(words_of(c.name), self._words) for c in contacts if not c.address]
        return min(filter(None, found), default=None)

    def speaks_to(self, name: str) -> bool:
        """Whether the page tells its readers to talk to the name, which they do to no program."""
        name = name.lower()
        for text in islice(self._told, bisect_left(self._told, name), None):
            if not text.startswith(name):
                return False
            if _NAME_ENDS.match(text, len(name)):
                return True
        return False

    def once(self, what: str, group: int, column: int, is_so: Callable[[], bool]) -> bool:
        """Whether something is so of a list or table of the page, by its number: looked for once for all its items."""
        key = (what, group, column)
        if key not in self._said:
            self._said[key] = is_so()
        return self._said[key]

    def writes(self, word: str) -> bool:
        """Whether a word stands on the page in just those letters."""
        return any(word in line and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", line) for line in self.page.lines)

    def _line(self, sought: str, lines: _Lines) -> int:
        """The number of the first line that holds it, from 1; else 0."""
        key = f"{id(lines)} {sought}"
        if key not in self._found and self._left > 0:
            at = lines.text.find(sought)
            self._left -= at if at >= 0 else len(lines.text)
            self._found[key] = lines.number(at) if at >= 0 else 0
        return self._found.get(key, 0)

    @cached_property
    def _text(self) -> _Lines:
        return _Lines([line.lower() for line in self.page.lines])

    @cached_property
    def _words(self) -> _Lines:
        return _Lines([words_of(line) for line in self.page.lines])

    @cached_property
    def _told(self) -> Sequence[str]:
        """What follows where the reader is sent to somebody, in lower case and in order."""
        told = (line[m.end() : m.end() + _LONGEST_NAME] for line in self.page.lines for m in _TO.finditer(line))
        return sorted({text.lower() for text in told})


class _Lines:
    """Lines as one text, and the number of the line that a character of it stands on."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.text = "\n".join(lines)
        self._ends = list(accumulate(len(line) + 1 for line in lines))

    def number(self, at: int) -> int:
        return bisect_right(self._ends, at) + 1


def words_of(text: str) -> str:
    """The words of a text in lower case, without what stands between them."""
    return " ".join(_WORDS.findall(text.lower()))
