"""The JSON schemas of what leaves by a door for programs: the answer, the directory, facts, what retrieval saw."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
EXAMPLES = Path(__file__).with_name("examples.json")
"""Of each shape one object, as the server gave it for a manual of three pages."""

_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_NUMBER: Schema = {"type": "number"}


def _texts(*names: str) -> Schema:
    return dict.fromkeys(names, _TEXT)


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(properties: Schema) -> Schema:
    return {"type": "array", "items": _object(properties)}


_NUMBERS = {"sources": {"type": "array", "items": {"type": "integer"}}}
_LINES = {"lines": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}}
_SOURCE = {
    "number": {"type": "integer"},
    **_texts("path", "title", "heading", "anchor"),
    **_LINES,
    **_texts("quote", "url", "owner", "updated", "commit"),
}
_PAGE = {**_texts("path", "title", "heading", "anchor"), **_LINES, **_texts("url", "owner")}
ANSWER: Schema = _object(
    {
        **_texts("id", "question"),
        "outcome": {"enum": ["answer", "escalate", "decline"]},
        "contacts": _list({**_texts("kind", "name", "address", "why"), **_NUMBERS}),
        "steps": _list({**_texts("text"), **_NUMBERS}),
        "ladder": _list({"rung": {"type": "integer"}, **_texts("who"), **_NUMBERS}),
        "sources": _list(_SOURCE),
        "pages": _list(_PAGE),
        "items": _list({**_texts("text"), **_NUMBERS}),
        "notes": {"type": "array", "items": _TEXT},
        **_texts("rule"),
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        **_texts("markdown", "index"),
    }
)
"""The answer, as `ask --json` prints it."""

_CITED = {"source": _object({**_texts("path"), **_LINES, **_texts("quote", "url")})}
_SAID = _list({**_texts("text"), **_CITED})
_RUNGS = _list({"rung": {"type": "integer"}, **_texts("who"), **_CITED})
DIRECTORY: Schema = {
    **_object(
        {
            "teams": _list(
                {
                    **_texts("name"),
                    "aliases": {"type": "array", "items": _TEXT},
                    "contacts": {"type": "array", "items": _TEXT},
                    "responsibilities": _SAID,
                    "asked": _SAID,
                }
            ),
            "ladder": _RUNGS,
            "repos": _list({**_texts("name", "team", "alerts"), **_CITED}),
            "pages": _list(_texts("path", "owner")),
            "queues": _list({**_texts("queue", "for"), **_CITED}),
            "orders": _list({**_texts("for"), "rungs": _RUNGS}),
        }
    ),
    "additionalProperties": {"type": "array"},
}
"""Who is who, as `directory --json` prints it."""

_FACT = {
    **_texts("relation"),
    "contacts": _list(_texts("kind", "name", "address")),
    **_texts("text", "path"),
    **_LINES,
    **_texts("scope"),
}
FACTS: Schema = _object({**_texts("index"), "total": _WHOLE, "facts": _list(_FACT)})
"""Some of the facts, each as a line of `facts --jsonl`; `total` is how many there are of what was asked for."""

_EVIDENCE = _object({"cosine": _NUMBER, "words": _NUMBER})
SEARCH: Schema = _object(
    {
        **_texts("index", "searched"),
        "nearest": _NUMBER,
        "facts": _list(
            {
                "score": _NUMBER,
                "evidence": _object(dict.fromkeys(("text", "topic", "section", "page"), _EVIDENCE)),
                **_FACT,
            }
        ),
        "passages": _list({"score": _NUMBER, "evidence": _EVIDENCE, **_PAGE, **_texts("quote")}),
    }
)
"""What retrieval saw for a question, best first."""


SOURCE: Schema = _object(
    {
        **_texts("index", "path", "title", "url", "owner", "updated", "commit"),
        "parts": _list({**_LINES, **_texts("heading", "anchor", "text")}),
        "left_out": _WHOLE,
    }
)
"""What the index holds of a page's text."""


@cache
def examples() -> dict[str, Any]:
    """One object of each shape, by its name."""
    found: dict[str, Any] = json.loads(EXAMPLES.read_text("utf-8"))
    return found
