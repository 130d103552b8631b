"""Golden questions: how each is read, before anything is looked up.

`golden/questions/*.yml` are lists of rows about an invented chain of bakeries. `says` is a question as somebody types
it, `asks` every flag that a person would say holds of it: what is not listed does not hold. `names` are the things of
the manual in it, which `about_page` and `about_alerts` do not read. `after` are the turns before it, with `before`,
`leans` and `may_stand_alone`, empty and false unless given. A row that is read otherwise says how in `today` (of the
turns before it in `today_follows`): it has to be read so and not as it should be, so that a repair takes that away.

`directory.yml` has questions about the directory itself: the `form` of one with the name in it, the `literal` name, the
words around "or" (`either`), who is asked to be `right`, `several` questions, what it asks `about` the assistant. What
is not given is not there, but for the form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.kinds import about_assistant, alternatives, forms, is_right, literal, several
from assistant.scope import without_orders
from assistant.understand import about_alerts, about_page, courtesies_off, understand

FILES = sorted((Path(__file__).parent / "golden" / "questions").glob("*.yml"))
FLAGS = ("owns", "approve", "page_now", "out_of_hours", "next", "who", "alerts", "thing")
ALL_FLAGS = (*FLAGS, "about_page")
OF_DIRECTORY = ("form", "literal", "either", "right", "several", "about")
OTHER_KEYS = {"courtesies": {"looked_up"}, "orders": {"left"}, "directory": set(OF_DIRECTORY)}
"""What the rows of a file say of their question, where it is not how the question is read."""
KEYS = {"asks", "names", "about_alerts", "after", "before", "leans", "may_stand_alone", "today_follows"}

Row = Mapping[str, Any]


def rows(*stems: str) -> list[Row]:
    """The rows of the files of those names; of all that tell how a question is read, where none is named."""
    files = [file for file in FILES if (file.stem in stems if stems else file.stem not in OTHER_KEYS)]
    return [row for file in files for row in yaml.safe_load(file.read_text(encoding="utf-8"))]


def marked(found: list[Row], today: str = "today") -> list[Any]:
    """The rows as parameters; those that are read otherwise, as that key says, have to fail."""
    return [
        pytest.param(
            row,
            id=repr(row["says"][:60]),
            marks=[pytest.mark.xfail(strict=True, reason=f"today: {row[today]}")] if today in row else [],
        )
        for row in found
    ]


def otherwise(found: list[Row], today: str = "today") -> list[Any]:
    """Those rows as parameters that are read otherwise."""
    return [pytest.param(row, id=repr(row["says"][:60])) for row in found if today in row]


def flags_of(row: Row) -> set[str]:
    """What the question is read to ask."""
    question = understand(row["says"], row.get("after", []))
    found = {flag for flag in FLAGS if getattr(question, flag)}
    return found | ({"about_page"} if about_page(_nameless(row, question.own_words)) else set())


def _nameless(row: Row, text: str) -> str:
    for name in row.get("names", []):
        text = text.replace(name, "it")
    return text


@pytest.mark.parametrize("row", marked(rows()))
def test_a_question_asks_what_a_person_would_say(row: Row) -> None:
    assert flags_of(row) == set(row["asks"])


@pytest.mark.parametrize("row", otherwise(rows()))
def test_what_is_read_otherwise_is_read_as_it_says(row: Row) -> None:
    assert flags_of(row) == set(row["today"])


def follows(row: Row) -> tuple[str, bool, bool]:
    """What the question is read to take from the turns before it."""
    question = understand(row["says"], row.get("after", []))
    assert question.text == (f"{question.before} {question.own_words}".strip() or row["says"])
    return question.before, question.leans, question.may_stand_alone


def expected(said: Row) -> tuple[str, bool, bool]:
    return said.get("before", ""), said.get("leans", False), said.get("may_stand_alone", False)


@pytest.mark.parametrize("row", marked(rows(), "today_follows"))
def test_a_question_leans_on_the_turns_before_it(row: Row) -> None:
    assert follows(row) == expected(row)


@pytest.mark.parametrize("row", otherwise(rows(), "today_follows"))
def test_what_leans_otherwise_leans_as_it_says(row: Row) -> None:
    assert follows(row) == expected({**row, **row["today_follows"]})


@pytest.mark.parametrize("row", [row for row in rows() if row.get("before")], ids=lambda row: repr(row["says"]))
def test_alone_it_leaves_the_turns_before_it_aside(row: Row) -> None:
    alone = understand(row["says"], row["after"]).alone()
    assert (alone.text, alone.before, alone.leans) == (alone.own_words, "", False)


@pytest.mark.parametrize("row", [row for row in rows() if "about_alerts" in row], ids=lambda row: repr(row["says"]))
def test_the_name_of_a_thing_asks_for_no_alerts(row: Row) -> None:
    assert about_alerts(_nameless(row, row["says"])) is row["about_alerts"]


@pytest.mark.parametrize("row", marked(rows("courtesies")))
def test_courtesies_are_not_looked_up(row: Row) -> None:
    assert courtesies_off(row["says"]) == row["looked_up"]
    question = understand(row["says"], [])
    assert (question.own_words, question.text) == (row["looked_up"], row["looked_up"] or row["says"])


@pytest.mark.parametrize("row", otherwise(rows("courtesies")))
def test_what_is_looked_up_otherwise_is_what_it_says(row: Row) -> None:
    assert courtesies_off(row["says"]) == row["today"]


@pytest.mark.parametrize("row", marked(rows("orders")))
def test_orders_are_taken_out(row: Row) -> None:
    assert without_orders(row["says"]) == (row.get("left", row["says"]), "left" in row)


@pytest.mark.parametrize("row", otherwise(rows("orders")))
def test_what_is_left_otherwise_is_what_it_says(row: Row) -> None:
    whole = row["today"] is None
    assert without_orders(row["says"]) == (row["says"] if whole else row["today"], not whole)


@pytest.mark.parametrize("row", rows("directory"), ids=lambda row: repr(row["says"]))
def test_a_question_about_the_directory_is_known_by_its_form(row: Row) -> None:
    says = row["says"]
    form = next(forms(says), None)
    found = {
        "form": [form.kind, form.name] if form and "form" in row else None,
        "literal": literal(says) if not {"form", "about"} & set(row) else "",
        "either": next(([before[-1], after[0]] for before, after in alternatives(says)), None),
        "right": list(is_right(says)),
        "several": list(several(says)),
        "about": about_assistant(says),
    }
    assert {key: value for key, value in found.items() if value} == {key: row[key] for key in row if key != "says"}


def test_of_each_form_of_the_directory_there_are_some() -> None:
    count = Counter(str(row.get("form", [key])[0]) for row in rows("directory") for key in row if key != "says")
    assert min(count[kind] for kind in ("who is", "does", "owns", *OF_DIRECTORY[1:])) >= 2


def test_of_each_flag_there_are_some_that_ask_and_some_that_do_not() -> None:
    found = rows()
    count = Counter(flag for row in found for flag in row["asks"])
    assert min(count[flag] for flag in ALL_FLAGS) >= 5
    assert all(sum(flag not in row["asks"] for row in found) >= 3 for flag in ALL_FLAGS)


def test_the_golden_questions_are_many_and_none_is_there_twice() -> None:
    said = [(row["says"], *row.get("after", [])) for row in rows()]
    assert len(said) == len(set(said))
    assert len(said) > 140


def test_every_golden_question_is_well_formed() -> None:
    for file in FILES:
        for row in rows(file.stem):
            assert "says" in row
            assert set(row) <= {"says", "today"} | OTHER_KEYS.get(file.stem, KEYS), row
            assert {*row.get("asks", []), *(row.get("today") or [] if "asks" in row else [])} <= set(ALL_FLAGS), row
            assert row.get("today", "missing") != row.get("asks", "absent"), row
