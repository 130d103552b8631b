"""A matter and who it goes to with no verb between: "Press: the duty officer", "Parental leave → People Partner, Ada",
"**Sites** - Berth team", and the answer "The Data Office." to a question who it is.

What stands behind the mark must be somebody and nothing else, and show it: by an address, by its last word, by an
article, as a person with the role in brackets, or as a team that the manual introduces.
"""

from __future__ import annotations

import re

from ingest.facts.cells import SHORT_ROLE, holders_in
from ingest.facts.fields import NOTHING, Field, field_of
from ingest.facts.lexicon import HELP, TROUBLES, nouns, one_of, words
from ingest.facts.names import TEAM_HEAD, without
from ingest.facts.people import PERSON, Roster
from ingest.manual.markdown import Text
from ingest.values import Contact

_PAIR = re.compile(r"\s*(?:\*\*)?(?P<what>[^\n]{2,90}?)\s*(?::|→|->|=>|\s[–—-])\s+(?P<who>\S.*)$", re.DOTALL)
_ARROW = re.compile(r"→|[-=]>")
_ANSWER = re.compile(r"\s*(?:A|Answer)\s*[:.]\s*", re.IGNORECASE)
_CONDITION = re.compile(
    r",? (?:if|when|unless|who|which|for|in case)\b|, (?:in|on|at|by|room|next to)\b|"
    r",? (?:does|do|is|are|can|will)\W*$"
)
_WHO = re.compile(r"\b(?:who|whom|where|which (?:team|channel|person|desk))\b[^?]*\?\W*$", re.IGNORECASE)
_WHOM = re.compile(r"\bwhom?\b", re.IGNORECASE)
_CONTACT = Field("contact", holds="contact")
_TEAM = re.compile(rf"\b(?:{TEAM_HEAD})$", re.IGNORECASE)
_ADDRESSED = re.compile(
    r"(?:^|[,;]\s*|\b(?:ask|contact|use|see|and|or|then|with|to)\s+)(?:the|your|our|my)\s+$", re.IGNORECASE
)
_TOLD = re.compile(r"\b(?:ask|contact|use)\s+(?:the\s+|our\s+)?$", re.IGNORECASE)
_SEEN = re.compile(r"\b(?:see|try)\s+(?:the\s+|our\s+)$", re.IGNORECASE)
_SMALL = (
    frozenset(
        "the a an and or then your our in on at via by to of use see with together e day night vacant please".split()
    )
    | words("people", "honorifics")
    | words("ways", "media")
    | words("asked", "direct")
    | words("ways", "phones")
)
_SOMEBODY = ("person", "role")
_LONGEST = 160
_FEW = 7
"""Words."""
_RANKS = "level|step|stage|tier"
_NO_MATTER = re.compile(
    rf"\b(?i:{_RANKS}|grade|band|phase|version|title|example|note|see|audience|go to|open|click|select|"
    r"press|search|choose|cmd|ctrl|right-click)\b|^\W*[A-Z\d&\W]+$"
)
"""Before the mark: ranks, words of menus and pointers, an abbreviation that is spelled out."""
_RUNG = re.compile(
    rf"(?:{_RANKS}|line) (?:\d|one|two|three|four|five)|"
    r"(?:1st|2nd|3rd|4th|first|second|third) (?:line|level)",
    re.IGNORECASE,
)
"""What the rungs of an order are called."""
_ORDER = re.compile(rf"\b(?:{HELP}|escalat\w*|on.call|out of hours|who|whom|contacts?|chain)\b", re.IGNORECASE)
_ASKED_FOR = re.compile(rf"^(?:for|if|need|lost)\b|\b{TROUBLES}$|\?$", re.IGNORECASE)
"""Before the mark, a matter that is asked about: "For licences: IT", "Queries: Payroll"."""
_TITLE = re.compile(rf"\b{one_of(nouns('people', 'roles'))}$|^(?:head|director) of\b", re.IGNORECASE)
"""Before the mark, what the persons behind it are: "Data Protection Officer: Ada Byron"."""
_CONTACTS = re.compile(
    r"\b(?:key|main|useful|our) contacts?\b|^contacts?\b|\bwhom? to (?:ask|contact|speak|talk)\b|\bwho does what\b|"
    rf"^(?:[\w-]+ )?{one_of(nouns('people', 'roles') - words('people', 'roles'))}:\s*$",
    re.IGNORECASE,
)
"""Over a list, that it says whom to go to for each matter."""
_DEED = re.compile(rf"\w+ing {one_of(nouns('people', 'outsiders'))}", re.IGNORECASE)
"""What is done to those outside, and no name of theirs: "Charging partners"."""
_APPROVING = re.compile(r"\b(?:approv(?:al|er)s?|sign-?offs?)\b(?: \w+)?:?$", re.IGNORECASE)
"""Over a list of who says yes to what: "Approval rules"."""
_PHRASE = re.compile(r"\b(?:your|an?|the|with|for|in|to|on)\b")


def paired(text: Text, known: frozenset[str], roster: Roster, around: str = "") -> tuple[Contact, ...]:
    """Whom a text of the form "matter: who" names; none when it is anything else. `around` are the words over it, which
    tell the levels of an order from those of a career."""
    match = _PAIR.match(text.plain)
    if match is None or len(match["who"]) > _LONGEST or _ARROW.search(match["who"]):
        return ()
    what = match["what"].strip(" *_")
    arrow = bool(_ARROW.search(text.plain[match.end("what") : match.start("who")]))
    level = bool(_RUNG.fullmatch(what) and _ORDER.search(around))
    if (_NO_MATTER.search(what) and not level) or (field_of(what).names and not arrow):
        return ()
    who = match["who"].strip(" .*_")
    if re.search(r"[.?!;]\s", what) or (re.fullmatch(PERSON, what) and not _TEAM.search(who)):
        return ()
    colon = ":" in text.plain[match.end("what") : match.start("who")]
    sure = arrow or level or (colon and bool(_ASKED_FOR.search(what) or _APPROVING.search(around)))
    department = colon and field_of(what) is NOTHING and who.lower() in words("people", "departments")
    titled = (bool(_TITLE.search(what)) and what[:1].isupper()) or (colon and bool(_CONTACTS.search(around)))
    return _all_of(
        text.within(match.start("who"), len(text.plain)), known, roster, sure=sure or department, titled=titled
    )


def is_question(sentence: str) -> bool:
    """Whether a sentence asks who does something, or asks in a few words: what follows answers it."""
    asked = sentence.rstrip(" *_").endswith("?")
    return asked and (bool(_WHO.search(sentence)) or len(sentence.split()) <= _FEW)


def answered(text: Text, question: str, known: frozenset[str], roster: Roster) -> tuple[Contact, ...]:
    """Whom a text names that consists of nothing else, after a question who it is."""
    if not _WHO.search(question) or len(text.plain) > _LONGEST:
        return ()
    start, end = _ANSWER.match(text.plain), _CONDITION.search(text.plain)
    said = text.within(start.end() if start else 0, end.start() if end else len(text.plain))
    return _all_of(said, known, roster, sure=True, titled=bool(_WHOM.search(question)))


def _all_of(
    value: Text, known: frozenset[str], roster: Roster, *, sure: bool, titled: bool = False
) -> tuple[Contact, ...]:
    contacts = holders_in(value, known, _CONTACT)
    if (
        not contacts
        or any(_PHRASE.search(c.name) or _DEED.fullmatch(c.name) for c in contacts)
        or not _is_all(value.plain, contacts)
    ):
        return ()
    shown = [c for c in contacts if _shows(value.plain, c, roster, sure=sure) or (titled and c.kind == "person")]
    named = any(c.kind in _SOMEBODY for c in shown)
    return tuple(c for c in contacts if c in shown or (named and c.kind in _SOMEBODY))


def _is_all(plain: str, contacts: tuple[Contact, ...]) -> bool:
    """Whether hardly a word is left over."""
    rest = re.sub(r"\([^()]*\)", " ", " ".join(plain.split()))
    left = [word for word in re.findall(r"[^\W\d_]+", without(rest, contacts)) if word.lower() not in _SMALL]
    return len(left) <= 1


def _shows(plain: str, contact: Contact, roster: Roster, *, sure: bool) -> bool:
    """Whether it is plainly somebody."""
    if contact.address or _TEAM.search(contact.name) or roster.knows(contact.name):
        return True
    if sure and contact.name.lower() in words("people", "departments"):
        return True
    flat = " ".join(plain.split())
    at = flat.find(contact.name)
    before, after = flat[: max(0, at)], flat[at + len(contact.name) :]
    if contact.kind == "person":
        bracket = re.match(r"\s*\(([^()]*)\)", after)
        return bracket is not None and (not bracket[1].isupper() or bool(SHORT_ROLE.match(bracket[1])))
    if contact.kind == "role":
        return sure or bool(_ADDRESSED.search(before))
    body = contact.name.rsplit(maxsplit=1)[-1].lower() in words("people", "bodies")
    return bool(_TOLD.search(before)) or (body and bool(_SEEN.search(before)))
