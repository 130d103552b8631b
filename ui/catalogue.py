"""Entities as YAML documents, for a file that a Backstage catalogue reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from ui.plain import plain


def documents(entities: Iterable[Mapping[str, Any]]) -> str:
    """One document for each, without characters that command a terminal."""
    return plain("".join(_document(entity) for entity in entities)).rstrip("\n")


def _document(entity: Mapping[str, Any]) -> str:
    said: str = yaml.safe_dump(dict(entity), sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{said}"
