"""The commands: where the rooms are put together.

What is slow to import is imported inside the command that needs it, so that asking a question costs no
torch and no gradio.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from assistant.errors import UserError
from ui.output import say, speak_utf8
from ui.plain import one_line, utf8

if TYPE_CHECKING:
    from assistant.explaining import Explained
    from assistant.flow import Assistant
    from assistant.model.opening import Model
    from assistant.progress import Progress
    from assistant.values import Answer
    from ingest.build import IngestReport
    from ingest.store.index import Index
    from ui.logs import Log

WARNINGS_SHOWN = 20
"""How many warnings a terminal shows before it says how many more there are."""
PAGES_NAMED = 20
"""Up to how many added, changed or removed pages are listed by name."""
FORM_ALONE = (
    "note      Questions are declined by their form alone (orders, secrets), not by what they are like: the classifier "
    "was fitted for another model, and python -m assistant.training.scope {index} fits it for this one."
)
"""What ingest says of an index whose encoder is not the one that the scope's weights were fitted for."""

Unsure = Literal["never", "addressed", "always"]
"""Whether Slack gets an answer that is not sure in a channel; see `ui/slack.py`."""

app = typer.Typer(
    name="whodoiask",
    help="Tells you whom to ask, from your organisation's own manual, with the lines that say so.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_LANGUAGE_MODEL = re.compile(r"off|dry-run|[a-z][a-z0-9_]+:.+")
"""How a language model is named; an encoder is a folder, or the name of one."""
DEFAULT_INDEX = Path(".index")
_index = DEFAULT_INDEX
"""The index of this call, for hints."""


def _in_use(index: Path) -> Path:
    """Remembers the index of this call."""
    global _index  # noqa: PLW0603 - one call, one index
    _index = index
    return index


IndexOption = Annotated[
    Path,
    typer.Option(
        "--index",
        envvar="WHODOIASK_INDEX",
        help="The folder of the index.",
        show_envvar=True,
        callback=_in_use,
    ),
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="WHODOIASK_STORE",
        help="A Chroma server that holds the index, as http://HOST:PORT, instead of a folder on this machine.",
        show_envvar=True,
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="The language model that may be asked where the answer is not sure: provider:model, record:DIR, "
        "replay:DIR, dry-run or off (see docs/model.md). Any other value: the encoder that the index must have been "
        "built with.",
        show_default=False,
    ),
]
LogOption = Annotated[
    bool, typer.Option("--log-json", help="Write a line of JSON for each answer to standard error: how, not what.")
]
QuestionsOption = Annotated[
    bool, typer.Option("--log-questions", help="With --log-json: the questions too, personal data masked.")
]


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        say(f"whodoiask {version('whodoiask')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001 - the callback answers
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        say(context.get_help())


@app.command()
def ingest(
    source: Annotated[str, typer.Argument(help="A folder of Markdown, or the URL of a git repository.")] = "corpus/",
    *,
    ref: Annotated[str | None, typer.Option(help="The branch, tag or commit to read (git only).")] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="A folder with another sentence-transformers model; or the language model that may write how people "
            "ask: provider:model, record:DIR, replay:DIR, dry-run or off (see docs/model.md)."
        ),
    ] = None,
    warnings: Annotated[bool, typer.Option("--warnings", help="Show all warnings, however many.")] = False,
    index: IndexOption = DEFAULT_INDEX,
    store: StoreOption = None,
) -> None:
    """Read a manual into the index; when nothing changed, this is quick.

    With --store it is then published to that server: the folder of the index is where it is made.
    """
    from assistant.scope import fits
    from ingest.build import ingest as build
    from ingest.store.index import Index
    from ui.progress import shown_progress

    encoder, language = _models(model)
    asking = language.for_ingest() if language else None
    with _publishing(store) as publish, shown_progress() as progress:
        report = build(source, index, ref=ref, model=encoder, asking=asking, progress=progress)
        published = publish(index, progress)
    if language:
        _tell_missing(language)
        if language.unsent is not None:
            _say_unsent(language, "Nothing would be sent: the model may not write how people ask, or all is written.")
    said = _report_lines(report, all_warnings=warnings or not sys.stdout.isatty())
    if asking and asking.stopped:
        said.append(f"note      {one_line(asking.stopped)}")
    if not fits(Index.open(index).manifest.origin.model_digest):
        said.append(FORM_ALONE.format(index=one_line(str(index))))
    say("\n".join([*said, *published]))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotes.", show_default=False)] = None,
    *,
    history: Annotated[
        list[str] | None, typer.Option(help="A question asked before this one; repeat it, oldest first.")
    ] = None,
    as_json: JsonOption = False,
    jsonl: Annotated[
        bool,
        typer.Option(
            "--jsonl",
            help='Read lines {"id", "question", "history"} from standard input; write one JSON object a line.',
        ),
    ] = False,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Say how the answer came about too; with --json or --jsonl as a field, explain."
        ),
    ] = False,
    log_json: LogOption = False,
    log_questions: QuestionsOption = False,
    index: IndexOption = DEFAULT_INDEX,
    store: StoreOption = None,
    model: ModelOption = None,
) -> int:
    """Say whom to ask, and where the manual says so."""
    from ui.logs import log_of

    log = log_of(as_json=log_json, questions=log_questions)
    if jsonl:
        if question is not None or history:
            raise UserError(
                "With --jsonl the questions come from standard input: leave out the question and --history."
            )
        return _answer_lines(index, store, model, log, explain=explain)
    if question is None:
        raise UserError('No question was given: put one in quotes, as in whodoiask ask "Who can rotate a key?".')
    _answer_one(index, store, model, question, history or [], log, as_json=as_json, explain=explain)
    return 0


@app.command(name="eval")
def evaluate(
    *,
    questions: Annotated[Path | None, typer.Option(help="A question set; the project's own unless named.")] = None,
    manual: Annotated[
        Path | None, typer.Option(help="The manual's folder; where the index came from unless named.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The report's folder; a dated one in eval/runs/ unless named.")
    ] = None,
    against: Annotated[Path | None, typer.Option(help="The folder of an earlier report to compare with.")] = None,
    thresholds: Annotated[Path | None, typer.Option(help="The limits to hold it against.")] = None,
    away: Annotated[
        Path | None, typer.Option(help="A folder with manuals/NAME and questions/NAME.jsonl: ask about those too.")
    ] = None,
    baselines: Annotated[bool, typer.Option("--baselines", help="Measure simpler ways too.")] = False,
    metamorphic: Annotated[bool, typer.Option(help="Ask generated questions too.")] = True,
    index: IndexOption = DEFAULT_INDEX,
) -> int:
    """Put a question set to the assistant; exit 1 when a figure is below its floor."""
    from eval.run import Options, main_eval
    from ui.progress import shown_progress

    options = Options(questions, manual, out, against, thresholds, away, baselines=baselines, metamorphic=metamorphic)
    with shown_progress() as progress:
        return main_eval(index, options, ingest=_reingest, say=say, progress=progress)


@app.command()
def chat(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 7860,
    *,
    auth_file: Annotated[
        Path | None,
        typer.Option(
            help="Ask for a login: a file with a line name:password for each person (# begins a comment), "
            "which no other user of the machine may read (chmod 600)."
        ),
    ] = None,
    root_path: Annotated[
        str, typer.Option(help="The prefix that a proxy takes off, as /ask.", show_default=False)
    ] = "",
    open_: Annotated[bool, typer.Option("--open", help="Let others reach the page without a login.")] = False,
    open_metrics: Annotated[
        bool, typer.Option("--open-metrics", help="Let /metrics be read without the login.")
    ] = False,
    log_json: LogOption = False,
    log_questions: QuestionsOption = False,
    index: IndexOption = DEFAULT_INDEX,
    store: StoreOption = None,
    model: ModelOption = None,
) -> None:
    """Open the chat page; beyond this machine only with a login, or when told --open."""
    from ui.logs import log_of

    log = log_of(as_json=log_json, questions=log_questions)
    assistant, language = _assistant(index, store, model)
    _no_dry_run(language, "the chat page would show nothing of it")
    if _follows(assistant.index):
        with suppress(OSError):  # whoever then wants to keep a note there is told
            index.mkdir(parents=True, exist_ok=True)
    manifest = assistant.index.manifest
    _remark(f"Opening the index of {manifest.origin.source} ({manifest.pages:,} pages)")
    # After the index: what is wrong with that is said at once, and FastAPI takes a second to import.
    from ui.feedback import FILE, Feedback
    from ui.server import Listening, serve

    serve(
        assistant,
        Listening(host, port, auth_file, root_path, open_, open_metrics),
        ready=lambda address: say(f"Chat page: {address}"),
        feedback=Feedback(index / FILE),
        log=log,
        counted=language.counts.snapshot if language else None,
        progress=_remark,
    )


@app.command()
def mcp(
    *,
    http: Annotated[
        str | None,
        typer.Option(
            "--http",
            metavar="HOST:PORT",
            help="Serve over streamable HTTP there, and not the program that started this one.",
            show_default=False,
        ),
    ] = None,
    auth_file: Annotated[
        Path | None, typer.Option(help="With --http: ask for a name and its password, as chat does.")
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="With --http: let others ask without a login.")] = False,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="With --http: a name by which others reach this machine; repeat it.")
    ] = None,
    log_json: LogOption = False,
    log_questions: QuestionsOption = False,
    index: IndexOption = DEFAULT_INDEX,
    store: StoreOption = None,
    model: ModelOption = None,
) -> None:
    """Answer assistants that speak the Model Context Protocol (needs the extra mcp)."""
    from ui.logs import log_of

    log = log_of(as_json=log_json, questions=log_questions)
    if http is None and (auth_file or open_ or allow_host):
        raise UserError("Only --http can be reached by others: give it too, or leave out what is for it.")
    host, port = _address(http) if http else ("", 0)
    assistant, language = _assistant(index, store, model)
    _no_dry_run(language, "an editor would be told nothing of it")
    _follows(assistant.index)
    try:
        from ui.mcp import serve_http, serve_stdio
    except ModuleNotFoundError as error:
        raise UserError(f"This needs the library {error.name}: pip install 'whodoiask[mcp]'.") from error
    if not http:
        assistant.prepare()
        serve_stdio(assistant, log)
        return
    from ui.access import Login, read_people
    from ui.server import Listening

    login = Login(read_people(auth_file)) if auth_file else None
    listening = Listening(host, port, auth_file, open=open_)
    listening.check("the MCP server")
    assistant.prepare()
    names = tuple(allow_host or ())
    serve_http(assistant, listening, log, lambda at: say(f"MCP server: {at}"), login=login, names=names)


def _address(said: str) -> tuple[str, int]:
    host, colon, port = said.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UserError(f"The address {said} is no HOST:PORT: write one as 127.0.0.1:8765.")
    return host.strip("[]"), int(port)


@app.command()
def slack(
    *,
    unsure: Annotated[
        Unsure,
        typer.Option(
            "--unsure-in-channels",
            help="Whether to answer in a channel when not sure: never, where a message begins with its name, always.",
        ),
    ] = "addressed",
    api: Annotated[
        str, typer.Option("--api", envvar="SLACK_API_URL", help="Another address of Slack's Web API, as GovSlack's.")
    ] = "https://slack.com/api/",
    log_json: LogOption = False,
    log_questions: QuestionsOption = False,
    index: IndexOption = DEFAULT_INDEX,
    store: StoreOption = None,
    model: ModelOption = None,
) -> None:
    """Answer in Slack; its tokens come from SLACK_BOT_TOKEN and SLACK_APP_TOKEN."""
    from ui.feedback import FILE, Feedback
    from ui.logs import log_of

    try:
        from ui.slack import serve, tokens
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("slack_"):
            raise
        raise UserError("Slack needs a library that is not installed: pip install 'whodoiask[slack]'.") from error
    log = log_of(as_json=log_json, questions=log_questions)
    held = tokens(os.environ)
    assistant, language = _assistant(index, store, model)
    _no_dry_run(language, "Slack would show nothing of it")
    _follows(assistant.index)
    serve(
        assistant,
        held,
        ready=lambda name: say(f"Connected to Slack as @{one_line(name)}"),
        feedback=Feedback(index / FILE),
        log=log,
        unsure=unsure,
        api=api,
    )


def _remark(sentence: str) -> None:
    """What the program is doing, for somebody who watches; a log needs none of it."""
    if sys.stderr.isatty():
        print(one_line(sentence), file=sys.stderr, flush=True)


@app.command()
def directory(
    *,
    as_json: JsonOption = False,
    backstage: Annotated[
        bool, typer.Option("--backstage", help="Print teams and people as entities of a Backstage catalogue (YAML).")
    ] = False,
    index: IndexOption = DEFAULT_INDEX,
    store: StoreOption = None,
) -> None:
    """List the facts: teams, what they do, the escalation ladder, owners, queues.

    On a terminal as tables; in a pipe as lines, with a tab between their cells and the list's name as the first.
    """
    from assistant.directory import directory as directory_of

    opened = _listed(index, store)
    if backstage:
        if as_json:
            raise UserError("A directory is printed in one form: choose --json or --backstage.")
        from assistant.backstage import entities
        from ui.catalogue import documents

        say(documents(entities(opened)))
        return
    listed = directory_of(opened)
    if as_json:
        say(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    from ui.terminal import directory_lines, draw_directory

    if sys.stdout.isatty():
        draw_directory(listed)
    else:
        say("\n".join(directory_lines(listed)))


@app.command()
def facts(
    *,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one JSON object a line.")] = False,
    index: IndexOption = DEFAULT_INDEX,
    store: StoreOption = None,
) -> None:
    """List every fact: where it stands, whom it names, for what, and how far it reaches.

    With --jsonl: {"relation", "contacts": [{"kind", "name", "address"}], "text", "path", "lines", "scope"}.
    """
    from assistant.fact_list import fact_list

    for fact in fact_list(_listed(index, store)):
        if jsonl:
            say(json.dumps(fact, ensure_ascii=False))
            continue
        whom = "; ".join(" ".join(filter(None, (c["name"], c["address"]))) for c in fact["contacts"]) or "nobody"
        place = f"{fact['path']}:{fact['lines'][0]}"
        say(one_line(f"{place} {fact['relation']} ({fact['scope']}) {whom}: {fact['text']}"))


@app.command()
def gaps(
    *,
    as_json: JsonOption = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Print every note that is kept, the helpful answers too, one JSON a line.")
    ] = False,
    accept: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="ID",
            help="The answer to that note's question is right (--jsonl shows its id): write the question beside its "
            "line into the manual's whodoiask.toml, by which the next ingest finds it.",
        ),
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    store: StoreOption = None,
) -> None:
    """List the questions of the chat page that the manual did not answer well: what to write next.

    With --json: {"feedback": whether it is kept, "gaps": [{"question", "times", "unanswered", "unhelpful", "reasons",
    "last", "questions", "nearest": {"path", "title", "heading", "url", "owner"} or null}]}. With --jsonl: {"id",
    "question", "outcome", "rule", "confidence", "index", "at", "helpful": true, false or null, "reason"}, oldest first.
    """
    from assistant.gaps import gaps as gaps_of
    from ui.feedback import FILE, Feedback
    from ui.gaps import gap_lines, missed

    if jsonl:
        for note in Feedback(index / FILE).everything():
            say(json.dumps(note.to_json(), ensure_ascii=False))
        return
    if accept is not None:
        say(_accepted(index, store, accept))
        return
    opened = _listed(index, store)
    on = opened.settings.feedback
    found = gaps_of(opened, [missed(noted) for noted in Feedback(index / FILE).to_improve()])
    if as_json:
        listed = {"feedback": on, "gaps": [gap.to_json() for gap in found]}
        say(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        say("\n".join(gap_lines(found, on=on)))


def _opened(index: Path, store: str | None, model: str | None = None) -> Index:
    """The index in a folder, or the one that a store holds."""
    from ingest.store.index import Index

    if not store:
        return Index.open(index, model)
    from ingest.store.pointer import Address
    from ingest.store.remote import Remote

    return Index.of_store(Remote(Address.of(store)), model)


def _follows(index: Index) -> bool:
    """Whether the index is a store's: its pointer is then followed for as long as this process runs."""
    if index.remote:
        index.remote.watch(lambda said: print(one_line(said), file=sys.stderr, flush=True))
    return bool(index.remote)


def _listed(index: Path, store: str | None) -> Index:
    """The same for what lists much at once: where it comes from is said beside it, and not in it."""
    opened = _opened(index, store)
    if opened.note:
        print(f"whodoiask: {one_line(opened.note)}", file=sys.stderr, flush=True)
    return opened


@contextmanager
def _publishing(store: str | None) -> Iterator[Callable[[Path, Progress], list[str]]]:
    """What brings an index onto the store, while no other ingest writes there, and says so; nothing without a store."""
    if not store:
        yield lambda *_: []
        return
    from ingest.store.pointer import Address
    from ingest.store.server import publishing

    address = Address.of(store)
    with publishing(address) as server:

        def publish(index: Path, progress: Progress) -> list[str]:
            new = server.publish(index, progress)
            return [f"store     {address}{'' if new else ' (held it already)'}"]

        yield publish


def _answer_one(
    index: Path,
    store: str | None,
    model: str | None,
    question: str,
    history: list[str],
    log: Log,
    *,
    as_json: bool,
    explain: bool,
) -> None:
    from assistant.flow import checked

    asked = checked(utf8(question, "The question"))
    earlier = tuple(utf8(turn, "The history") for turn in history)
    assistant, language = _assistant(index, store, model)
    found: Explained | None = None

    def answered() -> Answer:
        nonlocal found
        found = assistant.explained(asked, earlier) if explain else None
        return found.answer if found else assistant.answer(asked, earlier)

    answer = log.answered(answered)
    if language:
        _tell_missing(language)
        if language.unsent is not None:
            _say_unsent(language, f"Nothing would be sent: the rule “{answer.rule}” is sure enough, or decides alone.")
            return
    if as_json:
        say(json.dumps((found or answer).to_json(), ensure_ascii=False, indent=2))
        return
    if sys.stdout.isatty():
        from ui.terminal import draw_markdown

        draw_markdown(answer.markdown)
    else:
        say(answer.markdown)
    if found:
        from ui.explained import explained_lines

        say("\n".join(["", *explained_lines(found.explanation)]))


def _accepted(index: Path, store: str | None, number: int) -> str:
    from assistant.flow import Assistant
    from ui.accepting import accept
    from ui.feedback import FILE, Feedback

    note = next((one for one in Feedback(index / FILE).everything() if one.id == number), None)
    if note is None:
        raise UserError(f"There is no note {number}: whodoiask gaps --jsonl lists them with their ids.")
    assistant = Assistant(_opened(index, store))
    line = accept(note.question, assistant.answer(note.question), assistant.index.manifest.origin.source)
    return f"Accepted: {one_line(line)}\nThe next ingest finds the statement by it."


def _reingest(folder: Path, index: Path) -> None:
    """A changed copy of a manual into an index of its own, without a word."""
    from ingest.build import ingest as build

    build(str(folder), index, progress=lambda *_: None)


def _answer_lines(index: Path, store: str | None, model: str | None, log: Log, *, explain: bool) -> int:
    """2 when a line was bad, else 0: the others are answered all the same."""
    from ui.batch import replies

    code, (assistant, language) = 0, _assistant(index, store, model)

    def answered(question: str, history: tuple[str, ...], id_: str) -> Answer:
        return log.answered(lambda: assistant.answer(question, history, id_))

    for reply in replies(sys.stdin.buffer, assistant.explained if explain else answered):
        if language is None or language.unsent is None or not reply.good:
            say(json.dumps(reply.json, ensure_ascii=False))
        code = code if reply.good else 2
    if language:
        _tell_missing(language)
        if language.unsent is not None:
            _say_unsent(language, "Nothing would be sent: every answer is sure enough.")
    return code


def _models(said: str | None) -> tuple[str | None, Model | None]:
    """The encoder and the language model that --model, or else the environment, names; neither unless it is named."""
    named = said if said and _LANGUAGE_MODEL.fullmatch(said) and not Path(said).exists() else None
    asked = named or os.environ.get("WHODOIASK_MODEL") or "off"
    encoder = said if named is None else None
    if asked == "off":
        return encoder, None
    from assistant.model.opening import opened

    return encoder, opened(asked, os.environ)


def _assistant(index: Path, store: str | None, model: str | None) -> tuple[Assistant, Model | None]:
    """The assistant that answers from an index or a store, and the language model that it may ask, if any."""
    from assistant.flow import Assistant

    encoder, language = _models(model)
    return Assistant(_opened(index, store, encoder), consults=language.for_index if language else None), language


def _no_dry_run(language: Model | None, why: str) -> None:
    if language and language.unsent is not None:
        raise UserError(f"A dry run is for ask and ingest: {why}.")


def _say_unsent(language: Model, otherwise: str) -> None:
    """Every prompt of a dry run, exactly as it would be sent, one JSON object each."""
    for prompt in language.unsent or ():
        say(json.dumps(prompt.to_json(), ensure_ascii=False, indent=2))
    if not language.unsent:
        say(otherwise)


def _tell_missing(language: Model) -> None:
    """Which prompts have no reply beside them."""
    for digest in language.missing:
        print(f"whodoiask: no reply lies beside {digest}.json", file=sys.stderr)


def _report_lines(report: IngestReport, *, all_warnings: bool) -> list[str]:
    facts = ", ".join(f"{count:,} {relation}" for relation, count in report.facts.items() if count)
    shown = report.warnings if all_warnings else report.warnings[:WARNINGS_SHOWN]
    more = len(report.warnings) - len(shown)
    return [
        "Nothing changed." if report.unchanged else f"Ready in {report.seconds:.1f} s.",
        f"pages     {report.pages:,}",
        *_page_lines("added", report.added),
        *_page_lines("changed", report.changed),
        *_page_lines("removed", report.removed),
        f"passages  {report.passages:,} ({report.embedded:,} texts embedded)",
        f"facts     {sum(report.facts.values()):,}{f' ({facts})' if facts else ''}",
        f"warnings  {len(report.warnings):,}",
        *(f"  {one_line(warning)}" for warning in shown),
        *([f"  and {more:,} more; --warnings shows all"] if more else []),
        f"index     {report.generation}",
        f"digest    {report.digest}",
    ]


def _page_lines(what: str, pages: tuple[str, ...]) -> list[str]:
    """How many pages, and which, where they are few enough to read."""
    named = pages if len(pages) <= PAGES_NAMED else ()
    return [f"  {what:7} {len(pages):,}", *(f"    {one_line(page)}" for page in named)]


def run(arguments: list[str]) -> int:
    """The exit code of the command: 2, and one line on standard error, for what a person can mend."""
    try:
        code = _command()(arguments, prog_name="whodoiask", standalone_mode=False)
    except UserError as error:
        return _refused(str(error))
    except typer.TyperException as error:
        return _refused(f"{error.format_message().rstrip('.')}; whodoiask --help shows what can be given.")
    except (KeyboardInterrupt, typer.Abort):
        return 130
    return code if isinstance(code, int) else 0


def _command() -> Any:
    """The program, whose help shows no type beside a switch."""
    whole: Any = typer.main.get_command(app)
    context = typer.Context(whole, **whole.context_settings)
    for one in (whole, *whole.commands.values()):
        for param in (*one.params, one.get_help_option(typer.Context(one, parent=context))):
            if getattr(param, "is_flag", False) and param.metavar is None:
                param.metavar = ""
    return whole


def _refused(sentence: str) -> int:
    """One line, in which a hint to ingest says into which index, unless that goes without saying."""
    if _index != DEFAULT_INDEX and str(_index) != os.environ.get("WHODOIASK_INDEX"):
        sentence = sentence.replace("whodoiask ingest", f"whodoiask ingest --index {shlex.quote(str(_index))}", 1)
    print(f"whodoiask: {one_line(sentence)}", file=sys.stderr)
    return 2


def main() -> None:
    """What the console script calls."""
    speak_utf8()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
