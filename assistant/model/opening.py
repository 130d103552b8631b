"""Which model is asked, as whoever runs the program says: by the command (`--model`) or the environment.

A manual says what a model may do and what that may cost, and nothing of who is asked: whoever writes a manual must not
be able to send anybody's questions anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from assistant.errors import UserError
from assistant.model.asking import AskedAs
from assistant.model.consulting import Leashed, Memory
from assistant.model.counts import Counts
from assistant.model.played import Dry, Played
from assistant.model.prompts import Prompt
from assistant.model.speaking import Live, Speaker
from ingest.store.index import Index
from ingest.values import Ability

MODEL, URL, MAY = "WHODOIASK_MODEL", "WHODOIASK_MODEL_URL", "WHODOIASK_MODEL_MAY"
"""The environment's say: "provider:model", its server's address, what it may do."""
UNLESS_SAID: frozenset[Ability] = frozenset({"choose", "ask again"})
"""What a model may do where neither whoever runs the program nor the manual says so."""


@dataclass(frozen=True)
class Model:
    """A model that was named, and what is counted of it."""

    speaker: Speaker
    may: frozenset[Ability] = frozenset()
    """What whoever runs the program allows; empty: what the manual does."""
    counts: Counts = field(default_factory=Counts)
    memory: Memory = field(default_factory=Memory)

    def for_index(self, index: Index) -> Leashed | None:
        """The model on its leash; None where it may do nothing for questions."""
        settings = index.settings.model
        may = self.may or frozenset(settings.may) or UNLESS_SAID
        return Leashed(self.speaker, may, settings, self.counts, self.memory) if may & UNLESS_SAID else None

    @property
    def unsent(self) -> list[Prompt] | None:
        """The prompts of a dry run; None where this is none."""
        return self.speaker.prompts if isinstance(self.speaker, Dry) else None

    @property
    def missing(self) -> tuple[str, ...]:
        """The digests of the prompts to which no reply lies in the folder that is recorded to or replayed from."""
        return tuple(self.speaker.missing) if isinstance(self.speaker, Played) else ()

    def for_ingest(self) -> AskedAs:
        return AskedAs(self.speaker, self.may, self.counts)


def opened(said: str, environment: Mapping[str, str]) -> Model:
    """The model that is said: "record:DIR", "replay:DIR", "dry-run" or "provider:model". UserError where there is none
    such."""
    may = _abilities(environment.get(MAY, ""))
    kind, _, rest = said.partition(":")
    if said == "dry-run":
        return Model(Dry(), may)
    if kind in ("record", "replay") and rest:
        return Model(Played(Path(rest).expanduser(), record=kind == "record"), may)
    if not re.fullmatch(r"[a-z][a-z0-9_]*:\S+", said):
        raise UserError(
            f"No language model is called {said}: name one as provider:model, as in openai:gpt-4.1-mini, "
            "or give record:DIR, replay:DIR, dry-run or off."
        )
    return Model(Live(said, environment.get(URL, "")), may)


def _abilities(said: str) -> frozenset[Ability]:
    known = {name: name for name in get_args(Ability)}
    asked = [" ".join(part.split()) for part in said.split(",") if part.strip()]
    for part in asked:
        if part not in known:
            raise UserError(f"{MAY} names {part}: a model may {', '.join(known)}, with commas between.")
    return frozenset(known[part] for part in asked)
