"""What comes to the page at all: requests of its own site, for what it serves, not too many from one client, and calls
that gradio can read."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from assistant.errors import UserError
from assistant.outside import json_of
from ui.access import (
    FOR_PROGRAMS,
    OPEN,
    OPEN_BELOW,
    App,
    Counts,
    Message,
    Receive,
    Scope,
    Send,
    client_of,
    is_loopback,
    reply,
)

_GRADIO = "/gradio_api"
SERVED = (
    OPEN
    | FOR_PROGRAMS
    | {"/config", "/logout"}
    | {f"{_GRADIO}/{name}" for name in ("info", "openapi.json", "app_id", "startup-events", "login_check", "theme.css")}
    | {f"{_GRADIO}/{name}" for name in ("queue/join", "queue/data", "cancel", "reset", "component_server")}
)
SERVED_BELOW = (*OPEN_BELOW, "/svelte/", f"{_GRADIO}/heartbeat/")
_CALL = re.compile(rf"{_GRADIO}/call/answer(?:/[0-9a-f]{{32}})?")
"""What a browser and gradio's clients need of the framework. It has further routes, which serve files, pass requests on
and take uploads; later versions may have more."""
ASKED_AT_MOST = 60
"""Requests with a body that one client may send in `WHILE` seconds; a reader's click is one or two."""
WHILE = 10
LONGEST_CONVERSATION = 1024 * 1024
"""Bytes that the page may send at once."""
READ_ON = 16
"""How many times as long a body is read that is longer than it may be."""
LONGEST_PATH = 255
"""Characters; a file's name can be no longer."""
AT_ONCE_EACH = 3
"""Requests with a body of one client that are served at the same time, while its others wait: a place is left for
others."""
_NOTHING = (404, "There is nothing here.")
Refusal = tuple[int, str]
"""A status, and one sentence."""


class Guard:
    """Middleware before the page and the API."""

    def __init__(self, app: App, *, own_machine: bool) -> None:
        """`own_machine` says that nobody is meant to reach the page but from this machine, and without a login: then a
        site whose name was made to point here is refused by the name."""
        self._app = app
        self._own_machine = own_machine
        self._asked = Counts(ASKED_AT_MOST, WHILE)
        self._places: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif refusal := self._refusal(scope):
            status, said = refusal
            await reply(send, status, said, [(b"retry-after", str(WHILE).encode())] if status == 429 else ())
        elif _asks(scope) and not is_loopback(client := client_of(scope)):
            async with self._places.setdefault(client, asyncio.Semaphore(AT_ONCE_EACH)):
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        said_by_proxy = headers.get(b"x-forwarded-host", b"localhost").decode("latin-1")
        if self._own_machine and not all(is_loopback(_name_of(name)) for name in (host, said_by_proxy)):
            return 403, "This page is for its own machine: ask for it as localhost."
        if _asks(scope):
            if not _is_own(headers.get(b"origin", b"").decode("latin-1"), host):
                return 403, "The request comes from another site's page."
            client = client_of(scope)
            if not is_loopback(client) and not self._asked.another(client):
                return 429, "Too many requests come from here: ask again in a moment."
        path = str(scope["path"])
        if len(path) > LONGEST_PATH or not path.isprintable():
            return _NOTHING
        named = path.rstrip("/") or "/"
        served = named in SERVED or path.startswith(SERVED_BELOW) or _CALL.fullmatch(named)
        return None if served else _NOTHING


def _asks(scope: Scope) -> bool:
    """Whether a request may have a body."""
    return scope.get("method") not in ("GET", "HEAD")


class Calls:
    """Middleware before gradio's own routes. They answer a call that they cannot read with a failure of the server, and
    with a traceback where it is served: such calls end here, and so does what is no JSON, uploads above all."""

    def __init__(self, app: App, components: Collection[int], functions: Collection[int]) -> None:
        """`components` and `functions` are the numbers of those that the page has."""
        self._app = app
        self._known = {"component_id": components, "fn_index": functions}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") != "POST" or not str(scope["path"]).startswith(f"{_GRADIO}/"):
            await self._app(scope, receive, send)
            return
        body = await whole_body(receive, LONGEST_CONVERSATION)
        if refusal := self._refusal(dict(scope["headers"]).get(b"content-type", b""), body):
            await reply(send, *refusal)
        elif body is not None:
            await self._app(scope, _again(body, receive), send)

    def _refusal(self, kind: bytes, body: bytes | None) -> Refusal | None:
        if body is None:
            return 413, f"The body is longer than {LONGEST_CONVERSATION:,} bytes: send less."
        if kind.partition(b";")[0].strip().lower() != b"application/json":
            return 415, "Only JSON is understood here."
        try:
            said = json_of(body, "The body")
            json.dumps(said, ensure_ascii=False).encode("utf-8")
        except UserError as error:
            return 422, str(error)
        except (UnicodeEncodeError, RecursionError):
            return 422, "The body holds half a surrogate pair, or is nested too deeply: mend it."
        return self._unknown(said) if isinstance(said, dict) else (422, "The body must be an object.")

    def _unknown(self, said: dict[str, Any]) -> Refusal | None:
        there = all(said[key] in known for key, known in self._known.items() if isinstance(said.get(key), int))
        return None if there else _NOTHING


async def whole_body(receive: Receive, longest: int) -> bytes | None:
    """A request's body, which may come in any number of pieces; None when it is longer, in bytes, than `longest`, or
    ends early. Of a longer one some is read all the same, so that whoever sends it is there to hear of it."""
    body, length, more = bytearray(), 0, True
    while more and length <= READ_ON * longest:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        more, piece = message.get("more_body", False), message.get("body", b"")
        length += len(piece)
        if length <= longest:
            body += piece
    return bytes(body) if length <= longest else None


def _again(body: bytes, receive: Receive) -> Receive:
    """The body once more, and then what follows it."""
    unread = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return unread.pop() if unread else await receive()

    return receive_again


def _name_of(host: str) -> str:
    """A Host header without its port and brackets."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and not host.endswith("]") else host
    return name.strip("[]")


def _is_own(origin: str, host: str) -> bool:
    """Whether a request's origin is the site that it is sent to; programs send none."""
    try:
        return not origin or urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False
