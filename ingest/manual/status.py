"""Whether a page is in force: what its front matter, its title, its first words or its folder say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.facts.lexicon import PAGES, nouns, one_of
from ingest.manual.callouts import TOLD
from ingest.values import Status

_OVER = ("archived", "retired", "inactive", "historical")
_REPLACED = ("deprecated", "obsolete", "superseded")
_FOLDERS: Mapping[str, Status] = {
    **dict.fromkeys([*_OVER, "archive", "archives", "old", "history", "legacy", "attic"], "archived"),
    **dict.fromkeys("minutes meeting-minutes meeting-notes meetings elections".split(), "archived"),
    **dict.fromkeys(_REPLACED, "deprecated"),
    **dict.fromkeys("draft drafts".split(), "draft"),
}
_WORDS: Mapping[str, Status] = {
    **dict.fromkeys([*_OVER, "archive", "maintained"], "archived"),
    **dict.fromkeys([*_REPLACED, "outdated", "out of date"], "deprecated"),
    **dict.fromkeys(["draft", "wip", "work in progress"], "draft"),
}
_SAYS = "|".join(sorted(_WORDS.keys() - {"maintained", "archive", "inactive", "historical"}))
_PAGE = rf"\b(?:this|the) (?:{PAGES}|content|information|policy)\b"
_OF_ITSELF = re.compile(
    rf"{_PAGE} (?:is|was|has been)(?: (?:now|currently|considered|marked as|kept as|an?))* ({_SAYS}|archive)\b"
    rf"|{_PAGE} is no longer (maintained)\b",
    re.IGNORECASE,
)
"""A sentence in which a page speaks of itself."""
_LABEL = re.compile(
    rf"^\s*(?:(?:{'|'.join(sorted(TOLD))}|notice)\b[\s:.!-]*)?({_SAYS})\s*(?:[:.!-]|$)",
    re.IGNORECASE,
)
"""The word by itself at the beginning of a line, as a label or all of a notice."""
_TITLE = re.compile(rf"^\W*({_SAYS})\b\s*[\]):-]|[\[(]({_SAYS})[\])]\s*$", re.IGNORECASE)
_LINES = 8
"""Lines with words at the top of a page in which a notice of its state stands."""


def status_of(path: str, title: str, meta: Mapping[str, Any], body: Sequence[str]) -> Status:
    """What a page is: "" for one that is in force. Its own word comes before its folder's name."""
    return _of_meta(meta) or _found(_TITLE.search(title)) or _of_notice(body) or _of_folders(path)


_TEAMS = one_of(nouns("people", "teams"))
_PART = re.compile(
    rf"^\W*(?:({'|'.join((*_OVER, *_REPLACED))})|(?:former|past|previous|disbanded|old) "
    rf"(?:\w+ ){{0,2}}(?:{_TEAMS}|groups?|committees?|members|maintainers|channels?|contacts|leads))\b"
    r"|\b(?:no longer|not) active\b|\bfor historical (?:record|reference|purposes|reasons|interest)\b"
    r"|\b(?:has|have) been (?:disbanded|archived|retired|wound up)\b",
    re.IGNORECASE,
)


def status_of_part(said: Sequence[str]) -> Status:
    """What the headings over a statement and the lines that introduce it say of what stands there."""
    found = next(filter(None, map(_PART.search, said)), None)
    return (_WORDS.get((found[1] or "").lower()) or "archived") if found else ""


def _of_meta(meta: Mapping[str, Any]) -> Status:
    given = {str(key).lower().replace("-", "_"): str(value or "").strip().lower() for key, value in meta.items()}
    for key in ("archived", "deprecated", "obsolete", "draft"):
        if given.get(key) in ("true", "yes") or re.match(r"\d{4}-\d\d", given.get(key, "")):
            return _WORDS[key]
    if said := _WORDS.get(given.get("status", "")):
        return said
    return "deprecated" if any(given.get(key) for key in ("superseded_by", "replaced_by", "deprecated_by")) else ""


def _of_notice(body: Sequence[str]) -> Status:
    """What the first lines say, down to the first heading below the title."""
    seen = 0
    for line in body:
        if not line.strip() or line.startswith("# "):
            continue
        seen += 1
        if seen > _LINES or line.startswith("##"):
            return ""
        words = " ".join(re.sub(r"[^\w\s:.!-]+", " ", line).split()).lstrip(": !")
        label = _LABEL.match(words)
        label = label if label and words[label.start(1)].isupper() else None  # else the line goes on from the one above
        if found := _found(_OF_ITSELF.search(words) or label):
            return found
    return ""


def _of_folders(path: str) -> Status:
    folders = [re.sub(r"[_ ]", "-", folder.lower().lstrip("_.")) for folder in path.split("/")[:-1]]
    return next((_FOLDERS[folder] for folder in folders if folder in _FOLDERS), "")


def _found(match: re.Match[str] | None) -> Status:
    return _WORDS[next(filter(None, match.groups())).lower()] if match else ""
