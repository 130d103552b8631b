"""When a contact that was shown is the one that gold means."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[#@]?[\w.+-]+(?:@[\w.-]+)?")


def is_address(spelling: str) -> bool:
    """Whether a spelling is a channel, a handle or an email, which match exactly; all else is a name."""
    return spelling.strip()[:1] in ("#", "@") or "@" in spelling


def names(spelling: str, text: str) -> bool:
    """Whether `text` holds `spelling`, letter case aside.

    An address must stand there whole: `#search` is not in `#search-tech`. A name is compared by its words, so
    that punctuation and line breaks between them count nothing, and must not be part of a longer word.
    """
    needle = spelling.strip().lower()
    if is_address(needle):
        return _stands_in(needle, text.lower(), before=r"[\w#@-]")
    return _stands_in(_by_words(needle), _by_words(text.lower()), before=r"[\w-]")


def names_any(groups: Iterable[Iterable[str]], text: str) -> bool:
    """Whether `text` holds any spelling of any of the groups."""
    return any(names(spelling, text) for group in groups for spelling in group)


def _stands_in(needle: str, text: str, before: str) -> bool:
    return re.search(rf"(?<!{before}){re.escape(needle)}(?![\w-])", text) is not None


def _by_words(text: str) -> str:
    return " ".join(_WORD.findall(text.replace("’", "'")))
