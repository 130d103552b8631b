"""Every fact, for whoever keeps the manual: whom it names, as an answer would show them, for what, and how far it
reaches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.address_book import AddressBook
from assistant.register import Register
from assistant.verdict import named_by
from ingest.store.index import Index
from ingest.values import Fact


def fact_list(index: Index) -> Iterator[dict[str, Any]]:
    """The objects that `facts --jsonl` prints, in the manual's order."""
    book = Register(index).book
    for fact in index.records.facts():
        yield fact_json(fact, book)


def some_facts(index: Index, book: AddressBook, of: tuple[str, str], which: slice) -> tuple[int, list[dict[str, Any]]]:
    """How many facts there are of a relation and a page ("" stands for any), and some of them, as `fact_list` gives
    them."""
    relation, path = of
    facts = [fact for fact in index.records.facts(relation or None) if not path or fact.place.path == path]
    return len(facts), [fact_json(fact, book) for fact in facts[which]]


def fact_json(fact: Fact, book: AddressBook) -> dict[str, Any]:
    """One fact, as a line of `facts --jsonl`."""
    contacts = (named.contact for named in named_by(fact, "", book))
    return {
        "relation": fact.relation,
        "contacts": [{"kind": c.kind, "name": c.name, "address": c.address} for c in contacts],
        "text": fact.topic,
        "path": fact.place.path,
        "lines": [fact.place.first, fact.place.last],
        "scope": fact.scope,
    }
