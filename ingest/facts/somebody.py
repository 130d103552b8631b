"""Words that somebody is called by in sentences: what a phrase for people, teams, roles or departments ends in,
which of these name nobody when they stand alone, and which no phrase begins with. They are put together from
`lexicon.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from ingest.facts.lexicon import nouns, words

VAGUE = words("vague", "words")
DEPARTMENTS = words("people", "functions") - words("people", "functions", "thing") | words("people", "fields")
"""Last words of departments' names in which no program's end."""
ROLE_NOUNS = nouns("people", "roles") | words("people", "folk")
ALONE = (
    words("people", "teams", "alone")
    | nouns("people", "roles", "alone")
    | words("people", "folk", "alone")
    | nouns("people", "shared_titles", "alone")
    | {"member", "members", "ops"}
)
"""Words that fit the end of a phrase for somebody and name nobody unless something before them says whom."""
LETTERS = re.compile(r"[a-z]+")


@cache
def doers() -> frozenset[str]:
    """What people, teams, departments and bodies are called in one word, in small letters."""
    people = nouns("people", "roles") | nouns("people", "shared_titles") | words("people", "folk")
    return people | words("people", "teams") | words("people", "departments") | words("people", "bodies")


@cache
def somebody() -> frozenset[str]:
    """Words in which a phrase for somebody can end, or a title begin; "it" is one in capitals alone."""
    people = doers() | ALONE | words("people", "functions") | words("people", "named_teams")
    return longest_parts(people | words("people", "offices", "before")) - {"it"}


def longest_parts(forms: Iterable[str]) -> frozenset[str]:
    """Of each form the longest run of letters: "mail" of "e-mail"."""
    return frozenset(max(LETTERS.findall(form), key=len) for form in forms)
