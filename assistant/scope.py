"""What is no matter for the manual: orders to the assistant, secrets, the public's business, small talk.

Orders and requests for secrets are known by their form. The rest is decided by a classifier over the encoder's
vectors: multinomial logistic regression, whose weights `python -m assistant.training.scope` fits and the package brings
along (`scope_weights.json`). Of another encoder's vectors they say nothing: there, questions are judged by form alone.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.language import reply
from assistant.phrases import ASKS, SECRET

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ingest.encoder.onnx import Encoder
    from ingest.store.words import Words

WORK = "work"
EXAMPLES = "scope.toml"
WEIGHTS = "scope_weights.json"
DECLINED = 0.55
"""Least probability that a question is no work, for it to be declined."""
TERSE = 4
DECLINED_TERSE = 0.70
"""Least probability of one kind for a question of at most `TERSE` words, which says little of what it is."""
NEAR = 0.50
"""A question nearer to the manual than this (cosine) is declined only above `DECLINED_NEAR`, unless it is harm."""
DECLINED_HARM = 0.70
"""The same for harm that is near to the manual: asking for access properly sounds much like it."""
VERY_NEAR = 0.70
"""A question this near to the manual is work, whatever it is like."""
DECLINED_NEAR = 0.85
PUBLIC = 0.03
"""Share of passages: those of six public services' manuals and starter manuals have 0.07 to 0.45, of others at most
0.013."""
_GOVERNMENT = ("gov", "govern")
"""Tokens: the end of governments' addresses, and the stem of the word."""

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
    rf"{SECRET}\b",
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
_WHO = re.compile(rf"\b{ASKS}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether a question is a matter for the manual: `reason` is the reply to one that is not, None for one that is."""

    kind: str
    reason: str | None
    confidence: float
    by_form: bool = False
    """Known by the form of the words, and not by a likeness."""
    doubtful: bool = False
    """Whether it sounds like a public's business, in a manual of an organisation that has no public."""


def gives_orders(text: str) -> bool:
    """Whether a text gives an assistant orders."""
    return bool(_ORDERS.search(text))


def without_orders(text: str) -> tuple[str, bool]:
    """The sentences of `text` that give the assistant no orders, and whether any did."""
    parts = re.split(r"(?<=[.!?:;])\s+|\n+|\s+-{2,}\s+", text.strip())
    kept = [part for part in parts if not _ORDERS.search(part)]
    if len(kept) == len(parts):
        return (text, False) if not _ORDERS.search(text) else ("", True)
    return " ".join(kept).strip(), True


@dataclass(frozen=True, slots=True)
class ScopeWeights:
    """What was fitted for the vectors of one encoder: `model` is its name, `digest` its own."""

    model: str
    digest: str
    kinds: tuple[str, ...]
    weights: NDArray[np.float64]
    """Shape (dimension + 1, kinds); the last row is added whatever the vector is."""

    def to_json(self) -> dict[str, Any]:
        """Plain values, the weights by kind, as `of_json` takes them."""
        weights = dict(zip(self.kinds, self.weights.T.round(4).tolist(), strict=True))
        return {"model": self.model, "digest": self.digest, "weights": weights}

    @staticmethod
    def of_json(said: Mapping[str, Any]) -> ScopeWeights:
        kinds = tuple(said["weights"])
        return ScopeWeights(said["model"], said["digest"], kinds, np.array([said["weights"][k] for k in kinds]).T)

    def chances(self, vector: NDArray[np.float32]) -> dict[str, float]:
        """The probability of each kind."""
        scores = np.append(vector, 1.0) @ self.weights
        odds = np.exp(scores - scores.max())
        return dict(zip(self.kinds, (odds / odds.sum()).tolist(), strict=True))


@cache
def shipped() -> ScopeWeights:
    """The weights that come with the package."""
    return ScopeWeights.of_json(json.loads(files("assistant").joinpath(WEIGHTS).read_text(encoding="utf-8")))


def fits(digest: str) -> bool:
    """Whether the shipped weights were fitted for the encoder of that digest."""
    return shipped().digest == digest


def of_public_service(words: Words) -> bool:
    """Whether a manual is of a public service: enough of its passages speak of a government or name a site of one."""
    least = PUBLIC * words.rows("passages")
    return sum(words.texts_with("passages", token) for token in _GOVERNMENT) > least


class ScopeModel:
    """Judges questions by their form and, where the weights fit the encoder, by what they are like."""

    def __init__(self, encoder: Encoder, *, public: bool = True) -> None:
        """`public` says that the manual is of a public service: to any other organisation, pay, travel and parental
        leave are its own people's."""
        self._encoder = encoder
        self._public = public

    def judge(self, text: str, nearest: float, *, ordered: bool, real: bool, leans: bool, who: bool = True) -> Scope:
        """`who` tells that somebody is asked for: "how do I renew my passport" is nobody's work. `leans` tells that the
        question continues earlier turns; `nearest` is the cosine of the nearest passage; `ordered` tells that orders
        were taken out of the question, `real` that what is left asks for somebody."""
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
        if leans or nearest > VERY_NEAR or not fits(self._encoder.digest):
            return Scope(WORK, None, 0.9)
        chances = shipped().chances(self._encoder.embed_query(text))
        own = who and not self._public
        doubtful = own and chances["public"] >= DECLINED
        if own:
            chances[WORK] += chances.pop("public")
        away = 1.0 - chances[WORK]
        kind = max((k for k in chances if k != WORK), key=lambda k: (chances[k], k))
        near = nearest > NEAR and kind != "harm"
        certain = chances[kind] >= DECLINED_TERSE if len(text.split()) <= TERSE else True
        near = near or (real and kind == "harm")  # who may do a thing is asked by those who want to do it properly
        least = DECLINED_NEAR if near else DECLINED_HARM if nearest > NEAR else DECLINED
        if away < least or not certain or chances[kind] < chances[WORK]:
            return Scope(WORK, None, round(chances[WORK], 3), doubtful=doubtful)
        elsewhere = kind == "public" and not self._public
        return Scope(kind, _reply(kind, "elsewhere" if elsewhere else "reply"), round(away, 3))


@cache
def said_of_kinds() -> Mapping[str, Mapping[str, Any]]:
    """What `scope.toml` says of each kind: `examples` of it and, of all but work, the `reply` to it."""
    return tomllib.loads(files("assistant").joinpath(EXAMPLES).read_text(encoding="utf-8"))


def aside_from_matters(what: str, updated: str) -> Scope:
    """For a question about the assistant (`help`, `unclear`) or the age of its manual (`age`), which changed last on
    the ISO date `updated` as far as is known."""
    if what == "age":
        reply = _reply("chat", "age" if updated else "undated").format(updated=updated)
    else:
        reply = _reply("chat", "unclear" if what == "unclear" else "reply")
    return Scope("chat", reply, 0.97, by_form=True)


def in_other_language(language: str) -> Scope:
    """For a question that is not in English but in `language`, as `other_language` calls it."""
    return Scope("language", reply(language), 0.9)


def _reply(kind: str, key: str = "reply") -> str:
    return str(said_of_kinds()[kind][key])
