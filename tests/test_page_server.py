"""The chat page's server: the API, who may come in, life behind a proxy, and how it starts and ends."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import pty
import resource
import shutil
import signal
import socket
import subprocess
import threading
import tracemalloc
from collections import Counter as Counts
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from conftest import silent
from gradio.state_holder import StateHolder
from serving import COMMAND, QUESTION, ROOT, Proxy, ask, call, chat_page, free_port, proxy

from assistant.errors import UserError
from ingest.build import ingest
from ui import server
from ui.access import (
    ATTEMPTS,
    ATTEMPTS_WHILE,
    FOR_PROGRAMS,
    App,
    Login,
    Message,
    People,
    Receive,
    Scope,
    Send,
    basic_of,
    client_of,
    is_loopback,
    read_people,
)
from ui.api import LONGEST_BODY
from ui.guard import ASKED_AT_MOST, AT_ONCE_EACH, Guard
from ui.page import _remember_few
from ui.places import BusyError, Places
from ui.problems import MEDIA, UNUSABLE, problem
from ui.server import Listening
from ui.shapes import ANSWER

PREFIX = "/tools/ask"
EVERYWHERE = "0.0.0.0"  # noqa: S104
NAME, PASSWORD = "Zoë", "pass:word “quoted”"


@pytest.fixture(scope="module")
def address(small_index: Path) -> Iterator[str]:
    """An open page."""
    with chat_page(small_index, free_port()) as found:
        yield found


@pytest.fixture(scope="module")
def guarded(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page that asks for a login, and is reached through a proxy."""
    people = tmp_path_factory.mktemp("people") / "people"
    people.write_text(f"# who may ask\n\n{NAME}:{PASSWORD}\nbob:other\n", "utf-8")
    people.chmod(0o600)
    options = ("--auth-file", str(people), "--root-path", PREFIX)
    with chat_page(small_index, free_port(), *options) as found:
        yield found


@pytest.fixture(scope="module")
def before(guarded: str) -> Iterator[Proxy]:
    with proxy(PREFIX, guarded) as found:
        yield found


_NUMBERS = itertools.count(1)


def elsewhere() -> dict[str, str]:
    """A header by which a proxy on this machine says that a request comes from an address that sent none yet."""
    return {"X-Forwarded-For": f"203.0.113.{next(_NUMBERS)}"}


def posted(page: str, body: bytes | Iterator[bytes], **headers: str) -> tuple[int, Any]:
    """Status and JSON of a call of the API."""
    with ask(page, "POST", f"{urlsplit(page).path}/api/answer", headers, body) as reply:
        assert reply.headers["Content-Type"] == ("application/json" if reply.status == 200 else MEDIA)
        return reply.status, json.load(reply)


def question(text: str, **more: object) -> bytes:
    return json.dumps({"question": text, **more}).encode()


def basic(name: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def test_the_api_gives_what_the_command_gives(address: str, small_index: Path) -> None:
    printed = subprocess.run(
        [*COMMAND, "ask", QUESTION, "--history", "Who owns DNS?", "--json", "--index", small_index],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    ).stdout
    status, answer = posted(address, question(QUESTION, history=["Who owns DNS?"], id="é-1"))
    assert status == 200
    assert answer == {**json.loads(printed), "id": "é-1"}
    assert list(answer) == list(json.loads(printed))


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 422, "JSON"),
        (b"who?", 422, "JSON"),
        (b"\xff\xfe", 422, "UTF-8"),
        (b"[" * 60_000, 422, "JSON"),
        (b"[]", 422, "object"),
        (b"{}", 422, "question"),
        (question("a", history="before"), 422, "history"),
        (question("a", history=["b", 1]), 422, "history.1"),
        (question("a", id=None), 422, "id"),
        (question("a", histroy=[]), 422, "histroy"),
        (b'{"question": 5}', 422, "question"),
        (b'{"question": "\\ud800"}', 422, "half a surrogate pair"),
        (b'{"question": "a", "\\ud800": 1}', 422, "half a surrogate pair"),
        (question(" "), 400, "is empty"),
        (question("x" * 2001), 400, "2,001"),
        (question("x" * LONGEST_BODY), 413, "65,536"),
        (b"x" * 2_000_000, 413, "65,536"),
    ],
)
def test_the_api_says_what_is_wrong_in_a_sentence(address: str, body: bytes, status: int, said: str) -> None:
    got, reply = posted(address, body)
    assert got == status
    assert reply == problem(status, reply["detail"])
    assert said in reply["detail"]
    assert "\n" not in reply["detail"]


def test_a_body_in_pieces_is_read_to_its_limit(address: str) -> None:
    assert posted(address, iter([b'{"question": ', b'"Who owns DNS?"}']))[0] == 200
    assert posted(address, iter([b'{"question": "', *[b"x" * 1000] * 66, b'"}']))[0] == 413


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/answer"), ("DELETE", "/api/answer"), ("POST", "/healthz")])
def test_another_method_is_refused(address: str, method: str, path: str) -> None:
    with ask(address, method, path) as reply:
        assert (reply.status, reply.headers["Content-Type"]) == (405, MEDIA)
        assert reply.headers["Allow"] == ("POST" if path == "/api/answer" else "GET, HEAD")


def test_many_at_once_get_their_own_answers(address: str) -> None:
    asked = [question(text, id=str(n)) for n, text in enumerate((QUESTION, "Who owns the support rota page?") * 20)]
    with ThreadPoolExecutor(20) as pool:
        answers = [answer for status, answer in pool.map(lambda body: posted(address, body), asked) if status == 200]
    assert [answer["id"] for answer in answers] == [str(n) for n in range(40)]
    assert len({json.dumps({**answer, "id": ""}) for answer in answers}) == 2


def test_who_finds_no_room_to_wait_is_told_at_once() -> None:
    places, done = Places(places=2, waiting=3), threading.Event()

    async def come() -> None:
        inside = [asyncio.create_task(places.serve(done.wait)) for _ in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await places.serve(done.wait)
        done.set()
        assert await asyncio.gather(*inside) == [True] * 5
        assert await places.serve(lambda: "next") == "next"

    asyncio.run(come())


def test_the_description_tells_of_the_answer_as_it_is(address: str) -> None:
    with ask(address, "GET", "/openapi.json") as reply:
        described = json.load(reply)
    assert set(described["paths"]) >= {"/healthz", "/api/answer"}
    said = described["paths"]["/api/answer"]["post"]
    assert set(said["responses"]) == {"200", "400", "413", "422", "503"}
    assert set(said["requestBody"]["content"]["application/json"]["schema"]["properties"]) == {
        "question",
        "history",
        "id",
    }
    assert said["responses"]["200"]["content"]["application/json"]["schema"] == ANSWER
    answer = posted(address, question(QUESTION))[1]
    assert list(answer) == ANSWER["required"]
    assert answer["pages"]
    for name in ("contacts", "sources", "pages"):
        assert [list(item) for item in answer[name]] == [ANSWER["properties"][name]["items"]["required"]] * len(
            answer[name]
        )


def test_pages_that_load_scripts_from_elsewhere_are_not_there(address: str) -> None:
    for path in ("/docs", "/redoc"):
        with ask(address, "GET", path) as reply:
            assert reply.status == 404


def test_gradios_clients_may_leave_the_history_out(address: str) -> None:
    assert call(address, QUESTION) == call(address, QUESTION, [])
    assert "must be a string" in call(address)


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/answer", "/theme.css", "/nothing", "/gradio_api/info"])
def test_every_reply_has_the_headers(address: str, guarded: str, path: str) -> None:
    for page in (address, guarded):
        with ask(page, "GET", path) as reply:
            assert reply.headers["Content-Security-Policy"].startswith("default-src 'self' data: blob: ")
            assert reply.headers["X-Content-Type-Options"] == "nosniff"
            assert reply.headers["Referrer-Policy"] == "no-referrer"
            assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/config"),
        ("GET", "/openapi.json"),
        ("POST", "/api/answer"),
        ("GET", "/api/directory"),
        ("GET", "/api/facts"),
        ("GET", "/api/search?q=dns"),
        ("GET", "/metrics"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/openapi.json"),
        ("GET", "/gradio_api/app_id"),
        ("GET", "/gradio_api/startup-events"),
        ("GET", "/gradio_api/heartbeat/somebody"),
        ("GET", "/gradio_api/queue/data?session_hash=somebody"),
        ("GET", "/gradio_api/file=/etc/hostname"),
        ("POST", "/gradio_api/component_server/"),
        ("POST", "/gradio_api/call/answer"),
        ("POST", "/gradio_api/run/answer"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/cancel"),
        ("POST", "/gradio_api/upload"),
        ("GET", "/monitoring"),
        ("GET", "/logout"),
        ("GET", "//config"),
        ("GET", "/assets/../config"),
        ("GET", "/nothing"),
    ],
)
def test_nothing_is_told_to_a_stranger(guarded: str, method: str, path: str) -> None:
    for given in ("", "Basic", "Basic !", basic(path, "wrong"), basic(path, PASSWORD), "Bearer bob"):
        headers = {"Authorization": given, "Cookie": "access-token=x; =", **elsewhere()}
        with ask(guarded, method, path, headers) as reply:
            assert reply.status in ((403, 404) if path.startswith("/assets/") else (401,))
            challenged = path.partition("?")[0] in FOR_PROGRAMS
            assert (reply.headers["WWW-Authenticate"] or "").startswith("Basic realm=") is challenged
            said = json.load(reply)
            if not path.startswith("/assets/"):  # which gradio refuses by itself
                assert reply.headers["Content-Type"] == MEDIA
                assert said == problem(reply.status, said["detail"])


def test_the_login_page_holds_no_word_of_the_manual(guarded: str) -> None:
    for path in ("/", "/theme.css", "/manifest.json", "/robots.txt"):
        with ask(guarded, "GET", path) as reply:
            assert reply.status == 200
            shown = reply.read().decode("utf-8")
        assert not any(word in shown for word in ("domains", "DNS", "rota", "example.org"))


def test_a_name_and_its_password_open_the_api(before: Proxy) -> None:
    status, answer = posted(before.address, question(QUESTION), Authorization=basic(NAME, PASSWORD))
    assert (status, answer["contacts"][0]["address"]) == (200, "#domains")
    with ask(before.address, "GET", f"{PREFIX}/openapi.json", {"Authorization": basic("bob", "other")}) as reply:
        assert json.load(reply)["servers"] == [{"url": PREFIX}]


def test_signing_in_opens_the_page(guarded: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with ask(guarded, "POST", "/login", form, urlencode({"username": NAME, "password": "other"}).encode()) as reply:
        assert (reply.status, reply.headers["Set-Cookie"]) == (400, None)
    with ask(guarded, "POST", "/login", form, urlencode({"username": NAME, "password": PASSWORD}).encode()) as reply:
        cookies = "; ".join(cookie.split(";")[0] for cookie in reply.headers.get_all("Set-Cookie"))
    for path in ("/config", "/gradio_api/info", "/openapi.json"):
        with ask(guarded, "GET", path, {"Cookie": cookies}) as reply:
            assert reply.status == 200
    assert posted(guarded, question(QUESTION), Cookie=cookies)[0] == 200
    with ask(guarded, "GET", "/logout", {"Cookie": cookies}) as reply:
        assert reply.status == 302
    with ask(guarded, "GET", "/config", {"Cookie": cookies}) as reply:
        assert reply.status == 401


def test_passwords_cannot_be_tried_out(guarded: str) -> None:
    """From one address; whoever has signed in, and other addresses, go on."""
    there, form = elsewhere(), {"Content-Type": "application/x-www-form-urlencoded"}

    def tried(name: str, password: str, where: dict[str, str]) -> int:
        with ask(guarded, "GET", "/openapi.json", {**where, "Authorization": basic(name, password)}) as reply:
            return reply.status

    assert {tried(f"guest-{n}", "guess", there) for n in range(ATTEMPTS)} == {401}
    assert tried(NAME, PASSWORD, there) == 429
    with ask(
        guarded, "POST", "/login", form | there, urlencode({"username": NAME, "password": PASSWORD}).encode()
    ) as r:
        assert (r.status, r.headers["Retry-After"]) == (429, "300")
    assert tried(NAME, PASSWORD, elsewhere()) == 200


def test_passwords_of_one_name_cannot_be_tried_out_from_everywhere(guarded: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for number in range(ATTEMPTS):
        said = urlencode({"username": "bob", "password": f"guess-{number}"}).encode()
        with ask(guarded, "POST", "/login", form | elsewhere(), said) as reply:
            assert reply.status == 400
    with ask(guarded, "GET", "/openapi.json", {**elsewhere(), "Authorization": basic("bob", "other")}) as reply:
        assert reply.status == 401


def test_wrong_passwords_are_forgotten_after_a_while() -> None:
    now = [0.0]
    login = Login(People({"ada": "right"}), lambda: now[0])
    for _ in range(ATTEMPTS):
        assert login.admits("ada", "right")
        assert not login.admits("ada", "wrong")
    assert not login.admits("ada", "right")
    now[0] += ATTEMPTS_WHILE + 1
    assert login.admits("ada", "right")


def test_names_that_were_tried_take_little_memory() -> None:
    login = Login(People({"ada": "right"}))
    tracemalloc.start()
    for number in range(ATTEMPTS - 1):
        assert not login.admits(f"{number}" * 500_000, "wrong")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_000_000
    assert login.admits("ada", "right")


def test_what_strangers_send_to_the_login_is_not_told_on_the_terminal(guarded: str) -> None:
    """The fixture looks for what is printed: nothing."""
    for kind, body in (
        ("multipart/form-data; boundary=y", b"--x\r\n\r\n--x--\r\n"), ("multipart/form-data", b"--x"),
        ("application/x-www-form-urlencoded", b"username=%ed%a0%80&password=%ff"), ("application/json", b"{}"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(5000))),
    ):  # fmt: skip
        with ask(guarded, "POST", "/login", {"Content-Type": kind, **elsewhere()}, body) as reply:
            assert reply.status in (400, 422)


def test_little_is_remembered_of_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that were served, and of those that never fetched their answers."""
    monkeypatch.setattr("ui.page.REMEMBERED", 5)
    page: Any = SimpleNamespace(_queue=SimpleNamespace())
    _remember_few(page)
    sessions = StateHolder()
    page.default_config, page.blocks = SimpleNamespace(blocks={}), {}
    sessions.set_blocks(page)
    kept = (page._queue.pending_messages_per_session, page._queue.pending_event_ids_session)
    for number in range(20):
        assert sessions[f"{number}"] is not None
        for one in kept:
            one[f"{number}"] = set()
    assert [len(one) for one in (sessions.session_data, *kept)] == [5, 5, 5]


def test_one_client_cannot_take_all_the_places(address: str) -> None:
    there = elsewhere()
    got = [posted(address, b"{}", **there) for _ in range(ASKED_AT_MOST + 5)]
    assert [status for status, _ in got] == [422] * ASKED_AT_MOST + [429] * 5
    assert got[-1][1] == problem(429, "Too many requests come from here: ask again in a moment.")
    assert posted(address, question(QUESTION), **elsewhere())[0] == 200


def test_one_client_waits_for_its_own_questions_alone() -> None:
    """Of many requests at once from one client some are served; another's is served meanwhile."""
    inside: Counts[str] = Counts()
    most: Counts[str] = Counts()
    done = asyncio.Event()

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        client = client_of(scope)
        inside[client] += 1
        most[client] = max(most[client], inside[client])
        if client == "203.0.113.1":
            await done.wait()
        inside[client] -= 1
        await send({"type": "http.response.start", "status": 200})

    async def come() -> list[int]:
        guard, statuses = Guard(app, own_machine=False), []

        async def asking(client: str) -> None:
            async def told(message: Message) -> None:
                statuses.append(message["status"])

            scope = {"type": "http", "method": "POST", "path": "/api/answer", "headers": [], "client": (client, 1)}
            await guard(scope, nothing, told)

        crowd = [asyncio.create_task(asking("203.0.113.1")) for _ in range(10)]
        await asyncio.sleep(0)
        await asking("203.0.113.2")
        assert statuses == [200]
        done.set()
        await asyncio.gather(*crowd)
        return statuses

    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    assert asyncio.run(come()) == [200] * 11
    assert most == {"203.0.113.1": AT_ONCE_EACH, "203.0.113.2": 1}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "", "10.0.0.1"])
def test_a_site_that_points_here_is_refused(address: str, host: str) -> None:
    with ask(address, "GET", "/", {"Host": host}) as reply:
        assert reply.status == 403


def test_a_proxy_cannot_make_the_page_another_sites(address: str) -> None:
    with ask(address, "GET", "/config", {"X-Forwarded-Host": "evil.example"}) as reply:
        assert reply.status == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:7860", "127.0.0.1", "[::1]:7860"])
def test_the_machine_has_several_names(address: str, host: str) -> None:
    with ask(address, "GET", "/healthz", {"Host": host}) as reply:
        assert reply.status == 200


def test_another_sites_page_cannot_ask(address: str, before: Proxy) -> None:
    own = urlsplit(address).netloc
    assert posted(address, question(QUESTION), Origin=f"http://{own}")[0] == 200
    for origin in (
        "https://evil.example",
        "null",
        f"http://{own}.evil.example",
        "http://localhost:1",
        "http://[",
        "\xff",
    ):
        assert posted(address, question(QUESTION), Origin=origin)[0] == 403
    given = {"Authorization": basic(NAME, PASSWORD)}
    public = urlsplit(before.address).netloc
    assert posted(before.address, question(QUESTION), Origin=f"http://{public}", **given)[0] == 200
    assert posted(before.address, question(QUESTION), Origin="https://evil.example", **given)[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/hostname",
        "/gradio_api/file/etc/hostname",
        "/gradio_api/proxy=https://evil.example/",
        "/gradio_api/upload_progress?upload_id=1",
        "/gradio_api/dev/reload",
        "/gradio_api/custom_component/1/client/component/index.js",
        "/gradio_api/profiling/traces",
        "/gradio_api/vibe-code",
        "/gradio_api/runs",
        "/gradio_api/run-history/records",
        "/gradio_api/token",
        "/gradio_api/user",
        "/gradio_api/deep_link",
        "/monitoring",
        "/monitoring/summary",
        "/gradio_api/call/nothing",
        "/gradio_api/call/v2/answer",
        "/gradio_api/call/answer/nothing",
        "/gradio_api/heartbeat/%00",
        f"/static/{'a' * 300}",
        f"/gradio_api/heartbeat/{'a' * 5000}",
    ],
)
def test_what_the_page_does_not_need_is_not_there(address: str, path: str) -> None:
    for method in ("GET", "POST"):
        with ask(address, method, path) as reply:
            assert (reply.status, json.load(reply)) == (404, problem(404, "There is nothing here."))


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/gradio_api/process_recording", "/gradio_api/vibe-edit"])
def test_nothing_can_be_sent_but_questions(address: str, path: str) -> None:
    with ask(address, "POST", path, {}, b"x" * 1000) as reply:
        assert reply.status == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("component_server/", {"component_id": 9999, "fn_name": "ask", "session_hash": "a", "data": None}, 404),
        ("component_server/", {"component_id": 4, "fn_name": "__init__", "session_hash": "a", "data": None}, 404),
        ("component_server/", {"component_id": 4, "fn_name": "ask", "session_hash": "a", "data": "\ud800"}, 422),
        ("component_server/", [], 422),
        ("queue/join", {"fn_index": 9999, "data": [], "session_hash": "a"}, 404),
        ("queue/join", {"fn_index": -1, "data": [], "session_hash": "a"}, 404),
        ("queue/join", {"fn_index": 2, "data": ["\ud800"], "session_hash": "a"}, 422),
        ("call/answer", {"data": ["\ud800"]}, 422),
        ("call/answer", "\ud800", 422),
        ("cancel", {"event_id": "\ud800", "fn_index": 1, "session_hash": "\ud800"}, 422),
        ("reset", {"event_id": "x" * 1_100_000}, 413),
    ],
)
def test_a_call_that_cannot_be_read_is_refused_in_a_sentence(address: str, path: str, body: Any, status: int) -> None:
    """The fixture looks for what is printed where the page is served: nothing."""
    with ask(
        address, "POST", f"/gradio_api/{path}", {"Content-Type": "application/json"}, json.dumps(body).encode()
    ) as r:
        assert r.status == status
        assert isinstance(json.load(r)["detail"], str)


def test_no_file_can_be_sent(address: str) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhello\r\n--x--\r\n'
    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain", ""):
        with ask(address, "POST", "/gradio_api/component_server/", {"Content-Type": kind}, form) as reply:
            assert (reply.status, json.load(reply)) == (415, problem(415, "Only JSON is understood here."))


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/call/answer", "/gradio_api/component_server"])
@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000, b'{"data": ' + b"[" * 900 + b"]" * 900 + b"}"])
def test_bodies_that_are_nested_without_end_harm_nothing(address: str, path: str, body: bytes) -> None:
    """The fixture looks for what is printed where the page is served: nothing."""
    with ask(address, "POST", path, {"Content-Type": "application/json"}, body) as reply:
        assert reply.status < 500
    assert posted(address, question(QUESTION))[0] == 200


@pytest.mark.browser
@pytest.mark.parametrize("end", ["/", ""])
def test_the_page_works_below_a_prefix(before: Proxy, tmp_path: Path, end: str) -> None:
    before.astray.clear()
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and CI must look at the page")
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{before.address}{end}")
        page.get_by_label("username").fill(NAME)
        page.get_by_label("password").fill(PASSWORD)
        page.get_by_role("button", name="Login").click()
        page.locator("button.example").first.wait_for()  # until then the page hears no key
        box = page.get_by_label("Your question")
        box.fill(QUESTION)
        box.press("Enter")
        page.get_by_text("#domains").first.wait_for()
        context.close()
    assert {urlsplit(url).netloc for url in asked if url.startswith("http")} == {urlsplit(before.address).netloc}
    # The link to the manifest is written without the prefix; a browser does without it.
    assert set(before.astray) <= {"/manifest.json", "/favicon.ico"}


UNFINISHED = (
    b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n",
    b"POST /api/answer HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{",
)  # fmt: skip


@contextmanager
def served(app: App) -> Iterator[int]:
    """The port of an app that is served in this process."""
    ready = threading.Event()
    with server._bound("127.0.0.1", 0) as bound:
        serving = server._Server(server._config(app), ready.set)
        thread = threading.Thread(target=serving.run, args=([bound],))
        thread.start()
        try:
            assert ready.wait(10)
            yield bound.getsockname()[1]
        finally:
            serving.should_exit = True
            thread.join()


@contextmanager
def connections(port: int, count: int) -> Iterator[list[socket.socket]]:
    """So many connections on which nothing was sent."""
    with ExitStack() as stack:
        there = ("127.0.0.1", port)
        yield [stack.enter_context(socket.create_connection(there, timeout=5)) for _ in range(count)]


async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
    """An answer that takes two seconds, once the request is whole."""
    if scope["type"] == "lifespan":
        for what in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{what}.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200})
    for _ in range(10):
        await asyncio.sleep(0.2)
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def test_a_connection_that_asks_for_nothing_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever of a request came; an answer that takes long is given all the same."""
    monkeypatch.setattr(server, "WITHIN", 0.3)
    with served(streaming) as port, connections(port, len(UNFINISHED)) as open_ones:
        for one, begun in zip(open_ones, UNFINISHED, strict=True):
            one.sendall(begun)
        with ask(f"http://127.0.0.1:{port}", "GET", "/") as reply:
            assert reply.read() == b"x" * 10
        assert [one.recv(1) for one in open_ones] == [b""] * len(UNFINISHED)
    assert not server._Connection.held


def test_one_address_holds_a_few_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "CONNECTIONS_EACH", 5)
    monkeypatch.setattr(server, "is_loopback", lambda _: False)
    with served(streaming) as port, connections(port, 5) as open_ones:
        with connections(port, 1) as one_more:
            assert one_more[0].recv(1) == b""
        open_ones[0].close()
        with ask(f"http://127.0.0.1:{port}", "GET", "/") as reply:
            assert reply.status == 200
            reply.read()


def test_more_may_wait_than_the_system_gives_files_at_first(small_index: Path) -> None:
    few, many = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, many))
    try:
        with chat_page(small_index, port := free_port()) as page:
            resource.setrlimit(resource.RLIMIT_NOFILE, (few, many))
            with connections(port, 400):
                assert posted(page, question(QUESTION))[0] == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, many))


def test_it_says_what_it_is_doing_and_ends_when_told_to(small_index: Path, small_manual: Path, tmp_path: Path) -> None:
    """Its index changes and vanishes while it runs, and a browser's stream is open when it is to end."""
    index = tmp_path / "index"
    shutil.copytree(small_index, index, symlinks=True)
    watcher, terminal = pty.openpty()
    port = free_port()
    command = [*COMMAND, "chat", "--port", str(port), "--index", str(index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, cwd=ROOT, text=True) as process:
        os.close(terminal)
        assert process.stdout is not None
        assert process.stdout.readline() == f"Chat page: http://127.0.0.1:{port}\n"
        said = os.read(watcher, 10_000).decode("utf-8").splitlines()
        assert said[0].startswith("Opening the index of ")
        assert said[0].endswith(" (3 pages)")
        assert said[1:] == ["Loading the page", "Preparing answers"]

        page = f"http://127.0.0.1:{port}"
        assert (healthy(page), answering(page)) == (3, "#domains")
        dns = small_manual / "source/manual/dns.html.md"
        dns.write_text(dns.read_text("utf-8").replace("#domains", "#names-and-zones"), "utf-8")
        (small_manual / "source/manual/rota.html.md").unlink()
        ingest(str(small_manual), index, progress=silent)
        assert (healthy(page), answering(page)) == (2, "#names-and-zones")
        shutil.rmtree(index)
        with ask(page, "GET", "/healthz") as reply:
            assert reply.status == 503
            assert "whodoiask ingest" in json.load(reply)["detail"]

        with ask(page, "GET", "/gradio_api/heartbeat/somebody") as stream:
            assert stream.read1()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == -signal.SIGTERM
        assert process.stdout.read() == ""
    with pytest.raises(OSError, match="Input/output error"):  # nothing more was said
        os.read(watcher, 10_000)
    os.close(watcher)


def test_what_harms_the_index_of_a_running_page_is_a_sentence(small_index: Path, tmp_path: Path) -> None:
    """Everywhere, and the page goes on when the file is what it was; nothing is printed."""
    index = Path(shutil.copytree(small_index, tmp_path / "index", symlinks=True))
    array = index / "generations" / (index / "current").read_text().strip() / "vectors.npy"
    sound = array.read_bytes()
    turns, kind = [{"question": QUESTION, "tried": []}], {"Content-Type": "application/json"}
    with chat_page(index, free_port()) as page:
        with ask(page, "GET", "/config") as reply:
            parts = json.load(reply)["components"]
        found = {name: part["id"] for part in parts for name in part["props"].get("server_fns") or ()}
        array.write_bytes(b"")
        assert posted(page, question(QUESTION))[0] == 503
        assert "missing or damaged" in call(page, QUESTION)
        for name, data in (("start", None), ("ask", turns), ("show", {"turns": turns}), ("search", "rota")):
            body = {"component_id": found[name], "fn_name": name, "session_hash": "a", "data": data}
            sent = json.dumps(body).encode()
            with ask(page, "POST", "/gradio_api/component_server/", kind, sent) as reply:
                assert json.load(reply) == {"error": UNUSABLE}
        array.write_bytes(sound)
        assert answering(page) == "#domains"


def healthy(page: str) -> int:
    """How many pages the index has that answers, as the server says it is well."""
    with ask(page, "GET", "/healthz") as reply:
        health = json.load(reply)
    assert health == {"status": "ok", "index": posted(page, question(QUESTION))[1]["index"], "pages": health["pages"]}
    pages: int = health["pages"]
    return pages


def answering(page: str) -> str:
    """The address of the first contact for the question."""
    address: str = posted(page, question(QUESTION))[1]["contacts"][0]["address"]
    return address


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "people"
    file.write_text(text, "utf-8")
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names nobody"),
        ("# nobody\n\n", "names nobody"),
        ("ada:one\nsecret\n", "Line 2 of"),
        (":one\n", "no name"),
        ("ada:\n", "no password"),
        ("ada:one \n", "space"),
        ("ada:one\nada:two\n", "Line 2 of"),
    ],
)
def test_what_is_wrong_with_an_auth_file_is_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(UserError, match=said) as caught:
        read_people(file)
    assert str(file) in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o620])
def test_an_auth_file_that_others_may_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(UserError, match="chmod 600"):
        read_people(written(tmp_path, "ada:one\n", mode))


def test_an_auth_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"ada:\xe9\n")
    (tmp_path / "latin").chmod(0o600)
    for name, said in (("none", "No such file"), (".", "directory"), ("latin", "UTF-8")):
        with pytest.raises(UserError, match=said):
            read_people(tmp_path / name)


def test_a_password_is_taken_as_it_stands(tmp_path: Path) -> None:
    people = read_people(written(tmp_path, "\ufeffada:one:two\r\n # comment\r\nbob :#3\r\n"))
    assert people.admits("ada", "one:two")
    assert people.admits("bob", "#3")
    for name, password in (("ada", "one"), ("ada", "#3"), ("", ""), ("ada\none", "two"), ("\ud800", "")):
        assert not people.admits(name, password)


def test_basic_is_read_as_it_is_sent() -> None:
    assert basic_of(basic("ada", "one:two").encode()) == ("ada", "one:two")
    assert basic_of(b"basic  YTpi") == ("a", "b")
    assert [basic_of(header) for header in (b"", b"Basic", b"Basic YQ==", b"Basic /w==", b"Basic *", b"Digest a")] == [
        None
    ] * 6


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_on_this_machine_no_login_is_needed(host: str) -> None:
    assert is_loopback(host)
    Listening(host, 7860).check()


@pytest.mark.parametrize(
    "host", [EVERYWHERE, "::", "192.0.2.1", "example.org", "127.0.0.1.example.org", "", "128.0.0.1"]
)
def test_beyond_this_machine_there_is_a_login_or_a_word(host: str) -> None:
    with pytest.raises(UserError) as caught:
        Listening(host, 7860).check()
    assert "--auth-file" in str(caught.value)
    assert "--open" in str(caught.value)
    Listening(host, 7860, open=True).check()
    Listening(host, 7860, auth_file=Path("people")).check()


@pytest.mark.parametrize(
    "prefix", ["ask", "/", "/ask/", "//ask", "/a//b", "/../ask", "/.", "/a b", "/é", "/a?b", "http://a/b"]
)
def test_a_prefix_of_another_form_is_a_sentence(prefix: str) -> None:
    with pytest.raises(UserError, match="as in /ask"):
        Listening("localhost", 7860, root_path=prefix).check()


@pytest.mark.parametrize("prefix", ["", "/ask", "/tools/who-do.i_ask", "/.well~known"])
def test_a_prefix_is_taken(prefix: str) -> None:
    Listening("localhost", 7860, root_path=prefix).check()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", EVERYWHERE], "--open"),
        (["--auth-file", "nowhere"], "nowhere"),
        (["--host", "192.0.2.1", "--open"], "--host"),
    ],
)
def test_what_is_wrong_is_said_before_anything_starts(small_index: Path, options: list[str], said: str) -> None:
    done = subprocess.run(
        [*COMMAND, "chat", "--port", str(free_port()), "--index", small_index, *options],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
