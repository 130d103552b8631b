"""Notes sent on as they are kept: masked, to the one address that is named, and never at anybody's cost."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import silent
from serving import free_port
from test_cli import run

from assistant.flow import Assistant
from ingest.build import ingest
from ingest.errors import UserError
from ingest.manual.settings import read_settings
from ui.desk import Desk
from ui.feedback import FILE, Feedback

NOBODY = "Who do I ask at ada@example.org to feed the office dragon?"
MASKED = NOBODY.replace("ada@example.org", "[email]")


@contextmanager
def receiver(status: int = 204) -> Iterator[tuple[str, queue.Queue[bytes]]]:
    """An address, and the bodies that are sent there."""
    got: queue.Queue[bytes] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *said: object) -> None:
            """Not a word."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/notes", got
        finally:
            server.shutdown()


def desk(manual: Path, index: Path, address: str) -> Desk:
    (manual / "whodoiask.toml").write_text(f'webhook = "{address}"\n', "utf-8")
    ingest(str(manual), index, progress=silent)
    return Desk(Assistant.open(index), Feedback(index / FILE))


def test_each_note_is_sent_masked_as_it_is_kept(small_manual: Path, index_folder: Path) -> None:
    with receiver() as (address, got):
        asked = desk(small_manual, index_folder, address)
        assert "cards" in asked.ask([{"question": NOBODY}])
        first = json.loads(got.get(timeout=10))
        assert (first["question"], first["outcome"], first["helpful"]) == (MASKED, "escalate", None)
        told = {"turns": [{"question": NOBODY}], "helpful": False, "reason": "call 020 7946 0958"}
        assert "thanks" in asked.rate(told)
        second = json.loads(got.get(timeout=10))
        assert (second["helpful"], second["reason"]) == (False, "call [phone]")
        assert b"ada@" not in json.dumps([first, second]).encode()
        asked.show({"turns": [{"question": NOBODY}], "all": True})
        assert got.empty()
    (kept,) = [json.loads(line) for line in run("gaps", "--jsonl", "--index", index_folder).stdout.splitlines()]
    assert kept == {"id": 1, **first, "at": kept["at"], "helpful": False, "reason": "call [phone]"}


def test_a_receiver_that_is_gone_or_refuses_costs_nobody_an_answer(
    small_manual: Path, index_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = desk(small_manual, index_folder, f"http://127.0.0.1:{free_port()}/")
    assert "cards" in asked.ask([{"question": NOBODY}])
    with receiver(500) as (address, got):
        asked = desk(small_manual, index_folder, address)
        assert "cards" in asked.ask([{"question": NOBODY}])
        got.get(timeout=10)
    assert len(Feedback(index_folder / FILE).everything()) == 2
    for _ in range(100):
        said = capsys.readouterr().err
        if "did not take a note" in said:
            break
        threading.Event().wait(0.05)
    assert "did not take a note" in said


@pytest.mark.parametrize("address", ["ftp://example.org", "notes", "http:// x", "file:///etc/passwd"])
def test_an_address_of_another_form_is_refused_at_ingest(tmp_path: Path, address: str) -> None:
    (tmp_path / "whodoiask.toml").write_text(f'webhook = "{address}"\n', "utf-8")
    with pytest.raises(UserError, match="webhook"):
        read_settings(tmp_path)
