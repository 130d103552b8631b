"""The pictures in `docs/screenshots/`: `make screenshots` makes them anew, from the starter manual, in Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from chromium import FLAGS
from serving import COMMAND, ROOT, chat_page, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Page

OUT = ROOT / "docs/screenshots"
WINDOWS = {"desktop": (1280, 800), "phone": (390, 844)}
SUBJECTS = {
    "start": "",
    "answer": "I need to rotate Fastly API keys, who do I tell?",
    "pair": "Who do I ask about the office coffee machine's firmware pipeline?",
    "nobody": "Who knows about kangaroo husbandry policy?",
    "decline": "What is the weather in Leeds?",
    "list": "What does Platform Engineering do?",
    "follow-up": "And out of hours?",
    "escalation": "Nobody on my team can work out why memory leaks, whom do we escalate to?",
    "directory": "platform engineering",
    "manual": "lost pass",
    "error": "Who renews TLS certificates?",
}


def main() -> int:
    """0 when all were made, 2 without a browser."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed: install it (on Debian: apt-get install chromium).", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder)
        subprocess.run([*COMMAND, "ingest", "corpus/", "--index", folder], cwd=ROOT, check=True, capture_output=True)
        with chat_page(index, free_port()) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            for window, (width, height) in WINDOWS.items():
                for theme in ("light", "dark"):
                    size = {"width": width, "height": height}
                    for subject, words in SUBJECTS.items():
                        context = browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")
                        page = context.new_page()
                        page.goto(address)
                        page.locator("button.example").first.wait_for()
                        SHOWN.get(subject, asked)(page, words)
                        page.wait_for_timeout(400)  # the tabs slide into place
                        page.screenshot(path=OUT / f"{window}-{theme}-{subject}.png")
                        context.close()
            browser.close()
    return 0


def asked(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".turn").wait_for()


def escalated(page: Page, question: str) -> None:
    asked(page, question)
    for tried in range(2):
        page.locator(".ladder .now button").click()
        page.locator(".ladder .tried").nth(tried).wait_for()
    page.locator(".turn").evaluate("turn => turn.scrollIntoView()")


def listed(page: Page, words: str) -> None:
    page.get_by_role("tab", name="Directory").click()
    page.locator(".listing:visible").get_by_role("searchbox").fill(words)
    page.locator(".row:visible summary").first.click()


def started(page: Page, _words: str) -> None:
    page.get_by_label("Your question").focus()


def followed(page: Page, question: str) -> None:
    asked(page, "Who renews TLS certificates?")
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".turn").nth(1).wait_for()


def searched(page: Page, words: str) -> None:
    page.get_by_role("tab", name="Manual").click()
    page.locator(".listing:visible").get_by_role("searchbox").fill(words)
    page.keyboard.press("Enter")
    page.locator(".passages > li").first.wait_for()


def cut_off(page: Page, question: str) -> None:
    page.route("**/component_server/**", lambda route: route.abort())
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("reached").wait_for()


SHOWN: dict[str, Callable[[Page, str], None]] = {
    "start": started,
    "follow-up": followed,
    "escalation": escalated,
    "directory": listed,
    "manual": searched,
    "error": cut_off,
}


if __name__ == "__main__":
    sys.exit(main())
