"""Fit the calibration: `python -m assistant.training.fit INDEX QUESTIONS` writes `assistant/calibration.json`.

INDEX must hold the starter manual, QUESTIONS its question set. Platt scaling by logistic regression (L2) on the
paraphrases, answerable and not; no randomness, so that it reproduces. The paraphrases are harder than what people ask,
so the chance that the best statement is right is then scaled and shifted, again by Platt's method, on every other
question of the set: the others show what that is worth.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sklearn.linear_model import LogisticRegression

from assistant.flow import Assistant
from assistant.ranking import Ranked
from assistant.weights import FILE
from ingest.values import Fact

HERE = Path(__file__).parent
L2 = 0.001


def main(index: Path, questions: Path) -> None:
    """Fit for an index and a question set, and write the file."""
    fitted = calibration(Assistant.open(index), questions)
    (HERE.parent / FILE).write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def calibration(assistant: Assistant, questions: Path) -> dict[str, Any]:
    """Answer the paraphrases and half of the questions, say how many come right, and fit."""
    lines = (HERE / "paraphrases.jsonl").read_text(encoding="utf-8").splitlines()
    told = [_told(assistant, json.loads(line)) for line in lines]
    answerable = sum(answers for _, answers, _ in told)
    right = sum(correct for _, _, correct in told)
    print(f"right first: {right} of {answerable} ({right / answerable:.3f})")
    print(f"questions that nothing answers: {len(told) - answerable}")
    fitted: dict[str, list[float]] = {
        "answerable": _platt([(shown, answers) for shown, answers, _ in told]),
        "right": _platt([(shown, correct) for shown, _, correct in told]),
    }
    asked = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()][::2]
    chances = _rescaled(fitted["right"], [said for q in asked if (said := _asked(assistant, q))])
    return {**fitted, "right": chances, "statements": assistant.index.manifest.statements}


def _told(assistant: Assistant, said: dict[str, Any]) -> tuple[tuple[float, ...], bool, bool]:
    """What the best statement shows, whether the question has an answer, and whether that is it."""
    case = assistant.case(said["question"])
    ranked = case.ranking.statements
    return case.ranking.signs, said["relation"] != "none", _right(ranked, said)


def _asked(assistant: Assistant, said: dict[str, Any]) -> tuple[tuple[float, ...], bool] | None:
    """What the best statement shows for a question that the manual answers, and whether it names whom it should."""
    case = assistant.case(said["question"], said["history"])
    ranked = case.ranking.statements
    wanted = {name.lower() for any_of in said["contacts_any"] for name in any_of}
    if not ranked or not wanted or case.things:  # of a thing with an owner, the register tells
        return None
    first = ranked[0].fact.contacts[0]
    return case.ranking.signs, bool({first.name.lower(), first.address.lower()} & wanted)


def _rescaled(factors: Sequence[float], told: Sequence[tuple[tuple[float, ...], bool]]) -> list[float]:
    """The factors, scaled and shifted so that their chances fit what was told."""
    logits = [(sum(f * s for f, s in zip(factors, (1.0, *shown), strict=True)), yes) for shown, yes in told]
    shift, scale = _platt([((logit,), yes) for logit, yes in logits])
    intercept, *rest = (scale * factor for factor in factors)
    return [round(value, 4) for value in (intercept + shift, *rest)]


def _right(ranked: Sequence[Ranked], said: dict[str, Any]) -> bool:
    """The labelled statement comes first, or one with the same contact does."""
    labelled = [r.fact for r in ranked if _is_labelled(r.fact, said)]
    contacts = {c.shown for fact in labelled for c in fact.contacts}
    first = ranked[0].fact
    return _is_labelled(first, said) or first.contacts[0].shown in contacts


def _is_labelled(fact: Fact, said: dict[str, Any]) -> bool:
    first, last = said["lines"]
    place = fact.place
    return bool(place.path == said["path"] and place.first <= first and last <= place.last)


def _platt(told: Sequence[tuple[tuple[float, ...], bool]]) -> list[float]:
    """Intercept and factors, the intercept regularised like them. C weighs the sum of the losses, L2 their mean."""
    model = LogisticRegression(C=1 / (L2 * len(told)), fit_intercept=False, tol=1e-6, max_iter=2000)
    model.fit([(1.0, *shown) for shown, _ in told], [yes for _, yes in told])
    return [round(float(value), 4) for value in model.coef_[0]]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
