"""YAML with the lines it stands on: front matter and data files. The one door to PyYAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml


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
    stack: list[tuple[str, yaml.Node | None]] = [("", node) for node in _compose_all(text)]
    while stack:
        key, node = stack.pop(0)
        if node is None or id(node) in seen:  # what is referred to often is one entry
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            found.append(replace(_entry(node, 0), key=key))
            stack += [(str(under.value), value) for under, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            stack += [(key, item) for item in node.value]
    return tuple(sorted(found, key=lambda e: (e.first, -e.last)))


def _compose_all(text: str) -> list[yaml.Node]:
    """The root of each document of the text."""
    try:
        return list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):
        root = _compose(text, 0)  # which says what is wrong, and where
        return [root] if root is not None else []


def _compose(text: str, offset: int) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + offset + 1
        raise YamlError(str(getattr(error, "problem", None) or error).splitlines()[0], line) from error
    except (ValueError, RecursionError) as error:
        raise YamlError(str(error).splitlines()[0] if str(error) else "nested too deep", offset + 1) from error


def _entry(node: yaml.MappingNode, offset: int) -> Entry:
    keys = {str(key.value): key.start_mark.line + offset + 1 for key, _ in node.value}
    values = {str(key.value): _plain(value) for key, value in node.value}
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
        return [(str(key.value), value) for key, value in node.value]
    return [(str(number), value) for number, value in enumerate(node.value)]
