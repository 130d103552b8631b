"""What a card makes of an answer, whatever manual that comes from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.values import Answer, Item, NamedContact, NearPage, Source, Step
from ingest.values import Place
from ui.card import Layout, Story, card, laid_out
from ui.render import lines_said


def source(number: int, quote: str, heading: str = "Splices") -> Source:
    place = Place("docs/ropes.md", "Ropes", heading, "a", number * 10, number * 10, quote, "https://ship.example/ropes")
    return Source(number, place)


def answer(*contacts: NamedContact, quotes: tuple[str, ...], confidence: float = 0.9) -> Answer:
    sources = tuple(source(n, quote) for n, quote in enumerate(quotes, 1))
    return Answer("", "Who mends ropes?", "answer", "stated:ask", confidence, "", "", contacts, sources=sources)


def laid(given: Answer) -> Layout:
    return laid_out(given, (), Story((given.question,), given))


def drawn(given: Answer) -> str:
    return card(given, 1, story=Story((given.question,), given))


ANN = NamedContact("role", "the rope master", "", "Ask the rope master or the knot keeper about splices.", (1,))
BO = replace(ANN, name="the knot keeper")


def test_what_the_manual_does_give_stands_once_for_those_without_a_channel() -> None:
    html = drawn(answer(ANN, BO, quotes=("Ask the rope master or the knot keeper about splices.",)))
    assert "The rope master" in html
    assert "The knot keeper" in html
    assert html.count("The manual gives no channel for them.") == 1
    reached = replace(BO, address="#knots", kind="channel")
    html = drawn(answer(ANN, reached, quotes=("Ask the rope master or the knot keeper (#knots) about splices.",)))
    assert html.count("The manual gives no channel for them.") == 1


@pytest.mark.parametrize(
    ("why", "matter"),
    [
        ("Ask in #knots about torn nets", "Ask in #knots about torn nets"),
        ("#knots on Zulip", "Ropes › Splices"),
        ("Inform #knots", "Ropes › Splices"),
        ("Email", "Ropes › Splices"),
    ],
)
def test_another_one_is_for_its_section_where_its_line_is_little_but_the_address(why: str, matter: str) -> None:
    knots = NamedContact("channel", "", "#knots", why, (1,))
    assert laid(answer(knots, quotes=(why,))).choices[0].matter == matter


def test_an_address_opens_where_the_manual_links_it_to() -> None:
    knots = NamedContact("channel", "", "#knots", "Ask in #knots about nets.", (1,))
    linked = "Ask in [#knots on the chat](https://chat.ship.example/knots) about [nets](https://ship.example/nets)."
    assert (
        'href="https://chat.ship.example/knots" target="_blank" rel="noopener noreferrer" aria-label="Open: #knots"'
        in (drawn(answer(knots, quotes=(linked,))))
    )
    assert "Open: #knots" not in drawn(
        answer(knots, quotes=("Ask in #knots about [nets](https://ship.example/nets).",))
    )
    evil = "Ask in [#knots](javascript:alert(1)) about nets."
    assert "Open: #knots" not in drawn(answer(knots, quotes=(evil,)))


def test_a_team_that_is_named_by_common_words_begins_with_a_capital() -> None:
    ropes = NamedContact("team", "rope team", "#ropes", "Ask the rope team.", (1,))
    assert '<p class="whom">Rope team</p>' in drawn(answer(ropes, quotes=("Ask the rope team in #ropes.",)))
    for name in ("signon", "eRopes team"):
        html = drawn(answer(replace(ropes, name=name), quotes=(f"Ask {name} in #ropes.",)))
        assert f'<p class="whom">{name}</p>' in html


def test_of_two_that_are_close_none_says_what_to_do() -> None:
    quotes = ("Ask the rope master about splices.", "Ask in #knots about nets.", "1. Fetch the rope.")
    named = (ANN, NamedContact("channel", "", "#knots", "Ask in #knots about nets.", (2,)))
    given = replace(answer(*named, quotes=quotes), steps=(Step("Fetch the rope.", (3,)),))
    assert laid(given).steps
    assert not laid(replace(given, close=True)).steps


def test_of_several_questions_each_matter_is_said_once() -> None:
    why = "1. Ask the rope master about splices.; 2. the manual says of them: mends nets (on “Ropes”)"
    named = replace(ANN, why=why, sources=(1,))
    (choice,) = laid(answer(named, quotes=("Ask the rope master about splices.",))).choices
    assert choice.questions == (1, 2)
    assert choice.why == "mends nets"
    (choice,) = laid(answer(named, quotes=("The rope master.",))).choices
    assert choice.why == "Ask the rope master about splices; mends nets"


def test_sources_of_things_that_are_listed_are_named_by_them() -> None:
    knots = NamedContact("channel", "", "#knots", "Owns 3 entries of the manual’s register", (1,))
    given = answer(knots, quotes=("- name: a", "- name: b", "- name: c", "Ask in #knots."))
    given = replace(given, items=(Item("rope-b", (2,)), Item("rope-c", (3,)), Item("rope-d", (3,))))
    html = drawn(given)
    for name in ("rope-b", "Splices, line 30", "Splices, line 40"):
        assert f"</span> {name} <span" in html


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([(4, 4)], "line 4"),
        ([(4, 7)], "lines 4 to 7"),
        ([(4, 4), (7, 9)], "lines 4 and 7 to 9"),
        ([(1, 1), (3, 3), (5, 5)], "lines 1, 3 and 5"),
    ],
)
def test_lines_are_said_as_people_say_them(spans: list[tuple[int, int]], said: str) -> None:
    place = source(1, "").place
    assert lines_said([replace(place, first=first, last=last) for first, last in spans]) == said


def test_a_near_page_that_cannot_be_linked_is_named_by_its_path() -> None:
    place = replace(source(1, "").place, path="docs/sails.md", title="Sails")
    near = replace(answer(quotes=()), pages=(NearPage(place), NearPage(replace(place, path="docs/keel.md", url=""))))
    html = drawn(near)
    assert "<code>docs/keel.md</code>" in html
    assert "<code>docs/sails.md</code>" not in html
