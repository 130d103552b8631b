"""Ingest from end to end, with the real model and the real Chroma: what changes, and what must not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import SMALL_MANUAL, silent, write_manual

from ingest.build import IngestReport, ingest
from ingest.errors import UserError
from ingest.store.index import Index
from ingest.store.words import tokenize

DNS, ROTA = "source/manual/dns.html.md", "source/manual/rota.html.md"
NewIndex = Callable[[], Path]


def run(manual: Path, index: Path) -> IngestReport:
    return ingest(str(manual), index, progress=silent)


def edit(manual: Path, path: str, old: str, new: str) -> None:
    text = (manual / path).read_text()
    assert old in text
    (manual / path).write_text(text.replace(old, new))


def names_in(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def test_a_first_ingest_reports_everything_as_new(small_manual: Path, index_folder: Path) -> None:
    report = run(small_manual, index_folder)
    assert (report.pages, report.unchanged) == (3, False)
    assert DNS in report.added
    assert (report.changed, report.removed) == ((), ())
    assert report.facts["owns page"] == 3
    topics = sum(report.facts[relation] for relation in ("does", "ask", "queue"))
    assert 0 < report.embedded <= report.passages + sum(report.facts.values()) + topics


def test_the_same_manual_twice_rewrites_nothing(small_manual: Path, index_folder: Path) -> None:
    first = run(small_manual, index_folder)
    before = {f: f.stat().st_mtime_ns for f in (index_folder / "generations").rglob("*")}
    second = run(small_manual, index_folder)
    assert second.unchanged
    assert (second.embedded, second.added, second.digest) == (0, (), first.digest)
    assert {f: f.stat().st_mtime_ns for f in (index_folder / "generations").rglob("*")} == before


def test_an_edit_embeds_what_it_changed_alone(small_manual: Path, index_folder: Path) -> None:
    first = run(small_manual, index_folder)
    edit(small_manual, DNS, "a new zone", "a brand new zone")
    report = run(small_manual, index_folder)
    assert (report.added, report.changed, report.removed) == ((), (DNS,), ())
    assert 0 < report.embedded < first.embedded
    assert report.generation.startswith("2-")
    assert report.digest != first.digest


class Watched:
    """A progress that keeps what it is told, and how many threads embed when it is told."""

    def __init__(self, stop: str = "") -> None:
        self.told: list[tuple[str, int, int]] = []
        self.threads: list[int] = []
        self._stop = stop

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.told.append((stage, done, total))
        self.threads.append(embedding_threads())
        if stage == self._stop and done == total:
            raise RuntimeError("stopped")


def embedding_threads() -> int:
    return sum(thread.name.startswith("embedding") for thread in threading.enumerate())


def test_every_stage_ends_with_all_done(small_manual: Path, index_folder: Path) -> None:
    for old, new in (("a new zone", "a fresh zone"), ("a fresh zone", "a larger zone")):
        edit(small_manual, DNS, old, new)
        watched = Watched()
        report = ingest(str(small_manual), index_folder, progress=watched)
        last = {stage: (done, total) for stage, done, total in watched.told}
        assert list(last) == ["reading", "preparing the encoder", "finding facts", "embedding", "indexing"]
        assert all(done == total for done, total in last.values())
        embedded = [(done, total) for stage, done, total in watched.told if stage == "embedding"]
        assert embedded == [(n, report.embedded) for n in range(1, report.embedded + 1)]


def test_new_passages_are_embedded_while_facts_are_read(small_manual: Path, index_folder: Path) -> None:
    first, owner, moved = Watched(), Watched(), Watched()
    ingest(str(small_manual), index_folder, progress=first)
    assert first.threads[first.told.index(("finding facts", 6, 6))] > 0  # three pages, each read twice
    edit(small_manual, DNS, "#dns-team", "#zones-team")
    assert ingest(str(small_manual), index_folder, progress=owner).changed == (DNS,)
    shutil.copytree(small_manual, small_manual.with_name("moved"))
    assert ingest(str(small_manual.with_name("moved")), index_folder, progress=moved).unchanged
    assert ("preparing the encoder", 1, 1) in moved.told
    assert not any([*owner.threads, *moved.threads])


@pytest.mark.parametrize("stage", ["finding facts", "embedding", "indexing"])
def test_an_ingest_that_fails_leaves_nothing_running(small_manual: Path, index_folder: Path, stage: str) -> None:
    watched = Watched(stop=stage)
    with pytest.raises(RuntimeError, match="stopped") as failed:
        ingest(str(small_manual), index_folder, progress=watched)
    assert max(watched.threads) > 0
    assert embedding_threads() == 0
    assert failed.tb is not None  # and holds its frames: nothing ended merely because it was let go
    with pytest.raises(UserError, match="no index"):
        Index.open(index_folder)


def test_a_removed_page_leaves_nothing_behind(small_manual: Path, index_folder: Path) -> None:
    run(small_manual, index_folder)
    (small_manual / ROTA).unlink()
    report = run(small_manual, index_folder)
    assert (report.removed, report.embedded) == ((ROTA,), 0)
    index = Index.open(index_folder)
    records = index.records
    assert all(fact.place.path != ROTA for fact in records.facts())
    assert all(records.passage_at(row).place.path != ROTA for row in range(records.rows["passages"]))
    assert index.vectors.ids("facts") == sorted(records.ids("facts"))
    assert index.vectors.ids("passages") == sorted(records.ids("passages"))
    assert not index.words.scores("facts", tokenize("#rota-swaps")).any()
    assert not index.words.scores("passages", tokenize("#rota-swaps")).any()
    index.close()


def test_a_removed_owner_is_forgotten(small_manual: Path, index_folder: Path) -> None:
    run(small_manual, index_folder)
    edit(small_manual, DNS, 'owner_slack: "#dns-team"\n', "")
    run(small_manual, index_folder)
    index = Index.open(index_folder)
    assert len(index.records.facts("owns page")) == 2
    for fact in index.records.facts():
        assert fact.place.owner != "#dns-team"
        assert all(contact.address != "#dns-team" for contact in fact.contacts)
    index.close()


def test_a_difference_gives_the_index_that_a_fresh_start_gives(small_manual: Path, new_index: NewIndex) -> None:
    grown, fresh = new_index(), new_index()
    run(small_manual, grown)
    edit(small_manual, DNS, "a new zone", "a brand new zone")
    write_manual(small_manual, {"source/manual/new.html.md": "---\ntitle: New\n---\n\nAsk in #new-team.\n"})
    reports = [run(small_manual, folder) for folder in (grown, fresh)]
    assert reports[0].digest == reports[1].digest
    one, two = Index.open(grown), Index.open(fresh)
    for question in ("a brand new zone", "who swaps shifts", "new"):
        vector = one.encoder.embed_query(question)
        hits = [index.vectors.search("passages", vector, 5) for index in (one, two)]
        assert [id_ for id_, _ in hits[0]] == [id_ for id_, _ in hits[1]]
        tokens = tokenize(question)
        assert np.array_equal(one.words.scores("facts", tokens), two.words.scores("facts", tokens))
    one.close()
    two.close()


def in_process(manual: Path, index: Path, watch: str = "", **environment: str) -> subprocess.Popen[str]:
    """An ingest in a process of its own that prints its digest; `watch` is the body of its progress."""
    code = f"""
        import sys, time
        from pathlib import Path
        from ingest.build import ingest
        def progress(stage, done, total):
            {watch or "pass"}
        print(ingest(sys.argv[1], Path(sys.argv[2]), progress=progress).digest)
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(manual), str(index)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment},
    )  # fmt: skip


def test_another_process_and_folder_give_the_same_digest(
    small_manual: Path, tmp_path: Path, new_index: NewIndex
) -> None:
    here = run(small_manual, new_index())
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(small_manual, elsewhere)
    with in_process(elsewhere, new_index(), PYTHONHASHSEED="7") as other:
        out, err = other.communicate(timeout=120)
    assert (out.strip(), err) == (here.digest, "")


@pytest.mark.usefixtures("encoder")
def test_an_ingest_imports_no_torch_and_leaves_it_to_be_imported(small_manual: Path, index_folder: Path) -> None:
    code = (
        "import importlib.util, sys; from pathlib import Path; from ingest.build import ingest;"
        "ingest(sys.argv[1], Path(sys.argv[2]), progress=lambda *_: None);"
        "print('spacy' in sys.modules, 'torch' in sys.modules, bool(importlib.util.find_spec('torch')))"
    )
    command = [sys.executable, "-c", code, str(small_manual), str(index_folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == "True False True\n"


@pytest.mark.parametrize("stage", ["reading", "embedding", "indexing"])
def test_a_killed_ingest_changes_nothing(small_manual: Path, index_folder: Path, stage: str) -> None:
    first = run(small_manual, index_folder)
    edit(small_manual, DNS, "a new zone", "a brand new zone")
    watch = f"if stage == {stage!r}: print('here', flush=True); time.sleep(60)"
    with in_process(small_manual, index_folder, watch) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "here\n"
        with pytest.raises(UserError, match="Another ingest is writing the index"):
            run(small_manual, index_folder)
        os.kill(killed.pid, signal.SIGKILL)
    index = Index.open(index_folder)
    assert index.digest == first.digest
    assert not index.stale()
    hits = index.vectors.search("passages", index.encoder.embed_query("a new zone"), 1)
    assert "a new zone" in index.records.passage(hits[0][0]).text
    index.close()
    second = run(small_manual, index_folder)
    assert second.changed == (DNS,)
    assert names_in(index_folder / "generations") == {first.generation, second.generation}


def test_a_reader_goes_on_and_sees_that_it_is_stale(small_manual: Path, index_folder: Path) -> None:
    run(small_manual, index_folder)
    late, early = Index.open(index_folder), Index.open(index_folder)
    vector = early.encoder.embed_query("a new zone")
    before = early.vectors.search("passages", vector, 3)
    edit(small_manual, DNS, "a new zone", "a brand new zone")
    run(small_manual, index_folder)
    assert early.stale()
    assert early.vectors.search("passages", vector, 3) == before
    assert late.vectors.search("passages", vector, 3) == before  # its Chroma is opened only now
    fresh = Index.open(index_folder)
    assert not fresh.stale()
    assert fresh.digest != early.digest
    for index in (late, early, fresh):
        index.close()


def test_the_generation_before_is_kept_and_older_ones_go(small_manual: Path, index_folder: Path) -> None:
    reports = [run(small_manual, index_folder)]
    for old, new in (("zone", "area"), ("area", "field"), ("field", "plot")):
        edit(small_manual, DNS, old, new)
        reports.append(run(small_manual, index_folder))
    assert names_in(index_folder / "generations") == {report.generation for report in reports[-2:]}
    assert names_in(index_folder) == {"current", "generations", "inputs", "kept.sqlite", "lock"}


@pytest.mark.parametrize("linked", [False, True])
def test_encoders_that_an_earlier_version_kept_in_the_index_go(
    small_manual: Path, index_folder: Path, tmp_path: Path, linked: bool
) -> None:
    kept, old = tmp_path / "kept", index_folder / "encoders"
    (kept / "0123456789abcdef").mkdir(parents=True)
    if linked:
        old.symlink_to(kept, target_is_directory=True)
    else:
        shutil.copytree(kept, old)
    run(small_manual, index_folder)
    assert not old.is_symlink()
    assert not old.exists()
    assert kept.exists()


def test_a_second_ingest_at_the_same_time_is_refused(small_manual: Path, index_folder: Path) -> None:
    refused: list[str] = []

    def meanwhile(stage: str, done: int, total: int) -> None:
        if stage == "embedding" and done == 1 < total:
            with pytest.raises(UserError) as raised:
                run(small_manual, index_folder)
            refused.append(str(raised.value))

    ingest(str(small_manual), index_folder, progress=meanwhile)
    assert refused == [f"Another ingest is writing the index in {index_folder}: wait for it to end, then try again."]
    assert run(small_manual, index_folder).unchanged


@pytest.mark.parametrize("part", ["current", "records.sqlite", "manifest.json", "chroma/chroma.sqlite3"])
def test_an_ingest_mends_a_damaged_index(small_manual: Path, index_folder: Path, part: str) -> None:
    first = run(small_manual, index_folder)
    home = index_folder / "generations" / first.generation
    (index_folder if part == "current" else home).joinpath(part).unlink()
    second = run(small_manual, index_folder)
    assert (second.digest, second.unchanged) == (first.digest, False)
    index = Index.open(index_folder)
    assert index.vectors.count("facts") == index.records.rows["facts"]
    index.close()


def test_the_source_may_be_a_repository(small_manual: Path, index_folder: Path, git: Callable[..., str]) -> None:
    git(small_manual, "init", "-q", "-b", "main")
    git(small_manual, "add", ".")
    git(small_manual, "commit", "-q", "-m", "first")
    as_folder = run(small_manual, index_folder)
    edit(small_manual, DNS, "a new zone", "a brand new zone")
    git(small_manual, "commit", "-q", "-a", "-m", "second")
    ingest(small_manual.as_uri(), index_folder, ref="main", progress=silent)
    index = Index.open(index_folder)
    assert index.manifest.origin.source == small_manual.as_uri()
    assert index.manifest.origin.commit == git(small_manual, "rev-parse", "main")
    assert {f.place.updated for f in index.records.facts()} == {"2024-02-03"}
    index.close()
    back = ingest(str(small_manual), index_folder, ref="main~1", progress=silent)
    assert back.digest == as_folder.digest


def test_an_index_that_cannot_be_written(small_manual: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"index in .*file/index cannot be written \(Not a directory\)"):
        run(small_manual, tmp_path / "file/index")


@pytest.mark.parametrize("room", [10_000, 60_000])
def test_a_full_disk_is_said_in_one_sentence(small_manual: Path, index_folder: Path, room: int) -> None:
    """No file may grow beyond `room` bytes: first the cache is too large, then Chroma's database."""
    first = run(small_manual, index_folder)
    edit(small_manual, DNS, "a new zone", "a brand new zone")
    watch = f"import resource as r; stage == 'embedding' and r.setrlimit(r.RLIMIT_FSIZE, ({room}, {room}))"
    with in_process(small_manual, index_folder, watch) as full:
        _, err = full.communicate(timeout=120)
    assert "UserError: The index in" in err.strip().splitlines()[-1]
    assert "cannot be written" in err.strip().splitlines()[-1]
    index = Index.open(index_folder)
    assert index.digest == first.digest
    index.close()


def test_a_source_that_is_not_there_makes_no_index(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        run(tmp_path / "none", tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_a_generation_with_an_orphan_is_not_built_upon(small_manual: Path, index_folder: Path) -> None:
    """A previous generation whose vectors hold a row that no record has is not built upon."""
    from ingest.store.chroma import Vectors

    first = run(small_manual, index_folder)
    stray = Vectors.open(index_folder / "generations" / first.generation / "chroma")
    stray.write("facts", ["stray"], np.eye(1, 384, dtype=np.float32))
    stray.close()
    write_manual(small_manual, {ROTA: SMALL_MANUAL[ROTA] + "\nSwap early.\n"})
    run(small_manual, index_folder)
    index = Index.open(index_folder)
    assert "stray" not in index.vectors.ids("facts")
    index.close()


def test_what_was_ingested_before_is_only_looked_at(small_manual: Path, index_folder: Path) -> None:
    first = run(small_manual, index_folder)
    stages: list[str] = []
    again = ingest(str(small_manual), index_folder, progress=lambda stage, *_: stages.append(stage))
    assert set(stages) == {"reading"}
    assert (again.unchanged, again.embedded, again.added, again.changed) == (True, 0, (), ())
    same = ("pages", "passages", "facts", "warnings", "digest", "generation")
    assert [getattr(again, name) for name in same] == [getattr(first, name) for name in same]


@pytest.mark.parametrize("kept", ["", "nonsense", "\x00\xff"])
def test_a_broken_note_of_what_was_ingested_costs_time_and_nothing_else(
    small_manual: Path, index_folder: Path, kept: str
) -> None:
    first = run(small_manual, index_folder)
    (index_folder / "inputs").write_bytes(kept.encode("latin-1"))
    assert run(small_manual, index_folder).digest == first.digest


def test_thousands_of_equal_statements_can_be_searched(tmp_path: Path, index_folder: Path) -> None:
    """Among thousands of equal vectors a graph's ways lead nowhere else, and the whole ingest failed."""
    said = "## Heading\n\nAsk the Till team in #till for help.\n\n" * 3000
    write_manual(tmp_path, {"page.md": f"# Page\n\n{said}# Dogs\n\nAsk in #dogs about dogs.\n"})
    run(tmp_path, index_folder)
    index = Index.open(index_folder)
    hits = index.vectors.search("passages", index.encoder.embed_query("whom do I ask about dogs?"), 1)
    assert "#dogs" in index.records.passage(hits[0][0]).text
    index.close()
