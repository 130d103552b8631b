"""The answers in Slack, over socket mode: nothing listens here, and only Slack is called. The door to slack_bolt.

Slack delivers an event again when it is not sure that it arrived. Each question is answered once: by what this process
has seen, and where Slack says that it delivers again, by the thread itself.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import urlsplit

from cachetools import LRUCache
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.error import BoltError
from slack_bolt.request import BoltRequest
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.web import WebClient

from assistant.errors import UserError
from assistant.flow import LONGEST_HISTORY, Assistant, checked
from assistant.values import Answer
from ui.access import is_loopback
from ui.blocks import HELPED, NO_HELP, TRIED, UNTRIED, State, blocks
from ui.card import Layout, Story, Sureness, laid_out
from ui.conversation import Turn
from ui.desk import Desk
from ui.feedback import REASONS, Feedback, FeedbackError
from ui.logs import Log
from ui.mrkdwn import escaped
from ui.plain import one_line, plain
from ui.thread import Asked, Message, addresses, by_person, earlier, states, words_of

API = "https://slack.com/api/"
BOT_TOKEN, APP_TOKEN = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"
PREFIXES = {BOT_TOKEN: "xoxb-", APP_TOKEN: "xapp-"}
Unsure = Literal["never", "addressed", "always"]
"""Whether an answer that is not sure is given in a channel: never, where the message begins with the assistant's name
(it is asked, and not talked about), or always."""
SEEN = 10_000
"""Events that are remembered, so that none is answered twice."""
AT_A_TIME = 200
MOST_PAGES = 10
"""Messages of a thread that are read at a time, and how often: whoever asks in a longer one begins anew."""
UNUSABLE = "I can’t answer at the moment: whoever runs me finds out more there."
GONE = "I can’t find the question of this card any more: ask it again."
LONGEST_NOTICE = 1000
"""Characters of what a notification shows."""


def tokens(environment: Mapping[str, str]) -> tuple[str, str]:
    """The bot's and the app's token; UserError, which never shows one, where either is missing or is no such token."""
    for name, prefix in PREFIXES.items():
        if not environment.get(name, "").strip():
            missing = " and ".join(each for each in PREFIXES if not environment.get(each, "").strip())
            raise UserError(f"Slack needs {missing} in the environment: docs/slack.md says where to find them.")
        if not environment[name].strip().startswith(prefix):
            raise UserError(f"What {name} holds is no such token: it begins with {prefix}; docs/slack.md says more.")
    return environment[BOT_TOKEN].strip(), environment[APP_TOKEN].strip()


def serve(
    assistant: Assistant,
    held: tuple[str, str],
    ready: Callable[[str], None],
    *,
    feedback: Feedback | None,
    log: Log,
    unsure: Unsure = "addressed",
    api: str = API,
) -> None:
    """Answer in Slack until interrupted; `held` are the tokens (see `tokens`), and `ready` gets the assistant's name
    there when it is connected.

    Raises UserError for refused tokens and where Slack is not reached; KeyboardInterrupt on SIGINT.
    """
    bot_token, app_token = held
    logger = _quiet((bot_token, app_token))
    client = WebClient(bot_token, base_url=_checked(api), logger=logger)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=3))
    assistant.prepare()
    with _said_plainly(BOT_TOKEN):
        known = client.auth_test()
        app = App(client=client, token=bot_token, logger=logger, token_verification_enabled=False)
    door = Door(Desk(assistant, feedback, log), client, str(known["user_id"]), str(known.get("url") or ""), unsure)
    door.listen(app)
    handler = SocketModeHandler(app, app_token, logger=logger)
    with _said_plainly(APP_TOKEN):
        handler.connect()  # type: ignore[no-untyped-call]
    try:
        logger.setLevel(logging.ERROR)
        ready(str(known.get("user") or known["user_id"]))
        threading.Event().wait()
    finally:
        handler.close()  # type: ignore[no-untyped-call]


class Door:
    """What happens in Slack: questions, and buttons pressed. Safe to share between threads."""

    def __init__(self, desk: Desk, client: WebClient, me: str, workspace: str, unsure: Unsure) -> None:
        """`me` is the assistant's own user id, `workspace` the address of the workspace that it is in."""
        self._desk = desk
        self._client = client
        self._me = me
        self._workspace = workspace
        self._unsure = unsure
        self._seen: LRUCache[tuple[str, ...], bool] = LRUCache(SEEN)
        self._names: LRUCache[str, str] = LRUCache(SEEN)
        self._lock = threading.Lock()

    def listen(self, app: App) -> None:
        """Take the events of mentions and direct messages, and the buttons of cards."""
        app.event("app_mention")(self._on_mention)
        app.event("message")(self._on_message)
        for name in (TRIED, UNTRIED, HELPED, NO_HELP):
            app.action(name)(self._on_button)
        app.error(_failed)

    def _on_mention(self, event: dict[str, Any], request: BoltRequest) -> None:
        self._asked(event, again=bool(request.headers.get("x-slack-retry-num")))

    def _on_message(self, event: dict[str, Any], request: BoltRequest) -> None:
        """Of all messages only direct ones: in a channel those that mention the assistant come as mentions too."""
        if event.get("channel_type") == "im":
            self._asked(event, again=bool(request.headers.get("x-slack-retry-num")))

    def _asked(self, event: Message, *, again: bool) -> None:
        channel, at, by = (str(event.get(key) or "") for key in ("channel", "ts", "user"))
        if not (channel and at) or not by_person(event) or by == self._me or not self._first("asked", channel, at):
            return
        thread = str(event.get("thread_ts") or "")
        messages = self._thread(channel, thread or at) if thread or again else ()
        if again and any(state.asked == at for state in states(messages, self._me)):
            return
        text, direct = str(event.get("text") or ""), event.get("channel_type") == "im"
        before, question = self._earlier(messages, by, at, direct=direct), self._words(text)
        if not question and thread and not direct:
            # Called into a thread without a word: what is asked is what began it.
            root = next((message for message in messages if message.get("ts") == thread and by_person(message)), {})
            at, question, before = (thread, self._words(str(root.get("text") or "")), ()) if root else (at, "", ())
        speaks = direct or self._unsure == "always" or (self._unsure == "addressed" and addresses(text, self._me))
        where = thread or at
        try:
            checked(question)
        except UserError as error:
            if speaks:
                self._say(channel, where, str(error))
            return
        self._answer(channel, where, State(at, by), (*before, Asked(question)), speaks=speaks)

    def _answer(self, channel: str, thread: str, state: State, asked: Sequence[Asked], *, speaks: bool) -> None:
        try:
            turns = self._turns(asked)
            answer, story = self._desk.turn(turns)
        except UserError as error:
            _complain(str(error))
            if speaks:
                self._say(channel, thread, UNUSABLE)
            return
        if not speaks and not _is_sure(answer):
            return
        self._desk.note(answer)
        text, drawn = self._drawn(answer, turns, story, state)
        self._client.chat_postMessage(
            channel=channel, thread_ts=thread, text=text, blocks=drawn, unfurl_links=False, unfurl_media=False
        )

    def _on_button(self, ack: Callable[[], Any], body: dict[str, Any]) -> None:
        ack()
        action, message = body["actions"][0], body.get("message") or {}
        channel, at = str((body.get("channel") or {}).get("id", "")), str(message.get("ts", ""))
        pressed, value = str(action.get("action_id")), str(action.get("value") or "")
        state = State.of(message)
        if state is None or message.get("user") != self._me:
            return
        if not self._first("pressed", channel, at, str(action.get("action_ts"))):
            return
        if pressed in (HELPED, NO_HELP) and (state.rated or not self._first("rated", channel, at)):
            return
        thread = str(message.get("thread_ts") or at)
        messages = self._thread(channel, thread)
        text = next((str(each.get("text") or "") for each in messages if each.get("ts") == state.asked), "")
        if not (question := self._words(text)):
            self._say(channel, thread, GONE)
            return
        direct = channel.startswith("D")
        state = state.after(pressed, value)
        asked = (*self._earlier(messages, state.by, state.asked, direct=direct), Asked(question, state.tried))
        reason = str((action.get("selected_option") or {}).get("value") or "")
        try:
            self._redraw(channel, at, state, asked, rates=pressed in (HELPED, NO_HELP), reason=reason)
        except UserError as error:
            _complain(str(error))
            self._say(channel, thread, UNUSABLE)

    def _redraw(self, channel: str, at: str, state: State, asked: Sequence[Asked], *, rates: bool, reason: str) -> None:
        """The card of `at` in its new state; `rates` says that somebody just told whether it helped."""
        turns = self._turns(asked)
        thanks = "Thank you." if state.rated else ""
        if rates:
            try:
                thanks = self._desk.rated(turns, state.rated == "yes", reason if reason in REASONS else "")
            except FeedbackError as error:
                thanks = plain(str(error))
        answer, story = self._desk.turn(turns)
        text, drawn = self._drawn(answer, turns, story, state, thanks)
        self._client.chat_update(channel=channel, ts=at, text=text, blocks=drawn)

    def _drawn(
        self, answer: Answer, turns: Sequence[Turn], story: Story, state: State, thanks: str = ""
    ) -> tuple[str, list[dict[str, Any]]]:
        """What a notification shows, and the card."""
        layout: Layout = laid_out(answer, turns[-1].tried, story)
        reasons = REASONS if self._desk.rates else ()
        drawn = blocks(layout, state, slack_url=self._desk.slack_url or self._workspace, reasons=reasons, thanks=thanks)
        return escaped(one_line(layout.said)[:LONGEST_NOTICE]), drawn

    def _turns(self, asked: Sequence[Asked]) -> tuple[Turn, ...]:
        """The questions with whom the rungs are that were tried: a card knows them by their numbers."""
        turns: list[Turn] = []
        for one in asked:
            turn = Turn(one.question)
            if one.tried:
                answer, _ = self._desk.turn((*turns, turn))
                turn = Turn(one.question, tuple(rung.who for rung in answer.ladder if rung.rung in one.tried))
            turns.append(turn)
        return tuple(turns)

    def _earlier(self, messages: Sequence[Message], by: str, before: str, *, direct: bool) -> tuple[Asked, ...]:
        found = earlier(messages, self._me, by, before, every=direct, words=self._words)
        return tuple(one for one in found if _can_be_asked(one.question))[-LONGEST_HISTORY:]

    def _thread(self, channel: str, thread: str) -> tuple[Message, ...]:
        """The messages of a thread; none, and a word to whoever runs this, where Slack does not let it be read."""
        messages: list[Message] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            try:
                reply = self._client.conversations_replies(
                    channel=channel, ts=thread, limit=AT_A_TIME, cursor=cursor or None
                )
            except SlackApiError as error:
                _complain(f"A thread could not be read ({error.response['error']}): see the scopes in docs/slack.md.")
                break
            messages += reply.get("messages") or []
            cursor = str((reply.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return tuple(messages)

    def _words(self, text: str) -> str:
        return words_of(text, self._me, self._channel_name)

    def _channel_name(self, channel: str) -> str:
        """The name of a channel; empty where Slack does not tell."""
        with self._lock:
            if channel in self._names:
                return self._names[channel]
        try:
            name = str(self._client.conversations_info(channel=channel)["channel"].get("name") or "")
        except SlackApiError:
            name = ""
        with self._lock:
            self._names[channel] = name
        return name

    def _say(self, channel: str, thread: str, sentence: str) -> None:
        said = escaped(one_line(sentence))
        self._client.chat_postMessage(channel=channel, thread_ts=thread, text=said, unfurl_links=False)

    def _first(self, *key: str) -> bool:
        """Whether nobody came with this before."""
        with self._lock:
            before = key in self._seen
            self._seen[key] = True
            return not before


def _is_sure(answer: Answer) -> bool:
    return answer.outcome == "answer" and not answer.close and Sureness.of(answer.confidence).level != "low"


def _can_be_asked(question: str) -> bool:
    try:
        checked(question)
    except UserError:
        return False
    return True


def _checked(api: str) -> str:
    """The address of Slack's Web API; UserError for one over which a token could be read."""
    parts = urlsplit(api)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))):
        raise UserError(f"{one_line(api)} is no address for Slack's Web API: it begins with https://, as {API}.")
    return f"{api.rstrip('/')}/"


@contextmanager
def _said_plainly(token: str) -> Iterator[None]:
    """What goes wrong with Slack while it is called to at first, as a UserError; `token` is whose fault it may be."""
    try:
        yield
    except SlackApiError as error:
        raise UserError(
            f"Slack refuses what {token} holds ({error.response['error']}): docs/slack.md says what it needs."
        ) from None
    except (OSError, SlackClientError, BoltError):
        raise UserError("Slack cannot be reached from here: look at the network, and start again.") from None


def _quiet(secrets: Sequence[str]) -> logging.Logger:
    """A logger for what went wrong in the libraries, which never says a token."""
    logger = logging.getLogger("whodoiask.slack")
    logger.setLevel(logging.CRITICAL)  # until it is connected: what goes wrong before is said by a UserError
    logger.propagate = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Masking(secrets))
    logger.handlers = [handler]
    return logger


class _Masking(logging.Formatter):
    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("whodoiask: %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """One line, without a traceback, whose frames may hold what somebody asked."""
        said = record.getMessage()
        for secret in self._secrets:
            said = said.replace(secret, "[token]")
        return f"whodoiask: {one_line(said)}"


def _failed(error: Exception) -> None:
    """A mistake of ours, or of Slack: one line for whoever runs this, and nothing of what was asked."""
    told = error.response["error"] if isinstance(error, SlackApiError) else type(error).__name__
    _complain(f"A question or a button in Slack could not be answered ({told}).")


def _complain(sentence: str) -> None:
    print(f"whodoiask: {one_line(sentence)}", file=sys.stderr, flush=True)
