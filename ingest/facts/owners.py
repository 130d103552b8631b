"""Owners from structure: data files whose entries name a thing and who has it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.facts.addresses import is_address
from ingest.facts.proof import fact
from ingest.manual.reading import DataFile
from ingest.manual.sentences import place_of
from ingest.manual.yamls import Entry
from ingest.values import Contact, Fact

_NAME_KEYS = ("repo_name", "name", "app", "application", "service", "component", "title", "id")
_TEAM_KEYS = ("team", "owner", "owner_slack", "owning_team", "slack", "slack_channel", "channel", "contact", "email")
_ALERT_KEYS = ("alerts_team", "alerts_channel", "alerts", "alert_team", "on_call", "pager")
_TEXT_KEYS = ("description", "summary", "purpose", "about")


def data_facts(file: DataFile) -> Iterator[Fact]:
    """Facts of a data file: owners and alert channels of named things, and what a named channel is for."""
    for entry in file.entries:
        name = _value(entry, _NAME_KEYS)
        if name:
            yield from _entry_facts(file, entry, name)


def _entry_facts(file: DataFile, entry: Entry, name: str) -> Iterator[Fact]:
    contact, text = is_address(name), _value(entry, _TEXT_KEYS)
    place = _place(file, entry)
    if contact:
        if text:
            yield fact("does", (contact,), text, (file.page.title,), place)
        return
    team, alerts = _value(entry, _TEAM_KEYS), _value(entry, _ALERT_KEYS)
    if not team and not alerts and not entry.values.get("retired"):
        return
    attributes = {k: _flat(v) for k, v in entry.values.items() if isinstance(v, str | bool) and v not in (False, "")}
    context = (name.replace("-", " ").replace("_", " "), str(entry.values.get("type") or ""), text)
    yield fact("owns repo", _contacts(team), name, context, place, attributes=attributes)
    if alerts:
        yield fact("gets alerts", _contacts(alerts), name, context, place, attributes=attributes)


def _contacts(value: str) -> tuple[Contact, ...]:
    if not value:
        return ()
    return (is_address(value) or Contact("team", value),)


def _value(entry: Entry, keys: tuple[str, ...]) -> str:
    for key in keys:
        value = entry.values.get(key)
        if isinstance(value, str) and value.strip():
            return _flat(value)
    return ""


def _flat(value: object) -> str:
    return " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", str(value)).split())


def _place(file: DataFile, entry: Entry):  # type: ignore[no-untyped-def]
    """The entry's lines, without blank lines or the next entry at its end."""
    last = min(entry.last, len(file.page.lines))
    while last > entry.first and not file.page.lines[last - 1].strip():
        last -= 1
    return place_of(file.page, None, entry.first, last)
