"""Whether a question is in another language than English, the only one that questions are read in.

Known by its script, or by its words of asking and joining words (`languages.toml`): short questions have few letters to
guess a language by, and names of things are the same in all of them. In doubt a question is English.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

LANGUAGES = "languages.toml"
ENOUGH = 2.0
"""Least weight of a language's words in a question, for the question to be in it."""
SHARE = 0.25
"""The same by how many words the question has: among many, typing errors make one or two of any language."""
_ASIDE = re.compile(
    r"`[^`]*`|[“\"][^”\"]*[”\"]|\S*[#@/_\d]\S*|\w+(?:\.\w+)+|\w+(?:-\w+)+|"
    r"(?<=\w)['’](?:ve|re|ll|[smtd])\b"
)
"""What is written like a name, or quoted, and what English shortens: it says nothing of the language."""
_WORD = re.compile(r"[^\W\d_]+")
_BY_CHARACTER = ("CJK", "HIRAGANA", "KATAKANA")
"""Scripts without spaces, in which each character counts as a word."""
_WRITTEN = {
    "CJK": "Chinese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "GREEK": "Greek",
    "HEBREW": "Hebrew",
    "THAI": "Thai",
}
"""The language of a script that has one; of others only the letters are known."""


class _Words(NamedTuple):
    sure: frozenset[str]
    also: frozenset[str]


def other_language(question: str) -> str:
    """What a question that is not in English seems to be written in ("German", "Cyrillic letters"); else empty."""
    words = [word.lower() for word in _WORD.findall(_ASIDE.sub(" ", question))]
    script = _script(words)
    if script != "LATIN":
        return _WRITTEN.get(script, f"{script.capitalize()} letters")
    known = {name: weight for name, some in _languages().items() if (weight := _weight(words, some, question)) > 0}
    if not known:
        return _accented(words)
    best = max(known.values())
    named = [name for name, weight in known.items() if weight == best]
    return named[0] if len(named) == 1 else "another language"


def reply(language: str) -> str:
    """What whoever asked in it is told."""
    return str(_said()["reply"]).format(language=language)


def _script(words: list[str]) -> str:
    """The script of most words; Latin where there are none, and where English words stand between the others."""
    if all(map(str.isascii, words)):
        return "LATIN"
    scripts: Counter[str] = Counter()
    for word in words:
        of = [unicodedata.name(character, "LATIN").split()[0] for character in word]
        scripts.update(script for script in of if script in _BY_CHARACTER)
        scripts.update({script for script in of if script not in _BY_CHARACTER})
    kana = [script for script in ("HIRAGANA", "KATAKANA") if scripts[script]]
    foreign = sum(scripts.values()) - scripts["LATIN"]
    if foreign <= scripts["LATIN"] or sum(word in _english() for word in words) > 1:
        return "LATIN"
    del scripts["LATIN"]
    return kana[0] if kana else scripts.most_common(1)[0][0]


def _weight(words: list[str], some: _Words, question: str) -> float:
    """The weight of a language's words in a question, or 0 where they are too few, or no more than English ones."""
    each = set(words)
    sure = each & some.sure
    if not sure:
        return 0.0
    also = each & some.also
    english = sum(word in _english() and word not in sure | also for word in words)
    weight = len(sure) + len(also) / 2
    if weight <= english or weight < SHARE * len(each):
        return 0.0
    accented = sum(not word.isascii() for word in each) / 2
    alone = sure == each and len(max(sure, key=len)) > 3
    enough = weight + accented >= ENOUGH or "¿" in question or alone
    return weight if enough else 0.0


def _accented(words: list[str]) -> str:
    """Of no language whose words are known, but of none in which English is written."""
    foreign = sum(not word.isascii() for word in words)
    return "another language" if foreign > 2 and 2 * foreign > len(words) and not _english() & set(words) else ""


@cache
def _said() -> Mapping[str, Any]:
    return tomllib.loads(files("assistant").joinpath(LANGUAGES).read_text(encoding="utf-8"))


@cache
def _english() -> frozenset[str]:
    return frozenset(_said()["english"].split())


@cache
def _languages() -> Mapping[str, _Words]:
    return {
        name: _Words(frozenset(words["sure"].split()), frozenset(words["also"].split()))
        for name, words in _said()["languages"].items()
    }
