"""Who may come in: the auth file, and the gate before everything that is not the login page."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import secrets
import stat
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextvars import ContextVar
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

from cachetools import TTLCache

from assistant.errors import UserError

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = frozenset({"/", "/login", "/login/", "/healthz", "/theme.css", "/favicon.ico", "/robots.txt", "/manifest.json"})
OPEN_BELOW = ("/assets/", "/static/")
"""What a browser needs to show the login page; nothing of it holds a word of the manual."""
FOR_PROGRAMS = frozenset({"/api/answer", "/openapi.json"})
"""Where a program is told to give a name and a password. Elsewhere a browser would ask for them a second time."""
CHALLENGE = b'Basic realm="Who do I ask?", charset="UTF-8"'


class People:
    """The names and passwords that open the page, as keyed digests: the time of comparing those tells nothing."""

    def __init__(self, passwords: Mapping[str, str]) -> None:
        self._key = secrets.token_bytes(32)
        self._digests = [self._digest(name, password) for name, password in passwords.items()]

    def admits(self, name: str, password: str) -> bool:
        """Whether this is one of the names with its password; takes as long for a wrong one as for a right one."""
        given = self._digest(name, password)
        return sum(hmac.compare_digest(given, known) for known in self._digests) > 0

    def _digest(self, name: str, password: str) -> bytes:
        # A name holds no line feed, so the two cannot run into each other.
        return hmac.digest(self._key, f"{name}\n{password}".encode("utf-8", "surrogatepass"), "sha256")


def read_people(file: Path) -> People:
    """The people in an auth file: `name:password` lines, blank ones and # comments between them.

    Raises UserError when the file cannot be read, is readable by others, names nobody, or holds a bad line.
    """
    try:
        with file.open("rb") as opened:
            _check_private(file, os.fstat(opened.fileno()))
            text = opened.read().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"The auth file {file} cannot be read ({error.strerror}): name another.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"The auth file {file} is not UTF-8 (byte {error.start + 1}): save it as UTF-8.") from error
    passwords = _passwords(file, text.split("\n"))
    if not passwords:
        raise UserError(f"The auth file {file} names nobody: write a line name:password for each person.")
    return People(passwords)


def _check_private(file: Path, status: os.stat_result) -> None:
    """Passwords are for their owner alone; a group may read a file of root's, which is how services are given one."""
    others = stat.S_IRWXO | (stat.S_IWGRP if status.st_uid == 0 else stat.S_IRWXG)
    if stat.S_ISREG(status.st_mode) and status.st_mode & others:
        raise UserError(f"The auth file {file} is open to other users of this machine: run `chmod 600 {file}`.")


def _passwords(file: Path, lines: Iterable[str]) -> dict[str, str]:
    passwords: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, password = line.rstrip("\r").partition(":")
        name = name.strip()
        wrong = _wrong(name, colon, password, passwords)
        if wrong:
            raise UserError(f"Line {number} of the auth file {file} {wrong}.")
        passwords[name] = password
    return passwords


def _wrong(name: str, colon: str, password: str, before: Mapping[str, str]) -> str:
    """What is wrong with a line, and what to do; never what it says, which may be a password."""
    if not colon:
        return "has no colon: write name:password"
    if not name:
        return "has no name before the colon: write name:password"
    if not password:
        return "has no password after the colon: write name:password"
    if password != password.strip():
        return "has a space before or after the password: take it away"
    return "names somebody for the second time: keep one of the lines" if name in before else ""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


ATTEMPTS = 20
"""Wrong passwords that one address may give, and that may be given for one name, in `ATTEMPTS_WHILE` seconds."""
ATTEMPTS_WHILE = 300
CLIENTS = 10_000
"""Addresses and names that are counted; of more, those that were heard of longest ago are forgotten."""
LONGEST_COUNTED = 200
"""Characters of a name by which it is counted: thousands of names are remembered, and one may be as long as a body."""
_FROM: ContextVar[str] = ContextVar("client", default="")
"""Where the request comes from that is being answered: the page's own login tells nothing of it."""


class Login:
    """Tells people by their names and passwords, and nobody for a while who gave too many wrong ones."""

    def __init__(self, people: People, clock: Callable[[], float] = monotonic) -> None:
        self._people = people
        self._wrong_from = Counts(ATTEMPTS, ATTEMPTS_WHILE, clock)
        self._wrong_for = Counts(ATTEMPTS, ATTEMPTS_WHILE, clock)

    def admits(self, name: str, password: str) -> bool:
        """Whether this is one of the names with its password; False too after too many that were not, from the address
        that asks, or for the name from anywhere."""
        counted = name[:LONGEST_COUNTED]
        if self._wrong_for.is_full(counted) or self.is_closed_to(_FROM.get()):
            return False
        if self._people.admits(name, password):
            return True
        self._wrong_from.another(_FROM.get())
        self._wrong_for.another(counted)
        return False

    def is_closed_to(self, client: str) -> bool:
        return self._wrong_from.is_full(client)


class Gate:
    """Middleware: whoever is neither signed in nor gives a name and its password gets the login page and no more.

    The page's own login guards its own routes; this guards all there are, those of a later version too.
    """

    def __init__(self, app: App, login: Login, signed_in: Callable[[Scope], bool]) -> None:
        self._app = app
        self._login = login
        self._signed_in = signed_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _FROM.set(client_of(scope))
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif self._is_closed(scope):
            await reply(send, 429, "Too many wrong passwords: try again in five minutes.", [(b"retry-after", b"300")])
        elif self._may_pass(scope):
            await self._app(scope, receive, send)
        else:
            asked = [(b"www-authenticate", CHALLENGE)] if scope["path"] in FOR_PROGRAMS else []
            await reply(send, 401, "This needs a name and its password.", asked)

    def _is_closed(self, scope: Scope) -> bool:
        """Whether a password is given, and none is looked at."""
        headers = dict(scope["headers"])
        signs_in = scope.get("method") == "POST" and str(scope["path"]).rstrip("/") == "/login"
        return (signs_in or b"authorization" in headers) and self._login.is_closed_to(client_of(scope))

    def _may_pass(self, scope: Scope) -> bool:
        path: str = scope["path"]
        return path in OPEN or path.startswith(OPEN_BELOW) or self._signed_in(scope) or self._is_named(scope)

    def _is_named(self, scope: Scope) -> bool:
        given = basic_of(dict(scope["headers"]).get(b"authorization", b""))
        return given is not None and self._login.admits(*given)


def client_of(scope: Scope) -> str:
    """The address that a request comes from: of one that a proxy on this machine passes on, the one that it tells."""
    return str((scope.get("client") or ("",))[0])


def cookies_of(scope: Scope) -> dict[str, str]:
    """The cookies that a browser sent."""
    sent = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    pairs = (cookie.partition("=") for cookie in sent.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def basic_of(header: bytes) -> tuple[str, str] | None:
    """Name and password of an `Authorization: Basic` header; None when it is no such header."""
    scheme, _, encoded = header.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None


class Counts:
    """How often each of many names was heard of lately; safe to use from several threads."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._heard: TTLCache[str, list[float]] = TTLCache(CLIENTS, seconds, clock)
        self._seconds, self._clock = seconds, clock
        self._lock = Lock()

    def another(self, name: str) -> bool:
        """Counts one more of the name, unless there were as many as may be; whether it was counted."""
        with self._lock:
            heard = self._lately(name)
            if len(heard) >= self._most:
                return False
            self._heard[name] = [*heard, self._clock()]
            return True

    def is_full(self, name: str) -> bool:
        """Whether there were as many as may be."""
        with self._lock:
            return len(self._lately(name)) >= self._most

    def _lately(self, name: str) -> list[float]:
        since = self._clock() - self._seconds
        return [at for at in self._heard.get(name, ()) if at > since]


async def reply(send: Send, status: int, said: str, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """One sentence as JSON, in the form of the API's other refusals."""
    body = json.dumps({"detail": said}).encode()
    kind = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*kind, *more]})
    await send({"type": "http.response.body", "body": body})
