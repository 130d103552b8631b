"""Whom the value of a key names: in front matter, in data files, in catalogues, whatever the key is called.

A chat channel is often written there without its mark (`slack: tide`), because the key says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ingest.facts.addresses import is_address
from ingest.facts.cells import holders_in
from ingest.facts.fields import Field, field_of, is_nobody
from ingest.facts.lexicon import nouns
from ingest.manual.markdown import Text
from ingest.values import Contact

_REFERENCE = re.compile(r"^(?:(?:group|user|team|component):)?(?:default/)?(?=[\w.-]+$)")
_BARE_CHANNEL = re.compile(r"[a-z0-9][\w-]{1,79}")
_CHAT_ID = re.compile(r"[CGU][A-Z0-9]{8,10}")
_NAMES = ("name", "title", "display_name", "displayName", "full_name", "fullname", "label", "id")
_PARTY_WORDS = nouns("people", "teams")
_GITHUB_KEY = re.compile(r"github|gitlab", re.IGNORECASE)


def key_field(key: str) -> Field:
    """The meaning of a key; a team's key says who has the thing that the others describe."""
    field = field_of(key)
    if field.subject == "party" and _PARTY_WORDS & set(re.findall(r"[a-z]+", key.lower())):
        return Field(field.label, holds="owner")
    return field


def named_by(key: str, value: Any, maps: Sequence[Mapping[str, Any]] = ()) -> tuple[Contact, ...]:
    """The contacts that a key's value names: a string, a list of them, or the maps that stand under it."""
    field = key_field(key)
    if not field.names:
        return ()
    values = value if isinstance(value, list) else [value]
    found = [c for v in values if isinstance(v, str) and v.strip() for c in _contacts(key, v.strip(), field)]
    found += [c for entry in maps for c in party_of(entry)]
    return tuple(dict.fromkeys(found))


def party_of(values: Mapping[str, Any]) -> tuple[Contact, ...]:
    """The party that a map describes by its name and its addresses: `{team: Tide, slack: tide}`."""
    name = next((v for k in _NAMES if isinstance(v := values.get(k), str) and v.strip()), "")
    name = name or next((v for k, v in values.items() if key_field(k).holds == "owner" and isinstance(v, str)), "")
    reached = tuple(reached_by(values))
    if not name:
        return reached
    address = is_address(name)
    kind = "person" if re.fullmatch(r"[^\W\d_a-z]\S*(?: [^\W\d_a-z]\S*)+", name) and _of_person(reached) else "team"
    if address is not None:
        return (address, *reached)
    return tuple(Contact(kind, name, c.address) for c in reached) or _contacts("owner", name, field_of("owner"))  # type: ignore[arg-type]


def reached_by(values: Mapping[str, Any]) -> Iterator[Contact]:
    """The addresses of a map, under keys that name no holder of their own."""
    for key, value in values.items():
        field = key_field(key)
        if field.medium and not field.holds and not _GITHUB_KEY.search(key):
            yield from named_by(key, value)


def _of_person(reached: Sequence[Contact]) -> bool:
    return all(c.kind in ("email", "handle", "phone") for c in reached)


def _contacts(key: str, value: str, field: Field) -> tuple[Contact, ...]:
    flat = " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", value).split())
    address = is_address(flat)
    if address:
        return (address,)
    if _is_chat(key, field) and not is_nobody(flat):
        rooms = re.split(r"[,\s]+", flat)
        if all(_BARE_CHANNEL.fullmatch(room) and not _CHAT_ID.fullmatch(room) for room in rooms):
            return tuple(Contact("channel", "", f"#{room}") for room in rooms)
    if field.medium == "handle" and re.fullmatch(r"[\w-]+", flat):
        return (Contact("handle", "", f"@{flat}"),) if f"@{flat}" in value else ()
    if field.holds == "on call" and re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)+", flat):
        return (Contact("schedule", "", flat),)
    found = holders_in(Text(flat), frozenset(), field)
    if found:
        return found
    plain = _REFERENCE.sub("", flat)
    party = field.holds in ("owner", "contact", "lead", "alerts") and not field.medium and len(plain.split()) <= 6
    if party and re.search(r"[^\W\d_]", plain) and not re.search(r"://|[{}<>$]", plain) and not is_nobody(plain):
        return (Contact("team", plain),)
    return ()


def _is_chat(key: str, field: Field) -> bool:
    """Whether a bare word under the key is a channel: `slack`, `owner_slack`, `questions`."""
    return field.medium == "channel" or bool(re.search(r"slack|channel|questions", key, re.IGNORECASE))
