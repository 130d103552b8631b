"""The chat page as people use it: a real server in a process of its own, a real browser."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from chromium import IN_CI, Opened
from serving import COMMAND, QUESTION, ROOT, call, chat_page, free_port

ACCESS = "Who can give me access to AWS?"
CERTS = "Who gets new TLS certificates and renews existing ones?"
STUCK = "Nobody on my team can work out why memory leaks, whom do we escalate to?"
LIMIT = 2000

browser_test = pytest.mark.browser


def letters(text: str) -> str:
    """Letters and digits alone: what is left of words when marks and line breaks are taken off."""
    return "".join(character for character in text.casefold() if character.isalnum())


def answer_of(address: str, question: str, history: list[str] | None = None) -> dict[str, Any]:
    """What the page's own API says."""
    body = json.dumps({"question": question, "history": history or []}).encode()
    with urlopen(Request(f"{address}/api/answer", body, {"Content-Type": "application/json"}), timeout=30) as reply:  # noqa: S310
        said: dict[str, Any] = json.load(reply)
    return said


@browser_test
def test_an_example_is_answered_by_a_card(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    example = seen.page.locator("button.example").first
    answer = answer_of(corpus_page, example.inner_text())
    example.click()
    card = seen.page.locator(".turn")
    card.wait_for()
    first = answer["contacts"][0]
    assert card.locator(".whom").inner_text() == (first["name"] or first["address"])
    assert first["address"] in card.inner_text()
    why = re.sub(r" \(on “.*”\)$", "", first["why"].removeprefix("the manual says of them: "))
    assert letters(why) in letters(card.locator(".main").inner_text())
    assert card.locator(".sure").inner_text().strip()
    assert card.locator("[id^=t1-s]").count() == len(answer["sources"])
    assert card.locator(".ladder > li").count() == len(answer["ladder"])
    assert seen.page.locator(".unseen[role=status]").inner_text().startswith("Ask ")


@browser_test
def test_the_channel_is_copied_and_opens_in_slack(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    card = seen.ask(CERTS)
    card.get_by_role("button", name="Copy #govuk-platform-engineering").click()
    card.get_by_text("Copied").wait_for()
    assert seen.page.evaluate("navigator.clipboard.readText()") == "#govuk-platform-engineering"
    link = card.locator(".main").get_by_role("link", name="Open in Slack").get_attribute("href")
    assert link == "https://gds.slack.com/app_redirect?channel=govuk-platform-engineering"


@browser_test
def test_the_lines_that_name_them_stand_open_and_the_others_unfold(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    card = seen.ask(CERTS)
    answer = answer_of(corpus_page, CERTS)
    own = set(answer["contacts"][0]["sources"])
    assert 0 < len(own) < len(answer["sources"])
    for source in answer["sources"]:
        spot = card.locator(f"#t1-s{source['number']}")
        if source["number"] in own:
            shown = spot.locator("xpath=ancestor::figure")
        else:
            assert not spot.locator("blockquote").is_visible()
            spot.locator("summary").click()
            shown = spot
            assert source["path"] in shown.inner_text()
            assert source["owner"] in shown.inner_text()
        assert shown.locator("blockquote").is_visible()
        assert letters(source["quote"]) in letters(shown.locator("blockquote").inner_text())
        assert shown.get_by_role("link").first.get_attribute("href") == source["url"]
        assert shown.locator("time").get_attribute("datetime") == source["updated"][:10]
    assert "#govuk-platform-engineering" in card.locator("figure mark").all_inner_texts()


@browser_test
def test_a_mark_in_the_text_leads_to_its_source(opened: Opened, corpus_page: str) -> None:
    card = opened(corpus_page).ask(CERTS)
    last = answer_of(corpus_page, CERTS)["sources"][-1]["number"]
    card.get_by_role("link", name=f"Source {last}").first.click()
    assert card.locator(f"#t1-s{last}").get_attribute("open") is not None
    assert card.page.evaluate(f"document.activeElement.matches('#t1-s{last} summary')")


@browser_test
def test_the_steps_are_a_checklist(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    card = seen.ask(ACCESS)
    steps = answer_of(corpus_page, ACCESS)["steps"]
    boxes = card.get_by_role("checkbox")
    assert boxes.count() == len(steps) > 1
    boxes.first.check()
    card.locator(".ladder .now button").click()
    card.locator(".ladder .tried").wait_for()
    assert seen.page.locator(".turn").get_by_role("checkbox").first.is_checked()


@browser_test
def test_rungs_are_tried_one_after_the_other_down_to_the_handover(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    seen.ask(STUCK)
    card = seen.page.locator(".turn").first
    rungs = [rung["who"] for rung in answer_of(corpus_page, STUCK)["ladder"]]
    assert card.locator(".handover").count() == 0
    for n, who in enumerate(rungs[:-1], start=1):
        card.get_by_role("button", name=f"I’ve tried this: {who}").click()
        card.locator(".ladder .tried").nth(n - 1).wait_for()
        now = card.locator(".ladder [aria-current=step]")
        assert rungs[n].lower() in now.inner_text().lower()
        assert rungs[n] in seen.page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert card.locator(".whom").inner_text().lower() == rungs[n].lower()
    card.get_by_role("button", name="Copy the message").click()
    card.get_by_text("Copied").wait_for()
    box = seen.page.get_by_label("Your question")
    box.press("ControlOrMeta+v")
    pasted = box.input_value()
    assert pasted == card.locator(".handover pre").inner_text()
    assert STUCK in pasted
    assert all(who in pasted for who in rungs[:-1])
    box.fill("")
    card.get_by_role("button", name="Undo").click()
    card.locator(".ladder .tried").nth(len(rungs) - 2).wait_for(state="detached")
    assert card.locator(".handover").count() == 0


@browser_test
def test_what_was_tried_is_known_to_the_next_question(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    seen.ask(STUCK)
    rungs = [rung["who"] for rung in answer_of(corpus_page, STUCK)["ladder"]]
    seen.page.get_by_role("button", name=f"I’ve tried this: {rungs[0]}").click()
    seen.page.locator(".ladder .tried").wait_for()
    assert seen.ask("Who is next?").locator(".whom").inner_text().lower() == rungs[1].lower()
    assert "#govuk-platform-engineering" in seen.ask(CERTS).inner_text()


@browser_test
def test_follow_ups_are_offered_and_answered(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    card = seen.ask(CERTS)
    card.get_by_role("button", name="Who is next?").click()
    after = seen.page.locator(".turn").nth(1)
    after.wait_for()
    assert seen.page.evaluate("document.activeElement.id") == "t2-q"  # the chip is gone, and the focus is not lost
    whom = answer_of(corpus_page, "Who is next?", [CERTS])["ladder"][0]["who"]
    assert after.locator(".whom").inner_text().lower() == whom.lower()
    assert seen.page.locator(".turn").first.locator(".chips").count() == 0


@browser_test
def test_feedback_is_kept_masked(opened: Opened, small_index: Path, new_index: Callable[[], Path]) -> None:
    index = new_index()
    for part in ("current", "generations"):
        source = small_index / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, index / part)
    with chat_page(index, free_port()) as address:
        seen = opened(address)
        seen.ask(QUESTION).get_by_role("button", name="Yes").evaluate("yes => { yes.click(); yes.click(); }")
        seen.page.get_by_text("Thank you.").first.wait_for()
        card = seen.ask("Who do I email at ada@example.org about the rota?")
        card.get_by_role("button", name="No", exact=True).click()
        card.get_by_label("Out of date").check()
        card.get_by_label("In a few words").fill("call 020 7946 0958")
        card.get_by_role("button", name="Send").click()
        card.get_by_text("Thank you.").wait_for()
        assert card.get_by_role("button", name="No", exact=True).count() == 0
    with sqlite3.connect(index / "feedback.sqlite") as kept:
        rows = kept.execute("select question, helpful, reason, digest from note order by id").fetchall()
    digest = json.loads(next((index / "generations").glob("*/manifest.json")).read_text("utf-8"))["digest"]
    assert rows == [
        (QUESTION, 1, "", digest),
        ("Who do I email at [email] about the rota?", 0, "Out of date: call [phone]", digest),
    ]


@browser_test
def test_what_was_told_of_an_answer_outlives_the_next_rung(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    card = seen.ask(CERTS)
    card.get_by_role("button", name="No", exact=True).click()
    card.get_by_label("In a few words").fill("they have moved")
    card.locator(".ladder .now button").click()
    card = seen.page.locator(".turn")
    card.locator(".ladder .tried").wait_for()
    assert card.get_by_label("In a few words").input_value() == "they have moved"
    card.get_by_role("button", name="Send").click()
    card.get_by_text("Thank you.").wait_for()
    card.locator(".ladder .now button").click()
    card.locator(".ladder .tried").nth(1).wait_for()
    assert "Did that help?" not in card.inner_text()


@browser_test
def test_without_a_clipboard_of_its_own_the_page_copies_the_old_way(opened: Opened, corpus_page: str) -> None:
    """Browsers give none to a page that was opened over plain http from another machine."""
    seen = opened(corpus_page)
    card = seen.ask(CERTS)
    seen.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    button = card.get_by_role("button", name="Copy #govuk-platform-engineering")
    button.click()
    card.get_by_text("Copied").wait_for()
    assert button.evaluate("button => button === document.activeElement")
    box = seen.page.get_by_label("Your question")
    box.press("ControlOrMeta+v")
    assert box.input_value() == "#govuk-platform-engineering"


@browser_test
def test_a_new_conversation_gets_no_answer_to_an_old_question(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    seen.ask(CERTS)
    seen.page.get_by_label("Your question").fill("Who owns signon?")
    with seen.page.expect_response("**/component_server/"):
        seen.page.evaluate(
            "document.querySelector('.composer').requestSubmit(); document.querySelector('[data-new]').click()"
        )
    assert "#govuk-platform-engineering" in seen.ask(CERTS).inner_text()
    assert seen.page.locator(".asked").all_inner_texts() == [CERTS]


@browser_test
def test_a_reload_keeps_the_conversation_and_a_click_ends_it(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    seen.ask(CERTS)
    seen.ask(STUCK)
    seen.page.locator(".turn").nth(1).locator(".ladder .now button").click()
    seen.page.locator(".ladder .tried").wait_for()
    seen.page.reload()
    seen.page.locator(".turn").nth(1).wait_for()
    assert seen.page.locator(".asked").all_inner_texts() == [CERTS, STUCK]
    assert seen.page.locator(".ladder .tried").count() == 1
    seen.page.get_by_role("button", name="New conversation").click()
    assert seen.page.locator(".turn").count() == 0
    assert seen.page.locator("button.example").first.is_visible()
    seen.page.reload()
    seen.page.locator("button.example").first.wait_for()
    assert seen.page.locator(".turn").count() == 0


@browser_test
def test_the_last_question_can_be_edited(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    seen.ask(CERTS)
    seen.ask("Who owns singon?")
    seen.page.get_by_role("button", name="Edit my last question").click()
    assert seen.page.get_by_label("Your question").input_value() == "Who owns singon?"
    assert seen.page.locator(".asked").all_inner_texts() == [CERTS]
    seen.ask("Who owns signon?")
    assert seen.page.locator(".asked").all_inner_texts() == [CERTS, "Who owns signon?"]


@browser_test
def test_enter_sends_and_shift_enter_starts_a_line(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    box = seen.page.get_by_label("Your question")
    assert seen.page.evaluate("document.activeElement.id") == "question"
    box.press_sequentially("Who owns")
    box.press("Shift+Enter")
    box.press_sequentially("signon?")
    assert box.input_value() == "Who owns\nsignon?"
    box.press("Enter")
    seen.page.locator(".turn").wait_for()
    assert box.input_value() == ""


@browser_test
def test_long_questions_are_counted_and_too_long_ones_stay(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page, reduced_motion="reduce")
    long = (CERTS + " ").ljust(1900, "x")
    seen.page.get_by_label("Your question").fill(long)
    assert seen.page.locator("#counter").inner_text() == "1,900 of 2,000 characters"
    assert "#govuk-platform-engineering" in seen.ask(long).inner_text()
    seen.ask(ACCESS)
    over = "y" * (LIMIT + 1)
    box = seen.page.get_by_label("Your question")
    box.fill(over)
    box.press("Enter")
    told = seen.page.get_by_role("alert").get_by_text("2,001").bounding_box()
    assert told is not None
    assert 0 <= told["y"] < 720  # in the window, though the card is longer than that
    assert box.input_value() == over
    assert seen.page.locator(".turn").count() == 2
    assert "#govuk-platform-engineering" in seen.ask(CERTS).inner_text()
    assert seen.page.locator(".trouble").inner_text() == ""


@browser_test
def test_twenty_questions_in_a_row(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    for n in range(20):
        card = seen.ask(f"Who owns {('signon', 'whitehall', 'publisher', 'router')[n % 4]}, for the {n}th time?")
        assert card.locator(".whom, .plainly").first.inner_text()
    assert seen.page.locator(".turn").count() == 20
    box = seen.page.get_by_label("Your question").bounding_box()
    assert box is not None
    assert 0 < box["y"] < 720


@browser_test
def test_two_browsers_never_see_each_others_turns(opened: Opened, corpus_page: str) -> None:
    one, two = opened(corpus_page), opened(corpus_page)
    one.ask(CERTS)
    two.ask("Who owns signon?")
    one.ask("Who is next?")
    after = two.ask("and who gets its alerts?")
    assert one.page.locator(".asked").all_inner_texts() == [CERTS, "Who is next?"]
    assert two.page.locator(".asked").all_inner_texts() == ["Who owns signon?", "and who gets its alerts?"]
    assert "signon" in after.inner_text()
    assert CERTS not in two.page.locator(".talk").inner_html()


@browser_test
def test_the_directory_is_searched_as_one_types(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    listing = seen.open_tab("Directory")
    rows = listing.locator(".row:visible")
    every = rows.count()
    listing.get_by_role("searchbox").press_sequentially("govuk-platform-eng")
    assert 0 < rows.count() < every
    assert "#govuk-platform-engineering" in rows.first.locator("summary").inner_text()
    assert f"{rows.count()} found" in listing.locator(".count").inner_text()
    row = rows.first
    row.locator("summary").click()
    assert "renews existing" in row.inner_text()
    assert row.locator("blockquote mark").first.is_visible()
    assert str(row.get_by_role("link").first.get_attribute("href")).startswith("https://")
    listing.get_by_role("searchbox").fill("no such thing at all")
    assert listing.locator(".count").inner_text() == "Nothing found"


@browser_test
def test_letters_jump(opened: Opened, corpus_page: str) -> None:
    seen = opened(corpus_page)
    listing = seen.open_tab("Directory")
    listing.locator("button[data-letter]", has_text="P").first.click()
    assert seen.page.evaluate("document.activeElement.closest('.row').dataset.first") == "P"


@browser_test
def test_the_manual_tab_says_what_is_loaded(opened: Opened, corpus_page: str, corpus_index: Path) -> None:
    manifest = json.loads(next((corpus_index / "generations").glob("*/manifest.json")).read_text("utf-8"))
    told = opened(corpus_page).open_tab("Manual").inner_text()
    origin = manifest["origin"]
    for fact in (origin["commit"], manifest["updated"][:10], str(manifest["pages"])):
        assert fact in told
    assert "a folder named corpus" in told
    assert str(Path(origin["source"]).parent) not in told
    assert all(warning in told for warning in manifest["warnings"])


@browser_test
def test_a_changed_manual_is_seen_by_an_open_page(opened: Opened, small_manual: Path, index_folder: Path) -> None:
    ingest = [*COMMAND, "ingest", str(small_manual), "--index", str(index_folder)]
    subprocess.run(ingest, capture_output=True, check=True, cwd=ROOT)
    with chat_page(index_folder, free_port()) as address:
        seen = opened(address)
        assert "#domains" in seen.ask(QUESTION).inner_text()
        assert "#domains" in seen.open_tab("Directory").inner_text()
        dns = small_manual / "source/manual/dns.html.md"
        dns.write_text(dns.read_text("utf-8").replace("#domains", "#names-and-zones"), "utf-8")
        subprocess.run(ingest, capture_output=True, check=True, cwd=ROOT)
        seen.page.get_by_role("tab", name="Ask").click()
        assert "#names-and-zones" in seen.ask(QUESTION).inner_text()
        listing = seen.open_tab("Directory")
        listing.get_by_text("#names-and-zones").first.wait_for()
        assert "#domains" not in listing.inner_text()


@browser_test
def test_feedback_that_is_switched_off_is_not_asked_for(opened: Opened, small_manual: Path, index_folder: Path) -> None:
    (small_manual / "whodoiask.toml").write_text("feedback = false\n", "utf-8")
    ingest = [*COMMAND, "ingest", str(small_manual), "--index", str(index_folder)]
    subprocess.run(ingest, capture_output=True, check=True, cwd=ROOT)
    with chat_page(index_folder, free_port()) as address:
        seen = opened(address)
        assert "Did that help?" not in seen.ask(QUESTION).inner_text()
        seen.ask("Nobody can work out the riddle of the sphinx, who is next?")
    assert not (index_folder / "feedback.sqlite").exists()


@browser_test
def test_a_server_that_went_away_is_said_and_nothing_typed_is_lost(opened: Opened, small_index: Path) -> None:
    with chat_page(small_index, free_port()) as address:
        seen = opened(address)
        seen.ask(QUESTION)
    box = seen.page.get_by_label("Your question")
    box.fill("Who swaps shifts?")
    box.press("Enter")
    seen.page.get_by_role("alert").get_by_text("cannot be reached just now").wait_for()
    assert box.input_value() == "Who swaps shifts?"
    assert seen.page.locator(".turn").count() == 1
    seen.complaints.clear()  # the browser's own words for a refused connection


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
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, "-c", ALONE, "chat", "--index", small_index],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "200\n", "")
