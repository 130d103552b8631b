"""What the server tells programs beside answers: its state, its metrics and what can be looked up; and how it refuses.
A door to FastAPI, as `ui/api.py` is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from assistant.errors import UserError
from assistant.flow import Assistant, checked
from ui.access import METRICS, Receive, Scope, Send
from ui.lookups import Lookups, Wanted, WantedFacts
from ui.places import BusyError, Places
from ui.problems import BUSY, MEDIA, PROBLEM, UNUSABLE, problem
from ui.shapes import DIRECTORY, FACTS, SEARCH, Schema, examples

NO_METRICS = "Metrics need a library that is not installed here: pip install 'whodoiask[server]'."
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
ABOUT_SEARCH = """\
The facts and passages that were found for a question, best first, with their scores, before any rule decided: the
question is read as `/api/answer` reads it. `whodoiask ask --explain` says how the rules went on from there.
"""
ABOUT_FACTS = """\
The facts of the newest index in the manual's order, each as `whodoiask facts --jsonl` prints it. `total` is how many
there are; as long as `index` stays the same, `offset` leads through all of them.
"""
Replies = dict[int | str, dict[str, Any]]
"""What the description tells of replies, by their status."""


class Health(BaseModel):
    """What is ready to answer: the index's digest, and how many pages of the manual are in it."""

    status: Literal["ok"]
    index: str
    pages: int


class Ready(BaseModel):
    """That more questions can be taken: the index's digest, how many are waiting, and how many more may."""

    status: Literal["ready"]
    index: str
    waiting: int
    room: int


def says(status: int, what: str) -> Replies:
    """How the description tells of a refusal."""
    refusal = {"schema": PROBLEM, "example": problem(status, what)}
    return {status: {"description": what, "content": {MEDIA: refusal}}}


def shows(what: str, schema: Schema, example: str) -> Replies:
    """How the description tells of a reply of some shape."""
    shown = {"schema": schema, "example": examples()[example]}
    return {200: {"description": what, "content": {"application/json": shown}}}


def refuse(app: FastAPI, path: str, methods: set[str]) -> None:
    """Refuse all but these methods of `path`, whatever they are called: they would be looked for on the page below."""
    refusal: Any = _Refusal(", ".join(sorted(methods)))
    app.router.add_route(path, refusal, include_in_schema=False)


class _Refusal:
    """Answers whatever comes by another method; an object, for a function would be asked by GET alone."""

    def __init__(self, allowed: str) -> None:
        self._allowed = allowed

    async def __call__(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        raise HTTPException(405, f"Only {self._allowed} is understood here.", {"Allow": self._allowed})


def add_state(app: FastAPI, assistant: Assistant, places: Places, scraped: Callable[[], bytes] | None) -> None:
    """Whether all is well, whether more can come, and how it went so far."""

    @_shown(app, "/healthz", "Whether questions can be answered", says(503, "The index is unusable."))
    def healthz() -> Health:
        return _health(assistant)

    @_shown(app, "/readyz", "Whether more questions can be taken", says(503, "Too many wait, or no index."))
    def readyz() -> Ready:
        if places.free < 1:
            raise BusyError
        return Ready(status="ready", index=_health(assistant).index, waiting=places.inside, room=places.free)

    text = {"description": "Prometheus's text format.", "content": {"text/plain": {"schema": {"type": "string"}}}}
    replies: Replies = {200: text, **says(501, NO_METRICS)}

    @_shown(app, METRICS, "How it went so far", replies, response_class=Response)
    def metrics() -> Response:
        if scraped is None:
            raise HTTPException(501, NO_METRICS)
        return Response(scraped(), media_type=PROMETHEUS)


def add_lookups(app: FastAPI, lookups: Lookups, places: Places) -> None:
    """The directory, facts, and what retrieval saw."""
    unusable = says(503, "Too many are waiting, or the index is unusable.")
    wrong = says(422, "A parameter is not of this form.")

    @_shown(app, "/api/directory", "Who is who", shows("The directory.", DIRECTORY, "directory") | unusable)
    async def directory() -> Response:
        return await _json(places, lookups.directory)

    @_shown(
        app,
        "/api/facts",
        "What the manual was compiled into",
        shows("Some facts.", FACTS, "facts") | wrong | unusable,
        description=ABOUT_FACTS,
    )
    async def facts(wanted: Annotated[WantedFacts, Query()]) -> Response:
        return await _json(places, lambda: lookups.facts(wanted))

    blank = says(400, "The question is blank.")

    @_shown(
        app,
        "/api/search",
        "What retrieval saw",
        shows("What was found.", SEARCH, "search") | blank | wrong | unusable,
        description=ABOUT_SEARCH,
    )
    async def search(wanted: Annotated[Wanted, Query()]) -> Response:
        try:
            checked(wanted.q)
        except UserError as error:
            raise HTTPException(400, str(error)) from error
        return await _json(places, lambda: lookups.search(wanted))


def _shown(
    app: FastAPI, path: str, summary: str, responses: Replies, **more: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A route that shows something by GET, and HEAD, and refuses other methods."""

    def added(route: Callable[..., Any]) -> Callable[..., Any]:
        app.head(path, include_in_schema=False)(route)
        app.get(path, summary=summary, responses=responses, **more)(route)
        refuse(app, path, {"GET", "HEAD"})
        return route

    return added


async def _json(places: Places, made: Callable[[], bytes]) -> Response:
    try:
        return Response(await places.serve(made), media_type="application/json")
    except UserError as error:
        raise HTTPException(503, UNUSABLE) from error


def _health(assistant: Assistant) -> Health:
    """What the index folder holds now, opened as a new server would: its files are looked at, and none is loaded."""
    try:
        found = Assistant.open(assistant.index.folder).index
    except UserError as error:
        raise HTTPException(503, UNUSABLE) from error
    found.close()
    return Health(status="ok", index=found.digest, pages=found.manifest.pages)


def _problem(status: int, said: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(problem(status, said), status, headers, MEDIA)


async def _refused(_request: Request, error: Any) -> JSONResponse:
    return _problem(error.status_code, str(error.detail), error.headers)


async def _busy(_request: Request, _error: Any) -> JSONResponse:
    return _problem(503, BUSY, {"Retry-After": "1"})


async def _misread(_request: Request, error: Any) -> JSONResponse:
    """A parameter that is not of its form: an unknown one before all others, since it may be another one misspelt."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - the one kind that comes here
    return _problem(422, _sentence(error.errors()))


def _sentence(wrong: Iterable[dict[str, Any]]) -> str:
    first = min(wrong, key=lambda each: each["type"] != "extra_forbidden")
    name = ".".join(str(part) for part in first["loc"][1:])
    if first["type"] == "extra_forbidden":
        return f"The parameter {name} is not known here: leave it out."
    if first["type"] == "missing":
        return f"The parameter {name} is missing: add it."
    return f"The parameter {name} {first['msg'].replace('Input should', 'must', 1)}."


async def _failed(_request: Request, _error: Any) -> JSONResponse:
    """A mistake of ours: the caller is told, and the server's terminal gets what is needed to find it."""
    return _problem(500, "The server failed to answer; whoever runs it finds out more there.")


HANDLERS: dict[Any, Any] = {
    HTTPException: _refused,
    BusyError: _busy,
    RequestValidationError: _misread,
    Exception: _failed,
}
"""What is said of an error, by its kind."""
