"""Named things: the repos (apps, gems, services) that a question names, in any of their usual spellings: with hyphens
or spaces ("info front end"), run together ("ContentPublisher"), without the organisation before them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from assistant.kinds import owned_by_name
from assistant.phrases import PROGRAM
from assistant.spelling import nearest
from ingest.store.words import tokenize
from ingest.values import Fact

_THING = rf"(?:{PROGRAM}s?|code|modules?)"

_IDENTIFIER = re.compile(r"(?<![\w#@./-])[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)+(?![\w/-])")


_HOST = re.compile(r"https?://[^/\s]*")
_IN_PATH = re.compile(r"(?:^|\s)(?:/[\w.~%+-]+)*/$")
"""What stands before a word that is a part of a link's path, its host taken out."""


@dataclass(frozen=True, slots=True)
class Named:
    """A repo that the question names, and the characters that name it."""

    fact: Fact
    row: int
    start: int
    end: int
    certain: bool
    """Spelt out in full, said to be an app, or all that a question for an owner names; else a single ordinary word."""


class _Repo(NamedTuple):
    row: int
    name: str


class Gazetteer:
    """All names of things with an owner, ready to be found in a question."""

    def __init__(
        self,
        repos: Sequence[tuple[int, str]],
        fact_at: Callable[[int], Fact],
        organisation: Sequence[str],
        aliases: Mapping[str, Sequence[str]],
        is_common: Callable[[str], bool],
    ) -> None:
        """`repos` are their rows and names, and `fact_at` gives the fact of a row; `aliases` are an organisation's
        other names for a repo; `is_common` tells whether many passages use a stem."""
        prefixes = {p for name in organisation for p in (_squash(name), name.lower())}
        self._organisation = tuple(_squash(name) for name in organisation)
        self._is_common = is_common
        self._fact_at = fact_at
        self._repos = [_Repo(*repo) for repo in repos]
        self._by_words: dict[tuple[str, ...], list[_Repo]] = {}
        self._squashed: dict[str, list[_Repo]] = {}
        for repo in self._repos:
            words = _words(repo.name)
            for form in {words, _without_prefix(words, prefixes), *map(_words, aliases.get(repo.name, ()))}:
                if form:
                    self._by_words.setdefault(form, []).append(repo)
            if len(words) > 1:
                self._squashed.setdefault(_squash(repo.name), []).append(repo)
        self._names = {repo.name.lower(): repo for repo in self._repos}
        self._exact = {*self._names, *(alias.lower() for name in aliases for alias in aliases[name])}
        self._longest = max((len(form) for form in self._by_words), default=0)
        self._first_words = {form[0] for form in self._by_words}
        self._in_order = sorted(self._squashed)

    def find(self, question: str) -> tuple[Named, ...]:
        """The things named in `question`; a longer name swallows a shorter one inside it."""
        question = _HOST.sub(lambda m: " " * len(m[0]), question)
        spans = [(m[0], m.start(), m.end()) for m in re.finditer(r"[A-Za-z0-9]+", question)]
        lower = [word.lower() for word, _, _ in spans]
        stems = [_stem(word) for word, _, _ in spans]
        begins = [n for n in range(len(spans)) if stems[n] in self._first_words or self._begins(lower[n])]
        found: list[Named] = []
        taken = [False] * len(spans)
        for size in range(min(self._longest + 1, len(spans)) if begins else 0, 0, -1):
            for i in begins:
                if i + size > len(spans):
                    break
                repos = self._by_words.get(tuple(stems[i : i + size])) or self._run_together(lower[i : i + size])
                if not repos or any(taken[i : i + size]) or (size == 1 and not _is_word(spans[i][0], repos)):
                    continue
                start, end = spans[i][1], spans[i + size - 1][2]
                exact = [r for r in repos if _words(r.name) == tuple(stems[i : i + size])] or repos
                certain = self._certain(question, start, end, stems[i : i + size])
                found.append(self._named(exact[0], start, end, certain))
                taken[i : i + size] = [True] * size
        found += self._misspelt(question) if not any(thing.certain for thing in found) else []
        return tuple(sorted(found, key=lambda n: (not n.certain, n.start)))

    def within(self, text: str) -> tuple[Fact, ...]:
        """The repos whose names stand in a text, hyphens and underscores counting as spaces."""
        spaced = _spaced(text)
        return tuple(self._fact_at(repo.row) for repo, name in self._spaced_names if name in spaced)

    @cached_property
    def _spaced_names(self) -> list[tuple[_Repo, str]]:
        return [(repo, _spaced(repo.name)) for repo in self._repos]

    def _begins(self, word: str) -> bool:
        """Whether a name without hyphens begins with a word in lower case."""
        place = bisect_left(self._in_order, word)
        return place < len(self._in_order) and self._in_order[place].startswith(word)

    def _run_together(self, words: Sequence[str]) -> list[_Repo] | None:
        """Repos whose name without hyphens is these words (in lower case) without spaces; an organisation's own name in
        several words is no beginning of a repo's."""
        written = "".join(words)
        found = self._squashed.get(written)
        return None if found and len(words) > 1 and written.startswith(self._organisation) else found

    def _misspelt(self, question: str) -> list[Named]:
        """Identifiers (with hyphens or underscores) that are no name, but one or two letters from just one."""
        near = []
        for match in _IDENTIFIER.finditer(question):
            close = nearest(match[0].lower(), self._names, most=2)
            if close:
                near.append(self._named(self._names[close], match.start(), match.end(), certain=True))
        return near

    def _named(self, repo: _Repo, start: int, end: int, certain: bool) -> Named:
        return Named(self._fact_at(repo.row), repo.row, start, end, certain)

    def _certain(self, question: str, start: int, end: int, stems: Sequence[str]) -> bool:
        if len(stems) > 1 or question[start:end].lower() in self._squashed:
            return True
        before, word, after = question[:start], question[start:end], question[end:]
        said = re.match(rf"['’`)\"]*,?\s+(?:\w+\s+)?{_THING}\b", after, re.IGNORECASE)
        said = said or re.search(rf"\b{_THING}\s+(?:called|named|is)?\s*[`\"']?$", before, re.IGNORECASE)
        if said or before.endswith("`") or (_IN_PATH.search(before) and re.match(r"[/?#.]|\s|$", after)):
            return True
        if word.lower() in self._exact and owned_by_name(question) == word:
            return True
        proper = word[:1].isupper() and bool(before.strip()) and any(c.islower() for c in question)
        return proper or not self._is_common(stems[0])


def _spaced(text: str) -> str:
    """The words of a text with a space on both sides of each."""
    return f" {' '.join(re.findall('[a-z0-9]+', text.lower()))} "


def _is_word(word: str, repos: Sequence[_Repo]) -> bool:
    """One word alone must be the name itself, or its plural, not merely of its stem: "publishing" is no Publisher."""
    said = word.lower()
    names = {part for repo in repos for part in re.findall(r"[a-z0-9]+", repo.name.lower())}
    return said in names or said.removesuffix("s") in names or said in {_squash(repo.name) for repo in repos}


def _words(name: str) -> tuple[str, ...]:
    return tuple(_stem(word) for word in re.findall(r"[A-Za-z0-9]+", name))


def _stem(word: str) -> str:
    tokens = tokenize(word)
    return tokens[0] if tokens else word.lower()


def _squash(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _without_prefix(words: tuple[str, ...], prefixes: set[str]) -> tuple[str, ...]:
    """The name without the organisation before it, when at least two words stay."""
    return words[1:] if len(words) > 2 and words[0] in prefixes else words


__all__ = ["Gazetteer", "Named"]
