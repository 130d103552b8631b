"""Matrices of who has which part in a thing: Responsible, Accountable, Consulted, Informed.

A row is an activity and each column somebody, with the letters of their parts in the cells ("R", "A/C"); or each row is
somebody, with a mark under the parts that they have. Whoever is consulted or informed is nobody to go to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.facts.cells import name_of
from ingest.facts.fields import Field
from ingest.facts.lexicon import words
from ingest.facts.proof import fact, stated_at
from ingest.facts.spoken import Spoken
from ingest.manual.markdown import Block, Section, Text
from ingest.manual.sentences import context_of, place_of
from ingest.values import Contact, Fact, Place

_PARTS = {"A": "accountable", "R": "responsible"}
"""The parts of those one goes to, in the order in which they are named."""
_LETTERS = re.compile(r"(?:RACI|RASCI|[RACIS](?:\s*[/,&+ ]?\s*[RACIS]){0,4})")
_CALLED = re.compile(r"\bR\.?A\.?S?\.?C\.?I\b|\bresponsib", re.IGNORECASE)
_MARK = re.compile(r"(?:[✓✔☑✅xX]|yes)(?!\w).*", re.IGNORECASE)
_COLUMN = re.compile(r"(?P<part>[RA])(?:esponsible|ccountable)?", re.IGNORECASE)
_ANYBODY = Field("", holds="contact")
_FEWEST = 2
"""Cells with letters in some row, by which a table is known that nobody calls by its name."""


def parts_in(spoken: Spoken, section: Section, block: Block) -> tuple[Fact, ...]:
    """The facts of a row of such a matrix; none where it is a row of something else."""
    header, cells = block.header, [_flat(cell) for cell in block.cells]
    if len(header) < _FEWEST + 1 or len(cells) < _FEWEST or not cells[0]:
        return ()
    table = [b for b in section.blocks if b.kind == "row" and b.header == header]
    about = " ".join([spoken.page.title, *section.headings, *(lead.text.plain for lead in block.leads)])
    rows = (_lettered(dict(zip(b.header[1:], map(_flat, b.cells[1:]), strict=False))) for b in table)
    people = sum(map(_shows, header[1:]))
    if 2 * people >= len(header) - 1 and any(len(row) >= _FEWEST for row in rows):
        about += " RACI"
    said = dict(zip(header[1:], cells[1:], strict=False))
    return tuple(_of_activity(spoken, section, block, said, about)) or tuple(_of_somebody(spoken, section, block, said))


def _of_activity(spoken: Spoken, section: Section, block: Block, said: dict[str, str], about: str) -> Iterator[Fact]:
    """Of a row that is an activity: those whose columns have the letter."""
    lettered = _lettered(said)
    marks = [cell for cell in said.values() if re.search(r"\w", cell)]
    if len(lettered) < len(marks) or not (lettered and _CALLED.search(about)):
        return
    for letter, part in _PARTS.items():
        who = tuple(_somebody(head) for head, cell in lettered.items() if letter in cell)
        if who:
            yield _fact(spoken, section, block, who, f"{part} for {block.cells[0].plain}")


def _lettered(said: dict[str, str]) -> dict[str, str]:
    return {head: cell for head, cell in said.items() if cell and _LETTERS.fullmatch(cell)}


def _flat(cell: Text) -> str:
    return " ".join(cell.plain.split()).strip("*_ ")


def _of_somebody(spoken: Spoken, section: Section, block: Block, said: dict[str, str]) -> Iterator[Fact]:
    """Of a row that is somebody, under a heading that says of what: the parts that are marked."""
    columns = {match["part"].upper(): head for head in said if (match := _COLUMN.fullmatch(head.strip()))}
    who = name_of(block.cells[0].plain, _ANYBODY)
    if len(columns) < len(_PARTS) or who is None:
        return
    for letter, part in _PARTS.items():
        if letter in columns and _MARK.fullmatch(said[columns[letter]]):
            yield _fact(spoken, section, block, (who,), f"{part} for {section.heading or spoken.page.title}")


def _shows(head: str) -> bool:
    """Whether a column's head is plainly somebody."""
    contact, last = name_of(head, _ANYBODY), head.lower().split()[-1:]
    people = words("people", "teams") | words("people", "departments") | words("people", "functions")
    return contact is not None and (contact.kind != "team" or not people.isdisjoint(last))


def _somebody(head: str) -> Contact:
    return name_of(head, _ANYBODY) or Contact("team", " ".join(head.split()))


def _fact(spoken: Spoken, section: Section, block: Block, who: tuple[Contact, ...], topic: str) -> Fact:
    place = place_of(spoken.page, section, block.first, block.last, block.part)
    stated = _heads(spoken, block) or stated_at(spoken, section, who, place)
    context = context_of(spoken.page, section, block)
    return fact("does", who, topic, context, place, attributes={"holds": "owner"}, stated=stated)


def _heads(spoken: Spoken, block: Block) -> Place | None:
    """The line with the heads of the columns, which says whose they are."""
    line = block.first
    while line > 1 and "|" in spoken.page.lines[line - 2]:
        line -= 1
    return place_of(spoken.page, None, line, line) if line < block.first else None
