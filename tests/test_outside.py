"""What comes from outside: it is read as a type, or one sentence says where, what and how to mend it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from ingest.errors import UserError
from ingest.manual.settings import FILE, read_settings
from ingest.outside import json_of, read_as
from ingest.plain import settings_from
from ingest.values import ModelSettings, Settings

ROOT = Path(__file__).parent.parent
FULL = """\
base_url = "https://docs.example.org"
organisation = ["Harbour"]
ladder = ["Duty officer", "#bridge"]
generic = ["#general"]
slack_url = "https://harbour.slack.com"
feedback = false
exclude = ["archive/**"]
name = "Harbour handbook"
webhook = "https://hooks.example.org/notes"

[aliases]
tide-tables = ["the tides", "tide app"]

[asked]
"Who winds the clock?" = "docs/clock.md:12"

[model]
may = ["choose", "asked as"]
seconds = 7
"""


def manual(root: Path, toml: str) -> Path:
    (root / FILE).write_text(toml, "utf-8")
    return root


def test_all_settings_are_read_as_their_types(tmp_path: Path) -> None:
    assert read_settings(manual(tmp_path, FULL)) == Settings(
        base_url="https://docs.example.org",
        organisation=("Harbour",),
        ladder=("Duty officer", "#bridge"),
        generic=("#general",),
        aliases={"tide-tables": ("the tides", "tide app")},
        slack_url="https://harbour.slack.com",
        feedback=False,
        exclude=("archive/**",),
        asked={"Who winds the clock?": "docs/clock.md:12"},
        name="Harbour handbook",
        webhook="https://hooks.example.org/notes",
        model=ModelSettings(may=("choose", "asked as"), seconds=7),
    )


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("mkdocs.yml", "site_name: Tide handbook\nnav: []\n", "Tide handbook"),
        ("config/tech-docs.yml", "service_name: Docs\nfull_service_name: Tide docs\n", "Tide docs"),
        ("_config.yml", "title: The  tides\n", "The tides"),
        ("_config.yml", "title: [a, b]\n", ""),
        ("mkdocs.yml", "site_name: [\n", ""),
    ],
)
def test_the_manual_is_called_what_its_site_calls_it(tmp_path: Path, path: str, text: str, name: str) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(text, "utf-8")
    assert read_settings(tmp_path).name == name
    assert read_settings(manual(tmp_path, 'name = "Ours"\n')).name == "Ours"


def test_settings_come_back_from_json_as_they_went(tmp_path: Path) -> None:
    settings = read_settings(manual(tmp_path, FULL))
    back = settings_from(json.loads(json.dumps(asdict(settings))))
    assert back == settings
    assert {type(getattr(back, field.name)) for field in fields(back)} == {str, bool, tuple, dict, ModelSettings}


def test_each_setting_counts_in_the_digest(tmp_path: Path) -> None:
    """An ingest takes over the generation before it where nothing counts as changed."""
    settings, none = read_settings(manual(tmp_path, FULL)), Settings()
    other = replace(
        settings,
        site=True,
        generator="hugo",
        content="pages",
        directories=False,
        repository="https://git.example.org",
    )
    changed = [replace(none, **{field.name: getattr(other, field.name)}) for field in fields(none)]
    assert len({each.digest for each in (none, *changed)}) == len(changed) + 1


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            'colour = "red"',
            'the key "colour" is not known: use only base_url, ladder, generic, aliases, organisation, ',
        ),
        ('colour = "red"\nladder = 5', 'the key "colour" is not known: '),
        ("base_url = 5", '"base_url" must be a string, not 5.'),
        ('ladder = "Duty officer"', "\"ladder\" must be a list, not 'Duty officer'."),
        ('generic = ["#general", 5]', '"generic.1" must be a string, not 5.'),
        ('organisation = [" "]', '"organisation.0" must not be blank: write a text, or leave it out.'),
        ('aliases = ["tides"]', "\"aliases\" must be a table of keys and values, not ['tides']."),
        ('[aliases]\ntides = "the tides"', "\"aliases.tides\" must be a list, not 'the tides'."),
        ("feedback = 1", '"feedback" must be true or false, not 1.'),
        ("slack_url = 2026-01-01", '"slack_url" must be a string, not datetime.date(2026, 1, 1).'),
    ],
)
def test_settings_that_cannot_be_used(tmp_path: Path, toml: str, said: str) -> None:
    with pytest.raises(UserError, match=f"^{FILE}: {re.escape(said)}") as refused:
        read_settings(manual(tmp_path, toml))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("data", [b"ladder = [", b"\xff\xfe"])
def test_settings_that_are_no_toml(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(UserError, match=r"^whodoiask\.toml cannot be read \(.+\); mend it or remove it\.$"):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "The line is not JSON (Expecting value: line 1 column 1 (char 0)): write one JSON object."),
        (b'{"a": "\xe9"}', "The line is not UTF-8 (byte 8): write it in UTF-8."),
        (b"[" * 100_000, "The line is not JSON (maximum recursion depth exceeded"),
    ],
)
def test_what_is_no_json(text: bytes, said: str) -> None:
    with pytest.raises(UserError, match=re.escape(said)):
        json_of(text, "The line")


def test_a_byte_order_mark_is_no_part_of_the_json() -> None:
    assert json_of(b'\xef\xbb\xbf{"a": 1}', "The line") == {"a": 1}


@dataclass(frozen=True)
class Lighthouse:
    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    keepers: tuple[str, ...] = ()


class Strict(BaseModel, extra="forbid"):
    name: str = ""


def test_a_dataclass_is_made_and_what_is_wrong_is_named() -> None:
    assert read_as(Lighthouse, {"name": "North", "keepers": ["Ann"]}, "x") == Lighthouse("North", ("Ann",))
    with pytest.raises(UserError, match=r'^lights:3: the key "name" is missing: add it\.$'):
        read_as(Lighthouse, {}, "lights:3")
    with pytest.raises(UserError, match=r"^lights:3: it must be an object with keys and values, not \['North'\]\.$"):
        read_as(Lighthouse, ["North"], "lights:3")


@pytest.mark.parametrize("form", [Strict, Lighthouse])
@pytest.mark.parametrize(
    ("key", "said"),
    [("\ud800", "a key holds half a surrogate pair: write"), ("a\nb", r'the key "a\nb" is not known: use only name')],
)
def test_a_key_that_cannot_be_printed_as_it_is(form: type, key: str, said: str) -> None:
    with pytest.raises(UserError, match=re.escape(f"lights:3: {said}")):
        read_as(form, {"name": "North", key: 1}, "lights:3")


def test_the_question_path_loads_no_pydantic() -> None:
    """Settings are read at ingest; what answers finds them in the manifest."""
    code = "import sys, assistant.flow; sys.exit('pydantic' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_long_value_is_cut_in_the_sentence() -> None:
    with pytest.raises(UserError) as refused:
        read_as(Lighthouse, {"name": ["x" * 10_000]}, "lights:3")
    assert len(str(refused.value)) < 120
