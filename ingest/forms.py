"""Alternatives of a pattern, written once, and the plain letters by which most texts are ruled out without trying it.

Searching with a long alternation is slow, and most texts match none of it: looking for a few plain letters first tells
which. The letters are taken from the alternatives themselves, so that a new one is never missed.
"""

from __future__ import annotations

import re

_LATIN = [chr(code) for code in range(0xC0, 0x250)]
UPPER = "A-Z" + "".join(letter for letter in _LATIN if letter.isupper())
LOWER = "a-z" + "".join(letter for letter in _LATIN if letter.islower())
"""The capital and small letters of Latin script, for a pattern's brackets: names begin with them, "Ångström" too."""
_HOLE = "\0"
_GROUP = re.compile(r"\([^()]*\)[?*+]*")
_ANY = re.compile(r"\\.[?*+]?|\[[^]]*\][?*+]*|.[?*]|.\{[^}]*\}|[.+^$]")


class Forms:
    """Alternatives as regular expressions, none with a `|` outside brackets or letters whose case matters."""

    def __init__(self, *forms: str) -> None:
        self.pattern = "(?:" + "|".join(forms) + ")"
        held = {_letters(form) for form in forms}
        self._held = tuple(sorted(a for a in held if not any(b in a for b in held - {a})))

    def may_be_in(self, lower: str) -> bool:
        """Whether a text in lower case holds letters of one of them; where none is held, none can match."""
        for letters in self._held:  # noqa: SIM110  # a generator takes twice as long, and each line is asked about
            if letters in lower:
                return True
        return False


def _letters(form: str) -> str:
    """The longest run of letters and blanks that every text has which the form matches, in lower case."""
    rest = re.sub(r"\\[()]", _HOLE, form)
    while (bare := _GROUP.sub(_HOLE, rest)) != rest:
        rest = bare
    return max(_ANY.sub(_HOLE, rest).lower().split(_HOLE), key=len)
