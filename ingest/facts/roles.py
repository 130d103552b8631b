"""Roles and what they are for: lists and tables under headings such as "Roles and responsibilities".

A manual that hands out duties does so by role: a line that is nothing but the role above a list of what it does,
an item "**Comms lead**: writes the updates", a row "Comms lead | the second engineer". A role is told by its
last word, as everywhere; outside a section about roles such a line may be anything, and gives nothing.
"""

from __future__ import annotations

import re

from ingest.facts.cells import is_person
from ingest.facts.names import ROLE_HEAD
from ingest.facts.people import PERSON, Roster, people
from ingest.manual.markdown import Block, Section, Text
from ingest.values import Contact

_ABOUT_ROLES = re.compile(
    r"\b(?:roles?|responsibilit\w+|duties|jobs|chores|who(?: does| is|['’]s)|people involved)\b", re.IGNORECASE
)
_ROLE = re.compile(
    rf"(?:(?:the|an?|your|our)\s+)?(?P<role>(?:[\w&'’/.-]+\s+){{0,4}}{ROLE_HEAD})(?:\s*\([^)]*\))?", re.IGNORECASE
)
_ROLE_HEADER = re.compile(r"\broles?\b|\bposition\b|\bjob\b|\bresponsib\w+", re.IGNORECASE)
_HOLDER_HEADER = re.compile(r"\b(?:who|person|people|held by|filled by|name)\b", re.IGNORECASE)
_DUTY_HEADER = re.compile(
    r"\b(?:does|do|duties|dut(?:y|ies)|responsib\w+|tasks?|remit|looks? after|what)\b", re.IGNORECASE
)
_PURPOSE_HEADER = re.compile(
    r"what (?:it['’]s|it is|they are|they['’]re)? ?for|(?:use|ask|contact) (?:them )?for|handles", re.IGNORECASE
)
_CONTACT_HEADER = re.compile(
    r"(?:(?:point of |main )?contacts?(?: person)?|who(?: to (?:ask|contact|speak to|tell))?|ask|speak to|tell|"
    r"owners?|owned by|(?:owning |responsible )?team|responsible(?: person)?)",
    re.IGNORECASE,
)
_ANYBODY = re.compile(r"^(?:who|any|some|every|nobody|none|n/a|tbc|tbd|you|it|they|-|–)", re.IGNORECASE)


def role_of_heading(section: Section) -> Contact | None:
    """The role that a heading names, under a heading about roles: "Roles" > "Incident lead"."""
    above = section.headings[:-1]
    return _role(section.title) if any(_ABOUT_ROLES.search(heading) for heading in above) else None


def role_introduced(lead: Block, section: Section) -> Contact | None:
    """The role that a line above a list consists of, in a section about roles: "Analysts:"."""
    plain = lead.text.plain.rstrip()
    if lead.kind == "paragraph" and plain.endswith(":") and about_roles(section):
        return _role(Text(plain.removesuffix(":")))
    return None


def role_item(head: Text, tail: str, section: Section) -> Contact | None:
    """The role that an item begins with, in a section about roles, with more than a few words on what it does."""
    return _role(head) if about_roles(section) and len(tail.split()) > 2 else None


def role_row(block: Block, section: Section) -> tuple[tuple[Contact, ...], str]:
    """Whom a row of a table of roles names, and for what: the holders beside a role, else the role itself."""
    cells = [" ".join(cell.plain.split()) for cell in block.cells]
    if len(cells) < 2 or len(block.header) < 2 or not cells[1]:
        return (), ""
    headed = bool(_ROLE_HEADER.search(block.header[0]))
    role = _role(block.cells[0]) if headed or about_roles(section) else None
    if role and _HOLDER_HEADER.search(block.header[1]):
        return _holders(cells[1]), "; ".join([cells[0], *cells[2:]])
    several = " " in cells[0] or cells[0].endswith("s")  # "Admin" alone is a level of access
    if role and several and _DUTY_HEADER.search(block.header[1]):
        return (role,), "; ".join(cell for cell in cells[1:] if cell)
    return (), ""


def contact_row(block: Block) -> tuple[tuple[Contact, ...], str]:
    """Whom a table's column of contacts names in this row, without an address, and the other cells."""
    for number, (cell, header) in enumerate(zip(block.cells, block.header, strict=False)):
        if _CONTACT_HEADER.fullmatch(header.strip()) and not any(span.kind == "code" for span in cell.spans):
            plain = " ".join(cell.plain.split())
            others = [" ".join(c.plain.split()) for i, c in enumerate(block.cells) if i != number and c.plain.strip()]
            return (_people_of(plain) if others else ()), "; ".join(others)
    return (), ""


def served_row(block: Block) -> tuple[tuple[Contact, ...], str]:
    """The team or role that a row of two cells begins with, where the other column says what for, and that."""
    if len(block.header) != 2 or len(block.cells) != 2 or not _PURPOSE_HEADER.fullmatch(block.header[1].strip()):
        return (), ""
    name = re.sub(r"^\W+", "", " ".join(block.cells[0].plain.split()))
    named = people(name, Roster())
    whole = [m for m in named if not name[: m.start].strip(" Your") and not name[m.end :].strip()]
    return tuple(m.contact for m in whole[:1]), " ".join(block.cells[1].plain.split())


def _people_of(cell: str) -> tuple[Contact, ...]:
    """The teams, roles and persons of a cell that holds nothing else."""
    named = tuple(mention.contact for mention in people(cell, Roster()))
    if named or not re.fullmatch(rf"{PERSON}(?:(?:,| or| and) {PERSON})*", cell):
        return named
    return tuple(Contact("person" if is_person(m[0]) else "team", m[0]) for m in re.finditer(PERSON, cell))


def role_line(line: str) -> tuple[Contact, ...]:
    """Who fills the role in a line "role | who" or "role: who"; both sides must be told by their last words."""
    left, bar, right = re.sub(r"\s*(?:\||:\s|\s[-–—]\s)\s*", "|", " ".join(line.split()), count=1).partition("|")
    if not bar or "|" in right or left.isupper() or not _role(Text(left)):
        return ()
    named = people(right, Roster())
    rest = right
    for mention in reversed(named):
        rest = rest[: mention.start] + rest[mention.end :]
    only = re.fullmatch(r"(?:\W|\b(?:the|an?|or|and|your|our)\b)*", rest)
    return tuple(mention.contact for mention in named) if only else ()


def _holders(cell: str) -> tuple[Contact, ...]:
    """Who fills a role: the teams and roles that the cell names, else its parts as they stand."""
    named = tuple(mention.contact for mention in people(cell, Roster()))
    parts = [
        re.sub(r"^(?:the|an?|your|our)\s+", "", part.strip(), flags=re.I) for part in re.split(r",| or | and ", cell)
    ]
    plain = tuple(Contact("role", part) for part in parts if 0 < len(part.split()) <= 5 and not _ANYBODY.match(part))
    return named if len(named) >= len(plain) else plain


def about_roles(section: Section) -> bool:
    """Whether a heading over the section says that it is about who does what."""
    return any(_ABOUT_ROLES.search(heading) for heading in section.headings)


def _role(text: Text) -> Contact | None:
    match = _ROLE.fullmatch(" ".join(text.plain.split()).strip(" *_"))
    return Contact("role", match["role"]) if match else None
