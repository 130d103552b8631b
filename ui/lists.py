"""The directory and the manual's particulars as the page shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from assistant.flow import Assistant
from assistant.relations import KIND_OF
from assistant.rows import sections
from ui.render import render

MANY = 24
"""Rows of a section from which letters help to jump."""
FOUND = 10
"""Passages that a search shows."""
UNREAD = "not read, "
"""How ingest begins its word about files that it left out."""


@dataclass(frozen=True, slots=True)
class About:
    """Which manual answers: its name, the day of its newest change (ISO 8601) and its commit, "" where not known."""

    name: str
    updated: str
    commit: str


def about(assistant: Assistant) -> About:
    """Of the newest index."""
    manifest, settings = assistant.index.manifest, assistant.index.settings
    name = settings.name or called(manifest.origin.source)
    organisation = next(iter(settings.organisation), "")
    named = name if organisation.lower() in name.lower() else f"{organisation}: {name}"
    return About(named, manifest.updated[:10], manifest.origin.commit)


def called(source: str) -> str:
    """What a source is called by whoever may not see the server's folders: the last part of a path, the last two of a
    repository's address."""
    parts = re.split(r"[/\\]|:(?!//)", re.sub(r"(?:\.git)?[/\\]*$", "", source))
    return "/".join([part for part in parts if part][-2 if re.match(r"\w+://|[\w.-]+@", source) else -1 :])


def masthead(assistant: Assistant) -> str:
    """The line on top of the page, as HTML."""
    return render("masthead.html", about=about(assistant))


def directory_page(assistant: Assistant) -> str:
    """The directory as HTML."""
    slack_url = assistant.index.settings.slack_url
    return render("directory.html", sections=sections(assistant.index), slack_url=slack_url, many=MANY)


def manual_page(assistant: Assistant) -> str:
    """What the index was made of, as HTML."""
    index = assistant.index
    manifest = index.manifest
    told = about(assistant)
    facts = (
        ("Manual", told.name),
        ("Read from", _seen_from_afar(manifest.origin.source)),
        ("Commit", manifest.origin.commit or "none: not a git repository"),
        ("Newest change", manifest.updated[:10] or "unknown"),
        ("Read on", datetime.fromtimestamp(index.home.stat().st_mtime, UTC).strftime("%Y-%m-%d %H:%M UTC")),
        ("Pages", f"{manifest.pages:,}"),
        ("Passages", f"{manifest.passages:,}, into which they were cut for search"),
        ("Index", manifest.digest),
        ("Model", manifest.origin.model),
    )
    counts = [(KIND_OF[name].counted, count) for name, count in manifest.facts.items() if count]
    unread = [warning for warning in manifest.warnings if warning.startswith(UNREAD)]
    others = [warning for warning in manifest.warnings if not warning.startswith(UNREAD)]
    return render("manual.html", facts=facts, counts=counts, unread=unread, warnings=others)


def found_page(assistant: Assistant, words: str) -> str:
    """The passages that come nearest to some words, as HTML."""
    return render("found.html", found=assistant.passages(words, FOUND), slack_url=assistant.index.settings.slack_url)


def _seen_from_afar(source: str) -> str:
    """A repository's address; of a folder no more than its name, for where it lies is the server's business."""
    return source if re.match(r"\w+://|[\w.-]+@", source) else f"a folder named {called(source)}"
