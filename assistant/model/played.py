"""A model without a network: prompts written down, replies that lie beside them, and a dry run that sends nothing.

A prompt is one JSON file named by its digest, `DIGEST.json`; the reply to it lies beside it as `DIGEST.reply.json`, an
object of the form that the prompt's `schema` asks for.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path

from assistant.errors import UserError
from assistant.model.prompts import Prompt, tokens_in
from assistant.model.speaking import FailedError, Reply
from assistant.outside import json_of
from ingest.plain import canonical


class Played:
    """Answers from the replies in a folder; with `record` it also writes each prompt there."""

    def __init__(self, folder: Path, *, record: bool) -> None:
        self._folder = folder
        self._record = record
        self._lock = threading.Lock()
        self.missing: dict[str, None] = {}
        """The digests of prompts to which no reply lies there, in the order in which they came."""
        if record:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise _unwritable(folder, error) from error
        elif not folder.is_dir():
            raise UserError(f"There is no folder {folder} to replay from: make it with --model record:{folder}.")

    def reply(self, prompt: Prompt, seconds: float) -> Reply:  # noqa: ARG002 - a folder takes no time
        laid = self._folder / f"{prompt.digest}.reply.json"
        if self._record:
            self._write(prompt)
        try:
            text = laid.read_bytes()
        except FileNotFoundError:
            with self._lock:
                self.missing[prompt.digest] = None
            raise FailedError("missing", f"no reply lies beside {prompt.digest}.json") from None
        except OSError as error:
            raise UserError(f"The reply {laid} cannot be read ({error.strerror}): mend or remove it.") from error
        value = json_of(text, f"The reply {laid}")
        return Reply(value, prompt.tokens + tokens_in(canonical(value)))

    def _write(self, prompt: Prompt) -> None:
        text = json.dumps(prompt.to_json(), ensure_ascii=False, indent=1) + "\n"
        file = self._folder / f"{prompt.digest}.json"
        try:
            file.write_bytes(text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise _unwritable(self._folder, error) from error


class Dry:
    """Sends nothing, and remembers what would have been sent."""

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []

    def reply(self, prompt: Prompt, seconds: float) -> Reply:  # noqa: ARG002
        self.prompts.append(prompt)
        raise FailedError("dry run", "this is a dry run, and nothing was sent")


def _unwritable(folder: Path, error: OSError) -> UserError:
    return UserError(f"The folder {folder} cannot be written ({error.strerror}): choose another one to record into.")
