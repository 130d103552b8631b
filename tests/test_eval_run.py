"""An evaluation from end to end, on a small manual with the real model: what it leaves, and what closes the gate."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import silent, write_manual
from test_eval_oracle import compared, grader

import assistant.rules
from assistant.errors import UserError
from assistant.flow import Assistant
from eval.answers import folder as files
from eval.answers.away import Ingest
from eval.answers.textbook import chunks_of
from eval.answers.textbook_recipe import first_contact
from eval.generated.deletion import deleted
from eval.generated.known import known_questions
from eval.run import Options, main_eval
from ingest.build import ingest as build

__all__ = ["grader"]  # a fixture, used below by its name

ASK = "source/manual/ask.html.md"
MANUAL = {
    "config/tech-docs.yml": "host: https://docs.example.org\n",
    ASK: (
        '---\nowner_slack: "#help-desk"\ntitle: Ask for help\n---\n\n'
        "## Teams and what they do\n\nThe Platform team (#platform):\n\n"
        "- looks after the servers on which everything runs\n- renews the certificates of our websites\n\n"
        "The Content team (#content):\n\n- corrects wrong wording on published pages\n\n"
        "## If your team is stuck\n\n"
        "When you and the people around you have run out of ideas, try these people in order:\n\n"
        "1. the Tech Lead on the team\n2. the Lead Developer\n3. the Lead Architect\n"
    ),
    "source/manual/dns.html.md": (
        '---\nowner_slack: "#dns-team"\ntitle: Change a DNS record\n---\n\n'
        "## Before you start\n\nSpeak to the Domains team (#domains) if you need a new zone.\n"
    ),
    "data/repos.yml": (
        "- repo_name: parcel-tracker\n  description: Shows where a parcel is.\n  type: Apps\n"
        '  team: "#parcels"\n  alerts_team: "#parcels-alerts"\n\n'
        '- repo_name: invoice-printer\n  description: Prints invoices.\n  type: Apps\n  team: "#invoices"\n'
    ),
}
ASKED = (
    ("responsibility-certificate", "Who renews the certificate of our website?", "#platform", ASK),
    ("responsibility-wording", "Who can correct the wording of a published page?", "#content", ASK),
    ("ownership-tracker", "Who owns parcel-tracker?", "#parcels", "data/repos.yml"),
    ("ownership-printer", "Who owns invoice-printer?", "#invoices", "data/repos.yml"),
    ("incident-alerts", "Who gets the alerts for parcel-tracker?", "#parcels-alerts", "data/repos.yml"),
    ("procedure-zone", "Whom do I speak to about a new zone?", "#domains", "source/manual/dns.html.md"),
)
EVIDENCE = {
    "responsibility-certificate": "renews the certificates of our websites",
    "responsibility-wording": "corrects wrong wording on published pages",
    "ownership-tracker": 'team: "#parcels"',
    "ownership-printer": 'team: "#invoices"',
    "incident-alerts": 'alerts_team: "#parcels-alerts"',
    "procedure-zone": "Speak to the Domains team (#domains) if you need a new zone.",
}
LIMITS = """
[questions.TOTAL]
"all right" = 1.0
"contact@1" = 1.0
grounded = 1.0
quotes = 1.0
evidence = 1.0
[most]
"wrong referral" = 0.0
"""


def reread(manual: Path, index: Path) -> None:
    build(str(manual), index, progress=silent)


def gold_lines() -> Iterator[dict[str, Any]]:
    for id_, question, contact, source in ASKED:
        yield {
            "id": id_,
            "kind": id_.split("-")[0],
            "history": [],
            "question": question,
            "outcome": "answer",
            "contacts_any": [[contact]],
            "contacts_all": [],
            "contacts_never": ["#help-desk"],
            "sources_any": [source],
            "steps_any": [],
            "evidence": EVIDENCE[id_],
            "note": "The page says so.",
        }
    yield {
        "contacts_any": [],
        "contacts_never": [],
        "steps_any": [],
        "history": [],
        "evidence": "",
        "note": "",
        "id": "escalation-stuck",
        "kind": "escalation",
        "question": "Nobody on my team can solve this bug. Who is next?",
        "outcome": "escalate",
        "contacts_all": [["tech lead"], ["lead developer"], ["lead architect"]],
        "sources_any": [ASK],
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manual, the questions on it, and the limits that it keeps."""
    root = tmp_path_factory.mktemp("eval")
    write_manual(root / "manual", MANUAL)
    files.write_lines(root / "questions.jsonl", gold_lines())
    (root / "limits.toml").write_text(LIMITS, "utf-8")
    return root


@pytest.fixture(scope="module")
def index(home: Path, new_index: Callable[[], Path]) -> Path:
    folder = new_index()
    reread(home / "manual", folder)
    return folder


@pytest.fixture
def evaluate(home: Path, index: Path, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Runs an evaluation into `tmp_path / name`: its exit code and what it printed."""

    usual = Options(home / "questions.jsonl", home / "manual", thresholds=home / "limits.toml", metamorphic=False)

    def run(name: str = "report", *, where: Path = index, ingest: Ingest | None = None, **more: Any) -> Any:
        said: list[str] = []
        options = replace(usual, out=tmp_path / name, **more)
        code = main_eval(where, options, ingest=ingest, say=said.append)
        return code, "\n".join(said)

    return run


Evaluate = Callable[..., tuple[int, str]]


def broken(said: str, metric: str) -> set[str]:
    """The questions that the gate names for a measure over all questions."""
    line = next(line for line in said.splitlines() if line.strip().startswith(f"TOTAL: {metric} is"))
    return set(line[line.index("(") + 1 : -1].split(", "))


def test_a_run_leaves_its_folder_and_the_gate_is_open(evaluate: Evaluate, tmp_path: Path) -> None:
    code, said = evaluate(metamorphic=True, ingest=reread)
    assert code == 0, said
    folder = tmp_path / "report"
    assert {file.name for file in folder.iterdir()} == {
        *(files.SETTINGS, files.QUESTIONS, files.ANSWERS, files.TIMINGS, files.PASSAGES, files.METAMORPHIC),
        *(files.ROWS, files.TOTALS, files.GATE, files.REPORT, files.SUMMARY, files.JUNIT),
    }
    settings = json.loads((folder / files.SETTINGS).read_text("utf-8"))
    assert settings["questions"]["number"] == 7
    assert len(settings["questions"]["sha256"]) == len(settings["index"]["digest"]) == 64
    assert "The gate is open: all 6 limits hold." in said
    forms = {json.loads(line)["form"] for line in (folder / files.METAMORPHIC).read_text("utf-8").splitlines()}
    assert forms == {"plain", "typo", "casing", "greeting", "padding", "deleted"}
    totals = json.loads((folder / files.TOTALS).read_text("utf-8"))
    assert totals["metamorphic"]["TOTAL"]["deleted"]["value"] == 1.0
    assert totals["metamorphic"]["TOTAL"]["plain"]["value"] == 1.0


def test_answers_and_rows_are_the_same_bytes_twice(evaluate: Evaluate, tmp_path: Path) -> None:
    for name in ("one", "two"):
        evaluate(name, metamorphic=True)
    for file in (files.ANSWERS, files.PASSAGES, files.ROWS, files.METAMORPHIC, files.QUESTIONS):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_totals_agree_with_an_independent_grader(
    evaluate: Evaluate, tmp_path: Path, home: Path, request: pytest.FixtureRequest
) -> None:
    judge = request.getfixturevalue("grader")
    evaluate()
    answers = {line["id"]: line for line in files.read_lines(tmp_path / "report" / files.ANSWERS)}
    compared(judge, files.read_questions(tmp_path / "report"), answers, home / "manual")


def test_a_team_that_moved_to_another_channel_closes_the_gate(
    evaluate: Evaluate, home: Path, new_index: Callable[[], Path], tmp_path: Path
) -> None:
    edited = shutil.copytree(home / "manual", tmp_path / "edited")
    page = edited / ASK
    page.write_text(page.read_text("utf-8").replace("#platform", "#engine-room"), "utf-8")
    moved = new_index()
    reread(edited, moved)
    code, said = evaluate(where=moved, manual=edited)
    assert code == 1
    assert "TOTAL: contact@1 is 0.833, below the floor of 1.000 (responsibility-certificate)" in said


def test_a_rule_that_is_off_closes_the_gate(evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [rule for rule in assistant.rules.RULES if rule.__name__ != "alerts_of_thing"]
    assert len(kept) == len(assistant.rules.RULES) - 1
    monkeypatch.setattr(assistant.rules, "RULES", tuple(kept))
    code, said = evaluate()
    assert code == 1
    assert broken(said, "contact@1") == {"incident-alerts"}


def test_citations_that_are_shuffled_close_the_gate(evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch) -> None:
    def shuffled(rule: Any) -> Any:
        def decide(case: Any) -> Any:
            verdict = rule(case)
            if verdict is None or not verdict.contacts:
                return verdict
            elsewhere = next(hit.fact.places for hit in case.found.facts if hit.fact.place.path.endswith("dns.html.md"))
            return replace(verdict, contacts=tuple(replace(c, places=elsewhere) for c in verdict.contacts))

        return decide if rule.__name__ == "owner_of_thing" else rule

    monkeypatch.setattr(assistant.rules, "RULES", tuple(map(shuffled, assistant.rules.RULES)))
    code, said = evaluate()
    assert code == 1
    assert broken(said, "grounded") == {"ownership-tracker", "ownership-printer"}


def test_an_edit_is_judged_by_its_answers(
    evaluate: Evaluate, home: Path, new_index: Callable[[], Path], tmp_path: Path
) -> None:
    evaluate("before")
    edited = shutil.copytree(home / "manual", tmp_path / "edited")
    page = edited / "data" / "repos.yml"
    page.write_text(page.read_text("utf-8").replace("#invoices", "#money"), "utf-8")
    moved = new_index()
    reread(edited, moved)
    code, said = evaluate("after", where=moved, manual=edited, against=tmp_path / "before" / files.REPORT)
    assert code == 1
    assert "1 of 7 answers changed: 0 better, 1 worse (p = 1.000" in said
    assert "gold without evidence: ownership-printer" in said
    found = json.loads((tmp_path / "after" / files.COMPARISON).read_text("utf-8"))
    assert found["worse"] == ["ownership-printer"]


def test_baselines_are_scored_by_the_same_measures(evaluate: Evaluate, tmp_path: Path) -> None:
    evaluate(baselines=True)
    totals = json.loads((tmp_path / "report" / files.TOTALS).read_text("utf-8"))
    names = ["words only", "vectors only", "fused without rules", "textbook chain"]
    assert list(totals["baselines"]) == names
    for name in names:
        total = totals["baselines"][name]["TOTAL"]
        assert total["outcome"]["n"] == 7
        assert total["quotes"]["value"] == 1.0
        answers = files.read_lines(tmp_path / "report" / f"answers.{name.replace(' ', '-')}.jsonl")
        keys = {tuple(answer) for answer in answers}
        assert len(keys) == 1
        assert keys == {tuple(json.loads((tmp_path / "report" / files.ANSWERS).read_text("utf-8").split("\n")[0]))}


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"questions": Path("gone.jsonl")}, "gone.jsonl cannot be read"),
        ({"thresholds": Path("gone.toml")}, "gone.toml cannot be read"),
        ({"against": Path("gone/report.html")}, "is no report of an earlier run: name a folder that holds"),
    ],
)
def test_bad_input_is_refused_before_anything_runs(
    evaluate: Evaluate, tmp_path: Path, given: Mapping[str, Path], complaint: str
) -> None:
    with pytest.raises(UserError, match=complaint):
        evaluate(**given)
    assert not (tmp_path / "report").exists()


def test_a_report_is_never_overwritten(evaluate: Evaluate, tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="is not empty: name a new one"):
        evaluate()


def test_deletion_sees_a_contact_that_an_index_would_not_forget(home: Path, index: Path) -> None:
    open_index = Assistant.open(index)
    try:
        known = [case for case in known_questions(open_index, seed=1) if case.kind == "repo owner"]
        kept = list(deleted(open_index, known, home / "manual", lambda _manual, _index: None, 1, silent))
        gone = list(deleted(open_index, known, home / "manual", reread, 1, silent))
    finally:
        open_index.index.close()
    assert len(known) == 2
    assert [each.held for each in kept] == [False, False]
    assert [each.held for each in gone] == [True, True]


def test_chunks_are_verbatim_and_know_their_lines(tmp_path: Path) -> None:
    text = "".join(f"Line {n} of a page that is long enough to be cut.\n\n" for n in range(1, 60))
    (tmp_path / "a.md").write_text(text, "utf-8")
    lines = text.split("\n")
    chunks = chunks_of(tmp_path, "a.md")
    assert len(chunks) > 2
    for chunk in chunks:
        first, last = chunk.metadata["first"], chunk.metadata["last"]
        assert chunk.page_content in "\n".join(lines[first - 1 : last])
        assert lines[first - 1] in chunk.page_content


@pytest.mark.parametrize(
    ("chunk", "contact"),
    [
        ("mail a@x.org or #ops", "a@x.org"),
        ("#ops or a@x.org", "#ops"),
        ("ping @ops-lead", "@ops-lead"),
        ("see guide.html#ops, x&#ops; or ##ops", None),
    ],
)
def test_the_first_contact_of_the_chunks(chunk: str, contact: str | None) -> None:
    assert first_contact(["# Title\nnothing", chunk]) == (contact and (1, contact))


def test_nothing_found_names_nobody() -> None:
    assert first_contact([]) is None
