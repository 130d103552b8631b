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
WINDOWS = {"desktop": (1200, 860), "phone": (390, 844)}
SUBJECTS = {
    "answer": "I need to rotate Fastly API keys, who do I tell?",
    "escalation": "Nobody on my team can work out why memory leaks, whom do we escalate to?",
    "decline": "What is the weather in Leeds?",
    "directory": "platform engineering",
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
                    context = browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")
                    for subject, words in SUBJECTS.items():
                        page = context.new_page()
                        page.goto(address)
                        page.locator("button.example").first.wait_for()
                        SHOWN.get(subject, asked)(page, words)
                        page.wait_for_timeout(400)  # the tabs slide into place
                        page.screenshot(path=OUT / f"{window}-{theme}-{subject}.png")
                        page.close()
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


SHOWN: dict[str, Callable[[Page, str], None]] = {"escalation": escalated, "directory": listed}


if __name__ == "__main__":
    sys.exit(main())
