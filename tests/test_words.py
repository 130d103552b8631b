"""How texts are cut into tokens, and what the word index scores."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from ingest.store.words import Words, bm25, build, tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Who owns the pages?", ["own", "page"]),
        ("content-store", ["content-store", "content", "store"]),
        (
            "govuk_publishing_components",
            ["govuk_publishing_components", "govuk", "publish", "compon"],
        ),
        ("ask #govuk-2ndline-tech.", ["ask", "govuk-2ndline-tech", "govuk", "2ndline", "tech"]),
        ("www.gov.uk", ["www.gov.uk", "www", "gov", "uk"]),
        ("the 2nd line", ["2nd", "line"]),
        ("1st Line--Licensing Support", ["1st", "line", "licens", "support"]),
        ("do not page, no tickets", ["not", "page", "no", "ticket"]),
        ("the team\u2019s rota", ["team", "rota"]),
        ("the \ufb01le CAF\u00c9", ["file", "caf\u00e9"]),
        ("jane.doe@x.org", ["jane.doe@x.org", "jane", "doe", "x", "org"]),
        ("", []),
        ("?! --", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


def test_rows_with_a_token_score_and_the_others_do_not(tmp_path: Path) -> None:
    build(tmp_path, "facts", ["who runs the content-store", "the rota", "content"])
    build(tmp_path, "passages", [])
    build(tmp_path, "topics", [])
    scores = Words.open(tmp_path).scores("facts", tokenize("content-store"))
    assert scores.shape == (3,)
    assert scores[0] > scores[2] > 0
    assert scores[1] == 0


def test_unknown_tokens_and_empty_collections_score_zero(tmp_path: Path) -> None:
    build(tmp_path, "facts", ["the rota"])
    build(tmp_path, "passages", [])
    build(tmp_path, "topics", [])
    words = Words.open(tmp_path)
    assert words.scores("facts", ["zebra"]).tolist() == [0]
    assert words.scores("facts", []).tolist() == [0]
    assert words.scores("passages", ["rota"]).tolist() == []


def test_tokens_are_looked_up_in_one_go(tmp_path: Path) -> None:
    """Those before the first, after the last and longer than all of them among the others."""
    for collection in ("facts", "passages", "topics"):
        build(tmp_path, collection, ["berth lamp", "rota"] if collection == "facts" else [])
    scorer = Words.open(tmp_path)._scorers["facts"]
    assert scorer is not None
    asked = ["rota", "aardvark", "lamp", "lampposts-and-more", "zebra", "berth", ""]
    assert scorer.columns(asked) == [2, None, 1, None, None, 0, None]
    assert scorer.columns([]) == []


def test_rows_that_use_some_of_the_tokens(tmp_path: Path) -> None:
    texts = ["berth lamp rota", "lamp lamp lamp", "rota", "", "berth rota x" * 9]
    for collection in ("facts", "passages", "topics"):
        build(tmp_path, collection, texts if collection == "facts" else [])
    words, asked = Words.open(tmp_path), ["lamp", "rota", "berth", "zebra"]
    for least in (1, 2, 3, 4):
        shared = [len({*tokenize(text)} & {*asked}) for text in texts]
        assert words.rows_with("facts", asked, least).tolist() == [row for row, n in enumerate(shared) if n >= least]
    assert words.rows_with("facts", ["zebra"], 1).tolist() == words.rows_with("facts", [], 1).tolist() == []
    assert words.rows_with("passages", asked, 1).tolist() == []


def test_texts_of_nothing_but_glue_keep_their_rows(tmp_path: Path) -> None:
    build(tmp_path, "facts", ["who is it", "", "rota"])
    build(tmp_path, "passages", ["who is it"])
    build(tmp_path, "topics", [])
    words = Words.open(tmp_path)
    assert (words.scores("facts", ["rota"]) > 0).tolist() == [False, False, True]
    assert words.scores("passages", ["rota"]).tolist() == [0]


def test_the_same_texts_give_the_same_files(tmp_path: Path) -> None:
    texts = [f"page {n} about content-store and rota {n % 7}" for n in range(50)]
    for name in ("one", "two"):
        build(tmp_path / name, "facts", texts)
    first, second = (sorted((tmp_path / name / "facts").iterdir()) for name in ("one", "two"))
    assert [f.read_bytes() for f in first] == [f.read_bytes() for f in second]


def test_the_arrays_are_mapped_not_read(tmp_path: Path) -> None:
    build(tmp_path, "facts", ["the rota"])
    build(tmp_path, "passages", ["the rota"])
    build(tmp_path, "topics", [])
    scorer = Words.open(tmp_path)._scorers["facts"]
    assert scorer is not None
    assert isinstance(scorer.data.base, np.memmap)


def test_the_scores_are_those_of_bm25() -> None:
    """Two texts of 3 and 1 tokens, 2 on average; K1 is 1.5 and B 0.75."""
    found, starts, data = bm25([[0, 0, 1], [0]], 2)
    assert (found.tolist(), starts.tolist()) == ([0, 1, 0], [0, 2, 3])
    in_both, in_one = math.log(1 + 0.5 / 2.5), math.log(1 + 1.5 / 1.5)
    long, short = 1.5 * (0.25 + 0.75 * 3 / 2), 1.5 * (0.25 + 0.75 * 1 / 2)
    expected = [in_both * 2 / (2 + long), in_both * 1 / (1 + short), in_one * 1 / (1 + long)]
    assert data.tolist() == pytest.approx(expected, rel=1e-6)
