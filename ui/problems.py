"""Refusals as problem details (RFC 9457): what went wrong as one JSON object, the same at every door to the server."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

UNUSABLE = "The index is missing or damaged: run `whodoiask ingest` to build it again."
"""Without the folder's name: anybody may read it."""
BUSY = "Too many questions are waiting: ask again in a moment."
MEDIA = "application/problem+json"
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence: what is wrong, and what to do."},
    },
}
"""The JSON schema of a refusal."""


def problem(status: int, detail: str) -> dict[str, Any]:
    """The body of a reply that refuses: `detail` is one sentence. The type says no more than the status does."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
