"""The line that introduces a team before a list of what it does: who it names, with the addresses beside it.

An introduction is a noun phrase that names the team. The forms are those that manuals use; none of them depends
on a particular wording.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.facts.addresses import Mention, addresses
from ingest.facts.cells import name_of
from ingest.facts.fields import Field
from ingest.facts.lexicon import ASK, KEEPS, SERVES
from ingest.facts.names import NUMBERED, TEAM_HEAD
from ingest.manual.markdown import Text
from ingest.values import Contact

_DOES = (
    rf"(?:{KEEPS}|{SERVES}|will|can|is|are|has|have|does|do|looks?|"
    r"works?|deals?|keeps?|builds?|covers?|develops?|responds?|ensures?|makes?|takes?|approves?|also|should|must)"
)
DOING = "do|add|make|use|run|check|read|open|click|go|send"
"""How a step of a procedure begins."""
_NOT_A_NAME = re.compile(
    r"^(?:if|when|you|your|this|these|that|those|there|for|in|on|at|to|here|please|note|see|some|all|any|each|"
    rf"unless|before|after|once|how|what|why|where|who|which|as|example|examples|the following|following|below|{DOING}|"
    r"currently|now|always|never|also|let|it|he|she|they|we|i|and|or|but|most|many|other|others|"
    rf"{NUMBERED})\b",
    re.IGNORECASE,
)
TALK_TO = re.compile(
    r"^(?:how to |when to )?(?:contact(?:ing)?|ask(?:ing)?|speak(?:ing)? to|talk(?:ing)? to|escalate to|"
    r"reach(?:ing)?(?: out to)?|"
    r"meet|about|get help from)\s+",
    re.IGNORECASE,
)
ARTICLE = re.compile(r"^(?:the|our|a|an)\s+", re.IGNORECASE)
_JOINED = re.compile(r",? and (?:the|our|your) ")
"""Between two whom one line introduces: "The Harbour Master and the Clerk"."""
_TEAM_END = re.compile(rf"\b{TEAM_HEAD}$", re.IGNORECASE)


_ORDER = re.compile(
    rf"(?i:{ASK}|post|find|join|meet|share|write|raise|submit|report|reach|"
    r"drop|announce|invite|introduce|thank|help|support|select|choose|pick|form|build|create|set|"
    r"request|apply|register|visit)(?:\s+(?![A-Z])|$)|[A-Z][a-z]+ (?:off|out|up|down|in) (?:the|your|our|an?)\b"
)
"""How a line begins that tells to do something: "Inform our team" introduces none, and "Post Office team"
or "The Post team" does."""


@dataclass(frozen=True, slots=True)
class Team:
    """An introduced team: its contacts share the name, one for each address (or one without)."""

    contacts: tuple[Contact, ...]
    intro: tuple[int, int] | None = None
    """The lines that introduce it."""

    def at(self, first: int, last: int) -> Team:
        return replace(self, intro=(first, last))

    @property
    def name(self) -> str:
        return self.contacts[0].name


def introduction(text: Text, known: frozenset[str], around: str = "") -> Team | None:
    """The team that a line introduces, or None: "The X team (#x):", "X are responsible for:", "**X** (#x)"."""
    plain = " ".join(text.plain.split())
    found = [m for m in addresses(text, known, f"team {around}") if m.contact.kind != "queue"]
    name = _name(text, found)
    if name is None:
        return None
    if not found and not _names_team(name, plain):
        return None
    if not found:
        several = tuple(c for part in _JOINED.split(name) if (c := name_of(part, Field("", holds="contact"))))
        if len(several) > 1 and all(c.kind == "role" for c in several):
            return Team(several)
        proper = name[:1].isupper() or name[:1].isdigit() or _TEAM_END.search(name)
        return Team((Contact("team" if proper else "role", name),))
    return Team(tuple(named(m.contact, name) for m in found))


def named(contact: Contact, name: str) -> Contact:
    if name and contact.kind in ("channel", "handle", "email", "link"):
        return Contact("team", name, contact.address)
    return contact


def _names_team(name: str, plain: str) -> bool:
    """A name without an address must look like a team, or be said to be responsible for something."""
    head = plain[plain.find(name) + len(name) :]
    if _TEAM_END.search(name):
        return True
    return bool(
        re.search(
            r"\b(?:are|is) (?:\w+ )?(?:responsible for|in charge of)\b|"
            r"^['’]s? (?:\w+ )?(?:responsibilities|remit|duties)",
            head,
        )
    )


def _name(text: Text, found: Sequence[Mention]) -> str | None:
    """The noun phrase at the start of an introduction; "" when only an address stands there; None when
    the line introduces nobody."""
    flat = re.sub(r"\s", " ", text.plain)
    cut = min((m.start for m in found), default=len(flat))
    head = flat[:cut] if found else flat
    head = TALK_TO.sub("", head.strip())
    told = not ARTICLE.match(head)
    head = ARTICLE.sub("", head)
    head = re.split(
        rf"['’]s? (?:\w+ )?(?:responsibilities|remit|duties)\b|[(\[:|,;]|\s[-–—]+\s|\s+(?={_DOES}\b)", head, maxsplit=1
    )[0]
    head = re.sub(r"\s+(?:on|in|via|at|by|using|through|slack|channel|teams?\s+channel)\s*$", "", head, flags=re.I)
    head = head.strip(" *_`.’'\"“”")
    if not head:
        return "" if found and cut <= 4 and not _NOT_A_NAME.match(flat, cut) else None
    if _NOT_A_NAME.match(head) or len(head.split()) > 9 or not re.search(r"[A-Za-z]", head):
        return None
    if told and _ORDER.match(head):
        return None
    if re.search(r"\byours?\b", head) or re.fullmatch(rf"[a-z][\w-]*|(?i:{TEAM_HEAD}s?)", head):
        return None
    return head
