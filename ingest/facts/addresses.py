"""Addresses in a text: channels, handles, emails, queues, links to a chat or a form.

What has the shape of an address but not its company (a CSS selector, a Ruby variable, an issue number, an
anchor) is not one: a bare `#word` or `@word` counts when it is known from an owner or a chat link, or when
the words around it speak of people and chat.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from ingest.facts.lexicon import (
    ASK,
    CHATS,
    FILED,
    FILING,
    GOT,
    HELD,
    HELP,
    OWNS,
    PAGES,
    QUEUEING,
    ROOMS,
    TALK,
    TICKETING,
    TROUBLES,
    nouns,
    one_of,
    participles,
    sending,
    verbs,
    words,
)
from ingest.forms import UPPER
from ingest.manual.markdown import Span, Text
from ingest.values import Contact

CHANNEL = re.compile(r"(?<![\w/&#.=\[-])#(?=[\w-]*[^\W\d_])[^\W_][\w-]{1,79}(?:/[a-z][\w-]*)?(?![\w/-])", re.IGNORECASE)
"""A channel, in any script's letters; a stream's topic may stand after a slash."""
HANDLE = re.compile(r"(?<![\w./@}>])@[a-z](?:[\w.-]*\w)?(?:/\w(?:[\w.-]*\w)?)?(?![\w/(]|-\w)", re.IGNORECASE)
"""A handle, or an organisation's team (`@acorn/admins`): the whole of it, never the part before the slash."""
_DISPLAY_NAME = re.compile(
    rf"(?<![\w./@])@[{UPPER}](?:[\w-]|['’](?!s\b))+"
    r"(?: (?!(?:If|The|For|When|Or|And|In|To|At|On|On-call|We|You|They|This|That|Please)\b)"
    rf"[{UPPER}][\w'’-]+){{1,2}}(?![\w/@])"
)
_TILDE = re.compile(r"(?:(?<=[\s(,|:])|^)~(?=[a-z])[a-z0-9][\w-]{2,63}(?![\w/~])")
_BEFORE_TILDE = re.compile(
    r"(?:\b(?:in|on|to|via|the|channels?|at|join|or|and|use|see|ask)|[:|(,])\s*$|^\s*$", re.IGNORECASE
)
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}(?![\w/-]|:\S)", re.IGNORECASE)
_HEX_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$", re.IGNORECASE)
_VERB = re.compile(rf"^(?:{ASK}|write to)\s+(?:(?:the|our|a)\s+)?", re.IGNORECASE)
_BROADCAST = {"@channel", "@here", "@everyone", "@all", "@team", "@mention", "@name", "@username"}
_STAND_IN = re.compile(
    r"^[#@](?:(?:your|my|the(?!-)|some|example|team-name|channel-name|name|tb[acd])\b|"
    r"(?:[\w-]*[-_])?(?:archived?|archive)(?:[-_][\w-]*)?$|"
    r"(?:[\w-]*[-_])?(?:foo|bar|baz|example|placeholder|xyz|xxx+|projectname|teamname|channelname|username)$|"
    r"(?:[\w-]+\.)+(?:com|org|net|edu|gov|int|mil|uk|eu)$)",
    re.IGNORECASE,
)
"""What stands for a name of the reader's own, or shows how names are made."""
_LABELLING = re.compile(r"\bhash\s?tags?[\s`\"'“‘]*$", re.IGNORECASE)
_LABELLED = re.compile(
    r"[`\"'”’]*\s+(?:hash\s?tag|tag|label|in (?:the|your|its) (?:title|subject|description|name))\b", re.IGNORECASE
)
"""Before and after a mark that sorts messages and changes, and is no room."""
_DOMAIN = re.compile(
    r"[`\"'”’]*\s+(?:e-?mails?|address(?:es)?|accounts?|domains?|mailbox(?:es)?|users?)\b", re.IGNORECASE
)
"""After the end of an address that many have: "your @quayside.org account"."""
_CODE_THING = re.compile(r"\s+(?:selector|element|id|class|method|function|attribute|anchor|div|tag|variable|hook)s?\b")
_PLACEHOLDER = re.compile(
    r"@example\.|@domain\.|@(?:group|resource)\.calendar\.|"
    r"^(your|first|name|user|someone|me|you|(?:john|jane)[._-]?doe)\b.*@|^git@",
    re.IGNORECASE,
)
_CHAT_URL = re.compile(
    r"(?!https?://(?:www\.)?slack\.com/(?!app_redirect))(?:slack://|msteams:|https?://(?:[\w.-]*(?:slack\.com|teams\.microsoft\.com|discord\.(?:gg|com)|mattermost|zulip|rocket\.?chat)"
    r"|chat\.google\.com|matrix\.to|app\.element\.io|chat\.[\w.-]+))",
    re.IGNORECASE,
)
_ROOM = re.compile(
    r"/(?:archives/[A-Z0-9]+(?!/p\d)\b|messages|channels?|app_redirect|client|team|l/channel|room|space|group|invite)\b|"
    r"^slack://channel|#narrow/(?:stream|channel)/|#/(?:#|%23|room/)|discord\.gg/\w",
    re.IGNORECASE,
)
_NAMED_ROOM = re.compile(
    r"#narrow/(?:stream|channel)/(?:\d+-)?([^/?#]+)(?:/?$|/topic/)|(?:chat|rocket\.?chat)[\w.-]*/(?:channel|group)/([\w.-]+)/?(?:\?|$)|"
    r"matrix\.to/#/(?:#|%23)([\w.-]+(?::[\w.-]+)?)",
    re.IGNORECASE,
)
"""Links that name their room: Zulip's, Rocket.Chat's and Matrix's."""
PROFILE = re.compile(
    r"https?://(?:www\.)?(?:github|gitlab|bitbucket|codeberg)\.(?:com|org)/[\w.-]+/?$|"
    r"(?:https?://[\w.-]+)?/(?:[\w.-]+/)*(?:profiles?|people|members?|users?|authors?)/[\w.%-]+/?$",
    re.IGNORECASE,
)
"""Somebody's own page, on a forge or on the organisation's site."""
_FORM = re.compile(
    rf"\b(?:{HELP}|contact|request|enquir(?:y|ies)|referral|booking|claims?|intake|report(?:ing)?|application|"
    r"complaints?|incident|access|expenses?)s?\s+(?:us\s+)?(?:form|portal)$|"
    r"\b(?:service|help|support)\s*desk$|\b(?:request|ticket(?:ing)?|issue|bug|intake|reporting)\s+(?:system|tracker|queue|board)$",
    re.IGNORECASE,
)
"""The words of a link to a page on which people write to somebody."""
_DOING = re.compile(
    rf"(?:{FILING}|start|report|reporting|{one_of(participles('ways', 'filing'))}) (?:an?|the|new|your|this|it)\b",
    re.IGNORECASE,
)
"""How a link's words begin that say what one does there, and not what it is."""
_NEW_ISSUE = re.compile(r"/issues/new\b", re.IGNORECASE)
"""Where a forge has somebody write an issue."""
_ISSUES = re.compile(r"/(?:issues|discussions(?:/categories/[\w-]+)?)/?(?:[?#]|$)", re.IGNORECASE)
"""What has been written there; people also write where they are sent to it for that."""
_FILED_IN = re.compile(
    rf"(?<!the )(?<!a )\b(?:{FILING}|report|start|share|suggest)\b[^.;:!?]{{0,60}}$|"
    rf"\b(?:{TROUBLES}|requests?|bugs?|ideas|feedback)\b[^.;!?]{{0,30}} (?:through|via|in|on|using|to) (?:the |our )?$",
    re.IGNORECASE,
)
_TO_FILE = re.compile(rf"^(?:{FILING}|report|start|share|suggest)\b(?! (?:issues|discussions)$)", re.IGNORECASE)
_FILED_THERE = re.compile(rf"^ (?:is |are )?for (?:[\w-]+[ /,]+){{0,4}}?(?:{TROUBLES}|requests|bugs)\b")
"""Before the link, in its words, and after it, that people write an issue there, or ask something."""
_GROUP = re.compile(
    r"https?://(?:groups\.google\.com/(?!my-groups)|groups\.io/g/|lists?\.|(?:discuss|discourse|forums?)\.)|/mailman/",
    re.IGNORECASE,
)
"""Where a mailing list or a forum lives."""
_GROUP_LABEL = re.compile(r"\b(?:mailing list|forums?|google group|discussion (?:board|group|list))$", re.IGNORECASE)
_WHOSE_GROUP = re.compile(
    rf"\b{one_of(words('people', 'teams') | nouns('people', 'roles') | nouns('people', 'members'))}['’]?s? "
    r"(?:[\w-]+ )?(?:mailing list|forums?|google group|discussion (?:board|group|list))$",
    re.IGNORECASE,
)
_THEIR_GROUP = re.compile(r"(?:\b(?:our|their)|['’]s?) (?:\w+ )?$", re.IGNORECASE)
"""In the words of such a list and before them, whose it is. A label names no place where people write unless it says
nothing else: a "Mailing list" in an item of its own is that of what the page is about."""
_GETS = re.compile(r"\s(?:\w+ly )?(?:receives?|gets?|is sent|was sent|holds|has|contains)\b")
"""After such a list, that something of its own comes to it, and nobody is told to write."""
_IN_GROUP = re.compile(
    r"\b(?:ask|discuss|post|questions?|mail|write|talk|subscribe|join|contact|managed (?:through|via|by))\b",
    re.IGNORECASE,
)
_FORM_HOST = re.compile(
    r"https?://(?:docs\.google\.com/forms|forms\.(?:gle|office\.com|microsoft\.com)|airtable\.com/(?:embed|app|shr|form)|[\w.-]*(?:typeform|"
    r"jotform|formstack|wufoo|smartsheet|service-?now|zendesk|freshdesk)\.com)|/servicedesk/",
    re.IGNORECASE,
)
"""Where forms are kept that people fill in, and where tickets are."""
_BY_FORM = re.compile(
    rf"\b(?:request|apply|report|order|book|claim|{FILING}|approval|complain|refer|nominate)(?:s|ed|ing)?\b",
    re.IGNORECASE,
)
_NO_DESK = re.compile(r"\b(?:survey|quiz|poll|votes?|rsvp|template|archives?|example)\b", re.IGNORECASE)
_ANY_LABEL = re.compile(r"(?:(?:this|the|our|an?|online) )*(?:form|link|page|here|ticket|request)", re.IGNORECASE)
"""The words of a link that say nothing of where it leads."""
_BARE_URL = re.compile(r"https?://[\w.-]+\w(?:/[^\s<>()\[\]`\"]*[\w/])?")
_AT_DESK = re.compile(
    rf"\b(?:(?:service|help|support) ?desk|(?:{HELP}|request|ticket|self-service) (?:portal|system|form|page)|"
    rf"(?P<filed>{FILING} (?:an? |the |your )?(?:new )?(?:ticket|request|issue|case|call)))(?: \w+){{0,3}}?"
    r"(?: (?:at|via|on|through|using|under|in|here:?))?[\s:(<–-]*$",
    re.IGNORECASE,
)
"""Before a bare address on the web, that people write to somebody there."""
_ARTICLE = re.compile(r"\b(?:the|our|this)\s*$", re.IGNORECASE)
_GUIDE = re.compile(rf"\b(?:{PAGES}|guidance|instructions|process|steps|template)s?\b", re.IGNORECASE)
_PLACE = r"(?:place|platform|portal|service|tool|forum|tracker|form|board)s?"
_IS_WHERE = re.compile(
    rf"(?:is|are) (?:(?:the|an?|our) )?(?:[\w-]+ ){{0,3}}?"
    rf"(?:{_PLACE} (?:for|to|where|in which|on which|through which)|used (?:for|to)|where)\b"
    r"(?: (?:you|we|people|anyone|staff) (?:can |may |should )?)?(?: \w+){0,2}? ?"
    rf"(?:{TROUBLES}|ask|report|rais|request|talk|discuss|suggest|bug|complain|feedback|development work)",
    re.IGNORECASE,
)
"""After a link, that it leads to where people ask, report or talk: "is the best place for questions"."""
_WRITING = re.compile(
    rf"\b(?:contact (?:us|them|the)|ask|tell|report|{FILING}|get in touch|write to|fill|send|book|complete|apply|use|"
    r"request \w+)\b",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"\b(?:accounts?|mailbox|inbox|user(?:name)?|bot|robot|(?:log|sign)(?:n?ed|g?ing)? in(?:to)? as)"
    r"(?: (?:like|such as|called|named))?[\s,:(`]*$|"
    r"\be-?mails? (?:[\w-]+ )?(?:(?:that )?(?:comes?|(?:is|are) sent) )?from[\s,:(`<]*$",
    re.IGNORECASE,
)
"""Before an address that is signed in with, read by a machine or sent from, and not written to."""
_NEAR = 80
"""Characters before an address or a mark in which the words stand that say what it is."""
_LEADING = 160
"""Characters before a mark in which the clause stands that leads to it."""
_QUEUE_SHAPE = re.compile(r"^[\w/&' ]*\w--\w[\w/&',. -]*$")
_QUEUE_NEAR = r"(?:queue|resolver group|assignment group|service desk)"

REACHED = r"people|post|channels?|escalat\w+|get in touch"
"""Of the words that speak of reaching somebody, those that are no verb of asking."""
_MAILED = {"email", "e-mail"}
_WRITTEN = one_of(words("asked", "telling") - {"phone"})
_CHATTED = one_of((words("asked", "telling") | words("asked", "of_things")) - {"phone"} - _MAILED)
CUES = re.compile(
    rf"\b({_WRITTEN}|{TALK}|{REACHED}|call|page|warn|asks|asking|slack|teams?|chat|"
    rf"{HELP}|approval|agreement|questions?|community|owner|developers?|engineers?|announce|"
    r"let .{1,60} know|find (?:us|them|me)|join|declare|shout|hit up|"
    r"paged|raise|discuss|mention|tag)\b",
    re.IGNORECASE,
)
_LED = re.compile(
    rf"\b(?:drop|stop|swing|pop) by(?: (?:the|our))?[\s`*\"“(]*$|"
    rf"\b(?:(?!appl){one_of(verbs('sent'))}|happens?|takes? place|hang out|head)(?: [\w'’-]+){{0,14}}?"
    r" (?:in|to|into|on|via|through)(?: (?:the|our)(?: [a-z]+){0,2})?[\s`*\"“(]*$|"
    rf"\b{one_of(form for form, verb in verbs('sent').items() if 'with' in sending()[verb])} with[\s`*\"“(]*$|"
    r"(?:^|[.;:!?]\s)\W*(?:(?:for|about|if|when|to)\b[^.;:!?]{2,90}?[, ] ?(?:please |just )?(?:see|use|check)|try)"
    r"(?: (?:the|our))?[\s`*\"“(]*$",
    re.IGNORECASE,
)
"""Before a channel, that something goes there, whatever it is: "alerts go to #x", "for berths, see #x"."""
_LED_TO_THEM = re.compile(
    rf"\b(?:cc|assign(?:ed)?(?: [\w'’-]+){{0,4}}? to|(?:{GOT}|{HELD}|"
    r"signed off|granted|set up|reviews?|reviewed|approved)"
    r"(?: [\w'’-]+){0,3}? (?:from|by))[\s`*(]*$",
    re.IGNORECASE,
)
_AS_WHAT = re.compile(rf"[\s`*]*as (?:an? |the )?(?:[\w-]+ )?{one_of(nouns('people', 'roles'))}\b", re.IGNORECASE)
_THEY_DO = re.compile(
    rf"(?:'s|’s)? (?:(?:is|are) (?:responsible for|in charge of|on call)|{OWNS}|(?:look|care)s? (?:after|for)|"
    r"(?:can|will) help)\b"
)
"""Before and after a handle, that it has to do with a thing, whatever it is: "reviewed by @x", "add @x as reviewer"."""
_ROOM_DOES = re.compile(
    rf"[`*]* (?:{OWNS}|keeps?|runs?|handles?|helps?|answers?|(?:look|care)s? (?:after|for)|can help)\b"
)
"""After a channel, that those in it have a thing in hand."""
_TICKET_CUES = re.compile(rf"\b({QUEUEING}|{TICKETING}|assign\w*|groups?)\b", re.IGNORECASE)


_NESTED = 50
"""More marks than can lie in each other: Markdown is read twenty deep."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A contact and the characters `start` to `end` of the text that name it."""

    contact: Contact
    start: int
    end: int


def addresses(text: Text, known: frozenset[str], around: str = "") -> tuple[Mention, ...]:
    """Every address in `text`, in order. `around` are the words that introduce it; `known` the channels and
    handles that are certain (lower case)."""
    company = f"{around}\n{text.plain}"
    cued = _cued(around) or _cued(text.plain)
    found = [
        *_chat_links(text),
        *_forms(text),
        *_emails(text),
        *_queues(text, company),
        *(_display_names(text) if cued else ()),
        *_sigils(text, known, cued),
        *(_tildes(text) if cued else ()),
        *_rooms(text),
        *_boards(text),
    ]
    return _outermost(found)


def is_address(value: str) -> Contact | None:
    """A whole value (an owner in front matter, a cell) as a contact; None when it is not an address."""
    value = value.strip()
    if CHANNEL.fullmatch(value):
        return Contact("channel", "", value)
    if HANDLE.fullmatch(value):
        return Contact("handle", "", value)
    if EMAIL.fullmatch(value):
        return Contact("email", "", value)
    return None


def is_stand_in(value: str) -> bool:
    """Whether it stands for a name of the reader's own, or shows how names are made or begin."""
    return value.endswith("-") or bool(_STAND_IN.match(value) or _PLACEHOLDER.search(value))


def _emails(text: Text) -> Iterator[Mention]:
    for span in text.spans:
        if span.kind == "link" and span.href.lower().startswith("mailto:"):
            address = unquote(span.href[7:].split("?")[0]).strip()
            label = _flat(text.plain[span.start : span.end])
            if EMAIL.fullmatch(address) and not _PLACEHOLDER.search(address):
                name = "" if EMAIL.fullmatch(label) else _VERB.sub("", label)
                yield Mention(Contact("email", name, address), span.start, span.end)
    for match in EMAIL.finditer(text.plain):
        if _account_before(text.plain, match.start()):
            continue
        if not _PLACEHOLDER.search(match[0]) and not _in_command(text, match.start(), match.end()):
            yield Mention(Contact("email", "", match[0]), match.start(), match.end())


def _sigils(text: Text, known: frozenset[str], cued: bool) -> Iterator[Mention]:
    for pattern, kind in ((CHANNEL, "channel"), (HANDLE, "handle")):
        for match in pattern.finditer(text.plain):
            value = match[0]
            certain = value.lower() in known or _links_to_them(text, match.start(), match.end())
            led = not (certain or cued) and _is_led(text.plain, match)
            if value.lower() in _BROADCAST or not (certain or cued or led):
                continue
            if kind == "handle" and (
                _account_before(text.plain, match.start()) or _WHOSE.match(text.plain, match.end())
            ):
                continue
            if kind == "channel" and _ROOM_OF_WORDS.match(text.plain, match.end()):
                continue
            if _is_label(text.plain, match) or _STAND_IN.match(value) or _CODE_THING.match(text.plain, match.end()):
                continue
            if not certain and (_HEX_COLOUR.match(value) or _in_command(text, match.start(), match.end())):
                continue
            if not certain and _in_code(text, match.start()) and not _in_company(text.plain, match, led):
                continue
            contact = Contact("channel", "", value) if kind == "channel" else Contact("handle", "", value)
            yield Mention(contact, match.start(), match.end())


_WHOSE = re.compile(r"['’]s\b")
"""After a handle, that it only says whose somebody or something is: "@harbour's Ada Byron"."""
_OF_A_ROOM = words("people", "teams") | set("private public internal external shared main open help support".split())
_ROOM_OF_WORDS = re.compile(
    rf" (?!(?:{one_of(_OF_A_ROOM)}|{CHATS}|{ROOMS})\b)[a-z]+ (?:{CHATS}) (?:{ROOMS})\b", re.IGNORECASE
)
"""After a mark that is no channel by itself, the rest of the room's name: "the #quay berths Slack channel"."""


def _is_led(plain: str, match: re.Match[str]) -> bool:
    """Whether the words right beside a mark say that one goes there, where none in the sentence speaks of people."""
    before = plain[max(0, match.start() - _LEADING) : match.start()]
    if match[0].startswith("#"):
        return bool(_LED.search(before) or ("-" in match[0] and _ROOM_DOES.match(plain, match.end())))
    return bool(_LED_TO_THEM.search(before) or _AS_WHAT.match(plain, match.end()) or _THEY_DO.match(plain, match.end()))


@lru_cache(1024)
def _cued(words: str) -> bool:
    return bool(CUES.search(words))


def _account_before(plain: str, start: int) -> bool:
    return bool(_ACCOUNT.search(plain[max(0, start - _NEAR) : start]))


def _is_label(plain: str, match: re.Match[str]) -> bool:
    """Whether it sorts or ends something instead of naming it."""
    if match[0].startswith("#"):
        before = plain[max(0, match.start() - 24) : match.start()]
        return bool(_LABELLED.match(plain, match.end()) or _LABELLING.search(before))
    return "." in match[0] and bool(_DOMAIN.match(plain, match.end()))


def _display_names(text: Text) -> Iterator[Mention]:
    """Names as a chat shows them, with their blanks: `@Ada Byron`."""
    for match in _DISPLAY_NAME.finditer(text.plain):
        if not _in_command(text, match.start(), match.end()):
            yield Mention(Contact("handle", "", match[0]), match.start(), match.end())


def _tildes(text: Text) -> Iterator[Mention]:
    """Mattermost's channels, `~town-square`, where a channel can stand."""
    for match in _TILDE.finditer(text.plain):
        if _BEFORE_TILDE.search(text.plain[: match.start()]) and not _in_command(text, match.start(), match.end()):
            yield Mention(Contact("channel", "", match[0]), match.start(), match.end())


_CALLED_ROOM = rf"\b(?:{CHATS}|chat) (?:{ROOMS}|spaces?|groups?)(?: (?:called|named))?"
_BEFORE_ROOM = re.compile(rf"{_CALLED_ROOM}[\s:\"“‘'’”]*$", re.IGNORECASE)
_QUOTED_ROOM = re.compile(
    rf"(?i:{_CALLED_ROOM}) "
    rf"[\"“‘']([^\"”’'\n]{{3,60}})[\"”’']"
)


_CHAT = rf"(?i:{CHATS}|whatsapp|telegram)"
_IN_CHAT = rf"(?:{_CHAT} (?:{ROOMS}|chats?|groups?|space)|(?:{ROOMS}|groups?|space) (?:on|in) {_CHAT})\b"
_AFTER_ROOM = re.compile(rf"[\s\"”’']*{_IN_CHAT}")
_ROOM_AND_CHAT = re.compile(rf"(?P<name>\w[^#@<>]{{2,60}}(?:{ROOMS}|group)) on {CHATS}", re.IGNORECASE)
_CALLED_CHAT = re.compile(rf"(?:[{UPPER}][\w&-]+ )+(?i:chat|channel)")
_INTO = re.compile(r"\b(?:in|into|to|on|via|through|join|use)\s+(?:the\s+)?\W*$", re.IGNORECASE)
_NAMED_IN_CHAT = re.compile(
    rf"\b(?i:in|into|to|on|via|through|join|using|use|check|message)\s+(?:the\s+|our\s+)?[\"“‘']?"
    rf"(?P<name>[{UPPER}][\w&-]+(?:\s+(?:(?:and|&|of|for)\s+)?[{UPPER}][\w&-]+){{0,4}})[\"”’']?\s+{_IN_CHAT}"
)
"""A room by its name before what it is: "the Harbour Watch Teams channel"."""
_BOARD = re.compile(
    rf"\b(?i:{FILED})\b[^.;:!?]{{0,40}}?\b"
    r"(?:(?:tickets?|tasks?|cards?)|(?:issues?|requests?|bugs?)) (?:in|on|to|under) (?:the|our) "
    rf"(?P<name>[{UPPER}][\w&-]*(?: [{UPPER}][\w&-]*){{0,3}}?|[a-z\d]+(?:-[a-z\d]+)+)"
    rf" (?:(?:{TICKETING}|Trello|GitHub|GitLab) )?(?:(?:board|queue|backlog)|(?:project|repo|repository))\b"
)
"""Where a ticket goes, by the name of its board: "a ticket in the TIDE project"."""


def _rooms(text: Text) -> Iterator[Mention]:
    """A room of a chat that is named without a mark, in emphasis, quotation marks or capitals: "the Teams channel
    *Billing*", "the Harbour Watch Slack channel"."""
    for span in text.spans:
        name = _flat(text.plain[span.start : span.end])
        if span.kind not in ("em", "strong", "code") or not re.match(r"\w[^#@<>]{2,60}$", name):
            continue
        both = _ROOM_AND_CHAT.fullmatch(name)
        near = text.plain[max(0, span.start - 40) : span.start]
        called = _CALLED_CHAT.fullmatch(name) and _INTO.search(near)
        if both or called or _BEFORE_ROOM.search(near) or _AFTER_ROOM.match(text.plain, span.end):
            yield Mention(Contact("channel", "", both["name"] if both else name), span.start, span.end)
    for match in _NAMED_IN_CHAT.finditer(text.plain):
        if not re.fullmatch(rf"(?i:{CHATS}|{one_of(words('people', 'teams'))}|ms|microsoft|google)", match["name"]):
            yield Mention(Contact("channel", "", _flat(match["name"])), *match.span("name"))
    for match in _QUOTED_ROOM.finditer(text.plain):
        yield Mention(Contact("channel", "", _flat(match[1])), match.start(1), match.end(1))


def _in_company(plain: str, match: re.Match[str], led: bool) -> bool:
    """Whether a mark in code is in the company of people and chat, or formed as nothing else."""
    if match[0].startswith("#"):
        return not led or "-" in match[0]
    return led or _chat_near(plain)


@lru_cache(1024)
def _chat_near(plain: str) -> bool:
    return bool(re.search(rf"\b({_CHATTED}|slack|chat|team)\b", plain, re.IGNORECASE))


def _in_code(text: Text, start: int) -> bool:
    return any(s.kind == "code" and start < s.end for s in _begun(text, start))


def _in_command(text: Text, start: int, end: int) -> bool:
    """Inside a code span that holds more than the address itself: a command, a selector, a path."""
    spans = _begun(text, start)
    return any(s.kind == "code" and end <= s.end and (s.start, s.end) != (start, end) for s in spans)


def _links_to_them(text: Text, start: int, end: int) -> bool:
    return any(s.kind == "link" and end <= s.end and _CHAT_URL.match(s.href) for s in _begun(text, start))


def _begun(text: Text, start: int) -> Sequence[Span]:
    """The last spans that begin before a character or on it: one that holds it is among them."""
    count = bisect_right(text.spans, start, key=lambda span: span.start)
    return text.spans[max(0, count - _NESTED) : count]


def _chat_links(text: Text) -> Iterator[Mention]:
    """A link into the chat whose text is words, not an address: its target is the address."""
    for span in text.spans:
        label = _flat(text.plain[span.start : span.end])
        if span.kind != "link" or not _CHAT_URL.match(span.href) or CHANNEL.search(label) or HANDLE.search(label):
            continue
        if _ROOM.search(span.href):
            name = _VERB.sub("", label) if re.match(r"\w+ (?:to )?the ", label) else label
            room = _room(span.href)
            contact = Contact("channel", room, span.href) if room else Contact("link", name, span.href)
            yield Mention(contact, span.start, span.end)


def _forms(text: Text) -> Iterator[Mention]:
    """A link that leads to a form, desk, forum or list where people are written to, by its words or those beside it."""
    links = [span for span in text.spans if span.kind == "link" and span.href.startswith("http")]
    if "://" in text.plain:
        links += (
            Span("link", *m.span(), m[0]) for m in _BARE_URL.finditer(text.plain) if not _is_linked(text, m.start())
        )
    writing = bool(links) and bool(_WRITING.search(text.plain))
    for span in links:
        label = _flat(text.plain[span.start : span.end])
        if (
            (writing and (_FORM.search(label) or _NEW_ISSUE.search(span.href)))
            or _IS_WHERE.match(_flat(text.plain[span.end : span.end + _NEAR]))
            or _is_written_to(text.plain, span, label)
        ):
            name = re.sub(r"^.*\b(?:using|through|with|via|in)\s+(?:the|our|this)\s+|^(?:The|Our)\s+", "", label)
            filing = _DOING.match(name) or (_ISSUES.search(span.href) and _TO_FILE.match(name))
            unnamed = filing or _ANY_LABEL.fullmatch(name) or name == span.href
            yield Mention(Contact("link", "" if unnamed else _VERB.sub("", name), span.href), span.start, span.end)


def _is_linked(text: Text, start: int) -> bool:
    return any(s.kind in ("link", "code") and start < s.end for s in _begun(text, start))


def _is_written_to(plain: str, span: Span, label: str) -> bool:
    """Whether a link is to a place where people write, by where it leads and what is said of it."""
    before = _flat(plain[max(0, span.start - _LEADING) : span.start]) + " "
    if _NO_DESK.search(label) or _NO_DESK.search(before[-_NEAR:]):
        return False
    if _ISSUES.search(span.href):
        return bool(_TO_FILE.match(label) or _FILED_IN.search(before) or _FILED_THERE.match(plain[span.end :]))
    if _GROUP.search(span.href):
        if _GETS.match(plain[span.end :]):
            return False
        alone = _GROUP_LABEL.match(label) and label == _flat(plain)
        theirs = alone or (_GROUP_LABEL.search(label) and (_WHOSE_GROUP.search(label) or _THEIR_GROUP.search(before)))
        return bool(theirs or _IN_GROUP.match(label) or _IN_GROUP.search(before))
    if _FORM_HOST.search(span.href):
        return bool(_BY_FORM.search(plain))
    desk = _AT_DESK.search(_ARTICLE.sub("", before))
    return desk is not None and (label == span.href or (bool(desk["filed"]) and not _GUIDE.search(label)))


def _room(href: str) -> str:
    """The room that a link names, as a channel's name; "" where it names none. The address is the link itself, for that
    is what the manual states."""
    named = _NAMED_ROOM.search(href)
    name = unquote(next(filter(None, named.groups()))) if named else ""
    name = re.sub(r"\.([0-9A-F]{2})", lambda m: chr(int(m[1], 16)), name)  # as Zulip writes what is no letter
    return f"#{name}" if re.fullmatch(r"[^\W_][\w:./-]*", name) else ""


def _boards(text: Text) -> Iterator[Mention]:
    for match in _BOARD.finditer(text.plain):
        yield Mention(Contact("queue", "", match["name"]), *match.span("name"))


def _queues(text: Text, company: str) -> Iterator[Mention]:
    if not _TICKET_CUES.search(company) and "--" not in text.plain:
        return
    for span in text.spans:
        if span.kind in ("code", "strong") and _is_queue(text, span, company):
            name = _flat(text.plain[span.start : span.end])
            yield Mention(Contact("queue", "", name), span.start, span.end)
    if _speaks_of_tickets(text.plain):
        for match in _PROPER_QUEUE.finditer(text.plain):
            yield Mention(Contact("queue", "", match["name"]), *match.span("name"))
    quoted = re.compile(rf"[\"“‘]([^\"”’\n]{{3,60}})[\"”’](?=\s+{_QUEUE_NEAR})", re.IGNORECASE)
    for match in quoted.finditer(text.plain):
        yield Mention(Contact("queue", "", match[1]), match.start(1), match.end(1))


_PROPER_QUEUE = re.compile(
    r"\b[Tt]ickets?\b[^.;]{0,40}\b(?:in|to|into|on) the "
    r"(?P<name>[A-Z][\w&-]*(?: [A-Z][\w&-]*){0,3}) (?:ticket )?queue\b"
)
"""A queue's name in capitals, where the reader is told what to do with a ticket."""


def _is_queue(text: Text, span: Span, company: str) -> bool:
    """The shape `Line--Name`, or a span right beside the word queue, or the whole value of a list of queues."""
    name = text.plain[span.start : span.end]
    if not re.search(r"[A-Za-z]", name) or re.search(r"[<>{}$|=]|^[#@/-]|://|\w@\w", name):
        return False
    if span.kind == "code" and _QUEUE_SHAPE.match(name) and re.search(r"[A-Z][a-z]|\s", name):
        return True
    after = re.match(rf"\W{{0,3}}\s*(?:\w+\s+)?{_QUEUE_NEAR}\b", text.plain[span.end :], re.IGNORECASE)
    near = text.plain[max(0, span.start - _NEAR) : span.start]
    before = re.search(rf"{_QUEUE_NEAR}\s+(?:called|named|is)?\s*[\"“'(]?$", near, re.IGNORECASE)
    if (after or before) and _speaks_of_tickets(company):
        return True
    return near.rstrip().endswith(tuple("-–—:|→")) and _lists_queues(company.removesuffix(text.plain))


@lru_cache(1024)
def _speaks_of_tickets(company: str) -> bool:
    return bool(re.search(rf"\b(ticket|{TICKETING}|assign|request|raise|case)", company, re.IGNORECASE))


@lru_cache(1024)
def _lists_queues(around: str) -> bool:
    if re.search(r"\b(queue|resolver group|assignment group)s?\b", around, re.IGNORECASE):
        return True
    groups = (re.search(r"\bgroups\b(.*)", line, re.IGNORECASE) for line in around.split("\n"))
    return any(found and re.search(r"\btickets?\b", found[1], re.IGNORECASE) for found in groups)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _outermost(found: list[Mention]) -> tuple[Mention, ...]:
    """In order of place; of two that overlap, the first found (the more certain kind) stays."""
    kept: list[Mention] = []
    for mention in found:
        at = bisect_left(kept, mention.start, key=lambda m: m.start)
        if all(mention.end <= other.start or mention.start >= other.end for other in kept[max(0, at - 1) : at + 1]):
            kept.insert(at, mention)
    return tuple(kept)
