"""The assistant in Slack: who is answered, what a card says there, and what its buttons do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from conftest import silent, write_manual
from harbour import MANUAL
from test_cli import ROOT, refused, run
from workspace import BEN, CHANNEL, DIRECT, ME, TOKENS, Message, Workspace, answering, buttons, shown, workspace

from ingest.build import ingest

HORN = "Who is responsible for the fog horn?"
NOBODY = "Who pays for the parrot's dentist?"
LAMP = "Whom do I tell that a lamp was replaced?"


@pytest.fixture(scope="module")
def harbour(new_index: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of an invented manual, a page of which would call everybody."""
    hostile = (
        "---\ntitle: <!channel> & co\n---\n\n## Kites\n\n"
        "Ask the <!here> Kite & String crew in #harbour-kites about kites, <https://evil.example|here>.\n"
    )
    folder = new_index()
    manual = write_manual(tmp_path_factory.mktemp("harbour"), {**MANUAL, "docs/kites.md": hostile})
    ingest(str(manual), folder, progress=silent)
    return folder


@pytest.fixture(scope="module")
def served(harbour: Path) -> Iterator[Workspace]:
    with workspace() as there, answering(there, harbour):
        yield there


@pytest.fixture
def there(served: Workspace) -> Workspace:
    assert served.calls.empty()
    return served


def thread_of(message: Message) -> str:
    thread: str = message["thread_ts"]
    return thread


def test_a_mention_is_answered_in_its_thread_by_a_card(there: Workspace) -> None:
    card = there.ask(HORN)
    said = shown(card)
    asked = there.threads[CHANNEL, thread_of(card)][0]
    assert thread_of(card) == asked["ts"]
    assert (
        "Ask *Signals team* <https://harbour.slack.com/app_redirect?channel=harbour-signals|#harbour-signals>" in said
    )
    assert "<tel:+442079460022|+44 20 7946 0022>" in said
    assert "●●● Very likely right." in said
    assert "> <https://handbook.harbour.example/" in said
    assert "Dock supervisor" in said
    assert card["text"].startswith("Ask Signals team")
    assert buttons(card)[:1] == [("tried", "1")]
    assert buttons(card)[-2:] == [("helped", "yes"), ("no-help", "")]


def test_steps_are_said(there: Workspace) -> None:
    said = shown(there.ask(LAMP))
    assert "*What to do*" in said
    assert "Take the old lamp out." in said


def test_a_direct_message_needs_no_mention_and_its_thread_is_a_conversation(there: Workspace) -> None:
    first = there.ask(HORN, channel=DIRECT)
    second = there.ask("what's their phone number?", channel=DIRECT, thread=thread_of(first))
    assert "+44 20 7946 0022" in shown(second)
    alone = there.ask("what's their phone number?", channel=DIRECT)
    assert "+44 20 7946 0022" not in shown(alone)


def test_a_thread_keeps_apart_who_asked_what(there: Workspace) -> None:
    first = there.ask(HORN)
    for n in range(4):
        there.write(f"I think it is foggy, {n}", by=BEN, thread=thread_of(first))
    other = there.ask("what's their phone number?", by=BEN, thread=thread_of(first))
    assert "+44 20 7946 0022" not in shown(other)
    same = there.ask("what's their phone number?", thread=thread_of(first))
    assert "+44 20 7946 0022" in shown(same)


def test_called_into_a_thread_it_answers_what_began_it(there: Workspace) -> None:
    began = there.write(HORN, by=BEN)
    there.tell(there.write(f"<@{ME}>", thread=began["ts"]))
    card = there.heard("chat.postMessage")
    assert thread_of(card) == began["ts"]
    assert "Signals team" in shown(card)
    there.press(card, "tried", value="1")
    assert "Dock supervisor – tried" in shown(there.heard("chat.update"))


def test_tried_rungs_are_crossed_off_and_brought_back(there: Workspace) -> None:
    card = there.ask(NOBODY)
    assert "The manual names nobody for this." in shown(card)
    there.press(card, "tried", value="1")
    card = there.heard("chat.update")
    assert "1. Dock supervisor – tried" in shown(card)
    assert "*2. Head of Moorings*" in shown(card)
    there.press(card, "tried", value="2")
    last = there.heard("chat.update")
    assert "*A message to hand over*" in shown(last)
    assert "I have been to: Dock supervisor; Head of Moorings." in shown(last)
    there.press(last, "untried", value="2")
    assert "*2. Head of Moorings*" in shown(there.heard("chat.update"))
    after = there.ask("who is next?", thread=thread_of(card))
    assert "Next in the manual’s order of escalation:\n*Head of Moorings*" in shown(after)
    assert "1. Dock supervisor" not in shown(after)


def test_what_helped_is_kept_masked_once(there: Workspace, harbour: Path) -> None:
    card = there.ask(f"{HORN} I am ada@example.org")
    there.press(card, "helped", value="yes")
    there.press(card, "helped", value="yes")
    rated = there.heard("chat.update")
    assert "Thank you." in shown(rated)
    assert not any(name in ("helped", "no-help") for name, _ in buttons(rated))
    wrong = there.ask(LAMP, channel=DIRECT)
    there.press(wrong, "no-help", option="Out of date")
    assert "It is kept for those who write the manual." in shown(there.heard("chat.update"))
    assert there.silent()
    notes = [json.loads(line) for line in run("gaps", "--jsonl", "--index", harbour).stdout.splitlines()]
    kept = [(note["question"], note["helpful"], note["reason"]) for note in notes if note["helpful"] is not None]
    assert kept == [(f"{HORN} I am [email]", True, ""), (LAMP, False, "Out of date")]
    assert any(note["question"] == NOBODY and note["helpful"] is None for note in notes)


def test_nobody_is_called_by_what_a_manual_says(there: Workspace) -> None:
    card = there.ask("Who knows about kites?")
    said = shown(card)
    assert "#harbour-kites" in said
    assert "&lt;!channel&gt; &amp; co" in said
    assert "<!" not in json.dumps(card["blocks"])


def test_a_question_is_read_without_slacks_marks(there: Workspace) -> None:
    assert "Lamp team" in shown(there.ask("What is <#C0LAMPS|> for?"))
    assert "Signals team" in shown(there.ask("What is <#C0SIGNALS|harbour-signals> for?"))


def test_each_event_is_answered_once(there: Workspace) -> None:
    event = there.write(f"<@{ME}> {HORN}")
    envelopes = [there.tell(event), there.tell(event, again=1), there.tell(event, again=2)]
    there.heard("chat.postMessage")
    assert there.silent()
    assert set(envelopes) <= set(there.acknowledged)


def test_bots_edits_and_talk_are_not_answered(there: Workspace) -> None:
    text = f"<@{ME}> {HORN}"
    for more in ({"bot_id": "B0"}, {"subtype": "bot_message"}, {"subtype": "message_changed"}, {"app_id": "A1"}):
        there.tell(there.write(text, **more))
    there.tell(there.write(text, by=ME))
    there.tell(there.write(HORN), kind="message")  # in a channel, without a mention
    there.tell(there.write(HORN, channel=DIRECT, bot_id="B1"))
    assert there.silent()


def test_in_a_channel_it_is_silent_where_it_is_talked_about_and_not_sure(there: Workspace) -> None:
    there.tell(there.write(f"{NOBODY} I wonder whether <@{ME}> knows"))
    there.tell(there.write(f"nothing to see, <@{ME}>"))
    assert there.silent()
    there.tell(there.write(f"{HORN} <@{ME}>"))
    assert "Signals team" in shown(there.heard("chat.postMessage"))


def test_what_cannot_be_asked_is_said(there: Workspace) -> None:
    assert "The question is empty" in there.ask("")["text"]
    assert "2,000" in there.ask("x" * 2500, channel=DIRECT)["text"]


@pytest.mark.parametrize(("setting", "speaks"), [("never", False), ("always", True)])
def test_the_setting_says_where_it_speaks_unsure(harbour: Path, setting: str, speaks: bool) -> None:
    with workspace() as there, answering(there, harbour, "--unsure-in-channels", setting):
        there.tell(there.write(f"<@{ME}> {NOBODY}" if not speaks else f"{NOBODY} Does <@{ME}> know?"))
        if speaks:
            assert "names nobody" in shown(there.heard("chat.postMessage"))
        else:
            assert there.silent()
            assert "names nobody" in shown(there.ask(NOBODY, channel=DIRECT))


def test_it_comes_back_and_answers_nothing_twice(harbour: Path) -> None:
    with workspace() as there:
        event = there.write(f"<@{ME}> {HORN}")
        with answering(there, harbour):
            there.tell(event)
            there.heard("chat.postMessage")
            there.drop()
            there.ask(LAMP)
        there.drop()
        with answering(there, harbour):
            there.tell(event, again=1)
            assert there.silent()


def test_what_is_asked_or_pressed_while_the_index_is_unusable_is_answered(harbour: Path, tmp_path: Path) -> None:
    index = Path(shutil.copytree(harbour, tmp_path / "index"))
    logged: list[str] = []
    with workspace() as there, answering(there, index, logged=logged):
        card = there.ask(NOBODY)
        (index / "current").write_text("9-000000000000\n", "utf-8")
        there.press(card, "tried", value="1")
        assert "can’t answer at the moment" in there.heard("chat.postMessage")["text"]
        assert "can’t answer at the moment" in there.ask(HORN)["text"]
    assert sum("run `whodoiask ingest`" in line for line in logged) == 2


def test_a_thread_that_may_not_be_read_costs_the_history_alone(harbour: Path) -> None:
    logged: list[str] = []
    with workspace() as there:
        there.refused["conversations.replies"] = "missing_scope"
        with answering(there, harbour, "--log-json", logged=logged):
            card = there.ask(HORN)
            assert "Signals team" in shown(there.ask(HORN, thread=thread_of(card)))
    assert any("missing_scope" in line and "docs/slack.md" in line for line in logged)
    answers = [json.loads(line) for line in logged if line.startswith("{")]
    assert len(answers) == 2
    assert "question" not in answers[0]


def test_what_is_missing_or_refused_is_one_sentence(harbour: Path) -> None:
    none = dict.fromkeys(TOKENS, "")
    refused(run("slack", "--index", harbour, **none), "SLACK_BOT_TOKEN and SLACK_APP_TOKEN", "docs/slack.md")
    refused(run("slack", "--index", harbour, **{**TOKENS, "SLACK_APP_TOKEN": ""}), "needs SLACK_APP_TOKEN in")
    swapped = {"SLACK_BOT_TOKEN": TOKENS["SLACK_APP_TOKEN"], "SLACK_APP_TOKEN": TOKENS["SLACK_BOT_TOKEN"]}
    done = run("slack", "--index", harbour, **swapped)
    refused(done, "SLACK_BOT_TOKEN", "xoxb-")
    assert "secret" not in done.stderr
    for address in ("http://example.org/api", "slack.com", "https://"):
        refused(run("slack", "--index", harbour, "--api", address, **TOKENS), "https://slack.com/api/")
    refused(run("slack", "--index", harbour, "--api", "http://127.0.0.1:9/api/", **TOKENS), "cannot be reached")
    with workspace() as there:
        for method, token in (("auth.test", "SLACK_BOT_TOKEN"), ("apps.connections.open", "SLACK_APP_TOKEN")):
            there.refused = {method: "invalid_auth"}
            done = run("slack", "--index", harbour, "--api", there.address, **TOKENS)
            refused(done, token, "invalid_auth")
            assert "secret" not in done.stderr


def test_the_manifest_in_the_docs_asks_for_what_is_used() -> None:
    manifest = yaml.safe_load((ROOT / "docs" / "slack.md").read_text("utf-8").split("```yaml\n")[1].split("```")[0])
    assert manifest["settings"] == {
        "event_subscriptions": {"bot_events": ["app_mention", "message.im"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    }
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    assert scopes == {"chat:write", "app_mentions:read"} | {
        f"{kind}:{right}"
        for kind, right in (
            ("im", "history"),
            *((kind, right) for kind in ("channels", "groups") for right in ("history", "read")),
        )
    }
