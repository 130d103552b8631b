"""The answers as tools of the Model Context Protocol, for assistants in editors and chats. The one door to the SDK, of
the extra `mcp`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Annotated, Any

import anyio
from mcp import types
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import BaseModel, Field

from assistant.directory import directory
from assistant.errors import UserError
from assistant.flow import Assistant
from assistant.outside import Whole, read_as
from assistant.source import source_text
from ui.access import App, Gate, Login
from ui.logs import Log
from ui.places import AT_ONCE, WAITING, BusyError, Places
from ui.problems import BUSY, UNUSABLE
from ui.server import Listening, listen
from ui.shapes import ANSWER, DIRECTORY, SOURCE, Schema

PATH = "/mcp"
LONGEST_CALL = 256 * 1024
"""Bytes of one call over HTTP."""
MOST_ENTRIES = 50
"""Entries of each list of the directory."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
INSTRUCTIONS = """\
This server answers from one organisation's own manual whom to ask, on which channel, and what to do when that fails. \
Call who_do_i_ask before you name any team, person or channel, and name only those under `contacts` and `ladder`, with \
the lines under `sources` that say so. `outcome` "escalate" means that the manual names nobody for the matter: say so, \
and give the ladder. `confidence` is the chance that the answer is right.
"""


class Question(BaseModel, extra="forbid"):
    """What is asked."""

    question: Whole = Field(description="The question as the person asked it, up to 2,000 characters.")
    history: tuple[Whole, ...] = Field(
        default=(), description="The questions of the same person before this one, oldest first."
    )


class Lookup(BaseModel, extra="forbid"):
    """What is looked for in the directory."""

    find: Whole = Field("", description="Words that an entry must hold, in any case of letters; all unless given.")


class Reading(BaseModel, extra="forbid"):
    """What is to be read."""

    path: Whole = Field(description="The path of a page, as `sources` and `pages` of an answer have it.")
    lines: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] | None = Field(
        default=None, description="The first and last line; the whole page unless given."
    )


@dataclass(frozen=True, slots=True)
class _Tool:
    """One tool: how it is described, what it takes, and what it gives as text and as an object."""

    about: str
    takes: type[BaseModel]
    gives: Schema
    call: Callable[[Assistant, Any, Log], tuple[str, dict[str, Any]]]


def _ask(assistant: Assistant, asked: Question, log: Log) -> tuple[str, dict[str, Any]]:
    answer = log.answered(lambda: assistant.answer(asked.question, asked.history))
    return answer.markdown, answer.to_json()


def _look_up(assistant: Assistant, lookup: Lookup, _log: Log) -> tuple[str, dict[str, Any]]:
    words, index = lookup.find.lower().split(), assistant.index
    found: dict[str, Any] = {}
    left_out = 0
    for name, entries in directory(index).items():
        fitting = [entry for entry in entries if all(word in _words_of(entry) for word in words)]
        found[name] = fitting[:MOST_ENTRIES]
        left_out += len(fitting) - len(found[name])
    said = {"index": index.digest, **found, "left_out": left_out}
    return json.dumps(said, ensure_ascii=False), said


def _words_of(entry: Any) -> str:
    """Whatever an entry says, in lower case, but for the places where that stands."""
    if isinstance(entry, dict):
        return " ".join(_words_of(value) for key, value in entry.items() if key != "source")
    return " ".join(map(_words_of, entry)) if isinstance(entry, list) else str(entry).lower()


def _read(assistant: Assistant, reading: Reading, _log: Log) -> tuple[str, dict[str, Any]]:
    found = source_text(assistant.index, reading.path, reading.lines)
    parts = (
        f"{found['path']}, lines {part['lines'][0]} to {part['lines'][1]}:\n{part['text']}" for part in found["parts"]
    )
    return "\n\n".join(parts), found


TOOLS: dict[str, _Tool] = {
    "who_do_i_ask": _Tool(
        "Whom to ask, on which channel, in this organisation, with the lines of its manual that say so, and what to do "
        "when that fails. The text is the reply as a person reads it.",
        Question,
        ANSWER,
        _ask,
    ),
    "directory": _Tool(
        "Who is who in this organisation: teams with their channels and what they do, owners of repositories and "
        f"pages, queues, orders of escalation; up to {MOST_ENTRIES} entries of each, so give words to find.",
        Lookup,
        {
            **DIRECTORY,
            "properties": {
                "index": {"type": "string"},
                **DIRECTORY["properties"],
                "left_out": {"type": "integer", "description": "How many more entries fit."},
            },
        },
        _look_up,
    ),
    "read_source": _Tool(
        "The text of a page of the manual, or of some of its lines, to read around what an answer cites.",
        Reading,
        SOURCE,
        _read,
    ),
}


def server(assistant: Assistant, log: Log) -> Server[Any]:
    """The protocol's server, before any transport."""
    places = Places(AT_ONCE, WAITING)

    async def list_tools(_context: Any, _params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(name, tool) for name, tool in TOOLS.items()])

    async def call_tool(_context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            return await places.serve(partial(_called, assistant, log, params.name, params.arguments or {}))
        except BusyError:
            return _failed(BUSY)
        except UserError as error:
            return _failed(str(error))

    made: Server[Any] = Server(
        "whodoiask",
        title="Who do I ask?",
        version=version("whodoiask"),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
    made.middleware.clear()  # telemetry, for which nothing here is set up
    return made


def _described(name: str, tool: _Tool) -> types.Tool:
    hints = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    return types.Tool(
        name=name,
        description=tool.about,
        input_schema=tool.takes.model_json_schema(),
        output_schema=tool.gives,
        annotations=hints,
    )


def _called(assistant: Assistant, log: Log, name: str, arguments: dict[str, Any]) -> types.CallToolResult:
    """What a tool gives; UserError where it cannot."""
    tool = TOOLS.get(name)
    if tool is None:
        raise UserError(f"There is no tool {name!r}: call one of {', '.join(TOOLS)}.")
    given = read_as(tool.takes, arguments, f"The arguments of {name}")
    try:
        assistant.refresh()
    except UserError as error:
        raise UserError(UNUSABLE) from error
    text, said = tool.call(assistant, given, log)
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], structured_content=said)


def _failed(sentence: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=sentence)], is_error=True)


def serve_stdio(assistant: Assistant, log: Log) -> None:
    """Serve whoever started this program, over its standard input and output, until the input ends."""
    made = server(assistant, log)

    async def serve() -> None:
        async with stdio_server() as (read, write):
            await made.run(read, write, made.create_initialization_options())

    anyio.run(serve)


def serve_http(
    assistant: Assistant,
    listening: Listening,
    log: Log,
    ready: Callable[[str], None],
    *,
    login: Login | None = None,
    names: tuple[str, ...] = (),
) -> None:
    """Serve over streamable HTTP until interrupted; `ready` gets the address.

    A request whose Host or Origin names neither this machine, nor the host that is listened on, nor one of `names` is
    refused: a site whose name was made to point here cannot ask. Raises UserError where the address cannot be had.
    """
    logging.getLogger("mcp").setLevel(logging.ERROR)  # or each request that is refused would be told
    made = server(assistant, log)
    app: App = made.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=LONGEST_CALL,
        transport_security=_known({*LOOPBACK, listening.name, *names}),
    )
    listen(_gated(app, login), listening, lambda address: ready(f"{address}{PATH}"), "the MCP server", "--http")


def _gated(app: App, login: Login | None) -> App:
    return Gate(app, login, lambda _scope: False) if login else app


def _known(names: set[str]) -> TransportSecuritySettings:
    """Hosts and origins that are answered, on any port."""
    hosts = [host for name in sorted(names) for host in (name, f"{name}:*")]
    origins = [f"{scheme}://{host}" for host in hosts for scheme in ("http", "https")]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)
