"""What many tests share: no network, one exported encoder, a small manual, and indexes made from it."""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import ingest.encoder.model
from ingest.build import ingest as run_ingest
from ingest.encoder.onnx import Encoder
from ingest.store.index import ENCODERS, Index

pytest_plugins = ["chromium"]

SMALL_MANUAL = {
    "config/tech-docs.yml": "host: https://docs.example.org\n",
    "source/manual/dns.html.md": (
        '---\nowner_slack: "#dns-team"\ntitle: Change a DNS record\n---\n\n'
        "## Before you start\n\nSpeak to the Domains team (#domains) if you need a new zone.\n"
    ),
    "source/manual/rota.html.md": (
        '---\nowner_slack: "#rota-team"\ntitle: The support rota\n---\n\n'
        "## Swaps\n\nAsk in #rota-swaps when you cannot take your shift.\n"
    ),
    "source/manual/publishing.html.md": (
        '---\nowner_slack: "#publishing-team"\ntitle: Publish a page\n---\n\n'
        "## When it fails\n\nEmail publishing@example.org when a page does not appear.\n"
    ),
}


def silent(stage: str, done: int, total: int) -> None:
    """A progress that nobody watches."""


SLOW_FILES = frozenset(
    {
        "test_assistant_answers",
        "test_assistant_caveats",
        "test_assistant_changes",
        "test_assistant_hostile",
        "test_build",
        "test_cli",
        "test_contract",
        "test_encoder",
        "test_eval_ablation",
        "test_eval_metamorphic",
        "test_eval_oracle",
        "test_eval_run",
        "test_golden_replies",
        "test_index",
        "test_long_pages",
        "test_page",
        "test_page_access",
        "test_page_hostile",
        "test_page_server",
        "test_real_manual",
    }
)
"""Files whose tests read whole manuals, or run the program: `make test-quick` leaves them out."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem in SLOW_FILES:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def _sealed_network() -> Iterator[None]:
    """No test reaches another machine: a connection to anything but this one is an error."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _local_only(getattr(socket.socket, name)))
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


def _local_only(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    return guarded


@pytest.fixture(scope="session")
def encoder_home(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `encoders` folder with the default encoder in it, exported anew when the exporter changes."""
    assert ingest.encoder.model.__file__ is not None
    exporter = hashlib.sha256(Path(ingest.encoder.model.__file__).read_bytes()).hexdigest()[:12]
    if pytestconfig.pluginmanager.hasplugin("cacheprovider") and pytestconfig.cache is not None:
        home = pytestconfig.cache.mkdir(f"encoders-{exporter}")
    else:
        home = tmp_path_factory.mktemp("encoders")
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes, and one of them exports
        ingest.encoder.model.export(ingest.encoder.model.find_model(None), home)
    return home


@pytest.fixture(scope="session")
def encoder(encoder_home: Path) -> Encoder:
    """The default encoder."""
    return Encoder.open(ingest.encoder.model.export(ingest.encoder.model.find_model(None), encoder_home))


@pytest.fixture(scope="session")
def new_index(encoder_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes index folders that hold nothing but the encoder, so that no test exports it again."""
    numbers = itertools.count()

    def make() -> Path:
        folder = tmp_path_factory.mktemp(f"index-{next(numbers)}")
        (folder / ENCODERS).symlink_to(encoder_home, target_is_directory=True)
        return folder

    return make


@pytest.fixture
def index_folder(new_index: Callable[[], Path]) -> Path:
    """An index folder that holds nothing but the encoder."""
    return new_index()


def write_manual(root: Path, files: dict[str, str]) -> Path:
    """Write files below a root, by relative path; returns the root."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def small_manual(tmp_path: Path) -> Path:
    """Three pages with owners and contacts, outside git."""
    return write_manual(tmp_path / "small-manual", SMALL_MANUAL)


@pytest.fixture(scope="session")
def small_index(new_index: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the small manual, for tests that only read it (or copy it)."""
    folder = new_index()
    manual = write_manual(tmp_path_factory.mktemp("manual"), SMALL_MANUAL)
    run_ingest(str(manual), folder, progress=silent)
    return folder


@pytest.fixture
def reader(small_index: Path) -> Iterator[Index]:
    """The small manual's index, open."""
    index = Index.open(small_index)
    yield index
    index.close()


@pytest.fixture
def git(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs git as a fixed person on a fixed day, whatever this machine is set up for."""
    return runs_git(monkeypatch)


def runs_git(patch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The same for as long as the patch lasts."""
    for name, value in {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_AUTHOR_DATE": "2024-02-03T10:00:00+00:00",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
        "GIT_COMMITTER_DATE": "2024-02-03T10:00:00+00:00",
    }.items():
        patch.setenv(name, value)

    def run(folder: Path, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    return run
