"""What a statement says of itself, whatever is asked: found once for each, for it takes longer than the asking."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from cachetools import LRUCache

from assistant.address_book import AddressBook
from assistant.phrases import APPROVES, HOURS_DUTY, PAGERS, TELLS, URGENT
from assistant.vocabulary import Vocabulary
from ingest.facts.lexicon import one_of
from ingest.forms import Forms
from ingest.store.records import HELD
from ingest.store.words import tokenize
from ingest.values import Fact

_URGENT = re.compile(
    rf"\b({URGENT}|out[- ]of[- ]hours|on[- ]call|alert\w*|{one_of(PAGERS)}|monitor\w*|page[ds]?|immediate)\b"
)
_APPROVES = re.compile(rf"\b({APPROVES}|instructed|allow\w*|final say|consult\w*)\b")
_OUT_OF_HOURS = re.compile(rf"\b{HOURS_DUTY}\b")
_SENDS = rf"(?:{TELLS}|post|raise|speak|talk)"
_TELLS = re.compile(
    rf"\b(?<!cannot )(?<!can['’]t )(?:{_SENDS}|asking|let .{{1,50}} know|assign|get in touch|reach|escalate|request|"
    r"call|page)\b"
)
"""These are searched in texts in lower case, which takes a third of the time that ignoring the case takes."""
_FEEDS = Forms(
    "automatically (?:posts?|posted|sent|sends?|triggers?)",
    "(?:be|get|gets|is|are) notified",
    "posts? to",
    "follow along",
    "notifications? (?:are|is|go|goes)",
)
_FEED = re.compile(rf"\b{_FEEDS.pattern}\b", re.IGNORECASE)
_ORDERS = re.compile(
    r"^\W*(?:(?:then|also|please|always|first|so)\W+)*"
    rf"(?:send|let|{_SENDS})\b",
    re.IGNORECASE,
)
"""A statement that begins so is for the reader to do, whatever it says of notifications after that."""
_LEAVING_OUT = Forms(
    "excluding",
    "except(?:ing)?(?: for)?",
    "but not",
    "other than",
    "apart from",
    "nothing",
    "not (?:for|on|in|under|including)",
)
_EXCLUDES = re.compile(
    rf"\b{_LEAVING_OUT.pattern}\b" r"\s*(?P<what>[^.,;:)]*(?:\.\w[^.,;:)]*)*)",
    re.IGNORECASE,
)

_IDENTIFIER = re.compile(
    r"(?<![\w#@/.-])(?:\w+(?:[-_]\w+)+(?![\w@-])|\*?\.[a-z]{1,5}\b(?!\.)|[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+){2,}\b)"
)


class Traits:
    """What a statement says of itself; what few questions ask for is found when one does."""

    def __init__(
        self, fact: Fact, book: AddressBook, vocabulary: Vocabulary, generic: frozenset[str] = frozenset()
    ) -> None:
        first, topic = fact.contacts[0], fact.topic
        lower = topic.lower()
        self._fact = fact
        self.vocabulary = vocabulary
        """Which words of a question stand for others in its manual."""
        self.responsibility = float(fact.relation == "does")
        self.queue = float(fact.relation == "queue")
        self.reachable = float(bool(first.address or book.contact(first.name)))
        self.actor = frozenset() if self.reachable or not first.name else frozenset(tokenize(first.name))
        """The stems of the name of somebody who has no address."""
        self.tells = float(bool(_TELLS.search(lower)))
        self.names_channel = any(contact.address.startswith("#") for contact in fact.contacts)
        self.feed = _FEEDS.may_be_in(lower) and bool(_FEED.search(topic)) and not _ORDERS.match(topic)
        self.generic = first.address.lower() in generic
        self.set_aside = bool(fact.place.status)
        """Whether its page is a draft, archived or deprecated."""
        self.leaves_out = _left_out(topic) if _LEAVING_OUT.may_be_in(lower) else frozenset()
        """The stems of what the statement is not about ("DNS, but not under x.org")."""

    @cached_property
    def title(self) -> str:
        """The stems of its page's title, with a space on both sides of each."""
        return stems(self._fact.place.title)

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """The names as machines write them that its words and those around it have."""
        return identifiers(self._fact.text)

    @cached_property
    def approves(self) -> bool:
        return bool(_APPROVES.search(self._fact.topic.lower()))

    @cached_property
    def urgent(self) -> bool:
        return bool(_URGENT.search(self._fact.text.lower()))

    @cached_property
    def out_of_hours(self) -> bool:
        return bool(_OUT_OF_HOURS.search(self._fact.text.lower()))


class TraitBook:
    """The traits of one manual's statements."""

    def __init__(
        self,
        book: AddressBook,
        generic: Iterable[str] = (),
        titles: Iterable[str] = (),
        aliases: Mapping[str, Sequence[str]] | None = None,
        statements: int = 0,
    ) -> None:
        """`book` tells whether somebody without an address can be reached; `generic` are channels that mean little;
        `titles` are those of the pages with statements; `aliases` the other names of what the manual names;
        `statements` is how many there are."""
        self.statements = statements
        self._book = book
        self._vocabulary = Vocabulary(aliases)
        self._generic = frozenset(channel.lower() for channel in generic)
        self.titles = frozenset(title for title in map(stems, titles) if title.count(" ") > 2)
        """Those of more than one stem, as `stems` has them."""
        self._known: LRUCache[str, Traits] = LRUCache(HELD)
        self._lock = threading.Lock()

    def of(self, fact: Fact) -> Traits:
        with self._lock:
            known = self._known.get(fact.id)
            if known is None:
                known = self._known[fact.id] = Traits(fact, self._book, self._vocabulary, self._generic)
            return known


def stems(text: str) -> str:
    """The stems of a text in their order, with a space on both sides of each."""
    return f" {' '.join(tokenize(text))} "


def identifiers(text: str) -> frozenset[str]:
    """The names in a text that only machines write so ("temp-alarms", "*.sql", "EtaLatencyHigh"), in lower case."""
    return frozenset(found.lower() for found in _IDENTIFIER.findall(text))


def not_left_out(text: str) -> frozenset[str]:
    """The stems of a text without what it leaves out itself."""
    return frozenset(tokenize(_EXCLUDES.sub(" ", text)))


def _left_out(statement: str) -> frozenset[str]:
    left_out = _EXCLUDES.search(statement)
    return frozenset(tokenize(left_out["what"])) - not_left_out(statement) if left_out else frozenset()
