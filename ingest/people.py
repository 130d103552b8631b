"""Teams and roles in a text, as the manual writes them: "the senior tech team", "a Lead Developer".

No list of an organisation's teams stands here: a team is a noun phrase with a head noun that organisations
use for teams, a role one with a head noun for roles, and whatever the manual itself introduces as a team.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.contacts import Mention
from ingest.values import Contact, ContactKind

TEAM_HEAD = (
    r"(?:team|community|squad|guild|crew|desk|helpdesk|department|unit|"
    r"tribe|chapter|directorate|division|function|taskforce|working group|user group|support group)"
)
_ROLE_HEAD = (
    r"(?:leads?(?:\(s\))?|managers?|owners?|architects?|administrators?|admins?|officers?|directors?|"
    r"engineers?(?:\(s\))?|"
    r"contacts?|developers?|designers?|analysts?|technologists?|liaisons?|coordinators?|commander|comms|SREs?|DBAs?)"
)
_NOT_A_PERSON = (
    r"(?!\s+(?:access|permissions?|rights|roles?|panel|console|accounts?|users?|password|forms?|us|"
    r"details|page|list|centre|"
    r"number|docs|documentation|portal|community|times?|tools?|interface|dashboard|view|mode)\b)"
)
"""What follows a word for a role when it is none: "admin access", "contact form", "could lead to"."""
_STOP = (
    r"(?:the|a|an|your|our|their|his|her|its|my|this|that|these|those|any|some|each|every|all|both|other|another|same|"
    r"you|we|they|i|it|and|or|if|when|to|of|in|on|at|by|for|from|with|as|is|are|was|were|be|been|will|can|may|must|"
    r"should|would|could|do|does|did|not|no|who|which|what|how|but|so|then|than|"
    r"(?-i:ask|contact|email|tell|speak|talk|inform|notify|message|ping)|let|get|one|two|three|many|most|"
    r"new|whole|entire|existing|right|wrong|usual|own|"
    r"relevant|appropriate|correct|different|current|multiple|several|more|make|sure|via|within|per|into|about|"
    r"might|has|have|had|having|allows?|lets?|requires?|need|needs|use|uses|using|get|gets|give|gives|"
    r"been|other|being|there|here|also|only|just|because|before|after|until|while|where|first|next|last)"
)
_WORD = rf"(?!{_STOP}(?![\w-]))[A-Za-z0-9](?:[\w&'’/-]|\.(?=\w))*"
_CAPITAL = r"(?:[A-Z](?:[\w&'’/-]|\.(?=\w))*|\d(?:st|nd|rd|th)\b)"
_MODIFIERS = rf"(?:{_WORD}\s+(?:(?:and|&)\s+(?={_CAPITAL}))?){{1,5}}"

_TEAM = re.compile(rf"(?<![\w-]){_MODIFIERS}{TEAM_HEAD}\b(?!['’]s?\s+(?:page|repo|board))(?!-)", re.IGNORECASE)
_TEAM_FOR = re.compile(
    rf"\b(?:team|people|person|owners?)\s+(?:currently\s+|that\s+(?:is|are)\s+)?responsible\s+for\s+(?:the\s+)?"
    rf"{_WORD}(?:\s+{_WORD}){{0,2}}",
    re.IGNORECASE,
)
_ROLE = re.compile(
    rf"(?<![\w-])(?:{_WORD}\s+){{1,4}}{_ROLE_HEAD}(?![\w-])(?!(?<=lead) to\b){_NOT_A_PERSON}", re.IGNORECASE
)
_LEAD = re.compile(rf"\b(?:Lead|Principal|Chief)\s+(?:[A-Z]\w+\s+)?[A-Z]\w+(?![\w-]){_NOT_A_PERSON}")
_HEAD_OF = re.compile(
    rf"\b(?:Deputy\s+)?(?:Heads?|Directors?)\s+of\s+{_CAPITAL}(?:\s+(?:(?:and|&)\s+)?{_CAPITAL})*|"
    r"\b[Hh]ead\s+of\s+(?:your\s+|the\s+)?(?:community|technology|profession|product|delivery|engineering|"
    r"security|\w+ment)\b"
)
_ONE_OF = re.compile(
    r"\b(?:an?|another|one of the|any|a fellow|a different|someone|anyone|somebody|a member|a colleague)\s*"
    r"(?:other\s+)?(?:developer|engineer|designer|administrator|admin|colleague|SRE|2nd liner)?\s*"
    r"(?:from|on|in|of)\s+(?:your|the|another|our)\s+(?:own\s+|same\s+|other\s+)?(?:team|squad|community)\b",
    re.IGNORECASE,
)
_MEMBER = re.compile(
    rf"\b(?:[Mm]embers?\s+of|[Ss]omeone\s+(?:from|in|on)|[Ss]omebody\s+(?:from|in|on)|[Aa]nyone\s+(?:from|in|on))\s+"
    rf"(?:the\s+)?(?P<name>{_CAPITAL}(?:\s+(?:(?:and|&)\s+)?{_CAPITAL}){{0,4}}|"
    rf"{_WORD}\s+{_WORD})(?=\s+(?:can|may|will|who|to|if|and|or|is|has)\b|\s*[.,;:)]|$)"
)
_PLAIN_ROLE = re.compile(r"\b(?:CTO|CIO|CISO|DPO|SMT|SRO|SIRO|SREs?|DBAs?)\b")
_SUPPORT = re.compile(rf"\b{_CAPITAL}(?:\s+{_CAPITAL})*\s+(?:[Ss]upport|[Hh]elpdesk|[Ss]ervice [Dd]esk)\b")


@dataclass(frozen=True)
class Roster:
    """The teams that the manual introduces: every spelling (lower case) to the team's contact."""

    teams: Mapping[str, Contact] = field(default_factory=dict)
    organisation: frozenset[str] = frozenset()
    """The organisation's own names (lower case): everybody, and so nobody to ask."""

    def pattern(self) -> re.Pattern[str] | None:
        names = sorted(self.teams, key=lambda n: (-len(n), n))
        if not names:
            return None
        return re.compile(r"(?<![\w#@-])(?:" + "|".join(map(_loose, names)) + r")(?![\w-])", re.IGNORECASE)


def people(plain: str, roster: Roster) -> tuple[Mention, ...]:
    """Teams and roles named in `plain`, in order; a longer phrase swallows what lies inside it."""
    found: list[Mention] = []
    pattern = roster.pattern()
    if pattern:
        found += [_mention(plain, m.start(), m.end(), "team") for m in pattern.finditer(plain)]
    found += [_mention(plain, *m.span("name"), "team") for m in _MEMBER.finditer(plain)]
    for regex, kind in _PATTERNS:
        found += [_mention(plain, m.start(), m.end(), kind) for m in regex.finditer(plain)]
    found.sort(key=lambda m: (-(m.end - m.start), m.start))
    kept: list[Mention] = []
    for mention in found:
        if mention.contact.name.lower() in roster.organisation:
            continue
        if mention.contact.name and all(mention.end <= k.start or mention.start >= k.end for k in kept):
            kept.append(mention)
    return tuple(sorted(kept, key=lambda m: m.start))


_PATTERNS: tuple[tuple[re.Pattern[str], ContactKind], ...] = (
    (_TEAM, "team"),
    (_TEAM_FOR, "team"),
    (_HEAD_OF, "role"),
    (_LEAD, "role"),
    (_ROLE, "role"),
    (_ONE_OF, "role"),
    (_PLAIN_ROLE, "role"),
    (_SUPPORT, "team"),
)


def _mention(plain: str, start: int, end: int, kind: ContactKind) -> Mention:
    """The phrase without a leading article; its words on one line."""
    lead = (
        re.match(r"(?:(?:Ask|Contact|Email|Tell|Inform|Notify|Message|Ping)\s+(?=\S+\s))", plain[start:end])
        if start == 0
        else None
    )
    start += lead.end() if lead else 0
    lead = re.match(r"(?:the|a|an|our|your)\s+", plain[start:end], re.IGNORECASE)
    start += lead.end() if lead else 0
    return Mention(Contact(kind, " ".join(plain[start:end].split())), start, end)


def _loose(name: str) -> str:
    """A name as a pattern in which any white space matches any other."""
    return r"\s+".join(re.escape(word) for word in name.split())


def spellings(name: str, organisation: tuple[str, ...]) -> tuple[str, ...]:
    """The other ways a manual writes a team's name: without article, organisation prefix, or head noun.

    A spelling of one common word is left out: it would match anything.
    """
    bare = re.sub(r"^(?:the|our)\s+", "", " ".join(name.split()), flags=re.IGNORECASE)
    headless = re.sub(rf"\s+{TEAM_HEAD}$", "", bare, flags=re.IGNORECASE)
    forms = {bare}
    for prefix in ("", *organisation):
        if bare.lower().startswith(f"{prefix} ".lower().lstrip()):
            forms.add(bare[len(prefix) :].strip())
            if len(headless[len(prefix) :].split()) > 1:
                forms |= {headless, headless[len(prefix) :].strip()}
    return tuple(sorted(f for f in forms if len(f.split()) > 1))
