"""Programs in processes of their own: how long they take, how large they become, and that none is left behind.

This process stays small and imports no library: until it has started its program, a child counts as large as its
parent.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180
"""Seconds for the chat page to come up."""


class BenchError(Exception):
    """A program that is measured did not do what it should."""


@dataclass(frozen=True, slots=True)
class Run:
    """A process from start to exit: wall-clock seconds, and the most memory that it had (bytes)."""

    seconds: float
    peak: int
    said: str


def whodoiask() -> list[str]:
    """The command as it is installed, else the module that it calls."""
    installed = Path(sys.executable).parent / "whodoiask"
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "ui.cli"]


def environment() -> dict[str, str]:
    """Nobody calls out: a look-up that waits for an answer would be measured too."""
    offline = {"ANONYMIZED_TELEMETRY": "False", "HF_HUB_OFFLINE": "1", "GRADIO_ANALYTICS_ENABLED": "False"}
    return {**os.environ, **offline, "TQDM_DISABLE": "1"}


def timed(command: Sequence[str]) -> Run:
    """Run a program to its end; BenchError when it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, cwd=ROOT, env=environment())
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise BenchError(f"{' '.join(command)} ended with {process.returncode}: {_text(err)[-500:]}")
        # Linux counts in units of 1,024 bytes, macOS in bytes.
        return Run(seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), _text(out))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


class Worker:
    """A process that does one job after another (`bench.worker`), its libraries loaded once."""

    def __init__(self, jobs: IO[str], replies: IO[str], name: str) -> None:
        self._jobs = jobs
        self._replies = replies
        self._name = name

    def do(self, job: str, **said: Any) -> Any:
        """What the job returned; BenchError when the process ended over it (what it said stands on the terminal)."""
        try:
            self._jobs.write(json.dumps({"job": job, "with": said}) + "\n")
            self._jobs.flush()
        except BrokenPipeError as error:
            raise BenchError(f"{self._name} has ended") from error
        line = self._replies.readline()
        if not line:
            raise BenchError(f"{self._name} ended over the job {job}")
        return json.loads(line)


@contextmanager
def worker(module: str) -> Iterator[Worker]:
    """A worker, until the context ends."""
    command = [sys.executable, "-m", module, "work"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env=environment()) as process:
        try:
            yield Worker(cast("IO[str]", process.stdin), cast("IO[str]", process.stdout), module)
        finally:
            process.kill()


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers, and its process."""

    address: str
    pid: int

    def resident(self) -> int:
        """The memory that it has now, in bytes."""
        found = re.search(r"^VmRSS:\s*(\d+) kB", Path(f"/proc/{self.pid}/status").read_text("utf-8"), re.MULTILINE)
        if not found:
            raise BenchError(f"what serves {self.address} (process {self.pid}) has ended")
        return int(found[1]) * 1024


class Page(Served):
    """A chat page."""

    def ask(self, question: str, history: Sequence[str] = ()) -> dict[str, Any]:
        """The answer, asked over a connection of its own; BenchError for any other reply."""
        there = HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        body = json.dumps({"question": question, "history": list(history)})
        there.request("POST", "/api/answer", body, {"Content-Type": "application/json", "Connection": "close"})
        reply = there.getresponse()
        said = reply.read()
        there.close()
        if reply.status != 200:
            raise BenchError(f"the chat page answers with {reply.status}")
        answer: dict[str, Any] = json.loads(said)
        return answer


@contextmanager
def chat(index: Path, *options: str, cache: Path | None = None) -> Iterator[Page]:
    """The chat page over an index, until the context ends; with a `cache` it is a page of another machine."""
    port = _free_port()
    command = [*whodoiask(), "chat", "--port", str(port), "--index", str(index), *options]
    there = {**environment(), **({"WHODOIASK_CACHE": str(cache)} if cache else {})}
    with (
        tempfile.TemporaryFile() as err,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, cwd=ROOT, env=there) as process,
    ):
        try:
            said = cast("IO[bytes]", process.stdout)
            ready, _, _ = select.select([said], [], [], PATIENCE)
            line = said.readline() if ready else b""
            if not line.startswith(b"Chat page: "):
                raise BenchError(f"the chat page does not come up: {_text(err)[-500:]}")
            yield Page(line.split()[-1].decode(), process.pid)
        finally:
            _end(process)


@contextmanager
def chroma(folder: Path) -> Iterator[Served]:
    """A Chroma server over a folder, until the context ends."""
    port = _free_port()
    program = Path(sys.executable).with_name("chroma")
    command = [str(program), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT, env=environment()) as process:
        try:
            end = time.monotonic() + PATIENCE
            while not _listens(port):
                if process.poll() is not None or time.monotonic() > end:
                    raise BenchError("the Chroma server does not come up")
                time.sleep(0.1)
            yield Served(f"http://127.0.0.1:{port}", process.pid)
        finally:
            _end(process)


def _listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port
