"""Who has a thing in hand, decides it, or holds an office. A verb of keeping has them as its subject or its agent
("X maintains", "maintained by X"), so has any other verb of what is done to a thing again and again, and a word for
owners or titles has them on the other side of "is"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ingest.facts.grammar import DEMANDING, OBJECTS, READERS
from ingest.facts.lexicon import forms, nouns, plural, verbs, words
from ingest.facts.phrases import Named, Reader
from ingest.facts.somebody import ROLE_NOUNS

_DECIDING = frozenset({"grant", "decide"})
"""What people do and no program, as those are who approve."""
_MAY_BE_PROGRAMS = frozenset({"editor", "editors", "group", "administrator"})
"""Last words of what does something by itself on a machine too: "the Auto Scaling Group"."""
_HELPING = frozenset({"help", "assist"})
_WISHES = "request claim complaint proposal mistake error attempt offer".split()
_MADE_BY_ANYBODY = nouns("general", "troubles") | {*_WISHES, *map(plural, _WISHES)}
"""What is made by whoever wants something of others, or has done wrong."""
_OF_THINGS_DONE = frozenset({"run", "operate", "organise", "organize"})
"""Verbs of keeping that by themselves say only that something goes on: "accounts run on a calendar year"."""
_WHICH = frozenset({"that", "which", "who"})
_LEADING = {"charge": "in", "call": "on", "duty": "on", "hand": "on"}
_CHOOSING = frozenset({"up", "down"})
ANSWERING = frozenset({"responsible", "accountable", *_CHOOSING, *_LEADING})
"""Words that say of somebody that they answer for a thing, some with what stands before them."""


@cache
def _having() -> frozenset[str]:
    """What people do who have a thing in hand, and not once on some day."""
    return forms(words("keeping", "having"))


class InHand(Reader):
    """Those whom one sentence says to have a thing in hand."""

    def kept(self, place: int, lower: str) -> Iterator[Named]:
        """The subject of a verb of keeping, or its agent."""
        verb = verbs("keeping").get(lower) or ("look-after" if self._looks_after(place) else None)
        verb = "approve" if lower == "agree" and self._must(place) else verb
        passive = self.grammar.child(place, "auxpass") is not None or self._is_to_be_done(place)
        if verb in _HELPING and self.tree[place].tag in ("VBN", "VBD"):
            return  # "Ada Byron edits it, helped by Ropes & Sons"
        if verb is None and passive and not self.grammar.once(place):
            either = lower in words("undergone", "forms", "either")
            either = either and not (lower == "made" and self._asks(place))
            if either or lower not in words("undergone", "forms"):
                found = (n for n in self._agents(place, definite=either) if n.certain)
                yield from (n for n in found if not self.grammar.denied(place))
            return
        if verb is None or self.grammar.denied(place):
            return
        human = verb in words("keeping", "human") or verb in _DECIDING
        yield from self._agents(place, persons=human)
        aim = self.tree[place].head if self.tree[place].dep == "xcomp" else place
        had = self.tree[aim].dep == "advcl" and self.tree[self.tree[aim].head].lower in ("has", "have")
        if had or (verb in _OF_THINGS_DONE and not self.grammar.has_object(place)):
            return  # "the team has a rota to help with that"
        if not passive:
            subject = self._doer(place)
            if subject is not None and self._is_only_one(subject, place):
                yield from self._only(subject)
            elif subject is not None:
                alone = self.tree[place].tag == "VBZ"
                people = self.phrases.people(
                    subject, asked=False, names=False, persons=human, alone=alone and not subject
                )
                has = (
                    human or lower in _having() or bool(self.grammar.modal(place) & {"can", "will"}) or self._all(place)
                )
                yield from (n for n in people if has or n.mention.contact.kind != "person")

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

    def _must(self, place: int) -> bool:
        """Whether it has to be done before a thing can be: "the Tide Board has to agree to it"."""
        above = self.tree[self.tree[place].head]
        needs = self.tree[place].dep == "xcomp" and above.lower in ("has", "have", "needs", "need")
        return needs or bool(self.grammar.modal(place) & DEMANDING)

    def _is_to_be_done(self, place: int) -> bool:
        """Whether the reader is to have it done: "have the chart checked by X"."""
        word = self.tree[place]
        told = any(self.tree[c].lower in ("have", "get") and self.tree[c].dep == "aux" for c in self.below[place])
        above = self.tree[word.head]
        hangs = word.dep in ("ccomp", "xcomp") and above.lower in ("have", "get")
        told = told or (hangs and self.grammar.by_reader(word.head))
        return word.tag == "VBN" and told and self.grammar.child(place, "agent") is not None

    def _asks(self, place: int) -> bool:
        """Whether what is made is what people make who want something of others, and no decision or appointment."""
        subject = self.grammar.subject(place)
        made_so = any(
            self.tree[child].dep in ("acomp", "oprd", "ccomp") and child == place + 1 for child in self.below[place]
        )
        return made_so or subject is None or self.tree[subject].lower in _MADE_BY_ANYBODY

    def _all(self, place: int) -> bool:
        """Whether it is done to all things of a kind: "reviews every change"."""
        things = (child for child in self.below[place] if self.tree[child].dep in OBJECTS)
        return any(
            self.tree[of].lower in ("all", "any", "each", "every") for thing in things for of in self.below[thing]
        )

    def does(self, place: int, lower: str) -> Iterator[Named]:
        """The subject of any other verb that does something to a thing, and of having a say: "the Survey team publishes
        the tide tables", "the harbour master has the final say"."""
        word = self.tree[place]
        if lower in verbs("keeping") or word.tag not in ("VBZ", "VBP", "VB") or self.grammar.denied(place):
            return
        modal = self.grammar.modal(place)
        if word.dep not in ("ROOT", "conj", "ccomp", "relcl") or (
            word.tag == "VB" and modal.isdisjoint(("will", "can"))
        ):
            return
        objects = [
            child
            for child in self.below[place]
            if child > place and (self.tree[child].dep in OBJECTS or self._is_whatever(child))
        ]
        things = [child for child in objects if self.tree[child].tag != "PRP"]  # "it" names no matter of its own
        powers = lower in ("has", "have") and any(
            self.tree[thing].lower in words("powers", "nouns") for thing in things
        )
        gives = lower == "give" and any(self.tree[child].lower == "you" for child in self.below[place])
        if not things or (lower in verbs("idle") and not (powers or gives)):
            return
        subject = self.grammar.subject(place)
        if subject is not None and self._is_only_one(subject, place):
            yield from self._only(subject)
            return
        if subject is None or self.tree[subject].lower in READERS | _MAY_BE_PROGRAMS:
            return
        if not powers and not self._is_one(subject, modal):
            return
        if self.phrases.phrase(subject, asked=False, names=False, persons=powers, alone=True) is None:
            return
        found = self.phrases.people(subject, asked=False, names=False, persons=powers, alone=True)
        keeps = powers or lower in _having() or bool(modal & {"can", "will"})
        yield from (n for n in found if n.certain and (keeps or n.mention.contact.kind != "person"))

    def _is_only_one(self, subject: int, place: int) -> bool:
        """Whether nobody else can do it: "only the harbour master can lift the ban"."""
        first = self.extents.left(subject)
        before = [word.lower for word in self.tree[max(0, first - 2) : first]]
        one = before[-1:] == ["the"] or self.tree[subject].tag.startswith("NNP")
        return one and "only" in before and bool(self.grammar.modal(place) & {"can", "may"})

    def _only(self, subject: int) -> Iterator[Named]:
        found = self.phrases.people(subject, asked=True, names=False)
        yield from (Named(n.mention, asked=False, certain=True) for n in found if n.certain)

    def _is_whatever(self, place: int) -> bool:
        """Whether a clause stands for the thing to which something is done: "the Tide team pays for what is left"."""
        return self.tree[place].dep == "ccomp" and any(
            self.tree[child].lower in ("what", "whatever") for child in self.below[place]
        )

    def _doer(self, place: int) -> int | None:
        """The subject of a verb; of one that says what somebody is, theirs: "the Tide team is the one that does it"."""
        subject = self.grammar.subject(place)
        if subject is None or self.tree[subject].lower not in _WHICH or self.tree[place].dep != "relcl":
            return subject
        noun = self.tree[place].head
        top = self.tree[noun].head
        stands = (
            self.tree[noun].dep == "attr" and self.tree[top].lower in ("is", "are") and not self.grammar.denied(top)
        )
        return self.grammar.child(top, "nsubj") if stands else subject

    def _is_one(self, place: int, modal: frozenset[str]) -> bool:
        """Whether a subject is somebody in particular: "the Survey team", "Legal", of "your manager" only what they
        will do."""
        first = self.extents.left(place)
        before = self.tree[first - 1].lower if first else ""
        word = self.tree[place]
        if before in ("your", "their", "a", "an"):
            return bool(modal) and (word.tag in ("NN", "NNP"))
        return before in ("the", "our") or word.tag not in ("NNS", "NNPS")

    def _agents(self, place: int, *, persons: bool = False, definite: bool = False) -> Iterator[Named]:
        """By whom something is done; `definite` for those alone who are somebody in particular."""
        for agent in self.below[place]:
            if self.tree[agent].dep in ("agent", "prep") and self.tree[agent].lower == "by":
                for target in self.below[agent]:
                    definite_enough = not definite or self.extents.is_definite(target) or self._is_one_name(target)
                    if self.tree[target].dep == "pobj" and definite_enough and not self._is_measure(target):
                        yield from self.phrases.people(target, asked=False, names=True, persons=persons)

    def _is_one_name(self, place: int) -> bool:
        """Whether somebody in particular is named, by a name of their own or as those of whom there is one."""
        first = self.extents.left(place)
        before = self.tree[first - 1].lower if first else ""
        return self.tree[place].tag == "NNP" and before not in ("a", "an")

    def _is_measure(self, place: int) -> bool:
        """Whether it only says by what things are told apart: "seats are assigned by business unit"."""
        word, first = self.tree[place], self.extents.left(place)
        return word.tag == "NN" and word.lower in words("people", "teams") and self.tree[first - 1].lower == "by"

    def being(self, place: int) -> Iterator[Named]:
        """Who somebody is: "our data protection officer is Ada Byron", "Ada Byron is our DPO"."""
        subject, attribute = self.grammar.child(place, "nsubj"), self.grammar.child(place, "attr")
        if subject is None or attribute is None or self.grammar.denied(place):
            return
        if self._is_title(attribute):
            subject, attribute = attribute, subject
        elif self.tree[subject].lower not in ROLE_NOUNS:
            return
        person = [*self.phrases.people(attribute, asked=True, names=False, persons=True)]
        if not person and self._is_one_to_ask(subject) and (found := self.phrases.person_at(attribute)):
            yield Named(found, asked=True, certain=True)
        if person and all(n.mention.contact.kind == "person" for n in person):
            yield from self.phrases.people(subject, asked=True, names=False)
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
        return word.lower in ROLE_NOUNS and word.text[:1].isupper() and self.extents.is_definite(place)

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
            if subject is not None and not self.grammar.denied(top):
                yield from self.phrases.people(subject, asked=False, names=False)

    def _deciding(self, place: int) -> Iterator[Named]:
        """Whose choice or task it is: "it is up to X whether", "its upkeep is down to X"."""
        if self.tree[self.tree[place].head].lower in ("is", "'s", "’s") and not self.grammar.denied(
            self.tree[place].head
        ):
            found = (n for n in self.phrases.of(place, "to") if n.certain)
            yield from (Named(n.mention, asked=False, certain=True) for n in found)

    def holding(self, place: int) -> Iterator[Named]:
        """Who is the owner, the contact, the lead: on either side of "is"."""
        word = self.tree[place]
        top = word.head
        place_to_go = word.lower not in ("point", "port", "stop") or self._of_contact(place)
        perhaps = any(self.tree[child].lower in ("if", "whether") for child in self.below[top])
        if self.tree[top].lower not in ("is", "are", "be") or not place_to_go or perhaps:
            return
        if word.dep == "attr":
            subject = self.grammar.subject(top)
            if subject is not None:
                yield from self.phrases.people(subject, asked=False, names=False, persons=True)
        elif word.dep == "nsubj":
            for child in self.below[top]:
                if self.tree[child].dep == "attr":
                    yield from self.phrases.people(child, asked=True, names=False, persons=True)

    def _of_contact(self, place: int) -> bool:
        """Whether "point" is one of contact, "port" of call, "stop" the first one."""
        if self.tree[place].lower == "stop":
            return self.tree[place - 1].lower == "first"
        return any(word.lower in ("contact", "call") for word in self.tree[place + 1 : place + 3])
