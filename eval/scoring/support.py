"""Whether the quoted lines, with their column heads and parents, name a contact for the matter that it is shown for.

That a contact stands in a quote is not enough: it may be struck out there, or stand in a neighbour's cell or item. The
page is read again for this, by a reader of its own (`markup.py`); of the fact only what the answer shows is used: the
contact, why it is shown, and its sources. In prose a paragraph is one place: no layout tells whom of several it names
for what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

from eval.answers.replies import Cited, Reply, ShownContact
from eval.scoring.markup import Piece, pieces_at
from eval.scoring.matching import names

LEAST = 0.5
"""The share of a matter's words that must stand in the lines or in what they stand under."""
_SAID_OF = re.compile(r"^the manual says of them:\s*|\s*\(on “[^”]*”\)$", re.IGNORECASE)
"""What an answer puts around a fact's words."""
_RELATING = re.compile(
    r"^(?:owns(?: the page)?|approves|reviews|gets the alerts of|(?:[\w'’-]+ ){1,3}(?:of|for))(?= \S)", re.IGNORECASE
)
"""How a fact says of a row, an entry or a page what its holder has to do with it."""
_WORD = re.compile(r"[^\W_]+")
_EMPTY = frozenset("a an and are as at be by for from in is it of on or the their to who whom with you your".split())
_HOLDING: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(rf"\b(?:{words})", re.IGNORECASE)
    for kind, words in {
        "owns": r"own(?!ership model)|dri\b|maintain|custod|steward|accountable|responsib|keeper|managed by|run by",
        "approves": r"approv|authori[sz]|sign(?:s|ed)?[ -]off|signatory|decide|grant",
        "reviews": r"review",
        "on call": r"on[ -]?call|out of hours|pager|escalat|respond|primary|secondary|on duty",
        "alerts": r"alert",
    }.items()
}
"""How a column's head, and how a matter, says in which way somebody has to do with a thing."""
_TAG = re.compile(r"\{[{%<]|<%")


def support(reply: Reply, manual: Path) -> bool | None:
    """Whether every contact shown is named for its matter by the lines of its own sources; None where none is shown."""
    if not reply.contacts:
        return None
    return all(supported(contact, reply.sources, manual) for contact in reply.contacts)


def supported(contact: ShownContact, sources: Sequence[Cited], manual: Path) -> bool:
    """Whether the lines that speak most of the contact's matter name it, un-struck: in the cell of the right column, in
    the item itself, in what it stands under; or name it by its name, and another of its sources gives the address."""
    own = [s for s in sources if s.number in contact.sources] if contact.sources else list(sources)
    told = [(s.path, piece) for s in own for piece in pieces_at(manual / s.path, s.first, s.last)]
    whole = _SAID_OF.sub("", contact.why)
    thing = _words(_RELATING.sub("", whole))
    around = [text for _, p in told for text in (p.said, *p.heads, *p.above, *p.page)]
    if not told or _share(thing, around) < LEAST:
        return False
    near = [(_share(thing, [piece.said]), _share(_words(whole), [piece.said])) for _, piece in told]
    speaking = [each for each, how in zip(told, near, strict=True) if how == max(near)]
    return any(_is_named(contact, path, piece, [e for e in told if e[1] is not piece]) for path, piece in speaking)


def _is_named(contact: ShownContact, path: str, piece: Piece, others: Sequence[tuple[str, Piece]]) -> bool:
    """Whether a piece names the contact; by its name alone, where another of its sources gives that name its address,
    a tag's value, or the owner of the file."""
    said = [*_cells(contact, piece), *piece.above]
    bare = piece.is_data
    if any(_states(contact.shown, text, bare=bare) for text in said):
        return True
    known = bool(contact.name) and any(names(contact.name, text) for text in (*said, *piece.page))
    return any(
        any(_states(contact.shown, text, bare=other.is_data) for text in (other.said, *other.above))
        and (
            (known and _share(_words(contact.name), (other.said, *other.above, *other.page)) >= LEAST)
            or bool(_TAG.search(piece.said))
            or _governs(where, other, path)
        )
        for where, other in others
    )


def _governs(where: str, other: Piece, path: str) -> bool:
    """Whether lines of a file of owners speak of a path: by their pattern, or by standing in a folder above it."""
    home, _, name = where.rpartition("/")
    if name not in ("CODEOWNERS", "OWNERS", "OWNERS.yml", "OWNERS.yaml"):
        return False
    if name != "CODEOWNERS":
        return f"{path}/".startswith(f"{home}/" if home else "")
    patterns = (line.split()[0].strip("/") for line in other.lines if line.strip())
    return any(fnmatch(path, pattern) or fnmatch(path, f"{pattern}/*") for pattern in patterns)


def _cells(contact: ShownContact, piece: Piece) -> Iterator[str]:
    """The texts of a piece in which the contact counts: of a row, the cells of columns that fit the matter."""
    if not piece.cells:
        yield piece.said
        return
    columns = list(zip(piece.cells, [*piece.heads, *[""] * len(piece.cells)], strict=False))
    matter = _SAID_OF.sub("", contact.why)
    relating = _RELATING.match(matter)
    wanted = _kind_of(relating[0]) if relating else ""
    labelled = any(_is_label(head, matter) for _, head in columns)
    for cell, head in columns:
        kind = _kind_of(head)
        if (_is_label(head, matter) or not labelled) and (not wanted or kind in ("", wanted)):
            yield cell


def _is_label(head: str, matter: str) -> bool:
    """Whether a matter begins with a column's head: "deputy for payroll", "team lead of the docks"."""
    label = " ".join(head.split()).lower()
    return bool(label) and re.match(rf"{re.escape(label)} (?:of|for) ", matter.lower()) is not None


def _kind_of(text: str) -> str:
    """In which way it says that somebody has to do with a thing; empty where it says none."""
    return next((kind for kind, said in _HOLDING.items() if said.search(text)), "")


def _states(shown: str, text: str, *, bare: bool) -> bool:
    """Whether a text has the contact in it; a channel or handle may stand without its mark in a tag, in a link's target
    and, when `bare`, anywhere."""
    if names(shown, text):
        return True
    core = shown[1:] if shown[:1] in ("#", "@", "~") else ""
    return bool(core) and any(
        names(core, line) for line in text.split("\n") if bare or _TAG.search(line) or "/" in line
    )


def _share(matter: frozenset[str], texts: Sequence[str]) -> float:
    """The share of a matter's words that stand in the texts; all of none."""
    said = {word for text in texts for word in _words(text)}
    return len(matter & said) / len(matter) if matter else 1.0


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.lower()) if word not in _EMPTY)
