"""A workspace of Slack's on this machine: its Web API and its socket, as `whodoiask slack` meets them.

Only this public door is fake. What is sent through it is held against Slack's own limits and rules.
"""

from __future__ import annotations

import json
import queue
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from serving import served
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

ME, ADA, BEN, BOT, CHANNEL, DIRECT = "U0ME", "U0ADA", "U0BEN", "B0ME", "C0HARBOUR", "D0ADA"
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-secret-of-the-bot", "SLACK_APP_TOKEN": "xapp-secret-of-the-app"}
PATIENCE = 20
"""Seconds to wait for what must come."""
QUIET = 1.5
"""Seconds in which what must not come does not."""

Message = dict[str, Any]


class Workspace:
    """What people write there, what the assistant sent, and each call that it made."""

    def __init__(self) -> None:
        self.threads: dict[tuple[str, str], list[Message]] = {}
        self.calls: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.refused: dict[str, str] = {}
        """Methods that answer with an error."""
        self.acknowledged: list[str] = []
        self.address = self.socket = ""
        self._clients: list[ServerConnection] = []
        self._numbers = count(1)
        self._begun = time.time()

    # The Web API

    def call(self, method: str, given: dict[str, Any], token: str) -> dict[str, Any]:
        expected = TOKENS["SLACK_APP_TOKEN" if method == "apps.connections.open" else "SLACK_BOT_TOKEN"]
        if token != f"Bearer {expected}":
            return {"ok": False, "error": "invalid_auth"}
        if method in self.refused:
            return {"ok": False, "error": self.refused[method]}
        match method:
            case "auth.test":
                who = {"user_id": ME, "user": "whodoiask", "bot_id": BOT, "team_id": "T0", "team": "Harbour"}
                return {"ok": True, "url": "https://harbour.slack.com/", **who}
            case "apps.connections.open":
                return {"ok": True, "url": self.socket}
            case "chat.postMessage":
                check(given)
                at = self._now()
                message = {"type": "message", "user": ME, "bot_id": BOT, "ts": at, **given}
                self.threads.setdefault((given["channel"], given["thread_ts"]), []).append(message)
                self.calls.put((method, message))
                return {"ok": True, "ts": at, "channel": given["channel"]}
            case "chat.update":
                check(given)
                found = next(m for thread in self.threads.values() for m in thread if m["ts"] == given["ts"])
                found.update(text=given["text"], blocks=given["blocks"])
                self.calls.put((method, dict(found)))
                return {"ok": True, "ts": given["ts"]}
            case "conversations.replies":
                thread = self.threads.get((given["channel"], given["ts"]), [])
                begin = int(given.get("cursor") or 0)
                part = thread[begin : begin + 3]  # small pages, so that there are several
                after = str(begin + 3) if begin + 3 < len(thread) else ""
                return {"ok": True, "messages": part, "response_metadata": {"next_cursor": after}}
            case "conversations.info":
                return {"ok": True, "channel": {"id": given["channel"], "name": "harbour-lamps"}}
        return {"ok": False, "error": "unknown_method"}

    # What people do

    def write(self, text: str, *, by: str = ADA, thread: str = "", channel: str = CHANNEL, **more: Any) -> Message:
        """Somebody writes; the workspace keeps it and tells nobody."""
        at = self._now()
        message: Message = {"type": "message", "user": by, "text": text, "ts": at, "channel": channel, **more}
        if thread:
            message["thread_ts"] = thread
        self.threads.setdefault((channel, thread or at), []).append(message)
        return message

    def tell(self, event: Message, *, kind: str = "", envelope: str = "", again: int = 0) -> str:
        """Deliver an event; the envelope's id. `again` is how often it was delivered before."""
        envelope = envelope or f"envelope-{next(self._numbers)}"
        direct = {"channel_type": "im"} if event["channel"].startswith("D") else {"channel_type": "channel"}
        typed = kind or ("message" if event["channel"].startswith("D") else "app_mention")
        payload = {
            "type": "event_callback",
            "event_id": f"Ev{event['ts']}",
            "team_id": "T0",
            "api_app_id": "A0",
            "authorizations": [{"team_id": "T0", "user_id": ME, "is_bot": True}],
            "event": {**event, **direct, "type": typed},
        }
        retry = {"retry_attempt": again, "retry_reason": "timeout"} if again else {}
        self._send({"type": "events_api", "envelope_id": envelope, "payload": payload, **retry})
        return envelope

    def ask(self, text: str, *, by: str = ADA, thread: str = "", channel: str = CHANNEL) -> Message:
        """A mention, or in `DIRECT` a message, and what the assistant says to it."""
        said = text if channel == DIRECT else f"<@{ME}> {text}"
        self.tell(self.write(said, by=by, thread=thread, channel=channel))
        return self.heard("chat.postMessage")

    def press(self, card: Message, name: str, *, value: str = "", by: str = ADA, option: str = "") -> None:
        """Somebody presses a button of a card, or chooses from its menu."""
        action: dict[str, Any] = {"action_id": name, "action_ts": self._now(), "type": "button", "block_id": "b"}
        action |= {"type": "static_select", "selected_option": {"value": option}} if option else {"value": value}
        payload = {
            "type": "block_actions",
            "user": {"id": by},
            "team": {"id": "T0"},
            "api_app_id": "A0",
            "container": {"type": "message", "message_ts": card["ts"], "channel_id": card["channel"]},
            "channel": {"id": card["channel"]},
            "message": card,
            "actions": [action],
        }
        envelope = f"envelope-{next(self._numbers)}"
        self._send({"type": "interactive", "envelope_id": envelope, "payload": payload})

    def heard(self, method: str) -> Message:
        """The next message that the assistant sends or changes, which must be by this method."""
        called, message = self.calls.get(timeout=PATIENCE)
        assert called == method, (called, message)
        return message

    def silent(self) -> bool:
        """Whether nothing comes for a while."""
        time.sleep(QUIET)
        return self.calls.empty()

    def drop(self) -> None:
        """Close the socket, as Slack does now and then."""
        for client in self._clients:
            client.close()
        self._clients.clear()

    def connected(self) -> bool:
        until = time.monotonic() + PATIENCE
        while not self._clients and time.monotonic() < until:
            time.sleep(0.05)
        return bool(self._clients)

    def _send(self, message: dict[str, Any]) -> None:
        assert self.connected()
        self._clients[-1].send(json.dumps(message))

    def attend(self, client: ServerConnection) -> None:
        """One connection, until it is closed."""
        client.send(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0"}}))
        self._clients.append(client)
        with suppress(ConnectionClosed):
            for said in client:
                self.acknowledged.append(json.loads(said)["envelope_id"])

    def _now(self) -> str:
        return f"{int(self._begun)}.{next(self._numbers):06}"


def check(message: dict[str, Any]) -> None:
    """Hold a message against what Slack takes: its limits, and no mention or link that it does not escape."""
    blocks = message.get("blocks") or []
    assert 0 < len(message["text"]) <= 4000
    assert len(blocks) <= 50
    names = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(names) == len(set(names))
    assert all(0 < len(name) <= 255 for name in names)
    for text in texts(message):
        assert 0 < len(text) <= 3000, len(text)
        bare = re.sub(r"<(?:https?://|mailto:|tel:)[^<>|]+\|[^<>|]*>", "", text)
        assert "<" not in bare, bare
        assert ">" not in re.sub(r"^> ", "", bare, flags=re.MULTILINE), bare
        assert re.sub(r"&(?:amp|lt|gt);", "", bare).count("&") == 0, bare


def texts(message: dict[str, Any]) -> Iterator[str]:
    """Every text in Slack's marks."""
    yield message["text"]
    for block in message.get("blocks") or []:
        parts = [block.get("text"), *(block.get("elements") or [])]
        for part in parts:
            if isinstance(part, dict) and part.get("type") == "mrkdwn":
                assert part["verbatim"] is True
                yield part["text"]


def shown(message: Message) -> str:
    """All that a card says, a line for each."""
    return "\n".join(list(texts(message))[1:])


def buttons(message: Message) -> list[tuple[str, str]]:
    """The name and value of each button and menu."""
    found = [block["accessory"] for block in message["blocks"] if "accessory" in block]
    found += [each for block in message["blocks"] if block["type"] == "actions" for each in block["elements"]]
    return [(each["action_id"], each.get("value", "")) for each in found]


@contextmanager
def workspace() -> Iterator[Workspace]:
    """The workspace, while it is served."""
    there = Workspace()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            is_json = "json" in self.headers.get("Content-Type", "")
            given = json.loads(body) if is_json else dict(parse_qsl(body))
            parts = urlsplit(self.path)
            given |= dict(parse_qsl(parts.query))
            token = self.headers.get("Authorization", "")
            reply = json.dumps(there.call(parts.path.removeprefix("/api/"), given, token)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *said: object) -> None:
            """Not a word."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web, serve(there.attend, "127.0.0.1", 0) as socket:
        there.address = f"http://127.0.0.1:{web.server_port}/api/"
        there.socket = f"ws://127.0.0.1:{socket.socket.getsockname()[1]}/link"
        for server in (web, socket):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield there
        finally:
            there.drop()
            web.shutdown()
            socket.shutdown()


@contextmanager
def answering(there: Workspace, index: Path, *options: str, logged: list[str] | None = None) -> Iterator[None]:
    """`whodoiask slack`, connected to the workspace; afterwards ended as a person ends it. What it wrote to standard
    error is added to `logged`; without one it says nothing."""
    command = ["slack", "--index", str(index), "--api", there.address, *options]
    written: list[str] = []
    with served(command, "Connected to Slack as @whodoiask", written, **TOKENS):
        yield
    assert not any(token in line for token in TOKENS.values() for line in written)
    assert logged is not None or not written, written
    if logged is not None:
        logged += written
