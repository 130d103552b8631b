"""What is kept of a page between ingests: used as long as everything that it was made from is the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from conftest import write_manual

from ingest.facts.compiling import facts_of
from ingest.kept import Kept, Noted, names_step
from ingest.manual.passages import passages_of
from ingest.manual.reading import Manual, read_manual
from ingest.values import Page

Counted = tuple[list[Page], Callable[[Page], tuple[str, ...]]]
STEP = names_step("words")
PAGE = Page("a.md", "A", ("one line", "another"), 1, url="https://docs.example.org/a")
MANUAL = {
    "help.md": (
        '---\ntitle: Get help\nowner_slack: "#front"\n---\n\n## Escalation path\n\nIf you are stuck, try in order:\n\n'
        "1. The technical lead\n2. Ask in #mooring\n3. The head of harbours\n"
    ),
    "teams.md": (
        "---\ntitle: Teams\n---\n\n## Who does what\n\nThe Mooring team (#mooring):\n\n- looks after buoys\n"
        "- paints piers\n\nThe Pilotage team are responsible for:\n\n- tides\n\n"
        "The Tide Watch team (#watch):\n\n- counts waves\n\n## Who else\n\n- **Paint shop** (#c0ffee): all colours\n"
    ),
    "buoys.md": (
        '---\ntitle: Buoys\nowner_slack: "#front"\n---\n\n## Lights\n\nAsk the Pilotage team before you change a '
        "light. See [charts](charts.md#depth).\n\nThe room is #keelhaul.\n\n1. Note the buoy\n2. Change the light\n"
    ),
    "charts.md": '---\ntitle: Charts\nowner_slack: "#charts"\n---\n\n## Depth\n\nSpeak to the tidal desk.\n',
    "tones.md": "---\ntitle: Tones\n---\n\n## Escalation path\n\n1. #facade\n2. Somebody else\n3. The dock manager\n",
    "zones.md": "---\ntitle: Zones\n---\n\n## Escalation path\n\n1. Tide Watch\n2. Somebody else\n3. A pier manager\n",
    "data/repos.yml": '- repo_name: tide-tables\n  team: "#charts"\n',
    "whodoiask.toml": 'organisation = ["Harbour"]\n',
}
EDITS: Mapping[str, Mapping[str, str | None]] = {
    "nothing": {},
    "a sentence": {"charts.md": MANUAL["charts.md"] + "\nTell #charts of shallows.\n"},
    "an owner": {"charts.md": MANUAL["charts.md"].replace("#charts", "#depths")},
    "an owner that another page names": {"charts.md": MANUAL["charts.md"].replace("#charts", "#keelhaul")},
    "a team that another page names": {"teams.md": MANUAL["teams.md"].replace("Pilotage", "Tidal Desk")},
    "a team of the escalation order": {
        "help.md": None,
        "teams.md": MANUAL["teams.md"].replace("Tide Watch", "Wave Count"),
    },
    "an owner in the escalation order": {
        "help.md": None,
        "charts.md": MANUAL["charts.md"].replace("#charts", "#facade"),
    },
    "an owner that seemed a colour": {"charts.md": MANUAL["charts.md"].replace("#charts", "#c0ffee")},
    "a team's channel": {"teams.md": MANUAL["teams.md"].replace("#mooring", "#moorings")},
    "a repository named as a team": {"data/repos.yml": '- repo_name: tidal-desk\n  team: "#charts"\n'},
    "the escalation order": {"help.md": MANUAL["help.md"].replace("2. Ask in #mooring", "2. #charts")},
    "no escalation order": {"help.md": None},
    "another escalation order": {"anew.md": MANUAL["help.md"].replace("Get help", "Help and support")},
    "a heading that is linked to": {"charts.md": MANUAL["charts.md"].replace("## Depth", "## Deep")},
    "a page of another name": {"buoys.md": None, "lights.md": MANUAL["buoys.md"]},
    "settings": {"whodoiask.toml": 'organisation = ["Pilotage"]\nbase_url = "https://docs.example.org"\n'},
}


@pytest.fixture
def kept() -> Iterator[Kept]:
    made = Kept.nothing()
    yield made
    made.close()


@pytest.fixture
def counted() -> Counted:
    """Some work, and the pages on which it was done."""
    done: list[Page] = []

    def work(page: Page) -> tuple[str, ...]:
        done.append(page)
        return tuple(" ".join(page.lines).split())

    return done, work


def read(folder: Path, kept: Kept) -> Manual:
    return read_manual(folder, kept=kept)


def test_a_page_that_is_as_it_was_is_not_worked_on_again(kept: Kept, counted: Counted) -> None:
    done, work = counted
    first = kept.of(STEP, PAGE, work)
    kept.save()
    assert kept.of(STEP, PAGE, work) == first == ("one", "line", "another")
    assert len(done) == 1


@pytest.mark.parametrize(
    "other",
    [
        Page("b.md", "A", PAGE.lines, 1, url=PAGE.url),
        Page("a.md", "A", ("one line", "more"), 1, url=PAGE.url),
        Page("a.md", "A", PAGE.lines, 1, url="https://elsewhere.example.org/a"),
        Page("a.md", "A", PAGE.lines, 1, url=PAGE.url, commit="c0ffee"),
        Page("a.md", "A", PAGE.lines, 1, url=PAGE.url, updated="2023-04-01"),
    ],
    ids=["path", "lines", "url", "commit", "date"],
)
def test_a_page_that_is_otherwise_is_worked_on(other: Page, kept: Kept, counted: Counted) -> None:
    done, work = counted
    kept.of(STEP, PAGE, work)
    kept.save()
    kept.of(STEP, other, work)
    assert done == [PAGE, other]


def test_only_what_was_asked_of_the_known_names_counts(kept: Kept) -> None:
    looked: list[bool] = []

    def of(*names: str) -> tuple[str, ...]:
        known = Noted(names)

        def work(_: Page) -> tuple[str, ...]:
            looked.append("#a" in known)
            return ("yes",) if looked[-1] else ("no",)

        found = kept.of(STEP, PAGE, work, known=known)
        kept.save()
        return found

    assert [of("#a"), of("#a", "#b"), of("#b"), of(), of("#a")] == [("yes",), ("yes",), ("no",), ("no",), ("yes",)]
    assert looked == [True, False, True]


def test_what_an_ingest_did_not_use_is_forgotten(tmp_path: Path, counted: Counted) -> None:
    done, work = counted
    for pages in ([PAGE], [], [PAGE]):
        kept = Kept.open(tmp_path / "kept.sqlite", "the same code")
        for page in pages:
            kept.of(STEP, page, work)
        kept.save()
        kept.close()
    assert len(done) == 2


def test_other_code_works_on_everything(tmp_path: Path, counted: Counted) -> None:
    done, work = counted
    for ground in ("the code", "the code", "other code"):
        kept = Kept.open(tmp_path / "kept.sqlite", ground)
        kept.of(STEP, PAGE, work)
        kept.save()
        kept.close()
    assert len(done) == 2


@pytest.mark.parametrize("harm", ["no database", "cut", "nonsense in it"])
def test_a_damaged_file_costs_time_and_nothing_else(harm: str, tmp_path: Path, counted: Counted) -> None:
    done, work = counted
    file = tmp_path / "kept.sqlite"
    for turn in range(3):
        kept = Kept.open(file, "the same code")
        assert kept.of(STEP, PAGE, work) == ("one", "line", "another")
        kept.save()
        kept.close()
        if turn == 0:
            _harm(file, harm)
    assert len(done) == 2


def _harm(file: Path, harm: str) -> None:
    if harm == "no database":
        file.write_bytes(b"a shopping list " * 100)
    elif harm == "cut":
        file.write_bytes(file.read_bytes()[:1000])
    else:
        connection = sqlite3.connect(file)
        with connection:
            connection.execute("update entry set body = '{'")
        connection.close()


@pytest.mark.parametrize("edit", EDITS)
def test_after_any_edit_everything_is_as_if_read_anew(edit: str, tmp_path: Path, kept: Kept) -> None:
    """One edit after another, back and forth: facts, passages and warnings are those of a first reading."""
    folder = write_manual(tmp_path / "manual", MANUAL)
    for changed in (MANUAL, EDITS[edit], MANUAL):
        for path in {**MANUAL, **EDITS[edit]}:
            text = changed.get(path, MANUAL.get(path))
            (folder / path).unlink(missing_ok=True)
            if text is not None and (path in changed or changed is not MANUAL):
                write_manual(folder, {path: text})
        again, anew = read(folder, kept), read_manual(folder)
        assert again.warnings == anew.warnings
        assert facts_of(again) == facts_of(anew)
        assert passages_of(again, len) == passages_of(anew, len)
        kept.save()


def test_an_edit_parses_its_own_page_alone(tmp_path: Path, kept: Kept) -> None:
    folder = write_manual(tmp_path / "manual", MANUAL)
    for more in ("", "\nTell #charts of shallows.\n"):
        write_manual(folder, {"charts.md": MANUAL["charts.md"] + more})
        manual = read(folder, kept)
        facts_of(manual), passages_of(manual, len)
        kept.save()
    # The pages of orders of escalation are parsed as well: their rungs are not kept.
    assert manual.bodies.parsed == {"charts.md", "help.md", "zones.md"}
