"""What the manual does not answer, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.gaps import Gap, Missed
from ui.feedback import Noted
from ui.plain import one_line

SHOWN = 20
"""Up to how many gaps are listed as text."""
WORDINGS = 5
"""Up to how many wordings of one gap are listed, beside the first."""
NOTHING = "Nothing to mend: no question was left unanswered, and no reader said that an answer did not help."
OFF = "Feedback is switched off for this manual (feedback = false in its whodoiask.toml): nothing new is kept."


def missed(noted: Noted) -> Missed:
    """What was kept, as the assistant groups it."""
    return Missed(noted.question, noted.outcome == "escalate", noted.reason, noted.at)


def gap_lines(gaps: Sequence[Gap], *, on: bool) -> list[str]:
    """The gaps as they are printed, in their order; `on` says whether feedback is kept at all."""
    lines = [] if on else [OFF]
    if not gaps:
        return lines or [NOTHING]
    for gap in gaps[:SHOWN]:
        lines += ["", *_lines(gap)] if lines else _lines(gap)
    more = len(gaps) - SHOWN
    return lines if more <= 0 else [*lines, "", f"and {more:,} more; --json lists all"]


def _lines(gap: Gap) -> Iterator[str]:
    yield one_line(gap.question)
    yield f"  {_times(gap.times)}, last on {gap.last[:10]}: {', '.join(_kinds(gap))}{_said(gap)}"
    others = [wording for wording in gap.questions if wording != gap.question]
    for label, wording in zip(["also:", *[""] * (WORDINGS - 1)], others, strict=False):
        yield f"  {label:8} {one_line(wording)}"
    if len(others) > WORDINGS:
        yield f"  {'':8} and {len(others) - WORDINGS:,} more wordings"
    yield from _nearest(gap)


def _kinds(gap: Gap) -> Iterator[str]:
    if gap.unanswered:
        yield f"{gap.unanswered:,} unanswered"
    if gap.unhelpful:
        yield f"{gap.unhelpful:,} not helpful"


def _said(gap: Gap) -> str:
    """What readers gave as reasons, and how often."""
    reasons = [f"{one_line(reason)} ({count:,})" for reason, count in gap.reasons]
    return f"; readers said: {', '.join(reasons)}" if reasons else ""


def _nearest(gap: Gap) -> Iterator[str]:
    place = gap.nearest
    if place is None:
        return
    where = " › ".join(filter(None, (place.title, place.heading)))
    owner = f", owned by {place.owner}" if place.owner else ""
    yield f"  nearest: {one_line(f'{where} ({place.path}:{place.first}){owner}')}"
    if place.url:
        yield f"  {'':8} {one_line(place.url)}"


def _times(count: int) -> str:
    return "asked once" if count == 1 else f"asked {count:,} times"
