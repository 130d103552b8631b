"""The card in Slack's blocks, whatever an answer holds: within Slack's limits, and words stay words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from workspace import ADA, BEN, ME, buttons, check, shown

from assistant.flow import Assistant
from assistant.values import Answer, Item, NamedContact, NearPage, Rung, Source, Step
from ui.blocks import State, blocks
from ui.card import Story, laid_out
from ui.feedback import REASONS
from ui.thread import Asked, addresses, by_person, earlier, words_of

STATE = State("1700000000.000100", ADA)
NASTY = "<!channel> & <https://evil.example|here> `code` *bold* ```fence``` " + "&<>" * 200


@pytest.fixture(scope="module")
def plain_answer(small_index: Path) -> Answer:
    return Assistant.open(small_index).answer("Who do I speak to about a new DNS zone?")


def enormous(answer: Answer, rule: str, outcome: str) -> Answer:
    """An answer with more of everything than any manual has, all of it hostile."""
    place = replace(
        answer.sources[0].place,
        quote="\n\n".join([NASTY] * 6),
        title=NASTY,
        heading=NASTY[::-1],
        url=f"https://x/{'u' * 3000}",
    )
    sources = tuple(Source(n, replace(place, anchor=str(n), first=n, last=n)) for n in range(1, 60))
    contacts = tuple(NamedContact("team", NASTY, NASTY, f"{n}. {NASTY}", (n, n + 1)) for n in range(1, 20))
    return replace(
        answer,
        question="\n".join(f"Who owns thing {n}?" for n in range(1, 60)),
        rule=rule,
        outcome=outcome,  # type: ignore[arg-type]
        markdown=NASTY,
        lead=NASTY,
        contacts=contacts if outcome == "answer" else (),
        steps=tuple(Step(NASTY, (1,)) for _ in range(50)),
        ladder=tuple(Rung(n, NASTY, (1,)) for n in range(1, 80)),
        sources=sources,
        pages=tuple(NearPage(replace(place, path=f"{n}.md", owner=NASTY)) for n in range(9)),
        items=tuple(Item(NASTY, (1,)) for _ in range(90)),
        notes=(NASTY,) * 9,
        cautions=(NASTY, f"{NASTY}!"),
    )


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        ("statement", "answer"),
        ("several", "answer"),
        ("ladder", "escalate"),
        ("next rung", "escalate"),
        ("x", "decline"),
    ],
)
def test_no_answer_breaks_slacks_limits_or_calls_anybody(plain_answer: Answer, rule: str, outcome: str) -> None:
    answer = enormous(plain_answer, rule, outcome)
    layout = laid_out(answer, (), Story((answer.question,), answer))
    card = {"text": "An answer.", "blocks": blocks(layout, STATE, slack_url="https://x.slack.com", reasons=REASONS)}
    check(card)
    assert State.of({"blocks": card["blocks"]}) == STATE
    assert buttons(card)[-2:] == [("helped", "yes"), ("no-help", "")]


def test_a_card_says_whom_where_how_sure_and_why(plain_answer: Answer) -> None:
    layout = laid_out(plain_answer, (), Story((plain_answer.question,), plain_answer))
    card = {"text": layout.said, "blocks": blocks(layout, STATE, slack_url="")}
    check(card)
    said = shown(card)
    assert "Ask *Domains team* `#domains`" in said
    assert "> Speak to the Domains team (#domains) if you need a new zone." in said
    assert "Very likely right." in said
    assert "|Change a DNS record › Before you start>" in said
    assert buttons(card) == []  # feedback is off, and the manual states no order


def test_the_state_of_a_card_travels_in_it() -> None:
    state = STATE.after("tried", "2").after("tried", "3").after("untried", "3").after("helped", "yes")
    assert (state.tried, state.rated) == ((2,), "yes")
    assert State.of({"blocks": [{"block_id": state.to_name()}]}) == state
    assert len(replace(STATE, tried=tuple(range(1000, 3000))).to_name()) <= 255
    for broken in ({}, {"blocks": []}, {"blocks": [{"type": "divider"}]}, {"blocks": [{"block_id": "whodoiask/1"}]}):
        assert State.of(broken) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"<@{ME}> who owns <https://x.example/a|x.example/a>?", "who owns https://x.example/a?"),
        (f"<@{ME}|bot>  who owns <http://x.example|x.example>", "who owns http://x.example"),
        ("what is <#C1|lamps> for, <#C2> and <#C3|>?", "what is #lamps for, #c2-name and #c3-name?"),
        ("ask <!subteam^S1|@on-call> or <@U9> <!here>", "ask @on-call or somebody"),
        ("mail <mailto:a@b.example|a@b.example> &lt;now&gt; &amp; then", "mail a@b.example <now> & then"),
        ("see <https://docs.example/p|the page>", "see the page https://docs.example/p"),
    ],
)
def test_slacks_marks_are_read_as_people_mean_them(text: str, words: str) -> None:
    assert words_of(text, ME, lambda channel: f"{channel.lower()}-name") == words


def test_a_name_at_the_beginning_addresses() -> None:
    assert addresses(f"<@{ME}> who?", ME)
    assert addresses(f"hey there, <@{ME}>: who?", ME)
    assert not addresses(f"yesterday I asked <@{ME}> about it", ME)
    assert not addresses(f"<@{BEN}> who?", ME)


def test_people_are_told_from_programs() -> None:
    assert by_person({"user": ADA, "text": "x"})
    assert by_person({"user": ADA, "subtype": "thread_broadcast"})
    for other in (
        {"bot_id": "B"},
        {"subtype": "message_deleted"},
        {"user": "USLACKBOT"},
        {"user": ""},
        {"hidden": True},
    ):
        assert not by_person({"user": ADA, **other})


def test_the_thread_gives_a_person_their_own_earlier_questions() -> None:
    card = {"user": ME, "ts": "10.2", "blocks": [{"block_id": State("9.1", ADA, (1, 2)).to_name()}]}
    thread = [
        {"user": ADA, "ts": "10.11", "text": f"<@{ME}> third"},
        {"user": ADA, "ts": "9.1", "text": f"<@{ME}> first"},
        {"user": BEN, "ts": "9.2", "text": f"<@{ME}> another's"},
        {"user": ADA, "ts": "9.3", "text": "said to others"},
        {"user": ADA, "ts": "10.9", "text": f"<@{ME}> second"},
        card,
    ]

    def asked(before: str, *, every: bool = False) -> tuple[Asked, ...]:
        return earlier(thread, ME, ADA, before, every=every, words=lambda text: words_of(text, ME))

    assert asked("10.11") == (Asked("first", (1, 2)), Asked("second"))
    assert [one.question for one in asked("10.9", every=True)] == ["first", "said to others"]
