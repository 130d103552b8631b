"""The calls to a model's server. The door to LangChain's `init_chat_model`, by which any provider comes in.

Who is called is said by whoever runs the program, never by a manual: the model's name and its server's address come
from the command or the environment, keys from the environment alone.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from assistant.errors import UserError
from assistant.model.prompts import Prompt, tokens_in
from ingest.plain import canonical

REPLY_TOKENS = 3000
"""Most tokens of a reply: models that think before they speak need some hundreds."""
_GRACE = 0.5
"""Seconds after its time is up, until a call is given up that does not even end when it is told to."""
_LIMITS: Mapping[str, Mapping[str, int]] = {
    "ollama": {"num_predict": REPLY_TOKENS},
    "bedrock": {"max_tokens": REPLY_TOKENS},
    "bedrock_converse": {"max_tokens": REPLY_TOKENS},
}
"""What the limits of a call are called where they are not called as with most."""
_MOST: Mapping[str, int] = {"max_tokens": REPLY_TOKENS, "max_retries": 0}


class FailedError(Exception):
    """A call that gave nothing to use. `kind` is what it is counted as; `again` says that a second may do better, and
    `refused` that the server should be given a moment first."""

    def __init__(self, kind: str, sentence: str, *, again: bool = False, refused: bool = False) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.again = again or refused
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, as JSON gave it, and the tokens that it cost, sent and received."""

    value: Any
    tokens: int


class Speaker(Protocol):
    """Whoever answers prompts; safe to share between threads."""

    def reply(self, prompt: Prompt, seconds: float) -> Reply:
        """The reply to a prompt within so many seconds; FailedError when there is none."""
        ...


class Live:
    """A model behind a server."""

    def __init__(self, name: str, url: str) -> None:
        """`name` as "provider:model"; `url` is the server's address, and empty for the provider's own. UserError where
        what is needed is not installed or not set."""
        # What follows the calls of LangChain's users to a server of its maker is no part of the leash.
        os.environ.update(LANGSMITH_TRACING="false", LANGCHAIN_TRACING_V2="false")
        provider = name.partition(":")[0]
        try:
            from langchain.chat_models import init_chat_model

            own: dict[str, Any] = {**_LIMITS.get(provider, _MOST), **({"base_url": url} if url else {})}
            if provider == "openai" and url and not os.environ.get("OPENAI_API_KEY"):
                own["api_key"] = "none"  # a server of one's own mostly asks for none
            self._model: Any = init_chat_model(name, **own)
        except ImportError as error:
            raise UserError(
                f"The language model {name} needs more than is installed ({error}): install that "
                "(pip install 'whodoiask[model]' brings what OpenAI's servers need), or leave it out with --model off."
            ) from error
        except Exception as error:  # each provider's library has its own errors for a missing key or an unknown name
            said = " ".join(str(error).split())[:300]
            raise UserError(f"The language model {name} cannot be used ({said}): see docs/model.md.") from error

    def reply(self, prompt: Prompt, seconds: float) -> Reply:
        called = asyncio.run_coroutine_threadsafe(asyncio.wait_for(self._called(prompt), seconds), self._loop)
        try:
            said = called.result(seconds + _GRACE)
        except (TimeoutError, LateError) as error:
            called.cancel()
            raise FailedError("timeout", "its server did not answer in time") from error
        except Exception as error:  # each provider's library has its own errors
            raise _failure(error) from error
        if said["parsed"] is None:
            raise FailedError("reply", "its reply was not of the form asked for", again=True)
        usage = getattr(said["raw"], "usage_metadata", None) or {}
        estimated = prompt.tokens + tokens_in(canonical(said["parsed"]))
        counted = usage.get("total_tokens") or 0
        return Reply(said["parsed"], counted if 0 < counted < 10 * estimated else estimated)

    async def _called(self, prompt: Prompt) -> Any:
        structured = self._model.with_structured_output(dict(prompt.schema), include_raw=True)
        return await structured.ainvoke([*prompt.messages])

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        """One loop in a thread of its own: a call that is cancelled in it is cut off."""
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, name="model", daemon=True).start()
        return loop


def _failure(error: Exception) -> FailedError:
    """What went wrong, without a word of what the server wrote."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        busy = status == 429 or status >= 500
        return FailedError(f"status {status}", f"its server refused with status {status}", refused=busy)
    if type(error).__name__ == "LengthFinishReasonError":
        return FailedError("reply", "its reply was cut off", again=True)
    if "Timeout" in type(error).__name__:
        return FailedError("timeout", "its server did not answer in time")
    if "Connection" in type(error).__name__ or isinstance(error, OSError):
        return FailedError("unreachable", "its server cannot be reached", refused=True)
    return FailedError("reply", f"its reply cannot be read ({type(error).__name__})", again=True)
