"""Which sentences could name anybody at all, told by their words and without a tree: parsing takes most of the
time, and half of a manual's sentences need none. Each list here goes with what a reader of trees looks for, so that
no sentence is passed over in which one of them would find somebody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from ingest.facts.grammar import IN_TOUCH
from ingest.facts.in_hand import ANSWERING
from ingest.facts.lexicon import nouns, verbs, words
from ingest.facts.masking import MASK
from ingest.facts.obtained import BELONGING
from ingest.facts.phrases import NO_SHORTS
from ingest.facts.sent_to import BETWEEN_PEOPLE, IDIOMS, RESTING, SOMETHING
from ingest.facts.somebody import LETTERS, doers, longest_parts, somebody
from ingest.forms import UPPER
from ingest.values import Contact


def may_name(plain: str) -> bool:
    """Whether a sentence has a form of one of the verbs and nouns by which anybody could be found in it."""
    return not _cues().isdisjoint(LETTERS.findall(plain.lower()))


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
            *ANSWERING,
            *words("asked", "seeking"),
            *words("undergone", "forms", "either"),
            *got,
            *more,
            *BELONGING,
            *IDIOMS,
        }
    )


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
    return word == "IT" or (word.lower() in doers() and word != "it")


_PAIR = re.compile(rf"[{UPPER}][\w'’-]+ [{UPPER}][\w'’-]")
"""Two words with capitals, as a person's name has them."""


def may_find(text: str, shorts: Mapping[str, Contact] = NO_SHORTS) -> bool:
    """Whether `named_in` could find anybody in a sentence that is `masked`: it has a word for somebody, a person's
    name, a short name of the manual's, an address, or words behind which any name is somebody's."""
    said = frozenset(LETTERS.findall(text.lower()))
    named = frozenset(_NAMES.findall(text))
    return (
        not said.isdisjoint(somebody())
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
def _before_names() -> frozenset[str]:
    """What any name may follow: forms of verbs that only people are the object of, what is done with them or given by
    them, and "by"."""
    people_only = words("asked", "direct") | words("asked", "telling")
    asked = (form for form, verb in verbs("asked").items() if verb in people_only)
    sent = (form for form, verb in verbs("sent").items() if verb in words("sent", "talking") | BETWEEN_PEOPLE)
    given = nouns("obtained", "nouns", "yes") | IN_TOUCH
    return longest_parts((*asked, *sent, *given, "let", "by"))


@cache
def _resting() -> frozenset[str]:
    return longest_parts(form for form, verb in {**verbs("sent"), **verbs("fetched")}.items() if verb in RESTING)


@cache
def _matters() -> frozenset[str]:
    """Subjects of verbs of resting behind which any name may stand: "anything about keys goes to Ada"."""
    return longest_parts(SOMETHING | nouns("general", "troubles") | {"request", "requests"})
