"""The words that names of teams and roles end in, and the other ways in which a team's name is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.facts.lexicon import ASKING, lexicon, one_of, pairs, plural, words
from ingest.forms import Forms
from ingest.values import Contact

_TITLES = words("people", "roles", "plain") | words("people", "shared_titles", "plain")
TEAMS = Forms(*sorted(words("people", "teams") | words("people", "communities")), *lexicon()["people"]["groups"])
ROLES = Forms(
    *(rf"{role}(?:\(s\))?" for title in sorted(_TITLES) for role in (title, plural(title))),
    *sorted(words("people", "folk", "plain")),
    "comms",
)
SHORT_ROLES = one_of(office.upper() for office in words("people", "offices"))
"""Roles by their letters."""
TEAM_HEAD, ROLE_HEAD = TEAMS.pattern, ROLES.pattern
PROGRAM = re.compile(
    r"\b(?:package|task|log|file|window|password|boot|process|memory|device|session|version|state|dependency|queue|"
    r"secrets?|tag|cluster|certificate|resource|connection) manager$|"
    r"\b(?:code|text|source|image) editors?$|"
    r"\bservice principal$",
    re.IGNORECASE,
)
"""Programs that are called managers."""


def spellings(name: str, organisation: tuple[str, ...]) -> tuple[str, ...]:
    """The other ways a manual writes a team's name: without article, organisation prefix, or head noun.

    A spelling of one common word is left out: it would match anything.
    """
    bare = re.sub(r"^(?:the|our)\s+", "", " ".join(name.split()), flags=re.IGNORECASE)
    headless = re.sub(rf"\s+{TEAM_HEAD}$", "", bare, flags=re.IGNORECASE)
    if re.search(rf"\b{ROLE_HEAD}$", headless, re.IGNORECASE):
        headless = bare  # "the developer community" is no single developer
    forms = {bare}
    for prefix in ("", *organisation):
        if bare.lower().startswith(f"{prefix} ".lower().lstrip()):
            forms.add(bare[len(prefix) :].strip())
            if len(headless[len(prefix) :].split()) > 1:
                forms |= {headless, headless[len(prefix) :].strip()}
    return tuple(sorted(f for f in forms if len(f.split()) > 1))


def in_full(name: str) -> str:
    """A name in small letters with its clipped words at their length: "infra team" is "infrastructure team"."""
    return " ".join(_FULL.get(word, word) for word in name.split())


_FULL = {short: long.replace("-", " ") for short, long in pairs("people", "clipped").items()}


def without(said: str, contacts: Iterable[Contact]) -> str:
    """A text with a blank for every name and address of the contacts, in whatever case: what it says beside them."""
    shown = sorted({s for c in contacts for s in (c.address, c.name) if s}, key=lambda s: (-len(s), s))
    if said.isascii():  # a pattern for each statement takes longer to make than to use
        for one in shown:
            said = _blanked(said, one.lower())
        return said
    return re.sub("|".join(map(re.escape, shown)), " ", said, flags=re.IGNORECASE) if shown else said


def _blanked(said: str, lower: str) -> str:
    """A text of ASCII with a blank wherever another one, which is in lower case, stands in any case."""
    parts, done, all_lower = [], 0, said.lower()
    while (at := all_lower.find(lower, done)) >= 0:
        parts.append(said[done:at])
        done = at + len(lower)
    return " ".join([*parts, said[done:]])


_PARTS = re.compile(r"[^\W\d_]+")


_ACRONYM = r"(?:[A-Z][A-Z.]+ |[A-Z][\w-]+ & )?"
_OF_ROOMS = (
    words("obtained", "nouns", "said") | words("ways", "rooms") | {"ask", "team", "questions", "public", "general"}
)
"""What rooms and mailboxes are called beside whose they are: "#quay-berths-help"."""


def called_after(contact: Contact, said: str) -> Contact:
    """The contact, a bare address with the name that stands in the text and that it is made of: "marketing-hub@" and
    "#quay-marketing-hub" are the Marketing Hub's."""
    address = contact.address
    bare = contact.kind == "channel" and address[0] not in "#~"  # a room's own name is nobody's else
    if contact.name or contact.kind not in ("channel", "email") or "://" in address or bare:
        return contact
    local = address.split("@")[0] if address[0] != "@" else address
    parts: list[str] = _PARTS.findall(local)
    while len(parts) > 1 and parts[-1] in _OF_ROOMS:
        parts.pop()
    for start in range(len(parts)):
        found = re.search(rf"(?<![\w#@-]){_ACRONYM}{_joined(parts[start:])}(?:\s(?i:{TEAM_HEAD}))?(?![\w@-])", said)
        if found and (len(parts) - start > 1 or re.search(rf"(?i:{TEAM_HEAD})$", found[0])):
            last = found[0].rsplit(maxsplit=1)[-1]
            if last.islower() and not re.fullmatch(TEAM_HEAD, last) and last not in words("people", "organisations"):
                return contact  # "the T-berths meetings are in #t-berths/meetings"
            last = last.lower()
            person = contact.kind == "email" and "." in local and last not in words("people", "named_teams")
            return Contact("person" if person and len(parts) == 2 else "team", found[0], address)
    return contact


def _joined(parts: Sequence[str]) -> str:
    """Words as a name has them: the first with a capital."""
    first, *rest = parts
    return r"[\s-]".join([f"[{first[0].upper()}]{re.escape(first[1:])}", *(f"(?i:{re.escape(word)})" for word in rest)])


_CUT = re.compile(
    r"\b(?:of|for|to|in|on|at|by|from|with|the|an?|and|or|your|our|their|which|that|who|is|are)$", re.IGNORECASE
)
_BEGINS = re.compile(
    r"(?i:to|if|when|how|what|why|where|which|that|who|and|or|but|then|next|please|its|this|these|those|such)\s|"
    r"\d+\s|[Nn]on-(?:[a-z]|[A-Z]{2,3}\b)|"
    r"[A-Za-z]+ing\s+(?:the|an?|to|on|from|in|for|of|out|up|your|our|their)\s|"
    rf"(?i:{ASKING})\s"
)
NUMBERED = r"(?:step|stage|phase|part|option|week|day) \d+"
"""One of the parts of a thing, by its number."""
_POINTS = re.compile(
    r"\b(?:this|these|that|those) [a-z]+$|^[A-Z][a-z]+[Bb]ot$|"
    rf"^(?i:{NUMBERED})$|^(?:GitHub|GitLab|Google|Slack|Okta|Azure AD) Teams$|"
    r"^(?:the )?(?:owning|responsible|respective|corresponding) (?:team|person|owner)s?$"
)
"""Whoever is only pointed at ("the team responsible for this service"), programs that answer ("Helpbot"), and steps."""
_PLACEHOLDER = re.compile(r"[][<>{}]|^s\s")
"""Marks of what stands for a name, and what is left of "one's lead"."""
_CLAUSE = re.compile(r"\s(?:outside|which|that|who|is|are|was|were|owned by|requires?|to|about)\s")
_DESCRIBED = re.compile(
    r"\b(?:[Ww]hoever|in charge of|responsible for|with|working on|involved (?:in|with)|looking after)\b|"
    r"\b(?:team|people|person|owners?) (?:that|who)\b"
)
_LONGEST = 8
"""Words of the longest name; a longer one is a sentence."""


def is_bot(contact: Contact) -> bool:
    """Whether it is the handle of a program, to which one gives orders."""
    return contact.kind == "handle" and contact.address.lower().endswith("bot")


def is_name(name: str) -> bool:
    """Whether the words can be what somebody is called: no half of a sentence, no title of a procedure."""
    words = name.split()
    if not words or _CUT.search(name) or _POINTS.search(name) or _PLACEHOLDER.search(name):
        return not words
    if _DESCRIBED.search(name):
        return len(words) <= 2 * _LONGEST and not _BEGINS.match(name)
    return len(words) <= _LONGEST and not _BEGINS.match(name) and not _CLAUSE.search(name)
