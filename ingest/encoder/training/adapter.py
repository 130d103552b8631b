"""Train the adapter of the packaged model: `python -m ingest.encoder.training.adapter` writes
`ingest/encoder/adapter.safetensors`.

`questions.jsonl` holds statements of manuals of invented organisations, each with three questions that it answers, put
in people's own words. The model learns to bring a question nearer to its statement than to the other statements of the
same organisation (InfoNCE: van den Oord et al., 2018) by low-rank changes to its linear layers (LoRA: Hu et al., 2021),
while a penalty keeps every vector near where it was, so that it goes on knowing what it knew. Nothing in the data
belongs to a manual that anybody has. About 12 minutes on two cores; all randomness is seeded.
"""

from __future__ import annotations

import json
import math
import random  # of a fixed seed: it must give the same again, and guards no secret
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from ingest.encoder.model import ADAPTER, bare_model, linear_layers, load

DATA = Path(__file__).parent / "questions.jsonl"
RANK = 8
EPOCHS = 3
RATE = 5e-4
WARM_UP = 30
"""Steps over which the rate grows to its full size; after them it falls by a cosine to nothing."""
TEMPERATURE = 0.05
KEEP = 4.0
"""Weight of the penalty on 1 - cosine between a vector and what it was before."""
OTHERS = 20
"""Statements of another organisation beside those of the question's own."""
BACKWARD = 0.5
"""Weight of finding the question for a statement, beside the statement for a question."""
LONGEST = 128
"""Tokens."""


@dataclass(frozen=True, slots=True)
class Example:
    """A statement, alone and under its page's title and heading, with the questions that it answers."""

    statement: str
    titled: str
    questions: tuple[str, ...]


class LowRank(nn.Module):
    """A frozen linear layer with a trainable change of low rank: W x + B (A x)."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.layer = layer
        self.A = nn.Parameter(torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features))
        self.B = nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x) + (x @ self.A.T) @ self.B.T


class Learner:
    """The packaged model with low-rank layers, and the vectors that it had before."""

    def __init__(self, texts: Sequence[str]) -> None:
        loaded = load(bare_model())
        self._tokenizer = loaded.tokenizer
        self._transformer = loaded[0].auto_model
        for parameter in self._transformer.parameters():
            parameter.requires_grad_(False)
        self._before = self._frozen(texts)
        self.layers = {name: LowRank(layer) for name, layer in linear_layers(self._transformer).items()}
        for name, layer in self.layers.items():
            parent, _, child = name.rpartition(".")
            setattr(self._transformer.get_submodule(parent), child, layer)

    def parameters(self) -> list[Any]:
        return [matrix for layer in self.layers.values() for matrix in (layer.A, layer.B)]

    def embed(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors, shape (texts, dimension): the mean over tokens, as the model pools."""
        given = self._tokenizer(list(texts), padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
        ids, mask = given["input_ids"], given["attention_mask"]
        tokens = self._transformer(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(tokens.dtype)
        return functional.normalize((tokens * weights).sum(1) / weights.sum(1), dim=1)

    def drift(self, vectors: Tensor, texts: Sequence[str]) -> Tensor:
        """Mean of 1 - cosine between vectors and what they were before training."""
        return (1 - (vectors * torch.stack([self._before[text] for text in texts])).sum(1)).mean()

    def _frozen(self, texts: Sequence[str]) -> Mapping[str, Tensor]:
        with torch.no_grad():
            parts = [self.embed(texts[i : i + 64]) for i in range(0, len(texts), 64)]
        return dict(zip(texts, torch.cat(parts), strict=True))


def main() -> None:
    """Train on everything and write the adapter in half precision."""
    random.seed(0)
    torch.manual_seed(0)
    data = examples()
    learner = Learner([t for group in data.values() for e in group for t in (e.statement, e.titled, *e.questions)])
    optimiser = torch.optim.AdamW(learner.parameters(), lr=RATE, weight_decay=0.01)
    turns = [(organisation, number) for organisation in data for number in range(3)]
    total = EPOCHS * len(turns)
    for epoch in range(EPOCHS):
        random.shuffle(turns)
        losses = []
        for step, (organisation, number) in enumerate(turns, start=epoch * len(turns)):
            for group in optimiser.param_groups:
                group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / total))
            loss = _loss(learner, data, organisation, number)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(float(loss))
        print(f"epoch {epoch + 1} of {EPOCHS}: mean loss {sum(losses) / len(losses):.3f}", flush=True)
    matrices = {f"{name}.{letter}": getattr(layer, letter) for name, layer in learner.layers.items() for letter in "AB"}
    save_file({name: matrix.detach().half().contiguous() for name, matrix in matrices.items()}, str(ADAPTER))


def examples() -> dict[str, list[Example]]:
    """The data by organisation; lines without a statement (questions that nothing answers) are left out."""
    data: dict[str, list[Example]] = {}
    for line in DATA.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        if said["statement"]:
            titled = "\n".join((said["title"], said["heading"], said["statement"]))
            data.setdefault(said["organisation"], []).append(
                Example(said["statement"], titled, tuple(said["questions"]))
            )
    return data


def _loss(learner: Learner, data: Mapping[str, list[Example]], organisation: str, number: int) -> Tensor:
    """One question of each statement of an organisation, against all of its statements and some of another's."""
    own = data[organisation]
    other = data[random.choice([name for name in data if name != organisation])]  # noqa: S311
    titled = random.random() < 0.5  # noqa: S311
    questions = [e.questions[number] for e in own]
    statements = [e.titled if titled else e.statement for e in own]
    statements += [e.statement for e in random.sample(other, min(OTHERS, len(other)))]
    asked, told = learner.embed(questions), learner.embed(statements)
    scores = asked @ told.T / TEMPERATURE
    right = torch.arange(len(own))
    found = functional.cross_entropy(scores, right) + BACKWARD * functional.cross_entropy(
        scores[:, : len(own)].T, right
    )
    return found + KEEP * (learner.drift(asked, questions) + learner.drift(told, statements))


if __name__ == "__main__":
    main()
