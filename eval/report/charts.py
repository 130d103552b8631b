"""Charts as inline SVG: text and lines take the page's colours, so that they read in light and in dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from eval.answers.gold import OUTCOMES
from eval.scoring.calibration import Calibration
from eval.scoring.totals import Latency, Rate

WIDTH = 460
"""Units of every chart's own grid; the page scales it."""
LATENCY_BARS = 24


def confusion_matrix(counts: Mapping[str, Mapping[str, int]]) -> str:
    """What was wanted (rows) against what came (columns); the darker, the larger the share of the row."""
    came = [*OUTCOMES, *sorted({got for row in counts.values() for got in row} - {*OUTCOMES})]
    left, top, wide, high = 104, 34, (WIDTH - 108) / len(came), 56
    parts = [_text(left + (i + 0.5) * wide, top - 12, got or "none", "middle") for i, got in enumerate(came)]
    for row, wanted in enumerate(OUTCOMES):
        y = top + row * high
        parts.append(_text(left - 10, y + high / 2 + 4, wanted, "end"))
        whole = max(1, sum(counts.get(wanted, {}).values()))
        for column, got in enumerate(came):
            n = counts.get(wanted, {}).get(got, 0)
            kind = "good" if got == wanted else "bad"
            shade = 0.06 if n == 0 else 0.12 + 0.33 * n / whole
            x = left + column * wide
            parts.append(
                f'<rect class="{kind}" x="{x + 1.5:.1f}" y="{y + 1.5}" width="{wide - 3:.1f}" height="{high - 3}" '
                f'rx="4" fill-opacity="{shade:.2f}"><title>wanted {escape(wanted)}, got {escape(got or "none")}: {n}'
                "</title></rect>"
            )
            parts.append(_text(x + wide / 2, y + high / 2 + 5, str(n), "middle", "number" if n else "faint"))
    parts.append(_text(2, top - 12, "wanted ↓ got →", "start", "faint"))
    return _svg("Outcomes: wanted against got", top + 3 * high + 8, parts)


def accuracy_by_kind(rates: Mapping[str, Rate]) -> str:
    """A point for each kind's share and a line for its interval, on a scale from 0 to 1."""
    left, right, top, high = 120, WIDTH - 78, 12, 26
    bottom = top + high * len(rates)
    parts = list(_scale(left, right, top, bottom))
    for row, (kind, rate) in enumerate(rates.items()):
        y = top + (row + 0.5) * high
        low, at, up = (left + share * (right - left) for share in (rate.low, rate.value, rate.high))
        hits = round(rate.value * rate.n)
        said = f"{kind}: {rate.value:.3f}, 95 % interval {rate.low:.3f} to {rate.high:.3f}"
        parts += [
            _text(left - 10, y + 4, kind, "end"),
            f'<line class="interval" x1="{low:.1f}" x2="{up:.1f}" y1="{y}" y2="{y}"/>',
            f'<circle class="mark" cx="{at:.1f}" cy="{y}" r="5"><title>{escape(said)}</title></circle>',
            _text(right + 10, y + 4, f"{hits} of {rate.n}", "start", "faint"),
        ]
    return _svg("Right contact first, by kind", bottom + 24, parts)


def reliability(found: Calibration) -> str:
    """Stated confidence against the share that was right; on the diagonal, confidence can be taken at its word."""
    left, right, top, bottom = 56, WIDTH - 24, 14, 274

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x * (right - left), bottom - y * (bottom - top)

    parts = list(_scale(left, right, top, bottom))
    for share in (0.0, 0.5, 1.0):
        x, y = at(0, share)
        parts += [f'<line class="grid" x1="{x}" x2="{right}" y1="{y}" y2="{y}"/>']
        parts += [_text(x - 8, y + 4, f"{share:g}", "end", "faint")]
    parts.append(f'<line class="diagonal" x1="{left}" y1="{bottom}" x2="{right}" y2="{top}"/>')
    largest = max(each.n for each in found.bins)
    for each in found.bins:
        x, y = at(each.confidence, each.right)
        _, said = at(each.confidence, each.confidence)
        parts.append(f'<line class="gap" x1="{x:.1f}" x2="{x:.1f}" y1="{y:.1f}" y2="{said:.1f}"/>')
        parts.append(
            f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="{4 + 8 * (each.n / largest) ** 0.5:.1f}">'
            f"<title>{each.n} answers: confidence {each.confidence:.3f}, right {each.right:.3f}</title></circle>"
        )
    parts.append(_text((left + right) / 2, bottom + 36, "stated confidence", "middle", "faint"))
    parts.append(_text(left + 6, top + 6, "share all right", "start", "faint"))
    return _svg("Confidence against being right", bottom + 44, parts)


def latency_histogram(seconds: Sequence[float], latency: Latency) -> str:
    """How many answers took how long, in milliseconds, with the median and the 95th percentile marked."""
    left, right, top, bottom = 40, WIDTH - 16, 40, 250
    longest = max(latency.longest, 1e-6)
    bars = [0] * LATENCY_BARS
    for took in seconds:
        bars[min(LATENCY_BARS - 1, int(took / longest * LATENCY_BARS))] += 1
    wide, most = (right - left) / LATENCY_BARS, max(bars)
    parts = [f'<line class="grid" x1="{left}" x2="{right}" y1="{bottom}" y2="{bottom}"/>']
    for i, n in enumerate(bars):
        high = n / most * (bottom - top)
        span = f"{i * longest / LATENCY_BARS * 1000:.1f} to {(i + 1) * longest / LATENCY_BARS * 1000:.1f} ms"
        parts.append(
            f'<rect class="bar" x="{left + i * wide + 1:.1f}" y="{bottom - high:.1f}" width="{wide - 2:.1f}" '
            f'height="{high:.1f}" rx="2"><title>{n} answers in {span}</title></rect>'
        )
    for name, value, y in (("p50", latency.p50, 10), ("p95", latency.p95, 28)):
        x = left + value / longest * (right - left)
        side = "end" if x > (left + right) / 2 else "start"
        parts.append(f'<line class="diagonal" x1="{x:.1f}" x2="{x:.1f}" y1="{y}" y2="{bottom}"/>')
        parts.append(_text(x + (-5 if side == "end" else 5), y + 4, f"{name} {value * 1000:.1f} ms", side))
    parts.append(_text(left, bottom + 18, "0", "middle", "faint"))
    parts.append(_text(right, bottom + 18, f"{longest * 1000:.0f} ms", "end", "faint"))
    parts.append(_text(left - 6, top + 8, str(most), "end", "faint"))
    return _svg("Time to an answer", bottom + 28, parts)


def _scale(left: float, right: float, top: float, bottom: float) -> list[str]:
    """Vertical grid lines at quarters, with their labels below."""
    lines = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + share * (right - left)
        lines.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>')
        lines.append(_text(x, bottom + 16, f"{share:g}", "middle", "faint"))
    return lines


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{named}>{escape(text)}</text>'


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    body = "".join(parts)
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">{body}</svg>'
