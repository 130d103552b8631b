"""The verbs by which a manual sends its reader to somebody, and what they take as their object.

A team or role counts as asked when a verb of reaching governs it ("speak to X", "approved by X") or when it is
said to do or to be able to do something ("X can invite you"). A name without a head noun ("ask IT") counts as
the object of an asking verb that is addressed to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from ingest.facts.addresses import Mention
from ingest.facts.lexicon import (
    ASK,
    ASKED,
    ASKING,
    FILED,
    FILING,
    GOT,
    KEEPS,
    KEPT,
    PAGERS,
    TALK_TO,
    TICKETING,
    nouns,
    one_of,
    words,
)
from ingest.facts.names import ROLE_HEAD
from ingest.forms import UPPER
from ingest.manual.markdown import Span
from ingest.values import Contact

_NO_NOUN = r"(?<!\bthe )(?<!\bthis )(?<!\bthat )(?<!\ba )(?<!\beach )"
"""Before a verb that is a noun too: "the page", "a call"."""
_FETCHING = "check with|loop in|copy in"
_ADDRESSING = (
    rf"{TALK_TO}|(?:{_NO_NOUN}|(?=ask|contact|phone))(?<!help ){ASK}|{ASKING}|"
    rf"(?<!being ){ASKED}|cc|let(?:ting)?|get in touch with|write to|"
    rf"{_NO_NOUN}call(?:ing)?(?: on)?|"
    rf"{_FETCHING}|consult(?:ing)?(?: with)?|coordinate with|work(?: \w+ly)? with|bring in|go(?:es)? to|"
    r"discuss(?:ed)?(?: \w+){0,4}? with|agree(?:d)?(?: \w+){0,3}? with|arrange(?: \w+){0,3}? with|"
    r"raise(?: \w+){0,8}? with|request them or|(?:is|['’]s) up to(?! date)"
)
"""Verbs whose object is told or asked something."""
_SENDING = (
    r"escalat(?:e|ed|ing)(?: \w+){0,3}? to|refer(?:(?: \w+){1,3}?|red(?: \w+){0,3}?) to|report(?: \w+){0,4}? to|"
    r"(?:re)?assign(?:ed)?(?: \w+){0,3}? to|pass(?:ed)?(?: \w+){0,4}? to|hand(?:ed)?(?: \w+){0,3}? (?:over )?to|"
    r"transfer(?:red)?(?: \w+){0,4}? to|forward(?: \w+){0,3}? to|flag(?: \w+){0,3}? (?:to|with)|"
    r"share(?: \w+){0,4}? with|defer(?:red)?(?: \w+){0,2}? to|(?<!was )(?<!were )(?<!been )sen[dt](?: \w+){0,6}? to|"
    r"delegat\w+(?: \S+){0,6}? to|"
    r"rout(?:e|ed)(?: \w+){0,2}? to|direct(?:ed)? to|belongs? to|leave(?: \w+){1,3}? (?:to|with)|"
    rf"(?:{FILED}|(?:send|mak|trigger)\w*)(?: \S+){{0,5}}? (?:tickets?|requests?|issues?) (?:to|with)|"
    rf"(?:{FILING}|request|ask|report|go|order)(?: \S+){{0,5}}? (?:via|through)|"
    r"book(?: \S+){0,4}? (?:with|through)|(?:limited|restricted) to|"
    r"book(?: \S+){0,4}? (?:with|through)|"
    r"instructed(?: \w+){0,5}? by"
)
"""Verbs that move a thing or a question to somebody."""
_OBTAINING = (
    r"request(?:ed)?(?: (?!(?:comes?|coming|came|is|was|arrives?)\b)\w+){0,6}? from|"
    rf"(?:{GOT}|{one_of(words('obtained', 'nouns', 'given'))}|opinion|reviews?) from|"
    rf"(?:support|remit|purview) of|reviewed by|(?:{KEPT}|looked after|authorised|granted|given|picked up|"
    r"provided|built|operated|organised|served|signed off) by|"
    r"(?<!was )(?<!were )(?:completed|done|carried out) by|"
    r"approv(?:al|ed) (?:by|from)|agreed (?:by|with)|"
    r"aware|"
    r"(?:this|that|it|they) (?:will|would|should|is|are) (?:normally|usually|generally|typically|currently)(?: be)?"
)
"""What is got from somebody, and what somebody has done or has in hand."""
_GOVERNS = re.compile(
    rf"(?=(?<![\w-])(?:{_ADDRESSING}|{_SENDING}|{_OBTAINING})\b(?P<between>[^.;!?]{{0,70}})$)",
    re.IGNORECASE,
)
_NEAR = 140
"""Characters; a verb and its object lie no further apart."""
_ASSURING = re.compile(r"\b(?:make sure|ensure|check)(?: that)?\s[^.;!?]{0,30}$", re.IGNORECASE)
_ASSURED = re.compile(
    r"^[^.;!?,]{0,30}?\b(?:is|are|has been|have been) (?:aware|told|informed|happy|content|ok)\b|"
    r"^ knows? (?:of|about|that)\b",
    re.I,
)
_BREAKS = re.compile(
    r"\b(?:who|which|that|when|because|so that|if|to (?!a\b|the\b|an\b|your\b|our\b))\b|[:→]|->", re.IGNORECASE
)
_BY_MACHINE = re.compile(
    r"\b(?:uses? [\w.-]+|used|helps?) to "
    rf"(?:report up to|{ASK})\s[^.;!?]{{0,60}}$",
    re.I,
)
"""A tool that does the telling: nothing for the reader to do."""
_IDLE = (
    r"(?:no longer|never|not (?!have to|normally|usually)|"
    rf"(?:not )?be (?!able|{ASKED}|consulted|aware|made|the |your |our )|"
    r"have\b(?! to\b| (?:\w+ ){0,4}(?:access|admin|permissions?))|carry out|also choose|"
    rf"{one_of(words('idle', 'plainly'))})"
)
"""What somebody may do without being of any help to the reader."""
_POINT = r"(?:point|port)s? of (?:contact|call)|(?:people|person|team|ones?) to (?:ask|contact|speak to|talk to)"
_ABLE = re.compile(
    r"^(?:(?!\b(?:you|we|they|i|it|that|no longer|never|cannot|ways)\b)[^.;!?|]){0,25}?\b(?:"
    rf"(?:can|could|will|must|should|may|needs? to) (?:\w+ly )?(?!(?:both |also )?{_IDLE})|"
    r"(?:is|are) able to|(?:is|are) happy to|"
    rf"(?:is|are) (?:the|your|our) (?:\w+ )?(?:{_POINT})|"
    r"are responsible|is responsible|responsible for|approves?\b|grants?\b|agrees?\b(?! with)|consents?\b|"
    r"decides?\b|authorises?\b|signs? off|arranges?\b|organises?\b|deals? with|takes? care of|sorts? out|"
    r"(?:tells?|gives?|shows?) you\b|"
    rf"(?:is|are|acts? as|serves? as) (?:the|your|our) (?:[\w-]+ ){{0,2}}{ROLE_HEAD}\b|"
    r"has access|have access|"
    r"has (?:at least )?[\w ]{0,20}(?:admin|access)|delegates?\b|are delegated|"
    r"to (?:ask|approve|add|give|grant|help|decide)\b)",
    re.IGNORECASE,
)
_KEEPS = re.compile(
    r"^(?:(?!\b(?:you|we|they|i|it|that|is|are|was|were|the|an?|for|to|no longer|never|cannot)\b)[^.;!?|]){0,25}?\b"
    rf"(?:{KEEPS}|looks? after)\b",
    re.IGNORECASE,
)
"""The verbs of keeping something; they are nouns too ("is the support desk"), so little may stand before them."""
_OF = re.compile(
    rf"\b(?:{one_of(nouns('obtained', 'duties'))}|roles?|work|names?|lists?|numbers?) of "
    r"(?:an?|the|your|our|their) $",
    re.IGNORECASE,
)
"""Before somebody who is not the subject, but whose duty or role is: "every duty of a tech lead can be handed on"."""
_CONSENT = re.compile(rf"^['’]s?\s+(?:discretion|say-so|agreement|{GOT})\b", re.IGNORECASE)
_CONDITION = re.compile(r"^(?:if|when|once|unless|after|before|while)\b[^,]*,", re.IGNORECASE)
_QUALIFIED = re.compile(rf"(?:with|who ha(?:s|ve)) (?:\w+ )+{one_of(nouns('things', 'rights'))}$", re.I)
_ACTS = re.compile(
    r"^,?\s*(?:\([^)]*\)\s*)?(?:(?:can|has|have|will|must|should|may|needs?)\b|\w+s (?:it|this|the|your)\b)"
)


def governed(plain: str, start: int, end: int, things: Set[int] = frozenset()) -> bool:
    """Whether the text says what the people named from `start` to `end` are there for; `things` as in `reached`."""
    return not _BY_MACHINE.search(plain[:start]) and (reached(plain, start, end, things) or _acts(plain, start, end))


def reached(plain: str, start: int, end: int, things: Set[int] = frozenset()) -> bool:
    """Whether a verb of reaching, sending or obtaining leads to them, whatever they do themselves; `things` are where
    nouns begin that could be such a verb: "the wiki page for line managers"."""
    before = plain[:start]
    if _ASSURING.search(before) and _ASSURED.match(plain[end:]):
        return True
    near = before[-_NEAR:]
    begin = len(before) - len(near)
    found = (m for m in _GOVERNS.finditer(near) if begin + m.start() not in things)
    reaching = (m["between"].removesuffix(" the ").strip() for m in found)
    return any(not _BREAKS.search(f"{between} ") for between in reaching)


def _acts(plain: str, start: int, end: int) -> bool:
    rest = plain[end:]
    if _OF.search(plain[:start]):
        return False
    if _CONSENT.match(rest) or (_QUALIFIED.search(plain[start:end]) and _ACTS.match(rest)):
        return True
    return bool(_ABLE.match(rest) or _KEEPS.match(rest)) and not conditional(plain, start)


def conditional(plain: str, start: int) -> bool:
    """Whether `start` lies in the clause "if ..., " that opens the text."""
    clause = _CONDITION.match(plain.lstrip())
    if clause and re.search(r"\bplease\b", plain[:start], re.IGNORECASE):
        return False  # "If in doubt please ask X, or ..." has no comma where its condition ends
    return bool(clause) and start < (clause.end() if clause else 0)


_BARE_VERB = (
    rf"(?:{ASK}|{TALK_TO}|{_FETCHING}|escalate(?: \w+){{0,2}} to|raise (?:it|this|them) with|"
    r"(?:discuss|agree|clear|log) (?:it|this|them) with|(?:report|refer) (?:it|this|them) to|"
    r"(?:fil|log|lodg|rais)(?:e|ing)? an? (?:[\w-]+ )?(?:tickets?|requests?|cases?|claims?) with)"
)
_BARE_NOUN = rf"(?:(?:opinion|review|{GOT}) from|tickets? (?:to|with))"
_ASK_VERB = rf"(?:\b(?:or|and)\s+(?:to\s+)?(?=(?:some|any)(?:one|body))|\b(?P<verb>(?i:{_BARE_VERB})|{_BARE_NOUN})\s+)"
_FOLLOWS = (
    r"(?:to|for|if|should|about|and|or|before|beforehand|when|on|in|at|who|whom|that|which|named|listed|via|first|"
    r"directly|instead|by|"
    r"due|within|because|regarding|concerning|asking|saying|stating|explaining|requesting|including|"
    r"the|with|as|so|of|from|how|what|whether|where|until|unless|straight|again|once|may|can|will)"
)
_NAME = rf"[{UPPER}](?:[\w&'’/-]|\.(?=\w))*"
_LOWER = rf"(?!(?:{_FOLLOWS}|through|during|under|using|because|since|while)\b)[a-z][\w-]+"
_OBJECT = re.compile(
    _ASK_VERB + r"(?:(?:someone|somebody|anyone)\s+(?:in|from|on|at)\s+)?(?:"
    rf"(?:(?:the|your|a|an|our)\s+)?(?P<proper>{_NAME}(?:\s+(?:(?:and|&)\s+)?{_NAME}){{0,4}}(?:\s+{_LOWER}){{0,2}}?)|"
    rf"(?:(?P<article>the|your|a|an|our|another)\s+|(?<=speak to )|(?<=talk to )|(?<=speak with )|(?<=talk with ))"
    rf"(?P<common>(?:{_LOWER}\s+){{0,2}}?{_LOWER}))"
    rf"(?=\s+{_FOLLOWS}\b|\s*[,;:()]|\s+[–—-]\s|\s*\.(?!\w)|\s*$)",
)
_ADDRESSED = re.compile(
    r"(?:^|[.;:,|()–—-]\s*|\b(?:you|we|they|please|should|must|can|could|may|might|to|by|and|or|then|also|first|always|"
    r"instead|either|simply|better)\s+(?:\w+ly\s+)?)$",
    re.IGNORECASE,
)
"""What stands before a verb that tells people what to do, and not what a program does ("apps call Search")."""
_BEGINS = re.compile(r"(?:^|[.;:|(–—-]\s*|\b[Pp]lease\s+)$")
_WIRED = re.compile(
    r"\b(?:configured|set up|able|allowed|used|designed|needed|trying|attempts?)\s+to\s+$", re.IGNORECASE
)
_TITLE_VERB = re.compile(r"e-?mail|phone|ring|page|call|alert")
_RECORDS = re.compile(
    r"(?:Object|Record|Form|Details|Info|Information|List|Page|Card|Sheet|Name|Type|Field|Import|Export|Cent(?:er|re))s?"
)
_TOLD_TO = re.compile(r"^\s+to\s+\w+")
_SHARED_HEAD = re.compile(rf"^\s+(?:and|or)\s+(?!the\b|an?\b|your\b|our\b)\w+\s+{ROLE_HEAD}\b")
"""What completes an object cut short: "the primary | and secondary engineers"."""
_CLAUSE = re.compile(r"\b(?:is|are|was|uses?|has|have|same|each|both|rest)\b")
NOT_PEOPLE = (
    frozenset(
        """publisher publishers question questions method endpoint department command script page following public
        browser caller function file files reporter another channels backend frontend
        machine machines container containers slack owner owners maintainer maintainers organisation
        organisations organization organizations joiner joiners leaver leavers creator else responsible link form
        copy report code ips themselves list above below guides documentation dashboard dashboards overview
        point number numbers compiler linker parser scheduler""".split()
    )
    | words("people", "nobody")
    | words("asked", "sought", "vague")
    | (nouns("things", "software") - words("people", "functions"))
)
"""What an asking verb may take that is nobody to ask: machines, readers and writers, words that stand for anyone or
lean on somebody named elsewhere ("the owner")."""
_BODIES = words("people", "teams") | words("people", "named_teams") | {"organisation", "organization"}
"""Words in which names of organisations end, though some are in that list."""
_HEADS = (
    _BODIES
    | nouns("people", "roles")
    | nouns("people", "shared_titles")
    | words("people", "folk")
    | words("people", "communities")
    | words("people", "departments")
    | (words("people", "functions") - words("people", "functions", "thing"))
)
"""Words in small letters in which a name may end that has a capital: "the Berth crew"."""
_ABBREVIATIONS = frozenset({"IT", "HR"})
"""The departments that go by two letters everywhere; any other two letters are the manual's private shorthand."""
TOOLS = rf"{PAGERS}|{TICKETING}"
"""Tools that operations teams page people and take tickets with, by name: field vocabulary."""
_TOOL = re.compile(
    rf"\b(?:(?i:{FILED})|trigger\w*|escalat\w+|declar\w+|pag(?:e|ed|ing)|go(?:es)?|send|call\w*)\b"
    r"[^.;!?]{0,60}?\b(?:in|on|via|through|with|by|using|to)\s+(?:the\s+)?"
    rf"(?P<name>{TOOLS})\b"
    r"(?!\s+(?:ticket|queue|dashboard|account|board|group|API|tag))"
)


_ARTICLE_ABBREVIATION = re.compile(r"\ban? [A-Z][A-Z\d]+$")


def objects(plain: str) -> Iterator[Mention]:
    """What an asking verb takes as its object though no head noun tells a team: "ask IT", "call the bed manager"."""
    for match in _OBJECT.finditer(plain):
        group = "proper" if match["proper"] else "common"
        name = match[group]
        if _ARTICLE_ABBREVIATION.search(plain[: match.end(group)]):
            continue  # "an LLM" is a kind of thing
        if _names_somebody(name) and not _CLAUSE.search(name) and _is_addressed(plain, match, group):
            contact = Contact("team" if match["proper"] else "role", name)
            yield Mention(contact, match.start(group), match.end(group))
    for match in _DEPARTMENT.finditer(plain):
        if _BEGINS.search(plain[: match.start()]) or _ADDRESSED.search(plain[: match.start()]):
            yield Mention(Contact("team", match["common"]), *match.span("common"))


_DEPARTMENT = re.compile(
    rf"\b(?P<verb>(?i:{_BARE_VERB}))\s+(?P<common>{one_of(words('people', 'departments') - {'it'})})"
    rf"(?=\s+{_FOLLOWS}\b|\s*[.,;:)]|\s*$)"
)
"""A department in small letters, without an article: "contact finance should you need one"."""


def _names_somebody(name: str) -> bool:
    if re.fullmatch(rf"[A-Z]{{2}}|{TOOLS}", name):
        return name in _ABBREVIATIONS
    last = name.rsplit(maxsplit=1)[-1]
    if name[0].isupper() and last.islower() and last not in _HEADS:
        return False  # "inform API design"
    body = " " in name and last[0].isupper() and last.lower() in _BODIES
    return name == "IT" or body or last.lower() not in NOT_PEOPLE


def _is_addressed(plain: str, match: re.Match[str], group: str) -> bool:
    """Whether people are asked: the reader does it, and the object is not a program that is given an order."""
    rest = plain[match.end(group) :]
    if _SHARED_HEAD.match(rest) or not match["verb"]:
        return not _SHARED_HEAD.match(rest)
    verb, before = match["verb"].lower(), plain[: match.start("verb")]
    if verb.endswith("mail") and match["article"] in ("a", "an") and _TOLD_TO.match(rest):
        return False  # "email a link to users"
    if re.fullmatch(_BARE_NOUN, verb):
        return group == "proper" or not verb.startswith("ticket")
    if _BY_MACHINE.search(plain[: match.start(group)]):
        return False
    if group == "common":
        return True
    if _TITLE_VERB.fullmatch(verb) and len(plain.split()) <= 3:
        return False  # the title "Alert Archive"
    if verb == "contact" and _RECORDS.fullmatch(match[group]):
        return False  # the title "Contact Object"
    if verb == "tell" and _TOLD_TO.match(rest):
        return False  # "tell Docker to use ..."
    if match["verb"][0].isupper() and not _BEGINS.search(before):
        return False  # the name "Email Rope Index"
    return bool(_ADDRESSED.search(before)) and not _WIRED.search(before)


_LABEL = re.compile(rf"{_NAME}(?: (?:(?:and|&|of|for|the|at) )*{_NAME}){{1,6}}(?: \([A-Z]{{2,}}\))?")
"""A link's words that are a name as a whole: "National Centers for Tides (NCT)"."""
_PAGES = nouns("things", "documents") | words("ways", "media") | {"policy", "process", "template"}


def linked_objects(plain: str, spans: Sequence[Span]) -> Iterator[Mention]:
    """A link's words as the object of an asking verb, in whatever case: "notify [ledger][] that ..."."""
    for span in spans:
        label = plain[span.start : span.end]
        asked = re.search(rf"(?:^|\b)(?i:{_BARE_VERB})\s+(?:the\s+)?$", plain[: span.start])
        single = re.fullmatch(r"[A-Za-z0-9][\w-]+", label)
        proper = _LABEL.fullmatch(label) and label.split()[-1].lower() not in _PAGES
        if span.kind == "link" and asked and (proper or (single and _names_somebody(label))):
            yield Mention(Contact("team", label), span.start, span.end)


def tools(plain: str, spans: Sequence[Span]) -> Iterator[Mention]:
    """A paging or ticket tool in which the reader is told to raise something."""
    for match in _TOOL.finditer(plain):
        link = next((s for s in spans if s.kind == "link" and s.start <= match.start("name") < s.end), None)
        address = link.href if link and link.href.startswith("http") else ""
        yield Mention(Contact("link", match["name"], address), match.start("name"), match.end("name"))
