"""What is no matter for the manual: orders to the assistant, secrets, the public's business, small talk.

Orders and requests for secrets are known by their form. The rest is decided by a classifier over the encoder's
vectors: multinomial logistic regression on the examples of `scope.toml` (and, as work, the ranker's paraphrases),
fitted once for each encoder, without randomness.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ingest.encoder.onnx import Encoder

WORK = "work"
DECLINED = 0.55
"""Least probability that a question is no work, for it to be declined."""
TERSE = 4
DECLINED_TERSE = 0.70
"""Least probability of one kind for a question of at most `TERSE` words, which says little of what it is."""
NEAR = 0.50
"""A question nearer to the manual than this (cosine) is declined only above `DECLINED_NEAR`, unless it is harm."""
EACH = 5
"""Of the questions about invented organisations, one of every fifth statement is an example of work."""
DECLINED_HARM = 0.70
"""The same for harm that is near to the manual: asking for access properly sounds much like it."""
VERY_NEAR = 0.70
"""A question this near to the manual is work, whatever it is like."""
DECLINED_NEAR = 0.85
VERSION = "1"
"""Counted up when the way of fitting changes, so that kept weights are not used for another way."""
L2 = 0.0003
STEPS = 300
PARAPHRASES = "training/paraphrases.jsonl"
TRAINED = "encoder/training/questions.jsonl"

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|overrule)\b.{0,40}\b(?:instructions?|rules?|prompts?|"
    r"manual|above|previous|everything|guidelines|chat|conversation)\b|"
    r"\bsystem (?:prompt|override|message)\b|\b(?:developer|debug|god|admin|dan|jailbreak) mode\b|"
    r"\bpretend (?:that )?(?:you|to be|i)\b|\b(?:you are|act as|roleplay as|behave as|you're) now\b|"
    r"\bact as (?:if|a|an|my|the)\b|\bfrom now on\b|"
    r"\bnew (?:rule|instructions?|policy)s?\s*:|\b(?:reply|respond|"
    r"answer) (?:only )?with (?:only )?(?:the )?(?:word|phrase|yes|['\"])|"
    r"\b(?:repeat|print|reveal|show|output|recite|tell me)\b.{0,30}\b(?:your|the) (?:instructions|prompt|"
    r"rules|configuration|system)\b|"
    r"\b(?:you are|you're) no longer\b|\b(?:stop|quit) (?:citing|being)\b|\brepeat (?:this|after|the following)\b|"
    r"\b(?:hidden|secret|original|initial) (?:instructions|prompt|rules)\b|\bnew policy\b|^\s*system\s*:|"
    r"\bsay (?:you['’]ve|that you|['\"])|\bconfirm (?:in writing )?that (?:my|i|you)\b|\bend of (?:prompt|"
    r"instructions)\b|</?(?:system|instructions?|prompt)>|"
    r"\b(?:tell|inform) (?:everyone|everybody|all users|people) (?:that|to)\b",
    re.IGNORECASE,
)
_SECRETS = re.compile(
    r"\b(?:give|tell|show|send|print|paste|share|list|dump|what(?:['’]s| is| are))\b(?: (?:me|us|"
    r"to me))?(?: (?:the|your|our|all|a|every|its|their))*(?: [\w./-]+){0,3} "
    r"(?:passwords?|passphrase|secrets?|private keys?|api keys?|access keys?|tokens?|credentials)\b",
    re.IGNORECASE,
)
_PRODUCTS = re.compile(
    r"\b(?:give|write|make|build|generate|create|show|send|draft|compose)\b(?: (?:me|us))?(?: (?:a|an|some|the|my))"
    r"(?: [\w-]+){0,2} (?:scripts?|functions?|programs?|code|exploit|regex|query|poem|essay|story|letter|joke|song|"
    r"recipe|class|loop|virus|malware|cv|speech)\b",
    re.IGNORECASE,
)
"""Asking the assistant to make something."""
_PRIVATE = re.compile(
    r"\b(?:home address|date of birth|salary|private (?:number|phone|email|address)|"
    r"personal (?:number|phone|mobile))\b",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"\b(?:who|whom|whose|which (?:team|channel|queue|person|group)|where (?:do|can|should) (?:i|we))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether a question is a matter for the manual: `reason` is the reply to one that is not, None for one that is."""

    kind: str
    reason: str | None
    confidence: float
    by_form: bool = False
    """Known by the form of the words, and not by a likeness."""


def without_orders(text: str) -> tuple[str, bool]:
    """The sentences of `text` that give the assistant no orders, and whether any did."""
    parts = re.split(r"(?<=[.!?:;])\s+|\n+|\s+-{2,}\s+", text.strip())
    kept = [part for part in parts if not _ORDERS.search(part)]
    if len(kept) == len(parts):
        return (text, False) if not _ORDERS.search(text) else ("", True)
    return " ".join(kept).strip(), True


class ScopeModel:
    """Judges questions by a classifier fitted once for each encoder."""

    def __init__(self, encoder: Encoder, store: Path | None = None) -> None:
        """`store` is a folder where the fitted weights are kept between runs; None keeps nothing."""
        self._encoder = encoder
        self._kinds, self._weights = _fitted(encoder, store)

    def judge(self, text: str, nearest: float, *, ordered: bool, real: bool, leans: bool) -> Scope:
        """`leans` tells that the question continues earlier turns; `nearest` is the cosine of the nearest passage;
        `ordered` tells that orders were taken out of the question, `real` that what is left asks for somebody."""
        if ordered and not real:
            return Scope("orders", _reply("orders"), 0.97, by_form=True)
        if not text:
            return Scope("chat", _reply("chat"), 0.97, by_form=True)
        if _SECRETS.search(text) and not _WHO.search(text):
            return Scope("harm", _reply("harm"), 0.95, by_form=True)
        if _PRODUCTS.search(text) and not _WHO.search(text):
            return Scope("general", _reply("general"), 0.9, by_form=True)
        if _PRIVATE.search(text) and not _WHO.search(text):
            return Scope("chat", _reply("chat"), 0.9, by_form=True)
        if leans or nearest > VERY_NEAR:
            return Scope(WORK, None, 0.9)
        chances = self._chances(text)
        away = 1.0 - chances[WORK]
        kind = max((k for k in chances if k != WORK), key=lambda k: (chances[k], k))
        near = nearest > NEAR and kind != "harm"
        certain = chances[kind] >= DECLINED_TERSE if len(text.split()) <= TERSE else True
        near = near or (real and kind == "harm")  # who may do a thing is asked by those who want to do it properly
        least = DECLINED_NEAR if near else DECLINED_HARM if nearest > NEAR else DECLINED
        if away < least or not certain:
            return Scope(WORK, None, round(chances[WORK], 3))
        return Scope(kind, _reply(kind), round(away, 3))

    def _chances(self, text: str) -> dict[str, float]:
        """The probability of each kind."""
        scores = np.append(self._encoder.embed_query(text), 1.0) @ self._weights
        odds = np.exp(scores - scores.max())
        return dict(zip(self._kinds, (odds / odds.sum()).tolist(), strict=True))


@cache
def _toml() -> Mapping[str, Mapping[str, object]]:
    return tomllib.loads(files("assistant").joinpath("scope.toml").read_text(encoding="utf-8"))


def _examples() -> tuple[list[str], list[str]]:
    """Kinds and texts, the paraphrases among the work."""
    pairs = [(kind, str(text)) for kind, table in _toml().items() for text in table["examples"]]  # type: ignore[attr-defined]
    lines = files("assistant").joinpath(PARAPHRASES).read_text(encoding="utf-8").splitlines()
    pairs += [(WORK, str(json.loads(line)["question"])) for line in lines]
    trained = files("ingest").joinpath(TRAINED).read_text(encoding="utf-8").splitlines()[::EACH]
    pairs += [(WORK, str(json.loads(line)["questions"][number % 3])) for number, line in enumerate(trained)]
    return [kind for kind, _ in pairs], [text for _, text in pairs]


def _reply(kind: str) -> str:
    return str(_toml()[kind]["reply"])


def _fitted(encoder: Encoder, store: Path | None) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The kinds and the weights, shape (dimension + 1, kinds): read from `store`, or fitted and kept there."""
    labels, texts = _examples()
    kinds = tuple(sorted(set(labels)))
    key = hashlib.sha256("\x1f".join((encoder.digest, VERSION, *labels, *texts)).encode()).hexdigest()[:16]
    file = store / f"scope-{key}.npy" if store else None
    if file and file.is_file():
        try:
            weights: NDArray[np.float64] = np.load(file, allow_pickle=False)
            if weights.shape == (encoder.dimension + 1, len(kinds)):
                return kinds, weights
        except (OSError, ValueError):
            pass
    weights = _fit(encoder.embed(texts).astype(np.float64), [kinds.index(label) for label in labels], kinds)
    if file:
        _keep(file, weights)
    return kinds, weights


def _fit(vectors: NDArray[np.float64], labels: Sequence[int], kinds: Sequence[str]) -> NDArray[np.float64]:
    """Softmax regression with L2 by full-batch Adam from zero; work weighs as much as all other kinds together."""
    x = np.hstack([vectors, np.ones((len(vectors), 1))])
    target = np.eye(len(kinds))[list(labels)]
    prior = np.array([0.5 if kind == WORK else 0.5 / (len(kinds) - 1) for kind in kinds])
    share = (prior / target.sum(0))[list(labels)][:, None]
    w, m, v = (np.zeros((x.shape[1], len(kinds))) for _ in range(3))
    for step in range(1, STEPS + 1):
        scores = x @ w
        odds = np.exp(scores - scores.max(1, keepdims=True))
        g = x.T @ ((odds / odds.sum(1, keepdims=True) - target) * share) + L2 * w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w -= 0.1 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return w


def _keep(file: Path, weights: NDArray[np.float64]) -> None:
    """Write beside and rename; a folder that cannot be written to only costs time at the next start."""
    beside = file.with_name(f".{file.stem}.{os.getpid()}.npy")
    try:
        np.save(beside, weights)
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)
