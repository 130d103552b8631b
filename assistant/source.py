"""What the index holds of a page's text: for whoever wants to read around a line that an answer cites."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from assistant.errors import UserError
from ingest.store.index import Index
from ingest.values import Passage

LONGEST = 20_000
"""Characters of text that are given at once."""


def source_text(index: Index, path: str, lines: tuple[int, int] | None) -> dict[str, Any]:
    """The passages of a page, or those that touch some lines, first and last, as they stand in the manual's file.

    {"index", "path", "title", "url", "owner", "updated", "commit", "parts": [{"lines", "heading", "anchor", "text"}],
    "left_out": how many parts are not shown because the text is long}. No file is opened: what is in no passage, such
    as front matter, is not there. UserError for a path of which the index holds no passage, and for lines without one.
    """
    whole = sorted(index.records.passages_of(path), key=lambda passage: (passage.place.first, passage.place.last))
    if not whole:
        raise UserError(
            f"The index holds no text of {path!r}: give the path of a page as an answer's sources and pages have it."
        )
    found = [passage for passage in whole if lines is None or _touches(passage, lines)]
    if not found:
        raise UserError(f"No text stands in lines {lines} of {path!r}: leave the lines out to get the whole page.")
    parts = list({passage.place: passage for passage in found}.values())  # a very long line is several passages
    lengths = accumulate(len(part.place.quote) for part in parts)
    shown = [part for part, length in zip(parts, lengths, strict=True) if length <= LONGEST] or parts[:1]
    place = whole[0].place
    return {
        "index": index.digest,
        "path": path,
        "title": place.title,
        "url": place.url.partition("#")[0],
        "owner": place.owner,
        "updated": place.updated,
        "commit": place.commit,
        "parts": [_part(part) for part in shown],
        "left_out": len(parts) - len(shown),
    }


def _touches(passage: Passage, lines: tuple[int, int]) -> bool:
    return passage.place.first <= lines[1] and passage.place.last >= lines[0]


def _part(passage: Passage) -> dict[str, Any]:
    place = passage.place
    return {
        "lines": [place.first, place.last],
        "heading": place.heading,
        "anchor": place.anchor,
        "text": place.quote[:LONGEST],
    }
