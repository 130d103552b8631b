"""What a statement is for, told by its clause, its heading, the page's own team, and whether that is still so."""

from __future__ import annotations

from pathlib import Path

from conftest import write_manual

from ingest.facts.compiling import facts_of
from ingest.manual.reading import read_manual
from ingest.values import Fact


def facts(folder: Path, page: str) -> list[Fact]:
    write_manual(folder, {"page.md": page})
    return list(facts_of(read_manual(folder)))


def test_a_list_of_what_we_do_belongs_to_the_team_that_the_page_is_about(tmp_path: Path) -> None:
    page = "# The Framers guild\n\nFind us in `#framers`.\n\n## What we do\n\n- gilding\n\n## Links\n\n- oil paint\n"
    does = [f for f in facts(tmp_path, page) if f.relation == "does"]
    assert [(f.topic, f.contacts[0].name, f.contacts[0].address) for f in does] == [
        ("gilding", "Framers guild", "#framers")
    ]


def test_what_the_team_does_not_do_is_not_said_to_be_done_by_it(tmp_path: Path) -> None:
    page = "# The Framers guild\n\nFind us in `#framers`.\n\n## What we don't do\n\n- gilding\n"
    assert not [f for f in facts(tmp_path, page) if f.relation == "does"]


def test_a_group_of_the_past_is_marked_by_its_heading_or_the_line_above_it(tmp_path: Path) -> None:
    table = "| Group | Channel |\n|---|---|\n| Gilding | #gilding |\n"
    for above in ("## Former groups\n\n", "## Groups\n\nThese groups are no longer active.\n\n"):
        found = facts(tmp_path, f"# Groups\n\n{above}{table}")
        assert [f.place.status for f in found] == ["archived"], above
    assert [f.place.status for f in facts(tmp_path, f"# Groups\n\n## Groups\n\n{table}")] == [""]


def test_each_later_clause_is_a_statement_of_its_own(tmp_path: Path) -> None:
    said = "If a lamp fails, ask the Estates team for a new one or speak to the office manager about a loan.\n"
    found = {tuple(c.name for c in f.contacts): f.topic for f in facts(tmp_path, f"# Lamps\n\n{said}")}
    assert found == {
        ("Estates team", "office manager"): said.strip(),
        ("office manager",): "If a lamp fails, speak to the office manager about a loan",
    }


def test_whoever_comes_after_somebody_who_does_not_answer_has_no_matter_of_their_own(tmp_path: Path) -> None:
    said = "Ask the Estates team for a lamp and, if they do not answer, speak to the office manager.\n"
    assert len(facts(tmp_path, f"# Lamps\n\n{said}")) == 1


def test_a_later_clause_is_told_whole_or_not_at_all(tmp_path: Path) -> None:
    told = {
        "For dear lamps, please let your manager know, and contact the Head of Lamps for approval.": (
            "For dear lamps contact the Head of Lamps for approval"
        ),
        "The lamp curators will check with the Estates team to see whether it fits.": "",
        "Lamps are sold by Glow GmbH; contact lamps@glow.example.": "",
    }
    for said, second in told.items():
        page = f"# Lamps\n\n{said}\n"
        assert {f.topic for f in facts(tmp_path, page)} == {said, second} - {""}


def test_a_person_over_a_list_of_duties_holds_them(tmp_path: Path) -> None:
    page = "# Sponsors\n\n- **Legal**: Ada Byron (Counsel):\n  - Responsible for advising on loans.\n"
    does = [f for f in facts(tmp_path, page) if f.relation == "does"]
    assert [(f.contacts[0].name, f.topic) for f in does] == [("Ada Byron", "Responsible for advising on loans.")]


def test_an_answer_takes_its_matter_from_the_question_before_it(tmp_path: Path) -> None:
    page = "# Lamps\n\n**Who changes the bulbs?** Write to lamps@museum.org.\n"
    assert [f.topic for f in facts(tmp_path, page)] == ["Who changes the bulbs? Write to lamps@museum.org."]


def test_a_column_of_substitutes_for_words_names_nobody(tmp_path: Path) -> None:
    assert not facts(tmp_path, "# Words\n\n| Word | Substitute |\n|---|---|\n| every | Each |\n| want | Need |\n")


def test_an_address_that_a_tag_writes_is_the_owner_of_its_place(tmp_path: Path) -> None:
    found = facts(tmp_path, '# Lamps\n\nAsk in {% slack_channel "lamps" %} for bulbs.\n')
    assert [(f.contacts[0].address, f.place.owner) for f in found] == [("#lamps", "#lamps")]


def test_what_a_person_of_a_team_does_is_not_what_the_team_does(tmp_path: Path) -> None:
    page = "# The Framers team\n\nThe Framers team lead will run the saw.\n"
    assert {(f.relation, f.contacts[0].name) for f in facts(tmp_path, page)} == {("ask", "Framers team lead")}


def test_part_of_a_statement_is_no_statement_beside_it(tmp_path: Path) -> None:
    said = (
        "How to use the list: copy it, fill in all the contact details for your contacts (1 contact per row), then "
        "provide to lamp ops to check before importing it to LampSpot.\n"
    )
    assert [f.topic for f in facts(tmp_path, f"# Lamps\n\n{said}")] == [said.strip()]
