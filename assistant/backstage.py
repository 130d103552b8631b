"""The teams and people of a manual as entities of a Backstage catalogue: what the manual says of them, and no more.

The format is that of https://backstage.io/docs/features/software-catalog/descriptor-format: a name has at most 63
characters, of which we use a-z, 0-9 and hyphens, and is the only one of its kind.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from assistant.rows import Party, parties
from ingest.store.index import Index
from ingest.values import Fact

LONGEST_NAME = 63
LONGEST_DESCRIPTION = 500
"""Characters."""
_VERSION = "backstage.io/v1alpha1"
_KINDS = {"team": "Group", "person": "User"}
_REFERENCE = re.compile(r"(group|user):(?:[\w.-]+/)?(?=\S)", re.IGNORECASE)
"""How a catalogue itself writes whom it means: `group:default/ovens`."""
_EMAIL = re.compile(r"[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+")


def entities(index: Index) -> list[dict[str, Any]]:
    """A Group for each team that the manual names and a User for each person, in its order; no suppliers.

    Nobody is a member, parent or child of anybody: the manual's facts do not say so.
    """
    return entities_of(tuple(index.records.facts()))


def entities_of(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """The same, of some facts."""
    taken: set[tuple[str, str]] = set()
    made = []
    for party in parties(facts):
        kinds = {contact.kind for contact in party.contacts if contact.name.strip()}
        written = _REFERENCE.match(party.name)
        kind = written[1].capitalize() if written else next((_KINDS[each] for each in _KINDS if each in kinds), "")
        if kind and not party.supplies:
            made.append(_entity(kind, party, taken))
    return made


def _entity(kind: str, party: Party, taken: set[tuple[str, str]]) -> dict[str, Any]:
    name = _REFERENCE.sub("", " ".join(party.name.split()), 1)
    place = next((f.place for f in party.facts if any(c.name for c in f.contacts)), party.facts[0].place)
    addresses = [contact.address for contact in party.addresses]
    annotations = {"whodoiask/source": f"{place.path}:{place.first}"}
    if addresses:
        annotations["whodoiask/addresses"] = ", ".join(addresses)
    metadata: dict[str, Any] = {"name": _name(kind, name, taken), "title": name, "annotations": annotations}
    if said := "; ".join(dict.fromkeys(" ".join(f.topic.split()) for f in party.facts if f.relation == "does")):
        cut = said[: LONGEST_DESCRIPTION - 1].rsplit(" ", 1)[0]
        metadata["description"] = said if len(said) <= LONGEST_DESCRIPTION else f"{cut}…"
    if re.match(r"https?://\S+$", place.url):
        metadata["links"] = [{"url": place.url, "title": place.title or place.path}]
    profile = {"displayName": name}
    if email := next(filter(_EMAIL.fullmatch, addresses), ""):
        profile["email"] = email
    group: dict[str, Any] = {"type": "team", "profile": profile, "children": []}
    spec = group if kind == "Group" else {"profile": profile, "memberOf": []}
    return {"apiVersion": _VERSION, "kind": kind, "metadata": metadata, "spec": spec}


def _name(kind: str, called: str, taken: set[tuple[str, str]]) -> str:
    """The name as a catalogue writes it; of two that come out alike, the later has a number."""
    letters = unicodedata.normalize("NFKD", called).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    # Of another script nothing may be left: the same name has the same digest each time.
    base = base or f"{kind.lower()}-{hashlib.sha256(called.encode()).hexdigest()[:8]}"
    name, number = base[:LONGEST_NAME].strip("-"), 1
    while (kind, name) in taken:
        number += 1
        name = f"{base[: LONGEST_NAME - len(str(number)) - 1].strip('-')}-{number}"
    taken.add((kind, name))
    return name
