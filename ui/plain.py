"""Text from people and manuals, made safe for a terminal.

A manual is written by many hands and a question by anybody: neither may move the cursor, change the
colours, set the window's title, or turn the direction of what stands beside it.
"""

from __future__ import annotations

import os
import re

from assistant.errors import UserError

_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
    r"\u200e\u200f\u202a-\u202e\u2066-\u2069]"  # marks, embeddings, overrides and isolates of direction
)


def plain(text: str) -> str:
    """`text` without the characters that command a terminal; tabs and line feeds stay."""
    return _CONTROLS.sub("", text)


def one_line(text: str) -> str:
    """`plain`, on one line."""
    return " ".join(plain(text).split())


def utf8(argument: str, what: str) -> str:
    """A command-line argument read as UTF-8, whatever the locale says.

    Raises UserError, naming `what` it is, where the bytes are no UTF-8.
    """
    try:
        return os.fsencode(argument).decode("utf-8")
    except UnicodeError as error:
        raise UserError(f"{what} is not valid UTF-8: type it again, or set the terminal to UTF-8.") from error
