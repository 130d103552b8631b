"""Sentences as the parser is to see them: an address or a quoted name, whatever its letters, stands in them as one
word that has a name's form and the same length, so that the places of all words stay those of the sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DIRECT, _INSTEAD = re.compile(r"^Direct(?= .* to )"), "Submit"
"""A verb that the parser takes for another kind of word where a sentence begins, and one as long that it knows."""
MASK = "Xx"
MASKED = re.compile(f"{MASK[0]}{MASK[1]}+")
"""How the characters of an address are written for the parser: as a name, as long as the address."""


def masked(plain: str, names: Sequence[tuple[int, int]]) -> str:
    """The sentence as the parser is to see it: what stands there for a name, whatever its letters, is one word of a
    name's form, as long as it was."""
    text = plain.replace("\n", " ")
    for start, end in names:
        if end - start > 1:
            text = f"{text[:start]}{MASK[0]}{MASK[1] * (end - start - 1)}{text[end:]}"
    return _DIRECT.sub(_INSTEAD, text)
