"""Who has a thing in hand, where only a name says so: another organisation, a person, whoever answers for it.

"Owned by the Office for Tides" names somebody although no word of it is a word for a team. But what provides a
thing may be a program as well ("rendered by Frontend"), so a name counts only where people are meant: after a
verb of which programs are no subject, by a last word that organisations end in, or because the page speaks to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.facts.addresses import Mention
from ingest.facts.cells import is_by_given_name, is_person
from ingest.facts.lexicon import ASK, HELD, KEEPS, KEPT, OWNS, PAGES, PASSED, SERVES, nouns, one_of, words
from ingest.facts.names import ROLE_HEAD
from ingest.facts.people import BY_NAME, PERSON
from ingest.facts.spoken import Spoken
from ingest.facts.verbs import NOT_PEOPLE, TOOLS
from ingest.forms import UPPER
from ingest.manual.markdown import Text
from ingest.values import Contact, ContactKind

_CAPITAL = rf"[{UPPER}][\w-]*(?:[&'’/.](?=\w)[\w-]*)*"
NAME = rf"{_CAPITAL}(?:\s+(?:(?:and|&|of|for|of the|for the)\s+)?(?:{_CAPITAL}))*"
"""A proper name as a whole: "Office for National Tides", "Gull & Sons"."""
_ORGANISATION = re.compile(
    rf"\b{one_of(words('people', 'organisations') - words('people', 'functions', 'thing'))}$", re.IGNORECASE
)
"""The last words of names of organisations and of their departments."""
_PROGRAM = re.compile(
    r"\b(?:Data|Database|Storage|Queue|Cache|Search|Index|E-?mail|Notification|Message|Web|API|DNS|Authentication|"
    r"Backup|Proxy|Container|Log|Job|Config\w*)\b.* Services?$"
)
"""Names that end as organisations' do, of what runs on a machine."""
_SINGLE = re.compile(r"(?:GDS|IT|HR)$")
_PEOPLE_DO = re.compile(
    rf"\b(?:owned|hosted|operated|administered|looked after|overseen)(?: \w+ly)? by (?:the )?(?P<name>{NAME})(?![\w-])"
)
"""What no program does: it is hosted and operated itself."""
_BRAND = re.compile(r"\b(?:hosted|operated) (?:\w+ )?by (?:[A-Z][a-z]+[A-Z]\w*|\w+\.[a-z]{2,})$")
"""What hosts a thing and is called as products are: "TideCloud", "tides.io"."""
_PAGE_IS = re.compile(
    rf"\b[Tt]his {PAGES} (?:is|was) (?:\w+ )?(?:{HELD}|written)(?: and \w+)? by (?P<name>{NAME})(?![\w-])"
)
"""What no program does for the reader's own page."""
_EITHER_DOES = re.compile(
    rf"\b(?:{KEPT}|provided|built|supplied|developed|delivered)(?: \w+ly)? by "
    rf"(?:the )?(?P<name>{NAME}(?: {one_of(words('people', 'bodies') | {'programme', 'company'})})?)(?![\w-])"
)
_MOVED = re.compile(
    rf"\b(?:{PASSED}(?: over)?|moved|belongs?)(?: \w+){{0,3}}? to (?:the )?"
    rf"(?P<name>{NAME})(?![\w-])"
)
_IN_CHARGE = re.compile(
    rf"(?:^(?!The )|[,;:] |\b[Tt]he )(?P<name>{NAME}) (?:(?:is|are) (?:\w+ly )?(?:responsible for|in charge of)|"
    rf"{OWNS}|looks? after)\b"
)
_PLAIN = r"(?!(?:who|which|that|and|or|but|for|in|on|at|of|to|rather|not|if|when|unless|whether|how|what)\b)[a-z][\w-]*"
_PHRASE = rf"(?P<role>{_PLAIN}(?: {_PLAIN}){{0,3}})"
_FIRST = re.compile(
    rf"(?:(?:^(?!The )|[,;:] |\b[Tt]he )(?P<name>{NAME})|\b[Tt]he {_PHRASE}) "
    r"(?:should be|is|are|will be) (?:the|your|our) "
    r"(?:(?:first|main|best|usual|single) )?(?:points? of contact|port of call)\b"
)
_ANSWERS = re.compile(
    r"\b(?:(?:[Rr]esponsibility|[Dd]ecision|[Ww]ord|[Ss]ay|[Ss]ign-?off|[Aa]pproval) "
    r"(?:(?:for|on|about|in|over|of) [^.;]{1,80}? )?"
    r"(?:lies|rests|sits|stays|falls)(?: \w+ly)? (?:with|to|on)|"
    r"(?:is|are)(?: \w+ly)? the responsibility of|(?:is|['’]s|are) up to) (?:the|your|our|their) "
    rf"(?:(?P<name>{NAME})|{_PHRASE})"
)
"""On whom a duty lies, with or without a proper name: "responsibility rests with the lending library"."""
_WHOSE = re.compile(r"(?:Your|Our)\s+(?=\S)")
_WHO_IS = re.compile(rf", who (?:is|are) (?:currently|now|at present|at the moment) (?:the )?(?P<name>{NAME})(?![\w-])")
_IN_PERSON = re.compile(rf"^,? (?P<name>{PERSON})(?=[.,;)]|$)")
_IN_BRACKETS = re.compile(rf"^ \((?:currently |at present )?(?P<names>{BY_NAME}(?:(?:, | and | or | & ){BY_NAME})*)\)")
_PERSON_BEFORE = re.compile(
    rf"(?<![\w-])(?P<name>{BY_NAME})(?:, | \()(?:(?:the|our) |(?<=\()[\w -]{{2,30}} (?:and|&) )?$"
)
_SUPPLIER = re.compile(
    rf"\b(?i:our|the|an?|your) (?:[\w-]+ ){{0,2}}?{one_of(words('people', 'hired'))},? (?P<name>{NAME})(?![\w-])"
)
"""Somebody who is no part of the organisation, by what they are to it."""
_LEGAL = one_of(words("people", "companies", "legal"))
_LIMITED = re.compile(rf"(?P<name>{NAME},? (?i:{_LEGAL}))(?![\w-])\.?")
_DEPARTMENT = re.compile(
    rf"(?:^|[.;:] )(?P<name>{one_of(word.title() for word in words('people', 'departments') if len(word) > 2)}) "
    rf"(?:{KEEPS}|reviews?|approves?|signs? off|checks?|issues?|arranges?) (?:all|any|every|each|the|your|our|new)\b"
)
"""A department whose name the parser may take for something else, before what it does: "Legal reviews all charters"."""
_BY_THEM = re.compile(rf"\b(?:by|from|{ASK})\s+(?:the\s+)?$", re.IGNORECASE)
_THEY_DO = re.compile(
    rf",? (?:\w+ly )?(?:{KEEPS}|{SERVES}|looks? after|(?:will|can) (?:\w+ly )?[a-z]+|[a-z]+s (?:the|our|all|your)\b)"
)
"""Before and after such a name, that they do something, or that the reader is sent to them."""
_RAISES = re.compile(
    rf"(?P<name>\b{PERSON})(?=(?: (?:or|and) {PERSON})? (?:can|may|must|will) "
    rf"(?:{one_of(words('keeping', 'human'))}|raise a|advise|sign off|agree)\b)"
)
"""Persons by what only persons may do."""
_CARD = re.compile(rf"^(?P<name>{PERSON} \((?:[^()]* )?(?i:{ROLE_HEAD})(?: [^()]*)?\))(?=[\s.,;:]|$)", re.MULTILINE)
"""A person with the role in brackets, alone on a line, as people sign."""


def holders(text: Text, page: Spoken, *, listed: bool) -> Iterator[Mention]:
    """Names of whom `text` says that they hold, host or answer for something.

    A name to which the page speaks elsewhere is somebody. `listed` says that the text is an item of a list of people.
    """
    plain = text.plain.replace("\n", " ")
    for pattern in (_PEOPLE_DO, _WHO_IS):
        yield from (_mention(m) for m in pattern.finditer(plain) if _somebody(text, m) and not _BRAND.fullmatch(m[0]))
    for match in _PAGE_IS.finditer(plain):
        if _somebody(text, match):
            yield Mention(Contact("person" if is_person(match["name"]) else "team", match["name"]), *match.span("name"))
    for pattern in (_EITHER_DOES, _MOVED, _IN_CHARGE):
        for match in pattern.finditer(plain):
            if _somebody(text, match) and (_is_organisation(match["name"]) or page.speaks_to(match["name"])):
                yield _mention(match)
    for match in (*_SUPPLIER.finditer(plain), *_LIMITED.finditer(plain)):
        if _BY_THEM.search(plain[: match.start()]) or _THEY_DO.match(plain, match.end()):
            yield _mention(match)
    yield from (Mention(Contact("person", m["name"]), *m.span("name")) for m in _RAISES.finditer(plain))
    yield from (_mention(m) for m in _DEPARTMENT.finditer(plain))
    yield from _answering(plain)
    if listed:
        yield from cards(text.plain)


def cards(plain: str) -> Iterator[Mention]:
    """Persons who stand at the beginning of a line with their roles in brackets."""
    yield from (Mention(Contact("person", m["name"]), *m.span("name")) for m in _CARD.finditer(plain))


def in_person(plain: str, mention: Mention) -> Iterator[Mention]:
    """The persons whose names stand right beside the role, before or after it: "the head of lending, Ada Byron", "the
    tech lead (Martina)"."""
    last = mention.contact.name.lower().rpartition(" ")[-1]
    if mention.contact.kind != "role" or last in words("people", "folk"):
        return
    after = plain[mention.end :]
    if match := _IN_PERSON.match(after):
        found = [match.span("name")] if is_person(match["name"]) else []
    elif match := _IN_BRACKETS.match(after):
        found = [m.span() for m in re.compile(BY_NAME).finditer(after, *match.span("names"))]
        found = found if any(is_by_given_name(after[start:end]) for start, end in found) else []
    else:
        yield from _before(plain, mention)
        return
    for start, end in found:
        yield Mention(Contact("person", after[start:end]), mention.end + start, mention.end + end)


def _before(plain: str, mention: Mention) -> Iterator[Mention]:
    before = _PERSON_BEFORE.search(plain[: mention.start])
    if before is None or _begins_with_no_name(before["name"]):
        return
    if is_by_given_name(before["name"]) or is_person(before["name"]):
        yield Mention(Contact("person", before["name"]), *before.span("name"))


def _begins_with_no_name(name: str) -> bool:
    return name.split(maxsplit=1)[0].lower() in words("general", "words")


def _mention(match: re.Match[str]) -> Mention:
    return Mention(Contact("team", match["name"]), *match.span("name"))


_OWNS_IT = re.compile(rf"['’]|\s+(?:{one_of(nouns('things', 'software'))}|(?:process|policy|code|page)s?)\b")
"""What follows a name that is a thing's: "owned by the Harbour project"."""


def _somebody(text: Text, match: re.Match[str]) -> bool:
    """No code, no tool, and not the owner of a thing that does it ("AWS' queue service")."""
    start, end = match.span("name")
    code = any(s.kind == "code" and s.start < end and start < s.end for s in text.spans)
    plain_word = re.fullmatch(
        r"The|This|That|These|Those|It|We|You|They|Each|Every|All|Some|Our|Your|No", match["name"]
    )
    return (
        not code and not plain_word and not re.fullmatch(TOOLS, match["name"]) and not _OWNS_IT.match(text.plain, end)
    )


def _is_organisation(name: str) -> bool:
    words = name.split()
    if _PROGRAM.search(name):
        return False
    joined = any(word in ("of", "for", "&") for word in words)
    return bool(_SINGLE.search(name)) or (len(words) > 1 and (joined or bool(_ORGANISATION.search(name))))


def _answering(plain: str) -> Iterator[Mention]:
    for match in (*_ANSWERS.finditer(plain), *_FIRST.finditer(plain)):
        group = "name" if match["name"] else "role"
        words = match[group].lower().split()
        if words[-1] in ("judgment", "judgement", "discretion", "decision", "preference", "choice"):
            continue  # "up to the judgment of whoever approves"
        if (len(words) > 1 or words[0] not in NOT_PEOPLE) and words[-1] not in ("above", "below"):
            whose = _WHOSE.match(match[group])
            start = match.start(group) + (whose.end() if whose else 0)
            kind: ContactKind = "team" if match["name"] and not whose else "role"
            yield Mention(Contact(kind, plain[start : match.end(group)]), start, match.end(group))
