"""What comes to the page at all: requests of its own site, for what it serves, and not too many from one client."""

from __future__ import annotations

from urllib.parse import urlsplit

from ui.access import (
    ASKED,
    FOR_PROGRAMS,
    OPEN,
    OPEN_BELOW,
    App,
    Counts,
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
SERVED_BELOW = (*OPEN_BELOW, "/svelte/", f"{_GRADIO}/heartbeat/", f"{_GRADIO}/call/")
"""What a browser and gradio's clients need of the framework. It has further routes, which serve files, pass requests on
and take uploads; later versions may have more."""
ASKED_AT_MOST = 60
"""Requests with a body, or to the API, that one client may send in `WHILE` seconds; a reader's click is one or two."""
WHILE = 10


class Guard:
    """Middleware before the page and the API."""

    def __init__(self, app: App, *, own_machine: bool) -> None:
        """`own_machine` says that nobody is meant to reach the page but from this machine, and without a login: then a
        site whose name was made to point here is refused by the name."""
        self._app = app
        self._own_machine = own_machine
        self._asked = Counts(ASKED_AT_MOST, WHILE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (refusal := self._refusal(scope)) is None:
            await self._app(scope, receive, send)
        else:
            status, said = refusal
            await reply(send, status, said, [(b"retry-after", str(WHILE).encode())] if status == 429 else ())

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        if self._own_machine and not is_loopback(_name_of(host)):
            return 403, "This page is for its own machine: ask for it as localhost."
        if _asks(scope) and not _is_own(headers.get(b"origin", b"").decode("latin-1"), host):
            return 403, "The request comes from another site's page."
        path = str(scope["path"])
        client = client_of(scope)
        if (_asks(scope) or path in ASKED) and not is_loopback(client) and not self._asked.another(client):
            return 429, "Too many requests come from here: ask again in a moment."
        served = (path.rstrip("/") or "/") in SERVED or path.startswith(SERVED_BELOW)
        return None if served else (404, "There is nothing here.")


def _asks(scope: Scope) -> bool:
    """Whether a request may have a body."""
    return scope.get("method") not in ("GET", "HEAD")


def _name_of(host: str) -> str:
    """A Host header without its port and brackets."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and not host.endswith("]") else host
    return name.strip("[]")


def _is_own(origin: str, host: str) -> bool:
    """Whether a request's origin is the site that it is sent to; programs send none."""
    return not origin or urlsplit(origin).netloc.lower() == host.lower()
