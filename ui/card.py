"""An answer as a card: whom and where in one glance, everything else one glance further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.handover import handover
from assistant.values import Answer, Rung
from ui.render import render

_SURE = ((0.85, "high", "●●●", "Very likely right."), (0.65, "middle", "●●○", "Likely right."))
_UNSURE = ("low", "●○○", "Not certain: read the quoted line before you rely on it.")


@dataclass(frozen=True, slots=True)
class Sureness:
    """A confidence (a calibrated chance of being right) in words."""

    level: str
    dots: str
    words: str

    @staticmethod
    def of(confidence: float) -> Sureness:
        for least, *said in _SURE:
            if confidence >= least:
                return Sureness(*said)
        return Sureness(*_UNSURE)


@dataclass(frozen=True, slots=True)
class Step:
    """A rung as the card shows it; `last` is the last one tried, which can be undone."""

    rung: Rung
    state: Literal["tried", "now", "later"]
    last: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """What led to an answer: the questions that belong together, the answer that named somebody, who was tried."""

    asked: tuple[str, ...]
    found: Answer
    tried: tuple[str, ...] = ()
    """Rungs that were tried after earlier turns."""


def card(
    answer: Answer,
    turn: int,
    tried: Sequence[str] = (),
    *,
    story: Story,
    chips: Sequence[str] = (),
    reasons: Sequence[str] = (),
    slack_url: str = "",
) -> str:
    """The HTML of one turn. `tried` are rungs of this answer's ladder; `reasons` ask for feedback when given."""
    rungs = _steps(answer.ladder, tried)
    now = next((step.rung for step in rungs if step.state == "now"), None)
    return render(
        "card.html",
        answer=answer,
        turn=turn,
        rungs=rungs,
        now=now,
        moved_on=bool(tried) or answer.rule == "next rung",
        message=_message(answer, rungs, now, story),
        sure=Sureness.of(answer.confidence),
        assumed=[note for note in answer.notes if note not in answer.cautions],
        said=_said(answer, now),
        chips=chips,
        rating=bool(reasons),
        reasons=reasons,
        slack_url=slack_url,
    )


def _message(answer: Answer, rungs: Sequence[Step], now: Rung | None, story: Story) -> str:
    """The handover, for whoever has come to the last rung or past it; else empty."""
    passed = [step.rung.who for step in rungs if step.state == "tried"]
    at_end = answer.outcome != "decline" and now in (None, *answer.ladder[-1:])
    if not at_end or not (passed or story.tried or not answer.contacts):
        return ""
    first = [contact.whole for contact in story.found.contacts[:1]]
    return handover(story.asked, story.found, [*first, *story.tried, *passed])


def _steps(ladder: Sequence[Rung], tried: Sequence[str]) -> list[Step]:
    """The rungs in order. Whoever tried one has passed those before it."""
    passed = max((n for n, rung in enumerate(ladder) if rung.who in tried), default=-1)
    return [
        Step(rung, "tried" if n <= passed else "now" if n == passed + 1 else "later", n == passed)
        for n, rung in enumerate(ladder)
    ]


def _said(answer: Answer, now: Rung | None) -> str:
    """What a screen reader says of the card when it appears: one sentence."""
    if answer.outcome == "decline":
        return answer.markdown
    if now and (answer.outcome == "escalate" or now != answer.ladder[0]):
        return f"Next: {now.who}."
    if now is None and answer.ladder:
        return "Nobody is left on the manual’s list. There is a message to hand over."
    if not answer.contacts:
        return "The manual names nobody for this, and it states no order of escalation."
    return f"Ask {answer.contacts[0].whole}. {len(answer.sources)} sources."
