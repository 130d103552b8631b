"""A question that somebody confirmed, written beside the line that answers it into the manual's `whodoiask.toml`."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from assistant.errors import UserError
from assistant.values import Answer

FILE = "whodoiask.toml"
_TABLE = re.compile(r"^\[asked\][ \t]*(?:#.*)?$", re.MULTILINE)


def accept(question: str, answer: Answer, source: str) -> str:
    """The line that was written for a question whose answer is right; the next ingest finds the statement by it.

    `source` is where the manual was read from. UserError where nobody is named, where it is no folder of this machine,
    or where the file cannot be written.
    """
    if not answer.contacts:
        raise UserError(
            f"The manual names nobody for “{question}”: write it into a page first, then ingest and accept it."
        )
    first = next(s for s in answer.sources if s.number in answer.contacts[0].sources)
    line = f"{json.dumps(question, ensure_ascii=False)} = {json.dumps(f'{first.place.path}:{first.place.first}')}"
    root = Path(source)
    if not root.is_dir():
        raise UserError(f"The manual at {source} is no folder here: write under [asked] in its {FILE}: {line}")
    _write(root / FILE, question, line)
    return line


def _write(file: Path, question: str, line: str) -> None:
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        if question in tomllib.loads(text).get("asked", {}):
            raise UserError(f"“{question}” stands under [asked] in {file} already: change it there.")
        table = _TABLE.search(text)
        if table:
            whole = f"{text[: table.end()]}\n{line}{text[table.end() :]}"
        else:
            whole = f"{text.rstrip()}\n\n[asked]\n{line}\n".lstrip()
        tomllib.loads(whole)
        file.write_text(whole, encoding="utf-8")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"{file} cannot be changed ({error}): mend it, or write under [asked]: {line}") from error
