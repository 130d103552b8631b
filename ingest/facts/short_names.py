"""The short names that a manual gives its teams: "the Data Platform Team (DPT)", "the Steering Council" and then "the
Council".

Abbreviations in brackets are found as Schwartz and Hearst (2003) do it: the letters of the short form, from the last
to the first, in the words before it, the first letter at the beginning of a word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ingest.facts.lexicon import one_of, words
from ingest.facts.names import TEAM_HEAD
from ingest.forms import UPPER
from ingest.manual.reading import Manual
from ingest.values import Page

_CAPITAL = rf"[{UPPER}](?:[\w&'’/-]|\.(?=\w))*"
_SMALL = r"(?:of|for|the|and|&|in|on|to)"
_NAME = rf"{_CAPITAL}(?:\s+(?:{_SMALL}\s+){{0,2}}{_CAPITAL}){{1,7}}(?:\s+{TEAM_HEAD})?"
_BRACKETED = re.compile(
    rf"(?P<long>{_NAME})\s*\(\s*(?:(?:the|or|aka|hereafter|short)\s+)?(?P<mark>[\"“'‘*_`]*)"
    rf"(?P<short>{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}})[\"”'’*_`]*\s*\)"
)
_LETTERS = re.compile(rf"[{UPPER}][\w&]*[{UPPER}]s?|[{UPPER}]{{2,}}\d?")
_MARKDOWN = re.compile(r"\]\([^()\s]*\)|\]\[[^\]]*\]|[\[\]]|\*\*|__")
_BODIES = one_of(body.capitalize() for body in words("people", "bodies", "short"))
_BODY = re.compile(rf"(?<![\w-]){_CAPITAL}(?:\s+{_CAPITAL}){{0,3}}\s+(?P<body>{_BODIES})(?![\w-])")
_LEADS = re.compile(r"^(?:(?:The|Our|A|An|Any|All|Each|Every|This|That|If|When|And|Or|For|Your|Ask|Contact|See)\s+)+")
_LONGEST = 10
"""Letters of the longest abbreviation."""
_EVERYWHERE, _SOME = 0.25, 12
"""The share of pages, and how many, on which a name stands at least that tells nothing apart: mostly the
organisation's own."""


def with_short_names(manual: Manual) -> Manual:
    """The manual, with its own short names among the aliases of its settings; what an organisation sets stands."""
    given = manual.settings.aliases
    taken = {other for others in given.values() for other in others}
    found = {long: tuple(s for s in shorts if s not in taken) for long, shorts in short_names(manual.pages).items()}
    merged = {name: (*given.get(name, ()), *found.get(name, ())) for name in sorted({*given, *found})}
    aliases = {name: others for name, others in merged.items() if others}
    return replace(manual, settings=replace(manual.settings, aliases=aliases))


def short_names(pages: Iterable[Page]) -> Mapping[str, tuple[str, ...]]:
    """The short names by the long one, as the manual writes both, in the order of the names. A short name that stands
    for two long ones is left out."""
    longs: dict[str, dict[str, str]] = defaultdict(dict)
    bodies: dict[str, set[str]] = defaultdict(set)
    texts = [_MARKDOWN.sub("", "\n".join(page.lines)) for page in pages]
    for text in texts:
        for long, short in _defined(text):
            longs[short].setdefault(long.lower(), long)
        for match in _BODY.finditer(text):
            bodies[match["body"]].add(_LEADS.sub("", " ".join(match[0].split())))
    for short in [s for s in longs if _is_everywhere(s, texts)]:
        del longs[short]
    for body, names in bodies.items():
        shortest = {name for name in names if " " in name and not any(_ends_in(name, other) for other in names)}
        if len(shortest) == 1 and body not in longs:
            longs[body] = {"": shortest.pop()}
    found: dict[str, list[str]] = defaultdict(list)
    for short, names_of in sorted(longs.items()):
        if len(names_of) == 1:
            found[next(iter(names_of.values()))].append(short)
    return {long: tuple(shorts) for long, shorts in sorted(found.items())}


def everywhere(pages: int) -> float:
    """On how many of so many pages a name stands at least that is everybody's."""
    return max(_SOME, _EVERYWHERE * pages)


def _is_everywhere(short: str, texts: Sequence[str]) -> bool:
    least = everywhere(len(texts))
    if len(texts) < least:
        return False
    word = re.compile(rf"(?<!\w){re.escape(short)}(?!\w)")
    return sum(1 for text in texts if short in text and word.search(text)) >= least


def _ends_in(name: str, other: str) -> bool:
    return name != other and " " in other and name.endswith(f" {other}")


def _defined(text: str) -> Iterator[tuple[str, str]]:
    for match in _BRACKETED.finditer(text):
        before, short = " ".join(match["long"].split()), " ".join(match["short"].split())
        if _LETTERS.fullmatch(short) and len(short) <= _LONGEST:
            long = _spelled_out(before, short.removesuffix("s"))
        elif match["mark"]:
            long = _LEADS.sub("", before) if set(short.split()) <= set(before.split()) else ""
        else:
            continue
        if " " in long and long != short:
            yield long, short


def _spelled_out(before: str, short: str) -> str:
    """The last words of `before` of which `short` has the letters; empty where there are none."""
    letters = [letter.lower() for letter in short if letter.isalnum()]
    at = len(before)
    for place, letter in reversed(list(enumerate(letters))):
        at -= 1
        while at >= 0 and not (before[at].lower() == letter and (place or at == 0 or not before[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return ""
    return before[at:]
