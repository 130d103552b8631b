"""Where and of what the figures are: machine, versions, date, commit."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from ingest.cores import CORES

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = (
    "chromadb",
    "onnxruntime",
    "tokenizers",
    "numpy",
    "gradio",
    "langchain-chroma",
    "langchain-text-splitters",
    "sentence-transformers",
    "torch",
)


def conditions() -> dict[str, str]:
    """What a reader of the figures must know, by what it is."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit(),
        "machine": f"{processor()}, {CORES} cores, {memory()}",
        "load average at the start (1, 5, 15 minutes)": load(),
        "Python": f"{platform.python_version()} on {platform.system()} {platform.release()}",
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
    }


def load() -> str:
    return ", ".join(f"{value:.2f}" for value in os.getloadavg())


def processor() -> str:
    """The processor's name as the kernel gives it."""
    found = re.search(r"^model name\s*: (.+)$", _read("/proc/cpuinfo"), re.MULTILINE)
    return found[1] if found else platform.machine()


def memory() -> str:
    found = re.search(r"^MemTotal:\s*(\d+) kB", _read("/proc/meminfo"), re.MULTILINE)
    return f"{int(found[1]) / 1024**2:.1f} GiB" if found else "memory unknown"


def version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


def commit() -> str:
    """The commit that was measured, and whether the files were its own."""
    head = _git("rev-parse", "--short=12", "HEAD")
    if not head:
        return "outside git"
    return f"{head}, with changes" if _git("status", "--porcelain", "--untracked-files=no") else head


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()


def _read(file: str) -> str:
    try:
        return Path(file).read_text("utf-8")
    except OSError:
        return ""
