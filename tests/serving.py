"""A chat page in a process of its own, a proxy before it, and calls to it: what the tests of the page share."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "ui.cli"]
QUESTION = "Who do I speak to about a new DNS zone?"


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@contextmanager
def served(command: Sequence[str], line: str, logged: list[str] | None = None, **env: str) -> Iterator[None]:
    """A server that has said that line, until the block ends; then it was ended as a person ends it. What it logged is
    added to `logged`; without one it says nothing more. `env` is added to its environment."""
    pipe = subprocess.PIPE
    there = {**os.environ, **env}
    with subprocess.Popen([*COMMAND, *command], stdout=pipe, stderr=pipe, cwd=ROOT, text=True, env=there) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"{line}\n"
            yield
        finally:
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=30)
    written = said[1].splitlines()
    if logged is not None:
        logged += written
    assert (process.returncode, said[0], [] if logged is not None else written) == (130, "", [])


@contextmanager
def chat_page(
    index: Path, port: int, *options: str, logged: list[str] | None = None, cache: Path | None = None
) -> Iterator[str]:
    """The address of a chat page, which is `served`; with a `cache` it is one of another machine."""
    address = f"http://127.0.0.1:{port}"
    command = ["chat", "--port", str(port), "--index", str(index), *options]
    there = {"WHODOIASK_CACHE": str(cache)} if cache else {}
    with served(command, f"Chat page: {address}", logged, **there):
        yield address


def call(address: str, *data: object) -> str:
    """The API's last event for a call of `/answer`, as gradio's clients read it."""
    url = f"{address}/gradio_api/call/answer"
    body = json.dumps({"data": data}).encode()
    with urlopen(Request(url, body, {"Content-Type": "application/json"}), timeout=30) as reply:  # noqa: S310
        event = json.load(reply)["event_id"]
    with urlopen(f"{url}/{event}", timeout=30) as stream:  # noqa: S310
        text: str = stream.read().decode("utf-8")
    return text


@dataclass
class Proxy:
    """A proxy's public address, and what was asked of it that does not lie below its prefix."""

    address: str
    astray: list[str] = field(default_factory=list)


@contextmanager
def proxy(prefix: str, page: str) -> Iterator[Proxy]:
    """A proxy on a port of its own that takes `prefix` off and asks `page`, passing on each piece as it comes."""
    found = Proxy("")

    class Handler(BaseHTTPRequestHandler):
        def forward(self) -> None:
            if not re.match(rf"{re.escape(prefix)}(?:[/?]|$)", self.path):
                found.astray.append(self.path)
                self.send_error(404)
                return
            there = self.path.removeprefix(prefix)
            there = there if there.startswith("/") else f"/{there}"
            try:
                self.pass_on(ask(page, self.command, there, dict(self.headers), self.body()))
            except OSError:
                self.close_connection = True  # the browser has gone

        def body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def pass_on(self, reply: HTTPResponse) -> None:
            self.send_response_only(reply.status)
            for name, value in reply.getheaders():
                if name.lower() not in ("transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.end_headers()
            with reply:
                while piece := reply.read1():
                    self.wfile.write(piece)
                    self.wfile.flush()

        do_GET = do_POST = do_HEAD = forward  # noqa: N815

        def log_message(self, *said: object) -> None:
            """Not a word."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.address = f"http://127.0.0.1:{server.server_port}{prefix}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield found
        finally:
            server.shutdown()


def ask(
    page: str, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | Iterator[bytes] = b""
) -> HTTPResponse:
    """The reply to one request, not yet read; a body in pieces is sent in chunks."""
    there = HTTPConnection(urlsplit(page).netloc, timeout=30)
    there.request(method, path, body or None, {**(headers or {}), "Connection": "close"})
    return there.getresponse()
