"""Whom a manual without an order of escalation names for what has no place of its own: "not sure whom to ask? Post in
#help", "anything else: the service desk", "whatever is wider than your team can be escalated to the Council"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.facts.lexicon import one_of, words
from ingest.facts.names import TEAM_HEAD, without
from ingest.facts.proof import fact
from ingest.relations import LAST_RESORT
from ingest.values import Contact, Fact

_TEAM = rf"(?:your|one|the|a single|several|multiple|many|different|any one|individual)\s+(?:own\s+)?{TEAM_HEAD}s?"
_BEYOND = re.compile(
    rf"\b(?:beyond|outside(?: of)?|within|inside|across|not (?:just|only)|(?:wider|larger|bigger) than)\s+{_TEAM}\b",
    re.IGNORECASE,
)
_ESCALATED = re.compile(r"\bescalat\w+\b", re.IGNORECASE)
_UNSURE = r"(?:(?:not|n['’]t)\s+(?:sure|certain|know|clear)|unsure|unclear|uncertain|no\s+idea|in\s+doubt|wondering)"
_NOBODY_KNOWN = re.compile(
    rf"\b{_UNSURE}\s+(?:about\s+|of\s+)?(?:(?:the\s+)?right\s+|whom?\b|where\b|(?:which|what)\s+(?:\w+\s+)?"
    rf"(?:{TEAM_HEAD}|{one_of(words('ways', 'rooms'))}|person)\b)",
    re.IGNORECASE,
)
_NOTHING_FITS = re.compile(
    r"\b(?:any|every)thing\s+else\b|\b(?:all|any)\s+other\s+\w+|"
    r"\b(?:does|do)(?:\s+not|n['’]t)\s+(?:fit|belong)\b|\bnowhere\s+else\b",
    re.IGNORECASE,
)
_NOWHERE = re.compile(
    rf"\b(?:anywhere|elsewhere|nowhere|(?:specific|other|another)\s+(?:{TEAM_HEAD}|{one_of(words('ways', 'rooms'))}))",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def last_resort(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The rungs of that statement, one for each contact; none where no statement is plainly meant for everything."""
    found = [(score, said) for said in facts if said.contacts and not said.place.status and (score := _score(said))]
    if not found:
        return ()
    _, best = min(found, key=lambda f: (-f[0], f[1].place.path, f[1].place.first, f[1].id))
    return tuple(
        fact("rung", (contact,), _shown(contact), (*best.context, best.topic), best.place, rank, {LAST_RESORT: "1"})
        for rank, contact in enumerate(best.contacts, 1)
    )


def _score(said: Fact) -> int:
    """How plainly a statement is meant for whatever has no place of its own; 0 when it is about something."""
    if said.relation not in ("ask", "does", "queue"):
        return 0
    topic = said.topic
    if _ESCALATED.search(topic) and _BEYOND.search(topic):
        return 4
    everybodys = _is_of(words("orders", "everybodys"), said.place.title)
    unsure, else_ = _NOBODY_KNOWN.search(topic), _NOTHING_FITS.search(topic)
    if not (unsure or else_) or not _is_of(words("orders", "elsewhere"), without(topic, said.contacts)):
        return 0
    return (2 if unsure else 1) + everybodys if everybodys or _NOWHERE.search(topic) else 0


def _is_of(known: frozenset[str], text: str) -> bool:
    return all(len(word) == 1 or word.lower().replace("’", "'") in known for word in _WORD.findall(text))


def _shown(contact: Contact) -> str:
    return f"{contact.name} ({contact.address})" if contact.name and contact.address else contact.shown
