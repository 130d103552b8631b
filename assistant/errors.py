"""The error that a person can mend, for rooms that may import `assistant` and not `ingest`."""

from __future__ import annotations

from ingest.errors import UserError

__all__ = ["UserError"]
