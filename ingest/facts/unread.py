"""What looks like a contact and became none, for whoever keeps the manual: its place, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.facts.addresses import CHANNEL, EMAIL, addresses, is_stand_in
from ingest.kept import names_step, pairs_step
from ingest.manual.markdown import Block, Section
from ingest.manual.reading import Manual
from ingest.values import Fact, Page, Warning_

__all__ = ["unread_contacts"]

_SHAPED, _READ = pairs_step("shaped"), names_step("shaped and read")
_SHAPES = (CHANNEL, EMAIL)
_SIGNS = re.compile(r"[#@]")


def unread_contacts(manual: Manual, facts: Sequence[Fact]) -> Iterator[Warning_]:
    """A warning for every channel and email that text shows and no fact of the manual names, where it first stands."""
    seen = {contact.address.lower() for fact in facts for contact in fact.contacts}
    for page in manual.pages:
        shaped = manual.kept.of(_SHAPED, page, lambda page: tuple(_shaped(page, manual.bodies[page.path])))
        new = [(line, value) for line, value in shaped if value.lower() not in seen]
        if not new:
            continue
        read = manual.kept.of(_READ, page, lambda page: tuple(_read(manual.bodies[page.path])))
        for line, value in new:
            if value.lower() not in seen:
                seen.add(value.lower())
                why = "nothing here says what for" if value in read else "nothing here says that one writes to it"
                yield Warning_(page.path, line, f"{value} looks like a contact and became none: {why}")


def _shaped(page: Page, sections: Sequence[Section]) -> Iterator[tuple[int, str]]:
    """The line and the text of whatever has the shape of a channel or an email, outside code."""
    for block in _signed(sections):
        lines = range(block.first, block.last + 1)
        found = (value for shape in _SHAPES for value in shape.findall(block.text.plain))
        for value in (value for value in found if not is_stand_in(value)):
            yield next((number for number in lines if value in page.lines[number - 1]), block.first), value


def _read(sections: Sequence[Section]) -> Iterator[str]:
    """What the compiler takes for an address, were it stated for something."""
    for block in _signed(sections):
        yield from (mention.contact.address for mention in addresses(block.text, frozenset()))


def _signed(sections: Sequence[Section]) -> Iterator[Block]:
    for section in sections:
        yield from (b for b in section.blocks if b.kind not in ("code", "data") and _SIGNS.search(b.text.plain))
