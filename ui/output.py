"""The way out: UTF-8 whatever the locale, and quiet when nobody reads any more."""

from __future__ import annotations

import io
import os
import sys

NOBODY_READS = 141
"""The exit code that a shell gives a command whose pipe was closed (128 + SIGPIPE)."""


def speak_utf8() -> None:
    """Write UTF-8 to both streams. What cannot be written (half a surrogate pair) becomes its escape,
    which inside JSON is the same text."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def say(text: str) -> None:
    """One piece of output, at once; ends the program without a word when the pipe is closed."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Python would flush once more on its way out, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(NOBODY_READS) from None
