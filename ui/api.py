"""The answers as an API: what programs ask of the chat page's server. A door to FastAPI, as `ui/routes.py` is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

from assistant.errors import UserError
from assistant.flow import Assistant, checked
from assistant.outside import json_of, read_as
from ui.batch import Asked
from ui.guard import LONGEST_CONVERSATION, whole_body
from ui.logs import Log
from ui.lookups import Lookups
from ui.places import Places
from ui.problems import UNUSABLE
from ui.routes import HANDLERS, add_lookups, add_state, refuse, says, shows
from ui.shapes import ANSWER

LONGEST_BODY = 64 * 1024
"""Bytes of a call of `/api/answer`; a question has 2,000 characters and a conversation some of these."""
ABOUT = """\
Whom to ask, from the organisation's own manual, with the lines that say so.

Where the page needs a login, this API takes the same names and passwords by HTTP Basic; `/healthz` and `/readyz` need
none. What is refused is refused with problem details (RFC 9457), whose `detail` is one sentence.
"""
ABOUT_ANSWER = f"""\
The newest index's answer: the object that `whodoiask ask --json` prints. Equal index, question and history give an
equal answer. A body may have {LONGEST_BODY:,} bytes.
"""


class Body(Asked, extra="forbid"):
    """What a program asks."""


def application(
    assistant: Assistant, places: Places, root_path: str, log: Log, scraped: Callable[[], bytes] | None = None
) -> FastAPI:
    """The server's own routes. Without FastAPI's pages on them, whose scripts come from another host.

    `scraped` gives the metrics; without it the server says that it has none.
    """
    app = FastAPI(
        title="Who do I ask?",
        description=ABOUT,
        version="1",
        docs_url=None,
        redoc_url=None,
        servers=[{"url": root_path}] if root_path else None,
        max_body_size=LONGEST_CONVERSATION,
        exception_handlers=HANDLERS,
    )
    add_state(app, assistant, places, scraped)
    _add_answer(app, assistant, places, log)
    add_lookups(app, Lookups(assistant), places)
    return app


def _add_answer(app: FastAPI, assistant: Assistant, places: Places, log: Log) -> None:
    responses = (
        shows("The answer.", ANSWER, "answer")
        | says(400, "The question is empty or too long.")
        | says(413, "The body is too long.")
        | says(422, "The body is not of this shape.")
        | says(503, "Too many are waiting, or the index is unusable.")
    )
    asks = {"schema": Body.model_json_schema(), "example": {"question": "Who do I speak to about a new DNS zone?"}}
    body = {"required": True, "content": {"application/json": asks}}

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
        return JSONResponse(await places.serve(lambda: _answer(assistant, asked, log)))

    refuse(app, "/api/answer", {"POST"})


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
