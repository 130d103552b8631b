"""YAML with the lines it stands on: front matter and data files. The one door to PyYAML."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import yaml

_REPEATED = 100_000
"""Values that the aliases of one text may stand for: each is written once, and whoever reads the text goes through."""


class YamlError(ValueError):
    """The text is no readable YAML; `line` is where reading stopped, from 1."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.line = line


@dataclass(frozen=True, slots=True)
class Entry:
    """One mapping of a YAML text: its plain values, the lines of each key, its own first and last line."""

    values: Mapping[str, Any]
    key_lines: Mapping[str, int]
    first: int
    last: int
    key: str = ""
    """The key under which the mapping stands, or the list that it is an item of; empty at the top."""

    def lines_of(self, end: int) -> dict[str, tuple[int, int]]:
        """The lines of each key and its value: up to the next key's, or to line `end`."""
        firsts = sorted({*self.key_lines.values(), end + 1})
        lasts = {first: following - 1 for first, following in pairwise(firsts)}
        return {key: (first, max(first, lasts.get(first, end))) for key, first in self.key_lines.items()}


def mapping_of(text: str, offset: int = 0) -> Entry:
    """The top mapping of `text`, lines counted from `offset` + 1; empty when the text holds none.

    Raises YamlError when it cannot be read.
    """
    node = _compose(text, offset)
    if not isinstance(node, yaml.MappingNode):
        return Entry({}, {}, offset + 1, offset + 1)
    return _entry(node, offset)


def mapping_by_line(lines: Sequence[str], offset: int = 0) -> Entry:
    """The plain `key: value` lines of a text that YAML refuses: a value is all that stands after the first colon."""
    values: dict[str, Any] = {}
    key_lines: dict[str, int] = {}
    for number, line in enumerate(lines, offset + 1):
        key, colon, value = line.partition(":")
        if colon and key and key == key.strip() and not key.startswith(("#", "-")) and key not in values:
            said = value.strip()
            quoted = len(said) > 1 and said[0] == said[-1] and said[0] in "\"'"
            values[key] = said[1:-1] if quoted else {"true": True, "false": False}.get(said.lower(), said or None)
            key_lines[key] = number
    return Entry(values, key_lines, offset + 1, offset + max(1, len(lines)))


def entries_of(text: str) -> tuple[Entry, ...]:
    """Every mapping in `text`, at any depth, in the order in which they begin. Raises YamlError."""
    found: list[Entry] = []
    seen: set[int] = set()
    waiting: deque[tuple[str, yaml.Node | None]] = deque(("", node) for node in _compose_all(text))
    while waiting:
        key, node = waiting.popleft()
        if node is None or id(node) in seen:  # what is referred to often is one entry
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            found.append(replace(_entry(node, 0), key=key))
            waiting += _pairs(node)
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(key, item) for item in node.value]
    return tuple(sorted(found, key=lambda e: (e.first, -e.last)))


def _compose_all(text: str) -> list[yaml.Node]:
    """The root of each document of the text."""
    try:
        roots = list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):
        root = _compose(text, 0)  # which says what is wrong, and where
        return [root] if root is not None else []
    _check_aliases(roots)
    return roots


def _compose(text: str, offset: int) -> yaml.Node | None:
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + offset + 1
        raise YamlError(str(getattr(error, "problem", None) or error).splitlines()[0], line) from error
    except (ValueError, RecursionError) as error:
        raise YamlError(str(error).splitlines()[0] if str(error) else "nested too deep", offset + 1) from error
    _check_aliases([root], offset)
    return root


def _check_aliases(roots: Sequence[yaml.Node | None], offset: int = 0) -> None:
    """Raises YamlError where lists that are named once and used often would be read more often than anybody writes."""
    waiting, seen, repeated = [root for root in roots if root is not None], set[int](), 0
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.ScalarNode):
            continue
        if id(node) not in seen:
            seen.add(id(node))
            waiting += [v for _, v in node.value] if isinstance(node, yaml.MappingNode) else node.value
        elif (repeated := repeated + len(node.value)) > _REPEATED:
            said = f"its aliases stand for more than {_REPEATED:,} values"
            raise YamlError(said, node.start_mark.line + offset + 1)


def _pairs(node: yaml.MappingNode) -> list[tuple[str, yaml.Node]]:
    """The keys and values of a mapping. A key that is a list or a mapping names nothing: written out it may be endless,
    for its aliases are."""
    return [(str(key.value), value) for key, value in node.value if isinstance(key, yaml.ScalarNode)]


def _entry(node: yaml.MappingNode, offset: int) -> Entry:
    lines = (key.start_mark.line + offset + 1 for key, _ in node.value if isinstance(key, yaml.ScalarNode))
    pairs = _pairs(node)
    keys = dict(zip((key for key, _ in pairs), lines, strict=True))
    values = {key: _plain(value) for key, value in pairs}
    end = node.end_mark
    last = end.line + offset + (1 if end.column else 0)
    return Entry(values, keys, node.start_mark.line + offset + 1, max(last, node.start_mark.line + offset + 1))


def _plain(node: yaml.Node) -> Any:
    """Strings, booleans and lists of them as Python values; None for anything deeper, which has its own entry."""
    if isinstance(node, yaml.SequenceNode):
        return [_scalar(item) for item in node.value if isinstance(item, yaml.ScalarNode)]
    return _scalar(node) if isinstance(node, yaml.ScalarNode) else None


def _scalar(node: yaml.ScalarNode) -> Any:
    if node.tag == "tag:yaml.org,2002:bool":
        return str(node.value).lower() in ("true", "yes", "on")
    if node.tag == "tag:yaml.org,2002:null":
        return None
    return str(node.value)


def leaves_of(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Every scalar of a YAML (or JSON) text: its dotted key (places in lists from 0), its text, its first and last
    line. Raises YamlError when the text cannot be read."""
    stack: list[tuple[str, yaml.Node | None]] = [("", _compose(text, 0))]
    seen: set[int] = set()
    while stack:
        key, node = stack.pop()
        if isinstance(node, yaml.ScalarNode):
            last = node.end_mark.line + (1 if node.end_mark.column else 0)
            yield key, str(node.value), node.start_mark.line + 1, max(last, node.start_mark.line + 1)
        elif node is not None and id(node) not in seen:
            seen.add(id(node))
            stack += [(f"{key}.{name}" if key else name, value) for name, value in reversed(_members(node))]


def _members(node: yaml.Node) -> list[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        return _pairs(node)
    return [(str(number), value) for number, value in enumerate(node.value)]
