"""Questions about the directory itself, known by their form: who X is, what X does or owns, X or Y, whether X is right,
what the assistant can do, several questions at once. Whom X names is for `parties.py` to find in the manual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.phrases import (
    ADDRESS,
    ALL_PAGES,
    ASKS,
    BOOK,
    DOES_FOR,
    FAULT,
    HAS,
    PROGRAM,
    SOFTWARE,
    SOUGHT,
    TURN_TO,
)
from ingest.facts.lexicon import CHATS, one_of, words

_I = re.IGNORECASE
_THE = r"(?:the |our |an? )?"
_THINGS = rf"(?:things?|{SOFTWARE}|pages?|code|software|everything|areas?)"
_OWN = rf"(?:{HAS}|has|have)"

_IN = rf"(?:{CHATS}|teams|chat|e?-?mail|phone)"

Kind = Literal["who is", "does", "owns"]

_FORMS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "owns",
        re.compile(
            rf"(?:what|which)(?: {_THINGS})?(?: else)? (?:does|do|is|are) {_THE}(?P<x>.+?) {_OWN}(?: by)?"
            r"(?: at the moment| these days| now| currently)?",
            _I,
        ),
    ),
    ("owns", re.compile(rf"(?:what|which) {_THINGS} (?:are |is )?(?:belongs? to|owned by|run by) {_THE}(?P<x>.+)", _I)),
    (
        "owns",
        re.compile(
            rf"(?:please )?(?:list|show|give)(?: me)?(?: all)?(?: of)?(?: the)?(?: {_THINGS})?(?: that| which)? "
            rf"(?:owned by |of |belonging to )?{_THE}(?P<x>.+?)(?: {_OWN})?",
            _I,
        ),
    ),
    (
        "does",
        re.compile(
            rf"what (?:does|do|is|are) {_THE}(?P<x>.+?) (?:do|doing|responsible for|in charge of|used for|there for|"
            r"for|about|handle|cover|deal with)(?: exactly| again)?",
            _I,
        ),
    ),
    ("does", re.compile(rf"what(?:['’]s|s) {_THE}(?P<x>.+?) (?:for|about|do|used for)", _I)),
    ("does", re.compile(rf"(?:tell me about|describe) {_THE}(?P<x>.+)", _I)),
    ("does", re.compile(rf"what (?:can|should|do) (?:i|we) (?:ask|use|go to) {_THE}(?P<x>.+?) (?:for|about)", _I)),
    ("does", re.compile(r"what(?:['’]?s| is) (?P<x>[#@]\S+)", _I)),
    (
        "who is",
        re.compile(
            rf"(?:how|where) (?:do|can|should|would) (?:i|we) (?:find|{TURN_TO}) {_THE}(?P<x>.+)",
            _I,
        ),
    ),
    (
        "who is",
        re.compile(rf"(?:what(?:['’]?s| is) )?{_THE}(?:{_IN} )?(?:contact|{ADDRESS}) (?:of|for) {_THE}(?P<x>.+)", _I),
    ),
    (
        "who is",
        re.compile(rf"(?:what(?:['’]?s| is) )?{_THE}(?P<x>.+?)(?:['’]s?)? (?:{_IN} )?{ADDRESS}", _I),
    ),
    ("who is", re.compile(rf"who(?:['’]?s| is| are) {_THE}(?P<x>.+)", _I)),
    ("who is", re.compile(r"(?P<x>[#@]?\S+(?: \S+){0,3})", _I)),
)
"""The whole of a question, by kind; the last one is a name and nothing else."""
_RIGHT = (
    re.compile(
        rf"(?:is|are|would|isn['’]t|wouldn['’]t) {_THE}(?P<x>.+?) (?:be )?(?:the )?(?:right|correct|proper|best|good) "
        rf"(?:{SOUGHT}|place|ones?|contact)?\b",
        _I,
    ),
    re.compile(
        rf"(?:should|do|can|could|would|shall) (?:i|we) (?:use|{TURN_TO}) {_THE}(?P<x>.+?) "
        r"(?:about|for|if|when|to|with|on)\b",
        _I,
    ),
    re.compile(rf"(?:does|do) {_THE}(?P<x>.+?) (?:deal with|{DOES_FOR})\b", _I),
    re.compile(rf"(?:is|are) {_THE}(?P<x>.+?) (?:responsible|in charge|the owners?)\b", _I),
)
_WHO_IS = re.compile(r"who(?:['’]?s| is| are)\b", _I)
_ABOUT_US = re.compile(
    r"(?:(?:so |and )?what (?:can|do|could) you (?:do|know|answer|help (?:me |us )?with)|what can i ask(?: you)?|"
    r"(?:who|what) are you|what is this(?: thing| page| bot| site)?(?: for)?|how (?:do|does) (?:you|this) work|"
    r"how do i use (?:you|this)|are you (?:a |an )?(?:bot|robot|human|person|ai|real)(?: or (?:a |an )?\w+)?|"
    r"can you help(?: me)?|help(?: me)?(?: please)?|hello(?: there)?|hi(?: there)?|hey|"
    r"good (?:morning|afternoon|evening))"
    r"[\s?!.]*",
    _I,
)
_UNCLEAR = re.compile(
    r"(?:i (?:do not|don['’]t|didn['’]t) (?:understand|get)(?: (?:the|your|that|this) ?(?:answer|reply|one)?| it)?|"
    r"what do you mean(?: by (?:that|this))?|(?:can you |please )?explain(?: (?:that|this|it|the answer))?|huh|what)"
    r"[\s?!.]*",
    _I,
)
_FRESH = rf"(?:up[- ]to[- ]date|current|fresh|old|{FAULT})"
_HOW_OLD = re.compile(
    rf"(?:is|are) (?:this|the|your) (?:{ALL_PAGES}|information|data|answers?)(?: still)? {_FRESH}[\s?!.]*|"
    rf"how {_FRESH} (?:is|are) (?:this|the|your) \w+[\s?!.]*|"
    r"when (?:was|were) (?:this|the|your) \w+ (?:last )?(?:updated|changed|read|ingested)(?: last)?[\s?!.]*",
    _I,
)
_MANUAL = re.compile(
    rf"\b(?:this|the|our|your) (?:whole |entire )?{BOOK}\b(?!['’]s|-| (?:pages?|sections?|for|of|on|about)\b)", _I
)
_NUMBERED = re.compile(r"(?:^|[\s,;:])(?:\(\d\)|\d[.)])\s+")
_AND_ASKS = re.compile(rf"(?:[?;]\s*(?:and |also |plus )*|,? (?:and|also|plus) (?:also )?)(?={ASKS})", _I)
_COMMA_ASKS = re.compile(r",\s+(?=who(?:m|se)?\b|which team\b)", _I)
_WHOLE = re.compile(rf"{ASKS}.*\w", _I | re.DOTALL)


_ADDRESS = r"[#@][\w][\w.-]*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_LITERAL = rf"{_ADDRESS}|\w+(?:[-_]\w+)+"
"""What only a name is written like: a channel, handle, address, identifier."""
_OWNER_OF = re.compile(
    rf"(?:(?:who(?:['’]?s| is| are)?|which team|what team)(?: currently| now)? (?:the )?(?:{HAS}|"
    rf"(?:owner|maintainer)s? of|responsible for|in charge of|behind|"
    rf"(?:gets|receives) (?:the )?alerts (?:of|for|from))|whose(?: {PROGRAM})? is) "
    rf"(?P<the>{_THE})[`\"']?(?P<x>[^\s`\"']+)[`\"']?(?: {PROGRAM})?(?: now| these days| currently| at the moment)?",
    _I,
)
"""The whole of a question for the owner of something that has a name of one word."""
_PERSON = re.compile(r"[A-Z][\w'’-]+(?: [A-Z][\w'’.-]*)+")


_MEDIA = (
    ("email", re.compile(r"\b(?:e-?mails?|mail address|inbox|mailbox)\b", _I)),
    ("phone", re.compile(rf"\b(?:{one_of(words('ways', 'phones', 'asked'))}|ring|number)\b", _I)),
    ("channel", re.compile(rf"\b(?:channels?|{CHATS})\b", _I)),
)
_THEM = re.compile(r"\b(?P<whose>their|his|her(?= \w))\b|\b(?:they|them|he|she|him|her)\b", _I)
_OF_THEM = re.compile(
    r"(?:(?:and|ok(?:ay)?|so|but|then)[ ,]+)?"
    r"(?:who (?:leads|manages|heads|is in charge of|is on call for) (?:them|him|her)"
    r"|(?:what(?:['’]?s| is| are) )?(?:their|his|her) .{1,40}|what(?: else)? (?:do|does|are|is) (?:they|he|she) .{1,30}"
    r"|(?:how|where) (?:do|can) (?:i|we) \w+(?: \w+){0,3} (?:them|him|her))",
    _I,
)


@dataclass(frozen=True, slots=True)
class Form:
    """A form that a question has, and the words in it that have to be somebody's name."""

    kind: Kind
    name: str


def forms(question: str) -> Iterator[Form]:
    """The forms of the directory's questions that the whole of a question has, the fullest first."""
    for kind, form in _FORMS:
        found = form.fullmatch(_bare(question))
        if found:
            yield Form(kind, found["x"].strip(" ,"))


def _bare(question: str) -> str:
    return question.strip().rstrip("?!. ")


def is_right(question: str) -> Iterator[str]:
    """The names of which a question asks whether they are the right ones."""
    bare = re.sub(r"^(?:so|and|but|hi|hey|ok|okay|please)[ ,]+", "", question.strip(), flags=_I)
    for form in _RIGHT:
        found = form.match(bare)
        if found:
            yield found["x"].strip(" ,")


def literal(question: str) -> str:
    """What a question for somebody or for the owner of something gives as a name beyond doubt (a channel, handle,
    address, identifier, a person's name in capitals); empty where it gives none."""
    owned = _OWNER_OF.fullmatch(_bare(question))
    if owned and re.fullmatch(_LITERAL, owned["x"]):
        return owned["x"]
    named = (form.name for form in forms(question) if form.kind != "who is" or asks_who_is(question))
    return next((name for name in named if re.fullmatch(_LITERAL, name) or _PERSON.fullmatch(name)), "")


def addresses(question: str) -> list[str]:
    """The channels, handles and email addresses in a question."""
    return [address.rstrip(".-") for address in re.findall(_ADDRESS, question)]


def owned_by_name(question: str) -> str:
    """The one word whose owner is all that a question asks for, where no article makes it a thing that is described
    ("who owns signon?", and not "who owns the release?"); else empty."""
    owned = _OWNER_OF.fullmatch(_bare(question))
    return owned["x"] if owned and not owned["the"] else ""


def asks_who_is(question: str) -> bool:
    """Whether it begins as a question for who somebody is."""
    return bool(_WHO_IS.match(question.strip()))


def alternatives(question: str) -> Iterator[tuple[list[str], list[str]]]:
    """The words before and after each "or"."""
    words = re.findall(r"[#@]?[\w.@/'’&-]*\w", question)
    for n, word in enumerate(words):
        if word.lower() == "or":
            yield words[:n], words[n + 1 :]


def of_them(question: str, name: str) -> str:
    """A question about whoever was named before ("what's their email?"), with a name put in their place; empty for any
    other question."""
    bare = question.strip().rstrip("?!. ")
    if not _OF_THEM.fullmatch(bare):
        return ""
    put = _THEM.sub(lambda m: f"{name}'s" if m["whose"] else name, bare, count=1)
    return re.sub(r"^(?:and|ok(?:ay)?|so|but|then)[ ,]+|(?<=^what) else\b", "", put, flags=_I)


def medium(question: str) -> str:
    """The kind of address that a question asks for ("email", "phone", "channel"); empty where it asks for none."""
    return next((kind for kind, said in _MEDIA if said.search(question)), "")


def of_manual(question: str) -> bool:
    """Whether it speaks of the manual itself, and not of a page or a part of it."""
    return bool(_MANUAL.search(question))


def about_assistant(question: str) -> Literal["", "help", "unclear", "age"]:
    """Whether a question is about the assistant or its manual, and not about anybody in it."""
    bare = question.strip()
    for kind, form in (("help", _ABOUT_US), ("unclear", _UNCLEAR), ("age", _HOW_OLD)):
        if form.fullmatch(bare):
            return kind  # type: ignore[return-value]
    return ""


def several(question: str) -> tuple[str, ...]:
    """The questions that are asked at once, each a whole one; empty for a single question."""
    numbered = [part.strip(" ,;.") for part in _NUMBERED.split(question)[1:]]
    if len(numbered) > 1 and all(len(part.split()) > 1 for part in numbered):
        return tuple(numbered)
    joined = _AND_ASKS.split(question)
    if len(joined) > 1:  # "who owns a, who owns b, and who owns c"
        joined = [part for listed in joined for part in _COMMA_ASKS.split(listed)]
    parts = [part.strip(" ,;?") for part in joined]
    if len(parts) > 1 and all(_WHOLE.match(part) and len(part.split()) > 2 for part in parts):
        return tuple(f"{part}?" for part in parts)
    return ()
