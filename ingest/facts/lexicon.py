"""The words of `lexicon.toml`, with the forms in which sentences have them.

A list of that file, or of `fields.toml`, may take in another: `@people.roles` stands for the words of that list,
`@people.roles:own` for those that it marks so (`lead:own`), and `@people.roles(s)` for their plurals as well. So no
list stands twice.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_VOWELS = "aeiou"


@cache
def lexicon() -> Mapping[str, Any]:
    return tomllib.loads(files("ingest").joinpath("facts", "lexicon.toml").read_text(encoding="utf-8"))


@cache
def words(section: str, name: str, mark: str = "") -> frozenset[str]:
    """A list of the lexicon as a set, with those that it takes in; with a mark, only the words that bear it."""
    return frozenset(ordered(section, name, mark))


@cache
def ordered(section: str, name: str, mark: str = "") -> tuple[str, ...]:
    """The same in the order in which they are written."""
    return tuple(word for word, marks in _marked(lexicon()[section][name]) if not mark or mark in marks)


@cache
def nouns(section: str, name: str, mark: str = "") -> frozenset[str]:
    """The same in both numbers."""
    return frozenset(form for noun in words(section, name, mark) for form in (noun, plural(noun)))


def plain(text: str) -> tuple[str, ...]:
    """The words of a list as it is written, in their order, with those of the lists that it takes in."""
    return tuple(dict.fromkeys(word for word, _ in _marked(text)))


def _marked(text: str) -> Iterator[tuple[str, list[str]]]:
    for entry in _entries(text):
        word, _, marks = entry.partition(":")
        yield word, marks.split(",")


def _entries(text: str) -> Iterator[str]:
    """The words of a list as they are written, with those of the lists that it takes in."""
    for entry in text.split():
        taken = _TAKEN.fullmatch(entry)
        if taken is None:
            yield entry
            continue
        for inner in _entries(lexicon()[taken["section"]][taken["name"]]):
            word, _, marks = inner.partition(":")
            if not taken["mark"] or taken["mark"] in marks.split(","):
                yield inner
                if taken["plural"]:
                    yield plural(word)


_TAKEN = re.compile(r"@(?P<section>\w+)\.(?P<name>\w+)(?::(?P<mark>\w+))?(?P<plural>\(s\))?")


def plural(noun: str) -> str:
    """The regular plural of an English noun."""
    if noun.endswith("y") and noun[-2] not in _VOWELS:
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def typed(said: Iterable[str]) -> str:
    """The same as `one_of` in the words of those who type quickly: a hyphen may be a blank as well."""
    return one_of(said).replace("-?", "[- ]?")


def one_of(said: Iterable[str]) -> str:
    """Words as alternatives of a regular expression in a group of its own, none cut short by another that it begins
    with; a hyphen may be left out, and a blank may be any white space."""
    longest = sorted(set(said), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\-", "-?").replace(r"\ ", r"\s+") for word in longest) + ")"


@cache
def verbs(section: str) -> Mapping[str, str]:
    """Every form of a section's verbs, to the verb."""
    return {form: verb for verb in _plain(section) for form in _forms(verb)}


@cache
def sending() -> Mapping[str, frozenset[str]]:
    """The verbs that bring somebody something or get it from them, to the prepositions that do it."""
    entries = (*_entries(lexicon()["sent"]["verbs"]), *_entries(lexicon()["fetched"]["verbs"]))
    pairs = (entry.partition(":") for entry in entries)
    return {verb: frozenset(after.split(",")) for verb, _, after in pairs}


def _plain(section: str) -> Iterator[str]:
    return (entry.partition(":")[0] for entry in _entries(lexicon()[section]["verbs"]))


def pairs(section: str, name: str) -> Mapping[str, str]:
    """The words of a list to what stands behind their colons, where that is no mark: other forms of the word."""
    return {word: other for word, _, other in (entry.partition(":") for entry in _entries(lexicon()[section][name]))}


@cache
def _irregular() -> Mapping[str, tuple[str, ...]]:
    return {verb: tuple(forms.split(",")) for verb, forms in pairs("irregular", "forms").items()}


def forms(said: Iterable[str]) -> frozenset[str]:
    """Every form of some verbs."""
    return frozenset(form for verb in said for form in _forms(verb))


def _forms(verb: str) -> Iterator[str]:
    """The forms of an English verb, regular ones by the usual rules of spelling."""
    head, particle = _apart(verb)
    if particle:
        yield from (form + particle for form in _forms(head))
        return
    yield verb
    stem = verb.removesuffix("e")
    doubled = len(verb) > 2 and verb[-1] not in f"{_VOWELS}wxy" and verb[-2] in _VOWELS and verb[-3] not in _VOWELS
    last = verb[-1] if doubled and len(verb) <= 4 else ""
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        yield from (f"{verb[:-1]}ies", f"{verb[:-1]}ied")
    else:
        yield f"{verb}es" if verb.endswith(("s", "x", "ch", "sh", "o")) else f"{verb}s"
        yield f"{stem}{last}ed"
    yield f"{stem if verb.endswith('e') and not verb.endswith('ee') else verb}{last}ing"
    yield from _irregular().get(verb, ())


def _apart(verb: str) -> tuple[str, str]:
    """A verb without what stands behind it and keeps its form, and that: "look" and "-after"."""
    head, _, particle = verb.partition("-")
    return (head, f"-{particle}") if particle in ("after", "off", "out") else (verb, "")


def _present(verbs: Iterable[str]) -> Iterator[str]:
    return (form for verb in verbs for form in (verb, third(verb)))


def third(verb: str) -> str:
    """What he, she or it does: "owns", "looks-after"."""
    head, particle = _apart(verb)
    return plural(head) + particle


def past(verb: str) -> str:
    """The participle: the last form that no rule makes, else the regular one."""
    head, particle = _apart(verb)
    return [*(form for form in _forms(head) if form.endswith("ed")), *_irregular().get(head, ())][-1] + particle


def participles(section: str, name: str) -> frozenset[str]:
    """The forms of a list's verbs in "-ing"."""
    return frozenset(form for verb in words(section, name) for form in _forms(verb) if form.endswith("ing"))


TELL = one_of(words("asked", "telling"))
"""A verb of asking that only people can be the object of, or hardly anything else: "ask", "notify"."""
ASK = one_of(words("asked", "telling") | words("asked", "calling"))
"""The same, with those that do something else to things: "call", "page"."""
TALK = one_of(words("sent", "talking"))
TALK_TO = (
    "(?:" + "|".join(f"{verb}(?: out)? {one_of(sending()[verb])}" for verb in sorted(words("sent", "talking"))) + ")"
)
"""A verb of talking with the word that leads to somebody: "speak with", "reach out to"."""
ASKING = one_of(participles("asked", "telling") | participles("sent", "talking"))
"""Asking and talking, as one speaks of them: "notifying"."""
OWNS = one_of(_present(words("keeping", "owning")))
"""What is said of whoever has a thing in hand: "owns", "maintain"."""
KEEPS = one_of(_present(words("keeping", "care")))
"""The same, with what are nouns too: "runs", "support"."""
SERVES = one_of(_present(words("keeping", "serving")))
"""What they do for others: "provides", "help"."""
KEPT = one_of(past(verb) for verb in words("keeping", "care"))
"""What is done with a thing by whoever has it in hand: "owned", "run"."""
HELD = one_of(past(verb).replace("-", " ") for verb in (words("keeping", "having") - {"run"}) | {"handle", "lead"})
"""The same without what programs and sponsors do as well: "looked after", "led"."""
GOT = one_of(words("obtained", "nouns", "sought"))
"""What is got from somebody: "approval", "advice"."""
ROOMS = one_of(nouns("ways", "rooms"))
CHATS = f"(?:(?:(?:ms|microsoft) )?teams|google chat|{one_of(words('ways', 'chats'))})"
"""Programs that people talk to each other in."""
PAGERS, TICKETING = one_of(words("ways", "pagers")), one_of(words("ways", "ticketing"))
"""Programs that page people, and those that take tickets."""
QUEUEING = one_of(words("ways", "queueing"))
"""Where tickets lie, and what is done with them there."""
FILING = one_of(words("ways", "filing"))
"""A verb of writing a ticket: "raise"."""
FILED = one_of(form for verb in words("ways", "filing") for form in _forms(verb))
"""The same in all its forms: "raising", "filed"."""
PASSED = one_of(past(verb) for verb in words("sent", "passing"))
"""What is done with a matter that goes to somebody else: "handed"."""
ASKED = one_of(past(verb) for verb in words("asked", "telling"))
"""What is done with somebody: "told"."""
HELP = one_of(words("obtained", "nouns", "said"))
"""What one looks for: "help", "guidance"."""
TROUBLES = one_of(nouns("general", "troubles"))
"""What one asks about: "questions"."""
PAGES = one_of(words("things", "pages"))
