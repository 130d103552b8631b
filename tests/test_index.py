"""What readers of an index see: whole generations, or one sentence that says what to do."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ingest.errors import UserError
from ingest.store import records
from ingest.store.index import Index
from ingest.store.records import Records
from ingest.values import Contact, Fact, Passage, Place

PLACE = Place(
    path="manual/dns.md",
    title="DNS \u2013 \u201cnew\u201d zones",
    heading="Before you start",
    anchor="before-you-start",
    first=3,
    last=4,
    quote="Speak to the Domains team\n(#domains).",
    url="https://docs.example.org/dns.html",
    owner="#dns-team",
    updated="2024-02-03",
    commit="c0ffee",
)
FACTS = (
    Fact("ask-1", "ask", (Contact("team", "Domains team", "#domains"),), "a new zone", ("DNS", "Zones"), PLACE),
    Fact("owns-1", "owns page", (Contact("channel", "", "#dns-team"),), "DNS", (), PLACE),
    Fact("rung-2", "rung", (Contact("role", "the Lead"),), "stuck", (), PLACE, 2, {"retired": "true"}),
    Fact("ask-2", "ask", (), "", (), dataclasses.replace(PLACE, quote="\u0000\udce9 '; drop table record")),
)
PASSAGES = (Passage("p1", "Zones\nSpeak to the Domains team", ("DNS", "Zones"), PLACE),)


@pytest.fixture
def stored(tmp_path: Path) -> Records:
    records.write(tmp_path / "records.sqlite", FACTS, PASSAGES)
    return Records.open(tmp_path / "records.sqlite")


def test_records_come_back_equal(stored: Records) -> None:
    assert stored.facts() == FACTS
    assert [stored.fact(fact.id) for fact in FACTS] == list(FACTS)
    assert [stored.fact_at(row) for row in range(4)] == list(FACTS)
    assert (stored.passage("p1"), stored.passage_at(0)) == (PASSAGES[0], PASSAGES[0])
    assert stored.rows == {"facts": 4, "topics": 2, "passages": 1}
    assert stored.ids("facts") == ["ask-1", "owns-1", "rung-2", "ask-2"]
    assert stored.row_of("facts", "rung-2") == 2


def test_records_of_one_relation_in_row_order(stored: Records) -> None:
    assert [fact.id for fact in stored.facts("ask")] == ["ask-1", "ask-2"]
    assert stored.facts("queue") == ()
    assert stored.facts("ask")[0] == stored.fact("ask-1")


def test_records_that_are_not_there(stored: Records) -> None:
    for read in (lambda: stored.fact("p1"), lambda: stored.fact_at(4), lambda: stored.passage_at(1)):
        with pytest.raises(KeyError):
            read()


def test_records_from_many_threads(stored: Records) -> None:
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda n: stored.fact_at(n % 4), range(400)))
    assert read == list(FACTS) * 100


def test_records_refuse_an_id_twice_and_leave_nothing(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    with pytest.raises(sqlite3.IntegrityError):
        records.write(file, (FACTS[0], FACTS[0]), ())
    assert Records.open(file).facts() == ()


def test_records_cannot_be_written_to(stored: Records) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        stored._select("delete from record", ())


def test_an_index_says_what_is_inside(reader: Index) -> None:
    manifest = reader.manifest
    assert manifest.pages == 3
    assert manifest.facts["owns page"] == len(reader.records.facts("owns page")) == 3
    assert sum(manifest.facts.values()) == reader.records.rows["facts"]
    assert manifest.passages == reader.records.rows["passages"] == reader.vectors.count("passages")
    assert reader.digest == manifest.digest
    assert reader.generation == f"1-{reader.digest[:12]}"
    assert manifest.origin.model_digest == reader.encoder.digest


def test_words_and_vectors_find_the_same_fact(reader: Index) -> None:
    from ingest.store.words import tokenize

    question = "whom do I ask for a new DNS zone?"
    row = int(np.argmax(reader.words.scores("facts", tokenize(question))))
    nearest = reader.vectors.search("facts", reader.encoder.embed_query(question), 3)
    assert "zone" in reader.records.fact_at(row).text
    assert reader.records.ids("facts")[row] in [id_ for id_, _ in nearest]


def test_two_readers_at_once(small_index: Path) -> None:
    one, two = Index.open(small_index), Index.open(small_index)
    vector = one.encoder.embed_query("the support rota")
    assert one.vectors.search("passages", vector, 3) == two.vectors.search("passages", vector, 3)
    one.close()
    assert len(two.vectors.search("passages", vector, 3)) == 3
    two.close()


def test_listing_facts_loads_no_heavy_library(small_index: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ingest.store.index import Index;"
        "index = Index.open(Path(sys.argv[1])); assert index.records.facts(); assert not index.stale();"
        "print(sorted({'chromadb', 'onnxruntime', 'torch', 'numpy'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(small_index)], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_no_index(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(UserError, match=f"no index in {folder}: run `whodoiask ingest`"):
            Index.open(folder)


def test_another_model(small_index: Path) -> None:
    with pytest.raises(UserError, match=r"with the model all-MiniLM-L6-v2, not other.*whodoiask ingest"):
        Index.open(small_index, model="other")
    Index.open(small_index, model="sentence-transformers/all-MiniLM-L6-v2").close()


def _generation(folder: Path) -> Path:
    return folder / "generations" / (folder / "current").read_text().strip()


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


def _garble(file: Path) -> None:
    file.write_bytes(b"x" * file.stat().st_size)


def _other_format(file: Path) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": 0}))


HARMS: dict[str, Callable[[Path], object]] = {
    "pointer empty": lambda folder: (folder / "current").write_text(""),
    "pointer to nothing": lambda folder: (folder / "current").write_text("9-0123456789ab\n"),
    "pointer elsewhere": lambda folder: (folder / "current").write_text("../../etc\n"),
    "pointer is no text": lambda folder: (folder / "current").write_bytes(b"\xff\xfe"),
    "no manifest": lambda folder: (_generation(folder) / "manifest.json").unlink(),
    "manifest garbled": lambda folder: _garble(_generation(folder) / "manifest.json"),
    "manifest cut": lambda folder: _cut(_generation(folder) / "manifest.json"),
    "manifest of another format": lambda folder: _other_format(_generation(folder) / "manifest.json"),
    "no records": lambda folder: (_generation(folder) / "records.sqlite").unlink(),
    "records cut": lambda folder: _cut(_generation(folder) / "records.sqlite"),
    "records garbled": lambda folder: _garble(_generation(folder) / "records.sqlite"),
    "no vectors": lambda folder: shutil.rmtree(_generation(folder) / "chroma"),
    "vectors cut": lambda folder: _cut(_generation(folder) / "chroma/chroma.sqlite3"),
    "no words": lambda folder: shutil.rmtree(_generation(folder) / "words/facts"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_index_is_refused(small_index: Path, tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "index"
    shutil.copytree(small_index, folder, symlinks=True)
    HARMS[harm](folder)
    with pytest.raises(UserError, match=f"index in {folder} .*run `whodoiask ingest`") as raised:
        Index.open(folder)
    assert "\n" not in str(raised.value)


def test_damage_to_chroma_shows_only_on_use(small_index: Path, tmp_path: Path) -> None:
    """No question is answered from it."""
    folder = tmp_path / "index"
    shutil.copytree(small_index, folder, symlinks=True)
    _garble(_generation(folder) / "chroma/chroma.sqlite3")
    index = Index.open(folder)
    with pytest.raises(UserError, match=f"index in {folder} is damaged"):
        _ = index.vectors


def test_a_moved_index_still_answers(small_index: Path, tmp_path: Path) -> None:
    shutil.copytree(small_index, tmp_path / "moved", symlinks=True)
    index = Index.open(tmp_path / "moved")
    assert index.vectors.count("facts") == index.records.rows["facts"]
    index.close()
