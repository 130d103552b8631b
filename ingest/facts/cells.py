"""Whom a cell, a card's value or a key's value names: names with the addresses beside them, in their order.

What stands in a place for holders is a list of names and addresses and hardly ever a sentence, so a name needs no verb
here: "Reception, +44 20 5550 0100", "Quality Officer, Dr. Ada Byron (ada@quay.org)", "vacant; use Warehouse Systems".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.facts.addresses import HANDLE, Mention, addresses
from ingest.facts.fields import BESIDE, Field, is_nobody
from ingest.facts.lexicon import ASK, CHATS, HELP, TALK_TO, nouns, one_of, words
from ingest.facts.names import ROLE_HEAD, SHORT_ROLES, TEAM_HEAD
from ingest.facts.reaching import phones, schedules
from ingest.manual.markdown import Span, Text
from ingest.values import Contact, ContactKind

_SEPARATOR = re.compile(
    r"[,;()\n·•|\[\]]|\s[-–—/]\s|\s\+\s|:\s|→|(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)(?<!\b[A-Z])\.\s+(?=[A-Z])|<br\s*/?>"
)
_JOINING = re.compile(r"\s+(?:and|or|then|with|together with|&)\s+|(?<=[a-z]|[A-Z])\s?/\s?(?=[A-Z])")
_TO = re.compile(
    rf"^(?:(?:please|then|otherwise|and|or)\s+)*(?:(?:{ASK}|{TALK_TO}|use|see|via|post in|go to|"
    r"in|on|at|by|from|and|or)\s+)?",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|our|an?|your)\s+", re.IGNORECASE)
_TITLE = rf"(?:(?i:{one_of(words('people', 'honorifics'))})\.?\s+)?"
_MEDIUM = re.compile(
    r"(?:slack|e-?mail|tel|phone|channel|ms teams|teams|opsgenie|pagerduty|on|in|at|and|or|via)\W*", re.I
)
_GIVEN = r"[^\W\d_a-z][\w'’.-]*"
_PERSON = re.compile(rf"{_TITLE}{_GIVEN}(?:\s+(?:{one_of(words('people', 'particles'))}|{_GIVEN})){{0,3}}\s+{_GIVEN}")
_ORGANISATION = re.compile(
    rf"\b(?:{one_of(words('people', 'organisations') | words('people', 'places') | nouns('people', 'members'))}|"
    r"ops|management|admin)$",
    re.IGNORECASE,
)
_TEAM_END = re.compile(rf"\b{TEAM_HEAD}s?$", re.IGNORECASE)
_HELD = one_of(nouns("people", "roles") | nouns("people", "shared_titles"))
_ROLE_END = re.compile(rf"\b(?:{ROLE_HEAD}|{_HELD}|reviewers?|president)$", re.IGNORECASE)
_ROLE_OF = re.compile(r"^(?:(?:deputy|assistant)\s+)?(?:heads?|directors?|chief|vp|vice president)\b", re.IGNORECASE)
SHORT_ROLE = re.compile(rf"^{SHORT_ROLES}$")
_NO_NAME = re.compile(
    r"\b(?:hours?|weekdays|minutes?|days?|if|when|who|which|that|is|are|will|can|must|should|has|have|within|after|"
    r"before|please|available|approves?|only|required|(?-i:section|below|above|page|number|see|read|click|example))\b|"
    r"[<>{}$=\\]|^\d|\d{4}|https?:|…|\?|!",
    re.IGNORECASE,
)
_DETERMINED = re.compile(r"\b(?:your|the|an?|as|to|its|our|this|these|their|any|all|for|with|how|by)\b")
"""Words that stand in no name, and in a role only after "of"."""
_CHAT_APP = re.compile(rf"^{CHATS}$", re.IGNORECASE)
_GITHUB = re.compile(r"https?://(?:www\.)?(?:github|gitlab)\.com/(?:orgs/)?[\w./-]+/?$", re.IGNORECASE)
_DISPLAY = re.compile(rf"^@{_GIVEN}(?:\s{_GIVEN})+$")
_UNFILLED = re.compile(r"[\s*_`]*\[[^\[\]@#]*\][\s*_`]*")
"""A value of brackets that are no link: what is still to be said."""
_LONGEST = 7
"""Words of a name."""
_NEAR = (*BESIDE, "on call", "author")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A name or an address of a cell; `joined` when "and" or "or" stands before it."""

    start: int
    name: str = ""
    contact: Contact | None = None
    joined: bool = False


def is_person(name: str) -> bool:
    """Whether a name is formed as a person's, and no word of it is a body's or an abbreviation."""
    body = _ORGANISATION.search(name) or _TEAM_END.search(name) or _ROLE_END.search(name)
    named = bool(_PERSON.fullmatch(name)) and not body
    return named and not any(word.isupper() and len(word) > 1 for word in name.split())


def is_by_given_name(name: str) -> bool:
    """Whether a name shows by its first word that it is a person's: "Martina", "Martina Berg"."""
    first, *rest = re.sub(rf"^{_TITLE}", "", name).split(maxsplit=1) or [""]
    given = first.istitle() and re.split(r"[-.'’]", first)[0].lower() in words("persons", "given")
    return given and (not rest or is_person(name))


def holders_in(text: Text, known: frozenset[str], field: Field) -> tuple[Contact, ...]:
    """Whom the text names as holders in the sense of `field`, each once."""
    flat = Text(re.sub(r"[\n\t]", " ", text.plain), text.spans)
    if not flat.plain.strip() or (
        is_nobody(flat.plain) and not re.search(r"[;,.]\s|(?:\d[\s-]?){5}|[#@]\w", flat.plain)
    ):
        return ()
    if _UNFILLED.fullmatch(flat.plain):
        return ()
    whole = _whole(flat)
    if whole:
        return (whole,)
    found = dict.fromkeys(_folded(sorted(_pieces(flat, known, field), key=lambda p: p.start)))
    reached = field.medium and not field.holds
    return tuple(c for c in found if c.address or not reached)


def name_of(text: str, field: Field) -> Contact | None:
    """The party that a bare name is; None where it is nobody's name."""
    name = _ARTICLE.sub("", " ".join(text.split()).strip(" *_`.’'\"“”‘:-–—"))
    words = name.split()
    if not words or len(words) > _LONGEST or is_nobody(name) or _NO_NAME.search(name):
        return None
    kind = _kind(name, field)
    return Contact(kind, name) if kind else None


def _kind(name: str, field: Field) -> ContactKind | None:
    if _TEAM_END.search(name):
        return "team"
    if _DETERMINED.search(re.sub(r"\bof (?:the|our)\b|\bfor\b", "of", name)):
        return None
    if _ROLE_END.search(name) or _ROLE_OF.search(name) or SHORT_ROLE.match(name):
        return "role"
    if name.lower() in words("people", "departments"):
        return "team"
    if not re.search(r"[^\W\d_a-z]", name):  # no capital
        return "team" if re.fullmatch(r"[a-z]\w+(?:-\w+)+", name) and field.holds != "on call" else None
    if not re.match(r"[^\W_a-z]", name):
        return None
    if _PERSON.fullmatch(name) and not _ORGANISATION.search(name) and " & " not in name and field.subject != "party":
        return "person"
    if len(name) < 3 and not _ORGANISATION.search(name):
        return None
    if any(len(word) > 3 and word[0].islower() for word in name.split()[1:]) and not _ORGANISATION.search(name):
        return None
    single = len(name.split()) == 1 and name.istitle() and not _ORGANISATION.search(name)
    return "person" if single and (field.holds in _NEAR or is_by_given_name(name)) else "team"


def _whole(text: Text) -> Contact | None:
    """A value that is one name of the chat, as its column says: a channel without its mark, "MS Teams: Billing"."""
    plain = " ".join(text.plain.split()).strip(" *_`")
    if _DISPLAY.match(plain):
        return Contact("handle", "", plain)
    app, colon, rest = plain.partition(":")
    room = rest.strip(' *_`“”"')
    if colon and _CHAT_APP.match(app.strip()) and room and not room.startswith(("#", "@", "/")) and len(room) < 60:
        return Contact("channel", "", room)
    return None


def _pieces(text: Text, known: frozenset[str], field: Field) -> Iterator[_Piece]:
    mentions = _mentions(text, known, field)
    at = 0
    for mention in [*mentions, None]:
        end = mention.start if mention else len(text.plain)
        yield from _names(text, at, end, field)
        if mention:
            joined = bool(re.search(r"\b(?:and|or)\s*(?:the\s+)?$", text.plain[at:end]))
            yield _Piece(mention.start, contact=mention.contact, joined=joined)
            at = mention.end


def _mentions(text: Text, known: frozenset[str], field: Field) -> list[Mention]:
    """The addresses of a cell, apart from one another; links to people and places count, since they stand here."""
    sure = field.medium in ("phone", "") or bool(field.holds)
    found = [
        *schedules(text),
        *_bare_schedules(text, field),
        *addresses(text, known, "ask the people in the channel"),
        *phones(text, field.label, sure=sure),
        *_linked(text, field),
    ]
    kept: list[Mention] = []
    for mention in found:
        if mention.contact.kind != "queue" and all(mention.end <= k.start or k.end <= mention.start for k in kept):
            kept.append(_named(mention, field))
    return sorted(kept, key=lambda m: m.start)


def _named(mention: Mention, field: Field) -> Mention:
    """A link's words as the party that they name."""
    contact = mention.contact
    if contact.name and contact.kind in ("link", "email"):
        name = name_of(contact.name, field)
        if name and (name.kind != "team" or contact.kind == "link"):
            kept: ContactKind = name.kind if name.kind != "role" else contact.kind
            return replace(mention, contact=Contact(kept, name.name, contact.address))
    return mention


def _bare_schedules(text: Text, field: Field) -> Iterator[Mention]:
    """A code span where people are paged: the schedule's name."""
    if field.holds != "on call" and field.medium != "schedule":
        return
    for span in text.spans:
        label = text.plain[span.start : span.end].strip()
        if span.kind == "code" and re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)+", label):
            yield Mention(Contact("schedule", "", label), span.start, span.end)


def _linked(text: Text, field: Field) -> Iterator[Mention]:
    """Links in a place for holders: a mention on GitHub, a portal's bare address."""
    for span in text.spans:
        label = " ".join(text.plain[span.start : span.end].split())
        if span.kind == "code" and HANDLE.fullmatch(label):
            yield Mention(Contact("handle", "", label), span.start, span.end)
        if span.kind != "link":
            continue
        if _GITHUB.match(span.href) and re.fullmatch(r"@[\w.-]+(?:/[\w.-]+)?", label):
            yield Mention(Contact("handle", "", label), span.start, span.end)
        elif label == span.href and span.href.startswith("http") and _is_desk(span, field):
            yield Mention(Contact("link", "", span.href), span.start, span.end)
        elif span.href.startswith("http") and field.medium == "link" and not _GITHUB.match(span.href):
            yield Mention(Contact("link", label, span.href), span.start, span.end)
    for match in re.finditer(r"(?<![\w./@-])@[\w-]+/[\w.-]*\w", text.plain):
        yield Mention(Contact("handle", "", match[0]), *match.span())


def _is_desk(span: Span, field: Field) -> bool:
    words = re.split("[?#]", span.href)[0].lower()
    return field.medium == "link" or bool(re.search(rf"{HELP}|desk|portal|form|ticket|request|contact", words))


def _names(text: Text, start: int, end: int, field: Field) -> Iterator[_Piece]:
    """The names between two addresses."""
    at = start
    part = text.plain[start:end]
    for separator in [*_SEPARATOR.finditer(part), None]:
        stop = start + separator.start() if separator else end
        yield from _split(text, at, stop, field)
        at = start + separator.end() if separator else end


def _split(text: Text, start: int, end: int, field: Field) -> Iterator[_Piece]:
    """One part, as two people where "and" stands between two that are each somebody."""
    words = _TO.sub("", text.plain[start:end].strip())
    if any(s.kind == "code" and s.start < end and start < s.end for s in text.spans) and not _TEAM_END.search(words):
        return
    if _MEDIUM.fullmatch(words):
        return
    parts = _JOINING.split(words)
    named = [name_of(part, field) for part in parts]
    sure = "together with" in words or all(n and n.kind in ("person", "role") for n in named)
    apart = len(parts) > 1 and field.subject != "party" and sure
    for number, contact in enumerate(named if apart or len(parts) == 1 else [name_of(words, field)]):
        if contact:
            yield _Piece(start, contact.name, contact, joined=bool(number))


def _folded(pieces: Sequence[_Piece]) -> list[Contact]:
    """Names with their addresses: an address belongs to the name before it, unless "or" parts the two."""
    made: list[Contact] = []
    name: Contact | None = None
    for piece in pieces:
        contact = piece.contact
        if contact is None:
            continue
        if piece.name:
            place = contact.kind in ("team", "person") and " " not in contact.name
            if name is not None and name.kind == "role" and name in made[-1:] and place:
                continue  # the place of a role: "Shift manager, Northmoor"
            name = contact
            made.append(contact)
        elif name is None or piece.joined or contact.name:
            made.append(contact)
            name = None if contact.kind in ("channel", "handle") else name
        else:
            reached = Contact(name.kind, name.name, contact.address)
            made = [*made[:-1], reached] if made[-1] == name else [*made, reached]
    return made
