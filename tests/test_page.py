"""The chat page: a real server in a process of its own, a real browser, the real API."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from serving import COMMAND, QUESTION, ROOT, call, chat_page, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Page

IN_CI = os.environ.get("CI") == "true"
CHROMIUM = shutil.which("chromium")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address(small_index: Path) -> Iterator[str]:
    with chat_page(small_index, free_port()) as found:
        yield found


@pytest.fixture
def page(address: str, tmp_path: Path) -> Iterator[Page]:
    """The open page in Chromium. Afterwards: it asked no other host, and the browser had no complaint."""
    if CHROMIUM is None:
        if IN_CI:
            pytest.fail("Chromium is not installed, and CI must look at the page")
        pytest.skip("Chromium is not installed")
    # Imported here: the other tests of this file need no browser.
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=CHROMIUM_FLAGS
        )
        opened = context.new_page()
        opened.on("request", lambda request: asked.append(request.url))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        opened.goto(address)
        yield opened
        context.close()
    hosts = {urlsplit(url).netloc for url in asked if urlsplit(url).scheme not in ("data", "blob")}
    assert hosts == {urlsplit(address).netloc}
    assert complaints == []


@pytest.mark.browser
def test_an_example_is_answered_with_its_sources(page: Page, small_index: Path) -> None:
    example = page.locator("button.example").first
    example.wait_for()
    question = example.inner_text().strip()
    answer = json.loads(
        subprocess.run(
            [*COMMAND, "ask", question, "--json", "--index", small_index],
            capture_output=True,
            check=True,
            cwd=ROOT,
            text=True,
        ).stdout
    )
    example.click()
    contact = answer["contacts"][0]
    page.locator(".message.bot", has_text=contact["address"] or contact["name"]).first.wait_for()
    for source in answer["sources"]:
        page.locator(".message.bot", has_text=source["path"]).first.wait_for()
        page.locator(".message.bot code", has_text=source["quote"].splitlines()[0]).first.wait_for()


@pytest.mark.browser
def test_what_is_wrong_is_said_in_the_chat_and_the_next_question_is_answered(page: Page) -> None:
    box = page.get_by_role("textbox")
    box.fill("x" * 2001)
    box.press("Enter")
    page.get_by_text("2,001").wait_for()
    box.fill(QUESTION)
    box.press("Enter")
    page.locator(".message.bot", has_text="#domains").first.wait_for()


def test_the_api_gives_what_the_command_gives(address: str, small_index: Path) -> None:
    printed = subprocess.run(
        [*COMMAND, "ask", QUESTION, "--history", "Who owns DNS?", "--json", "--index", small_index],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    ).stdout
    event, data = call(address, QUESTION, ["Who owns DNS?"]).strip().split("\n")
    assert event == "event: complete"
    assert json.loads(json.loads(data.removeprefix("data: "))[0]) == json.loads(printed)


@pytest.mark.parametrize("data", [("", []), ("x" * 2001, []), (5, []), (QUESTION, "before"), (QUESTION, [1])])
def test_the_api_says_what_is_wrong(address: str, data: tuple[object, ...]) -> None:
    said = call(address, *data)
    assert said.startswith("event: error")
    assert "Traceback" not in said


def test_a_changed_manual_is_answered_without_a_restart(small_manual: Path, index_folder: Path) -> None:
    ingest = [*COMMAND, "ingest", str(small_manual), "--index", str(index_folder)]
    subprocess.run(ingest, capture_output=True, check=True, cwd=ROOT)
    with chat_page(index_folder, free_port()) as address:
        assert "#domains" in call(address, QUESTION, [])
        dns = small_manual / "source/manual/dns.html.md"
        dns.write_text(dns.read_text("utf-8").replace("#domains", "#names-and-zones"), "utf-8")
        subprocess.run(ingest, capture_output=True, check=True, cwd=ROOT)
        after = call(address, QUESTION, [])
    assert "#names-and-zones" in after
    assert "#domains" not in after


def test_the_policy_keeps_the_browser_at_home(address: str) -> None:
    with urlopen(address, timeout=30) as reply:  # noqa: S310
        policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self' data: blob: ")
    assert "http" not in policy
    assert "*" not in policy


def test_a_port_in_use_is_a_sentence(address: str, small_index: Path) -> None:
    port = str(urlsplit(address).port)
    done = subprocess.run(
        [*COMMAND, "chat", "--port", port, "--index", small_index],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr


ALONE = """
import fcntl, socket, struct, subprocess, sys, urllib.request
# Nothing is up in a new namespace; this is `ip link set lo up`.
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))
page = subprocess.Popen([sys.executable, "-m", "ui.cli", *sys.argv[1:]], stdout=subprocess.PIPE, text=True)
address = page.stdout.readline().removeprefix("Chat page: ").strip()
print(urllib.request.urlopen(address, timeout=30).status)
page.terminate()
"""


def test_the_page_needs_no_network(small_index: Path) -> None:
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        if IN_CI:
            pytest.fail("unshare -rn is not permitted here, and CI must prove that nothing calls out")
        pytest.skip("unshare -rn is not permitted here")
    chat = ["chat", "--index", small_index]
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, "-c", ALONE, *chat],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "200\n", "")
