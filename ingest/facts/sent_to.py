"""Whom a sentence sends its reader to. A verb of asking takes them as its object ("ask X"), a verb of sending
behind a preposition ("raise it with X"), a set phrase in its middle ("give X a call", "let X know"), and a matter
goes to them by itself ("keys live with X")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.facts.grammar import DEMANDING, MODALS, OBJECTS, READERS, SUBJECTS
from ingest.facts.lexicon import nouns, sending, verbs, words
from ingest.facts.masking import MASKED
from ingest.facts.phrases import Named, Reader
from ingest.facts.somebody import ROLE_NOUNS

_LYING = frozenset({"lie", "rest", "come", "fall"})
RESTING = _LYING | {"live", "sit", "go", "circulate"}
_NOTIFYING = frozenset({"email", "e-mail", "notify", "alert", "page", "message"})
_WAKING = frozenset({"ring", "phone", "wake"})
_OF_THINGS = words("asked", "of_things") | {"consult"}
_TOLD = READERS - {"they", "he", "she", "who"}
BETWEEN_PEOPLE = frozenset({"agree", "appeal", "complain", "discuss"})
"""What one does with people only."""
_SEATING = frozenset({"send", "provide", "delegate"})
_SEATED = nouns("people", "roles") | nouns("people", "members") | {"delegate", "delegates"}
"""What is done with those who are to sit somewhere for others, and who they are."""
_STARTING = frozenset({"start", "begin", "work"})
IDIOMS = frozenset({"give", "drop", "keep", "get", "see", "add", "assign", "set"})
_MAKING = frozenset({"add", "assign", "set"})
SOMETHING = frozenset({"anything", "everything"})
_INFORMED = frozenset({"involved", "informed", "posted", "updated", "loop"})
_WHO_DO = re.compile(r"(?:ers|ors|ists|ians|ees|ants|mates|men|people|folk)$")
"""How plurals of those who do something end."""
_ASKS = words("asked", "direct") | words("sent", "talking") | {"consult", "escalate", "inform", "notify"}


class SentTo(Reader):
    """Those whom the verbs of one sentence send its reader to."""

    def asked(self, place: int, lower: str) -> Iterator[Named]:
        """The objects of a verb of asking; the subject of one that must be done to them."""
        verb = verbs("asked").get(lower)
        if verb is None or self.grammar.denied(place) or not self._is_meant(place, verb):
            return
        passive = self.grammar.child(place, "auxpass") is not None
        if not passive and self.tree[place].dep == "acl" and (self.tree[place].tag == "VBN" or lower == "involving"):
            return  # "a service called Berth Management Service", "conflicts involving the harbour master"
        if passive:
            subject = self.grammar.child(place, "nsubjpass")
            if subject is not None and self.grammar.modal(place) & MODALS:
                told = verb in words("asked", "telling") and bool(self.grammar.modal(place) & DEMANDING)
                yield from self.phrases.people(subject, asked=True, names=told and self.tree[subject].tag == "NNP")
            return
        if not self.grammar.by_reader(place):
            if verb in _NOTIFYING | _WAKING and self.tree[place].tag == "VBZ":
                yield from self._notified(place)
            return
        for child in self.below[place]:
            if self.tree[child].dep in OBJECTS:
                names, persons = verb in words("asked", "direct"), verb not in _OF_THINGS
                yield from self.phrases.people(child, asked=True, names=names, persons=persons)

    def _is_meant(self, place: int, verb: str) -> bool:
        """Whether a verb of asking that means something else as well has people as its object."""
        if verb in words("asked", "fetching") and not self._certainly(place, verb):
            return False
        return verb not in _NOTIFYING or not self._goes_to_an_address(place)

    def _goes_to_an_address(self, place: int) -> bool:
        """Whether what is sent are things: "email the form to x@y.org"."""
        to = (child for child in self.below[place] if self.tree[child].dep == "prep" and self.tree[child].lower == "to")
        return any(MASKED.fullmatch(self.tree[target].text) for child in to for target in self.below[child])

    def _notified(self, place: int) -> Iterator[Named]:
        """Those whom a program tells of something: "the job emails the product owner"."""
        for child in self.below[place]:
            if self.tree[child].dep in OBJECTS:
                found = [n for n in self.phrases.people(child, asked=False, names=False) if n.certain]
                definite = self.extents.is_definite(child)
                yield from (n for n in found if definite or n.mention.contact.kind == "person")

    def _certainly(self, place: int, verb: str) -> bool:
        """Whether a verb of fetching fetches somebody to a matter ("bring X in"), or is one of asking by itself."""
        inwards = (child for child in self.below[place] if child > place and self.tree[child].lower == "in")
        alone = any(self.tree[child].dep in ("prt", "advmod") or not self.below[child] for child in inwards)
        return alone or verb in words("asked", "paging")

    def told_in_other_words(self, place: int, lower: str) -> Iterator[Named]:
        """Whom a set phrase sends the reader to: "give X a call", "keep X informed", "see X for keys"."""
        if lower in words("asked", "seeking") and not self.grammar.denied(place) and self.grammar.by_reader(place):
            sought = (child for child in self.below[place] if self.tree[child].dep in OBJECTS)
            found = (n for child in sought for n in self.phrases.people(child, asked=True, names=False))
            yield from (n for n in found if n.mention.contact.kind == "person" and n.certain)
            return
        if lower not in IDIOMS or self.grammar.denied(place) or not self.grammar.by_reader(place):
            return
        after = frozenset(word.lower for word in self.tree[place + 1 : place + 9])
        signing = False
        objects = [child for child in self.below[place] if self.tree[child].dep in (*OBJECTS, "nsubj", "ccomp")]
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
            reached = self.phrases.people(target, asked=True, names=False, persons=lower != "keep")
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
        first, last = self.extents.left(target), self.extents.right(target)
        behind = self.tree[last + 1 : last + 3]
        named = first > 0 and self.tree[first - 1].lower == "the" and self.tree[target].text[:1].isupper()
        after = len(behind) == 2 and behind[0].lower in ("for", "about") and not behind[1].text[:1].isupper()
        before = any(self.tree[c].lower in ("for", "if") for c in self.below[place] if c < place) and len(behind) < 2
        department = self.tree[target].lower in words("people", "departments")
        titled = any(word.text[:1].isupper() for word in self.tree[last + 1 :])
        return (after or (before and department)) and not named and not titled

    def let_know(self, place: int) -> Iterator[Named]:
        """Whom one is to let know."""
        for child in self.below[place]:
            if self.tree[child].lower == "know" and not self.grammar.denied(place):
                for target in self.below[child]:
                    if self.tree[target].dep in SUBJECTS:
                        reached = any(MASKED.fullmatch(word.text) for word in self.tree)
                        names = self._is_proper(target) and not reached
                        yield from self.phrases.people(target, asked=True, names=names)

    def is_common_object(self, place: int) -> bool:
        """Whether a noun is what a verb of asking takes as its object, the reader doing it: "ask the caretaker"."""
        word = self.tree[place]
        verb = word.head
        if word.dep == "pobj":
            verb = self.tree[word.head].head
            verb = self.tree[verb].head if self.tree[verb].dep in OBJECTS else verb
        if (
            word.tag not in ("NN", "NNS", "JJ")
            or word.dep not in (*OBJECTS, "pobj")
            or self.tree[verb].lower not in _ASKS
        ):
            return False
        first = self.extents.left(place)
        before = self.tree[first - 1].lower if first else ""
        one = before in ("a", "an", "another") and word.lower in ROLE_NOUNS
        known = ROLE_NOUNS | nouns("people", "shared_titles")
        if word.tag == "NNS" and word.lower not in known and not _WHO_DO.search(word.lower):
            return False  # "speak to the outcomes"
        return (one or before in ("the", "your")) and not self.grammar.denied(verb) and self.grammar.by_reader(verb)

    def sent(self, place: int, lower: str) -> Iterator[Named]:
        """Whom the verb's prepositions lead to, its object's too: "raise a ticket with X"."""
        verb = verbs("sent").get(lower) or verbs("fetched").get(lower)
        if verb is None or self.grammar.denied(place) or self._is_talked_of(place, verb) or self._seats(place, verb):
            return
        passive = self.grammar.child(place, "auxpass") is not None or self.tree[place].tag == "VBN"
        if (passive and (self.grammar.once(place) or self._is_open(place))) or (verb == "have" and not passive):
            return
        if lower == "reporting" and self.tree[place].dep == "acl":
            return  # "was sent to", "those reporting to the mayor"
        if self._only_starts(place, verb) or (verb == "refer" and not passive and not self.grammar.has_object(place)):
            return  # "a label may refer to the same team"
        rests = self._rests(place, verb) and self.tree[place].tag != "VBD"
        fetched = self._is_fetched(place, verb)
        if not (passive or rests or fetched or (verb not in _LYING and self.grammar.by_reader(place))):
            return
        matter = rests and self._is_matter(place)
        led = dict.fromkeys(
            p for first in self.grammar.prepositions(place, sending()[verb]) for p in self.grammar.each(first)
        )
        for preposition in led:
            means = self.tree[preposition].lower in ("through", "via")
            for target in self.below[preposition]:
                if self.tree[target].dep != "pobj" or self._is_registrar(place, verb, target):
                    continue
                if (means and self._may_be_portal(target)) or not self._is_somewhere(verb, target):
                    continue
                told = verb in words("sent", "talking") or self.grammar.in_touch(self.tree[preposition].head)
                names = matter or told or verb in BETWEEN_PEOPLE
                found = (n for n in self.phrases.people(target, asked=True, names=names, persons=matter))
                found = (n for n in found if n.certain or not fetched)
                to_place = verb == "go" and self.tree[preposition].lower == "to"
                yield from (n for n in found if not (to_place and self._may_be_place(n.mention.contact.name)))

    def _is_somewhere(self, verb: str, target: int) -> bool:
        """Whether something comes to whoever stands there, and not to any such."""
        return verb not in ("come", "make") or self.extents.is_definite(target) or self._is_proper(target)

    def _only_starts(self, place: int, verb: str) -> bool:
        """Whether something starts with somebody, and the reader is not told to."""
        return verb in _STARTING and (self.tree[place].lower != verb or not self._is_told(place))

    def _is_told(self, place: int) -> bool:
        """Whether the reader is told to do it, and not what somebody will do."""
        subject = self.grammar.subject(place)
        return "will" not in self.grammar.modal(place) and (subject is None or self.tree[subject].lower in _TOLD)

    def _is_open(self, place: int) -> bool:
        """Whether it is left open if anything went to them: "whether or not a complaint was made to the Chair"."""
        top = self.grammar.top(place) if self.tree[place].dep == "acl" else place
        marks = {self.tree[child].lower for child in self.below[top] if self.tree[child].dep == "mark"}
        return "whether" in marks

    def _seats(self, place: int, verb: str) -> bool:
        """Whether what goes to them is somebody: "each team sends a delegate to the Council"."""
        sent = [child for child in self.below[place] if self.tree[child].dep in (*OBJECTS, "nsubjpass")]
        sent += [self.tree[place].head] if self.tree[place].dep == "acl" else []
        somebody = (child for child in sent if self.tree[child].lower in _SEATED)
        return verb in _SEATING and any(
            self.tree[child].tag == "NNS" or self.tree[self.extents.left(child) - 1].lower in ("a", "an")
            for child in somebody
        )

    def _is_talked_of(self, place: int, verb: str) -> bool:
        """Whether it only says of which talk something else is told: "what you discuss with your mentor is worth a
        note"."""
        noun = self.tree[self.tree[place].head]
        told = self.tree[place].dep == "relcl" and noun.dep in SUBJECTS and not self.grammar.modal(place)
        return told and verb in BETWEEN_PEOPLE | words("sent", "talking")

    def _is_registrar(self, place: int, verb: str, target: int) -> bool:
        """Whether it only says where things are listed: "domain names are registered with Harbour Web Services"."""
        lies = verb == "register" and self.tree[place].tag == "VBN" and not self.grammar.modal(place)
        return lies and self._is_proper(target) and not MASKED.fullmatch(self.tree[target].text)

    def _is_proper(self, place: int) -> bool:
        return self.tree[place].text[:1].isupper() or self.tree[place].lower in words("people", "departments")

    def _rests(self, place: int, verb: str) -> bool:
        """Whether it says of a matter where it lies: "keys live with the Berth team"."""
        subject = self.grammar.subject(place)
        if verb not in RESTING or subject is None:
            return False
        word = self.tree[subject]
        somebody = word.lower in READERS or word.lower in ROLE_NOUNS or word.lower in words("people", "teams")
        return not somebody and not word.tag.startswith(("PRP", "WP"))

    def _is_fetched(self, place: int, verb: str) -> bool:
        """Whether it says where people of a kind get something: "new sailors get their kit from X"."""
        subject = self.grammar.subject(place)
        several = subject is not None and self.tree[subject].tag == "NNS"
        return several and self.tree[place].tag == "VBP" and "from" in sending()[verb] and verb not in _LYING

    def _is_matter(self, place: int) -> bool:
        """Whether what goes somewhere is whatever people ask: "anything about keys goes to X"."""
        subject = self.grammar.subject(place)
        lower = self.tree[subject].lower if subject is not None else ""
        return lower in SOMETHING or lower in nouns("general", "troubles") or lower in ("requests", "request")

    def _may_be_portal(self, place: int) -> bool:
        """Whether it may be a system that forms go through: "apply through the Opportunity Network"."""
        lower = self.tree[place].lower
        return lower in words("people", "named_teams") - words("people", "bodies") - words("people", "functions")

    @staticmethod
    def _may_be_place(name: str) -> bool:
        """Whether one can go to it on a screen: "Go to Security & Privacy"."""
        last = name.rsplit(maxsplit=1)[-1].lower()
        return last in words("people", "departments") | words("people", "functions") | words("people", "named_teams")
