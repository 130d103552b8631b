"""Digests of files: by them an ingest knows whether a manual, or the code that reads it, is what it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ingest.plain import canonical

_CODE_CACHES = {"__pycache__"}


def files_digest(root: Path, paths: Iterable[str], beside: Sequence[Any] = ()) -> str:
    """sha256 (hex) over files below `root`, by POSIX path and content, and over the plain data beside them. A file that
    cannot be read counts as such: whoever reads the manual names it."""
    total = hashlib.sha256(canonical(beside).encode())
    for path in sorted(paths):
        total.update(f"{path}\n{_digest_of(root / path)}\n".encode())
    return total.hexdigest()


def _digest_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        return f"not read: {error.errno}"


def code_files(package: Path) -> Iterator[str]:
    """Every file of a package, code and data, as a POSIX path; without what Python, an editor or a system leaves."""
    for file in package.rglob("*"):
        path = file.relative_to(package)
        hidden = any(part.startswith(".") or part in _CODE_CACHES for part in path.parts)
        if not hidden and file.is_file():
            yield path.as_posix()
