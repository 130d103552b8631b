"""Fit the classifier of what is no work: `python -m assistant.training.scope INDEX` writes `scope_weights.json`.

The weights fit the vectors of the encoder of INDEX (`.index` unless named), whatever manual it holds. Multinomial
logistic regression (L2) on the examples of `scope.toml` and, as work, on the ranker's paraphrases and the adapter's
questions; no randomness, so that it reproduces.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from assistant.errors import UserError
from assistant.scope import WEIGHTS, WORK, ScopeWeights, said_of_kinds
from ingest.store.index import Index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ingest.encoder.onnx import Encoder

HERE = Path(__file__).parent
TRAINED = "encoder/training/questions.jsonl"
EACH = 5
"""Every fifth statement of the adapter's training data gives one question as an example of work."""
L2 = 0.0003
"""The penalty, where the sample weights of the loss sum to one."""


def main(index: Path) -> None:
    """Fit the weights for the encoder of an index, and write the file."""
    weights = fitted(Index.open(index).encoder)
    (HERE.parent / WEIGHTS).write_text(_lines(weights), encoding="utf-8")


def fitted(encoder: Encoder) -> ScopeWeights:
    """The weights for the vectors of an encoder."""
    kinds, texts = examples()
    vectors = encoder.embed(texts).astype(np.float64)
    model = LogisticRegression(C=1 / L2, fit_intercept=False, tol=1e-6, max_iter=2000)
    model.fit(np.hstack([vectors, np.ones((len(vectors), 1))]), kinds, sample_weight=_shares(kinds))
    return ScopeWeights(encoder.name, encoder.digest, tuple(map(str, model.classes_)), model.coef_.T)


def examples() -> tuple[list[str], list[str]]:
    """Kinds and texts, the paraphrases and the adapter's questions among the work."""
    pairs = [(kind, text) for kind, said in said_of_kinds().items() for text in said["examples"]]
    paraphrases = (HERE / "paraphrases.jsonl").read_text(encoding="utf-8").splitlines()
    pairs += [(WORK, json.loads(line)["question"]) for line in paraphrases]
    trained = files("ingest").joinpath(TRAINED).read_text(encoding="utf-8").splitlines()[::EACH]
    pairs += [(WORK, json.loads(line)["questions"][number % 3]) for number, line in enumerate(trained)]
    return [kind for kind, _ in pairs], [text for _, text in pairs]


def _shares(kinds: Sequence[str]) -> NDArray[np.float64]:
    """The weight of each example, 1 in sum: work weighs as much as all other kinds together, and these are equal."""
    others = len({*kinds} - {WORK})
    return np.array([0.5 / (1 if kind == WORK else others) / kinds.count(kind) for kind in kinds])


def _lines(weights: ScopeWeights) -> str:
    """The file: a line for each kind, so that a diff can be read."""
    said = weights.to_json()
    rows = ",\n".join(f"  {json.dumps(kind)}: {json.dumps(row)}" for kind, row in said.pop("weights").items())
    return f'{json.dumps(said)[:-1]}, "weights": {{\n{rows}\n}}}}\n'


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1] if len(sys.argv) > 1 else ".index"))
    except UserError as error:
        sys.exit(str(error))
