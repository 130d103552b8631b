"""An answer as text for other places: Markdown, and what Slack's own marks make of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.values import Answer, NamedContact
from ui.mrkdwn import escaped, link, quoted


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
    yield f"*{escaped(' '.join(answer.question.split()))}*"
    if answer.lead:
        yield escaped(answer.lead)
    if answer.contacts:
        sources = {source.number: source for source in answer.sources}
        for contact in answer.contacts if answer.rule == "several" else answer.contacts[:1]:
            yield f"Ask {_whom(contact)}"
            for number in contact.sources:
                yield from quoted(sources[number])
    elif answer.outcome == "decline":
        yield escaped(answer.markdown)
    elif answer.rule != "next rung":
        yield "The manual names nobody for this."
    if answer.ladder:
        order = ", then ".join(escaped(rung.who) for rung in answer.ladder)
        yield f"{'If that does not work' if answer.contacts else 'Its order of escalation'}: {order}"
    if not answer.contacts:
        yield from (f"Nearest: {link(page.place.title, page.place.url)}" for page in answer.pages)


def _whom(contact: NamedContact) -> str:
    """A channel as Slack itself links it when it is sent, everything else as code."""
    address = contact.address if contact.address.startswith(("#", "@")) else f"`{contact.address}`"
    where = escaped(address) if contact.address else "(the manual gives no channel for them)"
    return f"*{escaped(contact.name)}* {where}" if contact.name else where


def _beside(url: str) -> str:
    return f": {url}" if re.match(r"https?://\S+$", url) else ""
