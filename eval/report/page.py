"""The report that a person opens: one HTML file with everything in it, nothing asked of the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

from eval.report import charts
from eval.report.page_parts import (
    changes,
    listed,
    miss,
    not_scored,
    rates_table,
    side_by_side_table,
    trial_failures,
)
from eval.report.run_files import Run
from eval.report.style import CSS
from eval.scoring.rows import METRICS
from eval.scoring.totals import TOTAL, WRONG_REFERRAL, Rate

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Evaluation of the answers</title>
"""


def page(run: Run) -> str:
    """The whole document; every text that came from outside is escaped."""
    body = "\n".join(section for make in _SECTIONS if (section := make(run)))
    return f"{_HEAD}<style>{CSS}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"


def _title(run: Run) -> str:
    said = run.settings
    asked = f"{run.totals.questions} questions of {said.get('questions', {}).get('path', '')}"
    index = f"index {str(said.get('index', {}).get('digest', ''))[:12]}"
    return (
        f'<header><h1>Evaluation of the answers</h1><p class="faint">{escape(str(said.get("started", "")))} · '
        f"{escape(asked)} · {escape(index)}</p></header>"
    )


def _verdict(run: Run) -> str:
    items = "".join(f"<li>{escape(str(breach))}</li>" for breach in run.breaches)
    state = (" none" if not run.limits else "") if run.passed else " failed"
    broken = f"<ul>{items}</ul>" if items else ""
    return f'<section class="card verdict{state}"><b>{escape(run.verdict)}</b>{broken}</section>'


def _tiles(run: Run) -> str:
    total = run.totals.rates[TOTAL]
    tiles = [
        _tile("All right", total.get("all right")),
        _tile("Outcome", total.get("outcome")),
        _tile("Right contact first", total.get("contact@1")),
        _tile("Right page cited", total.get("source")),
        _tile("Wrong referrals", total.get(WRONG_REFERRAL)),
    ]
    if run.totals.calibration:
        tiles.append(_figure("Calibration error", f"{run.totals.calibration.error:.3f}", "expected, ten bins"))
    if run.totals.latency:
        p50, p95 = run.totals.latency.p50 * 1000, run.totals.latency.p95 * 1000
        tiles.append(_figure("Time to an answer", f"{p50:.0f} ms", f"95 % within {p95:.0f} ms"))
    return f'<section class="tiles">{"".join(tiles)}</section>'


def _tile(name: str, rate: Rate | None) -> str:
    if rate is None:
        return ""
    return _figure(name, f"{rate.value * 100:.1f} %", f"{rate.low * 100:.0f} to {rate.high * 100:.0f} %, of {rate.n}")


def _figure(name: str, value: str, below: str) -> str:
    return (
        f'<div class="card tile">{escape(name)}<b>{escape(value)}</b><span class="faint">{escape(below)}</span></div>'
    )


def _charts(run: Run) -> str:
    found = run.totals
    drawn = [("What was wanted and what came", charts.confusion_matrix(found.confusion))]
    kinds = {kind: r["contact@1"] for kind, r in sorted(found.rates.items()) if kind != TOTAL and "contact@1" in r}
    if kinds:
        drawn.append(("Right contact first, with 95 % intervals", charts.accuracy_by_kind(kinds)))
    if found.calibration:
        drawn.append(("Can its confidence be believed?", charts.reliability(found.calibration)))
    if found.latency:
        drawn.append(("How long an answer takes", charts.latency_histogram(list(run.seconds.values()), found.latency)))
    cards = "".join(f'<div class="card"><h3>{escape(name)}</h3>{svg}</div>' for name, svg in drawn)
    return f'<section><h2>At a glance</h2><div class="charts">{cards}</div></section>'


def _measures(run: Run) -> str:
    return _section(
        "By kind", rates_table(run.totals.rates, (*METRICS, WRONG_REFERRAL), _broken(run, "questions", "most"))
    )


def _baselines(run: Run) -> str:
    if not run.totals.baselines:
        return ""
    about = "Simpler ways of answering, asked the same questions and scored by the same measures."
    return _section("Beside simpler ways", side_by_side_table(run.totals.rates, run.totals.baselines, METRICS), about)


def _metamorphic(run: Run) -> str:
    if not run.totals.metamorphic:
        return ""
    forms = tuple(dict.fromkeys(form for forms in run.totals.metamorphic.values() for form in forms))
    about = (
        "Questions made from the index's own facts. Plain: the right contact comes first. A typo, other case, a "
        "greeting, politeness: the answer stays the same. Deleted: a fact that is gone is not named any more."
    )
    failures = "".join(trial_failures(run.trials))
    return _section(
        "The same question, asked otherwise",
        rates_table(run.totals.metamorphic, forms, _broken(run, "metamorphic")) + failures,
        about,
    )


def _comparison(run: Run) -> str:
    if run.comparison is None:
        return ""
    return _section(f"Against {run.comparison.against}", changes(run.comparison), run.comparison.verdict)


def _misses(run: Run) -> str:
    if not run.misses:
        return _section("Missed", '<p class="card">Nothing: every answer is all right.</p>')
    return _section(f"Missed ({len(run.misses)})", "".join(miss(row) for row in run.misses))


def _left_out(run: Run) -> str:
    parts = list(not_scored(run.totals))
    return _section("Not scored", listed(parts)) if parts else ""


def _settings(run: Run) -> str:
    def lines(said: object, name: str) -> Iterator[str]:
        if isinstance(said, dict):
            for key, value in said.items():
                yield from lines(value, f"{name}.{key}" if name else str(key))
        else:
            yield f"<span class='faint'>{escape(name)}</span> {escape(str(said))}"

    return _section("Settings", listed(list(lines(dict(run.settings), ""))))


def _broken(run: Run, *sections: str) -> frozenset[tuple[str, str]]:
    """The kinds and measures whose limits are broken."""
    return frozenset((breach.kind, breach.metric) for breach in run.breaches if breach.section in sections)


def _section(title: str, body: str, about: str = "") -> str:
    said = f'<p class="about">{escape(about)}</p>' if about else ""
    return f"<section><h2>{escape(title)}</h2>{said}{body}</section>"


_SECTIONS: tuple[Callable[[Run], str], ...] = (
    _title,
    _verdict,
    _tiles,
    _charts,
    _misses,
    _comparison,
    _measures,
    _baselines,
    _metamorphic,
    _left_out,
    _settings,
)
