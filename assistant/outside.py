"""How values from outside are read, for the rooms that may not reach past this one."""

from __future__ import annotations

from ingest.outside import Filled, Whole, json_of, read_as

__all__ = ["Filled", "Whole", "json_of", "read_as"]
