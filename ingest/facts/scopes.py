"""How far a fact reaches: its own sentence, its section, its page, a folder, everything.

A statement that names a matter of its own answers for that alone ("for certificates, ask X"). One that names none ("if
you have questions, ask in #x") answers for what its section is about, or its page where the section's heading names no
matter either ("Help"). Front matter speaks for the page, a rule of an owners' file for the paths that it matches, an
order of escalation for everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ingest.facts.lexicon import verbs, words
from ingest.facts.names import without
from ingest.relations import FOR
from ingest.values import Contact, Fact, Scope

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_OWNER_FILE = re.compile(r"(?:^|/)(?:CODEOWNERS|OWNERS)$")


def scoped(fact: Fact) -> Fact:
    """The fact with how far it reaches; what front matter says knows that it speaks for its page."""
    return fact if fact.scope != "sentence" else replace(fact, scope=_scope(fact))


def _scope(fact: Fact) -> Scope:
    if fact.relation == "rung":
        return "page" if FOR in fact.attributes else "everything"
    if fact.relation == "owns page":
        return "page"
    if _OWNER_FILE.search(fact.place.path):
        return "folder"
    if fact.relation == "ask" and not has_matter(fact.topic, fact.contacts):
        return "section" if _names_matter(fact.place.heading) else "page"
    return "sentence"


def has_matter(topic: str, contacts: Iterable[Contact]) -> bool:
    """Whether a statement says what it is about, its contacts' names and addresses aside."""
    return _names_matter(without(topic, contacts))


def _names_matter(text: str) -> bool:
    """Whether a text has a word that is none of asking, helping or glue; of a name, verbs are no longer verbs."""
    general = words("general", "words")
    asking = verbs("asked").keys() | verbs("sent").keys()
    found = _WORD.findall(text)
    named = {word for word in found[1:] if word.istitle()}
    return any(w.lower() not in general and (w.lower() not in asking or w in named) for w in found)
