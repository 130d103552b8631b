"""Answers and the directory: drawn on a terminal, as plain lines in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from ui.plain import one_line, plain


def draw_markdown(text: str) -> None:
    """Markdown as a person reads it. Links show their address: one should see where a click leads."""
    Console().print(Markdown(plain(text), hyperlinks=False))


def draw_directory(directory: dict[str, Any]) -> None:
    """The facts as tables; an empty one is left out."""
    console = Console()
    for title, columns, rows in _tables(directory):
        if rows:
            console.print(_table(title, columns, rows))
    if not any(rows for _, _, rows in _tables(directory)):
        console.print(EMPTY)


def directory_lines(directory: dict[str, Any]) -> Iterator[str]:
    """The facts as lines for other programs: the list's name and the cells, with a tab between them."""
    tables = _tables(directory)
    for title, _, rows in tables:
        for row in rows:
            yield "\t".join([title.lower(), *("; ".join(map(_without_bullet, cell.splitlines())) for cell in row)])
    if not any(rows for _, _, rows in tables):
        yield EMPTY


EMPTY = "The index holds no facts."
Rows = list[tuple[str, ...]]
_SHAPED = frozenset({"teams", "ladder", "repos", "queues", "pages"})
_BULLET = "- "


def _tables(directory: dict[str, Any]) -> list[tuple[str, tuple[str, ...], Rows]]:
    return [
        ("Teams", ("Team", "Also", "Reached at", "Does"), [_team(team) for team in directory["teams"]]),
        (
            "Whom to try, in order",
            ("", "Who", "Stated in"),
            [(str(rung["rung"]), rung["who"], _stated(rung["source"])) for rung in directory["ladder"]],
        ),
        (
            "Repositories",
            ("Repository", "Team", "Alerts"),
            [(repo["name"], repo["team"], repo["alerts"]) for repo in directory["repos"]],
        ),
        (
            "Queues",
            ("Queue", "For", "Stated in"),
            [(queue["queue"], queue["for"], _stated(queue["source"])) for queue in directory["queues"]],
        ),
        ("Pages", ("Page", "Owner"), [(page["path"], page["owner"]) for page in directory["pages"]]),
        *(_plain_table(key, entries) for key, entries in directory.items() if key not in _SHAPED),
    ]


def _plain_table(key: str, entries: Sequence[dict[str, Any]]) -> tuple[str, tuple[str, ...], Rows]:
    """A list without a shape of its own (`plainly` in assistant/directory.py)."""
    rows: Rows = [(entry["for"], _listed(entry["who"]), _stated(entry["source"])) for entry in entries]
    return (key.capitalize(), ("For", "Who", "Stated in"), rows)


def _team(team: dict[str, Any]) -> tuple[str, ...]:
    does = [duty["text"] for duty in team["responsibilities"] or team["asked"]]
    return (team["name"], _listed(team["aliases"]), _listed(team["contacts"]), _listed(does))


def _listed(texts: Iterable[str]) -> str:
    lines = [one_line(text) for text in texts]
    return lines[0] if len(lines) == 1 else "\n".join(f"{_BULLET}{line}" for line in lines)


def _without_bullet(line: str) -> str:
    return one_line(line.removeprefix(_BULLET))


def _stated(source: dict[str, Any]) -> str:
    return f"{source['path']}:{source['lines'][0]}"


def _table(title: str, columns: Sequence[str], rows: Rows) -> Table:
    table = Table(title=title, title_justify="left", show_lines=any("\n" in cell for row in rows for cell in row))
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    return table
