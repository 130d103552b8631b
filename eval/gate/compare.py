"""Two runs side by side: which answers changed, which got better or worse, and whether that can be chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.scoring.intervals import mcnemar
from eval.scoring.rows import Row

_BESIDE_THE_POINT = frozenset({"index"})
"""Fields of an answer that change with every edit of the manual."""


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that is not what it was: what it showed before and shows now."""

    id: str
    question: str
    before: str
    now: str
    was_right: bool
    is_right: bool

    @property
    def moved(self) -> int:
        """1 for the better, -1 for the worse, 0 where it is as right or wrong as it was."""
        return self.is_right - self.was_right


@dataclass(frozen=True, slots=True)
class Comparison:
    """`better` and `worse` are ids of questions whose answer became right, or ceased to be; `p` is the exact
    probability that chance alone splits so unevenly; `only_before` and `only_now` were asked in one run only."""

    against: str
    both: int
    changed: tuple[Change, ...]
    better: tuple[str, ...]
    worse: tuple[str, ...]
    p: float
    only_before: tuple[str, ...]
    only_now: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """The comparison in a sentence."""
        moved = f"{len(self.better)} better, {len(self.worse)} worse"
        sure = "more than chance explains" if self.p < 0.05 else "no more than chance explains"
        return f"{len(self.changed)} of {self.both} answers changed: {moved} (p = {self.p:.3f}, {sure})"


def compare(
    against: str,
    before: Sequence[Row],
    now: Sequence[Row],
    answers_before: Mapping[str, Mapping[str, Any]],
    answers_now: Mapping[str, Mapping[str, Any]],
) -> Comparison:
    """Compare two runs by the ids that both have; a question that was reworded counts as another one."""
    old = {row.id: row for row in before}
    new = {row.id: row for row in now}
    both = [id_ for id_, row in new.items() if id_ in old and _asked(row) == _asked(old[id_])]
    changed = [i for i in both if _said(answers_before.get(i, {})) != _said(answers_now.get(i, {}))]
    better = tuple(i for i in both if new[i].right and not old[i].right)
    worse = tuple(i for i in both if old[i].right and not new[i].right)
    return Comparison(
        against=against,
        both=len(both),
        changed=tuple(_change(old[i], new[i]) for i in changed),
        better=better,
        worse=worse,
        p=mcnemar(len(better), len(worse)),
        only_before=tuple(i for i in old if i not in both),
        only_now=tuple(i for i in new if i not in both),
    )


def shown(row: Row) -> str:
    """An answer in a few words: its outcome, the first contact, the rule."""
    who = row.shown.contacts[0] if row.shown.contacts else ""
    return " · ".join(part for part in (row.shown.outcome or "no answer", who, row.shown.rule) if part)


def _change(old: Row, new: Row) -> Change:
    return Change(new.id, new.question, shown(old), shown(new), old.right, new.right)


def _asked(row: Row) -> tuple[str, tuple[str, ...]]:
    return row.question, row.history


def _said(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in _BESIDE_THE_POINT}
