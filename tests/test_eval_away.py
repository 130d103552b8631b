"""Away sets: found in a folder, asked on their own manuals, added up so that each manual counts alike."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import silent, write_manual
from test_eval_measures import gold, showing
from test_eval_run import ASK, LIMITS, MANUAL, gold_lines, reread

from assistant.errors import UserError
from assistant.progress import Progress
from eval.answers import folder as files
from eval.answers.away import away_sets
from eval.gate.floors import floors
from eval.gate.limits import Thresholds, gate, read_thresholds
from eval.run import Options, main_eval
from eval.scoring.away import MACRO, Away, away, line
from eval.scoring.halves import halves
from eval.scoring.intervals import stratified
from eval.scoring.rows import Row, score_all
from eval.scoring.totals import totals

ROOT = Path(__file__).resolve().parent.parent


def rows(*shown: str) -> tuple[Row, ...]:
    """Rows of questions that want #search and are shown these."""
    questions = [gold(id=f"ownership-{n}") for n in range(len(shown))]
    replies = {q.id: showing(who, confidence=0.5) for q, who in zip(questions, shown, strict=True)}
    return score_all(questions, replies, {}, None)


SMALL, LARGE = rows("#search", "#search"), rows(*["#x"] * 6, "#search", "#search")


def test_each_manual_counts_alike_and_what_was_worked_with_does_not() -> None:
    found = away({"small": (SMALL, True), "large": (LARGE, True), "dev": (rows("#search"), False)})
    assert found.counted == ("small", "large")
    assert found.table["large"]["contact@1"].value == 0.25
    mean = found.table[MACRO]["contact@1"]
    assert (mean.value, mean.n) == ((1.0 + 0.25) / 2, 10)  # and not 4 of 10
    assert mean.low <= mean.value <= mean.high
    assert "small/ownership-0" not in mean.missed
    assert "large/ownership-0" in mean.missed
    assert found.pools[""].questions == 10
    assert MACRO not in away({"dev": (SMALL, False)}).table


def test_the_halves_are_the_usual_ones_and_make_up_the_whole() -> None:
    found = away({"large": (LARGE, True)})
    seen, unread = halves([row.id for row in LARGE])
    for part, ids in (("seen", seen), ("unread", unread)):
        rate = found.table[line("large", part)]["contact@1"]
        assert rate.n == len(ids) == 4
        assert set(rate.missed) == {f"large/{row.id}" for row in LARGE if row.id in ids and not row.scores["contact@1"]}
        assert found.pools[part].questions == 4


def test_the_interval_of_a_macro_mean_is_that_of_its_groups() -> None:
    assert stratified([[1.0, 1.0], [0.0] * 9]) == (0.5, 0.5, 0.5)
    mean, low, high = stratified([[0.0, 1.0] * 20, [1.0] * 5])
    assert mean == 0.75
    assert 0.6 < low < mean < high < 0.9
    assert stratified([[0.0, 1.0] * 20, [1.0] * 5]) == (mean, low, high)


def test_the_macro_mean_has_a_floor_that_one_miss_of_each_manual_still_passes(tmp_path: Path) -> None:
    found = away({"small": (SMALL, True), "large": (LARGE, True)})
    file = tmp_path / "limits.toml"
    file.write_text(floors(totals(SMALL, {}), None, found), "utf-8")
    limits = read_thresholds(file)
    assert limits.away[MACRO]["contact@1"] == pytest.approx(0.625 - (1 / 2 + 1 / 8) / 2, abs=0.001)
    held = Thresholds(away=limits.away)
    assert gate(totals(SMALL, {}), held, found) == ()
    one_less = away({"small": (rows("#search", "#x"), True), "large": (rows(*["#x"] * 7, "#search"), True)})
    assert gate(totals(SMALL, {}), held, one_less) == ()
    worse = away({"small": (rows("#x", "#x"), True), "large": (LARGE, True)})
    broken = {breach.metric: breach for breach in gate(totals(SMALL, {}), held, worse)}
    assert str(broken["contact@1"]) == f"away macro mean: contact@1 is 0.125, below the floor of {0.312:.3f}"
    assert {breach.value for breach in gate(totals(SMALL, {}), held)} == {None}


def beside(root: Path, names: Mapping[str, str]) -> Path:
    """A folder with sets of these names and their manuals' folders."""
    for name, manual in names.items():
        write_manual(root / manual, MANUAL)
        (root / "questions").mkdir(exist_ok=True)
        files.write_lines(root / "questions" / f"{name}.jsonl", gold_lines())
    return root


def test_sets_are_found_with_their_manuals(tmp_path: Path) -> None:
    folder = beside(tmp_path, {"quay": "manuals/quay", "dev-2023": "manual-2023"})
    assert [(s.name, s.manual.relative_to(folder).as_posix(), s.counts) for s in away_sets(folder)] == [
        ("dev-2023", "manual-2023", False),
        ("quay", "manuals/quay", True),
    ]
    shutil.rmtree(folder / "manuals")
    with pytest.raises(UserError, match=r"quay\.jsonl have no manual: put it into .*manuals/quay\."):
        away_sets(folder)
    with pytest.raises(UserError, match=r"There are no questions in .*: name a folder"):
        away_sets(tmp_path / "manual-2023")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A question set of one's own, with its index, and other manuals beside it."""
    root = tmp_path_factory.mktemp("home")
    write_manual(root / "manual", MANUAL)
    files.write_lines(root / "questions.jsonl", gold_lines())
    (root / "limits.toml").write_text(f'{LIMITS}\n[away."macro mean"]\n"contact@1" = 0.9\n', "utf-8")
    reread(root / "manual", root / "index")
    beside(root / "others", {"quay": "manuals/quay", "dock": "manuals/dock", "dev-2023": "manual-2023"})
    ask = root / "others" / "manuals" / "dock" / ASK
    ask.write_text(ask.read_text("utf-8").replace("(#platform)", "(~~#platform~~ #moved)"), "utf-8")
    return root


def evaluated(home: Path, out: Path, progress: Progress = silent, **more: Any) -> tuple[int, str]:
    said: list[str] = []
    given = {"thresholds": home / "limits.toml", "metamorphic": False, "out": out, "away": home / "others", **more}
    options = Options(home / "questions.jsonl", home / "manual", **given)
    code = main_eval(home / "index", options, ingest=reread, say=said.append, progress=progress)
    return code, "\n".join(said)


def test_other_manuals_are_asked_scored_and_held_against_their_floor(home: Path, tmp_path: Path) -> None:
    stages: set[str] = set()
    code, said = evaluated(home, tmp_path / "run", lambda stage, _done, _total: stages.add(stage))
    assert stages == {"asking", *(f"asking about {name}" for name in ("dev-2023", "dock", "quay"))}
    found = files.read_json(Away, tmp_path / "run" / files.AWAY_TOTALS)
    assert found.counted == ("dock", "quay")
    right = {name: found.table[name]["contact@1"].value for name in ("quay", "dock", "dev-2023", MACRO)}
    assert right["quay"] == right["dev-2023"] == 1.0
    assert right["dock"] == pytest.approx(5 / 6)  # the channel moved, and gold wants the old one
    assert right[MACRO] == pytest.approx((1 + 5 / 6) / 2)
    assert found.table[MACRO]["support"].value == 1.0
    assert (code, "The gate is open" in said) == (0, True)
    assert "macro mean, unread" in said
    assert "macro mean, unread" in (tmp_path / "run" / files.REPORT).read_text("utf-8")
    kept = tmp_path / "run" / files.AWAY / "dock"
    assert {file.name for file in kept.iterdir()} >= {files.ANSWERS, files.ROWS, files.QUESTIONS, files.SETTINGS}
    assert sorted(index.name for index in (home / "index-away").iterdir()) == ["dev-2023", "dock", "quay"]


def test_a_mean_below_its_floor_closes_the_gate(home: Path, tmp_path: Path) -> None:
    (tmp_path / "limits.toml").write_text(f'{LIMITS}\n[away."macro mean"]\n"contact@1" = 0.95\n', "utf-8")
    code, said = evaluated(home, tmp_path / "run", thresholds=tmp_path / "limits.toml")
    assert code == 1
    assert "away macro mean: contact@1 is 0.917, below the floor of 0.950" in said


def test_without_other_manuals_it_says_so_and_goes_on_but_not_in_ci(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    code, said = evaluated(home, tmp_path / "a", away=tmp_path / "nowhere")
    assert code == 0
    assert (
        said.splitlines()[0]
        == f"There are no other manuals in {tmp_path / 'nowhere'}, so their questions are not asked."
    )
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("SHARED", "absent")
    assert evaluated(home, tmp_path / "b", away=tmp_path / "nowhere")[0] == 0
    monkeypatch.delenv("SHARED")
    with pytest.raises(UserError, match="is no folder: put the other manuals there, or say SHARED=absent"):
        evaluated(home, tmp_path / "c", away=tmp_path / "nowhere")
    assert not (tmp_path / "c").exists()


def test_bad_gold_is_refused_before_anything_is_asked(home: Path, tmp_path: Path) -> None:
    others = beside(tmp_path / "others", {"quay": "manuals/quay"})
    (others / "manuals" / "quay" / ASK).unlink()
    with pytest.raises(UserError, match="is not in the manual"):
        evaluated(home, tmp_path / "run", away=others)
    assert not (tmp_path / "run").exists()


def test_ci_asks_the_manuals_beside_the_project() -> None:
    said = (ROOT / "Makefile").read_text("utf-8")
    assert "--away $(AWAY)" in said
    assert "make eval" in (ROOT / ".ci" / "run").read_text("utf-8")
