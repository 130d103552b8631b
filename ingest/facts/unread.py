"""What looks like a contact and became none, for whoever keeps the manual: its place, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.facts.addresses import CHANNEL, EMAIL, addresses, is_stand_in
from ingest.kept import pairs_step
from ingest.manual.markdown import Section
from ingest.manual.reading import Manual
from ingest.values import Fact, Page, Warning_

__all__ = ["unread_contacts"]

_SHAPED = pairs_step("shaped")
_SHAPES = (CHANNEL, EMAIL)
_MANY = 3
"""As many of one page are told in one line."""
_SIGNS = re.compile(r"[#@]")


def unread_contacts(manual: Manual, facts: Sequence[Fact]) -> Iterator[Warning_]:
    """A warning for every channel and email that text shows and no fact of the manual names, where it first stands;
    one for many of a page that became none for the same reason."""
    seen = {contact.address.lower() for fact in facts for contact in fact.contacts}
    for page in manual.pages:
        shaped = manual.kept.of(_SHAPED, page, lambda page: tuple(_shaped(page, manual.bodies[page.path])))
        lost: dict[str, list[tuple[str, int]]] = {}
        for value, (line, read) in shaped:
            if value.lower() not in seen:
                seen.add(value.lower())
                why = "nothing here says what for" if read else "nothing here says that one writes to it"
                lost.setdefault(why, []).append((value, line))
        for why, those in lost.items():
            yield from _said_of(page.path, those, why)


def _said_of(path: str, those: Sequence[tuple[str, int]], why: str) -> Iterator[Warning_]:
    if len(those) < _MANY:
        for value, line in those:
            yield Warning_(path, line, f"{value} looks like a contact and became none: {why}")
        return
    (first, at), *rest = those
    named = ", ".join([first, *(f"{value} (line {line})" for value, line in rest[: _MANY - 1])])
    more = f" and {len(those) - _MANY} more" if len(those) > _MANY else ""
    yield Warning_(path, at, f"{named}{more} look like contacts and became none: {why}")


def _shaped(page: Page, sections: Sequence[Section]) -> Iterator[tuple[str, tuple[int, bool]]]:
    """Whatever has the shape of a channel or an email, outside code: its text, with its line and whether the compiler
    takes it for an address, were it stated for something."""
    for block in (block for section in sections for block in section.blocks):
        if block.kind in ("code", "data") or not _SIGNS.search(block.text.plain):
            continue
        lines = range(block.first, block.last + 1)
        found = [value for shape in _SHAPES for value in shape.findall(block.text.plain) if not is_stand_in(value)]
        read = {mention.contact.address for mention in addresses(block.text, frozenset())} if found else set()
        for value in found:
            line = next((number for number in lines if value in page.lines[number - 1]), block.first)
            yield value, (line, value in read)
