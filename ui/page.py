"""The chat page, and the same answers as an API. The one door to gradio."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

# Before gradio is imported: it reads these once. Nothing here may call out.
os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")

import gradio as gr

from assistant.errors import UserError
from assistant.flow import LONGEST_QUESTION, Assistant, checked
from assistant.values import Answer
from ui.plain import plain

TITLE = "Who do I ask?"
EXAMPLES = 6
AT_ONCE = 4
"""Questions answered at the same time; more wait, up to `WAITING`, and later ones are told to come again."""
WAITING = 64
POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
"""The browser itself keeps the page from asking other hosts, whatever a manual's Markdown holds."""


def serve(assistant: Assistant, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Show the page until interrupted; `ready` gets the address when it can be opened.

    Raises UserError where the port or the address cannot be had.
    """
    _check_free(host, port)
    shown = f"[{host}]" if ":" in host else host
    _pass_by_proxies(host)
    page = build(assistant)
    page.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE, api_open=False)
    page.launch(
        server_name=host,
        server_port=port,
        quiet=True,
        share=False,
        ssr_mode=False,
        theme=gr.themes.Default(font=("system-ui", "sans-serif"), font_mono=("ui-monospace", "monospace")),
        run_history=False,
        enable_monitoring=False,
        footer_links=["api"],
        max_file_size="1kb",
        prevent_thread_lock=True,
        app_kwargs={"middleware": [(_ContentPolicy, (), {})]},
    )
    ready(f"http://{shown}:{port}")
    try:
        threading.Event().wait()
    finally:
        page.close(verbose=False)


def build(assistant: Assistant) -> gr.Blocks:
    """The page: a chat whose replies are the answer's Markdown, sources and quotes included."""
    answers = _Answers(assistant)
    chat = gr.ChatInterface(
        answers.reply,
        title=TITLE,
        chatbot=gr.Chatbot(
            label="Answers",
            show_label=False,
            sanitize_html=True,
            allow_tags=False,
            latex_delimiters=[],
            allow_file_downloads=False,
            buttons=["copy"],
            scale=1,
            height="70vh",
            placeholder="Ask whom to ask. Every answer shows the lines of the manual that say so.",
        ),
        textbox=gr.Textbox(
            label="Your question",
            placeholder="Who can …?",
            show_label=False,
            submit_btn=True,
            stop_btn=True,
            autofocus=True,
        ),
        examples=[plain(example) for example in assistant.examples(EXAMPLES)],
        cache_examples=False,
        concurrency_limit=AT_ONCE,
        flagging_mode="never",
        save_history=False,
        analytics_enabled=False,
        api_visibility="private",
    )
    with chat:
        gr.api(answers.as_json, api_name="answer", concurrency_limit=AT_ONCE)
    return chat


class _Answers:
    """The assistant as the page asks it: always the newest index."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def _answer(self, question: str, history: Sequence[str]) -> Answer:
        asked = checked(question)
        self._assistant.refresh()
        return self._assistant.answer(asked, tuple(history))

    def reply(self, message: str, history: list[dict[str, Any]]) -> str:
        """What the chat shows; what the person can mend is said in the chat, too."""
        try:
            answer = self._answer(message, _questions(history))
        except UserError as error:
            return plain(str(error))
        return plain(answer.markdown)

    def as_json(self, question: str, history: list[str] | None = None) -> str:
        """The answer's JSON object as text, as `whodoiask ask --json` prints it.

        As text, because gradio's own client takes every object with a `path` for a file to download.
        """
        turns: Any = [] if history is None else history
        if not isinstance(turns, list) or not _are_text(question, *turns):
            raise _refusal("The question must be a string, and the history a list of strings.")
        try:
            return json.dumps(self._answer(question, turns).to_json(), ensure_ascii=False)
        except UserError as error:
            raise _refusal(str(error)) from error


def _refusal(sentence: str) -> gr.Error:
    """What a caller of the API is told; there is nothing in it for the terminal of the one who serves."""
    return gr.Error(sentence, print_exception=False)


def _are_text(*values: Any) -> bool:
    """Whether all are strings: a caller of the API may send anything."""
    return all(isinstance(value, str) for value in values)


def _questions(history: Iterable[dict[str, Any]]) -> list[str]:
    """What the person asked before, oldest first, without what could not be answered."""
    turns = (_text(turn["content"]) for turn in history if turn.get("role") == "user")
    return [text for text in turns if text.strip() and len(text) <= LONGEST_QUESTION]


def _text(content: Any) -> str:
    """A turn's text: the browser sends a list of parts, other programs a plain string."""
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text", "") for part in content if isinstance(part, dict))


class _ContentPolicy:
    """Middleware that puts the policy on every reply."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_with_policy(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", POLICY.encode("ascii")),
                ]
            await send(message)

        await self._app(scope, receive, send_with_policy)


def _check_free(host: str, port: int) -> None:
    """Raises UserError unless `port` can be listened on at `host`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            # As the server does: a port that was closed a moment ago is free.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise UserError(
            f"The chat page cannot listen on {host} port {port} ({error.strerror}): "
            "stop what uses it, or choose another with --port or --host."
        ) from error


def _pass_by_proxies(host: str) -> None:
    """Gradio asks its own page once whether it is there; that must not go through a proxy."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "localhost", "127.0.0.1", host)))
