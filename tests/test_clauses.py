"""Whom a sentence names by its tree: the examples of the lexicon."""

from __future__ import annotations

import pytest

from ingest.facts.clauses import named_in
from ingest.facts.lexicon import lexicon
from ingest.facts.syntax import trees

EXAMPLES = [
    (said, names)
    for table in lexicon().values()
    for kind in ("yes", "no")
    for said, _, names in (example.partition(" -> ") for example in table.get(kind, ()))
]


@pytest.mark.parametrize(("said", "names"), EXAMPLES)
def test_a_sentence_names_those_after_the_arrow(said: str, names: str) -> None:
    (tree,) = trees([said])
    found = sorted(named_in(said, tree), key=lambda named: named.mention.start)
    assert ", ".join(dict.fromkeys(named.mention.contact.name for named in found)) == names
