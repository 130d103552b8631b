"""How values from outside are read, for rooms that may import `assistant` and not `ingest`."""

from __future__ import annotations

from ingest.outside import Filled, Whole, json_of, read_as

__all__ = ["Filled", "Whole", "json_of", "read_as"]
