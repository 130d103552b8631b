"""What a statement says of itself, whatever is asked: found once for each, for it takes longer than the asking."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from assistant.address_book import AddressBook
from ingest.store.records import HELD
from ingest.store.words import tokenize
from ingest.values import Fact

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


_FEEDS = ("automatically", "notified", "post", "follow", "notification")
_LEAVING_OUT = ("exclud", "except", "but", "other", "apart", "nothing", "not")
"""What stands in every text that the pattern finds: most texts have none of it, and the patterns are slow."""


class Traits:
    """What a statement says of itself; what few questions ask for is found when one does."""

    def __init__(self, fact: Fact, book: AddressBook) -> None:
        first, topic = fact.contacts[0], fact.topic
        lower = topic.lower()
        self._fact = fact
        self.responsibility = float(fact.relation == "does")
        self.queue = float(fact.relation == "queue")
        self.reachable = float(bool(first.address or book.contact(first.name)))
        self.tells = float(bool(_TELLS.search(topic)))
        self.names_channel = any(contact.address.startswith("#") for contact in fact.contacts)
        self.feed = _any(_FEEDS, lower) and bool(_FEED.search(topic)) and not _ORDERS.match(topic)
        self.set_aside = bool(fact.place.status)
        """Whether its page is a draft, archived or deprecated."""
        self.leaves_out = _left_out(topic) if _any(_LEAVING_OUT, lower) else frozenset()
        """The stems of what the statement is not about ("DNS, but not under x.org")."""

    @cached_property
    def approves(self) -> bool:
        return bool(_APPROVES.search(self._fact.topic))

    @cached_property
    def urgent(self) -> bool:
        return bool(_URGENT.search(self._fact.text))

    @cached_property
    def out_of_hours(self) -> bool:
        return bool(_OUT_OF_HOURS.search(self._fact.text))


class TraitBook:
    """The traits of one manual's statements."""

    def __init__(self, book: AddressBook) -> None:
        """`book` tells whether somebody without an address can be reached."""
        self._book = book
        self._known: dict[str, Traits] = {}

    def of(self, fact: Fact) -> Traits:
        known = self._known.get(fact.id)
        if known is None:
            if len(self._known) > HELD:
                self._known = {}
            known = self._known[fact.id] = Traits(fact, self._book)
        return known


def _any(parts: Sequence[str], lower: str) -> bool:
    return any(part in lower for part in parts)


def not_left_out(text: str) -> frozenset[str]:
    """The stems of a text without what it leaves out itself."""
    return frozenset(tokenize(_EXCLUDES.sub(" ", text)))


def _left_out(statement: str) -> frozenset[str]:
    left_out = _EXCLUDES.search(statement)
    return frozenset(tokenize(left_out["what"])) - not_left_out(statement) if left_out else frozenset()
