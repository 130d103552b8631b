"""An answer as text for other places: Markdown, and what Slack's own marks make of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.values import Answer, NamedContact, Source
from assistant.wording import shown


def for_markdown(answer: Answer) -> str:
    """The question as a quotation, and the whole reply."""
    asked = "\n".join(f"> {line}" for line in answer.question.strip().splitlines())
    near = "\n".join(f"- {page.place.title}{_beside(page.place.url)}" for page in answer.pages)
    pages = f"\n\nPages that come nearest:\n\n{near}" if near and not answer.contacts else ""
    return f"{asked}\n\n{answer.markdown}{pages}\n"


def for_slack(answer: Answer) -> str:
    """A few lines in Slack's marks: whom, where, the line that says so, and what if that fails."""
    return "\n".join(_slack(answer))


def _slack(answer: Answer) -> Iterator[str]:
    yield f"*{_escaped(' '.join(answer.question.split()))}*"
    if answer.lead:
        yield _escaped(answer.lead)
    if answer.contacts:
        sources = {source.number: source for source in answer.sources}
        for contact in answer.contacts if answer.rule == "several" else answer.contacts[:1]:
            yield f"Ask {_whom(contact)}"
            for number in contact.sources:
                yield from _quoted(sources[number])
    elif answer.outcome == "decline":
        yield _escaped(answer.markdown)
    elif answer.rule != "next rung":
        yield "The manual names nobody for this."
    if answer.ladder:
        order = ", then ".join(_escaped(rung.who) for rung in answer.ladder)
        yield f"{'If that does not work' if answer.contacts else 'Its order of escalation'}: {order}"
    if not answer.contacts:
        yield from (f"Nearest: {_link(page.place.title, page.place.url)}" for page in answer.pages)


def _whom(contact: NamedContact) -> str:
    """A channel as Slack itself links it when it is sent, everything else as code."""
    address = contact.address if contact.address.startswith(("#", "@")) else f"`{contact.address}`"
    where = _escaped(address) if contact.address else "(the manual gives no channel for them)"
    return f"*{_escaped(contact.name)}* {where}" if contact.name else where


def _quoted(source: Source) -> Iterator[str]:
    place = source.place
    for line in shown(place.quote, place.path, place.heads):
        yield f"> {_escaped(f'{line.mark} {line.plain}'.strip())}"
    heading = f" › {place.heading}" if place.heading and place.heading != place.title else ""
    yield f"> {_link(place.title + heading, place.url)}"


def _link(text: str, url: str) -> str:
    said = _escaped(text.replace("|", "¦"))
    return f"<{url}|{said}>" if re.match(r"https?://[^\s<>|]+$", url) else said


def _beside(url: str) -> str:
    return f": {url}" if re.match(r"https?://\S+$", url) else ""


def _escaped(text: str) -> str:
    """Slack takes these three for its own, and nothing else."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
