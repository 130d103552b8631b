"""Whom a sentence names by its tree: the examples of the lexicon."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.facts.clauses import named_in
from ingest.facts.cues import may_find, may_name
from ingest.facts.lexicon import lexicon
from ingest.facts.syntax import Trees, trees
from ingest.manual.reading import read_manual
from ingest.manual.sentences import sentences

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


def test_a_sentence_is_parsed_wherever_its_tree_would_name_somebody() -> None:
    bodies = read_manual(Path(__file__).parents[1] / "corpus").bodies
    blocks = [block for sections in bodies.values() for section in sections for block in section.blocks]
    said = {" ".join(s.text.plain.split()) for block in blocks if block.kind != "code" for s in sentences(block)}
    said |= {example for example, _ in EXAMPLES}
    passed_over = sorted(plain for plain in said if not may_find(plain))
    assert len(passed_over) > len(said) / 5
    found = zip(passed_over, trees(passed_over), strict=True)
    assert [plain for plain, tree in found if any(named_in(plain, tree))] == []


def test_a_sentence_with_a_verb_of_asking_may_name_nobody() -> None:
    said = "Check the log if the job is still running."
    assert may_name(said)
    assert not may_find(said)


def test_a_tree_that_is_asked_for_later_is_the_same() -> None:
    said = {"a": "Ask the Berth team.", "b": "Run the job."}
    later, at_once = Trees(said, ["a"]), Trees(said, ["a", "b"])
    assert later.of("b") is None
    assert later.of("b", needed=True) == at_once.of("b") == trees([said["b"]])[0]
    assert later.of("c", needed=True) is None
