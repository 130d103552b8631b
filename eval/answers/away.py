"""Question sets on other organisations' manuals, in a folder beside the project: what is right here may be wrong there.

questions/NAME.jsonl     a set
manuals/NAME             its manual, of an organisation that nobody worked with
manual-YEAR              the manual of a set called dev-YEAR: worked with, and in no mean over the others
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import UserError
from assistant.flow import Assistant
from assistant.progress import Progress
from eval.answers import folder as files
from eval.answers.generate import OfAssistant, findable, generate
from eval.answers.gold import QuestionSet, load

Ingest = Callable[[Path, Path], None]
"""Reads the manual in the first folder into the index in the second."""


@dataclass(frozen=True, slots=True)
class AwaySet:
    """A question set and its manual's folder; `counts` says that it is part of the mean over the manuals."""

    name: str
    questions: Path
    manual: Path
    counts: bool

    def asked(self) -> QuestionSet:
        """The questions; UserError for the first thing that is wrong with any of them."""
        return load(self.questions, lambda page: (self.manual / page).is_file())


@dataclass(frozen=True, slots=True)
class AwayRun:
    """What a run keeps of a set, beside its files: where the manual is, and whether it is part of the mean."""

    manual: Path
    counts: bool


def away_sets(folder: Path) -> tuple[AwaySet, ...]:
    """The sets of a folder, by name; UserError where it has none, or one has no manual."""
    sets = tuple(_set(file, folder) for file in sorted((folder / "questions").glob("*.jsonl")))
    if not sets:
        raise UserError(f"There are no questions in {folder / 'questions'}: name a folder that has NAME.jsonl there.")
    return sets


def _set(questions: Path, folder: Path) -> AwaySet:
    name = questions.stem
    away, home = folder / "manuals" / name, folder / f"manual-{name.removeprefix('dev-')}"
    manual = home if name.startswith("dev-") else away
    if not manual.is_dir():
        raise UserError(f"The questions {questions} have no manual: put it into {manual}.")
    return AwaySet(name, questions, manual, counts=manual == away)


def ask_away(away: AwaySet, asked: QuestionSet, index: Path, folder: Path, ingest: Ingest, progress: Progress) -> None:
    """Ingest the manual into `index`, ask its questions, and leave the files of a run in `folder`."""
    folder.mkdir(parents=True)
    ingest(away.manual, index)
    opened = Assistant.open(index)
    try:
        files.write_json(folder / files.SETTINGS, AwayRun(away.manual, away.counts))
        files.write_lines(folder / files.QUESTIONS, (question.to_json() for question in asked.questions))
        generate(OfAssistant(opened), asked.questions, folder, findable(opened), _told_of(away.name, progress))
    finally:
        opened.index.close()


def _told_of(name: str, progress: Progress) -> Progress:
    """A stage of its own for each set: the time left is reckoned from when a stage began."""
    return lambda _stage, done, total: progress(f"asking about {name}", done, total)
