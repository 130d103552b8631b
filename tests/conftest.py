"""What many tests share: no network, one exported encoder, a small manual, and indexes made from it."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from ingest.build import ingest as run_ingest
from ingest.encoder.cache import encoder_of, folder_of
from ingest.encoder.model import find_model
from ingest.encoder.onnx import Encoder
from ingest.store.index import Index

pytest_plugins = ["chromium"]

ROOT = Path(__file__).resolve().parent.parent

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


SLOW_FILES = (
    "test_long_run",
    "test_real_manual",
    "test_page_server",
    "test_page",
    "test_encoder",
    "test_store",
    "test_action",
    "test_build",
    "test_long_pages",
    "test_page_answers",
    "test_cli",
    "test_http_door",
    "test_growth",
    "test_containers",
    "test_doors",
    "test_slack",
    "test_mcp",
    "test_cache",
    "test_assistant_changes",
    "test_no_contact_without_fact",
    "test_edits",
    "test_crashes",
    "test_upgrade",
    "test_eval_run",
    "test_model_hostile",
    "test_contract",
    "test_hostile_questions",
    "test_page_hostile",
    "test_page_access",
    "test_page_keyboard",
    "test_damage",
    "test_model",
    "test_explaining",
    "test_hostile_files",
    "test_asked_as",
    "test_accepting",
    "test_eval_metamorphic",
    "test_eval_oracle",
    "test_eval_away",
    "test_logs",
    "test_webhook",
    "test_assistant_hostile",
    "test_golden_replies",
    "test_model_bytes",
    "test_eval_ablation",
    "test_assistant_answers",
    "test_index",
    "test_backstage",
    "test_assistant_caveats",
)
"""Files whose tests read whole manuals, or run the program: `make test-quick` leaves them out. Roughly, those that take
longest come first: the page that runs for five minutes mostly waits, and in the end no worker is left alone."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where slow tests are left out their files are not imported either: that alone takes seconds."""
    return True if config.option.markexpr == "not slow" and collection_path.stem in SLOW_FILES else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: number for number, name in enumerate(SLOW_FILES)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))
    for item in items:
        if item.path.stem in place:
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


@pytest.fixture(scope="session", autouse=True)
def _one_cache(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All tests, and the programs that they start, share one exported encoder, which outlives them."""
    if pytestconfig.pluginmanager.hasplugin("cacheprovider") and pytestconfig.cache is not None:
        home = pytestconfig.cache.mkdir("whodoiask")
    else:
        home = tmp_path_factory.mktemp("whodoiask")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WHODOIASK_CACHE", str(home))
        yield


@pytest.fixture(scope="session")
def encoder(_one_cache: None) -> Encoder:
    """The default encoder."""
    return encoder_of(find_model(None))


@pytest.fixture(scope="session")
def encoder_home(encoder: Encoder) -> Path:
    """The folder of the default encoder."""
    return folder_of(encoder.digest)


@pytest.fixture(scope="session")
def new_index(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes empty index folders."""
    numbers = itertools.count()
    return lambda: tmp_path_factory.mktemp(f"index-{next(numbers)}")


@pytest.fixture
def index_folder(new_index: Callable[[], Path]) -> Path:
    """An empty index folder."""
    return new_index()


def write_manual(root: Path, files: dict[str, str]) -> Path:
    """Write files below a root, by relative path; returns the root."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def copy_of_project(root: Path) -> Path:
    """A clean copy of what is checked in, or is about to be, below a new root; returns the root."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True)
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
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


@pytest.fixture(scope="session")
def corpus_index(new_index: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the starter manual, for tests that only read it. It is made once for all workers; each has a copy,
    since a page writes into its index what readers say."""
    temporary = tmp_path_factory.getbasetemp()
    made = (temporary.parent if "PYTEST_XDIST_WORKER" in os.environ else temporary) / "corpus-index"
    with FileLock(f"{made}.lock"):
        if not (made / "current").exists():  # an ingest writes this file last
            run_ingest(str(ROOT / "corpus"), made, progress=silent)
    return Path(shutil.copytree(made, new_index(), dirs_exist_ok=True))


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
