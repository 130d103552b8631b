"""Tables and lists of the report; every text that came from outside is escaped here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape

from eval.gate.compare import Comparison
from eval.generated.metamorphic import Trial, by_form
from eval.scoring.rows import Row
from eval.scoring.totals import TOTAL, Rate, Table, Totals, left_out


def rates_table(rates: Table, columns: Sequence[str], broken: Collection[tuple[str, str]] = ()) -> str:
    """A row a kind, the total last; each cell with its interval as a tooltip, and marked when its limit is broken."""
    used = [c for c in columns if any(c in metrics for metrics in rates.values())]
    kinds = [*sorted(kind for kind in rates if kind != TOTAL), TOTAL]
    rows = []
    for kind in kinds:
        cells = [_cell(rates[kind].get(column), broken=(kind, column) in broken) for column in used]
        rows.append(_row(kind, cells, total=kind == TOTAL))
    return _table(["kind", *used], rows)


def side_by_side_table(ours: Table, baselines: Mapping[str, Table], columns: Sequence[str]) -> str:
    """The totals of the assistant above those of each baseline."""
    tables = {"whodoiask": ours, **baselines}
    used = [c for c in columns if any(c in each[TOTAL] for each in tables.values())]
    rows = [
        _row(name, [_cell(each[TOTAL].get(c)) for c in used], total=name == "whodoiask")
        for name, each in tables.items()
    ]
    return _table(["answered by", *used], rows)


def miss(row: Row) -> str:
    """A question that was not answered all right: what was wanted, what was shown, from where and by which rule."""
    earlier = "".join(f"<dd>{escape(turn)}</dd>" for turn in row.history)
    turns = f"<dt>asked before</dt>{earlier}" if row.history else ""
    never = f"<dt>never first</dt><dd>{_words(row.wanted.never)}</dd>" if row.wanted.never else ""
    return (
        f'<details><summary>{escape(row.question)} <span class="id">{escape(row.id)}</span> '
        f"{''.join(_chip(name, 'bad') for name in row.missed)}</summary><div><dl>{turns}"
        f"<dt>wanted</dt><dd>{_chip(row.wanted.outcome, 'good')} {_words(row.wanted.contacts, ' or ')}</dd>"
        f"<dt>from</dt><dd>{_words(row.wanted.sources, ' or ')}</dd>{never}"
        f"<dt>shown</dt><dd>{_chip(row.shown.outcome or 'no answer', '')} {_words(row.shown.contacts)}</dd>"
        f"<dt>sources</dt><dd>{_words(row.shown.sources)}</dd>"
        f"<dt>ladder</dt><dd>{escape(' → '.join(row.shown.ladder)) or '–'}</dd>"
        f"<dt>rule</dt><dd>{escape(row.shown.rule) or '–'}, confidence {row.shown.confidence:.2f}</dd>"
        "</dl></div></details>"
    )


def trial_failures(trials: Sequence[Trial]) -> Iterator[str]:
    """A fold for each form, with the questions that did not hold in it."""
    for form, failed in by_form(trials).items():
        items = listed([_trial(each) for each in failed])
        yield f"<details><summary>{escape(form)}: {len(failed)} did not hold</summary><div>{items}</div></details>"


def _trial(each: Trial) -> str:
    wanted = ", ".join(each.wanted) or "no trace of it"
    shown = f"{each.outcome} {', '.join(each.shown)}"
    said = f"wanted {wanted} · shown {shown} · {each.rule} · {each.id}"
    return f"{escape(each.question)}<br><span class='faint'>{escape(said)}</span>"


def changes(comparison: Comparison) -> str:
    """The answers that are not what they were, those that got worse first."""
    order = sorted(comparison.changed, key=lambda c: (c.is_right - c.was_right, c.id))
    items = []
    for change in order:
        moved = change.is_right - change.was_right
        word, kind = {1: ("better", "good"), -1: ("worse", "bad"), 0: ("other", "")}[moved]
        items.append(
            f"{_chip(word, kind)} {escape(change.question)} <span class='id faint'>{escape(change.id)}</span><br>"
            f"<span class='faint'>{escape(change.before)} ⟶ {escape(change.now)}</span>"
        )
    apart = (("asked only then", comparison.only_before), ("asked only now", comparison.only_now))
    items += [f"{escape(name)}: {escape(', '.join(ids))}" for name, ids in apart if ids]
    return listed(items) if items else '<p class="card">No answer changed.</p>'


def not_scored(found: Totals) -> Iterator[str]:
    """What could not be measured, with its reason and its questions; gold without evidence; what got no answer."""
    for metrics, reason, ids in left_out(found):
        yield f"<b>{escape(metrics)}</b>: {escape(reason)} <span class='faint'>({escape(', '.join(ids))})</span>"
    for lost in found.lost:
        yield f"<b>gold without evidence</b>: {escape(str(lost))}"
    if found.unanswered:
        yield f"<b>not answered, and counted as wrong</b>: {escape(', '.join(found.unanswered))}"


def listed(items: Sequence[str]) -> str:
    """A list of pieces of HTML."""
    return f'<ul class="plain card">{"".join(f"<li>{item}</li>" for item in items)}</ul>'


def _row(name: str, cells: Sequence[str], *, total: bool) -> str:
    kind = " class=total" if total else ""
    return f"<tr{kind}><td>{escape(name)}</td>{''.join(cells)}</tr>"


def _cell(rate: Rate | None, *, broken: bool = False) -> str:
    if rate is None:
        return '<td class="faint">–</td>'
    mark = ' class="broken"' if broken else ""
    said = f"95 % interval {rate.low:.3f} to {rate.high:.3f}"
    return f'<td{mark} title="{said}">{rate.value:.3f} <small>{rate.n}</small></td>'


def _table(head: Sequence[str], rows: Sequence[str]) -> str:
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(rows)
    return f'<div class="card wide"><table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>'


def _chip(text: str, kind: str) -> str:
    return f'<span class="chip {kind}">{escape(text)}</span> '


def _words(texts: Sequence[str], between: str = ", ") -> str:
    return between.join(f"<code>{escape(text)}</code>" for text in texts) or "–"
