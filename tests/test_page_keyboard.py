"""Ten tasks of readers, done by the keyboard alone, with what a screen reader hears on the way.

Each begins on a fresh page with the focus in the field. `-s` prints for each task, in order, every stop of the focus by
its role and name in the accessibility tree (Playwright's ARIA snapshot), and what the page announces by itself; after
an answer, the whole tree of its card.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from chromium import Opened, Watched
from test_page_answers import HORN, LAMP, PAINT, pasted

pytestmark = pytest.mark.browser
MOST_STOPS = 60


@dataclass
class Reader:
    """Somebody with a keyboard and a screen reader; `heard` is what the latter says, in order."""

    seen: Watched
    task: str
    heard: list[str] = field(default_factory=list)

    def at(self) -> str:
        """The role and name of what has the focus."""
        focused = self.seen.page.locator(":focus")
        return focused.aria_snapshot().split("\n")[0].strip("- :'") if focused.count() else ""

    def hear(self, what: str) -> str:
        self.heard.append(what)
        return what

    def press(self, *keys: str) -> None:
        for key in keys:
            self.seen.page.keyboard.press(key)

    def go(self, name: str, key: str = "Tab") -> str:
        """Press a key until what has the focus has that in its name."""
        for _ in range(MOST_STOPS):
            self.press(key)
            if name in self.hear(self.at()):
                return self.heard[-1]
        raise AssertionError(f"{self.task}: {name} was not reached: {self.heard}")

    def told(self, what: str) -> None:
        """Wait for an announcement."""
        status = self.seen.page.locator("[role=status], [role=alert], output", has_text=what).first
        status.wait_for(state="attached")
        self.hear(f"announced: {status.inner_text() or status.text_content()}")

    def ask(self, question: str, announced: str) -> None:
        assert 'textbox "Your question"' in self.hear(self.at())
        before = self.seen.page.locator(".turn").count()
        self.seen.page.keyboard.type(question)
        self.press("Enter")
        self.seen.page.locator(".turn").nth(before).wait_for()
        self.told(announced)
        self.heard += self.seen.page.locator(".turn").last.aria_snapshot().split("\n")


Reads = Callable[[str], Reader]


@pytest.fixture
def reads(opened: Opened, harbour: str) -> Iterator[Reads]:
    """Seats a reader; what they heard is printed in the end."""
    seated: list[Reader] = []

    def seat(task: str) -> Reader:
        seated.append(Reader(opened(harbour), task))
        return seated[-1]

    yield seat
    for reader in seated:
        print("", f"# {reader.task}", *reader.heard, sep="\n")


def test_1_hears_whom_to_ask_and_how_sure_that_is(reads: Reads) -> None:
    reader = reads("ask")
    reader.ask(HORN, "Ask Signals team, #harbour-signals. Very likely right.")


def test_2_copies_the_channel_and_opens_it(reads: Reads) -> None:
    reader = reads("copy the channel")
    reader.ask(HORN, "Ask Signals team")
    reader.go("Copy #harbour-signals", "Shift+Tab")
    reader.press("Enter")
    reader.told("Copied")
    assert pasted(reader.seen) == "#harbour-signals"
    reader.press("Tab")
    assert reader.hear(reader.at()).startswith('link "Open in Slack: #harbour-signals"')


def test_3_reads_the_line_that_says_so(reads: Reads) -> None:
    reader = reads("read the line")
    reader.ask(HORN, "Ask Signals team")
    assert "line 10 of Lights and bells" in reader.go("Quoted lines", "Shift+Tab")
    tree = reader.seen.page.locator(":focus").aria_snapshot()
    heads = [tree.index(word) for word in ("Thing", "Fog horn", "Team", "Signals team", "Channel", "#harbour-signals")]
    assert heads == sorted(heads)


def test_4_goes_up_the_order_and_takes_a_step_back(reads: Reads) -> None:
    reader = reads("order of escalation")
    reader.ask(HORN, "Ask Signals team")
    reader.go("I’ve tried this: Dock supervisor", "Shift+Tab")
    reader.press("Enter")
    reader.told("Next: Head of Moorings")
    reader.go("Undo: Dock supervisor was not tried", "Shift+Tab")
    reader.press("Enter")
    reader.told("Ask Signals team")


def test_5_ticks_the_steps_off(reads: Reads) -> None:
    reader = reads("steps")
    reader.ask(LAMP, "Ask Lamp team")
    reader.go("2 more steps", "Shift+Tab")
    reader.press("Enter")
    reader.go("Put it in and run lamp --test.")
    reader.press("Space")
    assert "[checked]" in reader.hear(reader.at())


def test_6_tells_two_that_are_close_apart(reads: Reads) -> None:
    reader = reads("two that are close")
    reader.ask(PAINT, "Two come close")
    tree = "\n".join(reader.heard)
    order = [tree.index(f'region "{name}"') for name in ("Hull crew", "Deck crew")]
    assert tree.index("Two come close. Read what each is for.") < min(order)
    assert tree.index("Neither is certain") > max(order)
    quotes = {reader.go("Quoted lines", "Shift+Tab"), reader.go("Quoted lines", "Shift+Tab")}
    assert len(quotes) == 2


def test_7_says_why_an_answer_did_not_help(reads: Reads) -> None:
    reader = reads("feedback")
    reader.ask(HORN, "Ask Signals team")
    reader.go('button "No"', "Shift+Tab")
    reader.press("Enter")
    reader.go("radio")
    reader.press("ArrowDown")
    assert "[checked]" in reader.hear(reader.at())
    reader.go('button "Send"')
    reader.press("Enter")
    reader.told("Thank")


def test_8_asks_again_and_returns_to_an_earlier_conversation(reads: Reads) -> None:
    reader = reads("earlier conversations")
    reader.ask(HORN, "Ask Signals team")
    reader.press("ArrowUp")
    assert reader.seen.page.get_by_label("Your question").input_value() == HORN
    reader.go('button "New conversation"')
    reader.press("Enter")
    reader.go(f'button "{HORN}"')
    reader.press("Enter")
    reader.seen.page.locator(".turn").wait_for()
    assert HORN in reader.hear(reader.at())


def test_9_finds_a_team_in_the_directory(reads: Reads) -> None:
    reader = reads("directory")
    reader.go('tab "Directory"', "Shift+Tab")
    reader.press("Enter")
    reader.go("searchbox")
    reader.seen.page.keyboard.type("signals")
    reader.go("Signals team")
    assert "Signals team " in reader.heard[-1] or reader.heard[-1].endswith("Signals team")
    reader.press("Enter")
    reader.go("Copy #harbour-signals")


def test_10_finds_a_passage_and_who_keeps_its_page(reads: Reads) -> None:
    reader = reads("manual")
    reader.go('tab "Manual"', "Shift+Tab")
    reader.press("Enter")
    reader.go("searchbox")
    reader.seen.page.keyboard.type("lamp out of its panel")
    reader.press("Enter")
    reader.seen.page.locator(".passages > li").first.wait_for()
    reader.go('link "Lights and bells')
    assert reader.go("Open in Slack").endswith('#harbour-lights"')
