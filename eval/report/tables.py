"""Tables of text: in columns for a terminal, and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE = 10_000
"""Columns: more than any line has, so that none is broken. A terminal does that itself."""
_BAR = r"\|"


def text_table(head: Sequence[str], rows: Iterable[Sequence[str]], *, figures: bool = True) -> str:
    """Columns as wide as they need; with `figures` all but the first are set to the right.

    >>> print(text_table(["kind", "n"], [["a", "10"]]))
    kind   n
    a     10
    """
    table = Table(box=None, pad_edge=False)
    for place, name in enumerate(head):
        table.add_column(Text(name), justify="right" if figures and place else "left", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))
    drawn = StringIO()
    Console(file=drawn, width=_WIDE, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in drawn.getvalue().splitlines())


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]], *, figures: bool = True) -> Iterator[str]:
    """The lines of a table whose cells are Markdown, each as soon as its row is there; `figures` as in `text_table`.

    By hand, because rich's `box.MARKDOWN` neither escapes a bar nor says on which side a column is set.

    >>> list(markdown_table(["kind", "n"], [["a|b", "10"]]))
    ['| kind | n |', '| :-- | --: |', '| a\\\\|b | 10 |']
    """
    yield _line(head)
    yield _line([":--", *("--:" if figures else ":--" for _ in head[1:])])
    yield from map(_line, rows)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"
