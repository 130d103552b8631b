"""The directory and the manual's particulars as the page shows them."""

from __future__ import annotations

from datetime import UTC, datetime

from assistant.flow import Assistant
from assistant.relations import KIND_OF
from assistant.rows import sections
from ui.render import render


def directory_page(assistant: Assistant) -> str:
    """The directory as HTML."""
    return render("directory.html", sections=sections(assistant.index))


def manual_page(assistant: Assistant) -> str:
    """What the index was made of, as HTML."""
    index = assistant.index
    manifest = index.manifest
    facts = (
        ("Manual", manifest.origin.source),
        ("Commit", manifest.origin.commit or "none: not a git repository"),
        ("Newest change", manifest.updated[:10] or "unknown"),
        ("Read on", datetime.fromtimestamp(index.home.stat().st_mtime, UTC).strftime("%Y-%m-%d %H:%M UTC")),
        ("Pages", f"{manifest.pages:,}"),
        ("Passages", f"{manifest.passages:,}"),
        ("Index", manifest.digest),
        ("Model", manifest.origin.model),
    )
    counts = [(KIND_OF[name].counted, count) for name, count in manifest.facts.items()]
    return render("manual.html", facts=facts, counts=counts, warnings=manifest.warnings)
