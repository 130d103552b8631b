"""Whether a page is in force: what its front matter, its title, its first words or its folder say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.values import Status

_FOLDERS: Mapping[str, Status] = {
    **dict.fromkeys(
        "archive archives archived old historical history legacy attic retired inactive".split(), "archived"
    ),
    **dict.fromkeys("minutes meeting-minutes meeting-notes meetings elections".split(), "archived"),
    **dict.fromkeys("deprecated obsolete superseded".split(), "deprecated"),
    **dict.fromkeys("draft drafts".split(), "draft"),
}
_WORDS: Mapping[str, Status] = {
    **dict.fromkeys("archived archive retired inactive historical closed".split(), "archived"),
    **dict.fromkeys("deprecated obsolete superseded outdated replaced".split(), "deprecated"),
    **dict.fromkeys(["draft", "wip"], "draft"),
}
_NOTICE = re.compile(
    r"^[\s>*_#!:\[\]({|~⚠️🚧-]*(?:(?:\[!)?(?:note|warning|caution|danger|important|notice|info|tip|attention)\]?[\s:*_!\"“-]*)?"
    r"(?:(?:this|the) (?:page|document|guide|article|section|content|information|policy|runbook|doc) "
    r"(?:is|has been|was|is now|is currently|is no longer) (?:now )?(?:an? |considered |kept as an? |marked as )?)?"
    r"(deprecated|obsolete|superseded|outdated|out of date|archived|an archive|retired|draft|work in progress|maintained)\b"
    r"[\s:.!*_)\]\"”-]*(.*)$",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"^\W*(deprecated|archived|obsolete|draft|superseded)\b\s*[\]):-]|[\[(](deprecated|archived|obsolete|draft)[\])]\s*$",
    re.I,
)
_LINES = 8
"""Lines with words at the top of a page in which a notice of its state stands."""


def status_of(path: str, title: str, meta: Mapping[str, Any], body: Sequence[str]) -> Status:
    """What a page is: "" for one that is in force."""
    return _of_meta(meta) or _of_title(title) or _of_notice(body) or _of_folders(path)


def _of_meta(meta: Mapping[str, Any]) -> Status:
    given = {str(key).lower(): value for key, value in meta.items()}
    for key, status in (
        ("archived", "archived"),
        ("deprecated", "deprecated"),
        ("obsolete", "deprecated"),
        ("draft", "draft"),
    ):
        if str(given.get(key, "")).lower() in ("true", "yes") or (key != "draft" and _is_date(given.get(key))):
            return _WORDS[key]
    if any(given.get(key) for key in ("superseded_by", "superseded-by", "replaced_by", "deprecated_by")):
        return "deprecated"
    return _WORDS.get(str(given.get("status") or "").strip().lower(), "")


def _is_date(value: object) -> bool:
    return re.match(r"\d{4}-\d\d", str(value or "")) is not None


def _of_title(title: str) -> Status:
    found = _TITLE.search(title)
    return _WORDS[next(filter(None, found.groups())).lower()] if found else ""


def _of_notice(body: Sequence[str]) -> Status:
    """A notice at the top that says so and little else: no sentence that goes on about something deprecated."""
    seen = 0
    for line in body:
        if not line.strip() or line.startswith(("# ", "---", "===", "import ")):
            continue
        seen += 1
        if seen > _LINES or re.match(r"#{2,}\s", line):
            return ""
        if (found := _NOTICE.match(line)) and _is_whole(line, found):
            word = found[1].lower()
            return (
                "archived"
                if "archive" in word or word == "maintained"
                else _WORDS.get(word.split()[0], "draft" if word[0] == "w" else "deprecated")
            )
    return ""


def _is_whole(line: str, found: re.Match[str]) -> bool:
    """The page itself is spoken of, or the word stands alone, as a label or in a box."""
    about_page = re.search(
        r"\b(?:page|document|guide|article|content|information|policy|runbook|doc)\b", line[: found.start(1)], re.I
    )
    if found[1].lower() == "maintained" and "no longer" not in line[: found.start(1)].lower():
        return False
    if about_page:
        return True
    word_end = found.end(1)
    after = line[word_end:].lstrip("*_ ")
    return found[1].lower() != "maintained" and (
        not after.strip(' .!*_)]"”') or (after[0] in ":.!" and bool(re.match(r"[\s>*_]*[A-Z\[:!]", line)))
    )


def _of_folders(path: str) -> Status:
    found = (
        _FOLDERS.get(re.sub(r"^[_.]|[_ ]", lambda m: "" if m.start() == 0 else "-", f.lower()))
        for f in path.split("/")[:-1]
    )
    return next((status for status in found if status), "")
