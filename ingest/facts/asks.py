"""Statements that tell the reader whom to ask, tell, email, page, or send a ticket to; and who approves what.

A statement is a sentence, list item or table row. An address in it counts when the words around it speak of
reaching people; a team or role counts when a verb governs it: "ask X", "approved by X", "X can invite you"; a
mere name counts as the object of an asking verb, or as the holder of a thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import zip_longest

from ingest.facts.addresses import CUES, EMAIL, PROFILE, REACHED, Mention, addresses, is_address
from ingest.facts.bystanders import (
    illustrates,
    in_condition,
    is_aside,
    is_bystander,
    is_condition,
    is_fragment,
    only_mentioned,
    only_stands,
)
from ingest.facts.cells import is_by_given_name
from ingest.facts.clauses import common_objects, named_in, nouns_in
from ingest.facts.cues import may_do, may_find, may_name
from ingest.facts.fields import is_nobody
from ingest.facts.holders import cards, holders, in_person
from ingest.facts.introductions import introduction
from ingest.facts.lexicon import ASK, ASKING, GOT, KEPT, TALK, TELL, nouns, one_of, words
from ingest.facts.masking import masked
from ingest.facts.names import ROLES, TEAMS, called_after, is_bot, without
from ingest.facts.pairs import answered, is_question, paired
from ingest.facts.parting import later_clauses
from ingest.facts.people import BY_NAME, PERSON, Roster, people
from ingest.facts.pronouns import referred
from ingest.facts.proof import fact, stated_at
from ingest.facts.reaching import phones, schedules
from ingest.facts.roles import role_line
from ingest.facts.scopes import has_matter
from ingest.facts.spoken import Spoken
from ingest.facts.syntax import Tree, Trees
from ingest.facts.verbs import conditional, governed, linked_objects, objects, reached, tools
from ingest.manual.markdown import Block, Section, Text
from ingest.manual.sentences import Sentence, context_of, place_of, sentences
from ingest.relations import Relation
from ingest.values import Contact, Fact, Page, Place

_LISTED = re.compile(
    rf"\b({TELL}|{TALK}|{REACHED}|aware|approv\w+|help|who can|one of|any of|either|report)\b"
    r"(?!\s+(?:groups?|lists?|address\w*|accounts?|templates?)\b)",
    re.IGNORECASE,
)
"""Before a list, behind the last full stop: its items are people to ask or tell."""
_BRACKETS = re.compile(r"\([^()]*\)")
_ASKED = re.compile(
    rf"\b(?:{ASK}|{TALK}|one of|any of|either|whom?|approv\w*|agree\w*|"
    r"permission|escalat\w*|order|from|by)\b",
    re.IGNORECASE,
)
"""In the line over a list of whom to go to."""
_NEGATED = re.compile(
    r"\b(?:do not|don['’]t|never|avoid|rather than|instead of|in place of|alternatives? to|other than|unlike|not|"
    r"no longer|without)\s+"
    rf"(?:(?!(?:have|understand|{one_of(words('general', 'lacking'))})\b)[\w'’]+\s+){{0,5}}$",
    re.IGNORECASE,
)
"""Before somebody who is not to be asked; "if you don't have access contact ..." is no such case."""
_OUT_OF_REACH = re.compile(
    r"\b(?:unable to|cannot|can['’]t|could not|couldn['’]t)\s+(?:contact|reach|get hold of)\s+(?:the\s+|your\s+)?$",
    re.IGNORECASE,
)
"""Before somebody who has been asked in vain."""
_PAST = re.compile(r"\b(?:used to|formerly|previously|in the past|until recently)\b[^.;,]*$", re.IGNORECASE)
"""Whoever is named after such words was asked in the past and no longer is."""
_ACTOR = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:should|must|may|can|will|needs? to|has to|have to)\s+(?:\w+ly\s+)?"
    rf"(?:{ASK}|{TALK}|escalate)\b"
)
"""After somebody who is to ask somebody else: "the primary should escalate the call to the secondary"."""
_THEY = re.compile(r"(?:they|she|he)(?:['’]ll|\s+(?:will|can|could|should|may|must))\b", re.IGNORECASE)
"""A sentence that begins so speaks of the people whom the one before it names."""
_TO_THEM = re.compile(rf"(?:{ASK}|{TALK}|write)\b(?: \w+)? (?:them|him|her)\b", re.IGNORECASE)
"""The label of a link to the people named just before it: "write to them on Slack"."""
_REACH_THEM = re.compile(rf"(?:you can |please |to )?(?:{ASK}|reach|find) (?:them|her|him|us)\b", re.IGNORECASE)
"""A sentence that begins so gives the address of whoever the one before it names."""
_HER = re.compile(r"\b(?:her|him|them)\b", re.IGNORECASE)
"""Pronouns for somebody to whom one may be sent."""
_EARLY = 24
"""Characters; somebody who is named before stands at the beginning of an item."""
_ROLL = re.compile(r"(?P<what>[^:]{2,60}?):\s(?P<who>[^:]{2,80}?)\.?")
_AND = re.compile(r",\s*(?:and\s+)?|\s+(?:&|and)\s+|\s?/\s?")
_ALONE = frozenset(word for word in words("people", "departments") if not word.endswith("s"))
"""Departments that may be asked without an article: "contact finance", and no "facilities"."""
_FEW, _TITLE = 6, 3
"""Words of a term, and of a title that may begin with a verb of asking: "Email communications"."""
_SHORT = 8
"""Words; a shorter sentence ("Ask in #x.") says what it is about in the one before it."""
_OF_ITSELF = re.compile(
    r"(?!(?:it|this|that|these|those|they|both|all|everything)\b)[^,;:]{1,60}?\s"
    rf"(?:belongs? to|(?:is|are) (?:{KEPT}|looked after) by)\b",
    re.IGNORECASE,
)
"""A short sentence that begins so says by itself what it is about: "Harbour Log belongs to #moorings"."""
_FOR = re.compile(r"(?:for|about|to|if|when)\b[^,;:]*[,:]", re.IGNORECASE)
"""And one that begins with its matter: "For fraud, email x@y.org"."""
_THEIR_ROOM = re.compile(r"\b(?:their|its)\s+(?:\w+\s+)?(?:channel|room)\b", re.IGNORECASE)
_ROOM = re.compile(r"(?:their |its )?(?:\w+ )?(?:channel|room)", re.IGNORECASE)
"""The label of a link that names nobody: "their channel", "Slack channel"."""
_QUEUE_HEADER = re.compile(r"\b(queue|resolver group|assignment group|ticket group)\b", re.IGNORECASE)
_YOURSELF = re.compile(r"\b(?:ask|tell) (?:yourself|readers?|the reader|users?)\b", re.IGNORECASE)


def asks_of(
    page: Page, sections: Sequence[Section], known: frozenset[str], roster: Roster, taken: frozenset[tuple[int, int]]
) -> Iterator[Fact]:
    """Every `ask` and `queue` fact of a page, apart from lines that are already rungs or responsibilities."""
    spoken = Spoken(page, _trees(sections, known, roster))
    for section in sections:
        above: Block | None = None
        for at, block in enumerate(section.blocks):
            if block.kind == "code":
                yield from _cards(page, section, block, above)
                yield from _role_lines(page, section, block)
            if above is None or block.last > above.last:
                above = block
            if block.kind in ("code", "data") or ((block.first, block.last) in taken and block.part is None):
                continue
            if _is_in_contents(block):
                continue
            before: Sentence | None = None
            statements = _Statements(spoken, section, block, known, roster, _question(section, at))
            said = [*sentences(block)]
            for sentence in said[:-1] if _introduces(block, known) else said:
                if (sentence.first, sentence.last) not in taken or block.kind == "paragraph":
                    yield from statements.of(sentence, before)
                before = sentence


def _question(section: Section, at: int) -> str:
    """What is asked right above the block in that place."""
    over = section.blocks[at - 1].text.plain.strip() if at else section.heading.strip()
    return over if over.endswith("?") else ""


def _trees(sections: Sequence[Section], known: frozenset[str], roster: Roster) -> Trees:
    """The trees of the sentences of a page that may name somebody, by their text."""
    texts: dict[str, str] = {}
    for section in sections:
        for block in section.blocks:
            if block.kind not in ("code", "data"):
                said = [*sentences(block)]
                for sentence, after in zip_longest(said, said[1:]):
                    plain = sentence.text.plain
                    meant = after is not None and bool(_HER.search(after.text.plain))
                    said_of = meant or may_name(plain) or may_do(plain) or _says_of_people(plain, roster)
                    if len(plain) < 600 and said_of:
                        found = addresses(sentence.text, known, "ask the team")
                        bare = {(m.start, m.end) for m in found if not m.contact.name}
                        links = (s for s in sentence.text.spans if s.kind == "link")
                        bare |= {(s.start, s.end) for s in links if PROFILE.match(s.href)}
                        texts[plain] = masked(plain, sorted(bare))
    return Trees(texts, [plain for plain, text in texts.items() if may_find(text, roster.shorts)])


_BY = re.compile(r"\bby (?:(?:the|our|your|an?) )?$", re.IGNORECASE)


def _says_of_people(plain: str, roster: Roster) -> bool:
    lower = plain.lower()
    if not (TEAMS.may_be_in(lower) or ROLES.may_be_in(lower)):
        return False
    return any(
        m.start <= _EARLY or governed(plain, m.start, m.end) or _BY.search(plain[: m.start])
        for m in people(plain, roster)
    )


def _cards(page: Page, section: Section, block: Block, above: Block | None) -> Iterator[Fact]:
    """A person's name, role and address, pasted as a signature between code fences after a line that ends openly."""
    email = EMAIL.search(block.text.plain)
    if above is None or not email or not above.text.plain.rstrip().endswith((":", "...", "…")):
        return
    for card in cards(block.text.plain):
        contact = Contact("person", card.contact.name, email[0])
        place = place_of(page, section, above.first, block.last)
        yield fact("ask", (contact,), above.text.plain, context_of(page, section), place)


def _role_lines(page: Page, section: Section, block: Block) -> Iterator[Fact]:
    """Lines "Incident lead | the duty officer" of a form that is shown between code fences."""
    for number in range(block.first, block.last + 1):
        holders_of = role_line(page.quote(number, number))
        if holders_of:
            place = place_of(page, section, number, number)
            yield fact("does", holders_of, place.quote, context_of(page, section), place)


def _introduces(block: Block, known: frozenset[str]) -> bool:
    """A line that only introduces a team's list says nothing of its own."""
    plain = block.text.plain.rstrip()
    return block.kind == "paragraph" and plain.endswith(":") and introduction(block.text, known) is not None


def _is_in_contents(block: Block) -> bool:
    """An item that is a link within its own page, and nothing else: a table of contents says nothing."""
    plain = block.text.plain
    within = (s for s in block.text.spans if s.kind == "link" and s.href.startswith("#"))
    return block.kind == "item" and any(not f"{plain[: s.start]}{plain[s.end :]}".strip() for s in within)


@dataclass(frozen=True)
class _Statements:
    """The statements of one block: what stands around them, and whom the manual knows."""

    spoken: Spoken
    section: Section
    block: Block
    known: frozenset[str]
    roster: Roster
    question: str = ""
    """What is asked right above the block: by a line that is a question, or by the heading."""
    _found: dict[int, tuple[Sentence, Sequence[Mention]]] = field(default_factory=dict)
    """The mentions of its sentences: they are asked for again for what leans on them."""
    _pronouns: set[int] = field(default_factory=set)
    """Its sentences that name whom they mean by a pronoun alone."""
    _defined: set[int] = field(default_factory=set)
    """Its sentences that name somebody who is what the term over them says."""

    @property
    def lead(self) -> str:
        return self.block.leads[-1].text.plain if self.block.leads else ""

    def of(self, sentence: Sentence, before: Sentence | None) -> Iterator[Fact]:
        """What a sentence says, and what its later clauses say by themselves."""
        contacts = self._contacts(sentence, before)
        if not contacts or (self.block.kind == "row" and not _says(self.block, contacts)):
            return
        words, first, last = sentence.plain, sentence.first, sentence.last
        meant = id(sentence) in self._pronouns
        theirs = before is not None and (meant or bool(_THEY.match(words)))
        by_itself = _OF_ITSELF.match(words) or (_FOR.match(words) and has_matter(words, contacts))
        leaning = len(words.split()) <= _SHORT and not by_itself
        if before and (leaning or meant or is_question(before.plain)):
            words = f"{before.plain} {words}"
        if before and (theirs or words != sentence.plain):
            first = before.first
        quote = self.spoken.page.quote(first, last, self.block.part)
        if any(c.address and c.address not in quote for c in contacts):
            first, last = self.block.first, self.block.last
        place = place_of(self.spoken.page, self.section, first, last, self.block.part)
        topic = _without_queues(words, contacts) if self.block.kind in ("row", "item") else words
        if id(sentence) in self._defined:
            topic = f"{self._term}: {topic}"
        yield self._fact(contacts, topic, place)
        tree = self.spoken.trees.of(sentence.text.plain)
        if tree and len(contacts) > 1 and not theirs:
            for mentions, text in later_clauses(_on_one_line(sentence), tree, self._mentions(sentence)):
                own = [called_after(c, sentence.plain) for c in _merged(mentions, _on_one_line(sentence))]
                if not {c.name for c in own} <= {contacts[0].name}:
                    yield self._fact(tuple(own), text, place)

    def _fact(self, contacts: tuple[Contact, ...], topic: str, place: Place) -> Fact:
        relation: Relation = "queue" if any(c.kind == "queue" for c in contacts) else "ask"
        context = context_of(self.spoken.page, self.section, self.block)
        stated = stated_at(self.spoken, self.section, contacts, place)
        return fact(relation, contacts, topic, context, place, stated=stated)

    def _contacts(self, sentence: Sentence, before: Sentence | None) -> tuple[Contact, ...]:
        """Whom a sentence names, with those of the one before it on which it leans."""
        contacts = self._named(sentence) + _queue_cells(self.block)
        bare = self._without_verb(sentence, before)
        told = f"{before.plain} {sentence.plain}" if before else sentence.plain
        contacts = _of_one_name([called_after(c, told) for c in contacts])
        if not contacts or {c.name for c in bare if c.name} - {c.name for c in contacts}:
            contacts = bare or contacts
        if not contacts:
            return self._referred(sentence, before)
        if before and _THEY.match(sentence.plain):
            contacts = _each_once([*self._named(before), *contacts])
        if before and _REACH_THEM.match(sentence.plain):
            contacts = _reached_at(self._named(before) or _subject_of(before), contacts)
        if _THEIR_ROOM.search(sentence.plain):
            contacts = _roomed(contacts, self._named(before) if before else ())
        return contacts

    def _referred(self, sentence: Sentence, before: Sentence | None) -> tuple[Contact, ...]:
        """Whom a sentence means by "her" or "them", to whom it sends its reader."""
        tree = self.spoken.trees.of(sentence.text.plain, needed=bool(_HER.search(sentence.plain)))
        if tree is None or not _HER.search(sentence.plain):
            return ()
        earlier = before and self.spoken.trees.of(before.text.plain, needed=True)
        found = referred(sentence.text.plain, tree, before.text.plain if before else "", earlier or ())
        if found is None or self.roster.is_nobody(found.contact.name):
            return ()
        self._pronouns.add(id(sentence))
        return (found.contact,)

    def _around(self, sentence: Sentence) -> str:
        """The words that introduce it; of one of a few words, its block as well."""
        alone = len(sentence.plain.split()) <= 3
        headings = self.section.headings[-1:]
        return " ".join([self.lead, *self.block.header, *headings, self.block.text.plain if alone else ""])

    def _mentions(self, sentence: Sentence) -> Sequence[Mention]:
        if id(sentence) not in self._found:
            found = mentions_in(sentence, self._around(sentence), self.lead, self.known, self.roster, self.spoken)
            self._found[id(sentence)] = sentence, found
        return self._found[id(sentence)][1]

    def _named(self, sentence: Sentence) -> tuple[Contact, ...]:
        return _merged(self._mentions(sentence), _on_one_line(sentence))

    def _without_verb(self, sentence: Sentence, before: Sentence | None) -> tuple[Contact, ...]:
        """Whom a statement without a verb names: a matter and who it goes to, an answer to a question."""
        if self.block.kind not in ("paragraph", "item") or is_aside(sentence.plain, 0):
            return ()
        question = before.plain if before else self.question or self._around(sentence)
        found = answered(sentence.text, question, self.known, self.roster) or self._on_roll(sentence)
        if not found and (term := self._term):
            named = Text(f"{term}: {sentence.plain}")
            found = paired(named, self.known, self.roster, self._around(sentence))
            self._defined.update({id(sentence)} if found else ())
        return found or paired(sentence.text, self.known, self.roster, self._around(sentence))

    @property
    def _term(self) -> str:
        """The term that an item defines: a title, or what somebody has in hand."""
        lead = self.block.leads[-1] if self.block.leads else None
        if lead is None or lead.kind != "paragraph" or self.block.kind != "item":
            return ""
        term = " ".join(lead.text.plain.split())
        return term if term and len(term.split()) <= _FEW and term[-1] not in ".:?!" else ""

    def _on_roll(self, sentence: Sentence) -> tuple[Contact, ...]:
        """The persons of an item in a list that gives each thing to somebody, by given names: "Crane: Martina"."""
        names = _rolled(sentence.plain)
        if self.block.kind != "item" or not names:
            return ()

        def is_roll() -> bool:
            items = (b for b in self.section.blocks if b.kind == "item" and b.group == self.block.group)
            rolled = [_rolled(item.text.plain) for item in items]
            sure = sum(any(map(is_by_given_name, of_item)) for of_item in rolled)
            return all(rolled) and len(rolled) > 1 and 2 * sure >= len(rolled)

        if not self.spoken.once("roll", self.block.group, 0, is_roll):
            return ()
        return tuple(Contact("person", name) for name in names)


def _rolled(plain: str) -> list[str]:
    """The names of persons that stand behind the colon of an item, where nothing else does."""
    match = _ROLL.fullmatch(" ".join(plain.split()))
    names = _AND.split(match["who"]) if match else []
    return names if all(re.fullmatch(BY_NAME, name) and not _is_field(name) for name in names) else []


def _is_field(name: str) -> bool:
    """Whether a word with a capital is a department's or a thing's, and no person's."""
    return name.lower() in words("people", "departments") | words("people", "functions") or is_nobody(name)


def _of_one_name(contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """The contacts, a mere name left out where the same name stands with an address."""
    named = {c.name: c for c in contacts if c.name and not c.address}
    whole = [_in_full(c, named) for c in contacts]
    reached = {c.name for c in whole if c.name and c.address}
    short = {_initials(c.name) for c in whole if c.kind == "team"}
    kept = (c for c in whole if c.address or (c.name not in reached and c.name not in short))
    return tuple(dict.fromkeys(kept))


def _initials(name: str) -> str:
    """What a name of several words is called by its letters, "" for another: "Equal Lamps Service" is the ELS."""
    letters = "".join(word[0] for word in name.split() if word[0].isupper())
    return letters if len(letters) > 1 else ""


def _in_full(contact: Contact, named: Mapping[str, Contact]) -> Contact:
    """The contact under the longer of its names, where its address alone shows a part of it: "Tides & Berths Guild",
    that writes in #berths-guild."""
    longer = [n for n in named if contact.address and contact.name and n.endswith(f" {contact.name}")]
    return replace(contact, name=longer[0]) if len(longer) == 1 else contact


def _subject_of(sentence: Sentence) -> tuple[Contact, ...]:
    """The person with whose name a sentence begins, whatever it says they do."""
    match = re.match(rf"(?P<name>{PERSON}) (?:\w+ly )?[a-z]+s\b", sentence.plain)
    return (Contact("person", match["name"]),) if match else ()


def _on_one_line(sentence: Sentence) -> str:
    """The sentence with as many characters, and without breaks."""
    return sentence.text.plain.replace("\n", " ")


def _says(row: Block, contacts: Sequence[Contact]) -> bool:
    """Whether a table's row has a word beside the contacts that says what for, and not only a yes or no."""
    return bool(re.search(r"[^\W\d_]{3}", without(row.text.plain, contacts)))


def _reached_at(earlier: Sequence[Contact], here: Sequence[Contact]) -> tuple[Contact, ...]:
    """Whoever was named last before, at the addresses given here: "You can reach them on ..."."""
    them = next((c for c in reversed(earlier) if c.name and not c.address), None)
    if them is None:
        return tuple(here)
    return tuple(Contact(them.kind, them.name, c.address) if c.address and not c.name else c for c in here)


def _roomed(contacts: Sequence[Contact], earlier: Sequence[Contact]) -> tuple[Contact, ...]:
    """The contacts, a link that is only called "their channel" as the address of the team named last before it."""
    kept: list[Contact] = []
    last = next((c for c in reversed(earlier) if c.kind == "team"), None)
    for contact in contacts:
        if last and not last.address and contact.kind == "link" and _ROOM.fullmatch(contact.name):
            kept = [*(c for c in kept if c != last), Contact("team", last.name, contact.address)]
        else:
            kept.append(contact)
        last = kept[-1] if kept[-1].kind == "team" else last
    return tuple(kept)


def _each_once(contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    return tuple(dict.fromkeys(contacts))


def _without_queues(plain: str, contacts: Sequence[Contact]) -> str:
    """What a list or table sends to a queue, without the queue's own name, whose words are no topic."""
    rest = " ".join(without(plain, [c for c in contacts if c.kind == "queue"]).split()).strip(" -–—|:;,.→")
    return rest if re.search(r"[A-Za-z]{2}", rest) else plain


def _queue_cells(block: Block) -> tuple[Contact, ...]:
    """The cells of a table column that is headed as queues, where the name carries no mark of its own."""
    queues = [c for c, h in zip(block.cells, block.header, strict=False) if _QUEUE_HEADER.search(h)]
    bare = [" ".join(c.plain.split()) for c in queues if not any(s.kind == "code" for s in c.spans)]
    return tuple(Contact("queue", "", name) for name in bare if name)


def mentions_in(
    sentence: Sentence, around: str, lead: str, known: frozenset[str], roster: Roster, page: Spoken
) -> Sequence[Mention]:
    """Whom the statement names, in its own order, governed ones before those merely mentioned."""
    plain = sentence.text.plain.replace("\n", " ")
    if _YOURSELF.search(plain) and not CUES.search(_YOURSELF.sub("", plain)):
        return ()
    hard = [*addresses(sentence.text, known, around)]
    hard += _apart(hard, [*schedules(sentence.text), *phones(sentence.text, around)])[len(hard) :]
    named = people(plain, roster)
    held = list(holders(sentence.text, page, listed=_lists(lead)))
    rest = [*objects(plain), *linked_objects(plain, sentence.text.spans)]
    raised = list(tools(plain, sentence.text.spans))
    tree = page.trees.of(sentence.text.plain, needed=bool(hard or named or held or rest or raised))
    if tree and is_condition(plain, tree):
        return ()
    hard = [m for m in hard if not (only_mentioned(plain, m) or (tree and in_condition(tree, m)))]
    things = nouns_in(tree) if tree else frozenset()
    reached = [
        m
        for m in named
        if governed(plain, m.start, m.end, things) or _listed(m, lead) or _ON_DUTY.match(m.contact.name)
    ]
    soft = [m for m in named if m in reached or any(_paired(plain, m, other) for other in reached)]
    held = [m for m in held if tree is None or not _is_bystander(sentence, tree, m, roster)]
    rest = [m for m in rest if not any(_within(m, other) for other in named)]
    soft = [m for m in soft if not _begins_in_code(sentence, m)]
    soft, rest = _by_tree(sentence, page, roster, soft, rest, lead)
    mentions = _apart(hard, sorted([*soft, *held], key=_length), sorted(rest, key=_length))
    mentions = [m for m in mentions if not (_is_denied(plain, m) or _nobody(m, roster))]
    mentions = [m for m in mentions if not _OUT_OF_REACH.search(plain[: m.start])]
    mentions += [m for other in list(mentions) for m in in_person(plain, other) if not _touches(m, mentions)]
    mentions = [m for m in mentions if not _ACTOR.match(plain[m.end :])] or mentions
    mentions = [m for m in mentions if not _PAST.search(plain[: m.start])] or mentions
    mentions = mentions or raised
    return sorted(mentions, key=lambda m: (conditional(plain, m.start), m.start))


def _is_denied(plain: str, mention: Mention) -> bool:
    """Whether one is not to go to somebody: unless nothing may be done without their consent."""
    before = plain[: mention.start]
    return bool(_NEGATED.search(before)) and not _ONLY_WITH.search(before)


_ONLY_WITH = re.compile(
    rf"\b(?:not|never|cannot|can['’]t|nobody|no)\b[^.;]{{0,80}}\bwithout\s+(?:(?:[\w-]+\s+){{0,3}}{GOT}\s+(?:of|from)|"
    rf"(?:first\s+)?(?:{ASKING}|checking|consulting)(?:\s+(?:with|to))?)\s+(?:(?:the|your|our)\s+)?$",
    re.IGNORECASE,
)
_ON_DUTY = re.compile(r"whoever\b", re.IGNORECASE)
"""Of whom it is said what they do whenever they are spoken of."""
_ARTICLE = re.compile(r"\b(?:the|our|your)\s+$", re.IGNORECASE)
"""Before a name that is no person's: "the Tide Portfolio"."""
_ABBREVIATED = re.compile(r"\.\s+[a-z]")
"""What follows a name that is only the letters of one: "B.C. government"."""


def _by_tree(
    sentence: Sentence,
    page: Spoken,
    roster: Roster,
    soft: Sequence[Mention],
    rest: Sequence[Mention],
    lead: str,
) -> tuple[list[Mention], list[Mention]]:
    """Phrases for somebody and mere names, with those that the sentence's tree shows, and without objects of a verb
    that are nobody by it."""
    plain = sentence.text.plain
    tree = page.trees.of(plain)
    if tree is None:
        return [*soft], [*rest]
    found = [n for n in named_in(plain, tree, roster.shorts) if not roster.is_nobody(n.mention.contact.name)]
    found = [
        n
        for n in found
        if n.asked or (" | " not in plain and (_profile(sentence, n.mention) or not _in_code(sentence, n.mention)))
    ]
    common = common_objects(tree)
    rest = [m for m in rest if not _ABBREVIATED.match(plain, m.end)]
    if plain.rstrip().endswith("?") or illustrates(lead):
        soft, found = [], [n for n in found if n.asked]
    soft = [m for m in soft if not (is_aside(plain, m.start) or _is_bystander(sentence, tree, m, roster))]
    things = nouns_in(tree)
    soft = [m for m in soft if _listed(m, lead) or reached(plain, m.start, m.end, things) or not only_stands(tree, m)]
    if not _ASKED.search(lead):
        soft = [m for m in soft if m.contact.kind != "role" or not is_fragment(tree, m)]
    found = [n for n in found if n.asked or not _is_bystander(sentence, tree, n.mention, roster)]
    sure = [n.mention for n in found if n.certain and not is_aside(plain, n.mention.start)]
    soft = [m for m in soft if not any(_ends_in(other, m) for other in sure)]
    kept = [
        m
        for m in rest
        if m.contact.name[:1].isupper()
        or (m.contact.name in _ALONE and len(plain.split()) > _TITLE)
        or any(_overlap(m, n.mention) for n in found)
        or any(m.start <= place < m.end for place in common)
        or _is_link(sentence, m)
    ]
    kept = [m for m in kept if not _is_program(plain, m, page)]
    persons = {(n.mention.start, n.mention.end): n.mention for n in found if n.mention.contact.kind == "person"}
    kept = [_addressed(sentence, m) if _profile(sentence, m) else m for m in kept]
    kept = [m if _ARTICLE.search(plain[: m.start]) else persons.get((m.start, m.end), m) for m in kept]
    found = [n for n in found if n.certain or not _is_program(plain, n.mention, page)]
    linked = [
        _addressed(sentence, n.mention) for n in found if not n.certain and (n.asked or _profile(sentence, n.mention))
    ]
    return (
        [*soft, *(m for m in sure if not _touches(m, soft))],
        [*kept, *(m for m in linked if not _touches(m, [*kept, *soft]))],
    )


def _is_bystander(sentence: Sentence, tree: Tree, mention: Mention, roster: Roster) -> bool:
    """Whether it is nobody to go to, by the sentence's tree or its links."""
    cut = any(s.kind == "link" and s.start < mention.start < s.end < mention.end for s in sentence.text.spans)
    return cut or is_bystander(tree, mention, known=roster.knows(mention.contact.name))


def _is_program(plain: str, mention: Mention, page: Spoken) -> bool:
    """Whether a name of one word is asked to do something and stands on the page in small letters: a command's."""
    name = mention.contact.name
    asked_to = name[:1].isupper() and " " not in name and plain[mention.end :].startswith(" to ")
    return asked_to and page.writes(name.lower())


def _addressed(sentence: Sentence, mention: Mention) -> Mention:
    """The mention, as the address that its name is (a handle as a link's words), or the person whose page it links."""
    contact = is_address(mention.contact.name)
    if contact is None and _profile(sentence, mention) and re.fullmatch(BY_NAME, mention.contact.name):
        contact = Contact("person", mention.contact.name)
    return replace(mention, contact=contact) if contact else mention


def _in_code(sentence: Sentence, mention: Mention) -> bool:
    return any(s.kind == "code" and s.start <= mention.start < s.end for s in sentence.text.spans)


def _begins_in_code(sentence: Sentence, mention: Mention) -> bool:
    """Whether a phrase is of a thing that is named in code: "the `pump.service` systemd unit"."""
    return any(s.kind == "code" and s.start <= mention.start < s.end < mention.end for s in sentence.text.spans)


def _is_link(sentence: Sentence, mention: Mention) -> bool:
    return any(s.kind == "link" and (s.start, s.end) == (mention.start, mention.end) for s in sentence.text.spans)


def _profile(sentence: Sentence, mention: Mention) -> bool:
    """Whether a name is the label of a link to somebody's own page on a forge."""
    return any(
        span.kind == "link" and span.start <= mention.start and mention.end <= span.end and PROFILE.match(span.href)
        for span in sentence.text.spans
    )


_BETWEEN = re.compile(
    r"\W*(?:or|and|and/or|e\.?g\.?|for example|such as|like|ideally|normally|usually),?\s+"
    r"(?:(?:the|an?|your|our|their|another)\s+)?"
    r"(?:(?:members?\s+of|some(?:one|body)\s+(?:from|in|on))\s+(?:the\s+|your\s+)?)?",
    re.IGNORECASE,
)


def _paired(plain: str, one: Mention, other: Mention) -> bool:
    """Whether nothing but "or" stands between two people, or "such as": who reaches one reaches both."""
    first, second = sorted([one, other], key=lambda m: m.start)
    return bool(_BETWEEN.fullmatch(plain[first.end : second.start]))


def _length(mention: Mention) -> int:
    return mention.start - mention.end


def _apart(*groups: Sequence[Mention]) -> list[Mention]:
    """The mentions of all groups, without those that lie over one of an earlier group or place."""
    kept: list[Mention] = []
    for mention in (m for group in groups for m in group):
        if not _touches(mention, kept):
            kept.append(mention)
    return kept


def _touches(mention: Mention, others: Sequence[Mention]) -> bool:
    return any(_overlap(mention, other) for other in others)


def _ends_in(mention: Mention, other: Mention) -> bool:
    """Whether it is the role of what another one names: "head of their Berth unit"."""
    return (
        mention.contact.kind == "role"
        and mention.start < other.start
        and mention.end == other.end
        and " of " in mention.contact.name
    )


def _within(mention: Mention, other: Mention) -> bool:
    return other.start <= mention.start and mention.end <= other.end and mention != other


_POINTER = re.compile(
    r"(?:right )?(?:here|this|that|there|below|above|link|this (?:link|page|list|form))$", re.IGNORECASE
)
"""The words of a link that leads to whoever it is, and names nobody."""


def _nobody(mention: Mention, roster: Roster) -> bool:
    contact = mention.contact
    if is_bot(contact):
        return True
    if not contact.address and _POINTER.match(contact.name):
        return True
    if contact.address or contact.kind not in ("team", "role"):
        return False
    *before, last = contact.name.split() or [""]
    outside = last.lower() in nouns("people", "outsiders") and not any(word[:1].isupper() for word in before)
    return outside or roster.is_nobody(contact.name)


def _listed(mention: Mention, lead: str) -> bool:
    """A list item or cell that begins with the person, after a line about asking or telling people."""
    return mention.start <= _EARLY and _lists(lead)


@lru_cache(1024)
def _lists(lead: str) -> bool:
    return bool(_LISTED.search(_BRACKETS.sub(" ", lead[lead.rfind(".") + 1 :])))


def _overlap(a: Mention, b: Mention) -> bool:
    return a.start < b.end and b.start < a.end


def _merged(mentions: Sequence[Mention], plain: str) -> tuple[Contact, ...]:
    """A team and the address given right beside it become one contact; each contact appears once."""
    merged: list[Contact] = []
    previous: Mention | None = None
    for mention in mentions:
        contact = mention.contact
        between = plain[previous.end : mention.start] if previous else ""
        follows = previous is not None and previous.end <= mention.start
        joined = (
            follows
            and previous
            and not previous.contact.address
            and (
                _beside(between) or _TO_THEM.match(contact.name) or _is_theirs(previous.contact.name, between, contact)
            )
        )
        if joined and contact.kind != "queue" and contact.address and merged and merged[-1] == previous.contact:  # type: ignore[union-attr]
            merged[-1] = Contact(merged[-1].kind, merged[-1].name, contact.address)
        elif contact not in merged:
            merged.append(contact)
        previous = mention
    return tuple(merged)


_NEXT_CLAUSE = re.compile(r"\s*[;–—]\s*(?:please )?(?:contact|email|write to)\s+", re.IGNORECASE)


def _is_theirs(name: str, between: str, contact: Contact) -> bool:
    """Whether the next clause gives an address that has a word of the name: "run by Ropes; contact hi@ropes.org"."""
    named = (word for word in re.findall(r"[a-z]{4,}", name.lower()))
    return bool(_NEXT_CLAUSE.fullmatch(between)) and any(word in contact.address.lower() for word in named)


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
