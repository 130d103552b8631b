"""The chat page for everybody: axe-core, the keyboard alone, narrow and wide windows, 200 % zoom, both themes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chromium import IN_CI, Opened, Watched
from test_page import ACCESS, CERTS, STUCK

pytestmark = pytest.mark.browser
PAIR = "Who do I ask about the office coffee machine's firmware pipeline?"
SEVERAL = "Who owns whitehall, and who renews TLS certificates?"
AXE = Path(__file__).parent / "browser/node_modules/axe-core/axe.min.js"
REVIEWED = {
    "nonBmp": "the dots beside how sure an answer is: hidden from screen readers, and of the colour of the words there",
    "elmPartiallyObscuring": "a contact marked in a quoted line: 13 : 1 on its own ground, in the dark 6 : 1",
}
"""What axe-core cannot decide by itself, by its key, and what a person saw there."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def audit() -> Callable[[Watched, str], None]:
    """Asserts that axe-core finds nothing on a page as it stands, in a wide window and in a narrow one."""
    if not AXE.is_file():
        if IN_CI:
            pytest.fail("axe-core is not installed, and CI must check the page with it: npm ci --prefix tests/browser")
        pytest.skip("axe-core is not installed: npm ci --prefix tests/browser")
    script = AXE.read_text("utf-8")

    def check(seen: Watched, where: str) -> None:
        seen.page.evaluate(script)
        for width, height in ((1600, 900), (360, 740)):
            seen.page.set_viewport_size({"width": width, "height": height})
            # At the foot of the page the field lies where it belongs: what it covers by half is no target.
            seen.page.evaluate("window.scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })")
            found = seen.page.evaluate(
                "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations', 'incomplete'] })", RULES
            )
            told = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]]
            assert (where, width, told) == (where, width, [])
            assert len(found["passes"]) > 10
            undecided = [
                (one["id"], node["html"][:200], _key(node)) for one in found["incomplete"] for node in one["nodes"]
            ]
            assert [one for one in undecided if one[2] not in REVIEWED] == []

    return check


def _key(node: dict[str, Any]) -> str:
    """Why axe-core left a node undecided."""
    data = [check["data"] for kind in ("any", "all", "none") for check in node[kind]]
    return next((str(one["messageKey"]) for one in data if isinstance(one, dict) and one.get("messageKey")), str(data))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(opened: Opened, corpus_page: str, audit: Callable[[Watched, str], None], theme: str) -> None:
    seen = opened(corpus_page, color_scheme=theme)
    assert seen.page.evaluate("document.body.classList.contains('dark')") == (theme == "dark")
    audit(seen, "start")
    card = seen.ask(ACCESS)
    for summary in card.locator(".sources summary").all():
        summary.click()
    card.get_by_role("button", name="No", exact=True).click()
    audit(seen, "an answer without a channel, its sources and the feedback form open")
    assert seen.ask(PAIR).locator(".pair").count() == 1
    seen.ask(SEVERAL)
    audit(seen, "a pair, and several questions at once")
    seen.ask(STUCK)
    stuck = seen.page.locator(".turn").last
    for tried in range(2):
        stuck.locator(".ladder .now button").click()
        stuck.locator(".ladder .tried").nth(tried).wait_for()
    assert seen.page.locator(".handover").count() == 1
    audit(seen, "an escalation with its handover")
    assert seen.ask("What is the weather in Leeds?").locator(".plainly").count() == 1
    seen.page.get_by_label("Your question").fill("x" * 2001)
    seen.page.keyboard.press("Enter")
    audit(seen, "a decline, and a question that is too long")
    listing = seen.open_tab("Directory")
    listing.locator(".row summary").first.click()
    audit(seen, "the directory with a row open")
    manual = seen.open_tab("Manual")
    manual.get_by_role("searchbox").fill("lost pass")
    manual.get_by_role("button", name="Search").click()
    manual.locator(".passages > li").first.wait_for()
    audit(seen, "the manual with passages found")
    seen.page.get_by_role("tab", name="Ask").click()
    seen.page.get_by_role("button", name="New conversation").click()
    audit(seen, "an earlier conversation in the list")


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


@pytest.mark.parametrize("height", [400, 500])
def test_the_keyboard_reaches_everything_and_sees_where_it_is(opened: Opened, corpus_page: str, height: int) -> None:
    """In a window of 1,280 at 200 % zoom: what has the focus is never behind the field at the foot."""
    seen = opened(corpus_page, viewport={"width": 640, "height": height}, device_scale_factor=2)
    card = seen.ask(ACCESS)
    card.locator(".sources summary").first.click()
    for rung in range(2):
        card.locator(".ladder .now button").click()
        card.locator(".ladder .tried").nth(rung).wait_for()
    card.get_by_role("button", name="No", exact=True).click()
    assert card.locator(".handover pre").is_visible()
    _reached_both_ways(seen)
    listing = seen.open_tab("Directory")
    listing.get_by_role("searchbox").fill("platform engineering")
    listing.locator(".row:visible summary").first.click()
    _reached_both_ways(seen)


def _reached_both_ways(seen: Watched) -> None:
    """All that can be used is reached by Tab, and left again; then backwards by Shift and Tab."""
    controls = set(seen.page.evaluate(VISIBLE))
    assert len(controls) > 10
    seen.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    for key in ("Tab", "Shift+Tab"):
        reached: set[str] = set()
        for _ in range(3 * len(controls)):
            seen.page.keyboard.press(key)
            now: Any = seen.page.evaluate(FOCUSED)
            if now is None:
                continue
            assert now["seen"], now
            assert now["outlined"], now
            reached.add(now["label"])
            if controls <= reached:
                break
        assert controls <= reached, controls - reached


# Each with its place among all of them, because several sources have the same name; of radio buttons, Tab stops at one.
CONTROLS = """[...document.querySelectorAll('[role=tab], .ask button, .ask a, .ask summary, .ask input, .ask textarea,'
  + ' .ask pre[tabindex], .ask blockquote, .listing a, .listing summary, .listing input, .listing button,'
  + ' .listing blockquote')]"""
VISIBLE = f"""() => {CONTROLS}
  .map((e, n) => [e, n + ' ' + (e.getAttribute('aria-label') || e.id || e.innerText)])
  .filter(([e]) => e.offsetParent && e.checkVisibility() && (e.type !== 'radio' || e.checked))
  .map(([e, label]) => label)"""
FOCUSED = f"""() => {{
  const e = document.activeElement, n = {CONTROLS}.indexOf(e);
  if (n < 0) return null;
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const x = box.x + Math.min(8, box.width / 2);
  const uncovered = [.1, .3, .5, .7, .9].some(part => {{
    const top = document.elementFromPoint(x, box.y + part * box.height);
    return top && (e === top || e.contains(top) || top.contains(e) && !top.closest('.composer'));
  }});
  return {{label: n + ' ' + (e.getAttribute('aria-label') || e.id || e.innerText), seen: uncovered,
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0}};
}}"""


def test_a_card_can_be_used_without_a_mouse(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    card = seen.ask(CERTS)
    card.get_by_role("button", name="Copy #govuk-platform-engineering").focus()
    seen.page.keyboard.press("Enter")
    card.get_by_text("Copied").wait_for()
    card.locator(".sources summary").first.focus()
    seen.page.keyboard.press("Space")
    assert card.locator(".sources blockquote").first.is_visible()
    card.locator(".ladder .now button").focus()
    seen.page.keyboard.press("Enter")
    seen.page.locator(".ladder .tried").wait_for()
    assert seen.page.locator(".unseen[role=status]").inner_text().startswith("Next: ")
