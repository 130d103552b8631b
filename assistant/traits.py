"""What a statement says of itself, whatever is asked: found once for each, for it takes longer than the asking."""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.people import AddressBook
from ingest.values import Fact
from ingest.words import tokenize

_URGENT = re.compile(
    r"\b(incident|outage|out of hours|on[- ]call|urgent|emergency|alert\w*|pagerduty|monitor\w*|down|"
    r"attack|page[ds]?|critical|immediate)\b",
    re.IGNORECASE,
)
_APPROVES = re.compile(
    r"\b(approv\w*|permission|sign(?:ed)?[ -]off|authoris\w+|instructed|allow\w*|grant\w*|agree\w*|"
    r"final say|consult\w*)\b",
    re.IGNORECASE,
)
_OUT_OF_HOURS = re.compile(r"\b(out[- ]of[- ]hours|on[- ]call|night|weekend|pagerduty)\b", re.IGNORECASE)
_TELLS = re.compile(
    r"\b(ask|asking|contact|speak|talk|email|message|(?<!cannot )(?<!can['’]t )tell|let .{1,50} know|ping|notify|"
    r"inform|post|raise|assign|get in touch|reach|escalate|request|announce|warn|call|phone|page)\b",
    re.IGNORECASE,
)
_FEED = re.compile(
    r"\b(automatically (?:posts?|posted|sent|sends?|triggers?)|(?:be|get|gets|is|are) notified|posts? to|"
    r"follow along|notifications? (?:are|is|go|goes))\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"^\W*(?:(?:then|also|please|always|first|so)\W+)*"
    r"(?:send|post|e-?mail|message|ask|tell|let|announce|notify|inform|contact|ping|raise|warn|speak|talk)\b",
    re.IGNORECASE,
)
"""A statement that begins so is for the reader to do, whatever it says of notifications after that."""
_EXCLUDES = re.compile(
    r"\b(?:excluding|except(?:ing)?(?: for)?|but not|other than|apart from|nothing|not (?:for|on|in|under|including))\b"
    r"\s*(?P<what>[^.,;:)]*(?:\.\w[^.,;:)]*)*)",
    re.IGNORECASE,
)


class Traits(NamedTuple):
    """Each 0 or 1, but for `leaves_out`: the stems of what the statement is not about ("DNS, but not under x.org")."""

    responsibility: float
    queue: float
    reachable: float
    tells: float
    approves: bool
    urgent: bool
    out_of_hours: bool
    names_channel: bool
    feed: bool
    leaves_out: frozenset[str]


class TraitBook:
    """The traits of one manual's statements."""

    def __init__(self, book: AddressBook) -> None:
        """`book` tells whether somebody without an address can be reached."""
        self._book = book
        self._known: dict[str, Traits] = {}

    def of(self, fact: Fact) -> Traits:
        known = self._known.get(fact.id)
        if known is None:
            known = self._known[fact.id] = self._found(fact)
        return known

    def _found(self, fact: Fact) -> Traits:
        first, topic, text = fact.contacts[0], fact.topic, fact.text
        return Traits(
            responsibility=float(fact.relation == "does"),
            queue=float(fact.relation == "queue"),
            reachable=float(bool(first.address or self._book.find(first.name))),
            tells=float(bool(_TELLS.search(topic))),
            approves=bool(_APPROVES.search(topic)),
            urgent=bool(_URGENT.search(text)),
            out_of_hours=bool(_OUT_OF_HOURS.search(text)),
            names_channel=any(contact.address.startswith("#") for contact in fact.contacts),
            feed=bool(_FEED.search(topic)) and not _ORDERS.match(topic),
            leaves_out=_left_out(topic),
        )


def not_left_out(text: str) -> frozenset[str]:
    """The stems of a text without what it leaves out itself."""
    return frozenset(tokenize(_EXCLUDES.sub(" ", text)))


def _left_out(statement: str) -> frozenset[str]:
    left_out = _EXCLUDES.search(statement)
    return frozenset(tokenize(left_out["what"])) - not_left_out(statement) if left_out else frozenset()
