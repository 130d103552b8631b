"""What a sentence's tree says of its verbs: whose subject a word is, whether a thing is denied or was done once,
under which condition it stands, whether the reader is the one who is told to do it, and which prepositions hang on
it. Whom a phrase names is for `phrases.py`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ingest.facts.lexicon import nouns, plural, verbs, words
from ingest.facts.somebody import ROLE_NOUNS
from ingest.facts.syntax import Tree, children

OBJECTS = frozenset({"dobj", "obj", "dative", "oprd"})
SUBJECTS = frozenset({"nsubj", "nsubjpass"})
MODIFIERS = frozenset({"compound", "amod", "nmod", "nummod", "npadvmod", "punct"})
MODALS = frozenset({"should", "must", "can", "could", "may", "will", "shall", "might"})
DEMANDING = frozenset({"should", "must", "shall"})
READERS = frozenset(
    """you everyone everybody anyone anybody they he she who people staff teams employees""".split()
) | {plural(noun) for name in ("readers", "roles") for noun in words("people", name)}
_CONSISTING = frozenset({"involves", "includes", "means", "requires"})
IN_TOUCH = frozenset({"touch", "contact", "consultation"})
TELLING = frozenset(
    {*verbs("asked"), *(form for form, verb in verbs("sent").items() if verb in words("sent", "talking"))}
)


@cache
def orders() -> frozenset[str]:
    """The verbs as one is told to do them."""
    return frozenset((*verbs("asked").values(), *verbs("sent").values()))


class Grammar:
    """One sentence's tree, with what hangs on each word."""

    def __init__(self, plain: str, tree: Tree) -> None:
        self.plain = plain
        self.tree = tree
        self.below = children(tree)

    def child(self, place: int, dep: str) -> int | None:
        """The first word that hangs on one in that way (`dep`)."""
        return next((child for child in self.below[place] if self.tree[child].dep == dep), None)

    def subject(self, place: int) -> int | None:
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
            told = self.child(above, "dobj") if self.tree[place].dep == "xcomp" else None
            if told is not None and self.tree[told].lower != "you":
                return told  # "the tool asks us to approve it": we approve
            place = above
        return None

    def top(self, place: int) -> int:
        """The verb of the clause in which a word stands."""
        for _ in range(len(self.tree)):
            place = self.tree[place].head
            if self.tree[place].tag.startswith(("VB", "MD")) or self.tree[place].head == place:
                break
        return place

    def has_object(self, place: int) -> bool:
        """Whether a verb has an object."""
        return any(self.tree[child].dep in OBJECTS for child in self.below[place])

    def modal(self, place: int) -> frozenset[str]:
        """The auxiliaries of a verb, in small letters: "must", "can", "has"."""
        return frozenset(self.tree[child].lower for child in self.below[place] if self.tree[child].dep == "aux")

    def denied(self, place: int) -> bool:
        """Whether it is not done, or not to be done."""
        here = {self.tree[child].lower for child in self.below[place] if self.tree[child].dep in ("neg", "advmod")}
        above = self.tree[self.tree[place].head]
        return bool(here & {"not", "n't", "n’t", "never", "longer", "formerly", "previously"}) or (
            self.tree[place].dep in ("xcomp", "pcomp") and above.lower in ("avoid", "stop", "without", "instead")
        )

    def once(self, place: int) -> bool:
        """Whether it was done at some time: "was sent to", "had been asked"."""
        return any(self.tree[child].lower in ("was", "were", "had") for child in self.below[place])

    def in_condition(self, place: int) -> bool:
        """Whether a word stands in a clause of what may be or is to happen: "if the Berth team asks"."""
        for _ in range(8):
            marks = {self.tree[child].lower for child in self.below[place]}
            if self.tree[place].dep == "advcl" and marks & {"if", "when", "whenever", "unless", "once"}:
                return True
            if self.tree[place].head == place:
                return False
            place = self.tree[place].head
        return False

    def _is_order(self, place: int) -> bool:
        """Whether a bare verb begins a clause, whatever the parser hangs it on: "Once it is merged, ping X"."""
        before, word = self.tree[place - 1].lower if place else ",", self.tree[place]
        return before in (",", ";", ":", "please", "then", "so") and word.tag != "VBN" and word.lower in orders()

    def by_reader(self, place: int) -> bool:
        """Whether people are told to do it, and it is not what a program or a page does."""
        subject = self.subject(place)
        able = self.tree[place].head
        if subject is None and self.tree[able].lower in ("able", "unable") and self.tree[able].dep == "acomp":
            subject = self.subject(self.tree[able].head)
        if subject is None or self._is_order(place):
            return True
        word = self.tree[subject]
        if word.lower == "you":
            return True
        if word.lower in READERS:
            told = self.tree[place].tag != "VBZ" and word.lower not in ("who", "they", "he", "she")
            return told or bool(self.modal(place) & MODALS) or self.tree[place].dep == "xcomp"
        if word.lower in ("we", "i") or (word.tag == "NNS" and word.lower in nouns("people", "shared_titles")):
            return bool(self.modal(place) & DEMANDING)
        if word.lower in words("people", "teams"):  # "the Berth team will email the skippers" sends nobody to them
            others = self.tree[place].lower not in TELLING
            return bool(self.modal(place) & (MODALS if others else DEMANDING))
        return word.lower in ROLE_NOUNS and bool(self.modal(place) & MODALS)

    def prepositions(self, place: int, wanted: frozenset[str], depth: int = 3) -> Iterator[int]:
        """The prepositions of that kind on a verb, or on what hangs on it as object or particle."""
        for child in self.below[place]:
            word = self.tree[child]
            if word.dep in ("prep", "dative", "agent", "prt") and word.lower in wanted:
                yield child
            elif depth and (
                word.dep in (*OBJECTS, "prt", "advmod", "pcomp", "pobj")
                or (word.lower == "of" and word.dep == "prep")
                or self.in_touch(child)
            ):
                yield from self.prepositions(child, wanted, depth - 1)
            elif depth and word.lower in ("about", "on") and word.dep == "prep":  # no "talk about problems with X"
                yield from self.prepositions(child, wanted & {"to"}, depth - 1)

    def each(self, preposition: int) -> Iterator[int]:
        """A preposition and those joined to it, wherever the parser hangs them: "of X and of Y"."""
        yield preposition
        lower = self.tree[preposition].lower
        for place in range(preposition + 1, len(self.tree)):
            if self.tree[place].lower == lower and self.tree[place].dep == "conj":
                yield place

    def in_touch(self, place: int) -> bool:
        """Whether it is a word of "get in touch with", "be in contact with"."""
        words_on = {self.tree[place].lower, *(self.tree[child].lower for child in self.below[place])}
        return not words_on.isdisjoint(IN_TOUCH)
