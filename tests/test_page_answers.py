"""What a card shows: whom and where, the lines that say so, what is next; and how an answer is passed on."""

from __future__ import annotations

import pytest
from chromium import Opened, Watched

pytestmark = pytest.mark.browser
NOBODY = "Who pays for the parrot's dentist?"
NO_MATTER = "What is the capital of France?"
HORN = "Who is responsible for the fog horn?"
LAMP = "Whom do I tell that a lamp was replaced?"
PAINT = "Who knows about paint?"
OIL = "Where do I report oil on the water?"
CRANE = "Who has the key to the crane?"


def link(card: object, name: str) -> str | None:
    href: str | None = card.get_by_role("link", name=name).first.get_attribute("href")  # type: ignore[attr-defined]
    return href


def pasted(seen: Watched) -> str:
    text: str = seen.page.evaluate("navigator.clipboard.readText()")
    return text


def test_three_looks_that_cannot_be_taken_for_each_other(opened: Opened, harbour: str) -> None:
    seen = opened(harbour)
    named, nobody, no_matter = (seen.ask(question).locator(".card") for question in (HORN, NOBODY, NO_MATTER))
    looks = [
        card.evaluate("card => getComputedStyle(card).borderTopStyle + getComputedStyle(card).borderTopColor")
        for card in (named, nobody, no_matter)
    ]
    assert len(set(looks)) == 3
    headline = nobody.locator(".nobody")
    assert headline.inner_text() == "The manual names nobody for this."
    assert float(headline.evaluate("line => parseFloat(getComputedStyle(line).fontSize)")) >= 24
    assert nobody.locator(".whom").count() == no_matter.locator(".whom").count() == 0
    assert nobody.locator(".ladder > li").count() == 3
    assert headline.bounding_box()["y"] < nobody.locator(".ladder").bounding_box()["y"]  # type: ignore[index]
    assert no_matter.locator(".eyebrow").inner_text() == "Not a matter for this manual"
    assert no_matter.locator(".ladder").count() == 0
    for card in (nobody, no_matter):
        near = card.locator(".near li").first
        assert str(near.get_by_role("link").first.get_attribute("href")).startswith("https://handbook.harbour.example/")
        assert near.locator(".kept code").inner_text().startswith("#harbour-")
        assert str(link(near, "Open in Slack")).startswith("https://harbour.slack.com/")


def test_talk_gets_a_short_helpful_answer(opened: Opened, harbour: str) -> None:
    seen = opened(harbour)
    for said in ("hello", "thanks", "what can you do?"):
        card = seen.ask(said).locator(".card")
        assert "I will show you the team" in card.locator(".plainly").inner_text()
        assert card.locator(".eyebrow, .whom, .ladder, .near").count() == 0
    assert "how old it is" in seen.ask("is this manual up to date?").locator(".plainly").inner_text()


def test_every_address_can_be_used(opened: Opened, harbour: str) -> None:
    seen = opened(harbour)
    assert link(seen.ask("Who do I ask to book a mooring?"), "Write a mail") == "mailto:moorings@harbour.example"
    assert link(seen.ask("A chain broke, whom do I phone?"), "Call") == "tel:02079460011"
    horn = seen.ask(HORN)
    assert horn.locator(".whom").all_inner_texts() == ["Signals team"]  # one party, however many addresses
    assert str(link(horn, "Open in Slack")).endswith("?channel=harbour-signals")
    assert link(horn, "Call") == "tel:+442079460022"


def test_where_there_is_no_channel_that_is_said_and_the_rest_is_offered(opened: Opened, harbour: str) -> None:
    card = opened(harbour).ask(CRANE)
    said = card.locator(".unreached")
    assert "The manual gives no channel for them." in said.inner_text()
    assert link(said, "key book") == "https://keys.harbour.example/book"
    assert str(link(said, "Moorings")).startswith("https://handbook.harbour.example/")
    assert "#harbour-moorings" in said.inner_text()


def test_two_that_are_close_stand_side_by_side(opened: Opened, harbour: str) -> None:
    card = opened(harbour, reduced_motion="reduce").ask(PAINT)
    first, second = card.locator(".pair > section").all()
    assert {first.locator(".whom").inner_text(), second.locator(".whom").inner_text()} == {"Hull crew", "Deck crew"}
    boxes = [one.bounding_box() for one in (first, second)]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] < boxes[1]["x"]
    for one in (first, second):
        assert "about paint for" in one.locator("blockquote").inner_text()
    assert "Very likely" not in card.inner_text()


def test_another_one_says_what_it_is_for(opened: Opened, harbour: str) -> None:
    card = opened(harbour).ask(OIL)
    other = card.locator(".others > li", has_text="#harbour_spills")
    assert "For “Ask in #harbour_spills which foam to use on burning oil.”" in other.inner_text()


def test_quoted_lines_are_shown_without_their_marks(opened: Opened, harbour: str) -> None:
    seen = opened(harbour)
    oil = seen.ask(OIL)
    assert oil.locator("figure blockquote").first.inner_text() == "Report oil on the water to the spill desk."
    assert oil.locator("figure mark").first.inner_text() == "spill desk"
    horn = seen.ask(HORN).locator("figure blockquote").first
    assert horn.locator("dt").all_inner_texts() == ["Thing", "Team", "Channel", "Phone"]
    assert horn.locator("dd").all_inner_texts() == ["Fog horn", "Signals team", "#harbour-signals", "+44 20 7946 0022"]
    for marks in (":::", "[^", "|", "\\_", "**"):
        assert marks not in seen.page.locator(".talk").inner_text()


def test_steps_keep_links_and_code_and_fold_after_the_fourth(opened: Opened, harbour: str) -> None:
    seen = opened(harbour)
    card = seen.ask(LAMP)
    assert card.get_by_role("checkbox").locator("visible=true").count() == 4
    assert link(card.locator(".steps"), "lamp list") == "https://lamps.harbour.example"
    card.get_by_text("2 more steps").click()
    assert card.get_by_role("checkbox").locator("visible=true").count() == 6
    assert card.locator(".steps code").inner_text() == "lamp --test"
    assert seen.ask(HORN).locator(".steps").count() == 0  # those of another section are not the asker's


def test_the_order_of_escalation_is_on_the_first_screen(opened: Opened, harbour: str) -> None:
    seen = opened(harbour, viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    foot = seen.page.locator(".composer").bounding_box
    for question in (LAMP, HORN, NOBODY):
        last = seen.ask(question).locator(".ladder > li").last.bounding_box()
        composer = foot()
        assert last
        assert composer
        assert 0 < last["y"] < last["y"] + last["height"] <= composer["y"]


def test_sources_are_named_by_their_headings(opened: Opened, harbour: str) -> None:
    card = opened(harbour).ask(LAMP)
    names = card.locator(".sources summary").all_inner_texts()
    assert len(names) == len(set(names)) > 0
    assert any("Escalation path on Get help" in name for name in names)


def test_a_link_opens_the_same_answer_and_notes_nothing(opened: Opened, harbour: str) -> None:
    seen = opened(harbour)
    whom = seen.ask(HORN).locator(".whom").inner_text()
    follow = seen.ask("Who is next?")
    seen.page.locator(".turn").first.get_by_role("button", name="Copy link").click()
    seen.page.get_by_text("Copied").first.wait_for()
    alone = pasted(seen)
    assert alone.startswith(f"{harbour}/?q=")
    follow.get_by_role("button", name="Copy link").click()
    follow.get_by_text("Copied").wait_for()
    both = pasted(seen)
    other = opened(harbour)
    other.page.goto(alone)
    other.page.locator(".turn").wait_for()
    assert other.page.locator(".whom").inner_text() == whom
    assert other.page.url == f"{harbour}/"
    other.page.goto(both)
    other.page.locator(".turn").nth(1).wait_for()
    assert other.page.locator(".asked").all_inner_texts() == [HORN, "Who is next?"]


def test_an_answer_is_copied_as_markdown_and_for_slack(opened: Opened, harbour: str) -> None:
    seen = opened(harbour)
    card = seen.ask(HORN)
    card.get_by_role("button", name="Copy as Markdown").click()
    card.get_by_text("Copied").wait_for()
    assert pasted(seen).startswith(f"> {HORN}\n\n**Whom to ask: Signals team")
    card.get_by_role("button", name="Copy for Slack").click()
    card.get_by_text("Copied").nth(1).wait_for()
    lines = pasted(seen).split("\n")
    assert lines[:2] == [f"*{HORN}*", "Ask *Signals team* #harbour-signals"]
    assert any(line.startswith("> <https://handbook.harbour.example/") for line in lines)
    assert "If that does not work: Dock supervisor, then " in lines[-1]
    assert not any("**" in line or "](" in line for line in lines)


def test_arrow_up_brings_the_last_question_back(opened: Opened, harbour: str) -> None:
    seen = opened(harbour)
    seen.ask(HORN)
    box = seen.page.get_by_label("Your question")
    box.press("ArrowUp")
    assert box.input_value() == HORN
    box.fill("Something else")
    box.press("ArrowUp")
    assert box.input_value() == "Something else"


def test_earlier_conversations_are_listed_and_cleared(opened: Opened, harbour: str) -> None:
    seen = opened(harbour)
    seen.ask(HORN)
    seen.ask("Who is next?")
    seen.page.get_by_role("button", name="New conversation").click()
    seen.ask(OIL)
    seen.page.get_by_role("button", name="New conversation").click()
    listed = seen.page.locator(".earlier li")
    assert [one.split("\n")[0] for one in listed.all_inner_texts()] == [OIL, HORN]
    seen.page.get_by_role("button", name=HORN).click()
    seen.page.locator(".turn").nth(1).wait_for()
    assert seen.page.locator(".asked").all_inner_texts() == [HORN, "Who is next?"]
    seen.page.get_by_role("button", name="New conversation").click()
    seen.page.get_by_role("button", name="Clear the list").click()
    assert not seen.page.locator(".earlier").is_visible()
    assert seen.page.evaluate("localStorage.getItem('whodoiask.conversations')") == "[]"


def test_the_top_says_which_manual_and_the_field_stands_above_the_examples(opened: Opened, harbour: str) -> None:
    seen = opened(harbour)
    assert seen.page.locator(".masthead").inner_text().startswith("Harbour handbook")
    field = seen.page.get_by_label("Your question").bounding_box()
    example = seen.page.locator("button.example").first.bounding_box()
    assert field
    assert example
    assert field["y"] < example["y"]
    icon = seen.page.request.get(f"{harbour}/favicon.ico")
    assert (icon.status, "svg" in icon.headers["content-type"]) == (200, True)


def test_an_empty_question_is_said(opened: Opened, harbour: str) -> None:
    seen = opened(harbour)
    seen.page.get_by_role("button", name="Ask", exact=True).click()
    seen.page.get_by_role("alert").get_by_text("There is no question yet").wait_for()


def test_on_a_phone_addresses_stay_whole_and_buttons_fit_a_finger(opened: Opened, harbour: str) -> None:
    seen = opened(harbour, viewport={"width": 390, "height": 844})
    for question in (HORN, "Which foam do I use on burning oil?", OIL):
        card = seen.ask(question)
        for address in card.locator(".where code, .whom.address, .quote mark.whole").all():
            height, line = address.evaluate(
                "one => [one.getClientRects().length > 1 ? 999 : one.getBoundingClientRect().height,"
                " parseFloat(getComputedStyle(one).fontSize)]"
            )
            assert height < 2 * line, address.inner_text()
        for button in card.locator("button:visible, a.small:visible").all():
            box = button.bounding_box()
            assert box
            assert box["height"] >= 44, button.inner_text()
    now, mark = seen.page.locator(".ladder .now").first, seen.page.locator(".ladder .now .ref").first
    colour = "one => getComputedStyle(one).backgroundColor"
    assert now.evaluate(colour) != mark.evaluate(colour)


def test_the_directory_has_a_row_a_party_and_letters(opened: Opened, harbour: str) -> None:
    listing = opened(harbour).open_tab("Directory")
    row = listing.locator(".row", has_text="Signals team")
    assert row.count() == 1
    summary = row.locator("summary").inner_text()
    assert "#harbour-signals" in summary
    assert "+44 20 7946 0022" in summary
    assert "Fog horn" in summary
    suppliers = listing.get_by_role("region", name="Suppliers")
    assert suppliers.locator(".name").all_inner_texts() == ["Bright Chains Ltd"]
    assert "Bright Chains" not in listing.get_by_role("region", name="Teams and people").inner_text()


def test_the_manual_is_searched_and_shows_who_keeps_each_page(opened: Opened, harbour: str) -> None:
    listing = opened(harbour).open_tab("Manual")
    listing.get_by_role("searchbox").fill("lamp out of its panel")
    listing.get_by_role("button", name="Search").click()
    first = listing.locator(".passages > li").first
    first.wait_for()
    assert "Take the old lamp out" in first.inner_text()
    assert first.locator(".kept code").inner_text() == "#harbour-lights"
    assert "Nothing was left out" in listing.inner_text()


def test_a_list_has_its_look(opened: Opened, harbour: str) -> None:
    card = opened(harbour).ask("list all services owned by #harbour-lamps")
    listed = card.locator(".items li")
    assert card.get_by_role("heading", name="The manual lists 15").locator(".ref").count() == 1
    assert listed.locator(".ref").count() == 0  # one source has them all, and is named once
    assert listed.locator("visible=true").all_inner_texts() == [f"buoy-{n:02}" for n in range(1, 13)]
    card.get_by_text("3 more", exact=True).click()
    assert listed.locator("visible=true").count() == 15
    assert "Repos, lines 1 to 45" in card.locator(".sources summary").all_inner_texts()[0]


@pytest.mark.parametrize(
    ("question", "word", "whom"),
    [
        (
            "Is the Signals team the right team for the fog horn?",
            "Yes, the manual names them for this.",
            "Signals team",
        ),
        ("Is the Lamp team responsible for the fog horn?", "The manual names somebody else.", "Signals team"),
        ("Is #harbour-police the right channel for the fog horn?", "The manual does not mention", "Signals team"),
        ("Hull crew or Deck crew for paint for decks?", "Of the two, the manual names Deck crew.", "Deck crew"),
    ],
)
def test_yes_or_no_and_this_or_that_come_first(
    opened: Opened, harbour: str, question: str, word: str, whom: str
) -> None:
    card = opened(harbour).ask(question)
    lead, named = card.locator(".leading"), card.locator(".whom")
    assert lead.inner_text().startswith(word)
    assert named.all_inner_texts() == [whom]
    assert lead.bounding_box()["y"] < named.bounding_box()["y"]  # type: ignore[index]
    weight = "one => getComputedStyle(one).fontWeight"
    assert int(lead.evaluate(weight)) >= 600
    assert str(card.get_attribute("data-said")).startswith(f"{lead.inner_text()} Ask {whom}")


def test_several_questions_are_answered_one_by_one(opened: Opened, harbour: str) -> None:
    card = opened(harbour).ask(
        "Who looks after the fog horn? Who knows about new chains? Who pays for the parrot's dentist?"
    )
    parts = card.locator("section.one")
    assert [part.locator(".part").inner_text() for part in parts.all()] == [
        "1. Who looks after the fog horn?",
        "2. Who knows about new chains?",
        "3. Who pays for the parrot's dentist?",
    ]
    assert parts.locator(".whom").all_inner_texts() == ["Signals team", "Bright Chains Ltd"]
    assert parts.nth(2).locator(".nobody").inner_text() == "The manual names nobody for this."
    assert card.locator(".caution").count() == 0
    assert [part.locator("blockquote").count() for part in parts.all()] == [1, 1, 0]


def test_questions_with_one_answer_stand_over_it_together(opened: Opened, harbour: str) -> None:
    card = opened(harbour).ask(
        "Who looks after the fog horn? Who knows about new chains? Who is responsible for the fog horn?"
    )
    parts = card.locator("section.one")
    assert parts.nth(0).locator(".part").all_inner_texts() == [
        "1. Who looks after the fog horn?",
        "3. Who is responsible for the fog horn?",
    ]
    assert parts.locator(".whom").all_inner_texts() == ["Signals team", "Bright Chains Ltd"]


def test_another_language_is_named(opened: Opened, harbour: str) -> None:
    card = opened(harbour).ask("Wer kümmert sich um das Nebelhorn?").locator(".card")
    assert card.locator(".eyebrow").inner_text() == "Not in English"
    assert card.locator(".plainly").inner_text().startswith("That looks like German")
    assert card.locator(".whom").count() == card.locator(".ladder").count() == 0
