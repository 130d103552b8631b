"""A real server that speaks as OpenAI's does, and behaves as it is told: what the tests of the language model share."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any

Asked = dict[str, Any]
"""The data of a prompt: what the user's message holds."""
Replies = Callable[[Asked, Mapping[str, Any]], Any]
"""What a model says to a prompt's data and schema: a JSON value, a `Raw` text, or a `Refusal`."""


@dataclass(frozen=True)
class Raw:
    """A reply's text as it is, whether or not it is JSON."""

    text: str
    finish: str = "stop"


@dataclass(frozen=True)
class Refusal:
    """A status, and no reply."""

    status: int


@dataclass(frozen=True)
class Stall:
    """Nothing for so many seconds; or a byte now and then, that seems to promise more."""

    seconds: float
    trickling: bool = False


@dataclass
class Server:
    """Where it listens, and every body that was sent there."""

    url: str
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def data(self) -> list[Asked]:
        """The data of each prompt."""
        return [json.loads(body["messages"][-1]["content"]) for body in self.bodies]


class _Model(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, replies: Replies) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies = replies
        self.found = Server(f"http://127.0.0.1:{self.server_port}/v1")
        self.ended = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: _Model

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.found.bodies.append(body)
        self.server.found.headers.append(dict(self.headers))
        try:
            self.answer(self.server.replies(json.loads(body["messages"][-1]["content"]), schema_of(body)))
        except OSError:
            self.close_connection = True  # whoever asked has gone

    def answer(self, said: Any) -> None:
        if isinstance(said, Stall):
            self.stall(said)
        elif isinstance(said, Refusal):
            self.send(said.status, json.dumps({"error": {"message": "no"}}).encode())
        else:
            raw = said if isinstance(said, Raw) else Raw(json.dumps(said))
            self.send(200, json.dumps(completion(raw)).encode())

    def stall(self, said: Stall) -> None:
        if said.trickling:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
        for _ in range(int(said.seconds * 20)):
            if self.server.ended.is_set():
                break
            if said.trickling:
                self.wfile.write(b" ")
                self.wfile.flush()
            sleep(0.05)
        self.close_connection = True

    def send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Not a word."""


@contextmanager
def model_server(replies: Replies) -> Iterator[Server]:
    """A server whose model replies so, while the block lasts."""
    with _Model(replies) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.found
        finally:
            server.ended.set()
            server.shutdown()


def schema_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the reply that a body asks for."""
    found: Mapping[str, Any] = body["response_format"]["json_schema"]["schema"]
    return found


def completion(said: Raw) -> dict[str, Any]:
    """A reply as OpenAI's servers write it."""
    message = {"role": "assistant", "content": said.text, "refusal": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test",
        "choices": [{"index": 0, "message": message, "finish_reason": said.finish, "logprobs": None}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }
