"""What is promised about the project itself: a small install, and targets that are really there."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest
from typer.main import get_command

from ui.cli import app

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
    asked = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    names = {re.split(r"[^\w.-]", line, maxsplit=1)[0].lower().replace("_", "-") for line in asked}
    assert names - pinned == {project["name"]}  # one extra takes in another


DOCS = tuple(sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "eval" / "README.md")))
MAP = ROOT / "docs" / "architecture.md"
FILE = re.compile(r"[\w*./-]+\.(?:py|yml|md|toml|json|jsonl|css|html)")


def rows_under(heading: str) -> list[list[str]]:
    """The cells of the table under a heading of the map, without its head."""
    section = MAP.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[1:]]


CHANGES = rows_under("To change X, open Y")


@pytest.mark.parametrize("row", CHANGES, ids=[row[0] for row in CHANGES])
def test_what_the_map_says_to_open_is_there(row: list[str]) -> None:
    """Every file, and in the file that was named last every name of code."""
    assert len(row) == 3
    named: list[str] = []
    for piece in re.findall(r"`([^`]+)`", " ".join(row[1:])):
        if FILE.fullmatch(piece):
            files = found(piece)
            assert files, f"{piece} is not there"
            named = names_in(files[0]) if files[0].suffix == ".py" else []
        elif re.fullmatch(r"[a-z]+(?:\.[a-z_]+)+", piece):
            assert found(f"{piece.replace('.', '/')}.py"), f"the module {piece} is not there"
        elif re.fullmatch(r"\w+", piece) and piece != "None":
            assert piece in named, f"{piece} is not in the file named before it"


def found(path: str) -> list[Path]:
    """The files that a path means, from the root of the project or from anywhere in it."""
    rooms = ("ingest", "assistant", "ui", "eval", "tests")
    return [*ROOT.glob(path), *(file for room in rooms for file in (ROOT / room).rglob(path))]


def names_in(module: Path) -> list[str]:
    """What a module defines or imports at its top."""
    names = []
    for node in ast.parse(module.read_text("utf-8")).body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                names.append(name)
            case ast.Assign(targets=targets):
                names += [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names += [alias.asname or alias.name for alias in aliases]
    return names


def test_what_the_docs_name_is_there() -> None:
    """Paths from the root (NAME stands for any name), modules by their file's name, and what `python -m` runs."""
    for doc in DOCS:
        text = doc.read_text("utf-8")
        spans = re.findall(r"`((?:assistant|bench|corpus|docs|eval|ingest|tests|ui)/[\w*./-]*)`", text)
        paths = {path.replace("NAME", "*") for path in spans if not path.startswith("eval/runs/")}
        modules = {path for path in FILE.findall(text) if path.endswith(".py")}
        run = re.findall(r"python -m ((?:assistant|eval|ingest)[\w.]*\w)", text)
        missing = {path for path in (*paths, *modules) if not found(path)}
        missing |= {name for name in run if not found(f"{name.replace('.', '/')}.py")}
        assert missing == set(), doc.name


def test_the_words_of_the_house_are_words_of_the_code() -> None:
    code = [file.read_text("utf-8") for room in ("ingest", "assistant") for file in (ROOT / room).rglob("*.py")]
    nodes = [node for text in code for node in ast.walk(ast.parse(text))]
    names = {
        str(getattr(node, part)) for node in nodes for part in ("name", "id", "attr", "arg") if hasattr(node, part)
    }
    used = {word.lower().removesuffix("s") for name in names for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}
    words = [word for row in rows_under("Words of this house") for word in row[0].split(", ")]
    assert len(words) > 20
    assert [word for word in words if word not in used] == []


def test_the_readme_lists_the_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme.split("\n## Commands\n")[1].split("\n## ")[0]
    listed = re.findall(r"^\| `whodoiask ([a-z]+)", table, flags=re.MULTILINE)
    assert sorted(listed) == sorted(get_command(app).commands)  # type: ignore[attr-defined]


def test_everything_that_the_rooms_read_is_packaged() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    patterns = tools["package-data"]["*"]
    for room in ("ingest", "assistant", "ui", "eval"):
        assert f"{room}*" in tools["packages"]["find"]["include"]
        for file in (ROOT / room).rglob("*"):
            kept = file.is_file() and "__pycache__" not in file.parts and "runs" not in file.parts
            if kept and file.suffix not in (".py", ".md"):
                assert any(file.match(pattern.removeprefix("**/")) for pattern in patterns), file
