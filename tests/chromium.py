"""A real Chromium for the tests of the page: one browser a file, a fresh profile and a watched page for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from filelock import FileLock
from harbour import MANUAL
from serving import ROOT, chat_page, free_port

from ingest.build import ingest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

IN_CI = os.environ.get("CI") == "true"
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Watched:
    """An open page, what it asked for, and what the browser complained of."""

    page: Page
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def ask(self, question: str) -> Locator:
        """Type a question, send it with Enter, and wait for its card."""
        cards = self.page.locator(".turn")
        before = cards.count()
        self.page.get_by_label("Your question").fill(question)
        self.page.keyboard.press("Enter")
        cards.nth(before).wait_for()
        return cards.nth(before)

    def open_tab(self, name: str) -> Locator:
        self.page.get_by_role("tab", name=name).click()
        shown = self.page.locator(".listing:visible")
        shown.wait_for()
        return shown


Opened = Callable[..., Watched]


@pytest.fixture(scope="session")
def corpus_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the starter manual, for tests that only read it: one for all of xdist's workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "corpus-index"
    with FileLock(f"{folder}.lock"):
        if not (folder / "current").exists():
            ingest(str(ROOT / "corpus"), folder, progress=lambda *_: None)
    return folder


@pytest.fixture(scope="session")
def corpus_page(corpus_index: Path) -> Iterator[str]:
    """The address of a chat page on the starter manual."""
    with chat_page(corpus_index, free_port()) as address:
        yield address


@pytest.fixture(scope="session")
def harbour(new_index: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a chat page on the harbour's manual."""
    folder, index = tmp_path_factory.mktemp("harbour"), new_index()
    for name, text in MANUAL.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    ingest(str(folder), index, progress=lambda *_: None)
    with chat_page(index, free_port()) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a file: as long as it runs, nothing else can have an event loop."""
    if CHROMIUM is None:
        if IN_CI:
            pytest.fail("Chromium is not installed, and CI must look at the page")
        pytest.skip("Chromium is not installed")
    # Imported here: most tests need no browser.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Opens pages, each in a browser profile of its own. In the end none of them asked another host, nor complained."""
    with ExitStack() as stack:
        yield lambda address, **context: stack.enter_context(watched(browser, address, context))


@contextmanager
def watched(browser: Browser, address: str, given: dict[str, Any]) -> Iterator[Watched]:
    """A page at `address` in a new profile, ready to be asked; `given` are Playwright's options of a context."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], **given)
    seen = Watched(context.new_page(), address)
    seen.page.on("request", lambda request: seen.asked.append(request.url))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on("console", lambda said: seen.complaints.append(said.text) if said.type == "error" else None)
    seen.page.on("dialog", lambda dialog: seen.complaints.append(f"dialog {dialog.message}"))
    seen.page.goto(address)
    seen.page.locator("button.example").first.wait_for()
    yield seen
    context.close()
    hosts = {urlsplit(url).netloc for url in seen.asked if urlsplit(url).scheme not in ("data", "blob")}
    assert hosts == {urlsplit(address).netloc}
    assert seen.complaints == []
