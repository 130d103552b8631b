"""The lexicon of headers, labels and keys: each meaning's own examples, and what joins them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ingest.facts.fields import Field, field_of, is_nobody
from ingest.facts.lexicon import plain

LEXICON = tomllib.loads((Path(__file__).parent.parent / "ingest/facts/fields.toml").read_text(encoding="utf-8"))
MEANINGS = [(group, name, entry) for group in ("holds", "media", "subjects") for name, entry in LEXICON[group].items()]


def means(field: Field, group: str, name: str) -> bool:
    return {"holds": field.holds, "media": field.medium, "subjects": field.subject}[group] == name


@pytest.mark.parametrize(("group", "name", "entry"), MEANINGS, ids=[name for _, name, _ in MEANINGS])
def test_each_meaning_reads_its_own_examples(group: str, name: str, entry: dict[str, list[str]]) -> None:
    assert [label for label in entry["yes"] if not means(field_of(label), group, name)] == []
    assert [label for label in entry["no"] if means(field_of(label), group, name)] == []


def test_no_word_has_two_meanings() -> None:
    words = [word for _, _, entry in MEANINGS for word in plain(entry["words"])]
    assert sorted({word for word in words if words.count(word) > 1}) == []


@pytest.mark.parametrize(
    ("label", "holds", "medium"),
    [
        ("On-call channel", "on call", "channel"),
        ("Support e-mail", "contact", "email"),
        ("Keeper on call", "on call", ""),
        ("owner_slack", "owner", ""),
        ("Lead's phone number", "lead", "phone"),
        ("Backup contact", "deputy", ""),
        ("The weather over the harbour on a Monday in May", "", ""),
        ("", "", ""),
    ],
)
def test_a_label_joins_whose_address_it_is_and_of_which_kind(label: str, holds: str, medium: str) -> None:
    assert (field_of(label).holds, field_of(label).medium) == (holds, medium)


@pytest.mark.parametrize("cell", ["none", "n/a", "TBC", "—", "", "business hours only", "vacant", "24/7"])
def test_a_cell_may_say_that_nobody_stands_there(cell: str) -> None:
    assert is_nobody(cell)


@pytest.mark.parametrize("cell", ["Ada Byron", "Nonesuch team", "#none-team"])
def test_a_name_is_somebody(cell: str) -> None:
    assert not is_nobody(cell)
