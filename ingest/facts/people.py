"""Teams and roles in a text, as the manual writes them: "the senior tech team", "a Lead Developer".

No list of an organisation's teams stands here: a team is a noun phrase with a head noun that organisations
use for teams, a role one with a head noun for roles, and whatever the manual itself introduces as a team.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from ingest.facts.addresses import Mention
from ingest.facts.lexicon import ASK, KEEPS, TALK, TELL, nouns, one_of, words
from ingest.facts.names import PROGRAM, ROLE_HEAD, ROLES, SHORT_ROLES, TEAM_HEAD, TEAMS
from ingest.forms import LOWER, UPPER, Forms
from ingest.plain import text_key
from ingest.values import Contact, ContactKind

_BELONGINGS = one_of(nouns("things", "belongings"))
_NOT_A_PERSON = (
    rf"(?!\s+(?:{_BELONGINGS}|{one_of(nouns('things', 'software'))}|panel|console|users?|forms?|us|details|"
    r"centre|number|portal|community|times?|interface|view|mode|guides?|guidance|machines?|nodes?|instances?|"
    r"software|website|screens?|tabs?|menus?|buttons?)\b)"
)
"""What follows a word for a role when it is none: "admin access", "contact form", "admin machines"."""
_NOT_A_TEAM = (
    rf"(?!['’]s?\s+(?:page|repo|board))(?!\s+(?:{_BELONGINGS}|pass|e-?mail\s+address|"
    r"calendar|board|repo|repository|folder|drive|schedule|blog|wiki|handover|backlog)\b)"
)
"""What follows a team's name when a thing of the team's is meant, not its people."""
_STOP = (
    r"(?:the|a|an|your|our|their|his|her|its|my|this|that|these|those|any|some|each|every|all|both|other|another|same|"
    r"you|we|they|them|us|him|me|i|(?-i:[Ii]t)|and|or|if|when|to|of|in|on|at|by|for|from|with|as|is|are|was|were|be|been|will|can|may|must|"
    r"should|would|could|do|does|did|not|no|who|which|what|how|but|so|then|than|"
    rf"(?-i:{TELL}|{TALK})|let|get|one|two|three|many|most|"
    rf"{one_of(words('vague', 'words') - {'such', 'next', 'following'})}|new|existing|current|wrong|usual|"
    r"multiple|several|more|make|sure|via|within|per|into|about|under|over|below|between|"
    r"might|has|have|had|having|allows?|lets?|requires?|need|needs|use|uses|using|get|gets|give|gives|"
    r"been|other|being|there|here|also|only|just|because|before|after|until|while|where|first|next|last|"
    r"fellow|know|alone|cannot|why|otherwise|anybody|anyone|somebody|someone|growing|wider|larger|broader|global|active|vibrant|friendly|find|see|select)"
)
_WORD = rf"(?:[Oo]n\s[Cc]all\b|(?!{_STOP}(?![\w-]))[A-Za-z0-9](?:[\w&'’/-]|\.(?=\w))*)"
_CAPITAL = rf"(?:[{UPPER}](?:[\w&'’/-]|\.(?=\w))*|\d(?:st|nd|rd|th)\b)"
_GIVEN = rf"(?:Mc)?[{UPPER}][{LOWER}]+(?:[-'’][{UPPER}][{LOWER}]+)?"
PERSON = rf"{_GIVEN}\s+{_GIVEN}"
BY_NAME = rf"{_GIVEN}(?:\s+{_GIVEN})?"
"""A first name and a surname; and the first name with or without it."""
_MODIFIERS = rf"(?:(?-i:{_CAPITAL})\s+(?:and|&)\s+(?=(?-i:{_CAPITAL}))|{_WORD}\s+){{1,5}}"

_TEAM = re.compile(rf"(?<![\w-]){_MODIFIERS}{TEAM_HEAD}\b{_NOT_A_TEAM}(?!-)(?! {ROLE_HEAD}\b)", re.IGNORECASE)
_TEAM_NAME = re.compile(
    rf"(?<![\w-])(?!(?i:{_STOP})\b){_CAPITAL}\s+(?:(?:(?:and|&|of|for)\s+)?{_CAPITAL}\s+){{1,5}}{TEAM_HEAD}\b{_NOT_A_TEAM}(?!-)"
)
"""A name in capitals, in which small words are part of it: "Sign In team"."""
_RESPONSIBLE = Forms("team", "people", "person", "owners?")
_TEAM_FOR = re.compile(
    rf"\b{_RESPONSIBLE.pattern}\s+(?:(?:currently\s+|that\s+(?:is|are)\s+)?responsible\s+for|"
    rf"(?:that|who)\s+(?:(?:is|are)\s+working\s+on|works?\s+on|{KEEPS}|looks?\s+after)|"
    rf"(?:(?:that|who)\s+(?:is|are)\s+)?involved\s+(?:in|with))\s+(?:the\s+)?"
    rf"{_WORD}(?:\s+{_WORD}){{0,2}}",
    re.IGNORECASE,
)
_ROLE = re.compile(
    rf"(?<![\w-])(?:{_WORD}\s+){{1,4}}{ROLE_HEAD}(?![\w-])(?!(?<=lead) to\b){_NOT_A_PERSON}", re.IGNORECASE
)
_QUALITIES = Forms(*sorted(nouns("things", "rights")), "knowledge", "experience", "expertise")
_QUALIFIED = re.compile(
    rf"\b(?:(?:some|any)(?:one|body)|(?:{_WORD}\s+){{0,3}}{ROLE_HEAD}|team\s+members?|colleagues?)\s+"
    rf"(?:with|who\s+ha(?:s|ve))\s+(?:the\s+right\s+|an?\s+|more\s+)?(?:{_WORD}\s+){{1,3}}"
    rf"{_QUALITIES.pattern}\b(?!\s+to\b)",
    re.IGNORECASE,
)
"""Whoever may do it: "a developer with production access", "someone with admin rights"."""
_ANYBODY = Forms("whoever")
_WHOEVER = re.compile(
    rf"\b{_ANYBODY.pattern}(?:\s+is|['’]s)\s+(?:currently\s+)?on\s+(?:the\s+)?{_WORD}",
    re.IGNORECASE,
)
_TURNS = Forms("call", "duty")
_ON_DUTY = re.compile(
    rf"\b(?:person|people|{ROLE_HEAD})\s+(?:(?:who|that)\s+(?:is|are)\s+)?(?:currently\s+)?on\s{_TURNS.pattern}\b",
    re.IGNORECASE,
)
"""Whoever's turn it is: "whoever is on the rota", "the engineer on duty"."""
_CALLED = Forms(r"on[ -]call")
_ON_CALL = re.compile(
    rf"(?<=\b[Tt]he )(?:(?:{_CAPITAL}|[a-z][\w-]*)\s){{0,3}}?{_CALLED.pattern}(?=\s*(?:[.,;:)!?]|$)|"
    r"\s(?:to|for|if|about|via|through|in|on|or|and|when|who|at|by|with|directly|first|as|immediately|can|will)\b)"
)
"""Whoever is on call, by the name of the turn alone: "page the Streams on-call"."""
_LISTS = Forms(r"(?:mailing|distribution|e-?mail)\s+list", r"(?:google|e-?mail)\s+group")
_LINE = Forms(
    r"[1-3](?:st|nd|rd)[ -]line support", r"(?:first|second|third)[ -]line support", r"(?:tier|level) [1-4] support"
)
_SUPPORT_LINE = re.compile(rf"(?<![\w-]){_LINE.pattern}\b(?! (?:{_BELONGINGS}|{ROLE_HEAD})\b)", re.IGNORECASE)
"""Those who take what comes in, by where they stand: "2nd line support"."""
_MAILING_LIST = re.compile(
    rf"(?<![\w-])(?:{_WORD}\s+){{1,5}}{_LISTS.pattern}\b",
    re.IGNORECASE,
)
_FOREMOST = Forms("Lead", "Principal", "Chief", r"(?:[ES])?VP")
_LEAD = re.compile(rf"\b{_FOREMOST.pattern}\s+(?:[A-Z]\w+\s+)?[A-Z]\w+(?![\w-]){_NOT_A_PERSON}")
_HEADS = Forms("Heads?", "Directors?", r"(?:[ES])?VPs?", "Vice Presidents?")
_HEAD_OF = re.compile(
    rf"\b(?:Deputy\s+)?{_HEADS.pattern}\s+of\s+{_CAPITAL}(?:\s+(?:(?:and|&)\s+)?(?!(?:Head|Director|Chief|[ES]?VP)\b){_CAPITAL})*|"
    rf"\b[Hh]ead\s+of\s+(?:your\s+|the\s+)?(?:{_WORD}\s+)?"
    r"(?:community|technology|profession|product|delivery|engineering|"
    r"security|\w+ment)\b"
)
_OWN = Forms("lead")
_OWN_LEAD = re.compile(rf"\b(?:your|their|our|his|her)\s+(?:{_WORD}\s+){{1,2}}{_OWN.pattern}(?=\s+to\b)")
"""A person, where "lead to" is no verb."""
_COMPANIES = Forms("team", "squad", "community")
_ONE_OF = re.compile(
    r"\b(?:an?|another|one of the|any|a fellow|a different|someone|anyone|somebody|a member|a colleague)\s*"
    rf"(?:other\s+)?(?:{ROLE_HEAD}|colleague|2nd liner)?\s*"
    rf"(?:from|on|in|of)\s+(?:your|the|another|our)\s+(?:own\s+|same\s+|other\s+)?{_COMPANIES.pattern}\b",
    re.IGNORECASE,
)
_MEMBERS = Forms(
    r"[Mm]embers?\s+of",
    r"[Ss]omeone\s+(?:from|in|on)",
    r"[Ss]omebody\s+(?:from|in|on)",
    r"[Aa]nyone\s+(?:from|in|on)",
)
_MEMBER = re.compile(
    rf"\b{_MEMBERS.pattern}\s+"
    rf"(?:the\s+)?(?P<name>{_CAPITAL}(?:\s+(?:(?:and|&)\s+)?{_CAPITAL}){{0,4}}|"
    rf"{_WORD}\s+{_WORD})(?=\s+(?:can|may|will|who|to|if|and|or|is|has|that|for|about|before|when|first)\b|"
    r"\s*[.,;:)]|$)"
)
_SHORTEST = r"(?:PM|DM|PO|BA|EM|TL)"
_PLAIN_ROLE = re.compile(
    rf"\b(?:{SHORT_ROLES}|SREs?|DBAs?)\b|"
    rf"(?:(?<=\b[Yy]our )|(?<=\b[Yy]our [A-Z]{{2}} or )){_SHORTEST}\b"
)
"""Abbreviations of roles; those of two letters stand for much else, unless they are somebody's."""
_DESKS = Forms("[Ss]upport", "[Hh]elpdesk", "[Ss]ervice [Dd]esk")
_NO_DESK = rf"(?!(?i:{one_of(words('ways', 'media') | words('ways', 'phones'))}|live|see|use|via|visit|get)\b)"
"""No medium is a team ("Email support"), and no pointer ("See Support")."""
_SUPPORT = re.compile(rf"\b{_NO_DESK}{_CAPITAL}(?:\s+{_CAPITAL})*\s+{_DESKS.pattern}\b(?! Service\b)")


@dataclass(frozen=True)
class Roster:
    """The teams that the manual introduces: every spelling (lower case) to the team's contact."""

    teams: Mapping[str, Contact] = field(default_factory=dict)
    organisation: frozenset[str] = frozenset()
    """The organisation's own names (lower case): everybody, and so nobody to ask."""
    things: frozenset[str] = frozenset()
    """What the manual lists as software (lower case, words parted by one blank): never people."""
    shorts: Mapping[str, Contact] = field(default_factory=dict)
    """The short names of teams and roles, in the manual's own case, to whom they stand for."""

    def knows(self, name: str) -> bool:
        """Whether the name is one that the manual introduces, or an abbreviation that it defines."""
        return name.lower() in self.teams or (name in self.shorts and not name[1:].islower())

    def is_nobody(self, name: str) -> bool:
        """Whether the name is the whole organisation's, or one that the manual gives to a piece of software."""
        words = " ".join(re.split(r"[\s_-]+", name.lower()))
        everybody = re.sub(r"\s+(?:team|staff)$", "", name.lower())
        return everybody in self.organisation or words in self.things

    @cached_property
    def digest(self) -> str:
        """sha256 of everything in it."""
        told = [*sorted(self.teams), "", *sorted(self.organisation), "", *sorted(self.things), "", *sorted(self.shorts)]
        return text_key("\n".join(told))

    @cached_property
    def _by_start(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """The names of teams, as they stand and squeezed, by the first letters of the latter."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name in self.teams:
            squeezed = _squeezed(name)
            found[squeezed[:_START]].append((name, squeezed))
        return found

    def named(self, plain: str) -> Iterator[re.Match[str]]:
        """Where the text names a team, the longest of its names that fit. A manual may have thousands of teams, so
        only those are sought whose letters stand in the text."""
        squeezed = _squeezed(plain)
        starts = {squeezed[i : i + size] for size in self._sizes for i in range(len(squeezed))}
        names = [
            name
            for start in starts & self._by_start.keys()
            for name, letters in self._by_start[start]
            if letters in squeezed
        ]
        return _any_of(tuple(sorted(names, key=lambda n: (-len(n), n)))).finditer(plain) if names else iter(())

    def abbreviated(self, plain: str) -> Iterator[tuple[re.Match[str], ContactKind]]:
        """Where the text has the letters that somebody's name is shortened to, and not where it says so: "(DPT)"."""
        if self._letters is not None:
            yield from ((match, self.shorts[match[0]].kind) for match in self._letters.finditer(plain))

    @cached_property
    def _letters(self) -> re.Pattern[str] | None:
        names = sorted((name for name in self.shorts if not name[1:].islower()), key=lambda name: (-len(name), name))
        behind = rf"(?![\w&/@-])(?!\s+[{UPPER}][{LOWER}]){_NOT_A_TEAM}"
        return re.compile(rf"(?<![\w#@&/.(\"“‘*_-])(?:{'|'.join(map(re.escape, names))}){behind}") if names else None

    @cached_property
    def _sizes(self) -> frozenset[int]:
        return frozenset(map(len, self._by_start))


def people(plain: str, roster: Roster) -> tuple[Mention, ...]:
    """Teams and roles named in `plain`, in order; a longer phrase swallows what lies inside it."""
    found: list[Mention] = []
    lower = plain.lower()
    found += [_mention(plain, _widened(plain, m.start()), m.end(), "team") for m in roster.named(plain)]
    found += [_mention(plain, m.start(), m.end(), kind) for m, kind in roster.abbreviated(plain)]
    if _MEMBERS.may_be_in(lower):
        found += [_mention(plain, *m.span("name"), "team") for m in _MEMBER.finditer(plain)]
    for regex, kind, forms in _PATTERNS:
        if forms is None or forms.may_be_in(lower):
            found += [_mention(plain, m.start(), m.end(), kind) for m in regex.finditer(plain)]
    found.sort(key=lambda m: (-(m.end - m.start), m.start))
    kept: list[Mention] = []
    for mention in found:
        alone = mention.contact.kind == "team" and mention.contact.name.lower() in _BODIES
        if alone or roster.is_nobody(mention.contact.name) or _unspecific(plain, mention):
            continue
        if mention.contact.name and all(mention.end <= k.start or mention.start >= k.end for k in kept):
            kept.append(mention)
    return tuple(sorted(kept, key=lambda m: m.start))


_BODIES = words("people", "teams") | words("people", "bodies")
"""Words for teams that by themselves name none: "somebody from the WG"."""


def _squeezed(text: str) -> str:
    """The text in lower case, without white space and hyphens: a name matches with any of them between its words."""
    return _BETWEEN.sub("", text.lower())


@lru_cache(4096)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?<![\w#@-])(?:" + "|".join(map(_loose, names)) + rf")(?![\w-]){_NOT_A_TEAM}", re.IGNORECASE)


_BETWEEN = re.compile(r"[\s-]+")
_START = 6
"""Letters of a name by which it is looked up."""
_PATTERNS: tuple[tuple[re.Pattern[str], ContactKind, Forms | None], ...] = (
    (_TEAM, "team", TEAMS),
    (_TEAM_NAME, "team", TEAMS),
    (_TEAM_FOR, "team", _RESPONSIBLE),
    (_HEAD_OF, "role", _HEADS),
    (_LEAD, "role", _FOREMOST),
    (_ROLE, "role", ROLES),
    (_OWN_LEAD, "role", _OWN),
    (_ONE_OF, "role", _COMPANIES),
    (_QUALIFIED, "role", _QUALITIES),
    (_WHOEVER, "role", _ANYBODY),
    (_ON_DUTY, "role", _TURNS),
    (_ON_CALL, "role", _CALLED),
    (_MAILING_LIST, "team", _LISTS),
    (_SUPPORT_LINE, "team", _LINE),
    (_PLAIN_ROLE, "role", None),
    (_SUPPORT, "team", _DESKS),
)
"""Each pattern with the forms of which one is in all that it matches: the patterns are slow, most texts have none."""


def _mention(plain: str, start: int, end: int, kind: ContactKind) -> Mention:
    """The phrase without a leading article; its words on one line."""
    lead = re.match(rf"(?=[A-Z])(?i:{TELL})\s+(?=\S+\s)", plain[start:end]) if start == 0 else None
    start += lead.end() if lead else 0
    lead = re.match(r"(?:the|a|an|our|your|their|his|her)\s+", plain[start:end], re.IGNORECASE)
    start += lead.end() if lead else 0
    return Mention(Contact(kind, " ".join(plain[start:end].split())), start, end)


def _widened(plain: str, start: int) -> int:
    """Where a known team's name begins, with a capital word before it: "Night Front Desk" is not "Front Desk"."""
    before = _PREFIX.search(plain[:start])
    return before.start("word") if before else start


_PREFIX = re.compile(rf"(?<![\w.#@-])(?P<word>(?!(?i:{_STOP}|{ASK}|please|\w+ly)\b){_CAPITAL})\s+$")


_PLACE = re.compile(r"\b(?:IPs|addresses|networks?|VPN|laptops?|servers?|machines?|branch|platform|pages?)$")
"""Last words of names of places, networks and devices: people are on or in them."""


def _unspecific(plain: str, mention: Mention) -> bool:
    """Somebody who is any or none ("another government department", "no central team", "each tech lead"), or a
    program with a person's title, which people work in and of which one says "which"."""
    before = plain[: mention.start]
    if re.search(r"\b(?:[Nn]o|[Ee]ach|[Ee]very|[Oo]ther)\s+$", before):
        return True
    if mention.contact.kind == "role" and re.match(r",? which\b", plain[mention.end :]):
        return True
    name = mention.contact.name
    in_part = mention.contact.kind == "role" and name.startswith("part ")  # "part tutor, part admin"
    if in_part or PROGRAM.search(name):
        return True
    if _PLACE.search(name) or (name.istitle() and re.search(r"\b(?:in|into|within)\s+$", before)):
        return True
    common = name == name.lower()
    return common and mention.contact.kind == "team" and bool(re.search(r"\b[Aa]nother\s+$|\bsuch as an?\s+$", before))


def _loose(name: str) -> str:
    """A name as a pattern in which white space or a hyphen matches any other, or nothing: "front-desk"."""
    return r"[\s-]*".join(re.escape(word) for word in name.split())
