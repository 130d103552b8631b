"""Ingest: a manual into the next generation of an index, or into nothing at all."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import astuple, dataclass, replace
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.asked_as import with_ways_of_asking
from ingest.digests import code_files, files_digest
from ingest.encoder.cache import encoder_of
from ingest.encoder.embedding import Embedding
from ingest.encoder.model import Model, find_model, is_whole
from ingest.encoder.onnx import Encoder
from ingest.errors import UserError
from ingest.facts.asked import with_questions
from ingest.facts.compiling import facts_of
from ingest.facts.short_names import with_short_names
from ingest.facts.unread import unread_contacts
from ingest.kept import Kept
from ingest.manual.files import files_of
from ingest.manual.passages import LONGEST, passages_of
from ingest.manual.reading import Manual, read_manual
from ingest.manual.source import Checkout, open_source
from ingest.plain import canonical, fact_json, passage_json
from ingest.store.generation import Built, Content, known, publish, sweep, sweep_begun
from ingest.store.index import INPUTS, KEPT, Generation, Index, Origin, last_generation
from ingest.values import AskingAs, Passage, Progress

__all__ = ["IngestReport", "ingest"]

_CODE = Path(__file__).parent
FINDING = "finding facts"
"""The stage of an ingest that takes longest, with how far it is."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. Pages are named by path and compared by content with the index before it.

    `embedded` counts the texts that were new to the index; `seconds` are wall-clock time.
    """

    pages: int
    passages: int
    facts: Mapping[str, int]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    embedded: int
    warnings: tuple[str, ...]
    digest: str
    generation: str
    unchanged: bool
    seconds: float


def ingest(
    source: str,
    index: Path,
    *,
    ref: str | None = None,
    model: str | None = None,
    asking: AskingAs | None = None,
    progress: Progress,
) -> IngestReport:
    """Read the manual at `source` (a folder or a git repository at `ref`) into the index folder. `model` is the folder
    of an encoder; `asking` a language model that may write how people ask for facts.

    Readers see the index as it was until the last moment. An equal content rewrites nothing, unless other code made
    it. UserError for what a person can mend; SelfCheckError when the new generation is not sound.
    """
    started = time.monotonic()
    index = index.expanduser()
    with open_source(source, ref) as checkout, _locked(index), _previous(index) as previous:
        progress("reading", 0, 1)
        sweep_begun(index)
        found = find_model(model)
        ground = files_digest(_CODE, code_files(_CODE), [found.digest])
        inputs = _inputs(checkout, ground) + (f"+{asking.name}" if asking else "")
        last = last_generation(index)
        if previous is not None and _is_made_from(previous, inputs):
            progress("reading", 1, 1)
            return _report(_as_it_is(previous), last, True, started)
        with _written(index):
            kept = Kept.open(index / KEPT, ground)
        with closing(kept):
            # Before the encoder, which may have to be exported first: a folder without pages is refused at once.
            read = read_manual(checkout.root, checkout.history, checkout.commit, checkout.label, kept)
            manual = with_short_names(read)
            progress("reading", 1, 1)
            progress("preparing the encoder", 0, 1)
            encoder = encoder_of(found)
            progress("preparing the encoder", 1, 1)
            with encoder.embedding(known(last, found.digest)) as embedding:
                content = _content(manual, checkout.label, ground, found, encoder, embedding, progress)
                with _written(index):
                    content = _asked_as(content, index, asking, progress)
                    kept.save()
                built = _updated(index, previous, last, content, embedding, progress)
        if asking is None or not asking.stopped:  # else the next ingest goes on with what is left
            with _written(index):
                (index / INPUTS).write_text(f"{built.name} {inputs}\n", encoding="utf-8")
        return _report(built, last, previous is not None and built.name == previous.generation, started)


def _inputs(checkout: Checkout, ground: str) -> str:
    """sha256 over everything that an index is made from: the manual's files, where they come from, and the past that
    git tells of them; the ground, which is the model and this room's own code and data."""
    past = sorted((path, *astuple(revision)) for path, revision in checkout.history.items())
    return files_digest(checkout.root, files_of(checkout.root), [checkout.label, checkout.commit, ground, past])


def _is_made_from(previous: Index, inputs: str) -> bool:
    """Whether a generation was made from these inputs, and its encoder is whole."""
    try:
        made_from = (previous.folder / INPUTS).read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return False
    return made_from == [previous.generation, inputs] and is_whole(previous.encoder_home)


def _content(
    manual: Manual,
    label: str,
    ground: str,
    model: Model,
    encoder: Encoder,
    embedding: Embedding,
    progress: Progress,
) -> Content:
    """What the manual says. Passages are cut first: they are embedded while other pages are cut and facts are read."""

    def embed(passages: Sequence[Passage]) -> None:
        embedding.add(passage.text for passage in passages)

    passages = passages_of(manual, encoder.count_tokens, min(LONGEST, encoder.max_tokens), embed)
    facts, lost = with_questions(facts_of(manual, partial(progress, FINDING)), manual.settings.asked)
    warnings = [*manual.warnings, *unread_contacts(manual, facts), *lost]
    warnings.sort(key=lambda w: (w.path, w.line, w.message))
    return Content(
        origin=Origin(label, manual.commit, ground, model.name, model.digest, str(model.folder), manual.settings),
        page_hashes={page.path: page.digest for page in manual.pages},
        facts=facts,
        passages=passages,
        warnings=tuple(map(str, warnings)),
    )


def _asked_as(content: Content, index: Path, asking: AskingAs | None, progress: Progress) -> Content:
    """The content with how people would ask for its facts, as far as that is known or a model says."""
    settings = content.origin.settings.model
    return replace(content, facts=with_ways_of_asking(content.facts, index, settings, asking, progress))


def _updated(
    index: Path,
    previous: Index | None,
    last: Generation | None,
    content: Content,
    embedding: Embedding,
    progress: Progress,
) -> Built:
    """Publish the content, unless the index already holds it as this code writes it."""
    digest = content_digest(content)
    if previous is not None and (previous.digest, previous.manifest.origin.ground) == (
        digest,
        content.origin.ground,
    ):
        return _as_it_is(previous)
    with _written(index):
        built = publish(index, previous, content, digest, embedding, progress)
    sweep(index, keep=[built.name, *([last.name] if last is not None else [])])
    return built


def _as_it_is(previous: Index) -> Built:
    return Built(previous.generation, previous.manifest, embedded=0)


def _report(built: Built, last: Generation | None, unchanged: bool, started: float) -> IngestReport:
    before = last.manifest.page_hashes if last is not None else {}
    now = built.manifest.page_hashes
    return IngestReport(
        pages=built.manifest.pages,
        passages=built.manifest.passages,
        facts=built.manifest.facts,
        added=tuple(sorted(now.keys() - before.keys())),
        changed=tuple(sorted(path for path in now.keys() & before.keys() if now[path] != before[path])),
        removed=tuple(sorted(before.keys() - now.keys())),
        embedded=built.embedded,
        warnings=built.manifest.warnings,
        digest=built.manifest.digest,
        generation=built.name,
        unchanged=unchanged,
        seconds=time.monotonic() - started,
    )


def content_digest(content: Content) -> str:
    """sha256 over everything that can reach an answer; where the manual was read from is left out."""
    total = hashlib.sha256()
    origin = content.origin
    for head in (origin.commit, origin.settings.digest, origin.model_digest):
        total.update(f"{head}\n".encode())
    for rows in (map(fact_json, content.facts), map(passage_json, content.passages)):
        for row in rows:
            total.update(canonical(row).encode() + b"\n")
        total.update(b"\n")
    return total.hexdigest()


@contextmanager
def _previous(index: Path) -> Iterator[Index | None]:
    """The generation to build upon; None when there is none, none that is whole, or one of another layout."""
    with ExitStack() as stack:
        previous = None
        with suppress(UserError):
            previous = stack.enter_context(closing(Index.open(index)))
        yield previous


@contextmanager
def _locked(index: Path) -> Iterator[None]:
    """Hold the index against other ingests; the system lets go when this process ends, however it ends."""
    lock = FileLock(index / "lock", timeout=0)
    with _written(index):
        index.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout as error:
            raise UserError(
                f"Another ingest is writing the index in {index}: wait for it to end, then try again."
            ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _written(index: Path) -> Iterator[None]:
    """What the disk refuses, as a sentence."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        said = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        full = "free some space" if _is_full(error) else "make it writable"
        raise UserError(
            f"The index in {index} cannot be written ({said}): {full}, or choose another folder with --index."
        ) from error


def _is_full(error: Exception) -> bool:
    """NumPy tells of a full disk without an error number: so many bytes requested, and fewer written."""
    said = str(error)
    known = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return known or "full" in said or said.endswith(" written")
