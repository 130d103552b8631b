"""What is no matter for the manual: orders to the assistant, secrets, the public's business, small talk.

Orders and requests for secrets are known by their form. The rest is decided by nearness: the mean similarity to
the three nearest examples of a kind (`scope.toml`), against that of work, helped by how near the manual itself is.
"""

from __future__ import annotations

import hashlib
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

    from ingest.encoder import Encoder

WORK = "work"
NEAREST = 3
MARGIN = 0.10
"""How much nearer than work another kind must be."""
MANUAL = 0.45
"""A question nearer to the manual than this needs a wider margin before it is turned away."""

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
_WHO = re.compile(
    r"\b(?:who|whom|whose|which (?:team|channel|queue|person|group)|where (?:do|can|should) (?:i|we))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether a question is a matter for the manual: `reason` is the reply to one that is not, None for one that is."""

    kind: str
    reason: str | None
    confidence: float
    margin: float = 0.0


def without_orders(text: str) -> tuple[str, bool]:
    """The sentences of `text` that give the assistant no orders, and whether any did."""
    parts = re.split(r"(?<=[.!?:;])\s+|\n+|\s+-{2,}\s+", text.strip())
    kept = [part for part in parts if not _ORDERS.search(part)]
    if len(kept) == len(parts):
        return (text, False) if not _ORDERS.search(text) else ("", True)
    return " ".join(kept).strip(), True


class ScopeModel:
    """Judges questions by the examples of `scope.toml`, embedded once for each encoder."""

    def __init__(self, encoder: Encoder, store: Path | None = None) -> None:
        """`store` is a folder where the examples' vectors are kept between runs; None keeps nothing."""
        self._encoder = encoder
        self._kinds, texts = _examples()
        self._vectors = _stored(encoder, texts, store)

    def judge(self, text: str, nearest: float, *, ordered: bool, real: bool) -> Scope:
        """`nearest` is the cosine similarity of the nearest passage; `ordered` tells that orders were taken out of
        the question, `real` that what is left asks for somebody."""
        if ordered and not real:
            return Scope("orders", _reply("chat"), 0.97)
        if _SECRETS.search(text) and not _WHO.search(text):
            return Scope("harm", _reply("harm"), 0.95)
        similar = self._similar(text)
        kind = max((k for k in similar if k != WORK), key=lambda k: (similar[k], k))
        margin = similar[kind] - max(similar[WORK], 0.0) - max(0.0, nearest - MANUAL)
        if margin < MARGIN:
            return Scope(WORK, None, _confidence(-margin), margin)
        return Scope(kind, _reply(kind), _confidence(margin), margin)

    def _similar(self, text: str) -> Mapping[str, float]:
        scores = self._vectors @ self._encoder.embed_query(text)
        best: dict[str, list[float]] = {}
        for kind, score in zip(self._kinds, scores.tolist(), strict=True):
            best.setdefault(kind, []).append(score)
        return {kind: sum(sorted(values)[-NEAREST:]) / NEAREST for kind, values in best.items()}


def _confidence(margin: float) -> float:
    return round(min(0.97, max(0.5, 0.6 + margin)), 3)


@cache
def _toml() -> Mapping[str, Mapping[str, object]]:
    return tomllib.loads(files("assistant").joinpath("scope.toml").read_text(encoding="utf-8"))


def _examples() -> tuple[tuple[str, ...], tuple[str, ...]]:
    pairs = [(kind, str(text)) for kind, table in _toml().items() for text in table["examples"]]  # type: ignore[attr-defined]
    return tuple(k for k, _ in pairs), tuple(t for _, t in pairs)


def _reply(kind: str) -> str:
    return str(_toml()[kind]["reply"])


def _stored(encoder: Encoder, texts: Sequence[str], store: Path | None) -> NDArray[np.float32]:
    """The examples' vectors, shape (examples, dimension): read from `store`, or embedded and kept there."""
    key = hashlib.sha256("\x1f".join((encoder.digest, *texts)).encode()).hexdigest()[:16]
    file = store / f"scope-{key}.npy" if store else None
    if file and file.is_file():
        try:
            vectors: NDArray[np.float32] = np.load(file, allow_pickle=False)
            if vectors.shape == (len(texts), encoder.dimension):
                return vectors
        except (OSError, ValueError):
            pass
    vectors = encoder.embed(texts)
    if file:
        _keep(file, vectors)
    return vectors


def _keep(file: Path, vectors: NDArray[np.float32]) -> None:
    """Write beside and rename; a folder that cannot be written to only costs time at the next start."""
    import os

    beside = file.with_name(f".{file.stem}.{os.getpid()}.npy")
    try:
        np.save(beside, vectors)
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)
