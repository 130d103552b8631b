"""No list of English words stands twice in `ingest/` and `assistant/`, and the lexicon's lists take in one another."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest
from markdown_it.common.html_blocks import block_names
from test_golden_questions import flags_of

from ingest.facts.compiling import facts_of
from ingest.facts.lexicon import lexicon, nouns, one_of, ordered, plural, words
from ingest.manual.reading import read_manual

ROOT = Path(__file__).resolve().parent.parent
FEWEST = 5
"""Words of a list: fewer are a phrase with its variants."""
SHARED, HALF = 4, 0.5
"""What two lists may not share: so many words, that are so much of the shorter one. Lists of asking and of helping meet
in a few words by nature, but no list is a part of another, or a variant of it."""
GRAMMAR = frozenset(
    """a an the this that these those it its you your yours we our ours us they their theirs them he him his she her
    hers i my mine me who whom whose which what when where why how if unless whether while because since until so as
    than then and or but nor not no never of in on at to for from by with about via through into onto over under up
    down out off after before during between without within against is are was were be been being am s t do does did
    done have has had having will would can could should must may might shall cannot there here any some each every all
    both either neither other others another same such one ones only also always more most much many few several own
    very just too again once first second third last next please anyone anybody anything someone somebody something
    everyone everybody everything nobody none yourself themselves e g""".split()
)
"""Articles, pronouns, prepositions, conjunctions, auxiliaries and numbers: a language has one set of them, and whatever
reads sentences needs parts of it. They do not count."""
TAGS = frozenset(block_names) | {"br", "pre", "td", "th", "h"}
"""What is no English: the tags of HTML. (Nor are endings of files, which begin with a dot or a star.)"""


@dataclass(frozen=True)
class Listed:
    """A list as it is written, without what is composed into it."""

    where: str
    words: frozenset[str]


ROOMS = ("ingest", "assistant")
OTHERWISE = {
    "languages.toml": "what languages are told apart by: a word counts for being English, not for its sense",
    "scope.toml": "replies and examples, which are whole sentences",
}
"""Files that are no lists of words with a meaning, and why."""


def lists_in(root: Path) -> Iterator[Listed]:
    """Every list of at least FEWEST words below the rooms in `root`: strings of words, sequences of strings,
    alternatives of a pattern; and the lists of TOML."""
    files = [file for room in ROOMS for file in sorted((root / room).rglob("*")) if file.name not in OTHERWISE]
    for file in files:
        if file.suffix == ".py":
            for line, said in _of_code(ast.parse(file.read_text("utf-8"))):
                yield from _listed(f"{file.relative_to(root)}:{line}", said)
        if file.suffix == ".toml":
            for name, said in _of_toml(tomllib.loads(file.read_text("utf-8")), ""):
                yield from _listed(f"{file.relative_to(root)} {name}", said)


def _listed(where: str, said: Sequence[str]) -> Iterator[Listed]:
    found = frozenset(filter(None, map(_stem, said)))
    if len(found) >= FEWEST and len(found & TAGS) * 2 < len(found):
        yield Listed(where, found)


def _stem(said: str) -> str:
    """A word or phrase without its endings of number, person and time, "" for one of grammar alone."""
    letters = re.findall(r"[a-z]+", said.lower().replace("-?", "").replace("e-mail", "email"))
    if all(word in GRAMMAR for word in letters):
        return ""
    return " ".join(re.sub(r"(?<=\w{3})(?:ies|ied|ing|ed|es|s|e|y)$", "", word) for word in letters)


def _of_toml(table: dict[str, object], above: str) -> Iterator[tuple[str, list[str]]]:
    for key, value in table.items():
        name = f"{above}.{key}".strip(".")
        if isinstance(value, dict):
            yield from _of_toml(value, name)
        elif (
            key not in ("yes", "no", "reads", "asks", "says") and name != "irregular.forms"
        ):  # forms of words that stand elsewhere
            said = value.split() if isinstance(value, str) else [str(word) for word in value]  # type: ignore[attr-defined]
            yield name, [word.partition(":")[0] for word in said if not word.startswith("@")]


def _of_code(node: ast.AST) -> Iterator[tuple[int, list[str]]]:
    """The lists in code, docstrings and the names of types aside."""
    if isinstance(node, ast.Subscript) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return
    line, text = getattr(node, "lineno", 0), _text(node)
    if text is not None:
        if re.fullmatch(r"[\s\w'’-]+", text):
            yield line, text.split()
        for group in _alternatives(text) if "|" in text else ():
            yield line, [re.sub(r"\\[a-zA-Z][+*]?|[\0^$]|\w\?", " ", form) for form in group]
        return
    several = getattr(node, "elts", getattr(node, "args", None)) if isinstance(node, _SEVERAL) else None
    each = [text for part in several or () if (text := _text(part)) is not None and text[:1] not in (".", "*")]
    if len(each) >= FEWEST:
        yield line, each
        return
    for child in ast.iter_child_nodes(node):
        yield from _of_code(child)


_SEVERAL = (ast.Tuple, ast.List, ast.Set, ast.Call)


def _text(node: ast.AST) -> str | None:
    """A string with a mark for each hole of it; None for what is none."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "\0" for part in parts)
    return None


def _alternatives(pattern: str) -> list[list[str]]:
    """The alternatives of each group of a pattern, inner groups taken out of the outer ones."""
    open_groups: list[list[str]] = [[""]]
    closed: list[list[str]] = []
    for piece in re.findall(r"\\.|\[\^?.[^]]*\]|\((?:\?(?:P<\w+>|[a-zA-Z-]*:|<?[=!]))?|[)|]|.", pattern, re.DOTALL):
        if piece.startswith("("):
            open_groups.append([""])
        elif piece == ")" and len(open_groups) > 1:
            closed.append(open_groups.pop())
            open_groups[-1][-1] += "\0"
        elif piece == "|":
            open_groups[-1].append("")
        else:
            open_groups[-1][-1] += "\0" if piece.startswith("[") else piece
    return closed + open_groups


def twice(found: Sequence[Listed]) -> list[str]:
    """The pairs of lists that are one list written twice, with what they share."""
    return [
        f"{one.where} and {other.where}: {' '.join(sorted(shared))}"
        for one, other in combinations(found, 2)
        if len(shared := one.words & other.words) >= SHARED
        and len(shared) >= HALF * min(len(one.words), len(other.words))
    ]


def test_no_list_of_words_stands_twice() -> None:
    assert twice(list(lists_in(ROOT))) == []


@pytest.mark.parametrize(
    ("file", "text", "seen"),
    [
        ("a.py", 'ASK = "ask tell ring page warn nudge"', True),
        ("a.py", "ASK = frozenset({'ask', 'tell', 'ring', 'page', 'wave'})", True),
        ("a.py", "import re\nASK = re.compile(r'\\b(?:ask(?:ing)?|tells?|rings?|page|wave)\\b')", True),
        ("a.py", "ASK = rf'(?:{TELL}|asks|tell|ring|page|wave)'", True),
        ("a.toml", '[asked]\nverbs = "ask tell ring page wave"', True),
        ("a.py", "ASK = rf'(?:{TELL}|wave|hoist|moor|sail|row)'", False),
        ("a.py", "ASK = 'the of in on with from'", False),
        ("a.py", "ASK = 'ask tell ring moor sail row wave hoist'", False),
        ("a.toml", '[asked]\nverbs = "@other.list wave hoist moor sail row"', False),
    ],
)
def test_a_list_that_is_written_again_is_seen(tmp_path: Path, file: str, text: str, seen: bool) -> None:
    (tmp_path / "ingest").mkdir()
    (tmp_path / "ingest" / "b.py").write_text("TELL = 'ask tell ring page warn nudge poke'", "utf-8")
    (tmp_path / "ingest" / file).write_text(text, "utf-8")
    assert bool(twice(list(lists_in(tmp_path)))) is seen


def test_what_questions_are_read_by_is_no_list_of_its_own(tmp_path: Path) -> None:
    for room in ROOMS:
        (tmp_path / room).mkdir()
        (tmp_path / room / "a.py").write_text("TELL = 'ask tell ring page warn nudge poke'", "utf-8")
    assert len(twice(list(lists_in(tmp_path)))) == 1


def test_no_word_stands_twice_in_a_list() -> None:
    written = [(f"{section}.{name}", said.split()) for section, table in lexicon().items()
               for name, said in table.items() if isinstance(said, str)]  # fmt: skip
    assert [(name, word) for name, said in written for word in said if said.count(word) > 1] == []


def test_a_list_takes_in_another_with_its_marks_and_its_plurals() -> None:
    assert words("asked", "telling") < words("asked", "verbs")
    assert {"lead", "head"} <= words("people", "roles", "own") < words("people", "roles")
    assert "queries" in words("general", "words")
    assert ordered("things", "software", "keyed")[:2] == ("app", "application")
    assert {"deputy", "deputies"} <= nouns("people", "roles")


@pytest.mark.parametrize(("one", "more"), [("agency", "agencies"), ("branch", "branches"), ("key", "keys")])
def test_a_noun_has_its_plural(one: str, more: str) -> None:
    assert plural(one) == more


def test_words_are_alternatives_of_which_the_longest_is_tried_first() -> None:
    assert re.match(one_of(["e-mail", "app", "application"]), "application")[0] == "application"  # type: ignore[index]
    assert re.fullmatch(one_of(["e-mail", "app"]), "email")


READS = [example.split(" -> ") for table in lexicon().values() for example in table.get("reads", ())]


@pytest.mark.parametrize(("said", "names"), [(said.strip(), names.strip()) for said, names in READS])
def test_a_page_that_says_it_names_whom_or_what_stands_after_the_arrow(said: str, names: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(f"# Quay\n\n{said}\n", "utf-8")
    found = [contact for fact in facts_of(read_manual(tmp_path)) for contact in fact.contacts]
    assert ", ".join(dict.fromkeys(contact.address or contact.name for contact in found)) == names


ASKS = [example.split(" -> ") for table in lexicon().values() for example in table.get("asks", ())]


@pytest.mark.parametrize(("said", "asks"), ASKS)
def test_a_question_that_says_it_asks_what_stands_after_the_arrow(said: str, asks: str) -> None:
    assert flags_of({"says": said}) == set(filter(None, asks.split(", ")))
