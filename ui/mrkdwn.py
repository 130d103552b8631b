"""Slack's own marks around words that are only words: nothing that a manual or a reader wrote becomes a mention, a link
or a command there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.values import Source
from assistant.wording import Line, shown

_URL = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>|]+")
LONGEST_URL = 1000
"""Characters; what is longer is shown without its link."""


LONGEST_NAME = 150
"""Characters of a title or heading where it is cited."""


def escaped(text: str) -> str:
    """Slack takes these three for its own, and nothing else (docs.slack.dev, "Formatting message text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(text: str, url: str) -> str:
    """The text, leading to `url` where that is an address of the web, of mail or of a telephone."""
    if len(url) > LONGEST_URL or not _URL.fullmatch(url):
        return escaped(text)
    return f"<{escaped(url)}|{escaped(text.replace('|', '¦'))}>"


def cited(source: Source) -> str:
    """The page and heading of a source, leading to it."""
    place = source.place
    heading = f" › {place.heading[:LONGEST_NAME]}" if place.heading and place.heading != place.title else ""
    return link(place.title[:LONGEST_NAME] + heading, place.url)


def quoted(source: Source) -> Iterator[str]:
    """The lines of a source as a quotation, and below them where they stand."""
    for line in shown(source.place.quote, source.place.path, source.place.heads):
        yield f"> {escaped(words(line))}"
    yield f"> {cited(source)}"


def words(line: Line) -> str:
    """A line with its number or bullet."""
    return f"{line.mark} {line.plain}".strip()
