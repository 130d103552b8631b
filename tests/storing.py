"""A real Chroma server for tests, to be stopped and started again."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import chromadb
from chromadb.config import Settings
from serving import free_port

from ingest.errors import UserError
from ingest.store.pointer import Address, AwayError, Pointer


class Chroma:
    """A `chroma run` on a port of its own, to be stopped and started again over the same folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> Address:
        return Address.of(self.url)

    def start(self) -> None:
        command = Path(sys.executable).with_name("chroma")
        self._process = subprocess.Popen(
            [command, "run", "--path", self._folder, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self.answers)

    def answers(self) -> bool:
        """Whatever it holds: a test may have written nonsense there."""
        try:
            Pointer.reachable(self.address, 1)
        except AwayError:
            return False
        except UserError:
            pass
        return True

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None

    def client(self) -> chromadb.api.ClientAPI:
        return chromadb.HttpClient("127.0.0.1", self.port, settings=Settings(anonymized_telemetry=False))

    def names(self) -> set[str]:
        return {collection.name for collection in self.client().list_collections()}

    def empty(self) -> None:
        client = self.client()
        for collection in client.list_collections():
            client.delete_collection(collection.name)


def until(holds: Callable[[], object], seconds: float = 40) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.1)
