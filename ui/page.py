"""The chat page, and the same answers as an API. The one door to gradio."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

# Before gradio is imported: it reads these once. Nothing here may call out.
os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")

import gradio as gr
from gradio.utils import LRUCache

from assistant.errors import UserError
from assistant.flow import Assistant
from ui.desk import Desk, Said
from ui.feedback import Feedback
from ui.logs import Log
from ui.render import HERE, static

TITLE = "Who do I ask?"
AT_ONCE = 4
"""Questions answered at the same time; more wait, up to `WAITING`, and later ones are told to come again."""
WAITING = 64
REMEMBERED = 500
"""Sessions that gradio remembers: each call of its client and each browser is one. It would keep 16 KB of settings for
each of the last 10,000, answers that nobody fetched for 2,000, and what was pending for all there ever were. The page
has no state of a session, and makes one anew when it has gone."""
_PLACES = threading.BoundedSemaphore(AT_ONCE)
"""For what the page's own script asks, which does not pass through gradio's queue."""
ANSWER = "answer"
"""The name by which gradio's clients call for an answer."""


def mount(
    app: Any,
    assistant: Assistant,
    feedback: Feedback | None,
    *,
    auth: Callable[[str, str], bool] | None,
    root_path: str,
    log: Log,
) -> Any:
    """Put the page at the root of the FastAPI `app`, behind a login when there is an `auth`; returns the app.

    `root_path` is the prefix that a proxy takes off, or empty.
    """
    page = build(Desk(assistant, feedback, log))
    page.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE, api_open=False)
    _remember_few(page)
    page.validate_inputs = partial(_complete, page.validate_inputs)
    return gr.mount_gradio_app(
        app,
        page,
        path="/",
        auth=auth,
        root_path=root_path,
        ssr_mode=False,
        theme=gr.themes.Default(font=("system-ui", "sans-serif"), font_mono=("ui-monospace", "monospace")),
        run_history=False,
        enable_monitoring=False,
        footer_links=[],
        show_error=False,
        css_paths=HERE / "static" / "page.css",
        favicon_path=str(HERE / "static" / "favicon.svg"),
        max_file_size="1kb",
    )


def _remember_few(page: gr.Blocks) -> None:
    """Bound what gradio remembers of sessions, which would grow for as long as the page runs."""
    page.state_session_capacity = REMEMBERED
    pending = page._queue
    pending.pending_messages_per_session = LRUCache(REMEMBERED)
    pending.pending_event_ids_session = LRUCache(REMEMBERED)


def _complete(check: Callable[[Any, list[Any]], None], function: Any, given: list[Any]) -> None:
    """Fills up the values that a program left out of a call of `answer`; for any other, too few are refused.

    Gradio's own check would print a traceback for what is the caller's mistake.
    """
    if function.api_name == ANSWER:
        given.extend([None] * (len(function.inputs) - len(given)))
    try:
        check(function, given)
    except ValueError as error:
        raise _refusal("The call holds too few values: the API's description says which it takes.") from error


def build(desk: Desk) -> gr.Blocks:
    """The page: asking, the directory, and what the manual is. What is seen is HTML of our own templates."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(html_template=static("masthead-frame.html"), js_on_load=None, apply_default_css=False)
        with gr.Tabs():
            with gr.Tab("Ask"):
                gr.HTML(
                    html_template=static("ask.html"),
                    js_on_load=static("ask.js"),
                    server_functions=[_served(one) for one in (desk.start, desk.ask, desk.show, desk.rate)],
                    apply_default_css=False,
                )
            with gr.Tab("Directory") as directory:
                listed = gr.HTML(js_on_load=static("directory.js"), apply_default_css=False)
            with gr.Tab("Manual") as manual:
                made_of = gr.HTML(
                    js_on_load=static("manual.js"), server_functions=[_served(desk.search)], apply_default_css=False
                )
        directory.select(desk.directory, None, listed, api_visibility="private", show_progress="hidden")
        manual.select(desk.manual, None, made_of, api_visibility="private", show_progress="hidden")
        gr.api(_endpoint(desk), api_name=ANSWER, concurrency_limit=AT_ONCE)
    return page


def _served(method: Callable[[Any], Said]) -> Callable[[Any], Said]:
    """A function of its own for a method: gradio marks what a browser may call, and methods take no marks."""

    @wraps(method)
    def call(said: Any) -> Said:
        with _PLACES:
            return method(said)

    return call


def _endpoint(desk: Desk) -> Callable[[str, list[str] | None], str]:
    """What gradio's clients call by name; its docstring is what they are told of it."""

    def answer(question: str, history: list[str] | None = None) -> str:
        """The answer's JSON object as text, as `whodoiask ask --json` prints it; `history`: questions before it."""
        # As text, because gradio's own client takes every object with a `path` for a file to download.
        turns: Any = [] if history is None else history
        if not isinstance(turns, list) or not all(isinstance(said, str) for said in (question, *turns)):
            raise _refusal("The question must be a string, and the history a list of strings.")
        try:
            return json.dumps(desk.answer(question, turns).to_json(), ensure_ascii=False)
        except UserError as error:
            raise _refusal(str(error)) from error

    return answer


def _refusal(sentence: str) -> gr.Error:
    """What a caller of the API is told; there is nothing in it for the terminal of the one who serves."""
    return gr.Error(sentence, print_exception=False)
