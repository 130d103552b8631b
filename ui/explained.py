"""How an answer came about, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.choice import Consulted
from assistant.explaining import Candidate, Explanation, Owned, RuleSaid, Second, Understood
from ui.plain import one_line

_SIGNS = 6
"""Up to how many signs of a candidate are listed as text; the rest are small."""
_WIDE = 100
"""Characters of a statement that are listed as text."""
_MARKS = {"passed": " ", "decided": ">", "would": "-"}


def explained_lines(found: Explanation) -> list[str]:
    """The explanation as it is printed; what manuals and people wrote stays on its line."""
    lines = ["How this answer came about", "", *_one(found)]
    for number, other in enumerate(found.then, 2):
        lines += ["", f"Question {number}", "", *_one(other)]
    return lines


def _one(found: Explanation) -> list[str]:
    return [
        *_understood(found.understood),
        "",
        *_candidates(found),
        *_owned(found.owned),
        "",
        *_rules(found.rules),
        "",
        *_second(found.second),
        *(_model(found.model) if found.model else ()),
    ]


def _understood(read: Understood) -> Iterator[str]:
    yield "What was understood"
    yield f"  looked up      {one_line(read.looked_up)}"
    yield f"  asks for       {', '.join(read.kinds) or 'nothing in particular'}"
    if read.names:
        names = (f"{thing.name}{'' if thing.sure else ' (perhaps)'}" for thing in read.names)
        yield f"  names          {one_line(', '.join(names))}"
    if read.unknown:
        yield f"  unknown        {one_line(read.unknown)} (stands nowhere in the manual)"
    if read.page:
        yield f"  page           {one_line(read.page)}"
    for label, turn in zip(["joined with", *[""] * len(read.joined)], read.joined, strict=False):
        yield f"  {label:14} {one_line(turn)}"
    if read.stood_alone:
        yield "  earlier turns  left aside: the question alone is surely answered"
    if read.tried:
        yield f"  tried          {one_line('; '.join(read.tried))}"
    if read.orders_left_out:
        yield "  left out       orders to the assistant"
    yield f"  kind of matter {read.scope}"


def _candidates(found: Explanation) -> Iterator[str]:
    if not found.candidates:
        yield "Candidates: no statement of the manual names anybody for this"
        return
    yield f"Candidates: {found.statements:,} statements that name somebody, best first"
    for candidate in found.candidates:
        yield from _candidate(candidate)
    more = found.statements - len(found.candidates)
    if more > 0:
        yield f"  and {more:,} more, none above {found.candidates[-1].score:.3f}"
    yield (
        f"  chances: {found.answerable:.3f} that the manual answers at all (at least {found.needed:.2f} is needed), "
        f"{found.right:.3f} that the first is right"
    )


def _owned(found: tuple[Owned, ...]) -> Iterator[str]:
    if found:
        yield "Repositories and pages with an owner that come nearest"
    for each in found:
        whom = "; ".join(each.contacts) or "nobody"
        yield f"      {each.score:6.3f}  {one_line(whom)} ({one_line(f'{each.relation}: {each.name}, {each.path}')})"


def _candidate(each: Candidate) -> Iterator[str]:
    shown = f"  [shown, contact {each.shown}]" if each.shown else ""
    yield f"  {each.number:>2}. {each.score:6.3f}  {one_line('; '.join(each.contacts))}{shown}"
    text = one_line(each.text)
    text = text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"
    yield f"              {one_line(each.relation)}: {text} ({one_line(each.path)}:{each.lines[0]})"
    signs = [f"{sign.name} {sign.worth:+.3f}" for sign in each.signs[:_SIGNS]]
    rest = each.signs[_SIGNS:]
    if rest:
        signs.append(f"{len(rest)} more {sum(sign.worth for sign in rest):+.3f}")
    yield f"              {', '.join(signs)}"


def _rules(rules: tuple[RuleSaid, ...]) -> Iterator[str]:
    yield "Rules, in their order (> decided, - was not asked any more)"
    for rule in rules:
        yield f"  {_MARKS[rule.said]} {rule.name}: {_verdict(rule)}"


def _verdict(rule: RuleSaid) -> str:
    if not rule.outcome:
        return "nothing to say"
    whom = f" {one_line('; '.join(rule.contacts))}" if rule.contacts else ""
    would = "would have said " if rule.said == "would" else ""
    return f"{would}{rule.outcome}{whom} (confidence {rule.confidence:.3f})"


def _model(found: Consulted) -> Iterator[str]:
    yield ""
    yield f"The language model: {found.outcome}"
    yield f"  {one_line(found.why)}"
    if found.calls:
        calls = f"{found.calls} call{'s' if found.calls > 1 else ''}"
        yield f"  sent           {found.candidates} candidates, {calls}, {found.tokens:,} tokens"
    if found.searched:
        yield f"  looked up too  {one_line('; '.join(found.searched))}"
    if found.dropped_keys or found.dropped_texts:
        yield f"  left out       {found.dropped_keys} unknown keys, {found.dropped_texts} texts of its own"


def _second(second: Second | None) -> Iterator[str]:
    if second is None:
        yield "Nothing came second."
        return
    yield f"Second: {one_line(second.what)}"
    yield f"  it lost because {one_line(second.why)}"
    if second.by:
        yield f"  sign by sign, the winner beside it: {', '.join(f'{name} {by:+.3f}' for name, by in second.by)}"
