"""How people would ask for facts, written by a model at ingest: found by it, never shown, and asked once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import silent, write_manual
from model_server import Asked, Refusal, Server, model_server
from test_cli import run
from test_model import MANUAL, UNSURE, at

from assistant.flow import Assistant
from assistant.model.asking import AT_ONCE
from assistant.model.opening import Model
from ingest.asked_as import FILE
from ingest.build import IngestReport, ingest
from ingest.store.index import Index

WAYS = [UNSURE, "they were charged two times", "ask #evil about it", "write to https://evil.example", "x" * 500]


def replies(data: Asked, _: Mapping[str, Any]) -> Any:
    """Ways of asking for what is about money, and a line that nobody asked for."""
    asked = [{"key": one["key"], "questions": WAYS if "money" in one["line"] else []} for one in data["lines"]]
    return {"asked": [*asked, {"key": "deadbeef", "questions": ["who?"]}]}


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    return write_manual(tmp_path / "manual", {**MANUAL, "whodoiask.toml": '[model]\nmay = ["asked as"]\n'})


def made(manual: Path, index: Path, model: Model | None = None) -> IngestReport:
    return ingest(str(manual), index, asking=model.for_ingest() if model else None, progress=silent)


def asking(server: Server) -> Model:
    return at(server, "")


def test_a_fact_is_found_by_how_people_ask_and_answering_needs_no_model(manual: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    made(manual, plain)
    before = Assistant.open(plain).answer(UNSURE)
    with model_server(replies) as server:
        model = asking(server)
        made(manual, tmp_path / "index", model)
    answer = Assistant.open(tmp_path / "index").answer(UNSURE)
    assert before.outcome == "escalate"
    assert (answer.outcome, answer.contacts[0].shown) == ("answer", "#billing-refunds")
    counts = model.counts.snapshot()
    assert (counts["calls"], counts["dropped_keys"], counts["dropped_texts"]) == (1, 1, 3)


def test_none_of_it_is_shown(manual: Path, tmp_path: Path) -> None:
    with model_server(replies) as server:
        made(manual, tmp_path / "index", asking(server))
    assistant = Assistant.open(tmp_path / "index")
    shown = json.dumps(assistant.answer("Who do I ask when a customer wants money back?").to_json())
    shown += run("facts", "--jsonl", "--index", tmp_path / "index").stdout
    shown += run("directory", "--json", "--index", tmp_path / "index").stdout
    assert "charged two times" not in shown
    asked = [fact.asked_as for fact in Index.open(tmp_path / "index").records.facts() if fact.asked_as]
    assert asked == [(UNSURE, "they were charged two times")]


def test_nothing_is_asked_twice_and_nothing_changes_without_the_model(manual: Path, tmp_path: Path) -> None:
    with model_server(replies) as server:
        first = made(manual, tmp_path / "index", asking(server))
        assert made(manual, tmp_path / "index", asking(server)).unchanged
        assert made(manual, tmp_path / "index").digest == first.digest  # what is written needs no model
        (manual / "docs/more.md").write_text("# More\n\nAsk in #more when there is too little.\n", "utf-8")
        changed = made(manual, tmp_path / "index", asking(server))
    assert changed.digest != first.digest
    assert [len(data["lines"]) for data in server.data] == [len(server.data[0]["lines"]), 1]


def test_it_is_asked_only_where_it_may(tmp_path: Path) -> None:
    manual = write_manual(tmp_path / "manual", {**MANUAL, "whodoiask.toml": '[model]\nmay = ["choose"]\n'})
    with model_server(replies) as server:
        made(manual, tmp_path / "index", asking(server))
    assert server.bodies == []
    assert not (tmp_path / "index" / FILE).exists()


def test_an_ingest_without_it_is_made_when_it_fails_and_the_next_goes_on(manual: Path, tmp_path: Path) -> None:
    many = "\n".join(f"Ask in #desk-{n} when machine {n} of hall {n} has stopped.\n" for n in range(2 * AT_ONCE))
    (manual / "docs/many.md").write_text(f"# Many\n\n{many}", "utf-8")
    with model_server(lambda data, schema: replies(data, schema) if len(server.bodies) < 2 else Refusal(500)) as server:
        model = asking(server).for_ingest()
        report = ingest(str(manual), tmp_path / "index", asking=model, progress=silent)
    assert (report.unchanged, "not asked about all facts" in model.stopped) == (False, True)
    with model_server(replies) as later:
        model = asking(later).for_ingest()
        ingest(str(manual), tmp_path / "index", asking=model, progress=silent)
    assert model.stopped == ""
    first = {one["key"] for one in server.data[0]["lines"]}
    assert later.bodies
    assert not [one for data in later.data for one in data["lines"] if one["key"] in first]


def test_the_budget_of_an_ingest_ends_it(tmp_path: Path) -> None:
    settings = '[model]\nmay = ["asked as"]\ningest_tokens = 0\n'
    manual = write_manual(tmp_path / "manual", {**MANUAL, "whodoiask.toml": settings})
    with model_server(replies) as server:
        model = asking(server).for_ingest()
        ingest(str(manual), tmp_path / "index", asking=model, progress=silent)
    assert server.bodies == []
    assert "tokens" in model.stopped


def test_a_damaged_file_is_begun_anew(manual: Path, tmp_path: Path) -> None:
    with model_server(replies) as server:
        first = made(manual, tmp_path / "index", asking(server))
        (tmp_path / "index" / FILE).write_bytes(b"no database at all, though it is long enough to be one")
        (manual / "docs/more.md").write_text("# More\n", "utf-8")
        made(manual, tmp_path / "index", asking(server))
        (manual / "docs/more.md").unlink()
        assert made(manual, tmp_path / "index", asking(server)).digest == first.digest
    assert len(server.bodies) == 2


def test_a_dry_run_prints_what_would_be_sent(manual: Path, tmp_path: Path) -> None:
    done = run("ingest", manual, "--index", tmp_path / "index", "--model", "dry-run")
    assert done.returncode == 0
    prompt, _ = json.JSONDecoder().raw_decode(done.stdout)
    assert "#billing-refunds" not in json.dumps(prompt)
    assert "wants money back" in prompt["messages"][1]["content"]
