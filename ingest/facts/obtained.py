"""From whom a thing is to be had: a noun for what is got has them behind "from" or "by" ("approval from X"), or
before it ("your manager's approval", "Legal sign-off"), and so has one for what falls to somebody ("a matter for
Legal")."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.facts.addresses import Mention
from ingest.facts.grammar import MODIFIERS, OBJECTS
from ingest.facts.lexicon import verbs, words
from ingest.facts.phrases import Named, Reader
from ingest.facts.somebody import VAGUE
from ingest.values import Contact

_GETTING = frozenset(verbs("obtained")) | {"with", "without"}
BELONGING = frozenset({"available", "obtainable"})
DUTIES = words("obtained", "duties")


class Obtained(Reader):
    """Those whose yes, help or duty the nouns of one sentence speak of."""

    def obtained(self, place: int) -> Iterator[Named]:
        """Whom something is got from: "approval from X", "permission of X", "approval is required from X"."""
        denied = any(self.tree[child].lower == "no" for child in self.below[place])
        if denied or self._was_got(place):
            return
        if self.tree[place].dep == "nsubjpass" and not self.grammar.denied(self.tree[place].head):
            yield from self.phrases.of(self.tree[place].head, "from")
        for child in self.below[place]:
            got = self.tree[self.tree[place].head].lower in _GETTING or self.tree[place].lower == "discretion"
            if self.tree[child].dep in ("prep", "agent") and (
                self.tree[child].lower in ("from", "by") or (got and self.tree[child].lower == "of")
            ):
                asked = self.tree[place].lower in words("obtained", "nouns", "yes")
                for target in (t for preposition in self.grammar.each(child) for t in self.below[preposition]):
                    if self.tree[target].dep == "pobj":
                        yield from self.phrases.people(target, asked=True, names=asked)
            elif self.tree[place].lower in BELONGING and self.tree[child].lower in ("on", "upon"):
                for inner in self.below[child]:
                    yield from self.phrases.of(inner, "from")

    def _was_got(self, place: int) -> bool:
        """Whether somebody got it once: "a list that we made with the help of the Survey team"."""
        above = self.tree[place].head
        above = self.tree[above].head if self.tree[above].dep == "prep" else above
        subject = self.grammar.subject(above)
        return self.tree[above].tag == "VBD" and subject is not None and self.tree[subject].lower == "we"

    def possessed(self, place: int) -> Iterator[Named]:
        """Whose approval one needs, whose job something is: "your manager's approval", "a matter for Legal"."""
        word = self.tree[place]
        duty = word.lower in DUTIES
        if duty and (
            word.dep != "attr"
            or self.tree[word.head].lower not in ("is", "are", "be")
            or self.grammar.denied(word.head)
        ):
            return
        if word.lower in words("obtained", "nouns", "sought") and (approver := self._named_before(place)):
            yield approver
        for child in self.below[place]:
            if self.tree[child].dep == "poss" and not self.tree[child].tag.startswith("PRP"):
                yield from self.phrases.people(child, asked=not duty, names=False, alone=True)
        if duty:
            yield from self.phrases.of(place, "for", "of")

    def _named_before(self, place: int) -> Named | None:
        """Whose approval it is, where they are named right before it: "line manager approval", "Security sign-off"."""
        last = place - 1
        if self.tree[place].dep in MODIFIERS:
            return None  # "the Manager Approval process"
        if last < 0 or self.tree[last].head != place or self.tree[last].dep not in ("compound", "nmod", "amod"):
            return None
        first = last
        while first and self.tree[first - 1].dep in MODIFIERS and first <= self.tree[first - 1].head <= place:
            first -= 1
        before = self.tree[first - 1].lower if first else ""
        if before in ("no", "without") or self.tree[first].lower in VAGUE or self._not_needed(place):
            return None  # "wider team approval" is anybody's
        phrase = self.tree[first:place]
        capital = phrase[-1].text[:1].isupper()
        somebody = self.phrases.kind(last, phrase, asked=True, owned=self.extents.owned(first), proven=True)
        if somebody is None and not (capital and first and phrase[-1].lower in words("people", "functions")):
            return None
        start, end = phrase[0].start, phrase[-1].end
        return Named(Mention(Contact(somebody or "team", self.phrases.plain[start:end]), start, end), True, True)

    def _not_needed(self, place: int) -> bool:
        """Whether it is said of a yes that nobody needs it, or that a thing has it: "you don't have to wait for Legal's
        approval", "the crane has Harbour Agency approval"."""
        for _ in range(5):
            above = self.tree[place].head
            if self.tree[above].tag.startswith("VB"):
                subject = self.grammar.subject(above)
                thing = subject is not None and not self.tree[subject].tag.startswith("PRP")
                has = thing and self.tree[place].dep in OBJECTS and self.tree[above].lower == "has"
                if has or self.grammar.denied(above):
                    return True
            if above == place or self.tree[place].dep in ("advcl", "conj", "relcl", "ROOT"):
                return False
            place = above
        return False
