"""The chat page for everybody: axe-core, the keyboard alone, narrow and wide windows, 200 % zoom, both themes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chromium import IN_CI, Opened, Watched
from test_page import ACCESS, CERTS, STUCK

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent / "browser/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def audit() -> Callable[[Watched, str], None]:
    """Asserts that axe-core finds nothing on a page as it stands."""
    if not AXE.is_file():
        if IN_CI:
            pytest.fail("axe-core is not installed, and CI must check the page with it: npm ci --prefix tests/browser")
        pytest.skip("axe-core is not installed: npm ci --prefix tests/browser")
    script = AXE.read_text("utf-8")

    def check(seen: Watched, where: str) -> None:
        seen.page.evaluate(script)
        found = seen.page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
        told = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]]
        assert (where, told) == (where, [])
        assert len(found["passes"]) > 10

    return check


@pytest.mark.parametrize(("theme", "size"), [("light", (1600, 900)), ("dark", (360, 740))])
def test_axe_finds_nothing(
    opened: Opened, corpus_page: str, audit: Callable[[Watched, str], None], theme: str, size: tuple[int, int]
) -> None:
    seen = opened(corpus_page, color_scheme=theme, viewport={"width": size[0], "height": size[1]})
    assert seen.page.evaluate("document.body.classList.contains('dark')") == (theme == "dark")
    audit(seen, "start")
    card = seen.ask(ACCESS)
    for summary in card.locator(".sources summary").all():
        summary.click()
    card.get_by_role("button", name="No", exact=True).click()
    audit(seen, "an answer, its sources and the feedback form open")
    seen.ask(STUCK)
    for _ in range(2):
        tried = seen.page.locator(".turn").nth(1).locator(".ladder .tried").count()
        seen.page.locator(".turn").nth(1).locator(".ladder .now button").click()
        seen.page.locator(".turn").nth(1).locator(".ladder .tried").nth(tried).wait_for()
    assert seen.page.locator(".handover").count() == 1
    audit(seen, "an escalation with its handover")
    assert seen.ask("What is the weather in Leeds?").locator(".plainly").count() == 1
    seen.page.get_by_label("Your question").fill("x" * 2001)
    seen.page.keyboard.press("Enter")
    audit(seen, "a decline, and a question that is too long")
    listing = seen.open_tab("Directory")
    listing.locator(".row summary").first.click()
    audit(seen, "the directory with a row open")
    seen.open_tab("Manual")
    audit(seen, "the manual")


@pytest.mark.parametrize("width", [360, 640, 1600])
def test_nothing_needs_scrolling_sideways(opened: Opened, corpus_page: str, width: int) -> None:
    """640 CSS pixels is a window of 1,280 at 200 % zoom."""
    seen = opened(corpus_page, viewport={"width": width, "height": 640})
    seen.ask("z" * 300)
    seen.ask(ACCESS).locator(".sources summary").first.click()
    _fits(seen, "an answer")
    seen.open_tab("Directory").locator(".row summary").first.click()
    _fits(seen, "the directory")
    seen.open_tab("Manual")
    _fits(seen, "the manual")


def _fits(seen: Watched, where: str) -> None:
    over = seen.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (where, over) == (where, 0)


def test_the_keyboard_reaches_everything_and_sees_where_it_is(opened: Opened, corpus_page: str) -> None:
    """At 200 % zoom, too: what has the focus is never behind the field at the foot."""
    seen = opened(corpus_page, viewport={"width": 640, "height": 500})
    seen.ask(ACCESS)
    controls = seen.page.evaluate(VISIBLE)
    seen.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached: list[Any] = []
    for _ in range(len(controls) + 20):
        seen.page.keyboard.press("Tab")
        now = seen.page.evaluate(FOCUSED)
        if now is None:
            continue
        assert now["seen"], now
        assert now["outlined"], now
        reached.append(now["label"])
        if len(set(reached)) >= len(set(controls)):
            break
    assert set(controls) <= set(reached)


VISIBLE = """() => [...document.querySelectorAll(
  '[role=tab], .ask button, .ask a, .ask summary, .ask input, .ask textarea, .ask pre[tabindex]')]
  .filter(e => e.offsetParent && e.checkVisibility())
  .map(e => e.getAttribute('aria-label') || e.id || e.innerText)"""
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body || !e.matches('[role=tab], .ask *')) return null;
  const box = e.getBoundingClientRect();
  const x = box.x + Math.min(8, box.width / 2), y = box.y + Math.min(8, box.height / 2);
  const top = document.elementFromPoint(x, y), style = getComputedStyle(e);
  return {label: e.getAttribute('aria-label') || e.id || e.innerText,
    seen: !!top && (e === top || e.contains(top) || top.contains(e) && !top.closest('.composer')),
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0};
}"""


def test_a_card_can_be_used_without_a_mouse(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    card = seen.ask(CERTS)
    card.get_by_role("button", name="Copy #govuk-platform-engineering").focus()
    seen.page.keyboard.press("Enter")
    card.get_by_text("Copied").wait_for()
    card.locator(".sources summary").first.focus()
    seen.page.keyboard.press("Space")
    assert card.locator("#t1-s1 pre").is_visible()
    card.locator(".ladder .now button").focus()
    seen.page.keyboard.press("Enter")
    seen.page.locator(".ladder .tried").wait_for()
    assert seen.page.locator(".unseen[role=status]").inner_text().startswith("Next: ")
