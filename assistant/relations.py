"""What there is to know of each relation, for rooms that may import `assistant` and not `ingest`."""

from __future__ import annotations

from ingest.relations import KIND_OF, KINDS, RelationKind

__all__ = ["KINDS", "KIND_OF", "RelationKind"]
