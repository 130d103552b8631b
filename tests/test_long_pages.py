"""Pages of 5 MB on one line are read in seconds and in little memory, whatever stands in them; so are long lists."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SIZE = 5_000_000
SECONDS, MEGABYTES = 10, 1000
MANY = {"items": 40, "headings": 40, "the same heading": 40}
"""Seconds for what is 100,000 short lines, each of which is an item with a fact, or a section: no more than for as many
lines of many pages."""
_WORDS = [f"{a}{b}{c}" for a in "bdfglmnprst" for b in ("a", "e", "io", "ou") for c in ("", "ck", "ll", "nder")]
_CHOSEN = random.Random(5)  # noqa: S311  # words, and no secret


def _word() -> str:
    return _CHOSEN.choice(_WORDS) + _CHOSEN.choice(_WORDS)


def _to(size: int, piece: Callable[[int], str]) -> str:
    """Ever new pieces, one after the other, up to a size."""
    pieces, length = [], 0
    while length < size:
        pieces.append(piece(len(pieces)))
        length += len(pieces[-1])
    return "".join(pieces)[:size]


PAGES: dict[str, Callable[[int], str]] = {
    "prose": lambda size: _to(size, lambda _: f"{_word()} "),
    "contacts": lambda size: _to(size, lambda n: f"#chan-{n}, @handle{n}, a{n}@b.example "),
    "asking": lambda size: _to(size, lambda n: f"ask the {_word().title()} team in #pay{n} or a{n}@b.example, then "),
    "sentences": lambda size: _to(size, lambda n: f"{_word().title()} {_word()} {_word()} {n}. "),
    "capitals": lambda size: _to(size, lambda _: f"{_word().title()} "),
    "links": lambda size: _to(size, lambda n: f"[{_word()}](https://x.slack.com/archives/C{n}) "),
    "no space": lambda size: "x" * size,
    "spaces": lambda size: f"a{' ' * size}b",
    "brackets": lambda size: "[" * size,
    "parentheses": lambda size: "(" * size,
    "emphasis": lambda size: "*_" * (size // 2),
    "backticks": lambda size: "`" * size,
    "code spans": lambda size: _to(size, lambda n: "`" * (n % 200 + 1) + " "),
    "angles": lambda size: "<" * size,
    "anchors": lambda size: "<a " * (size // 3),
    "quotes in quotes": lambda size: "> " * (size // 2) + "x",
    "lists in lists": lambda size: "- " * (size // 2) + "x",
    "heading": lambda size: "# " + "team " * (size // 5),
    "table of one row": lambda size: "|a|b|\n|-|-|\n|" + _to(size, lambda n: f"#chan-{n} {_word()} ") + "|b|\n",
    "items": lambda size: "Ask:\n\n" + "".join(f"- {_word()} in #chan-{n}\n" for n in range(size // 50)),
    "headings": lambda size: "".join(f"# Heading {n}\n" for n in range(size // 50)),
    "the same heading": lambda size: "# Heading\n" * (size // 50),
}
"""What a page holds of about so many characters; the lists and headings are 100,000 in 5 MB."""
ENTRIES = 10_000
DATA: dict[str, Callable[[int], str]] = {
    "data/list.yml": lambda n: "".join(f"- name: thing-{k}\n  team: {_word()}\n" for k in range(n)),
    "data/keys.yml": lambda n: "name: things\n" + "".join(f"owner_{k}: {_word()}\n" for k in range(n)),
    "data/tables.toml": lambda n: "".join(f"[[thing]]\nname = 'a{k}'\nteam = '{_word()}'\n" for k in range(n)),
    "front-matter.md": lambda n: "---\n" + "".join(f"owner_{k}:\n  name: {_word()}\n" for k in range(n)) + "---\n",
}
"""Data of so many entries, or of one entry with so many keys."""

_READ = """
import json, resource, sys, time
from pathlib import Path
from ingest.encoder.onnx import Encoder
from ingest.facts.compiling import facts_of
from ingest.manual.passages import passages_of
from ingest.manual.reading import read_manual

encoder = Encoder.open(Path(sys.argv[2]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.process_time()
manual = read_manual(Path(sys.argv[1]))
passages_of(manual, encoder.count_tokens)
facts_of(manual)
seconds = time.process_time() - started
print(json.dumps([seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024]))
"""


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_of_5_mb_is_read_in_seconds(kind: str, tmp_path: Path, encoder_home: Path) -> None:
    (tmp_path / "page.md").write_text(PAGES[kind](SIZE), encoding="utf-8")
    seconds, megabytes = _reading(tmp_path, encoder_home)
    assert seconds < MANY.get(kind, SECONDS)
    assert megabytes < MEGABYTES


def test_data_of_many_entries_is_read_in_seconds(tmp_path: Path, encoder_home: Path) -> None:
    (tmp_path / "data").mkdir()
    for file, text in DATA.items():
        (tmp_path / file).write_text(text(ENTRIES), encoding="utf-8")
    seconds, megabytes = _reading(tmp_path, encoder_home)
    assert seconds < MANY["items"]
    assert megabytes < MEGABYTES


def _reading(manual: Path, encoder_home: Path) -> tuple[float, float]:
    """Processor seconds and megabytes of reading a manual, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(manual), str(encoder_home)], check=True, capture_output=True, text=True
    )
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes
