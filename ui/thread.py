"""A conversation as a thread in Slack keeps it: its own messages, read again whenever somebody goes on. Nothing else
is kept of it. No library of Slack's here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from ui.blocks import State

Message = Mapping[str, Any]
_MARK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_OF_PEOPLE = frozenset({"", "thread_broadcast", "file_share"})
"""Subtypes of messages that somebody typed; others tell of edits, joins and the like."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the thread, and the rungs (by number) that were tried after its answer."""

    question: str
    tried: tuple[int, ...] = ()


def by_person(message: Message) -> bool:
    """Whether a person wrote it, and no bot, app or workflow: the assistant itself least of all."""
    return (
        str(message.get("subtype") or "") in _OF_PEOPLE
        and not any(message.get(key) for key in ("bot_id", "bot_profile", "app_id", "hidden"))
        and message.get("user") not in (None, "", "USLACKBOT")
    )


def mentions(text: str, me: str) -> bool:
    """Whether the text mentions the user `me`."""
    return re.search(rf"<@{re.escape(me)}(?:\|[^<>]*)?>", text) is not None


def addresses(text: str, me: str) -> bool:
    """Whether the text begins with the mention; a word or two of greeting may stand before it."""
    return re.match(rf"\W*(?:\w+\W+){{0,2}}?<@{re.escape(me)}(?:\|[^<>]*)?>", text) is not None


def words_of(text: str, me: str, channel_name: Callable[[str], str] = lambda _: "") -> str:
    """What somebody typed, without Slack's marks and without the mention of `me`. `channel_name` tells the name of a
    channel by its id, where the mark does not."""

    def word(found: re.Match[str]) -> str:
        target, label = found[1], found[2] or ""
        if target.startswith("@"):
            return "" if target[1:] == me else f"@{label.removeprefix('@')}" if label else "somebody"
        if target.startswith("#"):
            name = label or channel_name(target[1:])
            return f"#{name}" if name else "a channel"
        if target.startswith("!"):
            return label if target.startswith(("!subteam", "!date")) else ""
        address = target.removeprefix("mailto:").removeprefix("tel:")
        return address if address.endswith(label) else f"{label} {address}"

    return re.sub(r"[ \t]+", " ", unescape(_MARK.sub(word, text))).strip()


def earlier(
    messages: Iterable[Message], me: str, by: str, before: str, *, every: bool, words: Callable[[str], str]
) -> tuple[Asked, ...]:
    """The questions that the user `by` put to `me` in a thread before the message `before` (a `ts`), oldest first.

    `every` says that all that they typed was one, as in a direct message; else what mentions `me` was, and what they
    had answered for somebody else.
    """
    thread = sorted(messages, key=lambda message: _at(str(message.get("ts", ""))))
    cards = {state.asked: state for state in states(thread, me) if state.by == by}
    asked = []
    for message in thread:
        at, text = str(message.get("ts", "")), str(message.get("text", ""))
        own = by_person(message) and message.get("user") == by and (every or mentions(text, me))
        if _at(at) >= _at(before) or not (own or at in cards):
            continue
        if question := words(text):
            asked.append(Asked(question, cards[at].tried if at in cards else ()))
    return tuple(asked)


def states(messages: Iterable[Message], me: str) -> Sequence[State]:
    """The states of the cards that `me` wrote."""
    return [state for message in messages if message.get("user") == me and (state := State.of(message))]


def _at(ts: str) -> tuple[int, int]:
    """A `ts` ("1700000000.000100", seconds and a counter) as it is ordered."""
    seconds, _, count = ts.partition(".")
    return (int(seconds), int(count or 0)) if seconds.isdecimal() and (count or "0").isdecimal() else (0, 0)
