"""A run in a table of text, for the terminal, and in Markdown, for the page of a job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eval.report.run_files import Run
from eval.scoring.rows import RIGHT
from eval.scoring.totals import TOTAL, Rate, Table, left_out

COLUMNS = (
    "outcome",
    "contact@1",
    "contact@3",
    "contact mrr",
    "address",
    "all",
    "ladder",
    "source",
    "never",
    "steps",
    "grounded",
    "quotes",
    "ndcg@10",
    RIGHT,
)
"""The measures that fit side by side; the page has them all."""
_MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in "\\`*_[]<>|#@&"})
SHOWN = 12
"""Misses and changes named in a summary; the page has them all."""


def table(rates: Table, columns: Sequence[str] = COLUMNS) -> list[list[str]]:
    """Rows of cells: a head, a row a kind with its number of questions, the total last."""
    used = [c for c in columns if any(c in metrics for metrics in rates.values())]
    kinds = [*sorted(kind for kind in rates if kind != TOTAL), *([TOTAL] if TOTAL in rates else [])]
    head = ["kind", "n", *used]
    return [head, *([kind, _n(rates[kind].values()), *(_cell(rates[kind].get(c)) for c in used)] for kind in kinds)]


def side_by_side(run: Run) -> list[list[str]]:
    """The assistant and the baselines: rows of cells over all questions."""
    tables = {"whodoiask": run.totals.rates, **run.totals.baselines}
    used = [c for c in COLUMNS if any(c in each[TOTAL] for each in tables.values())]
    return [
        ["answered by", *used],
        *([name, *(_cell(each[TOTAL].get(c)) for c in used)] for name, each in tables.items()),
    ]


def text_table(cells: Sequence[Sequence[str]]) -> str:
    """Cells in columns as wide as they need, the first to the left, figures to the right."""
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    )


def terminal(run: Run) -> str:
    """What `whodoiask eval` prints."""
    parts = [text_table(table(run.totals.rates))]
    if run.totals.baselines:
        parts.append(text_table(side_by_side(run)))
    if run.totals.metamorphic:
        parts.append(text_table(table(run.totals.metamorphic, tuple(_forms(run)))))
    parts.append("\n".join(_facts(run)))
    parts.append("\n".join([run.verdict, *(f"  {breach}" for breach in run.breaches)]))
    return "\n\n".join(parts)


def summary(run: Run) -> str:
    """The Markdown summary: the verdict first, then figures, then the misses."""
    parts = [f"## Evaluation of the answers\n\n**{run.verdict}**"]
    if run.breaches:
        parts.append("\n".join(f"- {_md(str(breach))}" for breach in run.breaches))
    parts.append(_md_table(table(run.totals.rates)))
    if run.totals.baselines:
        parts.append("### Beside simpler ways\n\n" + _md_table(side_by_side(run)))
    if run.totals.metamorphic:
        cells = table(run.totals.metamorphic, tuple(_forms(run)))
        parts.append("### The same question, asked otherwise\n\n" + _md_table(cells))
    parts.append("\n".join(f"- {_md(fact)}" for fact in _facts(run)))
    if run.misses:
        parts.append(f"### Missed ({len(run.misses)})\n\n" + "\n".join(_missed(run)))
    return "\n\n".join(parts) + "\n"


def _missed(run: Run) -> Iterable[str]:
    for row in run.misses[:SHOWN]:
        got = ", ".join(row.shown.contacts[:1]) or row.shown.outcome or "no answer"
        wanted = " or ".join(row.wanted.contacts) or row.wanted.outcome
        yield _md(f"- {row.id}: “{row.question}” wanted {wanted}, got {got} ({', '.join(row.missed)})")
    if len(run.misses) > SHOWN:
        yield f"- and {len(run.misses) - SHOWN} more in the report"


def _facts(run: Run) -> Iterable[str]:
    """What stands beside the tables."""
    found = run.totals
    if found.latency:
        yield f"an answer took {found.latency.p50 * 1000:.1f} ms (p50), {found.latency.p95 * 1000:.1f} ms (p95)"
    if found.calibration:
        yield f"expected calibration error {found.calibration.error:.3f}"
    for metrics, reason, ids in left_out(found):
        yield f"not scored for {len(ids)}: {metrics} ({reason}: {_few(ids)})"
    if found.unanswered:
        yield f"not answered at all, and counted as wrong: {_few(found.unanswered)}"
    for lost in found.lost:
        yield f"gold without evidence: {lost}"
    if run.comparison:
        yield f"against {run.comparison.against}: {run.comparison.verdict}"
        for name in ("better", "worse"):
            if ids := getattr(run.comparison, name):
                yield f"{name}: {_few(ids)}"


def _few(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return ", ".join(ids[:SHOWN]) + more


def _forms(run: Run) -> list[str]:
    return list(dict.fromkeys(form for forms in run.totals.metamorphic.values() for form in forms))


def _n(rates: Iterable[Rate]) -> str:
    return str(max((rate.n for rate in rates), default=0))


def _cell(rate: Rate | None) -> str:
    return "–" if rate is None else f"{rate.value:.3f}"


def _md_table(cells: Sequence[Sequence[str]]) -> str:
    head, *rows = [f"| {' | '.join(map(_md, row))} |" for row in cells]
    return "\n".join([head, "|" + " :-- |" + " --: |" * (len(cells[0]) - 1), *rows])


def _md(text: str) -> str:
    """Text that Markdown leaves as it is: what people typed may hold its marks, HTML and mentions."""
    return " ".join(text.translate(_MARKS).split())
