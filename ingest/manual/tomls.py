"""TOML with the lines it stands on, as `yamls` has them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from ingest.manual.yamls import Entry, YamlError

_TABLE = re.compile(r"^\s*(?P<open>\[\[?)\s*(?P<path>[^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*(?P<key>\"[^\"]*\"|'[^']*'|[\w-]+)\s*=")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")


def toml_entries(text: str) -> tuple[Entry, ...]:
    """Every table of `text` with its plain values and lines, in their order. Raises YamlError."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise YamlError(str(error).splitlines()[0], 1) from error
    lines = text.split("\n")
    heads = [(0, (), False), *_heads(lines)]
    counted: dict[tuple[str, ...], int] = {}
    found: list[Entry] = []
    for (first, path, repeated), (after, _, _) in zip(heads, [*heads[1:], (len(lines) + 1, (), False)], strict=True):
        number = counted.get(path, 0)
        counted[path] = number + 1
        table = _table(data, path, number if repeated else -1)
        if table is not None:
            found.append(_entry(table, lines, path, max(first, 1), after - 1))
    return tuple(entry for entry in found if entry.values)


def _heads(lines: list[str]) -> list[tuple[int, tuple[str, ...], bool]]:
    """The line, path and kind of each table's header."""
    matches = ((number, _TABLE.match(line)) for number, line in enumerate(lines, 1))
    return [(n, tuple(a or b or c for a, b, c in _PART.findall(m["path"])), m["open"] == "[[") for n, m in matches if m]


def _table(data: Any, path: tuple[str, ...], number: int) -> Mapping[str, Any] | None:
    """The table under a path; of an array of tables the one with that number, of others the last."""
    for depth, part in enumerate(path, 1):
        data = data.get(part) if isinstance(data, dict) else None
        if isinstance(data, list):
            at = number if depth == len(path) and number >= 0 else -1
            data = data[at] if data and at < len(data) else None
    return data if isinstance(data, dict) else None


def _entry(table: Mapping[str, Any], lines: list[str], path: tuple[str, ...], first: int, last: int) -> Entry:
    keys: dict[str, int] = {}
    for number in range(first, last + 1):
        match = _KEY.match(lines[number - 1])
        if match:
            keys.setdefault(match["key"].strip("\"'"), number)
    values = {key: _plain(table[key]) for key in keys if key in table}
    return Entry(values, keys, first, last, key=path[-1] if path else "")


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str)]
    return value if isinstance(value, str | bool) else None
