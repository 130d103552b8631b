"""A damaged index: every file of a generation harmed in every way is noticed, and never answered from."""

from __future__ import annotations

import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from conftest import SMALL_MANUAL, silent, write_manual

from assistant.flow import Assistant
from ingest.build import ingest
from ingest.errors import UserError
from ingest.store.sums import sums_of

QUESTION = "Who do I ask for a new DNS zone?"


def flipped(data: bytes) -> bytes:
    """One bit in the middle is another."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


HARMS: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[: len(data) // 2],
    "emptied": lambda _: b"",
    "a bit flipped": flipped,
    "its first bytes lost": lambda data: b"\0" * 64 + data[64:],
    "something behind it": lambda data: data + b"x",
}


def files_below(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def generation(index: Path) -> Path:
    return index / "generations" / (index / "current").read_text().strip()


@pytest.fixture(scope="module")
def other_index(new_index: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of nearly the same manual: its files are as long as those of the small one, as far as that can be."""
    manual = {path: text.replace("a new zone", "a new area") for path, text in SMALL_MANUAL.items()}
    folder = new_index()
    ingest(str(write_manual(tmp_path_factory.mktemp("manual"), manual)), folder, progress=silent)
    return folder


@pytest.fixture
def index(small_index: Path, tmp_path: Path) -> Path:
    """A copy of the small index, to be harmed."""
    return Path(shutil.copytree(small_index, tmp_path / "index"))


@pytest.fixture
def said(small_index: Path) -> Iterator[str]:
    """What the sound index answers."""
    assistant = Assistant.open(small_index)
    yield assistant.answer(QUESTION).markdown
    assistant.index.close()


def is_never_answered_from(index: Path, said: str, what: str) -> None:
    """Opening says what to do; only what no question reads may pass, and then the answer is the right one."""
    try:
        opened = Assistant.open(index)
    except UserError as error:
        told = str(error)
        assert "\n" not in told
        assert f"index in {index} " in told, what
        assert told.endswith("run `whodoiask ingest` to build it again."), what
        return
    try:
        assert opened.answer(QUESTION).markdown == said, what
        assert "chroma/" in what, what
    finally:
        opened.index.close()


@pytest.mark.parametrize("harm", HARMS)
def test_every_harmed_file_is_noticed(index: Path, said: str, harm: str) -> None:
    home = generation(index)
    for name in files_below(home):
        before = (home / name).read_bytes()
        after = HARMS[harm](before) if before else b"x"
        if after != before:
            (home / name).write_bytes(after)
            is_never_answered_from(index, said, name)
            (home / name).write_bytes(before)


def test_every_file_of_another_generation_is_noticed(index: Path, other_index: Path, said: str) -> None:
    home, other = generation(index), generation(other_index)
    tried = 0
    for name in files_below(home):
        before = (home / name).read_bytes()
        if (other / name).is_file() and (other / name).read_bytes() != before:
            shutil.copy(other / name, home / name)
            is_never_answered_from(index, said, name)
            (home / name).write_bytes(before)
            tried += 1
    assert tried > 10


def test_a_generation_under_the_name_of_another_is_noticed(index: Path, other_index: Path, said: str) -> None:
    home = generation(index)
    shutil.rmtree(home)
    shutil.copytree(generation(other_index), home)
    is_never_answered_from(index, said, "the whole generation")


@pytest.mark.parametrize("name", ["vectors.npy", "records.sqlite", "words/facts/data.npy", "manifest.json"])
def test_an_ingest_mends_what_is_damaged_and_takes_nothing_from_it(index: Path, name: str, tmp_path: Path) -> None:
    """What was flipped reaches neither the next generation nor one that an edit makes of it."""
    home = generation(index)
    (home / name).write_bytes(flipped((home / name).read_bytes()))
    edited = {path: text.replace("a new zone", "another zone") for path, text in SMALL_MANUAL.items()}
    manual = write_manual(tmp_path / "edited", edited)
    mended = ingest(str(manual), index, progress=silent)
    fresh = ingest(str(manual), tmp_path / "fresh", progress=silent)
    assert mended.digest == fresh.digest
    for array in ("vectors.npy", "words/facts/data.npy"):
        assert (generation(index) / array).read_bytes() == (generation(tmp_path / "fresh") / array).read_bytes()


def test_what_is_kept_of_pages_is_not_taken_when_a_byte_of_it_is_another(index: Path, tmp_path: Path) -> None:
    """A channel that is another one in the file of what was worked out before would be whom to ask."""
    manual = write_manual(tmp_path / "manual", SMALL_MANUAL)
    first = ingest(str(manual), index, progress=silent)
    with closing(sqlite3.connect(index / "kept.sqlite")) as kept, kept:
        changed = kept.execute("update entry set body = replace(body, '#domains', '#domainz')").rowcount
        bodies = "".join(body for (body,) in kept.execute("select body from entry"))
    assert changed
    assert "#domainz" in bodies
    (index / "inputs").unlink()
    again = ingest(str(manual), index, progress=silent)
    assert again.digest == first.digest


def test_many_threads_may_ask_for_more_files_than_are_remembered(tmp_path: Path) -> None:
    """A sum that others crowded out is still the one that was taken."""
    for number in range(1200):
        (tmp_path / f"{number}").write_bytes(b"%d" % number)
    names = [str(number) for number in range(1200)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: sums_of(tmp_path, names), range(4)))
    assert all(each == {name: zlib.crc32(name.encode()) for name in names} for each in found)


@pytest.mark.parametrize("harm", HARMS)
def test_a_file_that_is_harmed_under_an_open_assistant_is_noticed(index: Path, said: str, harm: str) -> None:
    """Files that are mapped: to read one that was cut short would end the process, without a word."""
    assistant = Assistant.open(index)
    assistant.prepare()
    try:
        home = generation(index)
        for name in [name for name in files_below(home) if not name.startswith("chroma/")]:
            before = (home / name).read_bytes()
            after = HARMS[harm](before) if before else b"x"
            (home / name).write_bytes(after)
            if after != before:
                with pytest.raises(UserError, match="is damaged: run `whodoiask ingest"):
                    assistant.refresh()
            (home / name).write_bytes(before)
        assistant.refresh()
        assert assistant.answer(QUESTION).markdown == said
    finally:
        assistant.index.close()
