"""What is promised about the project itself: a small install, and targets that are really there."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_nothing_for_graphics_cards_is_installed() -> None:
    names = sorted({found.metadata["Name"].lower() for found in distributions()})
    assert [name for name in names if re.match(r"(nvidia|cuda)\b|triton$", name)] == []


def test_torch_is_the_build_for_cpus() -> None:
    # Read, not imported: the import takes seconds and every other test does without it.
    version = Path(str(distribution("torch").locate_file("torch/version.py")))
    stated = {
        node.target.id: ast.literal_eval(node.value)
        for node in ast.parse(version.read_text("utf-8")).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None
    }
    assert stated["cuda"] is None


def test_the_makefile_installs_the_torch_that_is_declared() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    torch = [line for line in wanted if re.match(r"torch\b", line)]
    assert len(torch) == 1
    assert re.fullmatch(r"torch==[0-9.]+", torch[0]), "the Makefile reads one exact version from this line"


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))


def test_every_target_is_phony_and_explained() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)
    assert phony is not None
    # `eval` and `ingest` are folders too: without this, make would call them done.
    assert set(phony[1].split()) == targets()
    assert set(re.findall(r"^([a-z][a-z-]*):.*## ", makefile, flags=re.MULTILINE)) == targets()


def test_the_targets_that_the_readme_names_are_there() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    code = re.findall(r"```.*?```|`[^`\n]+`", readme, flags=re.DOTALL)
    named = {name for piece in code for name in re.findall(r"\bmake ([a-z][a-z-]*)", piece)}
    assert named
    assert named <= targets()


def test_what_is_installed_is_pinned() -> None:
    pinned = {
        re.split("==", line)[0].lower().replace("_", "-") for line in (ROOT / "constraints.txt").read_text().split()
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[^\w.-]", line, maxsplit=1)[0].lower().replace("_", "-") for line in asked}
    assert names - pinned == set()
