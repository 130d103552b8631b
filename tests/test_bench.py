"""The benchmark's own parts: its arithmetic, its table, its questions, and the manuals that it makes. Nothing timed."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import SMALL_MANUAL, write_manual
from pydantic import ValidationError

from bench.clients import NONSENSE
from bench.figures import Row, alternated, middle, percentile, single, tail
from bench.generated import generated
from bench.grow import grow
from bench.ingesting import AGAIN
from bench.kept import keep, kept
from bench.processes import BenchError, timed
from bench.questions import derived, of_people, shuffled
from bench.stage import QUICK, Effort, Stage, copy_manual, digest
from bench.table import conclusion, results, shown, terminal
from ingest.facts.compiling import facts_of
from ingest.manual.passages import passages_of
from ingest.manual.reading import Manual, read_manual
from ingest.plain import text_key
from ingest.relations import FOR, STATEMENTS
from ingest.store import nearest
from ingest.store.index import Index
from ui.api import LONGEST_BODY, Body

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
TIMES = 3


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 10.0), (0.25, 20.0), (0.5, 30.0), (0.95, 48.0), (0.99, 49.6), (1.0, 50.0)]
)
def test_a_percentile_lies_between_its_neighbours(share: float, value: float) -> None:
    assert percentile([50, 10, 40, 20, 30], share) == pytest.approx(value)


def test_the_median_comes_with_its_quartiles() -> None:
    found = middle([4.0, 1.0, 3.0, 2.0])
    assert (found.value, found.low, found.high, found.count) == (2.5, 1.75, 3.25, 4)
    assert tail([1.0, 2.0, 3.0], 1.0).value == 3.0
    hundred = tail([float(n) for n in range(101)], 0.95)
    assert hundred.value == pytest.approx(95)
    assert hundred.low < hundred.value < hundred.high
    assert middle([7.0]) == single(7.0)


def test_both_sides_take_turns() -> None:
    order: list[str] = []
    found = alternated(2, lambda n: order.append(f"ours {n}"), lambda n: order.append(f"theirs {n}"))
    assert order == ["ours 0", "theirs 0", "ours 1", "theirs 1"]
    assert [len(values) for values in found] == [2, 2]


def row(ours: float | None, theirs: float | None = None, bar: float | None = None, against: str = "textbook") -> Row:
    found = None if ours is None else single(ours)
    other = None if theirs is None else single(theirs)
    return Row("g", "cold", found, theirs=other, against=against, bar=bar)


@pytest.mark.parametrize(
    ("given", "ratio", "verdict"),
    [
        (row(1.8, 10.0, 0.18), 0.18, "met"),
        (row(1.81, 10.0, 0.18), 0.181, "MISSED"),
        (row(1.8, 10.0), 0.18, ""),
        (row(None, 10.0, 0.18), None, "not measured"),
        (row(1.0, None, 0.18), None, "not measured"),
        (row(0.0, bar=0, against=""), None, "met"),
        (row(1.0, bar=0, against=""), None, "MISSED"),
        (row(None, bar=0, against=""), None, "not measured"),
    ],
)
def test_a_bar_is_met_or_missed(given: Row, ratio: float | None, verdict: str) -> None:
    assert given.ratio == (None if ratio is None else pytest.approx(ratio))
    assert given.verdict == verdict


def test_values_are_shown_with_their_units() -> None:
    assert [shown(v, "s") for v in (0.0091234, 1.2345, 432.1, 4321.0)] == ["9.12 ms", "1.23 s", "432 s", "4,321 s"]
    assert (shown(287.4e6, "MB"), shown(61.23, "1/s"), shown(1234, "")) == ("287 MB", "61.2/s", "1,234")


def test_a_missed_bar_stands_out_in_every_form_of_the_table() -> None:
    rows = [row(1.0, 10.0, 0.18), row(5.0, 10.0, 0.18), row(None, 10.0, 0.18), row(3.0, 10.0)]
    assert [line.split()[-1] for line in terminal(rows).splitlines()[1:]] == ["met", "MISSED", "measured", "0.3"]
    written = results(rows, {"commit": "abc"})
    assert "- commit: abc" in written
    assert "| cold | 5 s | textbook | 10 s | 0.5 | ≤ 0.18 × | **MISSED** |" in written
    assert conclusion(rows) == "1 of 3 bars met. MISSED: cold. Not measured: 1."
    assert conclusion(rows) in written


def test_a_spread_is_shown_with_the_number_of_measurements() -> None:
    found = Row("g", "warm", middle([0.001, 0.002, 0.003]), bar=0.0025)
    assert "2 ms (1.5 ms to 2.5 ms, n 3)" in terminal([found])
    assert "≤ 2.5 ms" in terminal([found])


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grown") / "manual"
    grow(CORPUS, folder, TIMES, once=["source/manual/ask-for-help.html.md"])
    return folder


@pytest.fixture(scope="module")
def manuals(grown: Path) -> tuple[Manual, Manual]:
    return read_manual(CORPUS), read_manual(grown)


def test_growing_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        grow(CORPUS, tmp_path / name, 2, seed=seed)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    assert digest(tmp_path / "a") != digest(tmp_path / "c")


def test_the_first_copy_is_the_manual_itself(manuals: tuple[Manual, Manual]) -> None:
    one, many = ({page.path: page.lines for page in manual.pages} for manual in manuals)
    assert {path: lines for path, lines in many.items() if path in one} == one
    assert len(many) == TIMES * len(one) - (TIMES - 1)  # the page that is there once


def test_no_two_texts_are_equal(manuals: tuple[Manual, Manual]) -> None:
    one, many = ([passage.text for passage in passages_of(manual, words)] for manual in manuals)
    assert len(many) > (TIMES - 0.2) * len(one)
    assert len(set(many)) - len(set(one)) == len(many) - len(one)


def words(text: str) -> int:
    return len(text.split())


def copied(path: str) -> bool:
    """Whether a copy has the file: not what an organisation has once, nor what no page is made of."""
    return "ask-for-help" not in path and not path.startswith(".")


def test_a_copy_shares_no_address_and_says_as_much(manuals: tuple[Manual, Manual]) -> None:
    one, many = (facts_of(manual) for manual in manuals)
    paths = {page.path for page in manuals[0].pages} | {file.page.path for file in manuals[0].data}
    new = [fact for fact in many if fact.place.path not in paths]
    channels = {c.address for fact in one for c in fact.contacts if c.kind == "channel"}
    assert not channels & {c.address for fact in new for c in fact.contacts}
    for relation in (*STATEMENTS, "owns page", "owns repo"):
        before = sum(fact.relation == relation and copied(fact.place.path) for fact in one)
        assert sum(fact.relation == relation for fact in new) >= 0.8 * (TIMES - 1) * before, relation
    for_all = [[f.topic for f in facts if f.relation == "rung" and FOR not in f.attributes] for facts in (one, many)]
    assert for_all[0] == for_all[1] != []


def test_links_stay_in_their_copy(grown: Path) -> None:
    part = next(
        folder.name for folder in (grown / "source").iterdir() if not (CORPUS / "source" / folder.name).exists()
    )
    texts = [file.read_text("utf-8") for file in (grown / "source" / part).rglob("*.md")]
    links = [link for text in texts for link in re.findall(r"\]\((/[^)\s]*)", text)]
    assert links
    assert all(link.startswith(f"/{part}/") for link in links)


def test_words_stay_as_frequent_as_they_were(grown: Path) -> None:
    part = next(folder for folder in (grown / "source").iterdir() if not (CORPUS / "source" / folder.name).exists())
    counts = []
    for folder in (CORPUS / "source", part):
        found = [w.lower() for f in folder.rglob("*.md") for w in re.findall(r"[A-Za-z]{3,}", f.read_text("utf-8"))]
        counts.append((len(found), len(set(found)), sum(map(len, found)) / len(found)))
    for before, after in zip(*counts, strict=True):
        assert after == pytest.approx(before, rel=0.1)


def test_questions_are_distinct_and_always_the_same(manuals: tuple[Manual, Manual]) -> None:
    facts = facts_of(manuals[0])
    asked = shuffled([*of_people(), *derived(facts, 300)])
    assert len({(question, *history) for question, history in asked}) == len(asked) >= 500
    assert asked == shuffled([*of_people(), *derived(facts, 300)])
    assert sum(bool(history) for _, history in asked) >= 50


def test_nonsense_is_none_that_the_page_would_answer() -> None:
    for kind, body in NONSENSE.items():
        if len(body) > LONGEST_BODY:
            continue
        try:
            question = Body.model_validate_json(body).question
        except ValidationError:
            continue
        assert not question.strip() or len(question) > 2000, kind


def test_the_given_manual_is_copied_with_its_history(tmp_path: Path, git: Callable[..., str]) -> None:
    manual = write_manual(tmp_path / "repository" / "docs", SMALL_MANUAL)
    top = manual.parent
    git(top, "init", "--quiet")
    git(top, "add", ".")
    git(top, "commit", "--quiet", "--message", "One")
    page = next(manual.rglob("*.md"))
    page.write_text(page.read_text("utf-8") + "\nMore.\n", "utf-8")
    copy = copy_manual(manual, tmp_path / "copy")
    assert digest(copy) == digest(manual)
    assert git(copy, "log", "--format=%s") == "One"
    assert git(copy, "status", "--porcelain").split() == ["M", page.relative_to(top).as_posix()]


def test_a_manual_outside_git_is_copied_as_it_is(tmp_path: Path) -> None:
    manual = write_manual(tmp_path / "manual", SMALL_MANUAL)
    assert digest(copy_manual(manual, tmp_path / "copy")) == digest(manual)


def test_what_was_made_of_another_manual_is_not_used_again(tmp_path: Path) -> None:
    manual, work = write_manual(tmp_path / "manual", SMALL_MANUAL), tmp_path / "work"
    (work / "manuals").mkdir(parents=True)
    with pytest.raises(BenchError, match="another manual"):
        Stage(manual, work, Effort(), reuse=True, skip_large=True)
    Stage(manual, work, Effort(), reuse=False, skip_large=True)
    (work / "manuals").mkdir()
    for effort in (Effort(), Effort(), Effort(cold=1)):
        Stage(manual, work, effort, reuse=True, skip_large=True)
    with pytest.raises(BenchError, match="another manual"):
        Stage(manual, work, QUICK, reuse=True, skip_large=True)
    (manual / "more.md").write_text("# More\n", encoding="utf-8")
    with pytest.raises(BenchError, match="another manual"):
        Stage(manual, work, Effort(), reuse=True, skip_large=True)
    Stage(manual, work, Effort(), reuse=False, skip_large=True)


def test_figures_are_kept_as_they_were_measured(tmp_path: Path) -> None:
    rows = [Row("warm", "p50", middle([1.0, 2.0]), theirs=single(3.0), against="x", bar=0.8), row(None, bar=0.5)]
    keep(tmp_path, "warm", rows, "today, load 1.0")
    assert kept(tmp_path, "warm") == (rows, "today, load 1.0")
    assert kept(tmp_path, "cold") is None


def test_generated_vectors_are_seeded_by_their_text_and_real_where_the_manual_has_it(small_index: Path) -> None:
    index = Index.open(small_index)
    real = nearest.known(index.home)
    text = index.records.passage_at(0).text
    with generated(small_index):
        made = index.encoder.embed([text, "another one", "and one more"])
        again = index.encoder.embed(["another one"])
    assert np.array_equal(made[0], real[text_key(text)])
    assert np.array_equal(made[1], again[0])
    assert not np.array_equal(made[1], made[2])
    assert np.linalg.norm(made, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert made.dtype == np.float32


def test_a_program_that_fails_is_no_measurement() -> None:
    with pytest.raises(BenchError, match=r"ended with 3: no$"):
        timed([sys.executable, "-c", "import sys; sys.stderr.write('no'); sys.exit(3)"])


MEASURED = """
import sys
from bench.processes import timed
small = timed([sys.executable, "-c", "print('done')"])
large = timed([sys.executable, "-c", "held = bytearray(b'1') * 1_000_000_000"])
print(small.said.strip(), small.peak < 2e8, large.peak > 1e9)
"""


def test_a_program_s_memory_is_its_own() -> None:
    """Measured from a small process: a program counts at least as large as what started it."""
    command = [sys.executable, "-c", MEASURED]
    done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT, text=True)
    assert done.stdout == "done True True\n"


RECIPE = """
import sys
before = set(sys.modules)
import eval.answers.textbook_recipe
print(*sorted({name.split(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))
"""


def test_what_both_textbook_chains_share_costs_the_cold_start_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", RECIPE], capture_output=True, check=True, cwd=ROOT, text=True)
    assert done.stdout == "eval\n"


def test_each_change_has_its_bar() -> None:
    assert AGAIN == {"nothing changed": 0.03, "one page edited": 0.05, "one owner changed": 0.04}
