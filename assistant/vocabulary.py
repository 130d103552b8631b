"""Which other words a question's words stand for: words of the field, and the names that a manual has two of."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from ingest.store.words import tokenize

Group = tuple[frozenset[str], ...]
"""Terms of one meaning, each as the set of its stems."""
_SHORTEST = 3
"""Letters of the shortest abbreviation that is read in any case: "co" and "am" are parts of words, or words."""


class Vocabulary:
    """The groups of `vocabulary.toml`, and one for each name of a manual that is also called otherwise."""

    def __init__(self, aliases: Mapping[str, Sequence[str]] | None = None) -> None:
        """`aliases` are the other names by each name: what a manual defines, and what an organisation sets."""
        named = {name: [o for o in others if len(o) >= _SHORTEST] for name, others in (aliases or {}).items()}
        self._groups = (*_field(), *_groups([name, *others] for name, others in named.items() if others))
        self._places: dict[str, list[int]] = {}
        for place, group in enumerate(self._groups):
            for stem in frozenset().union(*group):
                self._places.setdefault(stem, []).append(place)
        self._names = {o.lower(): name for name, others in named.items() for o in others if not o[1:].islower()}
        shorts = sorted(map(re.escape, self._names), key=lambda name: (-len(name), name))
        self._short = re.compile(rf"(?<![\w@#/.-])(?:{'|'.join(shorts)})(?![\w@/-])", re.IGNORECASE) if shorts else None

    def expansions(self, tokens: Sequence[str]) -> tuple[str, ...]:
        """Tokens (stems) of the same groups as `tokens`, without those, in the order of the groups."""
        have = set(tokens)
        found: dict[str, None] = {}
        for place in sorted({place for token in have for place in self._places.get(token, ())}):
            group = self._groups[place]
            if any(term <= have for term in group):
                for term in group:
                    found.update(dict.fromkeys(sorted(term - have)))
        return tuple(found)

    def spelled_out(self, text: str) -> str:
        """The text with the names behind it that its abbreviations stand for: an encoder knows no organisation's."""
        if self._short is None:
            return text
        names = dict.fromkeys(self._names[match[0].lower()] for match in self._short.finditer(text))
        unsaid = [name for name in names if name.lower() not in text.lower()]
        return f"{text} ({', '.join(unsaid)})" if unsaid else text


def _groups(terms: Iterable[Iterable[str]]) -> tuple[Group, ...]:
    return tuple(tuple(stems for term in group if (stems := frozenset(tokenize(term)))) for group in terms)


@cache
def _field() -> tuple[Group, ...]:
    text = files("assistant").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    return _groups(tomllib.loads(text)["groups"])
