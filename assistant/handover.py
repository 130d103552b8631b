"""The message to paste when a question goes to the next person: nobody should have to tell the story again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.values import Answer, Source


def handover(asked: Sequence[str], found: Answer, tried: Sequence[str]) -> str:
    """What was `asked` (turns, oldest first), what the manual says and where, and who was `tried`, as plain text."""
    parts = [
        "Can you help with this, or tell me who can?",
        "\n".join(f"> {line}" for question in asked for line in question.strip().splitlines()),
        "\n".join(_said(found)),
    ]
    if tried:
        parts.append(f"I have been to: {'; '.join(tried)}.")
    return "\n\n".join(parts)


def _said(found: Answer) -> Iterator[str]:
    """A line for each contact that the manual names, or the line that it names nobody."""
    if not found.contacts:
        yield "The manual names nobody for exactly this."
        return
    yield "What the manual says:"
    sources = {source.number: source for source in found.sources}
    for contact in found.contacts:
        yield f"- {contact.whole}: “{contact.why}” ({'; '.join(_where(sources[n]) for n in contact.sources)})"


def _where(source: Source) -> str:
    place = source.place
    return place.url or f"{place.path}, line {place.first}"
