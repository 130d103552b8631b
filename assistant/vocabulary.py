"""Field vocabulary: which other words a question's words stand for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


def expansions(tokens: Sequence[str]) -> tuple[str, ...]:
    """Tokens (stems) of the same groups as `tokens`, without those, in the order of the file."""
    have = set(tokens)
    places = _places()
    found: dict[str, None] = {}
    for place in sorted({place for token in have for place in places.get(token, ())}):
        group = _groups()[place]
        if any(term <= have for term in group):
            for term in group:
                found.update(dict.fromkeys(sorted(term - have)))
    return tuple(found)


@cache
def _places() -> Mapping[str, Sequence[int]]:
    """The places of the groups that have a stem in them, by stem."""
    found: dict[str, list[int]] = {}
    for place, group in enumerate(_groups()):
        for stem in frozenset().union(*group):
            found.setdefault(stem, []).append(place)
    return found


@cache
def _groups() -> tuple[tuple[frozenset[str], ...], ...]:
    """Each group's terms, a term as the set of its stems."""
    from ingest.store.words import tokenize

    text = files("assistant").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    groups: list[list[str]] = tomllib.loads(text)["groups"]
    return tuple(tuple(stems for term in group if (stems := frozenset(tokenize(term)))) for group in groups)
