"""Whom a sentence sends its reader to, and whom it says to have a thing in hand, read from its tree.

A verb of asking takes them as its object ("ask X"), a verb of sending behind a preposition ("raise it with X"), a verb
of keeping as its subject or its agent ("X maintains", "maintained by X"), a noun for what is got behind "from". Who is
found so counts only as somebody: a phrase whose last word is one for teams, roles or departments, a person's name, or a
name that the manual uses for somebody elsewhere. The words are those of `lexicon.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from ingest.facts.addresses import Mention
from ingest.facts.cells import is_by_given_name, is_person
from ingest.facts.lexicon import forms, nouns, one_of, plural, sending, verbs, words
from ingest.facts.names import PROGRAM
from ingest.facts.syntax import Tree, Word, children
from ingest.facts.verbs import TOOLS
from ingest.forms import UPPER
from ingest.values import Contact, ContactKind

_OBJECTS = frozenset({"dobj", "obj", "dative", "oprd"})
SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_MODIFIERS = frozenset({"compound", "amod", "nmod", "nummod", "npadvmod", "punct"})
MODALS = frozenset({"should", "must", "can", "could", "may", "will", "shall", "might"})
DEMANDING = frozenset({"should", "must", "shall"})
_READERS = frozenset(
    """you everyone everybody anyone anybody they he she who people staff teams employees""".split()
) | {plural(noun) for name in ("readers", "roles") for noun in words("people", name)}
_VAGUE = words("vague", "words")
_VERBS_TOO = words("asked", "calling") | words("asked", "direct", "noun") | words("asked", "of_things")
_IN_PHRASES = frozenset({*SUBJECTS, "compound", "nmod"})
_ORDINAL = frozenset("first second third last final two three four many several few".split())
_INDEFINITE = frozenset("another any each every no some other most many".split())
_GROUPS = frozenset("one some any member members someone somebody anyone anybody rest each all either both".split())
_PERSON = re.compile(
    rf"[{UPPER}][\w'’-]+(?: (?:[{UPPER}]\.|{one_of(words('people', 'particles'))}))*(?: [{UPPER}][\w'’-]+){{1,2}}$"
)
_DECIDING = frozenset({"grant", "decide"})
"""What people do and no program, as those are who approve."""
_GETTING = frozenset(verbs("obtained")) | {"with", "without"}
_LYING = frozenset({"lie", "rest", "come", "fall"})
_RESTING = _LYING | {"live", "sit", "go", "circulate"}
_MAY_BE_PROGRAMS = frozenset({"editor", "editors", "group", "administrator"})
"""Last words of what does something by itself on a machine too: "the Auto Scaling Group"."""
_NOTIFYING = frozenset({"email", "e-mail", "notify", "alert", "page", "message"})
_WAKING = frozenset({"ring", "phone", "wake"})
_HELPING = frozenset({"help", "assist"})
_OF_THINGS = words("asked", "of_things") | {"consult"}
_CONSISTING = frozenset({"involves", "includes", "means", "requires"})
_TOLD = _READERS - {"they", "he", "she", "who"}
_WISHES = "request claim complaint proposal mistake error attempt offer".split()
_MADE_BY_ANYBODY = nouns("general", "troubles") | {*_WISHES, *map(plural, _WISHES)}
"""What is made by whoever wants something of others, or has done wrong."""
_BETWEEN_PEOPLE = frozenset({"agree", "appeal", "complain", "discuss"})
"""What one does with people only."""
_IN_TOUCH = frozenset({"touch", "contact", "consultation"})
_SEATING = frozenset({"send", "provide", "delegate"})
_SEATED = nouns("people", "roles") | nouns("people", "members") | {"delegate", "delegates"}
"""What is done with those who are to sit somewhere for others, and who they are."""
_TOLD_OF = forms(words("asked", "informing") | {"advise", "remind"})
"""Whom one does that to, one does it of something: "notify your manager of the date"."""
_SOFTWARE = nouns("things", "software") - words("people", "functions")
_STARTING = frozenset({"start", "begin", "work"})
_OF_THINGS_DONE = frozenset({"run", "operate", "organise", "organize"})
"""Verbs of keeping that by themselves say only that something goes on: "accounts run on a calendar year"."""
_IDIOMS = frozenset({"give", "drop", "keep", "get", "see", "add", "assign", "set"})
_MAKING = frozenset({"add", "assign", "set"})
_HELD_ONCE = frozenset({"chair", "chief"})
"""Of whom there is one only, where "the" and a capital say so: "the Chair"."""
_SOMETHING = frozenset({"anything", "everything"})
_BELONGING = frozenset({"available", "obtainable"})
_WHICH = frozenset({"that", "which", "who"})
_INFORMED = frozenset({"involved", "informed", "posted", "updated", "loop"})
_LEADING = {"charge": "in", "call": "on", "duty": "on", "hand": "on"}
_CHOOSING = frozenset({"up", "down"})
_ANSWERING = frozenset({"responsible", "accountable", *_CHOOSING, *_LEADING})
"""Words that say of somebody that they answer for a thing, some with what stands before them."""
_DUTIES = words("obtained", "duties")
_WHO_DO = re.compile(r"(?:ers|ors|ists|ians|ees|ants|mates|men|people|folk)$")
"""How plurals of those who do something end."""
_OPS = re.compile(r"(?:[A-Z][a-z]+)*[Oo]ps")
"""What teams that operate something are called in one word: "SecOps"."""
_DEPARTMENTS = words("people", "functions") - words("people", "functions", "thing") | words("people", "fields")
"""Last words of departments' names in which no program's end."""
_PRONOUNS = frozenset("she he her him hers his herself himself".split())
_BEFORE_THINGS = frozenset("the a an our your this that these those its".split())
_NEAR = 7
"""Words behind a name that are looked at to tell whose it is."""
_EITHER = "(s"
_ASKS = words("asked", "direct") | words("sent", "talking") | {"consult", "escalate", "inform", "notify"}
_NOUNS_TOO = words("asked", "direct") | words("asked", "paging") | {"ping"}
"""Verbs of asking that the parser often takes for nouns."""
TELLING = frozenset(
    {*verbs("asked"), *(form for form, verb in verbs("sent").items() if verb in words("sent", "talking"))}
)
ROLE_NOUNS = nouns("people", "roles") | words("people", "folk")
_ALONE = (
    words("people", "teams", "alone")
    | nouns("people", "roles", "alone")
    | words("people", "folk", "alone")
    | nouns("people", "shared_titles", "alone")
    | {"member", "members", "ops"}
)
"""Words that fit the end of a phrase for somebody and name nobody unless something before them says whom."""
_DIRECT, _INSTEAD = re.compile(r"^Direct(?= .* to )"), "Submit"
"""A verb that the parser takes for another kind of word where a sentence begins, and one as long that it knows."""
MASK = "Xx"
_MASKED = re.compile(f"{MASK[0]}{MASK[1]}+")
"""How the characters of an address are written for the parser: as a name, as long as the address."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a sentence names: `asked` where it sends the reader to them, else they have something in hand."""

    mention: Mention
    asked: bool
    certain: bool
    """Whether the phrase itself shows that it is somebody; else it is a name that may be a thing's."""


def masked(plain: str, names: Sequence[tuple[int, int]]) -> str:
    """The sentence as the parser is to see it: what stands there for a name, whatever its letters, is one word of a
    name's form, as long as it was."""
    text = plain.replace("\n", " ")
    for start, end in names:
        if end - start > 1:
            text = f"{text[:start]}{MASK[0]}{MASK[1] * (end - start - 1)}{text[end:]}"
    return _DIRECT.sub(_INSTEAD, text)


_NO_SHORTS: Mapping[str, Contact] = MappingProxyType({})


def may_name(plain: str) -> bool:
    """Whether a sentence has a form of one of the verbs and nouns by which anybody could be found in it."""
    return not _cues().isdisjoint(_LETTERS.findall(plain.lower()))


@cache
def _cues() -> frozenset[str]:
    forms = {
        part
        for section in ("asked", "sent", "fetched", "keeping")
        for form in verbs(section)
        for part in form.split("-")
    }
    got = (
        words("obtained", "nouns") | words("obtained", "duties") | words("holding", "nouns") | words("powers", "nouns")
    )
    more = "let sign signs signed belongs discretion".split()
    return frozenset(
        {
            *forms,
            *_ANSWERING,
            *words("asked", "seeking"),
            *words("undergone", "forms", "either"),
            *got,
            *more,
            *_BELONGING,
            *_IDIOMS,
        }
    )


_LETTERS = re.compile(r"[a-z]+")
_WORDS = re.compile(r"[A-Za-z]+")
_SUBJECT = 6
"""Words in which the subject of a sentence ends."""
_AGENT = 5
"""Words behind "by" in which whoever does it stands."""


def may_do(plain: str) -> bool:
    """Whether a sentence begins with a word for people, or has one behind "by": somebody may do a thing in it."""
    said = _WORDS.findall(plain)
    return any(_is_doer(word) for word in said[:_SUBJECT]) or any(
        _is_doer(after) for at, word in enumerate(said) if word == "by" for after in said[at + 1 : at + 1 + _AGENT]
    )


def _is_doer(word: str) -> bool:
    if word.istitle() and word.lower() in words("persons", "given"):
        return True
    return word == "IT" or (word.lower() in _doers() and word != "it")


@cache
def _doers() -> frozenset[str]:
    people = nouns("people", "roles") | nouns("people", "shared_titles") | words("people", "folk")
    return people | words("people", "teams") | words("people", "departments") | words("people", "bodies")


_PAIR = re.compile(rf"[{UPPER}][\w'’-]+ [{UPPER}][\w'’-]")
"""Two words with capitals, as a person's name has them."""


def may_find(text: str, shorts: Mapping[str, Contact] = _NO_SHORTS) -> bool:
    """Whether `named_in` could find anybody in a sentence that is `masked`: it has a word for somebody, a person's
    name, a short name of the manual's, an address, or words behind which any name is somebody's."""
    said = frozenset(_LETTERS.findall(text.lower()))
    named = frozenset(_NAMES.findall(text))
    return (
        not said.isdisjoint(_somebody())
        or not named.isdisjoint(shorts)
        or any(name.lower() in words("persons", "given") for name in named)
        or not said.isdisjoint(_before_names())
        or (not said.isdisjoint(_resting()) and not said.isdisjoint(_matters()))
        or MASK in text
        or bool(_PAIR.search(text) or _DEPARTMENT.search(text) or _SEEN.search(text))
    )


_NAMES = re.compile(rf"[{UPPER}]\w+")
_SEEN = re.compile(rf"\b[Ss]ee [{UPPER}][\w'’-]+ about\b")
"""Somebody whom one is to see about a thing."""
_DEPARTMENT = re.compile(r"\bIT\b|[Oo]ps\b")
"""What has no small letters of its own, or any letters before it."""


@cache
def _somebody() -> frozenset[str]:
    """Words in which a phrase for somebody can end, or a title begin; "it" is one in capitals alone."""
    people = _doers() | _ALONE | words("people", "functions") | words("people", "named_teams")
    return _longest_parts(people | words("people", "offices", "before")) - {"it"}


@cache
def _before_names() -> frozenset[str]:
    """What any name may follow: forms of verbs that only people are the object of, what is done with them or given by
    them, and "by"."""
    people_only = words("asked", "direct") | words("asked", "telling")
    asked = (form for form, verb in verbs("asked").items() if verb in people_only)
    sent = (form for form, verb in verbs("sent").items() if verb in words("sent", "talking") | _BETWEEN_PEOPLE)
    given = nouns("obtained", "nouns", "yes") | _IN_TOUCH
    return _longest_parts((*asked, *sent, *given, "let", "by"))


@cache
def _resting() -> frozenset[str]:
    return _longest_parts(form for form, verb in {**verbs("sent"), **verbs("fetched")}.items() if verb in _RESTING)


@cache
def _matters() -> frozenset[str]:
    """Subjects of verbs of resting behind which any name may stand: "anything about keys goes to Ada"."""
    return _longest_parts(_SOMETHING | nouns("general", "troubles") | {"request", "requests"})


def _longest_parts(forms: Iterable[str]) -> frozenset[str]:
    """Of each form the longest run of letters: "mail" of "e-mail"."""
    return frozenset(max(_LETTERS.findall(form), key=len) for form in forms)


def named_in(plain: str, tree: Tree, shorts: Mapping[str, Contact] = _NO_SHORTS) -> Iterator[Named]:
    """Everybody whom a sentence with that tree names, in no order; the same words may come twice. `shorts` are the
    manual's own short names."""
    reader = _Reader(plain.replace("\n", " "), tree, shorts)
    for place, word in enumerate(tree):
        lower = word.lower
        if word.tag.startswith("VB") or lower in _NOUNS_TOO or (place == 0 and lower in _orders()):
            yield from reader.asked(place, lower)
            yield from reader.sent(place, lower)
        if word.tag.startswith("VB"):
            yield from reader.kept(place, lower)
            yield from reader.told_in_other_words(place, lower)
            yield from reader.does(place, lower)
        if lower in ("is", "are", "be"):
            yield from reader.being(place)
        if lower == "let":
            yield from reader.let_know(place)
        if lower in _ANSWERING:
            yield from reader.answering(place)
        if lower in words("obtained", "nouns") or lower in _BELONGING or lower == "discretion":
            yield from reader.obtained(place)
        if lower in _DUTIES or lower in words("obtained", "nouns", "sought") or lower == "discretion":
            yield from reader.possessed(place)
        if lower in nouns("holding", "nouns"):
            yield from reader.holding(place)


def referred(plain: str, tree: Tree, before: str = "", earlier: Tree = ()) -> Mention | None:
    """Somebody to whom a sentence sends its reader by a pronoun, named before it or in the sentence before: "The keys
    are with Ada Byron, so tell her". The places of the mention are those of the sentence in which the name stands."""
    reader = _Reader(plain.replace("\n", " "), tree, _NO_SHORTS)
    pronoun = next((place for place in range(len(tree)) if reader.is_pronoun_for_asked(place)), None)
    if pronoun is None:
        return None
    one = tree[pronoun].lower in ("her", "him")
    found = reader.antecedent(pronoun, one=one)
    if found is None and earlier:
        found = _Reader(before.replace("\n", " "), earlier, _NO_SHORTS).antecedent(len(earlier), one=one)
    return found


def nouns_in(tree: Tree) -> frozenset[int]:
    """Where nouns begin that are verbs of asking elsewhere: "the wiki page", "email addresses"."""
    return frozenset(
        word.start for word in tree[1:] if word.lower in _VERBS_TOO and word.tag == "NN" and word.dep in _IN_PHRASES
    )


def common_objects(tree: Tree) -> frozenset[int]:
    """Where nouns begin that a verb of asking takes as its object, the reader doing it, with "the" or "your" before
    them: whoever they are, they are somebody ("ask the caretaker")."""
    reader = _Reader("", tree, _NO_SHORTS)
    return frozenset(tree[place].start for place in range(len(tree)) if reader.is_common_object(place))


@cache
def _orders() -> frozenset[str]:
    """The verbs as one is told to do them."""
    return frozenset((*verbs("asked").values(), *verbs("sent").values()))


@cache
def _having() -> frozenset[str]:
    """What people do who have a thing in hand, and not once on some day."""
    return forms(words("keeping", "having"))


def _is_personal(word: Word) -> bool:
    """Whether a word can be of a person's name: it has a capital and is no word for bodies, roles or software."""
    lower = word.lower
    if word.tag != "NNP" or not word.text.istitle() or _MASKED.fullmatch(word.text):
        return False
    return lower not in _somebody() and lower not in nouns("things", "software") and lower not in _VAGUE


class _Reader:
    """One sentence's tree, with what hangs on each word."""

    def __init__(self, plain: str, tree: Tree, shorts: Mapping[str, Contact]) -> None:
        self.plain = plain
        self.tree = tree
        self.shorts = shorts
        self.below = children(tree)

    def asked(self, place: int, lower: str) -> Iterator[Named]:
        """The objects of a verb of asking; the subject of one that must be done to them."""
        verb = verbs("asked").get(lower)
        if verb is None or self._denied(place) or not self._is_meant(place, verb):
            return
        passive = self._child(place, "auxpass") is not None
        if not passive and self.tree[place].dep == "acl" and (self.tree[place].tag == "VBN" or lower == "involving"):
            return  # "a service called Berth Management Service", "conflicts involving the harbour master"
        if passive:
            subject = self._child(place, "nsubjpass")
            if subject is not None and self._modal(place) & MODALS:
                told = verb in words("asked", "telling") and bool(self._modal(place) & DEMANDING)
                yield from self._people(subject, asked=True, names=told and self.tree[subject].tag == "NNP")
            return
        if not self._by_reader(place):
            if verb in _NOTIFYING | _WAKING and self.tree[place].tag == "VBZ":
                yield from self._notified(place)
            return
        for child in self.below[place]:
            if self.tree[child].dep in _OBJECTS:
                names, persons = verb in words("asked", "direct"), verb not in _OF_THINGS
                yield from self._people(child, asked=True, names=names, persons=persons)

    def _is_meant(self, place: int, verb: str) -> bool:
        """Whether a verb of asking that means something else as well has people as its object."""
        if verb in words("asked", "fetching") and not self._certainly(place, verb):
            return False
        return verb not in _NOTIFYING or not self._goes_to_an_address(place)

    def _goes_to_an_address(self, place: int) -> bool:
        """Whether what is sent are things: "email the form to x@y.org"."""
        to = (child for child in self.below[place] if self.tree[child].dep == "prep" and self.tree[child].lower == "to")
        return any(_MASKED.fullmatch(self.tree[target].text) for child in to for target in self.below[child])

    def _notified(self, place: int) -> Iterator[Named]:
        """Those whom a program tells of something: "the job emails the product owner"."""
        for child in self.below[place]:
            if self.tree[child].dep in _OBJECTS:
                found = [n for n in self._people(child, asked=False, names=False) if n.certain]
                definite = self._is_definite(child)
                yield from (n for n in found if definite or n.mention.contact.kind == "person")

    def _certainly(self, place: int, verb: str) -> bool:
        """Whether a verb of fetching fetches somebody to a matter ("bring X in"), or is one of asking by itself."""
        inwards = (child for child in self.below[place] if child > place and self.tree[child].lower == "in")
        alone = any(self.tree[child].dep in ("prt", "advmod") or not self.below[child] for child in inwards)
        return alone or verb in words("asked", "paging")

    def told_in_other_words(self, place: int, lower: str) -> Iterator[Named]:
        """Whom a set phrase sends the reader to: "give X a call", "keep X informed", "see X for keys"."""
        if lower in words("asked", "seeking") and not self._denied(place) and self._by_reader(place):
            sought = (child for child in self.below[place] if self.tree[child].dep in _OBJECTS)
            found = (n for child in sought for n in self._people(child, asked=True, names=False))
            yield from (n for n in found if n.mention.contact.kind == "person" and n.certain)
            return
        if lower not in _IDIOMS or self._denied(place) or not self._by_reader(place):
            return
        after = frozenset(word.lower for word in self.tree[place + 1 : place + 9])
        signing = False
        objects = [child for child in self.below[place] if self.tree[child].dep in (*_OBJECTS, "nsubj", "ccomp")]
        if lower in ("give", "drop"):
            signed = any(self.tree[child].lower in words("asked", "signs") for child in objects)
            people = [child for child in objects if self.tree[child].lower not in words("asked", "signs")]
            people += (
                [
                    p
                    for o in objects
                    for c in (*self.below[o], *self.below[place])
                    if self.tree[c].lower == "to"
                    for p in self.below[c]
                ]
                if signed and not people
                else []
            )
            given = not signed and any(self.tree[child].lower in nouns("asked", "papers") for child in objects)
            targets = people if signed else [*self._given_to(place)] if given else []
        elif lower == "see":
            targets = [child for child in objects if self._is_for(place, child)]
        elif lower in _MAKING:
            as_what = {
                word.lower for word in self.tree[place:] if word.head != place and self.tree[word.head].lower == "as"
            }
            targets = objects if as_what & nouns("people", "roles") else []
        else:
            inner = [c for o in objects if self.tree[o].dep == "ccomp" for c in self.below[o]]
            inner = [c for c in inner if self.tree[c].dep in SUBJECTS]
            signing = lower == "get" and not after.isdisjoint({*verbs("deciding"), "sign"})
            signing = signing or (lower == "get" and self._is_asked_to_look(place))
            targets = [*objects, *inner] if after & _INFORMED or signing else []
        for target in targets:
            reached = self._people(target, asked=True, names=False, persons=lower != "keep")
            yield from (n for n in reached if lower not in ("get", "keep") or n.certain or signing)

    def _is_asked_to_look(self, place: int) -> bool:
        """Whether somebody is got to see to a thing: "get X to look at it"."""
        done = (child for child in self.below[place] if self.tree[child].dep in ("xcomp", "advcl", "ccomp"))
        return any(
            self.tree[child].lower in ("look", "check", "review", "help")
            and any(self.tree[inner].lower == "to" for inner in self.below[child])
            for child in done
        )

    def _given_to(self, place: int) -> Iterator[int]:
        """To whom something is given: "give the form to X"."""
        for child in self.below[place]:
            if self.tree[child].dep in ("prep", "dative") and self.tree[child].lower == "to":
                yield from (target for target in self.below[child] if self.tree[target].dep == "pobj")

    def _is_for(self, place: int, target: int) -> bool:
        """Whether somebody is seen for something ("see X for keys"), and no page ("see Support for Leads")."""
        first, last = self._left(target), self._right(target)
        behind = self.tree[last + 1 : last + 3]
        named = first > 0 and self.tree[first - 1].lower == "the" and self.tree[target].text[:1].isupper()
        after = len(behind) == 2 and behind[0].lower in ("for", "about") and not behind[1].text[:1].isupper()
        before = any(self.tree[c].lower in ("for", "if") for c in self.below[place] if c < place) and len(behind) < 2
        department = self.tree[target].lower in words("people", "departments")
        titled = any(word.text[:1].isupper() for word in self.tree[last + 1 :])
        return (after or (before and department)) and not named and not titled

    def is_pronoun_for_asked(self, place: int) -> bool:
        """Whether a pronoun stands for somebody to whom the reader is sent: "tell her", "bring it to them"."""
        word = self.tree[place]
        if word.lower not in ("her", "him", "them") or word.tag != "PRP":
            return False
        verb = word.head
        if word.dep == "pobj":
            preposition, verb = verb, self.tree[verb].head
            verb = self.tree[verb].head if self.tree[verb].dep in (*_OBJECTS, "prt", "advmod") else verb
            sent = verbs("sent").get(self.tree[verb].lower) or verbs("fetched").get(self.tree[verb].lower)
            sends = sent is not None and self.tree[preposition].lower in sending()[sent]
        elif word.dep in SUBJECTS and self.tree[verb].lower == "know":
            verb = self.tree[verb].head
            sends = self.tree[verb].lower == "let"
        else:
            asked = verbs("asked").get(self.tree[verb].lower, "")
            people = asked in words("asked", "telling") or asked in words("asked", "calling")
            sends = word.dep in (*_OBJECTS, "ccomp") and (people or self.tree[verb].lower in words("asked", "seeking"))
        told = self.tree[verb].tag in ("VB", "VBP") and not (self._denied(verb) or self._in_condition(verb))
        return sends and told and self._by_reader(verb)

    def antecedent(self, until: int, *, one: bool) -> Mention | None:
        """Who was named last before a word as whoever does something or has it done: of `one`, a person; else a team or
        a role that is somebody's or one in particular, outside conditions."""
        for place in range(until - 1, -1, -1):
            word = self.tree[place]
            led = word.dep == "pobj" and (
                self.tree[word.head].dep != "prep" or self.tree[word.head].lower in ("by", "with", "through")
            )
            acts = led or word.dep in (*SUBJECTS, "attr", "appos")
            if not acts or self._in_condition(place):
                continue
            if one and (found := self._person_at(place)):
                return found
            if not one and (self._is_definite(place) or word.tag == "NNP"):
                phrase = self._phrase(place, asked=True, names=False, persons=False)
                if phrase is not None and phrase[1] and phrase[0].contact.kind != "person":
                    return phrase[0]
        return None

    def _person_at(self, place: int) -> Mention | None:
        first = self._left(place)
        phrase = self.tree[first : place + 1]
        before = self.tree[first - 1].lower if first else ""
        name = self.plain[phrase[0].start : phrase[-1].end]
        named = all(_is_personal(word) for word in phrase) and before not in _BEFORE_THINGS
        if is_by_given_name(name) or (named and (len(phrase) == 1 or is_person(name))):
            return Mention(Contact("person", name), phrase[0].start, phrase[-1].end)
        return None

    def _in_condition(self, place: int) -> bool:
        """Whether a word stands in a clause of what may be or is to happen: "if the Berth team asks"."""
        for _ in range(8):
            marks = {self.tree[child].lower for child in self.below[place]}
            if self.tree[place].dep == "advcl" and marks & {"if", "when", "whenever", "unless", "once"}:
                return True
            if self.tree[place].head == place:
                return False
            place = self.tree[place].head
        return False

    def is_common_object(self, place: int) -> bool:
        word = self.tree[place]
        verb = word.head
        if word.dep == "pobj":
            verb = self.tree[word.head].head
            verb = self.tree[verb].head if self.tree[verb].dep in _OBJECTS else verb
        if (
            word.tag not in ("NN", "NNS", "JJ")
            or word.dep not in (*_OBJECTS, "pobj")
            or self.tree[verb].lower not in _ASKS
        ):
            return False
        first = self._left(place)
        before = self.tree[first - 1].lower if first else ""
        one = before in ("a", "an", "another") and word.lower in ROLE_NOUNS
        known = ROLE_NOUNS | nouns("people", "shared_titles")
        if word.tag == "NNS" and word.lower not in known and not _WHO_DO.search(word.lower):
            return False  # "speak to the outcomes"
        return (one or before in ("the", "your")) and not self._denied(verb) and self._by_reader(verb)

    def sent(self, place: int, lower: str) -> Iterator[Named]:
        """Whom the verb's prepositions lead to, its object's too: "raise a ticket with X"."""
        verb = verbs("sent").get(lower) or verbs("fetched").get(lower)
        if verb is None or self._denied(place) or self._is_talked_of(place, verb) or self._seats(place, verb):
            return
        passive = self._child(place, "auxpass") is not None or self.tree[place].tag == "VBN"
        if (passive and (self._once(place) or self._is_open(place))) or (verb == "have" and not passive):
            return
        if lower == "reporting" and self.tree[place].dep == "acl":
            return  # "was sent to", "those reporting to the mayor"
        if self._only_starts(place, verb) or (verb == "refer" and not passive and not self._has_object(place)):
            return  # "a label may refer to the same team"
        rests = self._rests(place, verb) and self.tree[place].tag != "VBD"
        fetched = self._is_fetched(place, verb)
        if not (passive or rests or fetched or (verb not in _LYING and self._by_reader(place))):
            return
        matter = rests and self._is_matter(place)
        led = dict.fromkeys(p for first in self._prepositions(place, sending()[verb]) for p in self._each(first))
        for preposition in led:
            means = self.tree[preposition].lower in ("through", "via")
            for target in self.below[preposition]:
                if self.tree[target].dep != "pobj" or self._is_registrar(place, verb, target):
                    continue
                if (means and self._may_be_portal(target)) or not self._is_somewhere(verb, target):
                    continue
                told = verb in words("sent", "talking") or self._in_touch(self.tree[preposition].head)
                names = matter or told or verb in _BETWEEN_PEOPLE
                found = (n for n in self._people(target, asked=True, names=names, persons=matter))
                found = (n for n in found if n.certain or not fetched)
                to_place = verb == "go" and self.tree[preposition].lower == "to"
                yield from (n for n in found if not (to_place and self._may_be_place(n.mention.contact.name)))

    def _is_somewhere(self, verb: str, target: int) -> bool:
        """Whether something comes to whoever stands there, and not to any such."""
        return verb not in ("come", "make") or self._is_definite(target) or self._is_proper(target)

    def _only_starts(self, place: int, verb: str) -> bool:
        """Whether something starts with somebody, and the reader is not told to."""
        return verb in _STARTING and (self.tree[place].lower != verb or not self._is_told(place))

    def _is_open(self, place: int) -> bool:
        """Whether it is left open if anything went to them: "whether or not a complaint was made to the Chair"."""
        top = self._top(place) if self.tree[place].dep == "acl" else place
        marks = {self.tree[child].lower for child in self.below[top] if self.tree[child].dep == "mark"}
        return "whether" in marks

    def _seats(self, place: int, verb: str) -> bool:
        """Whether what goes to them is somebody: "each team sends a delegate to the Council"."""
        sent = [child for child in self.below[place] if self.tree[child].dep in (*_OBJECTS, "nsubjpass")]
        sent += [self.tree[place].head] if self.tree[place].dep == "acl" else []
        somebody = (child for child in sent if self.tree[child].lower in _SEATED)
        return verb in _SEATING and any(
            self.tree[child].tag == "NNS" or self.tree[self._left(child) - 1].lower in ("a", "an") for child in somebody
        )

    def _is_talked_of(self, place: int, verb: str) -> bool:
        """Whether it only says of which talk something else is told: "what you discuss with your mentor is worth a
        note"."""
        noun = self.tree[self.tree[place].head]
        told = self.tree[place].dep == "relcl" and noun.dep in SUBJECTS and not self._modal(place)
        return told and verb in _BETWEEN_PEOPLE | words("sent", "talking")

    def _has_object(self, place: int) -> bool:
        return any(self.tree[child].dep in _OBJECTS for child in self.below[place])

    def _is_registrar(self, place: int, verb: str, target: int) -> bool:
        """Whether it only says where things are listed: "domain names are registered with Harbour Web Services"."""
        lies = verb == "register" and self.tree[place].tag == "VBN" and not self._modal(place)
        return lies and self._is_proper(target) and not _MASKED.fullmatch(self.tree[target].text)

    def _is_told(self, place: int) -> bool:
        """Whether the reader is told to do it, and not what somebody will do."""
        subject = self._subject(place)
        return "will" not in self._modal(place) and (subject is None or self.tree[subject].lower in _TOLD)

    def _is_proper(self, place: int) -> bool:
        return self.tree[place].text[:1].isupper() or self.tree[place].lower in words("people", "departments")

    def _rests(self, place: int, verb: str) -> bool:
        """Whether it says of a matter where it lies: "keys live with the Berth team"."""
        subject = self._subject(place)
        if verb not in _RESTING or subject is None:
            return False
        word = self.tree[subject]
        somebody = word.lower in _READERS or word.lower in ROLE_NOUNS or word.lower in words("people", "teams")
        return not somebody and not word.tag.startswith(("PRP", "WP"))

    def _is_fetched(self, place: int, verb: str) -> bool:
        """Whether it says where people of a kind get something: "new sailors get their kit from X"."""
        subject = self._subject(place)
        several = subject is not None and self.tree[subject].tag == "NNS"
        return several and self.tree[place].tag == "VBP" and "from" in sending()[verb] and verb not in _LYING

    def _is_matter(self, place: int) -> bool:
        """Whether what goes somewhere is whatever people ask: "anything about keys goes to X"."""
        subject = self._subject(place)
        lower = self.tree[subject].lower if subject is not None else ""
        return lower in _SOMETHING or lower in nouns("general", "troubles") or lower in ("requests", "request")

    def _may_be_portal(self, place: int) -> bool:
        """Whether it may be a system that forms go through: "apply through the Opportunity Network"."""
        lower = self.tree[place].lower
        return lower in words("people", "named_teams") - words("people", "bodies") - words("people", "functions")

    @staticmethod
    def _may_be_place(name: str) -> bool:
        """Whether one can go to it on a screen: "Go to Security & Privacy"."""
        last = name.rsplit(maxsplit=1)[-1].lower()
        return last in words("people", "departments") | words("people", "functions") | words("people", "named_teams")

    def kept(self, place: int, lower: str) -> Iterator[Named]:
        """The subject of a verb of keeping, or its agent."""
        verb = verbs("keeping").get(lower) or ("look-after" if self._looks_after(place) else None)
        verb = "approve" if lower == "agree" and self._must(place) else verb
        passive = self._child(place, "auxpass") is not None or self._is_to_be_done(place)
        if verb in _HELPING and self.tree[place].tag in ("VBN", "VBD"):
            return  # "Ada Byron edits it, helped by Ropes & Sons"
        if verb is None and passive and not self._once(place):
            either = lower in words("undergone", "forms", "either")
            either = either and not (lower == "made" and self._asks(place))
            if either or lower not in words("undergone", "forms"):
                found = (n for n in self._agents(place, definite=either) if n.certain)
                yield from (n for n in found if not self._denied(place))
            return
        if verb is None or self._denied(place):
            return
        human = verb in words("keeping", "human") or verb in _DECIDING
        yield from self._agents(place, persons=human)
        aim = self.tree[place].head if self.tree[place].dep == "xcomp" else place
        had = self.tree[aim].dep == "advcl" and self.tree[self.tree[aim].head].lower in ("has", "have")
        if had or (verb in _OF_THINGS_DONE and not self._has_object(place)):
            return  # "the team has a rota to help with that"
        if not passive:
            subject = self._doer(place)
            if subject is not None and self._is_only_one(subject, place):
                yield from self._only(subject)
            elif subject is not None:
                alone = self.tree[place].tag == "VBZ"
                people = self._people(subject, asked=False, names=False, persons=human, alone=alone and not subject)
                has = human or lower in _having() or bool(self._modal(place) & {"can", "will"}) or self._all(place)
                yield from (n for n in people if has or n.mention.contact.kind != "person")

    def _must(self, place: int) -> bool:
        """Whether it has to be done before a thing can be: "the Tide Board has to agree to it"."""
        above = self.tree[self.tree[place].head]
        needs = self.tree[place].dep == "xcomp" and above.lower in ("has", "have", "needs", "need")
        return needs or bool(self._modal(place) & DEMANDING)

    def _is_to_be_done(self, place: int) -> bool:
        """Whether the reader is to have it done: "have the chart checked by X"."""
        word = self.tree[place]
        told = any(self.tree[c].lower in ("have", "get") and self.tree[c].dep == "aux" for c in self.below[place])
        above = self.tree[word.head]
        hangs = word.dep in ("ccomp", "xcomp") and above.lower in ("have", "get")
        told = told or (hangs and self._by_reader(word.head))
        return word.tag == "VBN" and told and self._child(place, "agent") is not None

    def _asks(self, place: int) -> bool:
        """Whether what is made is what people make who want something of others, and no decision or appointment."""
        subject = self._subject(place)
        made_so = any(
            self.tree[child].dep in ("acomp", "oprd", "ccomp") and child == place + 1 for child in self.below[place]
        )
        return made_so or subject is None or self.tree[subject].lower in _MADE_BY_ANYBODY

    def _all(self, place: int) -> bool:
        """Whether it is done to all things of a kind: "reviews every change"."""
        things = (child for child in self.below[place] if self.tree[child].dep in _OBJECTS)
        return any(
            self.tree[of].lower in ("all", "any", "each", "every") for thing in things for of in self.below[thing]
        )

    def does(self, place: int, lower: str) -> Iterator[Named]:
        """The subject of any other verb that does something to a thing, and of having a say: "the Survey team publishes
        the tide tables", "the harbour master has the final say"."""
        word = self.tree[place]
        if lower in verbs("keeping") or word.tag not in ("VBZ", "VBP", "VB") or self._denied(place):
            return
        modal = self._modal(place)
        if word.dep not in ("ROOT", "conj", "ccomp", "relcl") or (
            word.tag == "VB" and modal.isdisjoint(("will", "can"))
        ):
            return
        objects = [
            child
            for child in self.below[place]
            if child > place and (self.tree[child].dep in _OBJECTS or self._is_whatever(child))
        ]
        things = [child for child in objects if self.tree[child].tag != "PRP"]  # "it" names no matter of its own
        powers = lower in ("has", "have") and any(
            self.tree[thing].lower in words("powers", "nouns") for thing in things
        )
        gives = lower == "give" and any(self.tree[child].lower == "you" for child in self.below[place])
        if not things or (lower in verbs("idle") and not (powers or gives)):
            return
        subject = self._subject(place)
        if subject is not None and self._is_only_one(subject, place):
            yield from self._only(subject)
            return
        if subject is None or self.tree[subject].lower in _READERS | _MAY_BE_PROGRAMS:
            return
        if not powers and not self._is_one(subject, modal):
            return
        if self._phrase(subject, asked=False, names=False, persons=powers, alone=True) is None:
            return
        found = self._people(subject, asked=False, names=False, persons=powers, alone=True)
        keeps = powers or lower in _having() or bool(modal & {"can", "will"})
        yield from (n for n in found if n.certain and (keeps or n.mention.contact.kind != "person"))

    def _is_only_one(self, subject: int, place: int) -> bool:
        """Whether nobody else can do it: "only the harbour master can lift the ban"."""
        first = self._left(subject)
        before = [word.lower for word in self.tree[max(0, first - 2) : first]]
        one = before[-1:] == ["the"] or self.tree[subject].tag.startswith("NNP")
        return one and "only" in before and bool(self._modal(place) & {"can", "may"})

    def _only(self, subject: int) -> Iterator[Named]:
        found = self._people(subject, asked=True, names=False)
        yield from (Named(n.mention, asked=False, certain=True) for n in found if n.certain)

    def _is_whatever(self, place: int) -> bool:
        """Whether a clause stands for the thing to which something is done: "the Tide team pays for what is left"."""
        return self.tree[place].dep == "ccomp" and any(
            self.tree[child].lower in ("what", "whatever") for child in self.below[place]
        )

    def _doer(self, place: int) -> int | None:
        """The subject of a verb; of one that says what somebody is, theirs: "the Tide team is the one that does it"."""
        subject = self._subject(place)
        if subject is None or self.tree[subject].lower not in _WHICH or self.tree[place].dep != "relcl":
            return subject
        noun = self.tree[place].head
        top = self.tree[noun].head
        stands = self.tree[noun].dep == "attr" and self.tree[top].lower in ("is", "are") and not self._denied(top)
        return self._child(top, "nsubj") if stands else subject

    def _is_one(self, place: int, modal: frozenset[str]) -> bool:
        """Whether a subject is somebody in particular: "the Survey team", "Legal", of "your manager" only what they
        will do."""
        first = self._left(place)
        before = self.tree[first - 1].lower if first else ""
        word = self.tree[place]
        if before in ("your", "their", "a", "an"):
            return bool(modal) and (word.tag in ("NN", "NNP"))
        return before in ("the", "our") or word.tag not in ("NNS", "NNPS")

    def being(self, place: int) -> Iterator[Named]:
        """Who somebody is: "our data protection officer is Ada Byron", "Ada Byron is our DPO"."""
        subject, attribute = self._child(place, "nsubj"), self._child(place, "attr")
        if subject is None or attribute is None or self._denied(place):
            return
        if self._is_title(attribute):
            subject, attribute = attribute, subject
        elif self.tree[subject].lower not in ROLE_NOUNS:
            return
        person = [*self._people(attribute, asked=True, names=False, persons=True)]
        if not person and self._is_one_to_ask(subject) and (found := self._person_at(attribute)):
            yield Named(found, asked=True, certain=True)
        if person and all(n.mention.contact.kind == "person" for n in person):
            yield from self._people(subject, asked=True, names=False)
            yield from person

    def _is_one_to_ask(self, place: int) -> bool:
        """Whether a subject is whoever one is to ask: "the person to nudge is X"."""
        behind = (child for child in self.below[place] if self.tree[child].dep in ("relcl", "acl"))
        return self.tree[place].lower == "person" and any(
            self.tree[child].lower in verbs("asked") or self.tree[child].lower in verbs("sent") for child in behind
        )

    def _is_title(self, place: int) -> bool:
        """Whether a word behind "is" is one person's title: "our DPO", "the Head of Tides"."""
        word = self.tree[place]
        return word.lower in ROLE_NOUNS and word.text[:1].isupper() and self._is_definite(place)

    def _is_definite(self, place: int) -> bool:
        first = self._left(place)
        return first > 0 and self.tree[first - 1].lower in ("the", "our", "your")

    def _agents(self, place: int, *, persons: bool = False, definite: bool = False) -> Iterator[Named]:
        """By whom something is done; `definite` for those alone who are somebody in particular."""
        for agent in self.below[place]:
            if self.tree[agent].dep in ("agent", "prep") and self.tree[agent].lower == "by":
                for target in self.below[agent]:
                    definite_enough = not definite or self._is_definite(target) or self._is_one_name(target)
                    if self.tree[target].dep == "pobj" and definite_enough and not self._is_measure(target):
                        yield from self._people(target, asked=False, names=True, persons=persons)

    def _is_one_name(self, place: int) -> bool:
        """Whether somebody in particular is named, by a name of their own or as those of whom there is one."""
        first = self._left(place)
        before = self.tree[first - 1].lower if first else ""
        return self.tree[place].tag == "NNP" and before not in ("a", "an")

    def _is_measure(self, place: int) -> bool:
        """Whether it only says by what things are told apart: "seats are assigned by business unit"."""
        word, first = self.tree[place], self._left(place)
        return word.tag == "NN" and word.lower in words("people", "teams") and self.tree[first - 1].lower == "by"

    def let_know(self, place: int) -> Iterator[Named]:
        """Whom one is to let know."""
        for child in self.below[place]:
            if self.tree[child].lower == "know" and not self._denied(place):
                for target in self.below[child]:
                    if self.tree[target].dep in SUBJECTS:
                        reached = any(_MASKED.fullmatch(word.text) for word in self.tree)
                        names = self._is_proper(target) and not reached
                        yield from self._people(target, asked=True, names=names)

    def answering(self, place: int) -> Iterator[Named]:
        """Who is responsible: the subject, or what the words hang on ("the team responsible for")."""
        word = self.tree[place]
        if word.lower in _CHOOSING:
            yield from self._deciding(place)
            return
        top = word.head
        if (leading := _LEADING.get(word.lower)) is not None:
            if self.tree[top].lower != leading:
                return
            top = self.tree[top].head
        if self.tree[top].lower in ("is", "are", "be", "was", "were", "'s", "becomes", "become"):
            subject = self._doer(top)
            if subject is not None and not self._denied(top):
                yield from self._people(subject, asked=False, names=False)

    def _deciding(self, place: int) -> Iterator[Named]:
        """Whose choice or task it is: "it is up to X whether", "its upkeep is down to X"."""
        if self.tree[self.tree[place].head].lower in ("is", "'s", "’s") and not self._denied(self.tree[place].head):
            found = (n for n in self._of(place, "to") if n.certain)
            yield from (Named(n.mention, asked=False, certain=True) for n in found)

    def obtained(self, place: int) -> Iterator[Named]:
        """Whom something is got from: "approval from X", "permission of X", "approval is required from X"."""
        denied = any(self.tree[child].lower == "no" for child in self.below[place])
        if denied or self._was_got(place):
            return
        if self.tree[place].dep == "nsubjpass" and not self._denied(self.tree[place].head):
            yield from self._of(self.tree[place].head, "from")
        for child in self.below[place]:
            got = self.tree[self.tree[place].head].lower in _GETTING or self.tree[place].lower == "discretion"
            if self.tree[child].dep in ("prep", "agent") and (
                self.tree[child].lower in ("from", "by") or (got and self.tree[child].lower == "of")
            ):
                asked = self.tree[place].lower in words("obtained", "nouns", "yes")
                for target in (t for preposition in self._each(child) for t in self.below[preposition]):
                    if self.tree[target].dep == "pobj":
                        yield from self._people(target, asked=True, names=asked)
            elif self.tree[place].lower in _BELONGING and self.tree[child].lower in ("on", "upon"):
                for inner in self.below[child]:
                    yield from self._of(inner, "from")

    def _was_got(self, place: int) -> bool:
        """Whether somebody got it once: "a list that we made with the help of the Survey team"."""
        above = self.tree[place].head
        above = self.tree[above].head if self.tree[above].dep == "prep" else above
        subject = self._subject(above)
        return self.tree[above].tag == "VBD" and subject is not None and self.tree[subject].lower == "we"

    def _each(self, preposition: int) -> Iterator[int]:
        """A preposition and those joined to it, wherever the parser hangs them: "of X and of Y"."""
        yield preposition
        lower = self.tree[preposition].lower
        for place in range(preposition + 1, len(self.tree)):
            if self.tree[place].lower == lower and self.tree[place].dep == "conj":
                yield place

    def _of(self, place: int, *prepositions: str) -> Iterator[Named]:
        """Those behind a preposition that hangs on a word."""
        for child in self.below[place]:
            if self.tree[child].dep == "prep" and self.tree[child].lower in prepositions:
                for target in self.below[child]:
                    if self.tree[target].dep == "pobj":
                        yield from self._people(target, asked=True, names=False)

    def possessed(self, place: int) -> Iterator[Named]:
        """Whose approval one needs, whose job something is: "your manager's approval", "a matter for Legal"."""
        word = self.tree[place]
        duty = word.lower in _DUTIES
        if duty and (
            word.dep != "attr" or self.tree[word.head].lower not in ("is", "are", "be") or self._denied(word.head)
        ):
            return
        if word.lower in words("obtained", "nouns", "sought") and (approver := self._named_before(place)):
            yield approver
        for child in self.below[place]:
            if self.tree[child].dep == "poss" and not self.tree[child].tag.startswith("PRP"):
                yield from self._people(child, asked=not duty, names=False, alone=True)
        if duty:
            yield from self._of(place, "for", "of")

    def _named_before(self, place: int) -> Named | None:
        """Whose approval it is, where they are named right before it: "line manager approval", "Security sign-off"."""
        last = place - 1
        if self.tree[place].dep in _MODIFIERS:
            return None  # "the Manager Approval process"
        if last < 0 or self.tree[last].head != place or self.tree[last].dep not in ("compound", "nmod", "amod"):
            return None
        first = last
        while first and self.tree[first - 1].dep in _MODIFIERS and first <= self.tree[first - 1].head <= place:
            first -= 1
        before = self.tree[first - 1].lower if first else ""
        if before in ("no", "without") or self.tree[first].lower in _VAGUE or self._not_needed(place):
            return None  # "wider team approval" is anybody's
        phrase = self.tree[first:place]
        capital = phrase[-1].text[:1].isupper()
        somebody = self._kind(last, phrase, asked=True, owned=self._owned(first), proven=True)
        if somebody is None and not (capital and first and phrase[-1].lower in words("people", "functions")):
            return None
        start, end = phrase[0].start, phrase[-1].end
        return Named(Mention(Contact(somebody or "team", self.plain[start:end]), start, end), True, True)

    def _not_needed(self, place: int) -> bool:
        """Whether it is said of a yes that nobody needs it, or that a thing has it: "you don't have to wait for Legal's
        approval", "the crane has Harbour Agency approval"."""
        for _ in range(5):
            above = self.tree[place].head
            if self.tree[above].tag.startswith("VB"):
                subject = self._subject(above)
                thing = subject is not None and not self.tree[subject].tag.startswith("PRP")
                has = thing and self.tree[place].dep in _OBJECTS and self.tree[above].lower == "has"
                if has or self._denied(above):
                    return True
            if above == place or self.tree[place].dep in ("advcl", "conj", "relcl", "ROOT"):
                return False
            place = above
        return False

    def holding(self, place: int) -> Iterator[Named]:
        """Who is the owner, the contact, the lead: on either side of "is"."""
        word = self.tree[place]
        top = word.head
        place_to_go = word.lower not in ("point", "port", "stop") or self._of_contact(place)
        perhaps = any(self.tree[child].lower in ("if", "whether") for child in self.below[top])
        if self.tree[top].lower not in ("is", "are", "be") or not place_to_go or perhaps:
            return
        if word.dep == "attr":
            subject = self._subject(top)
            if subject is not None:
                yield from self._people(subject, asked=False, names=False, persons=True)
        elif word.dep == "nsubj":
            for child in self.below[top]:
                if self.tree[child].dep == "attr":
                    yield from self._people(child, asked=True, names=False, persons=True)

    def _of_contact(self, place: int) -> bool:
        """Whether "point" is one of contact, "port" of call, "stop" the first one."""
        if self.tree[place].lower == "stop":
            return self.tree[place - 1].lower == "first"
        return any(word.lower in ("contact", "call") for word in self.tree[place + 1 : place + 3])

    def _looks_after(self, place: int) -> bool:
        after = {self.tree[child].lower for child in self.below[place]}
        lower = self.tree[place].lower
        return (
            (lower in ("look", "looks", "looked", "looking") and "after" in after)
            or (lower in ("sign", "signs", "signed", "signing") and "off" in after)
            or (
                lower in ("take", "takes", "taking")
                and any(self.tree[child].lower == "care" for child in self.below[place])
            )
        )

    def _child(self, place: int, dep: str) -> int | None:
        return next((child for child in self.below[place] if self.tree[child].dep == dep), None)

    def _is_order(self, place: int) -> bool:
        """Whether a bare verb begins a clause, whatever the parser hangs it on: "Once it is merged, ping X"."""
        before, word = self.tree[place - 1].lower if place else ",", self.tree[place]
        return before in (",", ";", ":", "please", "then", "so") and word.tag != "VBN" and word.lower in _orders()

    def _once(self, place: int) -> bool:
        """Whether it was done at some time: "was sent to", "had been asked"."""
        return any(self.tree[child].lower in ("was", "were", "had") for child in self.below[place])

    def _modal(self, place: int) -> frozenset[str]:
        return frozenset(self.tree[child].lower for child in self.below[place] if self.tree[child].dep == "aux")

    def _denied(self, place: int) -> bool:
        """Whether it is not done, or not to be done."""
        here = {self.tree[child].lower for child in self.below[place] if self.tree[child].dep in ("neg", "advmod")}
        above = self.tree[self.tree[place].head]
        return bool(here & {"not", "n't", "n’t", "never", "longer", "formerly", "previously"}) or (
            self.tree[place].dep in ("xcomp", "pcomp") and above.lower in ("avoid", "stop", "without", "instead")
        )

    def _subject(self, place: int) -> int | None:
        """The subject of a verb, or of the one that it continues."""
        for _ in range(4):
            for child in self.below[place]:
                if self.tree[child].dep in SUBJECTS:
                    return child
            follows = self.tree[place].dep in ("conj", "xcomp") or (
                self.tree[place].dep == "advcl" and any(self.tree[child].lower == "to" for child in self.below[place])
            )
            if not follows:
                return None
            above = self.tree[place].head
            if above == place or self.tree[above].lower in _CONSISTING:
                return None
            told = self._child(above, "dobj") if self.tree[place].dep == "xcomp" else None
            if told is not None and self.tree[told].lower != "you":
                return told  # "the tool asks us to approve it": we approve
            place = above
        return None

    def _top(self, place: int) -> int:
        """The verb of the clause in which a word stands."""
        for _ in range(len(self.tree)):
            place = self.tree[place].head
            if self.tree[place].tag.startswith(("VB", "MD")) or self.tree[place].head == place:
                break
        return place

    def _by_reader(self, place: int) -> bool:
        """Whether people are told to do it, and it is not what a program or a page does."""
        subject = self._subject(place)
        able = self.tree[place].head
        if subject is None and self.tree[able].lower in ("able", "unable") and self.tree[able].dep == "acomp":
            subject = self._subject(self.tree[able].head)
        if subject is None or self._is_order(place):
            return True
        word = self.tree[subject]
        if word.lower == "you":
            return True
        if word.lower in _READERS:
            told = self.tree[place].tag != "VBZ" and word.lower not in ("who", "they", "he", "she")
            return told or bool(self._modal(place) & MODALS) or self.tree[place].dep == "xcomp"
        if word.lower in ("we", "i") or (word.tag == "NNS" and word.lower in nouns("people", "shared_titles")):
            return bool(self._modal(place) & DEMANDING)
        if word.lower in words("people", "teams"):  # "the Berth team will email the skippers" sends nobody to them
            others = self.tree[place].lower not in TELLING
            return bool(self._modal(place) & (MODALS if others else DEMANDING))
        return word.lower in ROLE_NOUNS and bool(self._modal(place) & MODALS)

    def _prepositions(self, place: int, wanted: frozenset[str], depth: int = 3) -> Iterator[int]:
        """The prepositions of that kind on a verb, or on what hangs on it as object or particle."""
        for child in self.below[place]:
            word = self.tree[child]
            if word.dep in ("prep", "dative", "agent", "prt") and word.lower in wanted:
                yield child
            elif depth and (
                word.dep in (*_OBJECTS, "prt", "advmod", "pcomp", "pobj")
                or (word.lower == "of" and word.dep == "prep")
                or self._in_touch(child)
            ):
                yield from self._prepositions(child, wanted, depth - 1)
            elif depth and word.lower in ("about", "on") and word.dep == "prep":  # no "talk about problems with X"
                yield from self._prepositions(child, wanted & {"to"}, depth - 1)

    def _in_touch(self, place: int) -> bool:
        """Whether it is a word of "get in touch with", "be in contact with"."""
        words_on = {self.tree[place].lower, *(self.tree[child].lower for child in self.below[place])}
        return not words_on.isdisjoint(_IN_TOUCH)

    def _people(
        self, place: int, *, asked: bool, names: bool, persons: bool = False, alone: bool = False
    ) -> Iterator[Named]:
        """Those whom a phrase names, and those joined to it by "and" and "or"; `names` says that a mere name counts,
        and `persons` that a person's does; `alone` that a department's name does, wherever it stands."""
        for target in self._joined(place):
            inner = self._within_group(target)
            found = self._phrase(inner, asked=asked, names=names, persons=persons, alone=alone)
            if found is not None:
                mention, certain = found
                sure = persons and not asked and (not names or mention.contact.kind == "person")
                yield Named(mention, asked, certain or sure)

    def _joined(self, place: int) -> Iterator[int]:
        yield place
        for child in self.below[place]:
            if self.tree[child].dep in ("conj", "appos"):
                yield from self._joined(child)

    def _within_group(self, place: int) -> int:
        """Of "one of our recruiters", "members of the X team", "someone in X": those of whom it is one."""
        for _ in range(2):
            if self.tree[place].lower not in _GROUPS:
                return place
            inner = (
                target
                for child in self.below[place]
                if self.tree[child].dep == "prep" and self.tree[child].lower in ("of", "from", "in", "on", "at")
                for target in self.below[child]
                if self.tree[target].dep == "pobj"
            )
            place = next(inner, place)
        return place

    def _phrase(
        self, place: int, *, asked: bool, names: bool, persons: bool, alone: bool = False
    ) -> tuple[Mention, bool] | None:
        """The noun phrase with that head, when it is somebody."""
        head = self.tree[place]
        pronoun = head.tag.startswith(("PRP", "W", "DT", "CD", "EX")) or head.lower in words("people", "nobody")
        if pronoun and head.text != "IT":
            return None
        first, last = self._left(place), self._right(place)
        before = self.tree[first - 1].lower if first else ""
        if before == "following" or (before in _INDEFINITE and not asked):
            return None
        if before in ("a", "an") and (
            self._is_name(self.tree[first : last + 1]) or (first == last and head.text.isupper())
        ):
            return None  # "a Google Group" is one of many, and so is "an LLM"
        named = head.lower in words("people", "folk", "shared") and re.match(r"\d+[A-Z]", self.tree[first].text)
        while first < place and not named and (self.tree[first].tag == "CD" or self.tree[first].lower in _ORDINAL):
            if self.tree[first + 1].lower in ("line", "level", "-"):
                break  # "first line supervisor", "first-rank team"
            first += 1
        first = self._whole(first)
        phrase = self.tree[first : last + 1]
        start, end = phrase[0].start, phrase[-1].end
        end += phrase[-1].text.endswith(_EITHER)  # the bracket that closes "controller(s)" is a word of its own
        text = self.plain[start:end]
        another = asked and before == "another" and head.lower in nouns("people", "roles") - {"colleague"}
        if another:
            first, start = first - 1, self.tree[first - 1].start
            text = self.plain[start:end]
        by_name = is_by_given_name(text) or self._is_shown(place, first, last)
        known = "person" if by_name else self._short(text, start, before)
        if known is not None:
            return (Mention(Contact(known, text), start, end), True) if known else None
        owned = self._owned(first) or another
        titled = self._is_titled(phrase)
        kind = "role" if titled else self._kind(place, phrase, asked=asked, owned=owned, proven=alone or another)
        if kind is not None:
            return Mention(Contact(kind, text), start, end), True
        proper = all(word.tag.startswith("NNP") or word.text[:1].isupper() for word in phrase)
        person = all(word.tag == "NNP" for word in phrase) and _PERSON.fullmatch(text)
        asks = head.lower in nouns("general", "troubles") or (first == last and head.lower in _SOFTWARE)
        counts = names or (persons and person and len(phrase) == 2) or bool(_MASKED.fullmatch(head.text))
        if counts and proper and not asks and len(text) > 2 and not re.fullmatch(TOOLS, text) and len(phrase) <= 5:
            return Mention(Contact("person" if person and is_person(text) else "team", text), start, end), False
        return None

    def _is_said_of_another(self, first: int, place: int) -> bool:
        """Whether what stands before a name is said of something else: "once it is valid Harbour Watch takes it"."""
        copula = first > 0 and self.tree[first - 1].lower in ("is", "are", "was", "were")
        small = self.tree[first].tag == "JJ" and self.tree[first].text.islower()
        return copula and small and first < place and self._is_name(self.tree[first + 1 : place + 1])

    def _is_shown(self, place: int, first: int, last: int) -> bool:
        """Whether what stands around a name shows that it is a person's: their role or department behind it, an
        extension in brackets, "she" in what follows; or that one is to see them about a thing."""
        phrase = self.tree[first : last + 1]
        before = self.tree[first - 1].lower if first else ""
        if last != place or before in _BEFORE_THINGS or not all(_is_personal(word) for word in phrase):
            return False
        if len(phrase) > 1 and not is_person(self.plain[phrase[0].start : phrase[-1].end]):
            return False
        after = self.tree[last + 1 : last + 1 + _NEAR]
        if before == "see" and after and after[0].lower == "about":
            return True
        if any(word.lower in _PRONOUNS for word in self.tree[last + 1 :]):
            return True
        apposed = (child for child in self.below[place] if self.tree[child].dep == "appos" and child > last)
        if any(self.tree[child].lower in ROLE_NOUNS and self._is_definite(child) for child in apposed):
            return True
        return self._is_of_department(after) or self._is_bracketed(after)

    @staticmethod
    def _is_of_department(after: Sequence[Word]) -> bool:
        """Whether a department or team follows, to which they belong: "Ada in Payroll", "Ada on the Berth team"."""
        if not after or after[0].lower not in ("in", "from", "at", "on"):
            return False
        behind = [word for word in after[1:] if word.lower not in ("the", "our")]
        named = [word for word in behind[:1] if word.text[:1].isupper()]
        while len(named) < len(behind) and (
            behind[len(named)].text[:1].isupper() or behind[len(named)].lower in words("people", "teams")
        ):
            named.append(behind[len(named)])
        last = named[-1].lower if named else ""
        small = behind[:1] and behind[0].lower in words("people", "departments")
        return bool(small) or last in words("people", "teams") | _DEPARTMENTS | words("people", "departments")

    @staticmethod
    def _is_bracketed(after: Sequence[Word]) -> bool:
        """Whether brackets follow with a role or an extension: "Ada (ext. 12)", "Ada (harbour officer)"."""
        if not after or after[0].text != "(":
            return False
        inside = [word.lower for word in after[1:]]
        inside = inside[: inside.index(")")] if ")" in inside else inside
        return bool(inside) and (inside[0] in ("ext", "ext.", "extension") or inside[-1] in ROLE_NOUNS)

    def _short(self, text: str, start: int, before: str) -> ContactKind | Literal[""] | None:
        """What a short name of the manual's stands for; "" where it is defined, beside the long one; None when it is
        none, as "council" is."""
        known = self.shorts.get(text)
        if known is None or (text[1:].islower() and before != "the"):
            return None
        return "" if self.plain[start - 1 : start] == "(" else known.kind

    def _left(self, place: int) -> int:
        first = place
        while first > 0:
            before = self.tree[first - 1]
            inside = before.head == place or first <= before.head <= place
            if not inside or before.dep not in _MODIFIERS or before.text in ("(", ")", ",", ":", ";", '"', "“", "”"):
                break
            if before.lower in _VAGUE or before.tag in ("DT", "PRP$", "PDT", "WDT", "WP$"):
                break
            first -= 1
        if first >= place - 1 and self.tree[place].lower in words("people", "folk", "shared"):
            first = min(first, self._shared(place))
        while first > 1 and self.tree[first - 1].text == "&" and self.tree[first - 2].text[:1].isupper():
            first -= 2
            while first and self.tree[first - 1].tag == "NNP":
                first -= 1
        while first < place and (self.tree[first].dep == "punct" or self._is_said_of_another(first, place)):
            first += 1
        return first

    def _shared(self, place: int) -> int:
        """Where a phrase begins whose word several share: "Product and Engineering leadership"."""
        pair = self.tree[place - 3 : place] if place > 2 else ()
        joined = len(pair) == 3 and pair[1].lower in ("and", "or", "&")
        return place - 3 if joined and pair[0].text[:1].isupper() and pair[2].text[:1].isupper() else place

    def _whole(self, first: int) -> int:
        """Where the word begins of which the parser took a part: "rustc-dev-guide" is one."""
        while (
            first > 1
            and self.tree[first - 1].text in ("-", "/")
            and not self.plain[self.tree[first - 1].start - 1].isspace()
        ):
            if self.plain[self.tree[first - 1].end : self.tree[first].start]:
                break
            first -= 2
        return first

    def _right(self, place: int) -> int:
        """Where the phrase ends: with "of the Office", "in charge of tools", "(s)" behind its head."""
        after = [word.lower for word in self.tree[place + 1 : place + 4]]
        behind = 3 if after == ["in", "charge", "of"] else 2 if after[:2] == ["responsible", "for"] else 0
        generic = self.tree[place].lower in _ALONE
        told = after[:1] == ["of"] and self.tree[self.tree[place].head].lower in _TOLD_OF
        told = told and (self._child(place, "poss") is not None or not self._names_after(place + 2))
        behind = behind or int(after[:1] == ["of"] and not told and (not generic or self._names_after(place + 2)))
        end = self._end(place + behind) if behind else place
        return end if place < end <= place + 8 else place

    def _names_after(self, place: int) -> bool:
        """Whether a name follows, perhaps after an article: "the Director of Engineering", "Chief of Staff"."""
        articles = ("the", "our", "your", "their", "its")
        following = [word for word in self.tree[place : place + 2] if word.lower not in articles]
        return bool(following) and following[0].text[:1].isupper()

    def _end(self, place: int) -> int:
        """The last word of what hangs on a word, without clauses."""
        last = place
        for child in self.below[place]:
            if child > place and self.tree[child].dep in (
                "pobj",
                "prep",
                "compound",
                "amod",
                "det",
                "poss",
                "nmod",
                "case",
            ):
                last = max(last, self._end(child))
        return last

    def _owned(self, first: int) -> bool:
        return first > 0 and self.tree[first - 1].tag == "PRP$"

    def _kind_of_one(self, place: int, *, owned: bool, proven: bool) -> ContactKind | None:
        """The kind of a word that by itself names nobody: somebody's, or of whom there is one only ("the Chair")."""
        head = self.tree[place]
        if owned and head.lower in (ROLE_NOUNS if proven else nouns("people", "roles", "own")):
            return "role"
        if head.lower in _HELD_ONCE and head.text[:1].isupper() and place and self.tree[place - 1].lower == "the":
            return "role" if head.lower in ROLE_NOUNS else None
        return None

    @staticmethod
    def _is_name(phrase: Sequence[Word]) -> bool:
        """Whether a phrase of several words has a capital in each that is no small word."""
        return len(phrase) > 1 and all(word.text[:1].isupper() or word.tag in ("IN", "CC", "DT") for word in phrase)

    @staticmethod
    def _is_titled(phrase: Sequence[Word]) -> bool:
        """Whether a title stands before what it is of: "VP Finance"."""
        return phrase[0].lower in words("people", "offices", "before") and phrase[-1].text[:1].isupper()

    def _is_department(self, place: int, *, alone: bool, asked: bool, proven: bool) -> bool:
        """Whether a department's word stands for it: "kept by reception", "ask Legal"."""
        head = self.tree[place]
        proper = head.text[:1].isupper()
        named = proper and (place or head.text.isupper() or (proven and alone))
        return bool((alone and self.tree[head.head].lower == "by") or (asked and (alone or proper)) or named)

    def _kind(
        self, place: int, phrase: Sequence[Word], *, asked: bool, owned: bool, proven: bool = False
    ) -> ContactKind | None:
        """team or role, by the phrase's head; None when nothing in it tells that it is somebody."""
        head = self.tree[place]
        lower = head.lower.removesuffix(_EITHER)
        if any(word.tag in ("VBZ", "VBP", "VBD") for word in phrase) or PROGRAM.search(
            " ".join(w.lower for w in phrase)
        ):
            return None
        alone = len(phrase) == 1
        proper = head.text[:1].isupper()
        if lower in words("people", "departments"):
            return "team" if self._is_department(place, alone=alone, asked=asked, proven=proven) else None
        if alone and proper and place and lower in words("people", "functions"):
            return "team"
        if alone and lower in _ALONE | words("people", "teams"):
            return self._kind_of_one(place, owned=owned, proven=proven)
        if lower == "management" and not asked and phrase[0].lower not in ("senior", "upper", "line", "middle", "top"):
            return None  # an activity: "records management helps us"
        if lower in words("people", "teams") or _OPS.fullmatch(head.text):
            return "team"
        if self._is_name(phrase) and lower in _DEPARTMENTS | words("people", "named_teams" if asked else "bodies"):
            return "team"
        if len(phrase) > 2 and self._is_name(phrase[:-1]) and lower in words("people", "bodies"):
            return "team"  # "the Enterprise Hosting branch"
        shared = lower in nouns("people", "shared_titles")
        if lower in ROLE_NOUNS or (shared and (asked or (owned and self._is_name(phrase)))):
            return "role"
        return None
