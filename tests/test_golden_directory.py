"""Golden pages: a page of a manual and, beside it, the people facts which its structure states.

`golden/directory/NAME.md` is one page, whole; `NAME.yml` holds what a manual of only that page must give.
A key that is left out is not checked; an empty list means that there must be none.

about   one sentence: which form this page shows
teams   each team's name ("" for a bare address), contacts (addresses), responsibilities (text, lines)
ladder  the rungs from 1: who (the item's text), lines
queues  the names of the queues that take tickets
asks    at least these: whom the reader is sent to (address, or name without one), and the lines saying so
owner   the owner of the page
never   what looks like an address and must be in no fact

Lines are [first, last] of the file, from 1. A text is on one line and without Markdown's marks; the
punctuation that ends it does not count.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.directory import listed
from ingest.relations import Relation
from ingest.values import Fact

GOLDEN = Path(__file__).parent / "golden" / "directory"
PAGES = sorted(GOLDEN.glob("*.md"))
KEYS = {"about", "teams", "ladder", "queues", "asks", "owner", "never"}


def expected_of(page: Path) -> dict[str, Any]:
    """What the file beside `page` says; texts are made comparable with what is found."""
    expected: dict[str, Any] = yaml.safe_load(page.with_suffix(".yml").read_text(encoding="utf-8"))
    for team in expected.get("teams", []):
        team["contacts"].sort()
        for item in team["responsibilities"]:
            item["text"] = bare(item["text"])
    for rung in expected.get("ladder", []):
        rung["who"] = bare(rung["who"])
    return expected


def bare(text: str) -> str:
    """A statement without the punctuation that ends it."""
    return text.rstrip(" .;,")


def lines_of(fact: Fact) -> list[int]:
    return [fact.place.first, fact.place.last]


def of(relation: Relation, facts: Iterable[Fact]) -> list[Fact]:
    """The facts of one relation, in the order of the page."""
    return sorted((fact for fact in facts if fact.relation == relation), key=lines_of)


def teams_in(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """The teams in the order of the page; one without a name is told from others by its address."""
    teams: dict[tuple[str, str], dict[str, Any]] = {}
    for fact in of("does", facts):
        first = fact.contacts[0]
        key = (first.name, "" if first.name else first.address)
        team = teams.setdefault(key, {"name": first.name, "contacts": [], "responsibilities": []})
        addresses = {contact.address for contact in fact.contacts if contact.address}
        team["contacts"] = sorted(addresses.union(team["contacts"]))
        team["responsibilities"].append({"text": bare(fact.topic), "lines": lines_of(fact)})
    return list(teams.values())


def ladder_in(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    rungs = sorted(of("rung", facts), key=lambda fact: fact.rank)
    return [{"rung": fact.rank, "who": bare(fact.topic), "lines": lines_of(fact)} for fact in rungs]


def queues_in(facts: Iterable[Fact]) -> list[str]:
    """The queues in the order of the page, each once."""
    named = [contact.address for fact in of("queue", facts) for contact in fact.contacts]
    return list(dict.fromkeys(named))


def asks_in(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    asks = of("ask", facts)
    return [{"contacts": [c.shown for c in fact.contacts], "lines": lines_of(fact)} for fact in asks]


def owners_in(facts: Iterable[Fact]) -> list[str]:
    return [contact.shown for fact in of("owns page", facts) for contact in fact.contacts]


def says(found: dict[str, Any], ask: dict[str, Any]) -> bool:
    """Whether the found fact covers the lines of `ask` and names everybody whom it names."""
    first, last = ask["lines"]
    covers = found["lines"][0] <= first and last <= found["lines"][1]
    return covers and set(ask["contacts"]) <= set(found["contacts"])


def difference(key: str, expected: Any, found: Any) -> str:
    """Nothing if the two are equal; else both, in the form of the golden file."""
    if expected == found:
        return ""
    shown = [yaml.safe_dump(value, allow_unicode=True, sort_keys=False) for value in (expected, found)]
    return f"{key}, expected:\n{shown[0]}{key}, found:\n{shown[1]}"


def ask_difference(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> str:
    """Nothing if every expected ask was found (or none, where none may be)."""
    if not expected:
        return difference("asks", [], found)
    missed = [ask for ask in expected if not any(says(fact, ask) for fact in found)]
    return difference("asks", missed, found) if missed else ""


def differences(expected: dict[str, Any], facts: tuple[Fact, ...]) -> list[str]:
    """What `facts` hold otherwise than the golden file says, key by key; only its keys are compared."""
    found: dict[str, Any] = {"teams": teams_in(facts), "ladder": ladder_in(facts), "queues": queues_in(facts)}
    result = [difference(key, expected[key], found[key]) for key in found if key in expected]
    if "asks" in expected:
        result.append(ask_difference(expected["asks"], asks_in(facts)))
    if "owner" in expected:
        result.append(difference("owner", [expected["owner"]], owners_in(facts)))
    if "never" in expected:
        named = {word for fact in facts for c in fact.contacts for word in (c.name, c.address)}
        result.append(difference("never", [], sorted(named.intersection(expected["never"]))))
    return [text for text in result if text]


@pytest.fixture
def facts(page: Path, tmp_path: Path) -> tuple[Fact, ...]:
    """The facts of a manual which holds only `page`."""
    from ingest.facts.compiling import facts_of
    from ingest.manual.reading import read_manual

    folder = tmp_path / "source" / "manual"
    folder.mkdir(parents=True)
    shutil.copyfile(page, folder / f"{page.stem}.html.md")
    return facts_of(read_manual(tmp_path))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_gives_the_facts_beside_it(page: Path, facts: tuple[Fact, ...]) -> None:
    expected = expected_of(page)
    wrong = differences(expected, facts)
    assert not wrong, f"{page.name} ({expected['about']})\n\n" + "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_gives_the_directory_beside_it(page: Path, facts: tuple[Fact, ...]) -> None:
    """The same through `directory --json`: teams with contacts and responsibilities, ladder, queues."""
    expected, found = expected_of(page), listed(facts, ())
    if "teams" in expected:
        wanted = {
            t["name"] or t["contacts"][0]: (t["contacts"], [r["text"] for r in t["responsibilities"]])
            for t in expected["teams"]
        }
        shown = {
            t["name"] or t["contacts"][0]: (sorted(t["contacts"]), [bare(r["text"]) for r in t["responsibilities"]])
            for t in found["teams"]
            if t["responsibilities"]
        }
        assert shown == wanted
    if "ladder" in expected:
        rungs = [{"rung": r["rung"], "who": bare(r["who"]), "lines": r["source"]["lines"]} for r in found["ladder"]]
        assert rungs == expected["ladder"]
    if "queues" in expected:
        assert list(dict.fromkeys(q["queue"] for q in found["queues"])) == expected["queues"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_directory_lists_whom_only_sentences_name(page: Path, facts: tuple[Fact, ...]) -> None:
    teams = listed(facts, ())["teams"]
    addresses = {address for team in teams for address in team["contacts"]}
    said = [f for f in facts if f.relation == "ask"]
    kinds = ("team", "channel", "email", "phone", "handle", "schedule", "person")
    assert {c.address for f in said for c in f.contacts if c.kind in kinds and c.address} <= addresses
    told = {item["text"] for team in teams for item in team["asked"]}
    assert {f.topic for f in said if any(c.kind in kinds for c in f.contacts)} <= told, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_golden_file_is_well_formed(page: Path) -> None:
    expected = expected_of(page)
    count = len(page.read_text(encoding="utf-8").splitlines())
    items = [item for team in expected.get("teams", []) for item in team["responsibilities"]]
    items += expected.get("ladder", []) + expected.get("asks", [])
    assert set(expected) <= KEYS, f"{page.stem}.yml has keys that nothing checks: {set(expected) - KEYS}"
    assert expected["about"].strip()
    assert all(1 <= first <= last <= count for first, last in (item["lines"] for item in items))


def test_every_golden_file_has_its_page() -> None:
    assert {path.stem for path in GOLDEN.glob("*.yml")} == {page.stem for page in PAGES}


def test_a_team_is_listed_once_and_an_address_without_a_name_alone(tmp_path: Path) -> None:
    """However a team is spelled, it is one, with all its addresses; addresses of nobody are never one party."""
    from ingest.facts.compiling import facts_of
    from ingest.manual.reading import read_manual

    said = """\
# Slipway

The Slipway team (#slipway):

- launches boats

Ask Slipway at slipway@harbour.example for a rope.

Ask in #ropes about ropes.

Ask in #sails about sails.
"""
    (tmp_path / "slipway.md").write_text(said, encoding="utf-8")
    teams = listed(facts_of(read_manual(tmp_path)), ())["teams"]
    assert [(team["name"], sorted(team["contacts"])) for team in teams] == [
        ("Slipway team", ["#slipway", "slipway@harbour.example"]),
        ("", ["#ropes"]),
        ("", ["#sails"]),
    ]
    assert "Slipway" in teams[0]["aliases"]


def test_a_team_with_a_clipped_name_is_the_one_that_it_is_short_for(tmp_path: Path) -> None:
    from ingest.facts.compiling import facts_of
    from ingest.manual.reading import read_manual

    said = (
        "# Cranes\n\nAsk the infra team for a crane.\n\nTell the Infrastructure Team if it fails. Ask the data team.\n"
    )
    (tmp_path / "cranes.md").write_text(f"{said}\nAsk the database team about rows.\n", encoding="utf-8")
    teams = listed(facts_of(read_manual(tmp_path)), ())["teams"]
    assert [team["name"] for team in teams] == ["infra team", "data team", "database team"]
    assert "Infrastructure Team" in teams[0]["aliases"]


def test_a_supplier_without_an_address_is_reached_at_its_support() -> None:
    from assistant.address_book import AddressBook
    from ingest.values import Contact

    def none(row: int) -> Fact:
        raise AssertionError(row)

    said = [
        (1, Contact("team", "Ropes & Sons support", "support@ropes.example")),
        (2, Contact("team", "Sails", "#sails")),
    ]
    book = AddressBook((), said, none, (), {})
    assert [(c := book.contact(name)) and c.address for name in ("Ropes & Sons", "Sails", "Cranes")] == [
        "support@ropes.example",
        "#sails",
        None,
    ]
