"""The directory as a Backstage catalogue: valid by its rules, and nothing that the manual does not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import silent, write_manual
from harbour import MANUAL
from hypothesis import given
from hypothesis import strategies as st
from test_cli import refused, run

from assistant.backstage import entities_of
from assistant.flow import Assistant
from ingest.build import ingest
from ingest.values import Contact, Fact

Entity = dict[str, Any]
MORE = {
    "docs/people.md": (
        "---\ntitle: People\n---\n\n## Who does what\n\n"
        "**Charts**: the Chart Officer, Zoë Ångström, zoe@harbour.example.\n\n"
        "## Whom to ask\n\nAsk the Équipe Phare in #harbour-phare about French lamps.\n"
    ),
    "catalog-info.yaml": (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: tide-table\n"
        "spec:\n  type: service\n  owner: group:default/tide-team\n  lifecycle: production\n"
    ),
}


@pytest.fixture(scope="module")
def index(new_index: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = new_index()
    ingest(str(write_manual(tmp_path_factory.mktemp("harbour"), {**MANUAL, **MORE})), folder, progress=silent)
    return folder


def check(entities: list[Entity]) -> None:
    """Hold entities against the rules of the catalogue (descriptor format, and the schemas of Group and User)."""
    names = [(entity["kind"], entity["metadata"]["name"]) for entity in entities]
    assert len(names) == len(set(names))
    for entity in entities:
        metadata, spec = entity["metadata"], entity["spec"]
        assert entity["apiVersion"] == "backstage.io/v1alpha1"
        assert re.fullmatch(r"[a-z0-9]+(?:-+[a-z0-9]+)*", metadata["name"])
        assert len(metadata["name"]) <= 63
        assert metadata["title"]
        for key, value in metadata["annotations"].items():
            assert re.fullmatch(r"[a-z]+/[a-z]+", key)
            assert isinstance(value, str)
        assert all(re.match(r"https?://\S+$", link["url"]) for link in metadata.get("links", []))
        if entity["kind"] == "Group":
            assert (spec["type"], spec["children"], set(spec)) == ("team", [], {"type", "profile", "children"})
        else:
            assert (entity["kind"], spec["memberOf"], set(spec)) == ("User", [], {"profile", "memberOf"})


def printed(index: Path) -> Iterator[Entity]:
    done = run("directory", "--backstage", "--index", index)
    assert (done.returncode, done.stderr) == (0, "")
    yield from yaml.safe_load_all(done.stdout)


def test_teams_and_people_are_entities_with_what_the_manual_says(index: Path) -> None:
    entities = list(printed(index))
    check(entities)
    by_name = {entity["metadata"]["name"]: entity for entity in entities}
    signals = by_name["signals-team"]
    assert signals["kind"] == "Group"
    assert signals["metadata"]["annotations"]["whodoiask/source"].startswith("docs/lights.md:")
    assert signals["metadata"]["annotations"]["whodoiask/addresses"] == "#harbour-signals, +44 20 7946 0022"
    assert signals["metadata"]["links"][0]["url"].startswith("https://handbook.harbour.example/")
    assert by_name["equipe-phare"]["metadata"]["title"] == "Équipe Phare"
    assert by_name["lamp-team"]["metadata"]["annotations"]["whodoiask/source"].startswith("docs/lights.md:")
    assert not any("bright" in name for name in by_name)  # a supplier
    assert by_name["tide-team"]["metadata"]["title"] == "tide-team"  # as a catalogue names it
    zoe = by_name["zoe-angstrom"]
    assert (zoe["kind"], zoe["spec"]["profile"]["email"]) == ("User", "zoe@harbour.example")


def test_one_form_at_a_time(index: Path) -> None:
    refused(run("directory", "--backstage", "--json", "--index", index), "--json or --backstage")


@given(st.lists(st.text(min_size=1, max_size=90).filter(str.strip), min_size=1, max_size=12))
def test_any_names_make_valid_entities(fact: Fact, names: list[str]) -> None:
    teams = tuple(Contact("team", name, "") for name in (*names, "Платформа", "Team: 1", "team 1", "x" * 70, "x" * 80))
    check(entities_of([replace(fact, contacts=teams, relation="ask")]))


@pytest.fixture(scope="module")
def fact(index: Path) -> Fact:
    return next(iter(Assistant.open(index).index.records.facts()))
