"""The action that a manual's repository calls: the steps of `action.yml` themselves, run as a runner runs them, on an
example repository in a clean directory."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import copy_of_project, write_manual

ROOT = Path(__file__).resolve().parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = [step for step in ACTION["runs"]["steps"] if "run" in step]
EXAMPLE = {
    "mkdocs.yml": "site_name: Bakery handbook\nsite_url: https://bakery.example\n",
    "docs/ovens.md": (
        "---\ntitle: Ovens\nowner: '#bakery-ovens'\n---\n\n## When one is cold\n\n"
        "Ask the Furnace team in #bakery-furnace when an oven is cold.\n"
    ),
    "docs/help.md": "# Get help\n\n## Escalation path\n\n1. Shift lead\n2. Head baker\n",
}
GOLD = {
    "id": "procedure-01-cold-oven",
    "kind": "procedure",
    "history": [],
    "question": "An oven is cold, whom do I ask?",
    "outcome": "answer",
    "contacts_any": [["#bakery-furnace", "Furnace team"]],
    "contacts_all": [],
    "contacts_never": [],
    "sources_any": ["docs/ovens.md"],
    "steps_any": [],
    "evidence": "when an oven is cold",
    "note": "The one statement on cold ovens.",
}


@dataclass
class Ran:
    """What a run of the action left."""

    code: int
    said: str
    summary: str
    outputs: dict[str, str] = field(default_factory=dict)


def filled(value: str, known: Mapping[str, str]) -> str:
    """A value with the runner's expressions worked out; one that is not known is an error."""
    return re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: known[found[1]], value)


def run_step(
    step: dict[str, Any], folder: Path, known: Mapping[str, str], **env: str
) -> subprocess.CompletedProcess[str]:
    """One step of the action as a runner runs it: with the Python of `known`, and nothing of the one of the tests."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    script = Path(known["runner.temp"]) / "step.sh"
    script.parent.mkdir(exist_ok=True)
    script.write_text(step["run"], "utf-8")
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
        cwd=folder,
        env={
            **own,
            "PATH": f"{known['python']}:{os.environ['PATH']}",
            **env,
            **{name: filled(value, known) for name, value in step["env"].items()},
        },
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean copy of what is checked in (or about to be), installed by the action's first step into a fresh Python."""
    home = tmp_path_factory.mktemp("action")
    copy_of_project(home / "source")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home / "python"], check=True)
    libraries = [path for path in dict.fromkeys(sys.path) if path.endswith("site-packages")]
    there = Path(sysconfig.get_path("purelib", vars={"base": str(home / "python")}))
    (there / "libraries.pth").write_text("\n".join(libraries) + "\n", "utf-8")
    known = {"github.action_path": str(home / "source"), "runner.temp": str(home), "python": str(home / "python/bin")}
    # What is installed here already need not come from anywhere.
    done = run_step(STEPS[0], home, known, PIP_NO_INDEX="1", PIP_NO_BUILD_ISOLATION="0")
    assert done.returncode == 0, done.stderr
    assert (home / "python" / "bin" / "whodoiask").is_file()
    return home


@pytest.fixture
def run(action: Path, tmp_path: Path, git: Callable[..., str]) -> Callable[..., Ran]:
    """Runs the steps after the installation on an example repository with these files more."""

    def ran(more: dict[str, str], **inputs: str) -> Ran:
        repository = write_manual(tmp_path / "repository", {**EXAMPLE, **more})
        git(repository, "init", "--quiet")
        git(repository, "add", ".")
        git(repository, "commit", "--quiet", "--allow-empty", "-m", "Write it down")
        given = {name: each.get("default", "") for name, each in ACTION["inputs"].items()} | inputs
        known = {f"inputs.{name}": value for name, value in given.items()}
        known |= {"runner.temp": str(tmp_path / "temp"), "python": str(action / "python" / "bin")}
        summary, outputs = tmp_path / "summary", tmp_path / "outputs"
        for file in (summary, outputs):
            file.write_text("", "utf-8")
        for step in STEPS[1:]:
            done = run_step(step, repository, known, GITHUB_STEP_SUMMARY=str(summary), GITHUB_OUTPUT=str(outputs))
            if done.returncode:
                break
        left = dict(line.split("=", 1) for line in outputs.read_text("utf-8").splitlines())
        return Ran(done.returncode, done.stdout + done.stderr, summary.read_text("utf-8"), left)

    return ran


def test_no_input_stands_in_a_script() -> None:
    assert len(STEPS) == 3
    for step in STEPS:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_the_whole_action_reads_asks_and_tells(run: Callable[..., Ran]) -> None:
    done = run({"whodoiask-questions.jsonl": json.dumps(GOLD) + "\n"})
    assert done.code == 0, done.said
    assert "## The manual" in done.summary
    assert "    pages     2" in done.summary
    assert "## Evaluation of the answers" in done.summary
    facts = [json.loads(line) for line in Path(done.outputs["facts"]).read_text("utf-8").splitlines()]
    assert any(fact["contacts"][0]["address"] == "#bakery-furnace" for fact in facts if fact["contacts"])
    assert (Path(done.outputs["report"]) / "report.html").is_file()


def test_a_question_that_is_no_longer_answered_right_closes_the_gate(run: Callable[..., Ran]) -> None:
    wrong = {**GOLD, "id": "procedure-02-cold-oven", "contacts_any": [["#bakery-delivery"]]}
    both = "".join(json.dumps(each) + "\n" for each in (GOLD, wrong))
    done = run({"whodoiask-questions.jsonl": both})
    assert done.code == 1, done.said
    assert "procedure-02-cold-oven" in done.summary
    assert run({"whodoiask-questions.jsonl": both}, least="0.5").code == 0


def test_without_questions_that_is_said(run: Callable[..., Ran]) -> None:
    done = run({})
    assert done.code == 0, done.said
    assert "There is no whodoiask-questions.jsonl, so nothing was asked." in done.summary


def test_what_is_wrong_is_on_the_jobs_page(run: Callable[..., Ran]) -> None:
    done = run({"whodoiask-questions.jsonl": "{}\n"})
    assert done.code == 2, done.said
    assert "whodoiask-questions.jsonl" in done.summary
    done = run({}, manual="nowhere; touch pwned")
    assert done.code == 2, done.said
    assert "nowhere; touch pwned" in done.summary


def test_what_the_docs_show_was_printed(action: Path, tmp_path: Path) -> None:
    told = (ROOT / "docs" / "github.md").read_text("utf-8")
    assert json.loads(told.split("```json\n")[1].split("\n```")[0]) == GOLD
    assert set(re.findall(r"^\| `(\w+)`", told, flags=re.MULTILINE)) == set(ACTION["inputs"])
    manual = write_manual(tmp_path / "manual", EXAMPLE)
    program, index = action / "python" / "bin" / "whodoiask", ("--index", tmp_path / "index")
    subprocess.run([program, "ingest", manual, *index], check=True, capture_output=True)
    printed = subprocess.run([program, "directory", "--backstage", *index], check=True, capture_output=True, text=True)
    assert told.split("```yaml\n")[2].split("```")[0] == printed.stdout
