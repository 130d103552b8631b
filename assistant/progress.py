"""How progress is reported, for rooms that may import `assistant` and not `ingest`."""

from __future__ import annotations

from ingest.values import Progress

__all__ = ["Progress"]
