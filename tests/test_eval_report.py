"""What a run leaves to read: the page escapes and asks nothing of the network, the XML and the Markdown are sound."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from test_eval_measures import gold, showing

from eval.gate.compare import Change, Comparison
from eval.gate.limits import Thresholds, gate
from eval.generated.metamorphic import FORMS, Trial, metamorphic_rates
from eval.report.charts import accuracy_by_kind, confusion_matrix, latency_histogram, reliability
from eval.report.grids import by_kind
from eval.report.junit import junit
from eval.report.page import page
from eval.report.run_files import Run
from eval.report.summary import summary, terminal
from eval.report.tables import markdown_table, text_table
from eval.scoring.away import away
from eval.scoring.evidence import Lost
from eval.scoring.rows import score_all
from eval.scoring.totals import Rate, rates, totals

NASTY = "<script>alert('x')</script> & \"quotes\" | `code` [link](http://x) @everyone \x00"


class Tags(HTMLParser):
    """Collects the tags of a page, and complains about those that do not close."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def run() -> Run:
    """A run with a right answer, a wrong one with hostile text in every field, and a broken limit."""
    questions = [gold(id="ownership-1"), gold(id="ownership-2", question=NASTY, contacts_never=(NASTY,))]
    replies = {
        "ownership-1": showing("#search", confidence=0.9),
        "ownership-2": showing(NASTY, confidence=0.4, rule=NASTY, ladder=(NASTY,)),
    }
    rows = score_all(questions, replies, {}, None)
    trials = (
        Trial("repo-owner-001-plain", "repo owner", "plain", "Who?", ("#a",), "answer", ("#a",), "stated", True),
        Trial("repo-owner-001-typo", "repo owner", "typo", NASTY, (NASTY,), "answer", (NASTY,), NASTY, False),
    )
    seconds = {"ownership-1": 0.01, "ownership-2": 0.02}
    found = replace(
        totals(rows, seconds, (Lost("ownership-2", NASTY),)),
        metamorphic=metamorphic_rates(trials),
        baselines={NASTY: rates(rows)},
    )
    change = Change("ownership-2", NASTY, NASTY, "answer", was_right=True, is_right=False)
    comparison = Comparison(NASTY, 2, (change,), (), ("ownership-2",), 1.0, (NASTY,), ())
    breaches = gate(found, Thresholds(questions={"ownership": {"contact@1": 0.9}}))
    settings = {"limits": 1, "index": {"digest": NASTY}, "questions": {"path": NASTY}}
    others = away({NASTY: (rows, True), "worked-with": (rows, False)})
    return Run(settings, rows, found, seconds, trials, breaches, comparison, others)


def test_the_page_is_whole_and_escapes_everything(run: Run) -> None:
    made = page(run)
    tags = Tags()
    tags.feed(made)
    assert tags.open == []
    assert "script" not in {tag for tag, _ in tags.seen}
    assert "alert('x')" not in made
    assert made.count("<svg") == 4


def test_the_page_asks_nothing_of_the_network(run: Run) -> None:
    tags = Tags()
    tags.feed(page(run))
    assert not [attrs for _, attrs in tags.seen if {"src", "href", "srcset", "action"} & attrs.keys()]
    assert not re.search(r"@import|url\(", page(run))
    policy = next(attrs["content"] for _, attrs in tags.seen if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_page_shows_each_miss_with_what_was_wanted_shown_and_why(run: Run) -> None:
    made = page(replace(run, rows=(replace(run.rows[0], missed=("contact@1",)),)))
    miss = made[made.index("Missed (1)") : made.index("Against")]
    for text in ("Who owns it?", "ownership-1", "contact@1", "#search", "#platform", "a.md", "confidence 0.90"):
        assert text in miss


def test_the_page_of_a_run_without_misses_or_extras(run: Run) -> None:
    rows = tuple(replace(row, missed=()) for row in run.rows)
    bare = replace(run.totals, metamorphic={}, baselines={}, calibration=None, latency=None, lost=(), not_scored={})
    made = page(Run({}, rows, bare, {}, (), (), None))
    assert "every answer is all right" in made
    assert "No limits were set" in made
    assert made.count("<svg") == 2


def test_other_manuals_and_what_a_confidence_is_worth_are_shown(run: Run) -> None:
    made = page(run)
    for text in ("On other manuals", "worked-with, unread", "macro mean, seen", "What a confidence is worth"):
        assert text in made
    said = terminal(run)
    (macro,) = [line.split() for line in said.splitlines() if line.startswith("macro mean ")]
    assert macro[2:] == ["2", "0.500", "0.500", "1.000", "0.000", "0.000"]
    (these,) = [line.split() for line in said.splitlines() if line.startswith("these questions")]
    # One of two is right and said 0.9; kept alone it is no risk, and with the other one half.
    assert these[2:] == ["2", "0.650", "0.500", "0.500", "0.250", "1", "0.000"]


def test_sizes_come_in_the_order_of_their_numbers() -> None:
    rate = Rate(1.0, 1, 0.0, 1.0)
    found = by_kind({f"manual of {n}": {"absent": rate} for n in (300, 5, 10, 1)} | {"TOTAL": {"absent": rate}}, FORMS)
    assert [line.name.split()[-1] for line in found.lines] == ["1", "5", "10", "300", "TOTAL"]


def test_the_xml_fails_what_closed_the_gate_and_skips_what_the_limits_allow(run: Run) -> None:
    root = ET.fromstring(junit(run))  # noqa: S314  (our own)
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert [child.tag for child in cases["ownership-2"]] == ["failure"]
    assert [child.tag for child in cases["repo-owner-001-typo"]] == ["skipped"]
    assert [child.tag for child in cases["repo-owner-001-plain"]] == []
    assert [child.tag for child in cases["1 limits"]] == ["failure"]
    assert "ownership: contact@1 is 0.500" in (cases["1 limits"][0].text or "")
    suites = {suite.get("name"): suite for suite in root.iter("testsuite")}
    assert (suites["ownership"].get("tests"), suites["ownership"].get("failures")) == ("2", "1")
    assert suites["metamorphic"].get("skipped") == "1"


def test_the_xml_of_an_open_gate_has_no_failure(run: Run) -> None:
    root = ET.fromstring(junit(replace(run, breaches=())))  # noqa: S314
    assert root.findall(".//failure") == []
    assert len(root.findall(".//skipped")) == 3


def test_the_markdown_shows_text_as_it_is(run: Run) -> None:
    made = summary(run)
    assert "The gate is closed: 1 of 1 limits are broken." in made
    assert "<script>" not in made
    assert "@everyone" not in made
    tables = [part.splitlines() for part in made.split("\n\n") if part.startswith("|")]
    assert [len(table) for table in tables] == [4, 4, 4, 11, 6]
    for table in tables:
        assert len({row.count("|") for row in table}) == 1


def test_the_terminal_names_the_limit_and_the_question(run: Run) -> None:
    made = terminal(run)
    assert "ownership: contact@1 is 0.500, below the floor of 0.900 (ownership-2)" in made
    assert "gold without evidence: ownership-2" in made
    assert "1 of 2 answers changed: 0 better, 1 worse" in made


def test_a_table_of_text_lines_up() -> None:
    assert text_table(["kind", "n"], [["a", "10"]]) == "kind   n\na     10"
    assert text_table(["kind", "n"], [["a", "10"]], figures=False) == "kind  n\na     10"
    assert text_table(["kind", ""], [["[red]x[/red] :smile:", "y" * 500]]).endswith(
        "\n[red]x[/red] :smile:  " + "y" * 500
    )


def test_a_table_in_markdown_keeps_a_bar_in_its_cell() -> None:
    lines = markdown_table(["what", "n"], iter([["a|b", "1"], ["`c`", "2"]]))
    assert list(lines) == ["| what | n |", "| :-- | --: |", r"| a\|b | 1 |", "| `c` | 2 |"]
    assert list(markdown_table(["a", "b"], [], figures=False)) == ["| a | b |", "| :-- | :-- |"]


def test_charts_hold_their_figures(run: Run) -> None:
    assert ">2<" in confusion_matrix({"answer": {"answer": 2}})
    assert "wanted answer, got none: 1" in confusion_matrix({"answer": {"": 1}})
    assert "3 of 4" in accuracy_by_kind({"ownership": Rate(0.75, 4, 0.3, 0.95)})
    assert run.totals.calibration is not None
    assert run.totals.latency is not None
    assert "1 answers: confidence 0.900" in reliability(run.totals.calibration)
    assert "p95 20.0 ms" in latency_histogram([0.01, 0.02], run.totals.latency)
