"""Whom a pronoun stands for where a sentence sends its reader to "her", "him" or "them": whoever was named last
before it, in the same sentence or in the one before."""

from __future__ import annotations

from ingest.facts.addresses import Mention
from ingest.facts.grammar import OBJECTS, SUBJECTS
from ingest.facts.lexicon import sending, verbs, words
from ingest.facts.phrases import Phrases, Reader
from ingest.facts.syntax import Tree


def referred(plain: str, tree: Tree, before: str = "", earlier: Tree = ()) -> Mention | None:
    """Somebody to whom a sentence sends its reader by a pronoun, named before it or in the sentence before: "The keys
    are with Ada Byron, so tell her". The places of the mention are those of the sentence in which the name stands."""
    reader = _Pronouns(Phrases(plain, tree))
    pronoun = next((place for place in range(len(tree)) if reader.is_pronoun_for_asked(place)), None)
    if pronoun is None:
        return None
    one = tree[pronoun].lower in ("her", "him")
    found = reader.antecedent(pronoun, one=one)
    if found is None and earlier:
        found = _Pronouns(Phrases(before, earlier)).antecedent(len(earlier), one=one)
    return found


class _Pronouns(Reader):
    """The pronouns of one sentence, and whoever stands before them."""

    def is_pronoun_for_asked(self, place: int) -> bool:
        """Whether a pronoun stands for somebody to whom the reader is sent: "tell her", "bring it to them"."""
        word = self.tree[place]
        if word.lower not in ("her", "him", "them") or word.tag != "PRP":
            return False
        verb = word.head
        if word.dep == "pobj":
            preposition, verb = verb, self.tree[verb].head
            verb = self.tree[verb].head if self.tree[verb].dep in (*OBJECTS, "prt", "advmod") else verb
            sent = verbs("sent").get(self.tree[verb].lower) or verbs("fetched").get(self.tree[verb].lower)
            sends = sent is not None and self.tree[preposition].lower in sending()[sent]
        elif word.dep in SUBJECTS and self.tree[verb].lower == "know":
            verb = self.tree[verb].head
            sends = self.tree[verb].lower == "let"
        else:
            asked = verbs("asked").get(self.tree[verb].lower, "")
            people = asked in words("asked", "telling") or asked in words("asked", "calling")
            sends = word.dep in (*OBJECTS, "ccomp") and (people or self.tree[verb].lower in words("asked", "seeking"))
        told = self.tree[verb].tag in ("VB", "VBP") and not (
            self.grammar.denied(verb) or self.grammar.in_condition(verb)
        )
        return sends and told and self.grammar.by_reader(verb)

    def antecedent(self, until: int, *, one: bool) -> Mention | None:
        """Who was named last before a word as whoever does something or has it done: of `one`, a person; else a team or
        a role that is somebody's or one in particular, outside conditions."""
        for place in range(until - 1, -1, -1):
            word = self.tree[place]
            led = word.dep == "pobj" and (
                self.tree[word.head].dep != "prep" or self.tree[word.head].lower in ("by", "with", "through")
            )
            acts = led or word.dep in (*SUBJECTS, "attr", "appos")
            if not acts or self.grammar.in_condition(place):
                continue
            if one and (found := self.phrases.person_at(place)):
                return found
            if not one and (self.extents.is_definite(place) or word.tag == "NNP"):
                phrase = self.phrases.phrase(place, asked=True, names=False, persons=False)
                if phrase is not None and phrase[1] and phrase[0].contact.kind != "person":
                    return phrase[0]
        return None
