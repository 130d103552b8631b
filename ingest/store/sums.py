"""Sums of a generation's files: by them a reader knows that they are what an ingest wrote.

They find what a disk, a copy or a mistake has done to a file; whoever can write to the index can write sums too.
"""

from __future__ import annotations

import json
import os
import threading
import zlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from cachetools import LRUCache

from ingest.cores import CORES
from ingest.plain import canonical

_AT_ONCE = 1 << 20
"""Bytes that are read at once."""
_SEAL = "sum"
_FOUND: LRUCache[tuple[str, int, int, int], int] = LRUCache(1000)
"""Sums that this process has taken, by path, inode, size and time of the last change: a server that is asked each few
seconds whether all is well need not read everything again."""
_LOCK = threading.Lock()


Stamps = tuple[tuple[int, int, int], ...] | None
"""What `stamps_of` gives."""


def sums_of(folder: Path, names: Iterable[str]) -> dict[str, int]:
    """The CRC-32 of each file below `folder`, by its POSIX path; OSError when one cannot be read."""
    ordered = sorted(names)
    with ThreadPoolExecutor(CORES) as pool:  # zlib lets other threads run
        return dict(zip(ordered, pool.map(partial(_remembered, folder), ordered), strict=True))


def are_whole(folder: Path, sums: Mapping[str, int]) -> bool:
    """Whether every one of the files is there and has its sum."""
    try:
        return sums_of(folder, sums) == sums
    except OSError:
        return False


def stamps_of(folder: Path, names: Iterable[str]) -> Stamps:
    """Inode, size in bytes and time of the last change in ns of each file below `folder`, by which a process sees that
    somebody wrote to what it has open; None when one is not there. Takes microseconds a file."""
    try:
        stats = [os.stat(f"{folder}/{name}") for name in names]  # noqa: PTH116  # half the time of a Path
    except OSError:
        return None
    return tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in stats)


def sealed(said: Mapping[str, Any]) -> str:
    """Plain data as JSON that holds its own sum."""
    return json.dumps({**said, _SEAL: _sum_of(said)}, indent=1) + "\n"


def unsealed(text: str) -> dict[str, Any]:
    """What `sealed` wrote, or what an earlier version wrote without a sum; ValueError or TypeError for
    anything else."""
    said = json.loads(text)
    if not isinstance(said, dict):
        raise TypeError("no JSON object")
    if _SEAL in said and said.pop(_SEAL) != _sum_of(said):
        raise ValueError("another sum")
    return said


def _sum_of(said: Mapping[str, Any]) -> int:
    return zlib.crc32(canonical(said).encode())


def _remembered(folder: Path, name: str) -> int:
    file = folder / name
    with file.open("rb") as opened:
        status = os.fstat(opened.fileno())
        key = (str(file.resolve()), status.st_ino, status.st_size, status.st_mtime_ns)
        with _LOCK:
            known = _FOUND.get(key)
        if known is None:
            known = 0
            while part := opened.read(_AT_ONCE):
                known = zlib.crc32(part, known)
            with _LOCK:
                _FOUND[key] = known
    return known
