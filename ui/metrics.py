"""How the server fares, in Prometheus's text format. The one door to prometheus-client, of the extra `server`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from time import time

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from assistant.errors import UserError
from assistant.flow import Assistant
from assistant.values import Answer

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""
Counts = Callable[[], Mapping[str, float]]
"""How often each of several things has happened since the start: numbers that only grow, by what they count."""


# A second line for each, of which nothing is to be learnt.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """What one server has answered, and from what. Safe to share between threads; nothing of who asked what."""

    def __init__(self, assistant: Assistant, waiting: Callable[[], int]) -> None:
        """`waiting` says how many questions are under way or wait their turn."""
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "whodoiask_answers",
            "Answers given, by their outcome and the rule that made them.",
            ("outcome", "rule"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "whodoiask_answer_seconds",
            "How long an answer took, once its turn had come.",
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._registry.register(_State(assistant, waiting))

    def answered(self, answer: Answer, seconds: float) -> None:
        """Count an answer that took so long."""
        self._answers.labels(answer.outcome, answer.rule).inc()
        self._seconds.observe(seconds)

    def add(self, name: str, about: str, label: str, counts: Counts) -> None:
        """Show counts that are kept elsewhere, read whenever somebody looks: `whodoiask_{name}_total{label="…"}`."""
        self._registry.register(_Elsewhere(f"whodoiask_{name}", about, label, counts))

    def text(self) -> bytes:
        """All of it, as a scraper reads it."""
        return generate_latest(self._registry)


class _State(Collector):
    """What is so at the moment."""

    def __init__(self, assistant: Assistant, waiting: Callable[[], int]) -> None:
        self._assistant = assistant
        self._waiting = waiting

    def describe(self) -> list[Metric]:
        return []  # or the registry would look once at the start, for the names

    def collect(self) -> Iterator[Metric]:
        usable = True
        try:
            self._assistant.refresh()
        except UserError:
            usable = False
        index = self._assistant.index
        try:
            age = max(0.0, time() - index.home.stat().st_mtime)
        except OSError:
            usable, age = False, float("nan")
        facts = GaugeMetricFamily("whodoiask_facts", "Facts in the index, by their relation.", labels=["relation"])
        for relation, count in index.manifest.facts.items():
            facts.add_metric([relation], count)
        about = GaugeMetricFamily("whodoiask_index_info", "The digest of the index.", labels=["digest"])
        about.add_metric([index.digest], 1)
        yield from (facts, about)
        for name, what, value in (
            ("index_usable", "Whether the newest index can be read; if not, an older one answers, or none.", usable),
            ("index_age_seconds", "How long ago the index that answers was made.", age),
            ("index_pages", "Pages of the manual in the index.", index.manifest.pages),
            ("index_passages", "Passages in the index.", index.manifest.passages),
            ("questions_waiting", "Questions that are being answered or wait their turn.", self._waiting()),
        ):
            yield GaugeMetricFamily(f"whodoiask_{name}", what, value=float(value))


class _Elsewhere(Collector):
    """Counts that somebody else keeps."""

    def __init__(self, name: str, about: str, label: str, counts: Counts) -> None:
        self._name, self._about, self._label, self._counts = name, about, label, counts

    def describe(self) -> list[Metric]:
        return [CounterMetricFamily(self._name, self._about, labels=[self._label])]

    def collect(self) -> Iterator[Metric]:
        family = CounterMetricFamily(self._name, self._about, labels=[self._label])
        for what, count in self._counts().items():
            family.add_metric([what], count)
        yield family
