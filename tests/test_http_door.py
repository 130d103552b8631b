"""What programs ask of the server beside answers: lists, what retrieval saw, its state, and its metrics."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from conftest import silent
from jsonschema import Draft202012Validator
from prometheus_client.parser import text_string_to_metric_families
from serving import COMMAND, QUESTION, ROOT, ask, chat_page, free_port

from assistant.flow import Assistant
from ingest.build import ingest
from ui.guard import ASKED_AT_MOST
from ui.metrics import Metrics
from ui.problems import MEDIA, problem
from ui.shapes import examples

LISTS = ("/api/directory", "/api/facts", "/api/search?q=dns", "/metrics")


@pytest.fixture(scope="module")
def address(small_index: Path) -> Iterator[str]:
    with chat_page(small_index, free_port()) as found:
        yield found


def got(page: str, path: str, **headers: str) -> Any:
    """The JSON of a reply, whose status must be 200."""
    with ask(page, "GET", path, headers) as reply:
        assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
        return json.load(reply)


def asked(page: str, question: str) -> Any:
    body = json.dumps({"question": question}).encode()
    with ask(page, "POST", "/api/answer", {"Content-Type": "application/json"}, body) as reply:
        return json.load(reply)


def printed(index: Path, *command: str) -> str:
    whole = [*COMMAND, *command, "--index", str(index)]
    return subprocess.run(whole, capture_output=True, check=True, cwd=ROOT, text=True).stdout


def scraped(page: str, **headers: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Every sample by its name and the values of its labels."""
    with ask(page, "GET", "/metrics", headers) as reply:
        assert (reply.status, reply.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
        families = text_string_to_metric_families(reply.read().decode())
        found: dict[str, dict[tuple[str, ...], float]] = {}
        for sample in (sample for family in families for sample in family.samples):
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
        return found


def test_the_directory_is_the_commands(address: str, small_index: Path) -> None:
    assert got(address, "/api/directory") == json.loads(printed(small_index, "directory", "--json"))


def test_the_facts_are_the_commands_page_by_page(address: str, small_index: Path) -> None:
    lines = [json.loads(line) for line in printed(small_index, "facts", "--jsonl").splitlines()]
    digest = got(address, "/healthz")["index"]
    assert got(address, "/api/facts") == {"index": digest, "total": len(lines), "facts": lines}
    pages = [got(address, f"/api/facts?offset={offset}&limit=2") for offset in range(0, len(lines), 2)]
    assert [fact for page in pages for fact in page["facts"]] == lines
    assert {page["total"] for page in pages} == {len(lines)}


def test_facts_can_be_had_of_a_relation_and_of_a_page(address: str) -> None:
    every = got(address, "/api/facts")["facts"]
    for relation, path in (("ask", ""), ("", "source/manual/dns.html.md"), ("ask", "source/manual/dns.html.md")):
        some = got(address, f"/api/facts?{urlencode({'relation': relation, 'path': path})}")
        wanted = [f for f in every if relation in ("", f["relation"]) and path in ("", f["path"])]
        assert wanted
        assert (some["facts"], some["total"]) == (wanted, len(wanted))
    assert got(address, "/api/facts?relation=nothing")["total"] == 0
    assert got(address, "/api/facts?offset=1000")["facts"] == []


def test_a_search_shows_what_retrieval_saw_best_first(address: str) -> None:
    found = got(address, f"/api/search?{urlencode({'q': 'Who do I ask about the suport rota?', 'limit': 3})}")
    assert "support rota" in found["searched"]  # the typing error was mended, as it is for an answer
    assert found["facts"][0]["path"] == found["passages"][0]["path"] == "source/manual/rota.html.md"
    for kind in ("facts", "passages"):
        scores = [hit["score"] for hit in found[kind]]
        assert 1 <= len(scores) <= 3
        assert scores == sorted(scores, reverse=True)


def test_a_search_leans_on_the_turns_before(address: str) -> None:
    leaning = got(address, "/api/search?" + urlencode({"q": "Who owns it?", "history": "the support rota"}))
    assert "rota" in leaning["searched"]
    assert leaning["passages"][0]["path"] == "source/manual/rota.html.md"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/search", 422, "The parameter q is missing"),
        ("/api/search?q=", 400, "is empty"),
        ("/api/search?q=%20%09", 400, "is empty"),
        (f"/api/search?q={'x' * 2001}", 422, "2000"),
        ("/api/search?q=dns&limit=0", 422, "limit"),
        ("/api/search?q=dns&limit=51", 422, "limit"),
        ("/api/search?q=dns&limit=many", 422, "limit"),
        ("/api/search?Q=dns", 422, "The parameter Q is not known here"),
        ("/api/facts?offset=-1", 422, "offset"),
        ("/api/facts?offset=99999999999999999999", 422, "offset"),
        ("/api/facts?limit=1001", 422, "limit"),
    ],
)
def test_a_wrong_parameter_is_a_problem_in_a_sentence(address: str, path: str, status: int, said: str) -> None:
    with ask(address, "GET", path) as reply:
        assert (reply.status, reply.headers["Content-Type"]) == (status, MEDIA)
        told = json.load(reply)
    assert told == problem(status, told["detail"])
    assert said in told["detail"]
    assert "\n" not in told["detail"]


@pytest.mark.parametrize("path", [*LISTS, "/readyz"])
def test_lists_are_only_read(address: str, path: str) -> None:
    for method in ("POST", "PUT", "DELETE", "TRACE", "QUERY"):
        with ask(address, method, path) as reply:
            assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")
    with ask(address, "HEAD", path) as reply:
        assert (reply.status, reply.read()) == (200, b"")


def near(one: Any) -> Any:
    """The same with digests left out and numbers to two digits: both hang on the code and on the machine."""
    if isinstance(one, dict):
        return {key: near(value) for key, value in one.items() if key != "index"}
    if isinstance(one, list):
        return [near(each) for each in one]
    return pytest.approx(one, abs=0.01) if isinstance(one, float) else one


def test_the_examples_of_the_description_are_what_the_server_gives(address: str) -> None:
    """`ui/examples.json` is written anew from what this compares it with."""
    shown = examples()
    assert asked(address, shown["answer"]["question"]) == near(shown["answer"]) | {
        "index": got(address, "/healthz")["index"]
    }
    for name, path in {
        "directory": "/api/directory",
        "facts": "/api/facts?relation=ask&limit=2",
        "search": f"/api/search?{urlencode({'q': QUESTION, 'limit': 1})}",
    }.items():
        given = got(address, path)
        given.pop("index", None)
        assert given == near(shown[name]), name


def test_every_example_is_of_its_shape(address: str) -> None:
    count = 0
    for path, methods in got(address, "/openapi.json")["paths"].items():
        for operation in methods.values():
            for reply in operation["responses"].values():
                for media in reply.get("content", {}).values():
                    if "example" in media:
                        errors = list(Draft202012Validator(media["schema"]).iter_errors(media["example"]))
                        assert errors == [], (path, errors)
                        count += 1
    assert count >= 12


def test_schemathesis_finds_nothing(address: str, tmp_path: Path) -> None:
    """Against the real server, with all its checks: status codes, shapes, media types, methods, refusals."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json"]
    options = ["--checks", "all", "--max-examples", "20", "--seed", "7", "--no-color", "--generation-database", "none"]
    # In a folder of its own, for it leaves its notes where it runs.
    done = subprocess.run([*command, *options], capture_output=True, check=False, cwd=tmp_path, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
    assert "Tested: 7" in done.stdout


def test_it_is_ready_as_long_as_more_can_come(address: str) -> None:
    ready = got(address, "/readyz")
    assert ready == {
        "status": "ready",
        "index": got(address, "/healthz")["index"],
        "waiting": 0,
        "room": ready["room"],
    }
    assert ready["room"] > 0


def test_what_went_wrong_with_the_index_is_told_everywhere(small_index: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(small_index, index, symlinks=True)
    with chat_page(index, free_port()) as page:
        for path in ("/readyz", *LISTS):
            with ask(page, "GET", path) as reply:
                assert reply.status == 200
        (index / "current").write_text("9-000000000000\n")
        for path in ("/readyz", "/healthz", *LISTS[:-1]):
            with ask(page, "GET", path) as reply:
                assert (reply.status, "run `whodoiask ingest`" in json.load(reply)["detail"]) == (503, True)
        assert scraped(page)["whodoiask_index_usable"] == {(): 0}


def test_metrics_count_answers_by_outcome_and_rule(small_index: Path) -> None:
    with chat_page(small_index, free_port()) as page:
        before = scraped(page)
        assert before["whodoiask_answer_seconds_count"] == {(): 0}
        rules = [asked(page, question)["rule"] for question in (QUESTION, QUESTION, "What is the capital of France?")]
        after = scraped(page)
    assert after["whodoiask_answers_total"][("answer", rules[0])] == 2
    assert sum(after["whodoiask_answers_total"].values()) == 3
    assert after["whodoiask_answer_seconds_count"] == {(): 3}
    assert after["whodoiask_answer_seconds_bucket"][("+Inf",)] == 3
    assert 0 < after["whodoiask_answer_seconds_sum"][()] < 60


def test_metrics_tell_of_the_index_that_answers(small_manual: Path, index_folder: Path) -> None:
    """A new ingest is seen, whether or not somebody asks."""
    ingest(str(small_manual), index_folder, progress=silent)
    with chat_page(index_folder, free_port()) as page:
        facts = json.loads("[" + ",".join(printed(index_folder, "facts", "--jsonl").splitlines()) + "]")
        first = scraped(page)
        relations = [fact["relation"] for fact in facts]
        assert {name: count for (name,), count in first["whodoiask_facts"].items() if count} == {
            name: relations.count(name) for name in relations
        }
        assert first["whodoiask_index_pages"] == {(): 3}
        assert 0 <= first["whodoiask_index_age_seconds"][()] < 600
        (small_manual / "source/manual/more.html.md").write_text("# More\n\nAsk in #more about more.\n", "utf-8")
        ingest(str(small_manual), index_folder, progress=silent)
        second = scraped(page)
        assert second["whodoiask_index_pages"] == {(): 4}
        assert second["whodoiask_index_info"] != first["whodoiask_index_info"]


def test_counts_that_are_kept_elsewhere_are_shown_as_they_are_when_looked_at(small_index: Path) -> None:
    kept = {"chosen": 2.0}
    metrics = Metrics(Assistant.open(small_index), lambda: 0)
    metrics.add("model_calls", "Calls of a model, by how they ended.", "ended", lambda: kept)
    kept["refused"] = 1
    lines = metrics.text().decode().splitlines()
    assert [line for line in lines if line.startswith("whodoiask_model_calls")] == [
        'whodoiask_model_calls_total{ended="chosen"} 2.0',
        'whodoiask_model_calls_total{ended="refused"} 1.0',
    ]


def test_without_the_library_there_are_no_metrics_and_everything_else(small_index: Path, tmp_path: Path) -> None:
    (tmp_path / "prometheus_client.py").write_text("raise ModuleNotFoundError\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
        with chat_page(small_index, free_port()) as page:
            with ask(page, "GET", "/metrics") as reply:
                assert (reply.status, "pip install 'whodoiask[server]'" in json.load(reply)["detail"]) == (501, True)
            assert asked(page, QUESTION)["contacts"][0]["address"] == "#domains"


def signed(name: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(name.encode()).decode()}"}


@pytest.mark.parametrize("options", [(), ("--open-metrics",)])
def test_the_login_guards_lists_and_metrics(small_index: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    people = tmp_path / "people"
    people.write_text("ada:right\n", "utf-8")
    people.chmod(0o600)
    with chat_page(small_index, free_port(), "--auth-file", str(people), *options) as page:
        for path in LISTS:
            with ask(page, "GET", path) as reply:
                opened = path == "/metrics" and bool(options)
                assert (reply.status, reply.headers["WWW-Authenticate"] is None) == ((200 if opened else 401), opened)
            with ask(page, "GET", path, signed("ada:right")) as reply:
                assert reply.status == 200
        with ask(page, "GET", "/readyz") as reply:
            assert reply.status == 200


@pytest.mark.parametrize("path", LISTS)
def test_one_client_cannot_ask_for_lists_without_end(address: str, path: str) -> None:
    there = {"X-Forwarded-For": f"198.51.100.{LISTS.index(path)}"}

    def status() -> int:
        with ask(address, "GET", path, there) as reply:
            reply.read()
            return reply.status

    assert [status() for _ in range(ASKED_AT_MOST + 2)] == [200] * ASKED_AT_MOST + [429] * 2


@pytest.mark.parametrize("path", LISTS)
def test_a_site_that_points_here_reads_no_list(address: str, path: str) -> None:
    with ask(address, "GET", path, {"Host": "evil.example"}) as reply:
        assert reply.status == 403


def test_the_metrics_hold_no_word_of_a_question(address: str) -> None:
    asked(address, "Who looks after the zeppelin hangar?")
    with ask(address, "GET", "/metrics") as reply:
        assert not re.search("zeppelin|hangar", reply.read().decode())
