"""The answers as tools of the Model Context Protocol, spoken to with the SDK's own client over both transports."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import silent
from jsonschema import Draft202012Validator
from mcp import Client
from serving import COMMAND, QUESTION, ROOT, ask, free_port
from speaking import over_http, over_stdio, with_client

from ingest.build import ingest

TRANSPORTS = ("stdio", "HTTP")
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
INSPECTOR = Path(__file__).parent / "inspector/node_modules/.bin/mcp-inspector"
SAID = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def address(small_index: Path) -> Iterator[str]:
    with over_http(small_index, free_port()) as found:
        yield found


@pytest.fixture(params=TRANSPORTS)
def server(request: pytest.FixtureRequest, small_index: Path) -> Any:
    return over_stdio(small_index) if request.param == "stdio" else request.getfixturevalue("address")


def called(server: Any, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    async def speak(client: Client) -> list[Any]:
        return [await client.call_tool(*call) for call in calls]

    return with_client(server, speak)


def refusal(result: Any) -> str:
    assert result.is_error
    text: str = result.content[0].text
    return text


def test_the_tools_say_what_they_take_and_give(server: Any) -> None:
    async def speak(client: Client) -> Any:
        return await client.list_tools(), client.instructions

    listed, instructions = with_client(server, speak)
    assert [tool.name for tool in listed.tools] == ["who_do_i_ask", "directory", "read_source"]
    for tool in listed.tools:
        Draft202012Validator.check_schema(tool.input_schema)
        Draft202012Validator.check_schema(tool.output_schema)
        assert tool.input_schema["additionalProperties"] is False
        assert tool.annotations.read_only_hint
        assert all(one.get("description") for one in tool.input_schema["properties"].values())
    assert "Call who_do_i_ask before you name any" in instructions


def test_every_result_is_of_its_shape_and_says_the_same_as_text(server: Any) -> None:
    async def speak(client: Client) -> Any:
        listed = await client.list_tools()
        answer = await client.call_tool("who_do_i_ask", {"question": QUESTION})
        source = answer.structured_content["sources"][0]
        read = await client.call_tool("read_source", {"path": source["path"], "lines": source["lines"]})
        return listed, {
            "who_do_i_ask": answer,
            "directory": await client.call_tool("directory", {}),
            "read_source": read,
        }

    listed, results = with_client(server, speak)
    for tool in listed.tools:
        result = results[tool.name]
        assert list(Draft202012Validator(tool.output_schema).iter_errors(result.structured_content)) == []
    answer, read = results["who_do_i_ask"], results["read_source"].structured_content
    assert answer.content[0].text == answer.structured_content["markdown"]
    assert json.loads(results["directory"].content[0].text) == results["directory"].structured_content
    assert answer.structured_content["sources"][0]["quote"] in "\n".join(part["text"] for part in read["parts"])


def test_clients_of_the_protocol_before_are_served_too(server: Any) -> None:
    async def speak(client: Client) -> Any:
        return await client.call_tool("who_do_i_ask", {"question": QUESTION})

    assert with_client(server, speak, mode="legacy").structured_content["contacts"][0]["address"] == "#domains"


def inspected(target: list[str], *options: str) -> tuple[int, Any]:
    """The exit code of the protocol's inspector, and what the server gave it."""
    if not INSPECTOR.exists():
        pytest.skip("the inspector is not installed: make inspect, which needs npm")
    command = [str(INSPECTOR), "--cli", *target, *options]
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, text=True, timeout=120)
    return done.returncode, json.loads(done.stdout or done.stderr)


def test_the_inspector_finds_nothing_wrong_with_the_tools(address: str) -> None:
    """Its strict check of their schemas, by which other clients read them."""
    code, listed = inspected([address], "--method", "tools/list", "--strict")
    assert (code, [tool["name"] for tool in listed["tools"]]) == (0, ["who_do_i_ask", "directory", "read_source"])


def test_the_inspector_calls_a_tool_and_is_told_what_is_wrong(address: str, small_index: Path) -> None:
    started = over_stdio(small_index)
    own = [started.command, *started.args]
    for target in ([address], own):
        call = ("--method", "tools/call", "--tool-name", "who_do_i_ask", "--tool-arg", f"question={QUESTION}")
        code, result = inspected(target, *call)
        assert (code, result["structuredContent"]["contacts"][0]["address"]) == (0, "#domains")
    code, refused = inspected([address], "--method", "tools/call", "--tool-name", "who_do_i_ask")
    assert code != 0
    assert "question" in refused["content"][0]["text"]


def test_the_directory_is_the_commands_and_can_be_searched(server: Any, small_index: Path) -> None:
    command = [*COMMAND, "directory", "--json", "--index", str(small_index)]
    printed = json.loads(subprocess.run(command, capture_output=True, check=True, cwd=ROOT, text=True).stdout)
    whole, found, nothing = called(server, *(("directory", {"find": words}) for words in ("", "DOMAINS", "zeppelin")))
    assert {**printed, "left_out": 0} == {k: v for k, v in whole.structured_content.items() if k != "index"}
    assert [team["contacts"] for team in found.structured_content["teams"]] == [["#domains"]]
    assert not any(isinstance(entries, list) and entries for entries in nothing.structured_content.values())


def test_what_is_asked_wrongly_is_an_error_in_a_sentence(server: Any) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("who_do_i_ask", {"question": " "}),
        ("who_do_i_ask", {"question": "x" * 2001}),
        ("who_do_i_ask", {}),
        ("who_do_i_ask", {"question": "a", "histroy": []}),
        ("read_source", {"path": "source/manual/dns.html.md", "lines": [0, 3]}),
        ("read_source", {"path": "source/manual/dns.html.md", "lines": [900, 901]}),
        ("zeppelin", {}),
    ]
    said = [refusal(result) for result in called(server, *calls)]
    wanted = ("is empty", "2,001", "question", "histroy", "lines", "900", "who_do_i_ask, directory, read_source")
    for sentence, words in zip(said, wanted, strict=True):
        assert words in sentence
        assert "\n" not in sentence


@pytest.mark.parametrize(
    "path",
    [
        "/etc/hostname",
        "../../../etc/hostname",
        "source/manual/../manual/dns.html.md",
        "./source/manual/dns.html.md",
        "file:///etc/hostname",
        "config/tech-docs.yml",
        "",
        "%",
        "source/manual/dns.html.md\x00",
    ],
)
def test_nothing_is_read_but_what_the_index_holds(address: str, path: str) -> None:
    """Not even a file of the manual that no passage was made of, nor a page by another name."""
    assert "The index holds no text of" in refusal(called(address, ("read_source", {"path": path}))[0])


def test_a_source_is_read_when_the_manual_is_gone(small_manual: Path, index_folder: Path) -> None:
    ingest(str(small_manual), index_folder, progress=silent)
    page = small_manual / "source/manual/dns.html.md"
    lines = page.read_text("utf-8").splitlines()
    page.unlink()
    (read,) = called(over_stdio(index_folder), ("read_source", {"path": "source/manual/dns.html.md"}))
    for part in read.structured_content["parts"]:
        first, last = part["lines"]
        assert part["text"] == "\n".join(lines[first - 1 : last])


def test_a_new_ingest_answers_without_a_restart(small_manual: Path, index_folder: Path) -> None:
    ingest(str(small_manual), index_folder, progress=silent)

    async def speak(client: Client) -> list[Any]:
        asked = {"question": "Who do I ask about harbour dues?"}
        before = await client.call_tool("who_do_i_ask", asked)
        page = small_manual / "source/manual/dues.html.md"
        page.write_text("# Harbour dues\n\nAsk in #harbour-dues about harbour dues.\n", "utf-8")
        ingest(str(small_manual), index_folder, progress=silent)
        after = await client.call_tool("who_do_i_ask", asked)
        (index_folder / "current").write_text("9-000000000000\n")
        return [before, after, await client.call_tool("who_do_i_ask", asked)]

    before, after, broken = with_client(over_stdio(index_folder), speak)
    assert before.structured_content["outcome"] != "answer"
    assert after.structured_content["contacts"][0]["address"] == "#harbour-dues"
    assert refusal(broken) == "The index is missing or damaged: run `whodoiask ingest` to build it again."


def status(address: str, **headers: str) -> int:
    page, path = address.removesuffix("/mcp"), "/mcp"
    with ask(page, "POST", path, {**SAID, **headers}, json.dumps(CALL).encode()) as reply:
        return reply.status


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1"])
def test_a_site_that_points_here_is_refused(address: str, host: str) -> None:
    assert status(address, Host=host) == 421


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example", "null"])
def test_another_sites_page_is_refused(address: str, origin: str) -> None:
    assert status(address, Origin=origin) == 403
    assert status(address, Origin="http://localhost:3000") != 403


def test_a_name_that_was_allowed_is_answered(small_index: Path) -> None:
    with over_http(small_index, free_port(), "--allow-host", "manual.example.org") as there:
        assert status(there, Host="manual.example.org") == status(there, Host="manual.example.org:8443")
        assert status(there, Host="manual.example.org") not in (403, 421)
        assert status(there, Host="other.example.org") == 421


def test_a_login_is_asked_for(small_index: Path, tmp_path: Path) -> None:
    people = tmp_path / "people"
    people.write_text("ada:right\n", "utf-8")
    people.chmod(0o600)

    async def speak(client: Client) -> Any:
        return await client.call_tool("who_do_i_ask", {"question": QUESTION})

    with over_http(small_index, free_port(), "--auth-file", str(people)) as there:
        assert status(there) == 401
        assert with_client(there, speak, "ada:right").structured_content["contacts"][0]["address"] == "#domains"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--http", "7890"], "HOST:PORT"),
        (["--http", "localhost:0"], "HOST:PORT"),
        (["--http", "localhost:many"], "HOST:PORT"),
        (["--http", "0.0.0.0:7890"], "--auth-file"),
        (["--http", "192.0.2.1:7890", "--open"], "choose another with --http"),
        (["--open"], "--http"),
        (["--index", "nowhere"], "whodoiask ingest"),
    ],
)
def test_what_is_given_wrongly_is_one_sentence(small_index: Path, options: list[str], said: str) -> None:
    command = [*COMMAND, "mcp", "--index", str(small_index), *options]
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, text=True, input="")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_without_the_library_it_says_what_to_install(small_index: Path, tmp_path: Path) -> None:
    (tmp_path / "mcp.py").write_text("raise ModuleNotFoundError(name='mcp')\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
        command = [*COMMAND, "mcp", "--index", str(small_index)]
        done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, text=True, input="")
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'whodoiask[mcp]'" in done.stderr


def test_it_ends_when_nobody_speaks_any_more_and_prints_nothing_else(small_index: Path) -> None:
    command = [*COMMAND, "mcp", "--index", str(small_index)]
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, text=True, input="", timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
