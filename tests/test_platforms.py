"""Nothing is asked of the system at import that only some systems have."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ingest.digests import code_files

ROOT = Path(__file__).resolve().parent.parent

ELSEWHERE = """
import builtins, importlib, os, sys

OURS = ("ingest", "assistant", "ui")
real = builtins.__import__

def without_them(name, globals=None, *rest, **named):
    # Libraries may ask this system for what it has: only ours must do without.
    if name in ("fcntl", "resource") and str((globals or {}).get("__name__", "")).split(".")[0] in (*OURS, "__main__"):
        raise ImportError(f"there is no {name}")
    return real(name, globals, *rest, **named)

builtins.__import__ = without_them
if hasattr(os, "sched_getaffinity"):
    del os.sched_getaffinity
for name in sys.argv[1:]:
    importlib.import_module(name)
from ingest.cores import CORES
print(CORES == os.cpu_count())
"""


def test_every_module_can_be_imported_without_what_only_linux_has() -> None:
    rooms = ("ingest", "assistant", "ui")
    files = [f"{room}/{path}" for room in rooms for path in code_files(ROOT / room) if path.endswith(".py")]
    names = [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in files]
    # Training is for whoever makes the shipped files anew, and imports torch.
    names = sorted(name for name in names if ".training" not in name)
    command = [sys.executable, "-c", ELSEWHERE, *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("True\n", 0), done.stderr
