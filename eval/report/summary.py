"""A run in a table of text, for the terminal, and in Markdown, for the page of a job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eval.generated.metamorphic import FORMS
from eval.report.grids import Figures, Grid, by_kind, on_other_manuals, side_by_side, told_by_confidence
from eval.report.run_files import Run
from eval.report.tables import markdown_table, text_table
from eval.scoring.rows import RIGHT
from eval.scoring.totals import Rate, left_out

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
    "support",
    "ndcg@10",
    RIGHT,
)
"""The measures that fit side by side; the page has them all."""
_MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in "\\`*_[]<>|#@&"})
SHOWN = 12
"""Misses and changes named in a summary; the page has them all."""


def terminal(run: Run) -> str:
    """What `whodoiask eval` prints."""
    parts = [text_table(*cells) for _, cells in _tables(run)]
    parts.append("\n".join(_facts(run)))
    parts.append("\n".join([run.verdict, *(f"  {breach}" for breach in run.breaches)]))
    return "\n\n".join(parts)


def summary(run: Run) -> str:
    """The Markdown summary: the verdict first, then figures, then the misses."""
    parts = [f"## Evaluation of the answers\n\n**{run.verdict}**"]
    if run.breaches:
        parts.append("\n".join(f"- {_md(str(breach))}" for breach in run.breaches))
    for title, cells in _tables(run):
        table = "\n".join(markdown_table(*_marked(*cells)))
        parts.append(f"### {title}\n\n{table}" if title else table)
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


def _tables(run: Run) -> Iterable[tuple[str, Figures]]:
    """The tables and their titles; the first stands right below the verdict and needs none."""
    found = run.totals
    yield "", _numbered(by_kind(found.rates, COLUMNS))
    if found.baselines:
        yield "Beside simpler ways", _cells(side_by_side(found.rates, found.baselines, COLUMNS))
    if found.metamorphic:
        yield "Generated questions", _numbered(by_kind(found.metamorphic, FORMS))
    if run.away:
        yield "On other manuals", _numbered(on_other_manuals(run.away))
    yield "What a confidence is worth", told_by_confidence(run.risks)


def _cells(grid: Grid) -> Figures:
    rows = [[line.name, *(_cell(line.rates.get(column)) for column in grid.columns)] for line in grid.lines]
    return [grid.head, *grid.columns], rows


def _numbered(grid: Grid) -> Figures:
    """The cells, with the number of questions behind the name of each row."""
    head, rows = _cells(grid)
    for row, line in zip(rows, grid.lines, strict=True):
        row.insert(1, str(max((rate.n for rate in line.rates.values()), default=0)))
    return [head[0], "n", *head[1:]], rows


def _cell(rate: Rate | None) -> str:
    return "–" if rate is None else f"{rate.value:.3f}"


def _marked(head: list[str], rows: list[list[str]]) -> Figures:
    return [_md(name) for name in head], [[_md(cell) for cell in row] for row in rows]


def _md(text: str) -> str:
    """Text that Markdown leaves as it is: what people typed may hold its marks, HTML and mentions."""
    return " ".join(text.translate(_MARKS).split())
