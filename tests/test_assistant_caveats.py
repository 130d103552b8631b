"""What a person is warned of: where the manual disagrees with itself, and what in it has grown old."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import runs_git, silent, write_manual

from assistant.flow import Assistant
from assistant.values import Answer
from ingest.build import ingest

Git = Callable[..., str]
Ask = Callable[[str], Answer]


def titled(title: str, sentence: str) -> str:
    """A page of one sentence, without an owner."""
    return f"---\ntitle: {title}\n---\n\n{sentence}\n"


REPOS = (
    "- repo_name: tide-tables\n  team: '#marine-data'\n  type: APIs\n"
    "- repo_name: buoy-map\n  team: '#marine-data'\n  type: Frontend apps\n"
    "- repo_name: o'brien-portal\n  team: '#marine-data'\n  type: APIs\n"
    "- repo_name: who-is-who\n  team: '#marine-data'\n  type: APIs\n"
)
OLDEST = {
    "config/tech-docs.yml": "host: https://docs.harbour.example\n",
    "data/repos.yml": REPOS,
    "source/manual/tides.html.md": titled("Tides", "tide-tables is owned by the Forecasts team (#forecasts)."),
    "source/manual/portals.html.md": titled(
        "Portals", "The o'brien-portal is owned by the Forecasts team (#forecasts)."
    ),
    "source/manual/people.html.md": titled("People", "The who-is-who is owned by the Forecasts team (#forecasts)."),
    "source/manual/berths.html.md": titled("Berths", "Ask #berth-planning about a change of berth allocation."),
    "source/manual/sonar.html.md": titled("Sonar", "Ask #echoes about the calibration of the sonar probes."),
}
OLD = {
    "source/manual/cranes.html.md": titled("Cranes", "Speak to #crane-desk about the crane hire contract."),
}
NEW = {
    "source/manual/allocation.html.md": titled("Allocation", "Ask #harbour-master about a change of berth allocation."),
    "source/manual/probes.html.md": titled("Probes", "Ask #echoes for spare parts of winches."),
}


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory, new_index: Callable[[], Path]) -> Ask:
    """A manual in git whose pages were written in 2019, in 2022 and in 2024."""
    root = tmp_path_factory.mktemp("harbour") / "manual"
    root.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        git = runs_git(patch)
        git(root, "init", "-q", "-b", "main")
        for files, day in ((OLDEST, "2019-03-01"), (OLD, "2022-11-01"), (NEW, "2024-06-15")):
            write_manual(root, files)
            for moment in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
                patch.setenv(moment, f"{day}T12:00:00+00:00")
            git(root, "add", ".")
            git(root, "commit", "-q", "-m", day)
    index = new_index()
    ingest(str(root), index, progress=silent)
    return Assistant.open(index).answer


def test_a_page_against_the_register(harbour: Ask) -> None:
    answer = harbour("Who owns tide-tables?")
    assert answer.contacts[0].address == "#marine-data"
    note = next(note for note in answer.notes if "disagrees" in note)
    assert "source/manual/tides.html.md, line 5" in note
    assert "#forecasts" in note
    assert "because the register of repositories says who owns one" in note
    assert "source/manual/tides.html.md" in [source.place.path for source in answer.sources]


@pytest.mark.parametrize("name", ["o'brien-portal", "who-is-who"])
def test_a_page_against_the_register_on_a_thing_of_an_odd_name(harbour: Ask, name: str) -> None:
    answer = harbour(f"Who owns the {name} repo?")
    assert answer.contacts[0].address == "#marine-data"
    assert any("disagrees" in note and "#forecasts" in note for note in answer.notes)


def test_no_conflict_where_nobody_disagrees(harbour: Ask) -> None:
    answer = harbour("Who owns buoy-map?")
    assert answer.contacts[0].address == "#marine-data"
    assert not [note for note in answer.notes if "disagrees" in note]


def test_of_two_statements_the_later_page_wins(harbour: Ask) -> None:
    answer = harbour("Who do I ask about a change of berth allocation?")
    assert answer.contacts[0].address == "#harbour-master"
    note = next(note for note in answer.notes if "disagrees" in note)
    assert "#berth-planning" in note
    assert "because its page was changed later" in note
    paths = [source.place.path for source in answer.sources]
    assert paths.index("source/manual/allocation.html.md") < paths.index("source/manual/berths.html.md")


def test_older_than_two_years(harbour: Ask) -> None:
    answer = harbour("Who can calibrate the sonar probes?")
    assert answer.contacts[0].address == "#echoes"
    expected = "Old source: source/manual/sonar.html.md was last changed on 2019-03-01, the manual on 2024-06-15."
    assert expected in answer.notes
    assert f"Note: {expected}" in answer.markdown.replace("\\", "")


def test_younger_than_two_years_but_nothing_newer_names_the_contact(harbour: Ask) -> None:
    answer = harbour("Who do I speak to about the crane hire contract?")
    assert answer.contacts[0].address == "#crane-desk"
    assert any("2022-11-01" in note and "nothing newer names #crane-desk" in note for note in answer.notes)


def test_a_new_source_carries_no_note(harbour: Ask) -> None:
    answer = harbour("Where do I order spare parts for winches?")
    assert answer.contacts[0].address == "#echoes"
    assert answer.notes == ()


@pytest.fixture(scope="module")
def gates(tmp_path_factory: pytest.TempPathFactory, new_index: Callable[[], Path]) -> Ask:
    """Two pages that say the same, one of them archived; and a draft of a matter that no other page speaks of."""
    root = write_manual(
        tmp_path_factory.mktemp("gates"),
        {
            "archive/gates.md": titled("Lock gates", "Ask #old-gates about the repair of lock gates."),
            "lock-gates.md": titled("Lock gates", "Ask #gate-crew about the repair of lock gates."),
            "sluices.md": "---\ntitle: Sluices\ndraft: true\n---\n\nAsk #sluice-crew about the paint of sluices.\n",
        },
    )
    index = new_index()
    ingest(str(root), index, progress=silent)
    return Assistant.open(index).answer


def test_a_page_in_force_beats_one_that_is_archived(gates: Ask) -> None:
    answer = gates("Who do I ask about the repair of lock gates?")
    assert answer.contacts[0].address == "#gate-crew"
    assert not any("is marked as" in note for note in answer.notes)


def test_an_answer_from_a_draft_says_so(gates: Ask) -> None:
    answer = gates("Who do I ask about the paint of sluices?")
    assert answer.contacts[0].address == "#sluice-crew"
    assert "Draft: sluices.md is marked as a draft." in answer.notes
