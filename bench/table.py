"""The rows as a table: on the terminal, and in bench/RESULTS.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.figures import Row, Spread, Unit
from eval.report.tables import markdown_table, text_table

HEADS = ("what", "ours", "against", "theirs", "ratio", "bar", "")
INTRODUCTION = """\
# What it takes

Made by `make bench`: ours and the textbook chain measured in turns in one run, each in a process of its own. A figure \
is the median, with the quartiles and the number of measurements behind it (p95 and p99: with the range in which they \
would lie every second time); a ratio is ours over theirs.
"""


def shown(value: float, unit: Unit) -> str:
    """A value with three digits that count.

    >>> shown(0.00912, "s"), shown(12.345, "s"), shown(287_400_000, "MB")
    ('9.12 ms', '12.3 s', '287 MB')
    """
    match unit:
        case "s" if abs(value) < 1:
            return f"{value * 1000:.3g} ms"
        case "s":
            return f"{value:.3g} s" if value < 100 else f"{value:,.0f} s"
        case "MB":
            return f"{value / 1e6:,.0f} MB"
        case "1/s":
            return f"{value:.3g}/s"
    return f"{value:,.6g}"


def spread(found: Spread | None, unit: Unit) -> str:
    """A value and, where it was measured several times, how far apart the measurements lie."""
    if found is None:
        return "–"
    if found.count == 1:
        return shown(found.value, unit)
    return f"{shown(found.value, unit)} ({shown(found.low, unit)} to {shown(found.high, unit)}, n {found.count})"


def cells(row: Row) -> tuple[str, ...]:
    """A row's texts, in the order of HEADS."""
    bar = ""
    if row.bar is not None:
        bar = f"≤ {row.bar:g} ×" if row.against else f"≤ {shown(row.bar, row.unit)}"
    return (
        f"{row.what} ({row.note})" if row.note else row.what,
        spread(row.ours, row.unit),
        row.against,
        spread(row.theirs, row.unit) if row.against else "",
        f"{row.ratio:.3g}" if row.ratio is not None else "",
        bar,
        row.verdict,
    )


def terminal(rows: Sequence[Row]) -> str:
    """The table in columns."""
    return text_table(HEADS, map(cells, rows), figures=False)


def results(rows: Sequence[Row], conditions: Mapping[str, str]) -> str:
    """The whole of RESULTS.md."""
    told = [f"- {what}: {said}" for what, said in conditions.items()]
    return "\n".join(
        (INTRODUCTION, *told, "", *markdown_table(HEADS, map(_marked, rows), figures=False), "", conclusion(rows), "")
    )


def conclusion(rows: Sequence[Row]) -> str:
    """How many bars were met, and the names of those that were not."""
    barred = [row for row in rows if row.bar is not None]
    met = sum(row.verdict == "met" for row in barred)
    missed = [row.what for row in barred if row.verdict == "MISSED"]
    left = sum(row.verdict == "not measured" for row in barred)
    sentences = [f"{met} of {len(barred)} bars met."]
    sentences += [f"MISSED: {'; '.join(missed)}."] if missed else []
    sentences += [f"Not measured: {left}."] if left else []
    return " ".join(sentences)


def _marked(row: Row) -> tuple[str, ...]:
    *texts, verdict = cells(row)
    return (*texts, f"**{verdict}**" if verdict == "MISSED" else verdict)
