"""Every door gives the same answer: fifty questions of the starter manual, asked at each of them. And what the doors'
pages in `docs/` show is what comes out.

To write what comes out into the pages: `UPDATE_DOCS=1 python -m pytest tests/test_doors.py`, then read the difference.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import speaking
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from serving import COMMAND, ROOT, ask, call, chat_page, free_port
from speaking import with_client
from workspace import DIRECT, answering, shown, workspace

from assistant.chain import WhoDoIAsk
from assistant.flow import Assistant

MANY = 50


class Asked(NamedTuple):
    """One question, after the turns before it."""

    question: str
    history: list[str]


class Place(NamedTuple):
    """Where the doors are: an index, and the page that is served from it."""

    index: Path
    page: str


Door = Callable[[Place, list[Asked]], list[dict[str, Any]]]
"""Asks all questions at one door; returns the answers' JSON objects, in order."""


def questions() -> list[Asked]:
    """Fifty of the question set, drawn evenly over its kinds, those with earlier turns among them."""
    lines = (ROOT / "eval/questions/corpus.jsonl").read_text("utf-8").splitlines()
    every = [Asked(one["question"], one["history"]) for one in map(json.loads, lines)]
    return [every[len(every) * n // MANY] for n in range(MANY)]


def at_the_command(place: Place, asked: list[Asked]) -> list[dict[str, Any]]:
    lines = "".join(json.dumps({"id": "", **one._asdict()}) + "\n" for one in asked)
    command = [*COMMAND, "ask", "--jsonl", "--index", str(place.index)]
    done = subprocess.run(command, input=lines, capture_output=True, check=True, cwd=ROOT, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def at_the_page(place: Place, asked: list[Asked]) -> list[dict[str, Any]]:
    """As the page's own clients ask it, whose answer is JSON as text in an event's data."""
    events = (call(place.page, one.question, one.history) for one in asked)
    return [json.loads(json.loads(event.split("data: ", 1)[1])[0]) for event in events]


def over_http(place: Place, asked: list[Asked]) -> list[dict[str, Any]]:
    answers = []
    for one in asked:
        body = json.dumps(one._asdict()).encode()
        with ask(place.page, "POST", "/api/answer", {"Content-Type": "application/json"}, body) as reply:
            answers.append(json.load(reply))
    return answers


def asked_as_tool(server: StdioServerParameters | str, asked: list[Asked]) -> list[dict[str, Any]]:
    async def speak(client: Client) -> list[dict[str, Any]]:
        results = [await client.call_tool("who_do_i_ask", one._asdict()) for one in asked]
        return [result.structured_content or {} for result in results]

    return with_client(server, speak)


def over_mcp_and_stdio(place: Place, asked: list[Asked]) -> list[dict[str, Any]]:
    return asked_as_tool(speaking.over_stdio(place.index), asked)


def over_mcp_and_http(place: Place, asked: list[Asked]) -> list[dict[str, Any]]:
    with speaking.over_http(place.index, free_port()) as address:
        return asked_as_tool(address, asked)


def as_a_runnable(place: Place, asked: list[Asked]) -> list[dict[str, Any]]:
    return WhoDoIAsk(Assistant.open(place.index)).batch([one._asdict() for one in asked])


DOORS: dict[str, Door] = {
    "page": at_the_page,
    "HTTP": over_http,
    "MCP over stdio": over_mcp_and_stdio,
    "MCP over HTTP": over_mcp_and_http,
    "Runnable": as_a_runnable,
}
"""Each door but the command line, with which they are compared, and Slack, whose cards are no JSON."""


@pytest.fixture(scope="module")
def place(corpus_index: Path) -> Iterator[Place]:
    with chat_page(corpus_index, free_port()) as page:
        yield Place(corpus_index, page)


@pytest.fixture(scope="module")
def expected(place: Place) -> list[dict[str, Any]]:
    """What the command says."""
    return at_the_command(place, questions())


def test_the_questions_are_of_all_kinds(expected: list[dict[str, Any]]) -> None:
    assert len(expected) == MANY
    assert {answer["outcome"] for answer in expected} == {"answer", "escalate", "decline"}
    assert len({answer["rule"] for answer in expected}) >= 5
    assert any(one.history for one in questions())


@pytest.mark.parametrize("door", DOORS)
def test_every_door_gives_the_same_answer(door: str, place: Place, expected: list[dict[str, Any]]) -> None:
    given = DOORS[door](place, questions())
    for one, theirs, ours in zip(questions(), given, expected, strict=True):
        assert theirs == ours, one.question
        assert list(theirs) == list(ours), one.question


def test_slack_names_whom_the_other_doors_name(place: Place, expected: list[dict[str, Any]]) -> None:
    """A card is no JSON: everybody who is named elsewhere stands on it, and nobody else is whom to ask."""
    with workspace() as there, answering(there, place.index):
        for one, answer in zip(questions(), expected, strict=True):
            thread = ""
            for turn in one.history:
                thread = there.ask(turn, channel=DIRECT, thread=thread)["thread_ts"]
            said = unescape(shown(there.ask(one.question, channel=DIRECT, thread=thread)))
            for contact in answer["contacts"]:
                assert (contact["address"] or contact["name"]) in said, one.question
            assert ("Ask *" in said or "Ask <" in said) <= (answer["outcome"] == "answer"), one.question


PAGES = tuple(ROOT / "docs" / f"{name}.md" for name in ("http", "langchain", "mcp"))
_SHOWN = re.compile(
    r"```console\n\$ (?P<command>curl [^\n]+)\n(?!\$ )(?P<printed>[^`]+?)```"
    r"|```python\n(?P<code>(?:(?!```).)*)```\n\nprints\n\n```text\n(?P<said>.*?)```",
    re.DOTALL,
)
"""A command with what it prints, or a program with what it prints."""


def came_out(shown: re.Match[str], place: Place) -> str:
    """What the command or the program prints, with the index and the page of this test."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    there = {**os.environ, "PATH": path, "PYTHONPATH": os.pathsep.join(sys.path), "WHODOIASK_INDEX": str(place.index)}
    command = (shown["command"] or "").replace("http://localhost:7860", place.page)
    command = command.replace("localhost:7860", place.page)
    call = ["bash", "-c", command] if command else [sys.executable, "-c", shown["code"]]
    return subprocess.run(call, capture_output=True, check=True, cwd=ROOT, env=there, text=True, timeout=120).stdout


def settled(text: str) -> str:
    """Without numbers and digests, which hang on the rest of the manual, the code and the machine."""
    return re.sub(r"\d+(?:\.\d+)?", "0", re.sub(r"\b[0-9a-f]{40,64}\b", "0", text)).strip()


@pytest.mark.parametrize("doc", PAGES, ids=[page.stem for page in PAGES])
def test_a_page_shows_what_comes_out(doc: Path, place: Place) -> None:
    text = doc.read_text("utf-8")
    pieces = list(_SHOWN.finditer(text))
    assert pieces
    for piece in reversed(pieces):
        part = "printed" if piece["command"] else "said"
        out = came_out(piece, place)
        if os.environ.get("UPDATE_DOCS"):
            text = text[: piece.start(part)] + out.rstrip() + "\n" + text[piece.end(part) :]
        else:
            assert settled(out) == settled(piece[part]), piece["command"] or piece["code"]
    if os.environ.get("UPDATE_DOCS"):
        doc.write_text(text, "utf-8")
