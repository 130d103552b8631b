"""What the measurements share: the manual, its indexes, the textbook's store, the questions. Each is made when it is
first asked for, in the folder of the run."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from bench.grow import PAGE, grow
from bench.kept import FOLDER
from bench.processes import BenchError, Worker, worker

Asked = tuple[str, list[str]]
MADE = "made.json"
LARGE = 50
"""From so many times its size on a manual is a large one: it may be left out, or its vectors generated."""
CACHE = "cache"
"""Below the folder of the run: what `WHODOIASK_CACHE` names for every process of it."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    cold: int = 9
    questions: int = 400
    ingests: int = 3
    again: int = 7
    growth: tuple[int, ...] = (10, 50)
    seconds: float = 60.0
    clients: int = 32
    pages: int | None = None
    """Pages of the manual that are used; all of them unless told."""
    generated: bool = False
    """Whether the vectors of a large manual are generated (`bench.generated`)."""


QUICK = Effort(cold=2, questions=60, ingests=1, again=2, growth=(2, 3), seconds=5.0, pages=25)
"""To see that everything works: the figures say little."""


@dataclass(frozen=True, slots=True)
class Made:
    """A full ingest into an empty index, its encoder exported before."""

    seconds: float
    passages: int
    embedded: int
    day: str
    """When it was made (ISO 8601)."""
    generated: bool = False
    """Whether its vectors were generated, so that the seconds say nothing."""


class Stage:
    """The things of one run below `work`; the given manual itself is only read."""

    def __init__(self, manual: Path, work: Path, effort: Effort, *, reuse: bool, skip_large: bool) -> None:
        """BenchError when `work` is to be used again and holds what was made of another manual, or of less of it."""
        self.given = manual
        self.effort = effort
        self._work = work
        self.skip_large = skip_large
        self.full: list[float] = []
        """Seconds of the full ingests of this run."""
        self.export_seconds: float | None = None
        made_of = {"manual": digest(manual), "pages": effort.pages}
        note = work / MADE
        if not reuse:
            for name in ("manuals", "indexes", "store", FOLDER):
                shutil.rmtree(work / name, ignore_errors=True)
        elif (work / "manuals").exists() and not (note.is_file() and json.loads(note.read_text("utf-8")) == made_of):
            raise BenchError(
                f"{work} holds what another manual, or less of this one, gave: name another --work, "
                "or leave out --reuse."
            )
        work.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(made_of), "utf-8")

    def manual(self, times: int = 1) -> Path:
        """The manual, so many times as large."""
        folder = self._work / "manuals" / f"{times}"
        if times == 1:
            return placed(self.given, folder) if folder.exists() else copy_manual(self.given, folder, self.effort.pages)
        if not folder.exists():
            say(f"writing the manual × {times}")
            with worker("bench.ours") as jobs:
                once = jobs.do("ladder", index=str(self.index()))
            grow(self.manual(), folder, times, once=once)
        return folder

    def empty_index(self, name: str) -> Path:
        """A new index folder, once the encoder is there that all indexes share."""
        self._export()
        folder = self._work / "indexes" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def _export(self) -> None:
        """The encoder into the cache of this run, unless it lies there."""
        if not any((self._work / CACHE).glob("encoders/*/encoder.json")):
            say("exporting the encoder")
            with worker("bench.ours") as jobs:
                self.export_seconds = jobs.do("export")

    def index(self, times: int = 1) -> Path:
        """The index of the manual so many times as large, ready to answer."""
        folder = self._work / "indexes" / f"{times}"
        if not self._stands(folder, times):
            self._build(times)
        return folder

    def made(self, times: int = 1) -> Made:
        """How the index was made: in this run, or in an earlier one whose folder is used again."""
        return Made(**json.loads((self.index(times) / MADE).read_text("utf-8"))["made"])

    def _stands(self, folder: Path, times: int) -> bool:
        try:
            said = json.loads((folder / MADE).read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return bool(said["of"] == digest(self.manual(times)))

    def _build(self, times: int) -> None:
        say(f"indexing the manual × {times}")
        source, folder = self.manual(times), self.empty_index(f"{times}")
        like = str(self.index()) if self.effort.generated and times >= LARGE else None
        with worker("bench.ours") as jobs:
            done = jobs.do("ingest", source=str(source), index=str(folder), like=like)
            jobs.do("open", index=str(folder))
        if times == 1:
            self.full.append(done["seconds"])
        day = time.strftime("%Y-%m-%d")
        made = Made(done["seconds"], done["passages"], done["embedded"], day, generated=like is not None)
        (folder / MADE).write_text(json.dumps({"of": digest(source), "made": asdict(made)}), "utf-8")

    @cached_property
    def store(self) -> Path:
        """The folder where the textbook chain stored its index."""
        folder = self._work / "store"
        if not (folder / MADE).exists():
            say("indexing for the textbook chain")
            shutil.rmtree(folder, ignore_errors=True)
            with worker("bench.textbook") as jobs:
                jobs.do("load")
                self.textbook_index(jobs, folder)
            (folder / MADE).write_text("{}", "utf-8")
        return folder

    def textbook_index(self, jobs: Worker, folder: Path) -> float:
        """Seconds that the textbook chain takes to index the same files into a new folder."""
        done = jobs.do("index", manual=str(self.manual()), paths=self.files, store=str(folder))
        return float(done["seconds"])

    @cached_property
    def files(self) -> list[str]:
        with worker("bench.ours") as jobs:
            found: list[str] = jobs.do("files", index=str(self.index()))
        return found

    def questions(self, count: int) -> list[Asked]:
        with worker("bench.ours") as jobs:
            return [(q, list(h)) for q, h in jobs.do("questions", index=str(self.index()), count=count)]

    def machine(self, folder: Path) -> Path:
        """The cache of another machine, in a new folder: it has the encoder, and nothing else."""
        folder.mkdir(parents=True)
        (folder / "encoders").symlink_to(self._work / CACHE / "encoders", target_is_directory=True)
        return folder

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        """A folder that is not there yet, and is gone afterwards."""
        folder = self._work / "scratch" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def copy_manual(manual: Path, target: Path, pages: int | None = None) -> Path:
    """Where a copy to work with lies in `target`: with its history where the manual is in a git repository, and as its
    files are now.

    With `pages`, so many of them, evenly apart, and the data files.
    """
    place = placed(manual, target)
    top = _top(manual)
    if top is not None:
        subprocess.run(["git", "clone", "--quiet", str(top), str(target)], check=True)
        shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(manual, place, symlinks=True)
    found = sorted(file for file in place.rglob("*") if file.is_file() and PAGE.search(file.name))
    kept = set(found[:: max(1, len(found) // pages)]) if pages else set(found)
    for file in found:
        # Whom to escalate to is in few pages, and everything asks for it.
        if file not in kept and "help" not in file.name:
            file.unlink()
    return place


def placed(manual: Path, target: Path) -> Path:
    """Where a manual lies in the copy of its repository; the copy itself, where it is in none."""
    top = _top(manual)
    return target / manual.resolve().relative_to(top) if top else target


def _top(folder: Path) -> Path | None:
    asked = ["git", "rev-parse", "--show-toplevel"]
    done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=False)
    return Path(done.stdout.strip()).resolve() if done.returncode == 0 else None


def digest(manual: Path) -> str:
    """sha256 over the paths and contents of a manual's files, git's own left out."""
    total = hashlib.sha256()
    for file in sorted(manual.rglob("*")):
        path = file.relative_to(manual)
        if file.is_file() and path.parts[0] != ".git":
            total.update(f"{path.as_posix()} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def say(sentence: str) -> None:
    """What is going on, for who waits."""
    print(f"  {sentence}", file=sys.stderr, flush=True)
