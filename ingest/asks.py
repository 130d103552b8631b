"""Statements that tell the reader whom to ask, tell, email, page, or send a ticket to; and who approves what.

A statement is a sentence, list item or table row. An address in it counts when the words around it speak of
reaching people; a team or role counts when a verb governs it: "ask X", "approved by X", "X can invite you".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.contacts import CUES, Mention, addresses
from ingest.markdown import Block, Section, Span
from ingest.people import Roster, people
from ingest.statements import Sentence, context_of, fact, place_of, sentences, stated_at
from ingest.teams import introduction
from ingest.values import Contact, Fact, Page, Relation

_REACH = (
    r"(?:ask(?:ing|ed)?|contact(?:ing|ed)?|speak(?:ing)?(?: to| with)|talk(?:ing)?(?: to| with)|"
    r"tell(?:ing)?|e-?mail(?:ing|ed)?|"
    r"messag(?:e|ing)|ping(?:ing)?|dm|notif(?:y|ying|ied)|inform(?:ing|ed)?|let(?:ting)?|"
    r"get in touch with|reach out to|"
    r"call(?:ing)?|phone|ring|page|escalat(?:e|ed|ing)(?: \w+){0,3}? to|refer(?:red)?(?: \w+){0,3}? to|"
    r"report(?: \w+){0,4}? to|"
    r"request(?:ed)?(?: \w+){0,6}? from|check with|liaise with|consult(?:ing)?(?: with)?|warn|alert|"
    r"approach|discuss(?:ed)?(?: \w+){0,4}? with|"
    r"coordinate with|work(?:ing)? with|agree(?:d)?(?: \w+){0,3}? with|assign(?:ed)?(?: \w+){0,3}? to|"
    r"pass(?:ed)?(?: \w+){0,4}? to|"
    r"hand(?:ed)? (?:over |it )?to|defer(?:red)?(?: \w+){0,2}? to|sen[dt](?: \w+){0,6}? to|"
    r"raise(?: \w+){0,4}? with|go to|"
    r"delegat\w+(?: \S+){0,6}? to|rout(?:e|ed)(?: \w+){0,2}? to|help from|support from|advice from|"
    r"approval from|permission from|"
    r"sign-?off from|confirmation from|reviewed? (?:by|from)|approv(?:al|ed) (?:by|from)|"
    r"instructed(?: \w+){0,5}? by|authorised by|"
    r"granted by|given by|picked up by|owned by|managed by|maintained by|run by|administered by|looked after by|"
    r"handled by|supported by|"
    r"signed off by|provided by|agreed (?:by|with)|join|via|subscribe to|aware)"
)
_GOVERNS = re.compile(rf"\b{_REACH}\b(?P<between>[^.;!?]{{0,70}})$", re.IGNORECASE)
_BREAKS = re.compile(
    r"\b(?:who|which|that|when|because|so that|if|to (?!a\b|the\b|an\b|your\b|our\b))\b|[:]", re.IGNORECASE
)
_IDLE = (
    r"(?:no longer|never|not (?!have to|normally|usually)|"
    r"(?:not )?be (?!able|told|notified|informed|aware|made|contacted|asked|consulted|the ones|responsible)|"
    r"have (?!to\b|(?:\w+ ){0,4}(?:access|admin|permissions?))|leave|need|want|see|find|use|choose|carry out|receive|"
    r"experience|fulfil|attend|join|expect|notice|also choose)"
)
"""What people do who are no help by it."""
_ABLE = re.compile(
    r"^(?:(?!\b(?:you|we|they|i|it|that|no longer|never|cannot)\b)[^.;!?]){0,25}?\b(?:"
    rf"(?:can|could|will|must|should|may|needs? to) (?:\w+ly )?(?!{_IDLE})|(?:is|are) able to|(?:is|are) happy to|"
    r"are responsible|is responsible|responsible for|owns?\b|manages?\b|maintains?\b|looks? after|administers?\b|"
    r"handles?\b|runs?\b|supports?\b|approves?\b|grants?\b|has access|have access|"
    r"has (?:at least )?[\w ]{0,20}(?:admin|access)|delegates?\b|are delegated|"
    r"to (?:ask|approve|add|give|grant|help|decide)\b)",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\b(ask|contact|speak|talk|tell|email|notify|inform|aware|post|message|approv\w+|escalat\w+|people|help|reach|"
    r"who can|get in touch|one of|any of|either|channels?|report)\b[^.]*:?\s*$",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:do not|don['’]t|never|avoid|rather than|instead of|not|no longer|without)\s+(?:[\w'’]+\s+){0,5}$",
    re.IGNORECASE,
)
_SHORT = 8
"""Words; a shorter sentence ("Ask in #x.") says what it is about in the one before it."""
_CONDITION = re.compile(r"^(?:if|when|once|unless|after|before|while)\b[^,]*,", re.IGNORECASE)
_ASK_VERB = (
    r"\b(?:(?:or|and)\s+(?:to\s+)?(?=(?:some|any)(?:one|body))|(?:"
    r"(?:^|(?<=[.;:,] ))(?:Ask|Contact|Speak to|Speak with|Talk to|Tell|Notify|Inform|Email|Phone|Ring|Page|Call)|"
    r"ask|contact|speak to|speak with|talk to|tell|notify|inform|email|phone|ring|page|call)\s+)"
)
_FOLLOWS = (
    r"(?:to|for|if|about|and|or|before|beforehand|when|on|in|at|who|whom|that|which|named|via|first|"
    r"directly|instead|by|"
    r"with|as|so|of|from|how|what|whether|where|until|unless|straight|again|once|may|can|will)"
)
_NAME = r"[A-Z](?:[\w&'’/-]|\.(?=\w))*"
_LOWER = rf"(?!{_FOLLOWS}\b)[a-z][\w-]+"
_OBJECT = re.compile(
    _ASK_VERB + r"(?:(?:someone|somebody|anyone)\s+(?:in|from|on|at)\s+)?(?:"
    rf"(?:(?:the|your|a|an|our)\s+)?(?P<proper>{_NAME}(?:\s+(?:and\s+)?{_NAME}){{0,4}}(?:\s+{_LOWER}){{0,2}}?)|"
    rf"(?:(?:the|your|a|an|our)\s+|(?<=speak to )|(?<=talk to )|(?<=speak with )|(?<=talk with ))"
    rf"(?P<common>(?:{_LOWER}\s+){{0,2}}?{_LOWER}))"
    rf"(?=\s+{_FOLLOWS}\b|\s*[.,;:)]|\s*$)",
)
_NOT_PEOPLE = frozenset(
    [
        "user",
        "users",
        "requester",
        "requesters",
        "reader",
        "readers",
        "publisher",
        "publishers",
        "customer",
        "customers",
        "question",
        "questions",
        "method",
        "api",
        "endpoint",
        "department",
        "server",
        "servers",
        "command",
        "script",
        "page",
        "tool",
        "following",
        "you",
        "it",
        "i",
        "this",
        "that",
        "public",
        "browser",
        "app",
        "application",
        "applications",
        "system",
        "systems",
        "author",
        "person",
        "people",
        "everyone",
        "everybody",
        "sender",
        "client",
        "caller",
        "function",
        "service",
        "services",
        "database",
        "file",
        "files",
        "team",
        "reporter",
        "other",
        "others",
        "member",
        "members",
        "channel",
        "channels",
        "backend",
        "frontend",
        "machine",
        "machines",
        "container",
        "containers",
        "slack",
    ]
)
"""What an asking verb may take that is nobody to ask: machines, readers and writers, words that stand for anyone."""
_TOOL = re.compile(
    r"\b(?:creat\w+|rais\w+|open\w*|trigger\w*|escalat\w+|declar\w+|submit\w*|log|pag(?:e|ed|ing)|"
    r"go(?:es)?|send|fil\w+|call\w*)\b"
    r"[^.;!?]{0,60}?\b(?:in|on|via|through|with|by|using|to)\s+(?:the\s+)?"
    r"(?P<name>PagerDuty|Pagerduty|Opsgenie|OpsGenie|VictorOps|xMatters|Squadcast|Zendesk|ServiceNow|Freshdesk|Jira)\b"
    r"(?!\s+(?:ticket|queue|dashboard|account|board|group|API|tag))"
)
"""Tools that operations teams page people and take tickets with, by name: field vocabulary."""
_CLAUSE = re.compile(r"\b(?:is|are|was|uses?|has|have|same|each|both|rest)\b")
_QUEUE_HEADER = re.compile(r"\b(queue|resolver group|assignment group|ticket group)\b", re.IGNORECASE)
_YOURSELF = re.compile(r"\b(?:ask|tell) (?:yourself|readers?|the reader|users?)\b", re.IGNORECASE)


def asks_of(
    page: Page, sections: Sequence[Section], known: frozenset[str], roster: Roster, taken: frozenset[tuple[int, int]]
) -> Iterator[Fact]:
    """Every `ask` and `queue` fact of a page, apart from lines that are already rungs or responsibilities."""
    for section in sections:
        for block in section.blocks:
            if block.kind == "code" or (block.first, block.last) in taken or _introduces(block, known):
                continue
            before: Sentence | None = None
            for sentence in sentences(block):
                if (sentence.first, sentence.last) not in taken or block.kind == "paragraph":
                    yield from _statement(page, section, block, sentence, before, known, roster)
                before = sentence


def _introduces(block: Block, known: frozenset[str]) -> bool:
    """A line that only introduces a team's list says nothing of its own."""
    plain = block.text.plain.rstrip()
    return block.kind == "paragraph" and plain.endswith(":") and introduction(block.text, known) is not None


def _statement(
    page: Page,
    section: Section,
    block: Block,
    sentence: Sentence,
    before: Sentence | None,
    known: frozenset[str],
    roster: Roster,
) -> Iterator[Fact]:
    lead = block.leads[-1].text.plain if block.leads else ""
    alone = len(sentence.plain.split()) <= 3
    around = " ".join([lead, *block.header, *section.headings[-1:], block.text.plain if alone else ""])
    contacts = contacts_in(sentence, around, lead, known, roster) + _queue_cells(block)
    if not contacts:
        return
    words, first, last = sentence.plain, sentence.first, sentence.last
    if before and len(words.split()) <= _SHORT:
        words, first = f"{before.plain} {words}", before.first
    if any(c.address and c.address not in page.quote(first, last) for c in contacts):
        first, last = block.first, block.last
    relation: Relation = "queue" if any(c.kind == "queue" for c in contacts) else "ask"
    context = context_of(page, section, block)
    place = place_of(page, section, first, last)
    stated = stated_at(page, section, contacts, place)
    topic = _without_queues(words, contacts) if block.kind in ("row", "item") else words
    yield fact(relation, contacts, topic, context, place, stated=stated)


def _without_queues(plain: str, contacts: Sequence[Contact]) -> str:
    """What a list or table sends to a queue, without the queue's own name, whose words are no topic."""
    rest = plain
    for contact in contacts:
        if contact.kind == "queue":
            rest = rest.replace(contact.address, " ")
    rest = " ".join(rest.split()).strip(" -–—|:;,.→")
    return rest if re.search(r"[A-Za-z]{2}", rest) else plain


def _queue_cells(block: Block) -> tuple[Contact, ...]:
    """The cells of a table column that is headed as queues, where the name carries no mark of its own."""
    queues = [c for c, h in zip(block.cells, block.header, strict=False) if _QUEUE_HEADER.search(h)]
    bare = [" ".join(c.plain.split()) for c in queues if not any(s.kind == "code" for s in c.spans)]
    return tuple(Contact("queue", "", name) for name in bare if name)


def contacts_in(
    sentence: Sentence, around: str, lead: str, known: frozenset[str], roster: Roster
) -> tuple[Contact, ...]:
    """Whom the statement names, in its own order, governed ones before those merely mentioned."""
    plain = sentence.text.plain.replace("\n", " ")
    if _YOURSELF.search(plain) and not CUES.search(_YOURSELF.sub("", plain)):
        return ()
    hard = addresses(sentence.text, known, around)
    soft = [m for m in people(plain, roster) if _governed(plain, m.start, m.end) or _listed(m, lead)]
    soft = [m for m in soft if not any(_overlap(m, other) for other in hard)]
    objects = [m for m in _objects(plain) if not any(_overlap(m, other) for other in [*hard, *soft])]
    mentions = [m for m in [*hard, *soft, *objects] if not _NEGATED.search(plain[: m.start])]
    mentions = mentions or list(_tools(plain, sentence.text.spans))
    mentions.sort(key=lambda m: (_conditional(plain, m.start), m.start))
    return _merged(mentions, plain)


def _governed(plain: str, start: int, end: int) -> bool:
    before = _GOVERNS.search(plain[:start])
    if before and not _BREAKS.search(before["between"].removesuffix(" the ").strip() + " "):
        return True
    return bool(_ABLE.match(plain[end:])) and not _conditional(plain, start)


def _listed(mention: Mention, lead: str) -> bool:
    """A list item or cell that begins with the person, after a line about asking or telling people."""
    return bool(lead) and bool(_LISTED.search(lead)) and mention.start <= 24


def _conditional(plain: str, start: int) -> bool:
    clause = _CONDITION.match(plain.lstrip())
    return bool(clause) and start < (clause.end() if clause else 0)


def _objects(plain: str) -> Iterator[Mention]:
    """What an asking verb takes as its object though no head noun tells a team: "ask IT", "call the bed manager"."""
    for match in _OBJECT.finditer(plain):
        group = "proper" if match["proper"] else "common"
        last = match[group].split()[-1]
        if (last == "IT" or last.lower() not in _NOT_PEOPLE) and not _CLAUSE.search(match[group]):
            contact = Contact("team" if match["proper"] else "role", match[group])
            yield Mention(contact, match.start(group), match.end(group))


def _tools(plain: str, spans: Sequence[Span]) -> Iterator[Mention]:
    """A paging or ticket tool in which the reader is told to raise something."""
    for match in _TOOL.finditer(plain):
        link = next((s for s in spans if s.kind == "link" and s.start <= match.start("name") < s.end), None)
        address = link.href if link and link.href.startswith("http") else ""
        yield Mention(Contact("link", match["name"], address), match.start("name"), match.end("name"))


def _overlap(a: Mention, b: Mention) -> bool:
    return a.start < b.end and b.start < a.end


def _merged(mentions: Sequence[Mention], plain: str) -> tuple[Contact, ...]:
    """A team and the address given right beside it become one contact; each contact appears once."""
    merged: list[Contact] = []
    previous: Mention | None = None
    for mention in mentions:
        contact = mention.contact
        joined = previous and not previous.contact.address and _beside(plain[previous.end : mention.start])
        if joined and contact.kind != "queue" and contact.address and merged and merged[-1] == previous.contact:  # type: ignore[union-attr]
            merged[-1] = Contact(merged[-1].kind, merged[-1].name, contact.address)
        elif contact not in merged:
            merged.append(contact)
        previous = mention
    return tuple(merged)


def _beside(between: str) -> bool:
    return (
        bool(
            re.fullmatch(
                r"\W*(?:(?:on|in|via|at|using|through|by)?\s*(?:the|their|our)?\s*(?:slack|email|e-mail|"
                r"channel)?\s*(?:channel|at|on)?)?\W*",
                between,
                re.IGNORECASE,
            )
        )
        and len(between) < 30
    )
