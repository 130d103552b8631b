"""Facts, passages and settings as plain data and back, and the digest by which a text is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ingest.values import Contact, Fact, ModelSettings, Passage, Place, Settings

_PLACE_FIELDS = tuple(field.name for field in fields(Place))


def text_key(text: str) -> str:
    """What identifies a text that is embedded: the sha256 of its UTF-8 bytes, as hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def fact_json(fact: Fact) -> dict[str, Any]:
    """A fact as plain data; `fact_from` is its inverse."""
    return {
        "id": fact.id,
        "relation": fact.relation,
        "contacts": [[c.kind, c.name, c.address] for c in fact.contacts],
        "topic": fact.topic,
        "context": list(fact.context),
        "place": _place_json(fact.place),
        "rank": fact.rank,
        "attributes": dict(fact.attributes),
        "stated": _place_json(fact.stated) if fact.stated else None,
        "scope": fact.scope,
        **({"asked_as": list(fact.asked_as)} if fact.asked_as else {}),
    }


def fact_from(plain: Mapping[str, Any]) -> Fact:
    return Fact(
        id=plain["id"],
        relation=plain["relation"],
        contacts=tuple(Contact(*contact) for contact in plain["contacts"]),
        topic=plain["topic"],
        context=tuple(plain["context"]),
        place=Place(*plain["place"]),
        rank=plain["rank"],
        attributes=plain["attributes"],
        stated=Place(*plain["stated"]) if plain["stated"] else None,
        scope=plain["scope"],
        asked_as=tuple(plain.get("asked_as", ())),
    )


def passage_json(passage: Passage) -> dict[str, Any]:
    """A passage as plain data; `passage_from` is its inverse."""
    return {
        "id": passage.id,
        "text": passage.text,
        "headings": list(passage.headings),
        "place": _place_json(passage.place),
    }


def passage_from(plain: Mapping[str, Any]) -> Passage:
    return Passage(plain["id"], plain["text"], tuple(plain["headings"]), Place(*plain["place"]))


def _place_json(place: Place) -> list[Any]:
    return [getattr(place, name) for name in _PLACE_FIELDS]


def settings_from(plain: Mapping[str, Any]) -> Settings:
    """The settings whose `dataclasses.asdict` went through JSON; TypeError or KeyError for anything else."""
    lists = {name: tuple(plain[name]) for name in ("organisation", "ladder", "generic", "exclude")}
    aliases = {name: tuple(others) for name, others in plain["aliases"].items()}
    model = ModelSettings(**{**plain["model"], "may": tuple(plain["model"]["may"])})
    return Settings(**{**plain, **lists, "aliases": aliases, "model": model})


def canonical(plain: Any) -> str:
    """The one JSON text of plain data: sorted keys, no spaces, ASCII."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))
