"""What cannot be derived from a manual: its `whodoiask.toml`, and the layout it is written in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from ingest.errors import UserError
from ingest.manual.files import why_unread
from ingest.manual.sites import Site, site_of
from ingest.manual.yamls import YamlError, mapping_of
from ingest.outside import Filled, read_as
from ingest.values import Ability, ModelSettings, Settings

FILE = "whodoiask.toml"
_UNLESS_SAID = ModelSettings()
SITE_FILE = "config/tech-docs.yml"
_NAMED = (
    (SITE_FILE, ("full_service_name", "service_name")),
    ("mkdocs.yml", ("site_name",)),
    ("mkdocs.yaml", ("site_name",)),
    ("_config.yml", ("title",)),
    ("hugo.yaml", ("title",)),
    ("antora.yml", ("title",)),
)
"""Where a site's configuration says what it is called."""


class _Model(BaseModel):
    """`[model]` of `whodoiask.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    may: tuple[Ability, ...] = ()
    below: Annotated[float, Field(ge=0, le=1)] = _UNLESS_SAID.below
    seconds: Annotated[float, Field(gt=0, le=120)] = _UNLESS_SAID.seconds
    tokens: Annotated[int, Field(ge=1000, le=200_000)] = _UNLESS_SAID.tokens
    ingest_seconds: Annotated[float, Field(ge=0, le=86_400)] = _UNLESS_SAID.ingest_seconds
    ingest_tokens: Annotated[int, Field(ge=0, le=100_000_000)] = _UNLESS_SAID.ingest_tokens


class _Toml(BaseModel):
    """`whodoiask.toml` as it is written; what it leaves out is empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = ""
    ladder: tuple[Filled, ...] = ()
    generic: tuple[Filled, ...] = ()
    aliases: dict[str, tuple[Filled, ...]] = {}
    organisation: tuple[Filled, ...] = ()
    slack_url: str = ""
    feedback: StrictBool = True
    exclude: tuple[Filled, ...] = ()
    asked: dict[str, Annotated[str, Field(pattern=r"^.+:[1-9][0-9]*$")]] = {}
    name: str = ""
    webhook: Annotated[str, Field(pattern=r"^(?:https?://[^\s/]+.*)?$")] = ""
    model: _Model = _Model()


def read_settings(root: Path) -> Settings:
    """Settings of the manual at `root`. Raises UserError when `whodoiask.toml` cannot be used as it is."""
    toml = read_as(_Toml, _tables("\n".join(settings_lines(root))), FILE)
    site, base, organisation, repository = _read_site(root)
    made = Site("", "") if site else site_of(root) or Site("", "")
    return Settings(
        base_url=toml.base_url or base or made.base,
        site=site,
        generator=made.generator,
        content=made.content,
        directories=made.directories,
        repository=repository or made.repository,
        organisation=toml.organisation or organisation,
        ladder=toml.ladder,
        generic=toml.generic,
        aliases=toml.aliases,
        slack_url=toml.slack_url,
        feedback=toml.feedback,
        exclude=toml.exclude,
        asked=toml.asked,
        name=toml.name or _site_name(root),
        webhook=toml.webhook,
        model=ModelSettings(**dict(toml.model)),
    )


def settings_lines(root: Path) -> tuple[str, ...]:
    """The lines of `whodoiask.toml`, for quoting what it says; none where there is no such file."""
    file = root / FILE
    try:
        return () if why_unread(root, file) else tuple(file.read_text(encoding="utf-8").split("\n"))
    except (UnicodeDecodeError, OSError) as error:
        raise _unreadable(error) from error


def _tables(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> UserError:
    return UserError(f"{FILE} cannot be read ({error}); mend it or remove it.")


def _site_name(root: Path) -> str:
    """What the configuration of the manual's site calls it, in the layouts that have one; else empty."""
    for path, keys in _NAMED:
        values = _configured(root, path) or {}
        for key in keys:
            if isinstance(name := values.get(key), str) and name.strip():
                return " ".join(name.split())
    return ""


def _configured(root: Path, path: str) -> Mapping[str, Any] | None:
    """The top values of a YAML file of the manual; None where there is none that can be read."""
    file = root / path
    if why_unread(root, file):
        return None
    try:
        return mapping_of(file.read_text(encoding="utf-8")).values
    except (OSError, UnicodeDecodeError, YamlError):
        return None


def _read_site(root: Path) -> tuple[bool, str, tuple[str, ...], str]:
    """Whether the manual is a Tech Docs site, its host, the organisation's names in its title, its repository."""
    values = _configured(root, SITE_FILE)
    if values is None:
        return False, "", (), ""
    names = re.findall(
        r"\b[A-Z][A-Z.&]+[A-Z]\b", f"{values.get('full_service_name', '')} {values.get('description', '')}"
    )
    repository = str(values.get("github_repo") or "")
    branch = str(values.get("github_branch") or "main")
    web = f"https://github.com/{repository}/blob/{branch}" if re.fullmatch(r"[\w.-]+/[\w.-]+", repository) else ""
    return True, str(values.get("host") or ""), tuple(dict.fromkeys(names)), web
