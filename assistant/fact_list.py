"""Every fact, for whoever keeps the manual: whom it names, as an answer would show them, for what, and how far it
reaches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.register import Register
from assistant.verdict import named_by
from ingest.store.index import Index


def fact_list(index: Index) -> Iterator[dict[str, Any]]:
    """The objects that `facts --jsonl` prints, in the manual's order."""
    book = Register(index).book
    for fact in index.records.facts():
        contacts = (named.contact for named in named_by(fact, "", book))
        yield {
            "relation": fact.relation,
            "contacts": [{"kind": c.kind, "name": c.name, "address": c.address} for c in contacts],
            "text": fact.topic,
            "path": fact.place.path,
            "lines": [fact.place.first, fact.place.last],
            "scope": fact.scope,
        }
