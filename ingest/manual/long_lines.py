"""Lines that are longer than anybody writes prose on: read in pieces, so that the work stays in proportion to them.

Markdown's structure is read from a long line's head only. What follows comes in pieces: the first of them, and those in
which an address may stand, are read for links and statements as the head is; the rest is only searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.values import LONGEST_LINE, QUOTED

_READ = 100
"""Pieces of one line that are read for statements: as much as a long chapter. A longer line is data, not prose."""
_ADDRESS = re.compile(r"[#@]\w")


def heads_of(lines: Sequence[str], first: int) -> tuple[list[str], dict[int, str]]:
    """The lines (numbered from `first`) as far as structure is read from them, and the long ones by their numbers."""
    long = {number: line for number, line in enumerate(lines, first) if len(line) > LONGEST_LINE}
    return [line if len(line) <= LONGEST_LINE else line[: _head(line)] for line in lines], long


def rest_of(line: str) -> Iterator[tuple[tuple[int, int], bool]]:
    """The pieces behind a long line's head, as the characters where each begins and ends, and whether it is read."""
    left = _READ
    for number, (start, end) in enumerate(_bounds(line, _head(line))):
        read = left > 0 and (number < _READ // 2 or bool(_ADDRESS.search(line, start, end)))
        left -= read
        yield (start, end), read


def _head(line: str) -> int:
    return next(_bounds(line, 0))[1]


def _bounds(line: str, start: int) -> Iterator[tuple[int, int]]:
    """Each piece ends with a sentence, else between two words, else anywhere."""
    while start < len(line):
        end = min(start + QUOTED, len(line))
        if end < len(line):
            half = start + QUOTED // 2
            end = max(line.rfind(". ", half, end) + 1, 0) or max(line.rfind(" ", half, end), 0) or end
        yield start, end
        start = end
