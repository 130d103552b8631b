"""What cannot be derived from a manual: its `whodoiask.toml`, and the layout it is written in."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.errors import UserError
from ingest.manual.yamls import YamlError, mapping_of

FILE = "whodoiask.toml"
SITE_FILE = "config/tech-docs.yml"
_KEYS = {"base_url", "ladder", "generic", "aliases", "organisation", "slack_url", "feedback", "exclude"}


@dataclass(frozen=True, slots=True)
class Settings:
    """An organisation's particulars.

    base_url: what page links start with; site: whether pages are published by the Tech Docs rule.
    ladder: rungs for a manual that has none of its own. generic: channels that own too much to mean much.
    aliases: other spellings of a team, repo or product. organisation: its names, as prefixes of team names.
    feedback: whether the chat page may ask if an answer helped, and keep unanswered questions.
    """

    base_url: str = ""
    site: bool = False
    repository: str = ""
    """Where the manual's files can be read on the web, up to and including the branch."""
    organisation: tuple[str, ...] = ()
    ladder: tuple[str, ...] = ()
    generic: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    slack_url: str = ""
    feedback: bool = True
    exclude: tuple[str, ...] = ()
    """Globs of pages that are not read, as `archive/**`."""
    lines: tuple[str, ...] = ()
    """The lines of `whodoiask.toml`, for quoting the fallback ladder."""

    @property
    def digest(self) -> str:
        """Hex sha256 of everything here that can change an answer, or what the page does with one."""
        parts = [
            self.base_url,
            self.site,
            self.repository,
            self.organisation,
            self.ladder,
            self.generic,
            self.slack_url,
            # Only where it is off: else every index made before there was this setting would be made anew.
            *([] if self.feedback else ["feedback off"]),
        ]
        text = json.dumps([*parts, {k: list(v) for k, v in sorted(self.aliases.items())}])
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        return {
            "organisation": list(self.organisation),
            "generic": list(self.generic),
            "aliases": {k: list(v) for k, v in self.aliases.items()},
            "slack_url": self.slack_url,
            "feedback": self.feedback,
        }


def read_settings(root: Path) -> Settings:
    """Settings of the manual at `root`. Raises UserError when `whodoiask.toml` cannot be used as it is."""
    toml, lines = _read_toml(root / FILE)
    site, base, organisation, repository = _read_site(root / SITE_FILE)
    return Settings(
        base_url=_string(toml, "base_url") or base,
        site=site,
        repository=repository,
        organisation=tuple(_strings(toml, "organisation")) or organisation,
        ladder=tuple(_strings(toml, "ladder")),
        generic=tuple(_strings(toml, "generic")),
        aliases={k: tuple(v) for k, v in _aliases(toml).items()},
        slack_url=_string(toml, "slack_url"),
        feedback=_switch(toml, "feedback"),
        exclude=tuple(_strings(toml, "exclude")),
        lines=lines,
    )


def _read_toml(file: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    if not file.is_file():
        return {}, ()
    try:
        text = file.read_text(encoding="utf-8")
        toml = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UserError(f"{FILE} cannot be read ({error}); mend it or remove it.") from error
    unknown = sorted(set(toml) - _KEYS)
    if unknown:
        raise UserError(f"{FILE} has an unknown key {unknown[0]!r}; use one of {', '.join(sorted(_KEYS))}.")
    return toml, tuple(text.split("\n"))


def _string(toml: Mapping[str, Any], key: str) -> str:
    value = toml.get(key, "")
    if not isinstance(value, str):
        raise UserError(f"{FILE}: {key} must be a string, not {value!r}.")
    return value


def _switch(toml: Mapping[str, Any], key: str) -> bool:
    value = toml.get(key, True)
    if not isinstance(value, bool):
        raise UserError(f"{FILE}: {key} must be true or false, not {value!r}.")
    return value


def _strings(toml: Mapping[str, Any], key: str) -> list[str]:
    value = toml.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise UserError(f"{FILE}: {key} must be a list of non-empty strings.")
    return value


def _aliases(toml: Mapping[str, Any]) -> dict[str, list[str]]:
    table = toml.get("aliases", {})
    if not isinstance(table, dict):
        raise UserError(f"{FILE}: aliases must be a table of names, each with a list of spellings.")
    return {name: _strings(table, name) for name in table}


def _read_site(file: Path) -> tuple[bool, str, tuple[str, ...], str]:
    """Whether the manual is a Tech Docs site, its host, the organisation's names in its title, its repository."""
    try:
        values = mapping_of(file.read_text(encoding="utf-8")).values
    except (OSError, UnicodeDecodeError, YamlError):
        return False, "", (), ""
    names = re.findall(
        r"\b[A-Z][A-Z.&]+[A-Z]\b", f"{values.get('full_service_name', '')} {values.get('description', '')}"
    )
    repository = str(values.get("github_repo") or "")
    branch = str(values.get("github_branch") or "main")
    web = f"https://github.com/{repository}/blob/{branch}" if re.fullmatch(r"[\w.-]+/[\w.-]+", repository) else ""
    return True, str(values.get("host") or ""), tuple(dict.fromkeys(names)), web
