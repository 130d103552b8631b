"""Owners from beside the text: front matter, data files, CODEOWNERS and its like."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_manual

from ingest.facts.compiling import facts_of
from ingest.manual.owner_files import is_data_file
from ingest.manual.reading import read_manual
from ingest.manual.tomls import toml_entries
from ingest.values import Contact, Fact
from ui.render import contact_link

PAGE = "# Wheels\n\nText.\n"


def shown(contact: Contact) -> str:
    return " ".join(part for part in (contact.kind, contact.name, contact.address) if part)


def said(facts: tuple[Fact, ...], *relations: str) -> list[tuple[str, list[str]]]:
    wanted = [f for f in facts if not relations or f.relation in relations]
    return [(f"{f.relation}: {f.topic}", [shown(c) for c in f.contacts]) for f in wanted]


def of_files(tmp_path: Path, **files: str) -> tuple[Fact, ...]:
    write_manual(tmp_path, {name.replace("__", "/"): text for name, text in files.items()})
    return facts_of(read_manual(tmp_path))


@pytest.mark.parametrize(
    ("front", "facts"),
    [
        ("slack: chimes", [("owns page: Wheels", ["channel #chimes"])]),
        ('owner_slack: ["#chimes", "#bells"]', [("owns page: Wheels", ["channel #chimes", "channel #bells"])]),
        ("owner: {team: Chimes, slack: chimes-desk}", [("owns page: Wheels", ["team Chimes #chimes-desk"])]),
        ("team: Chimes\nslack_channel: chimes", [("owns page: Wheels", ["team Chimes #chimes"])]),
        (
            "questions:\n  - chimes\n  - bells@carillon.org",
            [("ask: Wheels", ["channel #chimes", "email bells@carillon.org"])],
        ),
        ("content_owner: Nora Quill", [("owns page: Wheels", ["person Nora Quill"])]),
        ("Maintainers:\n  - Nora Quill\n  - '@ivo-m'", [("owns page: Wheels", ["person Nora Quill", "handle @ivo-m"])]),
        (
            "owner: bells\ncontact: '#bell-help'",
            [("owns page: Wheels", ["team bells"]), ("ask: Wheels", ["channel #bell-help"])],
        ),
        ("title: 'Emergency alerts: polish the bells'", []),
        ("title: 'Maintainers: Nora Quill'", []),
        ("description: 'Support: how to ring a bell'", []),
        ("description: 'Owner: Nora Quill'", [("owns page: Wheels", ["person Nora Quill"])]),
        (
            "dri: Nora Quill\nreviewers: ['@ivo-m']",
            [("owns page: Wheels", ["person Nora Quill"]), ("ask: reviews Wheels", ["handle @ivo-m"])],
        ),
        ("author: Nora Quill", [("ask: wrote Wheels", ["person Nora Quill"])]),
        ("tags: [team, owner]\ndescription: How wheels turn.", []),
    ],
)
def test_the_front_matter_says_who_has_the_page_and_whom_to_ask(front: str, facts: object, tmp_path: Path) -> None:
    found = of_files(tmp_path, **{"a.md": f"---\ntitle: Wheels\n{front}\n---\n\nText.\n"})
    assert said(found) == facts
    for fact in found:
        where = f"{fact.place.quote} {fact.place.owner}"
        assert all(contact.shown.lower() in where.lower() for contact in fact.contacts)


def test_a_channel_without_its_mark_is_proven_only_under_a_key_for_channels(tmp_path: Path) -> None:
    """A page of prose that has the word states no channel."""
    found = of_files(tmp_path, **{"a.md": "---\ntitle: Wheels\ncolour: chimes\n---\n\nText.\n"})
    assert found == ()


DATA = {
    "data/people.yml": "- name: Nora Quill\n  email: nora@carillon.org\n",
    "data/teams.yml": "- name: chimes\n  slack_channel: g_chimes\n  lead: Ivo Marsh\n",
    "services/catalog.yml": (
        "services:\n  - name: bell-ringer\n    teams: [chimes, ropes]\n"
        "  - name: rope-log\n    owner: {team: Ropes, slack: ropes}\n"
    ),
    "catalog-info.yaml": "kind: Component\nmetadata:\n  name: wheel-log\nspec:\n  owner: group:default/wheels\n",
    "services.toml": '[[service]]\nname = "face-painter"\nowner = "@nora-q"\n',
    "registry/all.json": '{"components": [{"name": "hand-setter", "owner_email": "hands@carillon.org"}]}',
    "package.json": '{"name": "manual", "author": "Ivo Marsh", "contact": "ivo@carillon.org", "owner": "ivo"}',
    "mkdocs.yml": "site_name: Carillon\nowner: nobody-here\n",
}


def test_data_files_of_any_schema_name_owners(tmp_path: Path) -> None:
    write_manual(tmp_path, {"page.md": PAGE, **DATA})
    found = facts_of(read_manual(tmp_path))
    assert sorted((f.place.path, f.relation, f.topic, [shown(c) for c in f.contacts]) for f in found) == [
        ("catalog-info.yaml", "owns repo", "wheel-log", ["team wheels"]),
        ("data/people.yml", "does", "Nora Quill", ["person Nora Quill nora@carillon.org"]),
        ("data/teams.yml", "ask", "lead of chimes", ["person Ivo Marsh"]),
        ("data/teams.yml", "does", "chimes", ["team chimes #g_chimes"]),
        ("registry/all.json", "owns repo", "hand-setter", ["email hands@carillon.org"]),
        ("services.toml", "owns repo", "face-painter", ["handle @nora-q"]),
        ("services/catalog.yml", "owns repo", "bell-ringer", ["team chimes", "team ropes"]),
        ("services/catalog.yml", "owns repo", "rope-log", ["team Ropes #ropes"]),
    ]
    lines = {f.topic: (f.place.first, f.place.last) for f in found}
    assert (lines["bell-ringer"], lines["rope-log"], lines["wheel-log"]) == ((2, 3), (4, 5), (3, 5))
    assert lines["face-painter"] == (1, 3)


@pytest.mark.parametrize("path", ["package.json", "_config.yml", "i18n/de.yml", "mkdocs.yml", "notes.md", "x.lock"])
def test_a_manifest_or_configuration_is_no_data_file(path: str) -> None:
    assert not is_data_file(path)


CODEOWNERS = """# Who reviews what
*            @carillon/keepers
/docs/       @carillon/bells nora@carillon.org  # both
/docs/*      @carillon/flat
/docs/none/
[Ropes] @carillon/ropes
/ropes/
"""


@pytest.mark.parametrize("folder", ["", ".github/", "docs/"])
def test_a_page_has_the_owner_of_the_last_rule_that_matches_it(folder: str, tmp_path: Path) -> None:
    paths = ("a.md", "docs/b.md", "docs/deep/c.md", "docs/none/d.md", "ropes/e.md", "own.md")
    own = "---\ntitle: Own\nowner: '#own'\n---\n\nText.\n"
    write_manual(tmp_path, {**dict.fromkeys(paths, PAGE), "own.md": own, f"{folder}CODEOWNERS": CODEOWNERS})
    found = [f for f in facts_of(read_manual(tmp_path)) if f.relation == "owns page"]
    assert {f.place.path: [c.shown for c in f.contacts] for f in found} == {
        "a.md": ["@carillon/keepers"],
        "docs/b.md": ["@carillon/flat"],
        "docs/deep/c.md": ["@carillon/bells", "nora@carillon.org"],
        "ropes/e.md": ["@carillon/ropes"],
        "own.md": ["#own"],
    }
    ruled = next(f for f in found if f.place.path == "docs/b.md")
    assert ruled.stated is not None
    assert (ruled.stated.path, ruled.stated.quote) == (f"{folder}CODEOWNERS", "/docs/*      @carillon/flat")


def test_a_hidden_folder_is_read_for_owners_alone(tmp_path: Path) -> None:
    found = of_files(
        tmp_path, **{"a.md": PAGE, ".github__SUPPORT.md": "Ask in #hidden.\n", ".github__x.yml": "owner: x\n"}
    )
    assert found == ()


def test_owners_files_bots_and_sites_name_owners_too(tmp_path: Path) -> None:
    files = {
        "wheels/OWNERS": "approvers:\n  - nora-q\nreviewers:\n  - ivo-m\n",
        "wheels/a.md": PAGE,
        "bot.toml": '[assign.owners]\n"/ropes" = ["rope-store"]\n\n[mentions."bells/big"]\ncc = ["@nora-q"]\n',
        "ropes/b.md": PAGE,
        "source/c.md": PAGE,
        "config/tech-docs.yml": 'host: x\ndefault_owner_slack: "#keepers"\n',
        "MAINTAINERS": "Nora Quill <nora@carillon.org>\n",
    }
    write_manual(tmp_path, files)
    found = facts_of(read_manual(tmp_path))
    assert sorted(said(found)) == [
        ("ask: is told of changes to bells big", ["handle @nora-q"]),
        ("ask: reviews wheels", ["handle ivo-m"]),
        ("does: maintains this repository", ["person Nora Quill nora@carillon.org"]),
        ("does: owns ropes", ["team rope-store"]),
        ("does: owns wheels", ["handle nora-q"]),
        ("owns page: Wheels", ["channel #keepers"]),
        ("owns page: Wheels", ["handle nora-q"]),
        ("owns page: Wheels", ["team rope-store"]),
    ]


def test_toml_tables_have_their_lines() -> None:
    text = 'title = "x"\n\n[one]\na = "b"\n\n[[two]]\nc = "d"\n\n[[two]]\nc = "e"\n'
    assert [(e.key, dict(e.values), e.first, e.last) for e in toml_entries(text)] == [
        ("", {"title": "x"}, 1, 2),
        ("one", {"a": "b"}, 3, 5),
        ("two", {"c": "d"}, 6, 8),
        ("two", {"c": "e"}, 9, 11),
    ]


def test_what_a_column_says_is_in_the_topic(tmp_path: Path) -> None:
    head = "| Bell | Owner | Approver | On call | Deputy |\n|---|---|---|---|---|\n"
    table = "| Great Tom | #a-desk | #b-desk | #c-desk | Ivo Marsh |\n"
    found = of_files(tmp_path, **{"a.md": f"# Bells\n\n{head}{table}"})
    assert {(f.topic, f.attributes["holds"], f.contacts[0].shown) for f in found} == {
        ("owns Great Tom", "owner", "#a-desk"),
        ("approves Great Tom", "approver", "#b-desk"),
        ("on call for Great Tom", "on call", "#c-desk"),
        ("deputy for Great Tom", "deputy", "Ivo Marsh"),
    }


def test_an_international_number_is_called_by_its_digits() -> None:
    assert contact_link(Contact("phone", "", "+44 (0)20 5550-0142"), "").url == "tel:+442055500142"
    assert contact_link(Contact("phone", "", "ext. 310"), "").url == ""
