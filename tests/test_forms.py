"""What a text must hold before a pattern is tried follows from the pattern: no match is ever missed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import assistant.traits as traits
import ingest.facts.people as people
from ingest.forms import Forms

ROOT = Path(__file__).parent.parent
WRITTEN = st.characters(max_codepoint=126)
PAIRS = [
    *((pattern, forms) for pattern, _, forms in people._PATTERNS if forms is not None),
    (people._MEMBER, people._MEMBERS),
    (traits._FEED, traits._FEEDS),
    (traits._EXCLUDES, traits._LEAVING_OUT),
]


@pytest.mark.parametrize(
    ("form", "held", "lacking"),
    [
        ("leads?(?:\\(s\\))?", "the lead", "the lea"),
        ("advis[eo]rs?", "an advisor", "an advi"),
        ("secretar(?:y|ies)", "secretaries", "secret"),
        ("(?:be|are) notified", "are notified", "you are noticed"),
        ("working group", "a working group", "a group"),
        ("except(?:ing)?(?: for)?", "except", "excep"),
    ],
)
def test_a_form_is_sought_by_letters_that_it_cannot_do_without(form: str, held: str, lacking: str) -> None:
    assert Forms(form).may_be_in(held)
    assert not Forms(form).may_be_in(lacking)


@pytest.mark.parametrize(("pattern", "forms"), PAIRS, ids=[forms.pattern[3:24] for _, forms in PAIRS])
def test_what_a_pattern_matches_holds_letters_of_its_forms(pattern: re.Pattern[str], forms: Forms) -> None:
    assert forms.pattern in pattern.pattern

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(re.compile(forms.pattern, pattern.flags & re.IGNORECASE), fullmatch=True, alphabet=WRITTEN))
    def generated(text: str) -> None:
        assert forms.may_be_in(text.lower())

    generated()


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        (people._HEAD_OF, "Head of Ropes"),
        (people._HEAD_OF, "Deputy Director of Ropes"),
        (people._HEAD_OF, "head of your community"),
        (people._MAILING_LIST, "the rope mailing list"),
        (people._MAILING_LIST, "the rope google group"),
        (people._SUPPORT, "Rope Support"),
        (people._SUPPORT, "Rope Service Desk"),
        (people._ONE_OF, "another developer on your team"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_way_of_saying_it_is_tried(pattern: re.Pattern[str], matched: str) -> None:
    forms = next(forms for found, forms in PAIRS if found is pattern)
    assert pattern.search(matched)
    assert forms.may_be_in(matched.lower())


def test_a_new_word_for_a_team_is_written_in_one_place(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "ingest", tmp_path / "ingest", ignore=shutil.ignore_patterns("__pycache__"))
    lexicon = tmp_path / "ingest" / "facts" / "lexicon.toml"
    ask = "from ingest.facts.people import Roster, people; print(people('Ask the harbour records flotilla.', Roster()))"
    assert "harbour records flotilla" not in _said(tmp_path, ask)
    lexicon.write_text(lexicon.read_text("utf-8").replace("\nteam:alone", "\nteam:alone flotilla", 1), "utf-8")
    assert "harbour records flotilla" in _said(tmp_path, ask)


def _said(root: Path, program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=root, env={"PYTHONPATH": str(root)},
                          check=True, capture_output=True, text=True)  # fmt: skip
    return done.stdout
