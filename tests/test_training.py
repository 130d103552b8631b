"""What is shipped is what the training commands give: the weights of the scope, and the calibration."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from assistant import scope, weights
from assistant.flow import Assistant
from assistant.training.fit import calibration
from assistant.training.scope import examples, fitted
from ingest.encoder.onnx import Encoder

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_the_weights_of_the_scope_are_those_that_are_fitted(encoder: Encoder) -> None:
    found, kept = fitted(encoder), scope.shipped()
    assert (found.model, found.digest, found.kinds) == (kept.model, kept.digest, kept.kinds)
    assert np.abs(found.weights - kept.weights).max() < 0.02


@pytest.mark.slow
def test_the_calibration_is_the_one_that_is_fitted(corpus_index: Path) -> None:
    found = calibration(Assistant.open(corpus_index), ROOT / "eval/questions/corpus.jsonl")
    kept = json.loads(files("assistant").joinpath(weights.FILE).read_text(encoding="utf-8"))
    assert kept.pop("statements") == pytest.approx(found.pop("statements"), rel=0.05)
    assert {name: pytest.approx(factors, abs=0.02) for name, factors in kept.items()} == found


def test_the_weights_go_through_their_file_and_come_back() -> None:
    kept = scope.shipped()
    again = scope.ScopeWeights.of_json(json.loads(json.dumps(kept.to_json())))
    assert again.kinds == kept.kinds
    assert np.array_equal(again.weights, kept.weights)


def test_every_kind_has_many_examples_and_a_weight() -> None:
    kinds, texts = examples()
    assert tuple(sorted(set(kinds))) == scope.shipped().kinds
    assert min(map(kinds.count, kinds)) > 80
    assert len(kinds) == len(texts)
