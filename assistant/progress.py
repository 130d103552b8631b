"""How rooms are told how far something is, for those that may not reach past this one."""

from __future__ import annotations

from ingest.values import Progress

__all__ = ["Progress"]
