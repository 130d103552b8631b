"""The error that a person can mend, for the rooms that may not reach past this one."""

from __future__ import annotations

from ingest.errors import UserError

__all__ = ["UserError"]
