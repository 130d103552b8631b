"""A store on a Chroma server: three pages and an ingest against a real one, which stops, is slow, and comes back."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from conftest import SMALL_MANUAL, silent, write_manual
from serving import COMMAND, ROOT, chat_page, free_port
from storing import Chroma, until

from assistant.flow import Assistant
from ingest.build import ingest
from ingest.errors import UserError
from ingest.store import nearest, remote, server
from ingest.store.index import Index, Manifest
from ingest.store.pointer import Address, AwayError, NothingThereError, Pointer
from ingest.store.remote import Remote
from ingest.store.server import LOCK, carried, publishing

QUESTION = "Who do I ask for a new DNS zone?"
DNS = "source/manual/dns.html.md"
NOTE = "may be out of date: the store does not answer."


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    chroma = Chroma(tmp_path_factory.mktemp("chroma"))
    chroma.start()
    yield chroma
    chroma.stop()


@pytest.fixture
def chroma(running: Chroma, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Chroma:
    """The server, empty, and a machine that has no copy of anything but the encoder."""
    encoders = Path(os.environ["WHODOIASK_CACHE"]) / "encoders"
    monkeypatch.setenv("WHODOIASK_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "encoders").symlink_to(encoders, target_is_directory=True)
    if not running.answers():
        running.start()
    running.empty()
    return running


def publish(chroma: Chroma, index: Path) -> bool:
    with publishing(chroma.address) as store:
        return store.publish(index, silent)


@pytest.fixture(scope="module")
def edited(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the small manual after an edit, which nothing here changes."""
    place = tmp_path_factory.mktemp("edited")
    folder = Path(shutil.copytree(small_index, place / "index"))
    manual = {**SMALL_MANUAL, DNS: SMALL_MANUAL[DNS].replace("#domains", "#zones")}
    ingest(str(write_manual(place / "manual", manual)), folder, progress=silent)
    return folder


def asked(page: str) -> dict[str, Any]:
    body = json.dumps({"question": QUESTION}).encode()
    request = Request(f"{page}/api/answer", body, {"Content-Type": "application/json"})  # noqa: S310
    with urlopen(request, timeout=30) as reply:  # noqa: S310
        said: dict[str, Any] = json.load(reply)
    return said


class Late:
    """An address that passes everything on to a port, each piece `seconds` late."""

    def __init__(self, port: int) -> None:
        self.seconds = 0.0
        late = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(("127.0.0.1", port)) as far:
                    back = threading.Thread(target=pass_on, args=(far, self.request))
                    back.start()
                    pass_on(self.request, far)
                    back.join()

        def pass_on(source: socket.socket, target: socket.socket) -> None:
            with suppress(OSError):  # one of the two has gone
                while piece := source.recv(65536):
                    time.sleep(late.seconds / 2)
                    target.sendall(piece)
            with suppress(OSError):
                target.shutdown(socket.SHUT_WR)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = Address.of(f"http://127.0.0.1:{self._server.server_address[1]}")

    def __enter__(self) -> Late:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_three_pages_follow_one_store(chroma: Chroma, small_index: Path, edited: Path, tmp_path: Path) -> None:
    """Each with a machine of its own; an ingest between, the server stopped and started again."""
    expected = Assistant.open(small_index).answer(QUESTION).to_json()
    assert publish(chroma, small_index)
    said: list[list[str]] = [[], [], []]

    def opened(number: int) -> str:
        home = tmp_path / f"machine-{number}"
        home.mkdir()
        (home / "encoders").symlink_to(tmp_path / "cache" / "encoders")
        index, options = tmp_path / f"own-{number}", ("--store", chroma.url)
        return stack.enter_context(chat_page(index, free_port(), *options, logged=said[number], cache=home))

    with ExitStack() as stack, ThreadPoolExecutor(3) as pool:
        pages = list(pool.map(opened, range(3)))
        assert [asked(page) for page in pages] == [expected] * 3
        assert publish(chroma, edited)
        until(lambda: all(asked(page)["contacts"][0]["address"] == "#zones" for page in pages))
        assert all(asked(page)["index"] == Index.open(edited).digest for page in pages)
        chroma.stop()
        until(lambda: all(asked(page)["notes"] for page in pages))
        for page in pages:
            answer = asked(page)
            assert answer["contacts"][0]["address"] == "#zones"
            assert answer["notes"][0].endswith(NOTE)
            assert NOTE in answer["markdown"]
        chroma.start()
        until(lambda: not any(asked(page)["notes"] for page in pages))
        assert publish(chroma, small_index)
        until(lambda: [asked(page) for page in pages] == [expected] * 3)
    for lines in said:
        assert [line.split(": ", 1)[1] for line in lines] == ["the store does not answer", "the copy follows it again"]


def test_a_slow_store_keeps_nobody_waiting(chroma: Chroma, small_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five seconds for each reply: an answer is from the copy, and says so; where there is none, it is waited for."""
    publish(chroma, small_index)
    with Late(chroma.port) as late:
        store = Remote(late.address)
        store.sync()
        late.seconds = 5
        with monkeypatch.context() as patch:
            patch.setattr(remote, "PATIENCE", 0.5)
            again = Assistant(Index.of_store(Remote(late.address)))
            assert again.answer(QUESTION).notes[-1].endswith(NOTE)
            assert again.answer(QUESTION).contacts[0].address == "#domains"
        assert Pointer.read(late.address, remote.FIRST).digest == again.index.digest
        late.seconds = 0
        store.sync()
        assert store.note == ""


def test_an_answer_is_the_same_from_a_store(chroma: Chroma, small_index: Path) -> None:
    publish(chroma, small_index)
    own, far = Assistant.open(small_index), Assistant(Index.of_store(Remote(chroma.address)))
    for question in (QUESTION, "who owns the page on the rota", "what do penguins eat"):
        assert own.answer(question) == far.answer(question)
    copied = far.index.home
    assert (copied / nearest.VECTORS).read_bytes() == (own.index.home / nearest.VECTORS).read_bytes()


def test_what_is_on_this_machine_is_answered_from_without_chromas_client(chroma: Chroma, small_index: Path) -> None:
    publish(chroma, small_index)
    Remote(chroma.address).sync()
    code = (
        "import sys; from assistant.flow import Assistant; from ingest.store.index import Index;"
        "from ingest.store.pointer import Address; from ingest.store.remote import Remote;"
        "index = Index.of_store(Remote(Address.of(sys.argv[1])));"
        "print(Assistant(index).answer(sys.argv[2]).contacts[0].address, 'chromadb' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, chroma.url, QUESTION], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout == "#domains False\n"


def test_a_copy_that_another_version_made_is_fetched_again(chroma: Chroma, small_index: Path) -> None:
    """Under the same name: the server was emptied, and the same manual published to it by a newer version."""
    publish(chroma, small_index)
    store = Remote(chroma.address)
    store.sync()
    with closing(Index.open(store.folder)) as index:
        replace(index.manifest, layout="old").write(index.home / "manifest.json")
    store.sync()
    assert Index.of_store(store).digest == Index.open(small_index).digest


def test_only_what_is_new_is_fetched(
    chroma: Chroma, small_index: Path, edited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(chroma, small_index)
    store = Remote(chroma.address)
    store.sync()
    publish(chroma, edited)
    fetched: list[str] = []
    files = server._Pieces._files
    monkeypatch.setattr(server._Pieces, "_files", lambda self, names: fetched.extend(names) or files(self, names))
    store.sync()
    assert Index.open(store.folder).digest == Index.open(edited).digest
    assert "records.sqlite" in fetched
    assert "rows/facts-relation.npy" not in fetched


def test_graphs_of_many_texts_travel_too(
    chroma: Chroma, small_manual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "EXACT", 3)
    ingest(str(small_manual), tmp_path / "index", progress=silent)
    publish(chroma, tmp_path / "index")
    index = Index.of_store(Remote(chroma.address))
    assert (index.home / "graphs" / "facts.usearch").is_file()
    assert Assistant(index).answer(QUESTION) == Assistant.open(tmp_path / "index").answer(QUESTION)


def test_what_the_store_holds_can_be_searched_by_others(chroma: Chroma, small_index: Path) -> None:
    publish(chroma, small_index)
    index = Index.open(small_index)
    collection = chroma.client().get_collection(f"whodoiask-{index.generation}-facts", embedding_function=None)
    vector = index.encoder.embed_query(QUESTION)
    found = collection.query(query_embeddings=[vector], n_results=1)
    assert "#domains" in (found["documents"] or [[""]])[0][0]
    assert (found["metadatas"] or [[{}]])[0][0]["path"] == DNS


def test_generations_before_the_last_go(chroma: Chroma, small_index: Path, edited: Path) -> None:
    assert [publish(chroma, index) for index in (small_index, edited, small_index)] == [True, True, True]
    assert {name.split("-")[1] for name in chroma.names() - {"whodoiask"}} == {"2", "3"}
    assert not publish(chroma, small_index)


def test_an_unfinished_publication_leaves_nothing(chroma: Chroma, small_index: Path, edited: Path) -> None:
    """A process that is killed amid it: readers see what was there, and the next one clears up and is refused first."""
    publish(chroma, small_index)
    code = (
        "import sys, time; from pathlib import Path; from ingest.store import server; from ingest.store.pointer import"
        " Address\nadd = server.Server._add_files\n"
        "def wait(*given): print('here', flush=True); time.sleep(60)\n"
        "server.Server._add_files = wait\n"
        "with server.publishing(Address.of(sys.argv[1])) as store: store.publish(Path(sys.argv[2]), lambda *_: None)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, chroma.url, str(edited)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "here\n"
        with pytest.raises(UserError, match=f"Another ingest is writing to the store at {chroma.url}: wait"):
            publish(chroma, edited)
        os.kill(killed.pid, signal.SIGKILL)
    assert Index.of_store(Remote(chroma.address)).digest == Index.open(small_index).digest
    assert LOCK in chroma.names()
    lock = chroma.client().get_collection(LOCK, embedding_function=None)
    lock.modify(metadata={"owner": "gone", "until": 1})  # a minute later
    publish(chroma, small_index)
    assert {name.split("-")[1] for name in chroma.names() - {"whodoiask"}} == {"1"}


def test_whoever_lost_the_lock_changes_nothing(chroma: Chroma, small_index: Path, edited: Path) -> None:
    publish(chroma, small_index)
    before = Pointer.read(chroma.address, 5)
    with publishing(chroma.address) as store:
        lock = chroma.client().get_collection(LOCK, embedding_function=None)
        lock.modify(metadata={"owner": "another", "until": 2**40})
        with pytest.raises(UserError, match="Another ingest took over"):
            store.publish(edited, silent)
    assert Pointer.read(chroma.address, 5) == before
    assert LOCK in chroma.names()


def test_an_index_of_another_version(chroma: Chroma, small_index: Path, edited: Path) -> None:
    publish(chroma, small_index)
    store = Remote(chroma.address)
    store.sync()
    publish(chroma, edited)
    pointer = Pointer.read(chroma.address, 5)
    changed = {name: getattr(replace(pointer, layout="other"), name) for name in Pointer.__dataclass_fields__}
    chroma.client().get_collection("whodoiask", embedding_function=None).modify(metadata=changed)
    store.sync()  # a page that has a copy goes on with it
    assert store.note.endswith("may be out of date: the index in the store was made by another version of whodoiask.")
    shutil.rmtree(store.folder)
    with pytest.raises(UserError, match=r"^The index in the store at \S+ was made by another version of whodoiask: "):
        Remote(chroma.address).sync()
    assert publish(chroma, edited)  # this version's ingest mends it


@pytest.mark.parametrize("name", ["../../../tmp/1-0123456789ab", "1-0123456789ab/..", "", "1"])
def test_a_pointer_that_leads_out_of_the_copy_is_none(chroma: Chroma, small_index: Path, name: str) -> None:
    publish(chroma, small_index)
    said = chroma.client().get_collection("whodoiask", embedding_function=None)
    said.modify(metadata={**(said.metadata or {}), "generation": name})
    with pytest.raises(UserError, match=r"^What answers at \S+ is no store of whodoiask's: check the address\.$"):
        Remote(chroma.address).sync()


def test_a_file_that_leads_out_of_the_copy_is_not_written(
    chroma: Chroma, small_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As whoever may write to the server could have it: the manifest seals itself, and names what it likes."""

    def astray(manifest: Manifest) -> Manifest:
        sent = carried(manifest)
        return replace(sent, sizes={**sent.sizes, "../astray": 1}, sums={**sent.sums, "../astray": 1})

    def add_files(self: Any, generation: str, home: Path, sent: Manifest, done: Any) -> None:
        (home.parent / "astray").write_text("x")
        add(self, generation, home, sent, done)

    add = server.Server._add_files
    with monkeypatch.context() as patch:
        patch.setattr(server, "carried", astray)
        patch.setattr(server.Server, "_add_files", add_files)
        publish(chroma, small_index)
    store = Remote(chroma.address)
    with pytest.raises(AwayError, match="astray lies outside the generation"):
        store.sync()
    assert not list(store.folder.rglob("astray"))
    (small_index / "generations" / "astray").unlink()


def test_whatever_goes_wrong_a_copy_is_followed_on(
    chroma: Chroma, small_index: Path, edited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(chroma, small_index)
    monkeypatch.setattr(remote, "SEEN", 0.1)
    store = Remote(chroma.address)
    store.sync()
    said: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(Pointer, "read", lambda *_: 1 / 0)
        store.watch(said.append)
        until(lambda: store.note.endswith("may be out of date: the store cannot be read."))
    until(lambda: not store.note)
    publish(chroma, edited)
    until(lambda: Index.open(store.folder).digest == Index.open(edited).digest)
    store.end()
    assert said == [f"{chroma.url}: the store cannot be read", f"{chroma.url}: the copy follows it again"]


def test_a_damaged_copy_is_fetched_again(chroma: Chroma, small_index: Path) -> None:
    publish(chroma, small_index)
    store = Remote(chroma.address)
    store.sync()
    with closing(Index.open(store.folder)) as index:
        (index.home / "records.sqlite").write_bytes(b"not a database")
    assert Assistant(Index.of_store(store)).answer(QUESTION).contacts[0].address == "#domains"


def test_an_empty_store_and_none_at_all(chroma: Chroma, tmp_path: Path) -> None:
    with pytest.raises(
        NothingThereError, match=f"no index in the store at {chroma.url}: run `whodoiask ingest --store"
    ):
        Remote(chroma.address).sync()
    nobody = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(AwayError, match=r"does not answer \(Connection refused\): start it"):
        Remote(Address.of(nobody)).sync()

    def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, *arguments, "--store", nobody, "--index", str(tmp_path / "none")]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(3) as pool:
        every = list(pool.map(run, (["ask", QUESTION], ["ingest", str(tmp_path)], ["directory"])))
    for done in every:
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"whodoiask: The store at {nobody} does not answer")
        assert done.stderr.count("\n") == 1
    assert not (tmp_path / "none").exists()


def test_a_list_from_a_copy_says_so_beside_it(chroma: Chroma, small_index: Path) -> None:
    publish(chroma, small_index)
    with Late(chroma.port) as late:
        Remote(late.address).sync()
    done = subprocess.run(
        [*COMMAND, "directory", "--json", "--store", f"{late.address}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert json.loads(done.stdout)["pages"]
    assert done.stderr.startswith("whodoiask: This is from this machine's copy of the index as it was at 20")
    assert done.stderr.endswith(f"{NOTE}\n")


@pytest.mark.parametrize("said", ["here", "ftp://a:1", "http://", "http://a:b", "http://a/path", "https://a:1?x"])
def test_what_is_no_address(said: str) -> None:
    with pytest.raises(UserError, match=r"is no address of a Chroma server: give it as http://HOST:PORT\.$"):
        Address.of(said)


def test_an_address_shows_no_password() -> None:
    address = Address.of("https://ada:s%3Acret@store.example.org")
    assert f"{address}" == "https://store.example.org:443"
    assert address.headers == {"Authorization": "Basic YWRhOnM6Y3JldA=="}
