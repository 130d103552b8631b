"""The other side of `processes.Worker`: jobs come in as lines of JSON, and what they return goes out the same way."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any


def work(jobs: Mapping[str, Callable[..., Any]]) -> None:
    """Do what is asked for until standard input ends. What libraries print goes to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    with replies:
        for line in sys.stdin:
            asked = json.loads(line)
            replies.write(json.dumps(jobs[asked["job"]](**asked["with"])) + "\n")
            replies.flush()
