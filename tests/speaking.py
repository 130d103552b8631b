"""An MCP client of the SDK for tests: over stdio it starts the program itself, over HTTP it is given an address."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx2
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from serving import COMMAND, ROOT, served

T = TypeVar("T")


def over_stdio(index: Path) -> StdioServerParameters:
    """How a client starts the server."""
    there = {"PYTHONPATH": os.pathsep.join(sys.path), "WHODOIASK_CACHE": os.environ["WHODOIASK_CACHE"]}
    arguments = [*COMMAND[1:], "mcp", "--index", str(index)]
    return StdioServerParameters(command=COMMAND[0], args=arguments, env=there, cwd=ROOT)


@contextmanager
def over_http(index: Path, port: int, *options: str) -> Iterator[str]:
    """The address of a server over an index, which says nothing but where it is."""
    address = f"http://127.0.0.1:{port}/mcp"
    command = ["mcp", "--http", f"127.0.0.1:{port}", "--index", str(index), *options]
    with served(command, f"MCP server: {address}"):
        yield address


def with_client(
    server: StdioServerParameters | str, speak: Callable[[Client], Awaitable[T]], person: str = "", mode: str = "auto"
) -> T:
    """What comes of speaking with the server, over HTTP as `person` ("name:password")."""

    async def connected() -> T:
        if not person:
            async with Client(server, mode=mode) as client:
                return await speak(client)
        signed = {"Authorization": f"Basic {base64.b64encode(person.encode()).decode()}"}
        async with httpx2.AsyncClient(headers=signed) as http:
            assert isinstance(server, str)
            async with Client(streamable_http_client(server, http_client=http), mode=mode) as client:
                return await speak(client)

    return asyncio.run(connected())
