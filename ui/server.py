"""The chat page's server: where it listens, who may come in, and how it starts and ends. The door to uvicorn."""

from __future__ import annotations

import logging
import re
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from assistant.errors import UserError
from assistant.flow import Assistant
from ui.access import App, Gate, Login, Message, People, Receive, Scope, Send, cookies_of, is_loopback, read_people
from ui.api import Counter as Places
from ui.api import application, is_callers
from ui.guard import Calls, Guard
from ui.logs import Log

if TYPE_CHECKING:
    from ui.feedback import Feedback

LOG = "uvicorn.error"
PATIENCE = 1
"""Seconds for answers under way when the server is told to end; a browser's open stream would never end by itself."""
WITHIN = 30
"""Seconds in which a request comes whole, twice that at most; no browser needs one."""
CONNECTIONS_EACH = 1000
"""Connections that one address may hold; a browser holds six, a proxy on another machine those of all its clients."""
FILES = 8192
"""Open files that the page asks the system for."""
POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
"""The browser itself keeps the page from asking other hosts, whatever a manual's Markdown holds."""
HEADERS = (
    (b"content-security-policy", POLICY.encode("ascii")),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
)
_BASE = b'<base href="./" />'
"""What gradio's page says of where it lies."""
_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)+")


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the page is to be had, and by whom."""

    host: str
    port: int
    auth_file: Path | None = None
    """Names and passwords that open the page; without one it is open to whoever reaches it."""
    root_path: str = ""
    """The prefix that a proxy takes off before it asks here, as /ask."""
    open: bool = False
    """Whether others may reach the page without a login."""

    def check(self) -> None:
        """Raises UserError for a prefix of another form, and for a page that strangers could open."""
        if self.root_path and not _PREFIX.fullmatch(self.root_path):
            raise UserError(
                f"The root path {self.root_path} is no prefix: begin with a slash, end without one, as in /ask."
            )
        if not (self.open or self.auth_file or is_loopback(self.host)):
            raise UserError(
                f"Others could reach the chat page on {self.host}: name who may open it with --auth-file FILE, "
                "or let everybody with --open."
            )

    @property
    def is_for_own_machine(self) -> bool:
        """Whether nobody is meant to reach the page but from this machine, with no proxy between."""
        return not (self.open or self.auth_file or self.root_path) and is_loopback(self.host)

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def serve(
    assistant: Assistant,
    listening: Listening,
    ready: Callable[[str], None],
    *,
    feedback: Feedback | None = None,
    log: Log | None = None,
    progress: Callable[[str], None] = lambda sentence: None,  # noqa: ARG005
) -> None:
    """Show the page until interrupted; `ready` gets the address when the first question can be asked.

    Raises UserError where the port, the address or the auth file cannot be had; KeyboardInterrupt on SIGINT.
    """
    listening.check()
    people = read_people(listening.auth_file) if listening.auth_file else None
    # From here on the port is ours: nobody takes it while the page is loading.
    with _bound(listening.host, listening.port) as bound:
        progress("Loading the page")
        app = _whole(assistant, feedback, listening, people, log or Log())
        progress("Preparing answers")
        assistant.prepare()
        _take_files()
        _Server(_config(app), lambda: ready(listening.address)).run(sockets=[bound])


def _whole(
    assistant: Assistant, feedback: Feedback | None, listening: Listening, people: People | None, log: Log
) -> App:
    """The API and the page behind the gate, if there is one, and every reply with the headers."""
    # Here, because gradio takes seconds to import: what is wrong with the options is said before.
    from ui.page import AT_ONCE, WAITING, mount

    app = application(assistant, Places(AT_ONCE, WAITING), listening.root_path, log)
    login = Login(people) if people else None
    mount(app, assistant, feedback, auth=login.admits if login else None, root_path=listening.root_path, log=log)
    mounted: Any = app.routes[-1]
    page = mounted.app.get_blocks()
    guarded = Guard(Calls(app, page.blocks, page.fns), own_machine=listening.is_for_own_machine)
    gated = Gate(guarded, login, _sessions(mounted)) if login else guarded
    return _Headers(_Based(gated, listening.root_path) if listening.root_path else gated)


def _sessions(mounted: Any) -> Callable[[Scope], bool]:
    """Whether a request comes from a browser whose person has signed in on the page."""
    page = mounted.app
    names = (f"access-token-{page.cookie_id}", f"access-token-unsecure-{page.cookie_id}")

    def signed_in(scope: Scope) -> bool:
        cookies = cookies_of(scope)
        return any(page.tokens.get(cookies.get(name, "")) for name in names)

    return signed_in


class _Based:
    """Middleware that writes the prefix into the page itself: opened as /ask, without the closing slash, it would look
    for its parts beside the prefix and stay white."""

    def __init__(self, app: App, root_path: str) -> None:
        self._app = app
        self._base = f'<base href="{root_path}/" />'.encode("ascii")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        start: Message = {}

        async def send_based(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start:
                body = message.get("body", b"").replace(_BASE, self._base, 1)
                headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
                whole = [] if message.get("more_body") else [(b"content-length", str(len(body)).encode())]
                await send({**start, "headers": [*headers, *whole]})
                message, start = {**message, "body": body}, {}
            await send(message)

        await self._app(scope, receive, send_based)


class _Headers:
    """Middleware that puts the headers on every reply."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _config(app: App) -> uvicorn.Config:
    """Quiet: whoever runs the page hears of what went wrong in it, and of nothing else."""
    logging.getLogger(LOG).addFilter(lambda record: not (record.exc_info and is_callers(record.exc_info[1])))
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # it complains of what strangers send
    return uvicorn.Config(
        app,
        log_config=None,
        log_level=logging.ERROR,
        access_log=False,
        server_header=False,
        ws="none",
        http=_Connection,
        lifespan="on",
        timeout_graceful_shutdown=PATIENCE,
    )


class _Connection(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # one of two, by what is installed
    """A connection that ends when no whole request comes for a while, or when its address holds many already: each of
    them takes a file of the process, of which there are few, and uvicorn would wait without end."""

    held: ClassVar[Counter[str]] = Counter()
    """Connections by the address that holds them. A proxy on this machine holds those of all its clients."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._address = str((transport.get_extra_info("peername") or ("",))[0])
        self.held[self._address] += 1
        self._looked_at = self.cycle
        self._look = self.loop.call_later(WITHIN, self._end_if_idle)
        if self.held[self._address] > CONNECTIONS_EACH and not is_loopback(self._address):
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._look.cancel()
        self.held[self._address] -= 1
        if not self.held[self._address]:
            del self.held[self._address]

    def _end_if_idle(self) -> None:
        cycle = self.cycle
        answering = cycle is not None and not cycle.more_body and not cycle.response_complete
        if not answering and cycle is self._looked_at:
            self.transport.close()
            return
        self._looked_at = cycle
        self._look = self.loop.call_later(WITHIN, self._end_if_idle)


def _take_files() -> None:
    """As many open files as the process may have: a system gives few at first, and each connection takes one."""
    try:
        import resource  # not everywhere
    except ImportError:
        return
    few, many = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if many == resource.RLIM_INFINITY else min(FILES, many)
    if few != resource.RLIM_INFINITY and few < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, many))


class _Server(uvicorn.Server):
    """Says when it listens, and ends without a word on what it had to cut off."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._unheard: SystemExit | None = None

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        super().run(sockets)
        if self._unheard:
            raise self._unheard

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        try:
            self._ready()
        except SystemExit as unheard:  # nobody reads where it listens; out of here it would come with a traceback
            self._unheard = unheard
            self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logging.getLogger(LOG).setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def _bound(host: str, port: int) -> socket.socket:
    """A socket that has the address; UserError where it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        try:
            # A port that was closed a moment ago is free.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except (OSError, UnicodeError) as error:
        raise UserError(
            f"The chat page cannot listen on {host} port {port} ({getattr(error, 'strerror', None) or error}): "
            "stop what uses it, or choose another with --port or --host."
        ) from error
    return bound
