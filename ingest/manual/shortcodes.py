"""What a shortcode says to a reader, by the meaning of its name and of its arguments' names.

`{% slack_channel "people-desk" "the people team" %}` is "the people team (#people-desk)",
`{{< contact slack="tide" >}}` is "Contact: #tide"; one that means nothing to whoever looks for somebody says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ingest.facts.lexicon import plural, words

_HOLDERS = frozenset({"owner", "contact", "maintainer"})
_MEANINGS: Mapping[str, frozenset[str]] = {
    "channel": words("ways", "chats") | words("ways", "rooms") | {"matrix", "irc"},
    "email": frozenset("email mail mailto mailbox".split()),
    "handle": frozenset("user username handle mention mentions person github ping".split()),
    "name": words("people", "teams") | _HOLDERS | {"group", "role", "name"},
    "label": frozenset("text label title caption".split()),
    "link": frozenset("link url href ref relref page doc xref path to".split()),
}
_ASKED = _HOLDERS | {plural(holder) for holder in _HOLDERS} | {"support", "help", "ask", "questions"}
"""Shortcodes that name whom to ask: their name is the word that says so."""
_PERSONS = frozenset("member person teammate employee colleague people author".split()) | words("people", "teams")
"""Shortcodes that show somebody: `<TeamMember name="Ada Byron" photo />` is "Ada Byron"."""
_SHOWS = frozenset("tweet twitter youtube vimeo video gist figure image img icon badge avatar embed".split())
_ARGUMENT = re.compile(
    r"""(?:([A-Za-z_][\w-]*)\s*(?:=|:(?!//))\s*)?"""
    r"""(?:"([^"]*)"|'([^']*)'|\{\s*["'`]([^"'`]*)["'`]\s*\}|“([^”]*)”|([^\s,"'`(){}=|<>]+))"""
)
_CHAT_ID = re.compile(r"[CGDUW][0-9A-Z]{7,}$")
_EMAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}$")


@dataclass(frozen=True, slots=True)
class Shortcode:
    """A tag's name, its arguments without a name in order, and the named ones."""

    name: str
    given: tuple[str, ...]
    named: Mapping[str, str]

    @staticmethod
    def of(inside: str, known: Callable[[str], str]) -> Shortcode | None:
        """The shortcode in a tag's inside; `known` is the value of a bare name ("" where there is none)."""
        head = re.match(r"\s*[-=#&+~]*\s*([A-Za-z][\w./-]*)\s*\(?", inside)
        if not head:
            return None
        given, named = [], {}
        for key, *values in _ARGUMENT.findall(inside, head.end()):
            value = " ".join((next(filter(None, values[:-1]), "") or known(values[-1]) or values[-1]).split())
            if key:
                named[key] = value
            elif value not in ("/", "-"):
                given.append(value)
        return Shortcode(head[1], tuple(given), named)

    @property
    def words(self) -> frozenset[str]:
        return _words(self.name)

    def said(self, *, as_target: bool = False) -> str:
        """What the shortcode says, as Markdown; "" for one that says nothing. `as_target` asks for a link's target."""
        meaning = _meaning(self.words)
        if as_target:
            return next((v for v in (*self.given, *self.named.values()) if v and " " not in v), "")
        if not self.words.isdisjoint(_SHOWS):
            return ""
        if meaning in ("channel", "email", "handle") and self.given:
            return self._addressed(meaning)
        if meaning == "link":
            return self._linked()
        return self._by_arguments()

    def _addressed(self, meaning: str) -> str:
        """The one address that the shortcode is for, and the words for it."""
        address = next((w for v in self.given if (w := _written(meaning, v))), "")
        label = self._label(address) or next((v for v in self.given if " " in v), "")
        return _together(label, [address] if address else [])

    def _linked(self) -> str:
        target = next(
            (v for v in (*self.given, *self.named.values()) if re.match(r"(?:https?:|mailto:|/|#|\.)\S", v)), ""
        )
        label = self._label("") or next((v for v in self.given if v != target and " " in v), "")
        return f"[{label}]({target})" if label and target else label

    def _by_arguments(self) -> str:
        """Each named argument by what its name means: the names first, then their addresses."""
        names, addresses = [], []
        for key, value in self.named.items():
            meaning = _meaning(_words(key))
            if meaning in ("channel", "email", "handle") and (address := _written(meaning, value)):
                addresses.append(address)
            elif meaning == "name" and value:
                names.append(value)
        if not addresses and self.words.isdisjoint(_ASKED | _PERSONS):
            return ""
        if not self.words.isdisjoint(_ASKED) and not names:
            names = [v for v in self.given if v]
        said = _together(", ".join(names), addresses)
        asked = next((w for w in sorted(self.words) if w in _ASKED), "")
        return f"{asked.capitalize()}: {said}" if said and asked else said

    def _label(self, address: str) -> str:
        said = (v for k, v in self.named.items() if _meaning(_words(k)) in ("label", "name"))
        return next((v for v in said if v and v != address), "")


def _together(label: str, addresses: list[str]) -> str:
    if not label or label in addresses:
        return ", ".join(addresses)
    if len(addresses) == 1 and _EMAIL.match(addresses[0]):
        return f"[{label}](mailto:{addresses[0]})"
    return f"{label} ({', '.join(addresses)})" if addresses else label


def _written(meaning: str, value: str) -> str:
    """A value as the address that it is meant to be; "" when it cannot be one."""
    if _EMAIL.match(value):
        return value
    if re.match(r"(?:https?|slack)://\S+$", value):
        return f"<{value}>"
    bare = value.lstrip("#@")
    if _CHAT_ID.match(bare) or not re.fullmatch(r"[^\W_][\w./-]*", bare):
        return ""
    return {"channel": "#", "handle": "@"}.get(meaning, "") + bare if meaning != "email" else ""


def _meaning(words: frozenset[str]) -> str:
    return next((meaning for meaning, its in _MEANINGS.items() if not its.isdisjoint(words)), "")


def _words(name: str) -> frozenset[str]:
    """The words of a name, at its capitals, hyphens and underlines; one beginning another way is one word."""
    return frozenset(_split(name))


def _split(name: str) -> Iterator[str]:
    for part in re.split(r"[^A-Za-z]+", name):
        yield from (word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", part))
