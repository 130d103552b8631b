"""Golden sentences: what a page says, and whom the reader is sent to by it.

`golden/contacts/*.yml` are lists of cases. `says` is the Markdown of a section, `names` the contacts of its facts,
each as its kind, its name and its address with what is empty left out; the order counts within a fact. A case
that is known to come out otherwise says why in `fails`, and then has to fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import write_manual
from hypothesis import given
from hypothesis import strategies as st

from ingest.facts.compiling import facts_of
from ingest.facts.names import is_name
from ingest.facts.people import Roster, people
from ingest.manual.reading import read_manual
from ingest.values import Contact, Fact

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted((GOLDEN / "contacts").glob("*.yml"))
HEAD = "---\ntitle: A page\n---\n\n## A section\n\n"


def cases() -> Iterable[Any]:
    """Every case of every file, named by its file and its words."""
    for file in FILES:
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            marks = [pytest.mark.xfail(strict=True, reason=case["fails"])] if "fails" in case else []
            yield pytest.param(case["says"], case["names"], marks=marks, id=f"{file.stem}: {case['says'][:60]!r}")


CASES = list(cases())


def shown(contact: Contact) -> str:
    return " ".join(part for part in (contact.kind, contact.name, contact.address) if part)


def named(facts: Iterable[Fact]) -> list[str]:
    """The contacts of the facts by line, each once."""
    ordered = sorted(facts, key=lambda f: (f.place.first, f.topic not in f.place.quote, f.place.quote.find(f.topic)))
    return list(dict.fromkeys(shown(contact) for fact in ordered for contact in fact.contacts))


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize(("says", "names"), CASES)
def test_a_sentence_names_whom_it_names(says: str, names: list[str], end: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_bytes(f"{HEAD}{says}\n".replace("\n", end).encode())
    assert named(facts_of(read_manual(tmp_path))) == names


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ("Action", "ask: Papers go to Port Legal for review"),
        ("Next step", "ask: Papers go to Port Legal for review"),
        ("Service", "does: Papers go to Port Legal for review"),
    ],
)
def test_who_acts_in_a_course_of_things_has_no_duty_of_that_name(column: str, says: str, tmp_path: Path) -> None:
    table = f"| {column} | Owner |\n|---|---|\n| Papers go to Port Legal for review | Port Legal team |\n"
    write_manual(tmp_path, {"page.md": f"{HEAD}{table}"})
    assert [f"{fact.relation}: {fact.topic}" for fact in facts_of(read_manual(tmp_path))] == [says]


def test_the_golden_cases_are_many_and_none_is_there_twice() -> None:
    said = [case.values[0] for case in CASES]
    assert len(said) == len(set(said))
    assert len(said) > 80


def test_every_golden_case_is_well_formed() -> None:
    for file in FILES:
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            assert {"says", "names"} <= set(case) <= {"says", "names", "fails"}
            assert all(name.split()[0] in KINDS for name in case["names"])


KINDS = {"team", "channel", "handle", "queue", "email", "phone", "schedule", "role", "person", "link"}


@pytest.mark.parametrize(
    ("owner", "contact"),
    [
        ("'#registrars'", "channel #registrars"),
        ("'@ada'", "handle @ada"),
        ("registrars@museum.org", "email registrars@museum.org"),
        ("Registrars team", "team Registrars team"),
        ("' #registrars '", "channel #registrars"),
    ],
)
def test_the_front_matter_names_the_owner(owner: str, contact: str, tmp_path: Path) -> None:
    write_manual(tmp_path, {"page.md": f"---\ntitle: A page\nowner_slack: {owner}\n---\n\nText.\n"})
    (fact,) = facts_of(read_manual(tmp_path))
    assert (fact.relation, [shown(c) for c in fact.contacts]) == ("owns page", [contact])
    assert fact.place.first == fact.place.last == 3


@pytest.mark.parametrize("owner", ["", "''", "null", "[]", "{}", "true"])
def test_what_is_no_owner_is_none(owner: str, tmp_path: Path) -> None:
    write_manual(tmp_path, {"page.md": f"---\ntitle: A page\nowner_slack: {owner}\n---\n\nText.\n"})
    assert facts_of(read_manual(tmp_path)) == ()


@pytest.mark.parametrize(
    ("meta", "contacts"),
    [
        ("slack_channel: '#registrars'", ["channel #registrars"]),
        ("owning_team: Registrars", ["team Registrars"]),
        ("team: Registrars\nowner_slack: '#registrars'", ["team Registrars", "channel #registrars"]),
        ("channel: '#registrars'", ["channel #registrars"]),
        ("email: ada@museum.org", ["email ada@museum.org"]),
    ],
)
def test_the_keys_of_the_front_matter_that_say_an_owner(meta: str, contacts: list[str], tmp_path: Path) -> None:
    write_manual(tmp_path, {"page.md": f"---\ntitle: A page\n{meta}\n---\n\nText.\n"})
    assert [shown(c) for fact in facts_of(read_manual(tmp_path)) for c in fact.contacts] == contacts


def test_an_unquoted_channel_is_a_comment_and_so_no_owner(tmp_path: Path) -> None:
    """YAML reads `owner_slack: #team` as an empty value: the page is warned about."""
    write_manual(tmp_path, {"page.md": "---\ntitle: A page\nowner_slack: #team\n---\n\nText.\n"})
    manual = read_manual(tmp_path)
    assert facts_of(manual) == ()
    assert any("owner" in str(warning) for warning in manual.warnings)


REPOS = """- repo_name: lending-desk
  team: "#registrars"
  alerts_team: "#night-watch"
  description: Lends objects.

- repo_name: old-desk
  retired: true
  description: Replaced by lending-desk.

- repo_name: orphan
  description: Nobody has it.
"""


def test_a_data_file_names_owners_and_who_gets_alerts(tmp_path: Path) -> None:
    write_manual(tmp_path, {"data/repos.yml": REPOS, "page.md": "# A page\n"})
    found = {(f.relation, f.topic): [shown(c) for c in f.contacts] for f in facts_of(read_manual(tmp_path))}
    assert found == {
        ("owns repo", "lending-desk"): ["channel #registrars"],
        ("gets alerts", "lending-desk"): ["channel #night-watch"],
        ("owns repo", "old-desk"): [],
    }


def test_a_known_channel_needs_no_words_of_asking(tmp_path: Path) -> None:
    """The owner of one page is known on every other."""
    text = "---\ntitle: Loans\n---\n\nLoans: `#registrars`, mornings.\n"
    owned = "---\ntitle: Couriers\nowner_slack: '#registrars'\n---\n\nText.\n"
    write_manual(tmp_path, {"loans.md": text, "couriers.md": owned})
    found = [f for f in facts_of(read_manual(tmp_path)) if f.place.path == "loans.md"]
    assert named(found) == ["channel #registrars"]


@pytest.mark.parametrize("name", ["Local Berths Manager", "local-berths-manager", "Harbour team"])
def test_software_and_the_whole_organisation_are_nobody(name: str) -> None:
    roster = Roster(organisation=frozenset({"harbour"}), things=frozenset({"local berths manager"}))
    assert roster.is_nobody(name)
    assert people(f"Ask the {name} to do it.", roster) == ()
    assert not roster.is_nobody("Berths team")


def pages() -> list[Path]:
    return sorted((GOLDEN / "directory").glob("*.md"))


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_every_contact_stands_in_the_lines_of_its_fact(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    write_manual(tmp_path, {"page.md": text})
    lines = text.split("\n")
    found = facts_of(read_manual(tmp_path))
    assert len({fact.id for fact in found}) == len(found)
    for fact in found:
        for place in fact.places:
            assert place.quote == "\n".join(lines[place.first - 1 : place.last])
        quotes = " ".join(" ".join(place.quote for place in fact.places).split())
        for contact in fact.contacts:
            assert contact.address in quotes


_NAMES = ("tide watch", "tide watch two", "front-desk crew", "r&d lab", "a b", "night front desk", "sign in")
_PIECES = st.sampled_from(
    ["Tide", "watch", "two", "Front", "desk", "crew", "R&D", "lab", "a", "b", "night", "sign", "In"]
)
_GAPS = st.sampled_from([" ", "-", "\n", "", ", ", "--", "#", "@"])


@given(st.lists(st.tuples(_PIECES, _GAPS), max_size=14))
def test_of_many_teams_those_are_found_that_a_pattern_of_all_of_them_finds(pieces: list[tuple[str, str]]) -> None:
    text = "".join(word + gap for word, gap in pieces)
    loose = "|".join(r"[\s-]*".join(map(re.escape, name.split())) for name in sorted(_NAMES, key=len, reverse=True))
    expected = re.finditer(rf"(?<![\w#@-])(?:{loose})(?![\w-])", text, re.IGNORECASE)
    roster = Roster({name: Contact("team", name) for name in _NAMES})
    assert [match.span() for match in roster.named(text)] == [match.span() for match in expected]


@pytest.mark.parametrize(
    ("name", "somebody"),
    [
        ("Berths team", True),
        ("hiring manager", True),
        ("person in charge of tools", True),
        ("Director of Engineering", True),
        ("2nd line team", True),
        ("another developer from your team", True),
        ("person in charge of", False),
        ("to ask about this", False),
        ("asking team lead(s)", False),
        ("Deciding on a policy for the team", False),
        ("Changing access to berths owned by their team", False),
        ("Proposals which require feedback from the team", False),
        ("1 contact", False),
        ("next a reviewer", False),
    ],
)
def test_half_a_sentence_is_nobodys_name(name: str, somebody: bool) -> None:
    assert is_name(name) is somebody
