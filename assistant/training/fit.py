"""Fit the ranker: `python -m assistant.training.fit INDEX` writes `assistant/ranker.json`.

INDEX must hold the starter manual. Weights: multinomial logistic regression over the candidates of each question
(listwise softmax, L2), by full-batch gradient descent with Adam, from zero; no randomness, so that it reproduces.
Calibration: Platt scaling of out-of-fold scores (five folds by line number), statements and unanswerable questions
together.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.flow import Assistant
from assistant.ranker import FILE, Ranker, features
from assistant.ranking import rank, signs
from ingest.values import Fact

HERE = Path(__file__).parent
CANDIDATES = 40
FOLDS = 5
L2 = 0.02
STEPS = 400
PLATT_L2 = 0.001
NOTHING = [0.0] * 7

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A question's candidates: `x` of shape (candidates, features); `y` 1 for the labelled statement, 2 for one with
    the same contact (neither right nor wrong to rank first), 0 for others."""

    x: Floats
    y: NDArray[np.int64]
    case: Any

    @property
    def answerable(self) -> bool:
        return bool(self.case.said["relation"] != "none")

    @property
    def trains(self) -> bool:
        """Whether the labelled statement is among the candidates at all."""
        return bool((self.y == 1).any())


def main(index: Path) -> None:
    """Read the paraphrases, fit, print what cross-validation shows, and write the file."""
    assistant = Assistant.open(index)
    names, examples = _examples(assistant)
    ranked = [e for e in examples if e.trains]
    stacked = np.concatenate([e.x for e in ranked])
    mean, scale = stacked.mean(0), stacked.std(0) + 1e-6
    right = 0
    told: list[tuple[tuple[float, ...], bool, bool]] = []
    for fold in range(FOLDS):
        weights = _fit([e for i, e in enumerate(examples) if i % FOLDS != fold and e.trains], mean, scale)
        ranker = _ranker(names, mean, scale, weights, NOTHING, NOTHING)
        for example in (e for i, e in enumerate(examples) if i % FOLDS == fold):
            shown = rank(example.case.found, example.case.question, example.case.book, ranker).statements
            correct = example.answerable and _right(shown[0].fact, example)
            right += correct
            told.append((signs(shown), example.answerable, correct))
    answerable = sum(e.answerable for e in examples)
    print(f"right first, out of fold: {right} of {answerable} ({right / answerable:.3f})")
    print(f"questions that nothing answers: {len(examples) - answerable}")
    answerable_platt = _platt([(given, answers) for given, answers, _ in told])
    right_platt = _platt([(given, correct) for given, _, correct in told])
    weights = _fit(ranked, mean, scale)
    _write(_ranker(names, mean, scale, weights, answerable_platt, right_platt))


def _examples(assistant: Assistant) -> tuple[list[str], list[Example]]:
    names: list[str] = []
    examples = []
    for line in (HERE / "paraphrases.jsonl").read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        case = assistant.case(said["question"])
        hits = case.ranking.statements[:CANDIDATES]
        rows = [features(r.hit, case.question, case.book) for r in hits]
        names = list(rows[0])
        labels = [_label(r.fact, said, case.ranking.statements) for r in hits]
        x = np.array([[row[n] for n in names] for row in rows])
        examples.append(Example(x, np.array(labels), _Told(case, said)))
    return names, examples


class _Told:
    """A case with its label."""

    def __init__(self, case: Any, said: dict[str, Any]) -> None:
        self.found, self.question, self.book, self.said = case.found, case.question, case.book, said


def _label(fact: Fact, said: dict[str, Any], statements: Sequence[Any]) -> int:
    if _is_labelled(fact, said):
        return 1
    same = {c.shown for r in statements if _is_labelled(r.fact, said) for c in r.fact.contacts}
    return 2 if fact.contacts[0].shown in same else 0


def _is_labelled(fact: Fact, said: dict[str, Any]) -> bool:
    return bool(fact.place.path == said["path"]) and [fact.place.first, fact.place.last] == said["lines"]


def _right(fact: Fact, example: Example) -> bool:
    said = example.case.said
    same = {c.shown for h in example.case.found.facts if _is_labelled(h.fact, said) for c in h.fact.contacts}
    return _is_labelled(fact, said) or fact.contacts[0].shown in same


def _fit(examples: Sequence[Example], mean: Floats, scale: Floats) -> Floats:
    prepared = []
    for e in examples:
        keep = e.y != 2
        prepared.append(((e.x[keep] - mean) / scale, (e.y[keep] == 1) / max(1, (e.y[keep] == 1).sum())))

    def gradient(w: Floats) -> Floats:
        total = L2 * w
        for z, target in prepared:
            s = z @ w
            p = np.exp(s - s.max())
            total = total + z.T @ (p / p.sum() - target) / len(prepared)
        return np.asarray(total)

    return _adam(gradient, len(mean), STEPS, 0.03)


def _platt(told: Sequence[tuple[tuple[float, ...], bool]]) -> list[float]:
    x = np.array([[1.0, *given] for given, _ in told])
    y = np.array([float(correct) for _, correct in told])

    def gradient(w: Floats) -> Floats:
        p = 1 / (1 + np.exp(-(x @ w)))
        return np.asarray(x.T @ (p - y) / len(y) + PLATT_L2 * w)

    return [float(v) for v in _adam(gradient, x.shape[1], 4000, 0.02)]


def _adam(gradient: Any, size: int, steps: int, rate: float) -> Floats:
    """Adam (Kingma and Ba, 2015) with its usual constants."""
    w, m, v = np.zeros(size), np.zeros(size), np.zeros(size)
    for t in range(1, steps + 1):
        g = gradient(w)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w = w - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w


def _ranker(
    names: Sequence[str],
    mean: Floats,
    scale: Floats,
    weights: Floats,
    answerable: Sequence[float],
    right: Sequence[float],
) -> Ranker:
    def table(values: Floats) -> dict[str, float]:
        return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}

    def short(values: Sequence[float]) -> list[float]:
        return [round(value, 4) for value in values]

    return Ranker(table(mean), table(scale), table(weights), short(answerable), short(right))


def _write(ranker: Ranker) -> None:
    said = {
        "mean": ranker.mean,
        "scale": ranker.scale,
        "weight": ranker.weight,
        "answerable": list(ranker.answerable),
        "right": list(ranker.right),
    }
    (HERE.parent / FILE).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
