"""Which files beside the pages say who owns what: data files of any schema, and those that forges read for owners."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

HIDDEN = (".github", ".gitlab", ".gitea", ".forgejo")
"""Hidden folders in which owners' files lie; nothing else is read there."""
_OWNERS = re.compile(r"^(?:CODEOWNERS|OWNERS|OWNERS_ALIASES|MAINTAINERS|MAINTAINERS\.txt)$")
_DATA = re.compile(r"\.(?:ya?ml|json|toml)$", re.IGNORECASE)
_NO_DATA_NAME = re.compile(
    r"^(?:package(?:-lock)?|composer|bower|lerna|nx|tsconfig.*|jsconfig.*|manifest|renovate|dependabot|pyproject|cargo|"
    r"poetry|pipfile|netlify|vercel|book|mkdocs.*|_?config|hugo|params|menus?|docusaurus.*|antora.*|docker-compose.*|"
    r"compose|action|workflow|\w*swagger\w*|\w*openapi\w*|openapi.*|whodoiask|codecov|mise|taskfile|pnpm-.*|deno|biome|"
    r"sidebars?|navigation|nav|toc|_toc|search|theme|vale|lychee|wrangler|fly|railway|goreleaser|mint|cspell.*|"
    r"\..*|.*[.-](?:lock|schema|spec|config|map|min)|.*-lock)$",
    re.IGNORECASE,
)
"""Stems of manifests, lock files and the configuration of tools, whose authors and addresses are nobody's to ask."""
_NO_DATA_FOLDER = re.compile(
    r"^(?:i18n|locales?|lang|languages|translations?|fixtures?|tests?|__tests__|spec|schemas?|static|assets|public|dist|"
    r"build|themes?|layouts|styles?|charts?|helm|terraform|k8s|manifests|node_modules|vendor)$",
    re.IGNORECASE,
)


def is_owner_file(path: str) -> bool:
    """Whether a forge reads the file for owners: CODEOWNERS, OWNERS, MAINTAINERS."""
    return bool(_OWNERS.match(PurePosixPath(path).name))


def is_data_file(path: str) -> bool:
    """Whether the file may hold entries that name an owner; whatever lies in `data/` does."""
    file = PurePosixPath(path)
    if not _DATA.search(path):
        return False
    if file.parts[0].lower() in ("data", "_data"):
        return True
    return not _NO_DATA_NAME.match(file.stem) and not any(_NO_DATA_FOLDER.match(part) for part in file.parts[:-1])
