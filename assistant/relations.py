"""What there is to know of each relation, for the rooms that may not reach past this one."""

from __future__ import annotations

from ingest.relations import KIND_OF, KINDS, RelationKind

__all__ = ["KINDS", "KIND_OF", "RelationKind"]
