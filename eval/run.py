"""An evaluation from end to end: check what was given, generate, score, hold against the limits, report."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from assistant.errors import UserError
from assistant.flow import Assistant
from assistant.progress import Progress
from eval.answers import folder as files
from eval.answers.away import AwayRun, AwaySet, Ingest, ask_away, away_sets
from eval.answers.baselines import best_facts
from eval.answers.generate import Answers, OfAssistant, findable, generate, read_pages, read_replies, read_seconds
from eval.answers.gold import QuestionSet, load
from eval.gate.compare import compare
from eval.gate.limits import Thresholds, gate, read_thresholds
from eval.generated.absent import absent
from eval.generated.deletion import deleted
from eval.generated.metamorphic import SEED, Trial, generated, metamorphic_rates, put
from eval.report.run_files import Run
from eval.report.summary import terminal
from eval.report.writing import report
from eval.scoring.away import Away, away
from eval.scoring.evidence import lost_evidence
from eval.scoring.rows import Row, score_all
from eval.scoring.totals import Totals, rates, totals

CORPUS = Path(__file__).parent / "questions" / "corpus.jsonl"
"""The questions on the manual that comes with the project."""
THRESHOLDS = Path(__file__).parent / "gate" / "thresholds.toml"
"""The limits for those questions."""
_VERSIONS = ("whodoiask", "chromadb", "onnxruntime", "tokenizers", "numpy", "langchain-core")


@dataclass(frozen=True, slots=True)
class Options:
    """What a person can ask for, as it was given.

    `questions`: the project's own unless named, and only those are held against the project's own `thresholds`.
    `manual`: the folder that the index was made from, unless named. `out`: the report's folder; `against`: that of an
    earlier report. `away`: a folder of other organisations' manuals with questions (`eval/answers/away.py`).
    `baselines`: measure simpler ways too; `metamorphic`: ask generated questions too.
    """

    questions: Path | None = None
    manual: Path | None = None
    out: Path | None = None
    against: Path | None = None
    thresholds: Path | None = None
    away: Path | None = None
    baselines: bool = False
    metamorphic: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for, checked: nothing in it can still be wrong."""

    assistant: Assistant
    asked: QuestionSet
    manual: Path | None
    limits: Thresholds
    against: Path | None
    folder: Path
    away: tuple[tuple[AwaySet, QuestionSet], ...]
    baselines: bool
    metamorphic: bool
    absent: bool
    """Whether invented manuals are asked for what they lack: that tells of the project, and of no manual."""


def main_eval(
    index: Path,
    options: Options,
    *,
    ingest: Ingest | None = None,
    say: Callable[[str], None] = print,
    progress: Progress = lambda _stage, _done, _total: None,
) -> int:
    """Evaluate an index and leave a report; 1 when a limit is broken, else 0. UserError before anything is asked.

    `ingest`: how a manual becomes an index, for the questions whose fact was deleted, for invented manuals and for away
    sets; without it none of those is asked. An `away` folder that is not there is told and passed over; in CI, which
    must not pass over it unless it says SHARED=absent, that is a UserError.
    """
    if options.away is not None and not options.away.is_dir():
        if os.environ.get("CI") == "true" and os.environ.get("SHARED") != "absent":
            raise UserError(f"{options.away} is no folder: put the other manuals there, or say SHARED=absent.")
        say(f"There are no other manuals in {options.away}, so their questions are not asked.")
        options = replace(options, away=None)
    plan = _plan(Assistant.open(index), options)
    try:
        run = evaluate(plan, ingest, progress)
    finally:
        plan.assistant.index.close()
    say(terminal(run))
    say(f"Report: {plan.folder / files.REPORT}")
    return 0 if run.passed else 1


def evaluate(plan: Plan, ingest: Ingest | None, progress: Progress) -> Run:
    """The three steps; each reads what the one before it wrote."""
    folder, asked = plan.folder, plan.asked.questions
    files.write_json(folder / files.SETTINGS, _settings(plan))
    files.write_lines(folder / files.QUESTIONS, (question.to_json() for question in asked))
    names = _generate(plan, progress)
    trials = _trials(plan, ingest, progress) if plan.metamorphic else []
    files.write_values(folder / files.METAMORPHIC, trials)
    _ask_away(plan, ingest, progress)
    found = score_folder(folder, plan.manual, names)
    files.write_json(folder / files.GATE, gate(found, plan.limits, score_away(folder)))
    if plan.against:
        _compare(plan.against, folder)
    return report(folder)


def score_folder(folder: Path, manual: Path | None, baselines: Sequence[str] = ()) -> Totals:
    """The second step: rows and totals from the files of a folder, for its baselines too (by name)."""
    asked = files.read_questions(folder)
    rows = _rows(folder, manual)
    lost = lost_evidence(asked, manual) if manual else None
    found = replace(
        totals(rows, read_seconds(folder), lost),
        metamorphic=metamorphic_rates(files.read_values(Trial, folder / files.METAMORPHIC)),
        baselines={name: rates(_rows(folder, manual, name)) for name in baselines},
    )
    files.write_values(folder / files.ROWS, rows)
    files.write_json(folder / files.TOTALS, found)
    return found


def score_away(folder: Path) -> Away | None:
    """The second step for the away sets of a folder; None where it has none."""
    sets: dict[str, tuple[tuple[Row, ...], bool]] = {}
    for home in sorted((folder / files.AWAY).glob("*/")):
        kept = files.read_json(AwayRun, home / files.SETTINGS)
        sets[home.name] = (_rows(home, kept.manual), kept.counts)
        files.write_values(home / files.ROWS, sets[home.name][0])
    if not sets:
        return None
    found = away(sets)
    files.write_json(folder / files.AWAY_TOTALS, found)
    return found


def _rows(folder: Path, manual: Path | None, name: str = "") -> tuple[Row, ...]:
    asked = files.read_questions(folder)
    return score_all(asked, read_replies(folder, name), read_pages(folder, name), manual)


def _plan(assistant: Assistant, options: Options) -> Plan:
    """Everything that was given, read and checked; the report's folder is made last."""
    home = options.manual or _manual_of(assistant)
    asked = load(options.questions or CORPUS, _has_page(assistant, home))
    others = away_sets(options.away) if options.away else ()
    return Plan(
        assistant,
        asked,
        home,
        limits=_limits(asked, options),
        against=files.earlier(options.against) if options.against else None,
        away=tuple((each, each.asked()) for each in others),
        folder=files.new_folder(options.out),
        baselines=options.baselines,
        metamorphic=options.metamorphic,
        absent=options.metamorphic and _is_ours(asked),
    )


def _limits(asked: QuestionSet, options: Options) -> Thresholds:
    """The limits that were named, else the project's own for its own questions, else none."""
    file = options.thresholds or (THRESHOLDS if _is_ours(asked) else None)
    limits = read_thresholds(file) if file else Thresholds()
    limits = limits if options.metamorphic else replace(limits, metamorphic={})
    return limits if options.away else replace(limits, away={})


def _is_ours(asked: QuestionSet) -> bool:
    """Whether a set is the project's own, on its own manual."""
    return asked.path.resolve() == CORPUS.resolve()


def _manual_of(assistant: Assistant) -> Path | None:
    """The folder that the index was made from, while it is there."""
    source = Path(assistant.index.manifest.origin.source).expanduser()
    return source if source.is_dir() else None


def _has_page(assistant: Assistant, manual: Path | None) -> Callable[[str], bool]:
    if manual is not None:
        return lambda page: (manual / page).is_file()
    known = {*assistant.index.manifest.page_hashes, *(f.place.path for f in assistant.index.records.facts())}
    return known.__contains__


def _generate(plan: Plan, progress: Progress) -> list[str]:
    """Ask the assistant and, if wanted, the baselines; the names of those."""
    pages = findable(plan.assistant)
    others = _baselines(plan, progress) if plan.baselines else []
    for answers in (OfAssistant(plan.assistant), *others):
        generate(answers, plan.asked.questions, plan.folder, pages, progress)
    return [answers.name for answers in others]


def _baselines(plan: Plan, progress: Progress) -> list[Answers]:
    chosen: list[Answers] = [*best_facts(plan.assistant)]
    if plan.manual is not None:
        # LangChain takes seconds to import.
        from eval.answers.textbook import Textbook

        chosen.append(Textbook(plan.assistant, plan.manual, progress))
    return chosen


def _trials(plan: Plan, ingest: Ingest | None, progress: Progress) -> list[Trial]:
    known = generated(plan.assistant)
    trials = list(put(plan.assistant, known, SEED, progress))
    if ingest is not None and plan.manual is not None:
        trials += deleted(plan.assistant, known, plan.manual, ingest, SEED, progress)
    if ingest is not None and plan.absent:
        trials += absent(ingest, SEED, progress)
    return trials


def _ask_away(plan: Plan, ingest: Ingest | None, progress: Progress) -> None:
    """Ask the away sets; their indexes stay beside the one that is evaluated, and the next run makes them sooner."""
    if ingest is None:
        return
    beside = plan.assistant.index.folder.resolve()
    for each, asked in plan.away:
        index = beside.with_name(f"{beside.name}-away") / each.name
        ask_away(each, asked, index, plan.folder / files.AWAY / each.name, ingest, progress)


def _compare(against: Path, folder: Path) -> None:
    def answers(of: Path) -> Mapping[str, Mapping[str, Any]]:
        return {line["id"]: line for line in files.read_lines(of / files.ANSWERS)}

    before, now = (files.read_values(Row, of / files.ROWS) for of in (against, folder))
    found = compare(str(against), before, now, answers(against), answers(folder))
    files.write_json(folder / files.COMPARISON, found)


def _settings(plan: Plan) -> dict[str, Any]:
    manifest = plan.assistant.index.manifest
    return {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "index": {
            "folder": str(plan.assistant.index.folder),
            "digest": manifest.digest,
            "source": manifest.origin.source,
            "commit": manifest.origin.commit,
            "model": manifest.origin.model,
            "model_digest": manifest.origin.model_digest,
            "pages": manifest.pages,
            "passages": manifest.passages,
            "facts": dict(manifest.facts),
        },
        "questions": {
            "path": str(plan.asked.path),
            "sha256": plan.asked.digest,
            "number": len(plan.asked.questions),
        },
        "manual": str(plan.manual) if plan.manual else None,
        "against": str(plan.against) if plan.against else None,
        "away": {each.name: asked.digest for each, asked in plan.away},
        "limits": len(plan.limits),
        "seed": SEED,
        "versions": {"python": platform.python_version(), **_versions()},
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in _VERSIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # run from its folder, not installed
            found[name] = "not installed"
    return found
