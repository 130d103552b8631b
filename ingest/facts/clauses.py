"""Everybody whom a sentence names, read from its tree: each word goes to the readers whose verb or noun it is. Whom
the reader is sent to is for `sent_to.py`, who has a thing in hand for `in_hand.py`, from whom a thing is to be had
for `obtained.py`; they ask `phrases.py` who a noun phrase is, and `grammar.py` what is said of a verb. The words
are those of `lexicon.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingest.facts.grammar import SUBJECTS, orders
from ingest.facts.in_hand import ANSWERING, InHand
from ingest.facts.lexicon import nouns, words
from ingest.facts.obtained import BELONGING, DUTIES, Obtained
from ingest.facts.phrases import NO_SHORTS, Named, Phrases
from ingest.facts.sent_to import SentTo
from ingest.facts.syntax import Tree
from ingest.values import Contact

_VERBS_TOO = words("asked", "calling") | words("asked", "direct", "noun") | words("asked", "of_things")
_IN_PHRASES = frozenset({*SUBJECTS, "compound", "nmod"})
_NOUNS_TOO = words("asked", "direct") | words("asked", "paging") | {"ping"}
"""Verbs of asking that the parser often takes for nouns."""


def named_in(plain: str, tree: Tree, shorts: Mapping[str, Contact] = NO_SHORTS) -> Iterator[Named]:
    """Everybody whom a sentence with that tree names, in no order; the same words may come twice. `shorts` are the
    manual's own short names."""
    phrases = Phrases(plain, tree, shorts)
    sent_to, in_hand, obtained = SentTo(phrases), InHand(phrases), Obtained(phrases)
    for place, word in enumerate(tree):
        lower = word.lower
        if word.tag.startswith("VB") or lower in _NOUNS_TOO or (place == 0 and lower in orders()):
            yield from sent_to.asked(place, lower)
            yield from sent_to.sent(place, lower)
        if word.tag.startswith("VB"):
            yield from in_hand.kept(place, lower)
            yield from sent_to.told_in_other_words(place, lower)
            yield from in_hand.does(place, lower)
        if lower in ("is", "are", "be"):
            yield from in_hand.being(place)
        if lower == "let":
            yield from sent_to.let_know(place)
        if lower in ANSWERING:
            yield from in_hand.answering(place)
        if lower in words("obtained", "nouns") or lower in BELONGING or lower == "discretion":
            yield from obtained.obtained(place)
        if lower in DUTIES or lower in words("obtained", "nouns", "sought") or lower == "discretion":
            yield from obtained.possessed(place)
        if lower in nouns("holding", "nouns"):
            yield from in_hand.holding(place)


def nouns_in(tree: Tree) -> frozenset[int]:
    """Where nouns begin that are verbs of asking elsewhere: "the wiki page", "email addresses"."""
    return frozenset(
        word.start for word in tree[1:] if word.lower in _VERBS_TOO and word.tag == "NN" and word.dep in _IN_PHRASES
    )


def common_objects(tree: Tree) -> frozenset[int]:
    """Where nouns begin that a verb of asking takes as its object, the reader doing it, with "the" or "your" before
    them: whoever they are, they are somebody ("ask the caretaker")."""
    sent_to = SentTo(Phrases("", tree))
    return frozenset(tree[place].start for place in range(len(tree)) if sent_to.is_common_object(place))
