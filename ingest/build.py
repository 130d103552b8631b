"""Ingest: a manual into the next generation of an index, or into nothing at all."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from ingest.encoder.embedding import Embedding
from ingest.encoder.model import export, find_model, is_whole
from ingest.encoder.onnx import Encoder
from ingest.errors import UserError
from ingest.facts.compiling import facts_of
from ingest.kept import Kept
from ingest.manual.files import files_of
from ingest.manual.passages import LONGEST, passages_of
from ingest.manual.reading import Manual, read_manual
from ingest.manual.source import Checkout, open_source
from ingest.plain import canonical, fact_json, passage_json
from ingest.store.generation import Built, Content, Progress, known, publish, sweep
from ingest.store.index import ENCODERS, INPUTS, KEPT, Index

__all__ = ["IngestReport", "Progress", "ingest"]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. Pages are named by path and compared by content with the index before it.

    `embedded` counts the texts that were new to the index; `orphans` the rows that vectors and records
    do not share (an ingest that ends well has none); `seconds` are wall-clock time.
    """

    pages: int
    passages: int
    facts: Mapping[str, int]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    embedded: int
    orphans: int
    warnings: tuple[str, ...]
    digest: str
    generation: str
    unchanged: bool
    seconds: float


def ingest(
    source: str, index: Path, *, ref: str | None = None, model: str | None = None, progress: Progress
) -> IngestReport:
    """Read the manual at `source` (a folder or a git repository at `ref`) into the index folder.

    Readers see the index as it was until the last moment. An equal content rewrites nothing. UserError
    for what a person can mend; SelfCheckError when the new generation is not sound.
    """
    started = time.monotonic()
    index = index.expanduser()
    with open_source(source, ref) as checkout, _locked(index), _previous(index) as previous:
        progress("reading", 0, 1)
        found = find_model(model)
        ground = _files_digest(Path(__file__).parent, [found.digest])
        inputs = _inputs(checkout, ground)
        if previous is not None and _is_made_from(previous, inputs):
            progress("reading", 1, 1)
            return _report(_as_it_is(previous), previous, True, started)
        with _written(index):
            progress("preparing the encoder", 0, 1)
            encoder = Encoder.open(export(found, index / ENCODERS))
            progress("preparing the encoder", 1, 1)
            embedding = encoder.embedding(known(previous, encoder.digest))
            kept = Kept.open(index / KEPT, ground)
        with closing(kept), embedding:
            manual = read_manual(checkout.root, checkout.history, checkout.commit, checkout.label, kept)
            content = _content(manual, checkout.label, ground, encoder, embedding)
            with _written(index):
                kept.save()
            progress("reading", 1, 1)
            report = _update(index, previous, content, embedding, progress, started)
        with _written(index):
            (index / INPUTS).write_text(f"{report.generation} {inputs}\n", encoding="utf-8")
        return report


def _inputs(checkout: Checkout, ground: str) -> str:
    """sha256 over everything that an index is made from: the manual's files, where they come from, and the past that
    git tells of them; the ground, which is the model and this room's own code and data."""
    past = sorted((path, *astuple(revision)) for path, revision in checkout.history.items())
    return _files_digest(checkout.root, [checkout.label, checkout.commit, ground, past])


def _files_digest(root: Path, beside: Sequence[Any]) -> str:
    """sha256 over the files of a folder, by path and content, and what stands beside them."""
    total = hashlib.sha256(canonical(beside).encode())
    for path in sorted(files_of(root)):
        with (root / path).open("rb") as file:
            total.update(f"{path}\n{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


def _is_made_from(previous: Index, inputs: str) -> bool:
    """Whether a generation was made from these inputs, and its encoder is whole."""
    try:
        made_from = (previous.folder / INPUTS).read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return False
    return made_from == [previous.generation, inputs] and is_whole(previous.encoder_home)


def _content(manual: Manual, label: str, ground: str, encoder: Encoder, embedding: Embedding) -> Content:
    """What the manual says. Passages are cut first: they are embedded while facts are read."""
    passages = passages_of(manual, encoder.count_tokens, min(LONGEST, encoder.max_tokens))
    embedding.add(passage.text for passage in passages)
    return Content(
        source=label,
        commit=manual.commit,
        ground=ground,
        model=encoder.name,
        model_digest=encoder.digest,
        settings_digest=manual.settings.digest,
        settings=manual.settings.to_json(),
        page_hashes={page.path: page.digest for page in manual.pages},
        facts=facts_of(manual),
        passages=passages,
        warnings=tuple(str(warning) for warning in manual.warnings),
    )


def _update(
    index: Path, previous: Index | None, content: Content, embedding: Embedding, progress: Progress, started: float
) -> IngestReport:
    """Publish the content unless the index already holds it."""
    digest = content_digest(content)
    if previous is not None and previous.digest == digest:
        return _report(_as_it_is(previous), previous, True, started)
    with _written(index):
        built = publish(index, previous, content, digest, embedding, progress)
    sweep(index, keep=[built.name, *([previous.generation] if previous is not None else [])])
    return _report(built, previous, False, started)


def _as_it_is(previous: Index) -> Built:
    return Built(previous.generation, previous.manifest, embedded=0)


def _report(built: Built, previous: Index | None, unchanged: bool, started: float) -> IngestReport:
    before = previous.manifest.page_hashes if previous is not None else {}
    now = built.manifest.page_hashes
    return IngestReport(
        pages=built.manifest.pages,
        passages=built.manifest.passages,
        facts=built.manifest.facts,
        added=tuple(sorted(now.keys() - before.keys())),
        changed=tuple(sorted(path for path in now.keys() & before.keys() if now[path] != before[path])),
        removed=tuple(sorted(before.keys() - now.keys())),
        embedded=built.embedded,
        orphans=0,  # else the self-check had refused the generation
        warnings=built.manifest.warnings,
        digest=built.manifest.digest,
        generation=built.name,
        unchanged=unchanged,
        seconds=time.monotonic() - started,
    )


def content_digest(content: Content) -> str:
    """sha256 over everything that can reach an answer; where the manual was read from is left out."""
    total = hashlib.sha256()
    for head in (content.commit, content.settings_digest, content.model_digest):
        total.update(f"{head}\n".encode())
    for rows in (map(fact_json, content.facts), map(passage_json, content.passages)):
        for row in rows:
            total.update(canonical(row).encode() + b"\n")
        total.update(b"\n")
    return total.hexdigest()


@contextmanager
def _previous(index: Path) -> Iterator[Index | None]:
    """The generation to compare with; None when there is none, or none that is whole."""
    with ExitStack() as stack:
        previous = None
        with suppress(UserError):
            previous = stack.enter_context(closing(Index.open(index)))
        yield previous


@contextmanager
def _locked(index: Path) -> Iterator[None]:
    """Hold the index against other ingests; the kernel lets go when this process ends, however it ends."""
    with _written(index):
        index.mkdir(parents=True, exist_ok=True)
        lock = (index / "lock").open("w")
    with closing(lock):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(
                f"Another ingest is writing the index in {index}: wait for it to end, then try again."
            ) from error
        yield


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
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "full" in str(error)
