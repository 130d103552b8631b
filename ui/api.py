"""The answers as an API, and whether all is well: what programs ask of the chat page's server. The door to FastAPI."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, TypeVar

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from assistant.errors import UserError
from assistant.flow import Assistant, checked
from assistant.outside import json_of, read_as
from ui.batch import Asked
from ui.desk import UNUSABLE
from ui.guard import LONGEST_CONVERSATION, whole_body
from ui.logs import Log

LONGEST_BODY = 64 * 1024
"""Bytes of a call of `/api/answer`; a question has 2,000 characters and a conversation some of these."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ABOUT = """\
Whom to ask, from the organisation's own manual, with the lines that say so.

Where the page needs a login, this API takes the same names and passwords by HTTP Basic; `/healthz` needs none.
"""
ABOUT_ANSWER = f"""\
The newest index's answer: the object that `whodoiask ask --json` prints. Equal index, question and history give an
equal answer. A body may have {LONGEST_BODY:,} bytes.
"""
T = TypeVar("T")


class Body(Asked, extra="forbid"):
    """What a program asks."""


class Health(BaseModel):
    """What is ready to answer: the index's digest, and how many pages of the manual are in it."""

    status: Literal["ok"]
    index: str
    pages: int


class BusyError(Exception):
    """More are waiting than may."""


class Counter:
    """Serves `places` calls at once, each in a thread; up to `waiting` more wait their turn."""

    def __init__(self, places: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(places, thread_name_prefix="answer")
        self._room = places + waiting
        self._inside = 0

    async def serve(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises; BusyError, at once, when there is no room to wait."""
        if self._inside >= self._room:
            raise BusyError
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._inside -= 1


def application(assistant: Assistant, counter: Counter, root_path: str, log: Log) -> FastAPI:
    """The server's own routes. Without FastAPI's pages on them, whose scripts come from another host."""
    app = FastAPI(
        title="Who do I ask?",
        description=ABOUT,
        version="1",
        docs_url=None,
        redoc_url=None,
        servers=[{"url": root_path}] if root_path else None,
        max_body_size=LONGEST_CONVERSATION,
        exception_handlers={Exception: _failed},
    )
    _add_health(app, assistant)
    _add_answer(app, assistant, counter, log)
    return app


def _add_health(app: FastAPI, assistant: Assistant) -> None:
    @app.head("/healthz", include_in_schema=False)
    @app.get("/healthz", summary="Whether questions can be answered", responses={503: _says("The index is unusable.")})
    def healthz() -> Health:
        return _health(assistant)

    _refuse(app, "/healthz", {"GET", "HEAD"})


def _add_answer(app: FastAPI, assistant: Assistant, counter: Counter, log: Log) -> None:
    responses: dict[int | str, dict[str, Any]] = {
        200: {"description": "The answer.", "content": {"application/json": {"schema": ANSWER}}},
        400: _says("The question is empty or too long."),
        413: _says("The body is too long."),
        422: _says("The body is not of this shape."),
        503: _says("Too many are waiting, or the index is unusable."),
    }
    body = {"required": True, "content": {"application/json": {"schema": Body.model_json_schema()}}}

    @app.post(
        "/api/answer",
        summary="Whom to ask",
        description=ABOUT_ANSWER,
        responses=responses,
        openapi_extra={"requestBody": body},
        max_body_size=sys.maxsize,  # said in JSON, below
    )
    async def answer(request: Request) -> JSONResponse:
        asked = _asked(await _body(request))
        try:
            return JSONResponse(await counter.serve(lambda: _answer(assistant, asked, log)))
        except BusyError as error:
            raise HTTPException(
                503, "Too many questions are waiting: ask again in a moment.", {"Retry-After": "1"}
            ) from error

    _refuse(app, "/api/answer", {"POST"})


def _says(what: str) -> dict[str, Any]:
    """How the description tells of a reply that is one sentence."""
    said = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}
    return {"description": what, "content": {"application/json": {"schema": said}}}


def _refuse(app: FastAPI, path: str, methods: set[str]) -> None:
    """Refuse all but these methods of `path`, which would be looked for on the page below."""
    allowed = ", ".join(sorted(methods))

    @app.api_route(path, methods=sorted(METHODS - methods), include_in_schema=False)
    def refused() -> None:
        raise HTTPException(405, f"Only {allowed} is understood here.", {"Allow": allowed})


def _health(assistant: Assistant) -> Health:
    """What the index folder holds now, opened as a new server would: its files are looked at, and none is loaded."""
    try:
        found = Assistant.open(assistant.index.folder).index
    except UserError as error:
        raise HTTPException(503, UNUSABLE) from error
    found.close()
    return Health(status="ok", index=found.digest, pages=found.manifest.pages)


async def _body(request: Request) -> bytes:
    """The body, which may come in any number of pieces; 413 when it is too long."""
    body = await whole_body(request.receive, LONGEST_BODY)
    if body is None:
        raise HTTPException(413, f"The body is longer than {LONGEST_BODY:,} bytes: send less.", {"Connection": "close"})
    return body


def _asked(body: bytes) -> Asked:
    try:
        return read_as(Body, json_of(body, "The body"), "The body")
    except UserError as error:
        raise HTTPException(422, f'{error} Send {{"question": "…", "history": ["…"]}}.') from error


def _answer(assistant: Assistant, asked: Asked, log: Log) -> dict[str, Any]:
    try:
        question = checked(asked.question)
    except UserError as error:
        raise HTTPException(400, str(error)) from error
    try:
        assistant.refresh()
        return log.answered(lambda: assistant.answer(question, asked.history, asked.id)).to_json()
    except UserError as error:
        raise HTTPException(503, UNUSABLE) from error


def is_callers(error: BaseException | None) -> bool:
    """Whether an error is a reply to the caller, found out after the reply had begun; so with pages of gradio's."""
    return isinstance(error, RuntimeError) and isinstance(error.__cause__, HTTPException)


async def _failed(_request: Request, _error: Exception) -> JSONResponse:
    """A mistake of ours: the caller is told, and the server's terminal gets what is needed to find it."""
    return JSONResponse({"detail": "The server failed to answer; whoever runs it finds out more there."}, 500)


def _texts(*names: str) -> dict[str, Any]:
    return {name: {"type": "string"} for name in names}


def _list(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": properties, "required": list(properties)}}


_NUMBERS = {"sources": {"type": "array", "items": {"type": "integer"}}}
_LINES = {"lines": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}}
_SOURCE = {
    "number": {"type": "integer"},
    **_texts("path", "title", "heading", "anchor"),
    **_LINES,
    **_texts("quote", "url", "owner", "updated", "commit"),
}
_PAGE = {**_texts("path", "title", "heading", "anchor"), **_LINES, **_texts("url", "owner")}
_FIELDS = {
    **_texts("id", "question"),
    "outcome": {"enum": ["answer", "escalate", "decline"]},
    "contacts": _list({**_texts("kind", "name", "address", "why"), **_NUMBERS}),
    "steps": _list({**_texts("text"), **_NUMBERS}),
    "ladder": _list({"rung": {"type": "integer"}, **_texts("who"), **_NUMBERS}),
    "sources": _list(_SOURCE),
    "pages": _list(_PAGE),
    "items": _list({**_texts("text"), **_NUMBERS}),
    "notes": {"type": "array", "items": {"type": "string"}},
    **_texts("rule"),
    "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    **_texts("markdown", "index"),
}
ANSWER: dict[str, Any] = {"type": "object", "properties": _FIELDS, "required": list(_FIELDS)}
"""The answer's JSON object, as the API's description gives it."""
