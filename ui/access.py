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
from ipaddress import ip_address
from pathlib import Path
from typing import Any

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


class Gate:
    """Middleware: whoever is neither signed in nor gives a name and its password gets the login page and no more.

    The page's own login guards its own routes; this guards all there are, those of a later version too.
    """

    def __init__(self, app: App, people: People, signed_in: Callable[[Scope], bool]) -> None:
        self._app = app
        self._people = people
        self._signed_in = signed_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._may_pass(scope):
            await self._app(scope, receive, send)
        else:
            await _refuse(scope, send)

    def _may_pass(self, scope: Scope) -> bool:
        path: str = scope["path"]
        return path in OPEN or path.startswith(OPEN_BELOW) or self._signed_in(scope) or self._is_named(scope)

    def _is_named(self, scope: Scope) -> bool:
        given = basic_of(dict(scope["headers"]).get(b"authorization", b""))
        return given is not None and self._people.admits(*given)


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


async def _refuse(scope: Scope, send: Send) -> None:
    asked = [(b"www-authenticate", CHALLENGE)] if scope["path"] in FOR_PROGRAMS else []
    body = json.dumps({"detail": "This needs a name and its password."}).encode()
    kind = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 401, "headers": [*kind, *asked]})
    await send({"type": "http.response.body", "body": body})
