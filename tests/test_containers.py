"""The image and the compose file. Where no container engine is at hand, the steps of the Dockerfile are run in a clean
directory instead, and what it makes is used as its containers would use it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import yaml
from conftest import copy_of_project, write_manual
from serving import free_port
from storing import Chroma

ROOT = Path(__file__).resolve().parent.parent
USER = 10001
MANUAL = {"docs/ovens.md": "# Ovens\n\nAsk the Furnace team in #bakery-furnace when an oven is cold.\n"}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their arguments, continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line.strip()]


def stages() -> list[list[tuple[str, str]]]:
    """The instructions of each stage, after its FROM."""
    made: list[list[tuple[str, str]]] = []
    for name, rest in instructions():
        if name == "FROM":
            made.append([])
        else:
            made[-1].append((name, rest))
    return made


def ignored_but_for() -> list[str]:
    """What .dockerignore lets through."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert lines[0] == "*"
    return [line[1:] for line in lines if line.startswith("!")]


@dataclass
class Image:
    """A root that stands for the image's, with its environment."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)

    def there(self, text: str) -> str:
        """The image's paths as they are in the root."""
        return re.sub(r"(?<![\w.$}])/(?=(?:opt|src|index|manual)\b)", f"{self.root}/", text)

    def set(self, rest: str) -> None:
        for pair in shlex.split(rest):
            name, value = pair.split("=", 1)
            self.env[name] = self.there(value).replace("$PATH", self.env.get("PATH", os.environ["PATH"]))

    def build(self, context: Path, **env: str) -> None:
        """Run the first stage's steps, with the libraries of the tests in place of what would be downloaded."""
        folder = self.root
        for name, rest in stages()[0]:
            if name == "WORKDIR":
                folder = Path(self.there(rest))
                folder.mkdir(parents=True, exist_ok=True)
            elif name == "ENV":
                self.set(rest)
            elif name == "COPY":
                *given, target = rest.split()
                for each in given:
                    there = folder / target
                    if (context / each).is_dir():
                        shutil.copytree(context / each, there)
                    else:
                        shutil.copy(context / each, there)
            else:
                assert name == "RUN", name
                done = self.step(rest, folder, **env)
                assert done.returncode == 0, (rest, done.stderr[-2000:])
                if "-m venv" in rest and env:
                    self.lend_libraries()

    def step(self, command: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
        # The image's python is a bare one: no environment of this machine's before it.
        bare = {"HOME": str(self.root), "PATH": f"{Path(sys.base_prefix) / 'bin'}:{os.defpath}"}
        return subprocess.run(
            ["sh", "-c", self.there(command)],
            cwd=folder,
            env={**bare, **self.env, **env},
            check=False,
            capture_output=True,
            text=True,
        )

    def lend_libraries(self) -> None:
        """What is installed where the tests run is found from the new environment; nothing is downloaded."""
        site = self.root / "opt/whodoiask/lib/python3.11/site-packages"
        for old in site.glob("setuptools*"):
            shutil.rmtree(old)
        libraries = [path for path in dict.fromkeys(sys.path) if path.endswith("site-packages")]
        (site / "libraries.pth").write_text("\n".join(libraries) + "\n", "utf-8")

    def with_volume(self, name: str, **env: str) -> Image:
        """The same with a volume of its own at /index, and more of an environment."""
        volume = self.root / name
        volume.mkdir()
        if os.geteuid() == 0:
            os.chown(volume, USER, USER)
        moved = {key: value.replace(f"{self.root}/index", str(volume)) for key, value in self.env.items()}
        return Image(self.root, {**moved, **env})

    def as_user(self, *command: str) -> list[str]:
        """The command as the image's user, where the tests may choose one."""
        ids = ["--reuid", str(USER), "--regid", str(USER), "--clear-groups"]
        return ["setpriv", *ids, *command] if os.geteuid() == 0 and shutil.which("setpriv") else list(command)


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The root after all steps of both stages that do not install packages of the system."""
    # pytest closes its own folders to other users, and the image's user is one.
    with tempfile.TemporaryDirectory(prefix="whodoiask-image-") as folder:
        Path(folder).chmod(0o755)
        yield prepared(Path(folder))


def prepared(home: Path) -> Image:
    made = Image(home)
    made.build(copy_of_project(home / "context"), PIP_NO_INDEX="1", PIP_NO_BUILD_ISOLATION="0")
    last = Image(home)
    for name, rest in stages()[1]:
        if name == "ENV":
            last.set(rest)
    last.env["HOME"] = str(home / "tmp")
    (home / "tmp").mkdir()
    if os.geteuid() == 0:
        os.chown(home / "tmp", USER, USER)
    # Of the libraries that the image leaves out, none may be asked for.
    removed = re.search(r"for each in ([\w ]+);", (ROOT / "Dockerfile").read_text("utf-8"))
    assert removed is not None
    (home / "without").mkdir()
    (home / "without" / "sitecustomize.py").write_text(
        "import sys\n"
        f"GONE = {removed[1].split()}\n"
        "class Gone:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in GONE:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Gone())\n",
        "utf-8",
    )
    last.env["PYTHONPATH"] = str(home / "without")
    return last


def run(image: Image, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = str(image.root / "opt/whodoiask/bin/whodoiask")
    return subprocess.run(
        image.as_user(program, *arguments),
        cwd=image.root,
        env={**image.env, "TMPDIR": str(image.root / "tmp")},
        check=False,
        capture_output=True,
        text=True,
    )


@contextmanager
def page(image: Image) -> Iterator[int]:
    """A page of the image's, on a port of its own."""
    port = free_port()
    program = str(image.root / "opt/whodoiask/bin/whodoiask")
    with subprocess.Popen(
        image.as_user(program, "chat", "--open", "--port", str(port)),
        cwd=image.root,
        env={**image.env, "TMPDIR": str(image.root / "tmp")},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"Chat page: http://127.0.0.1:{port}\n"
            yield port
        finally:
            process.terminate()
            process.wait(30)


def files_of(root: Path) -> dict[str, float]:
    """Each file of the image with the moment of its last change, but for what may be written."""
    found = (path for path in root.rglob("*") if path.relative_to(root).parts[0] in ("opt", "manual"))
    return {str(path): path.lstat().st_mtime for path in found}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[str]:
    """The address of a Chroma server."""
    chroma = Chroma(tmp_path / "chroma")
    chroma.start()
    yield chroma.url
    chroma.stop()


def test_two_pages_answer_from_what_one_ingest_published(image: Image, store: str, git: Callable[..., str]) -> None:
    """As the compose file has it: each with a volume of its own, and nothing in common but the server."""
    manual = write_manual(image.root / "manual", MANUAL)
    git(manual, "init", "--quiet")
    git(manual, "add", ".")
    git(manual, "commit", "--quiet", "-m", "Write it down")
    before = files_of(image.root)
    ingest, *pages = (image.with_volume(name, WHODOIASK_STORE=store) for name in ("ingest", "page-1", "page-2"))
    done = run(ingest, "ingest", str(manual))
    assert done.returncode == 0, done.stderr
    with page(pages[0]) as one, page(pages[1]) as two:
        healthy = next(rest for name, rest in stages()[1] if name == "HEALTHCHECK")
        check = json.loads(healthy[healthy.index("CMD ") + 4 :])
        for port in (one, two):
            command = [each.replace(":7860", f":{port}") for each in check]
            python = str(image.root / "opt/whodoiask/bin/python")
            subprocess.run([python, *command[1:]], check=True, env=image.env)
        question = json.dumps({"question": "An oven is cold, whom do I ask?"}).encode()
        answers = set()
        for port in (one, two):
            asked = Request(f"http://127.0.0.1:{port}/api/answer", question, {"Content-Type": "application/json"})
            with urlopen(asked, timeout=20) as reply:  # noqa: S310
                answers.add(reply.read())
        (answer,) = (json.loads(each) for each in answers)
        assert answer["contacts"][0]["address"] == "#bakery-furnace"
        assert answer["sources"][0]["updated"].startswith("2024-02-03")  # git reads a manual that is somebody else's
        assert files_of(image.root) == before, "a read-only root would have refused a write"
    unsaid = run(pages[0], *json.loads(next(rest for name, rest in stages()[1] if name == "CMD")))
    assert (unsaid.returncode, "--auth-file" in unsaid.stderr) == (2, True), unsaid.stderr


def test_the_image_is_as_it_is_told_to_be() -> None:
    last = dict(stages()[1])
    assert last["USER"] == str(USER)
    assert "/healthz" in last["HEALTHCHECK"]
    assert last["ENTRYPOINT"] == '["whodoiask"]'
    copied = [each for name, rest in stages()[0] if name == "COPY" for each in rest.split()[:-1]]
    assert set(copied) == set(ignored_but_for())
    assert all((ROOT / each).exists() for each in copied)


def test_the_compose_file_fits_the_image() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    services = compose["services"]
    assert set(services) == {"chroma", "ingest", "page-1", "page-2"}
    server = services.pop("chroma")
    assert server["image"] == f"chromadb/chroma:{version('chromadb')}"
    assert "ports" not in server
    for name, service in services.items():
        assert service["image"] == "whodoiask"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert f"{name}:/index" in service["volumes"], "each has a folder of its own"
        assert service["environment"] == {"WHODOIASK_STORE": "http://chroma:8000"}
        if name != "ingest":
            assert service["depends_on"] == {"ingest": {"condition": "service_completed_successfully"}}
            assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert services["ingest"]["command"] == ["ingest", "/manual"]


def test_the_linter_finds_nothing() -> None:
    linter = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if linter is None:
        pytest.skip("hadolint is not installed")
    subprocess.run([linter, ROOT / "Dockerfile"], check=True)
