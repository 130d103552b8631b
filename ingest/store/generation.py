"""The next generation of an index: built beside the current one, checked, then pointed to.

Whoever kills this at any moment leaves the pointer where it was, and a folder with a leading dot that
the next ingest sweeps away.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ingest.encoder.embedding import Embedding, Vectors32
from ingest.plain import text_key
from ingest.relations import RELATIONS
from ingest.store import chroma as vectors
from ingest.store import index as place
from ingest.store import nearest, records, words
from ingest.store.chroma import Vectors
from ingest.store.index import Generation, Index, Manifest, Origin
from ingest.store.layout import LAYOUT
from ingest.store.records import Records
from ingest.store.selfcheck import SelfCheckError, check, check_nearest
from ingest.store.sums import sums_of
from ingest.store.words import Words
from ingest.values import COLLECTIONS, Collection, Fact, Passage, Place, Progress, topics_of

# Above this share of rows to delete or add, a fresh graph is quicker to build and better to search.
_CHURN = 0.3
_EQUALS = 10
"""Rows of equal text that Chroma holds: as many neighbours as the self-check compares."""
_IN_TURN: tuple[Collection, ...] = ("passages", "facts", "topics")
"""The collections as they are embedded and indexed: beside the last, the least, nothing is left to embed."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a manual says, ready to be indexed, and where it came from."""

    origin: Origin
    page_hashes: Mapping[str, str]
    facts: tuple[Fact, ...]
    passages: tuple[Passage, ...]
    warnings: tuple[str, ...]

    def places(self) -> Iterator[Place]:
        """Every place that an answer can cite."""
        yield from (fact.place for fact in self.facts)
        yield from (passage.place for passage in self.passages)

    def texts(self, collection: Collection) -> dict[str, str]:
        """What is embedded and searched, by id, in row order."""
        if collection == "topics":
            return {id_: text for id_, text, _ in topics_of(self.facts)}
        rows: Sequence[Fact | Passage] = self.facts if collection == "facts" else self.passages
        return {row.id: row.text for row in rows}


@dataclass(frozen=True, slots=True)
class Built:
    """A generation that the pointer now names; `embedded` texts were new to the index."""

    name: str
    manifest: Manifest
    embedded: int


@dataclass(frozen=True, slots=True)
class _Draft:
    """A generation while it is built: its folder, its content, and the one of the same ground that it may copy from."""

    folder: Path
    content: Content
    embedding: Embedding
    progress: Progress
    previous: Index | None


def known(last: Generation | None, model_digest: str) -> Mapping[str, Vectors32]:
    """The vectors that a generation has of that model, by `text_key`, whatever code wrote them; none where they cannot
    be read."""
    if last is None or last.manifest.origin.model_digest != model_digest:
        return {}
    with suppress(OSError, ValueError):
        return nearest.known(last.home)
    return {}


def publish(
    index: Path, previous: Index | None, content: Content, digest: str, embedding: Embedding, progress: Progress
) -> Built:
    """Build, check and swap in the generation of a content with that digest; OSError, SelfCheckError.

    Texts that were handed to `embedding` before are further on.
    """
    home = index / place.GENERATIONS
    home.mkdir(exist_ok=True)
    name = f"{_next_number(home)}-{digest[:12]}"
    beside = home / f".{name}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    same = previous is not None and previous.manifest.origin.ground == content.origin.ground
    draft = _Draft(beside, content, embedding, progress, previous if same else None)
    try:
        _fill(draft)
        manifest = _manifest(draft, digest)
        manifest.write(beside / place.MANIFEST)
        settle(beside)
    except BaseException:  # on a full disk, the next ingest needs the room
        shutil.rmtree(beside, ignore_errors=True)
        raise
    beside.rename(home / name)
    _sync(home)
    point(index, name)
    return Built(name, manifest, embedding.new)


def sweep_begun(index: Path) -> None:
    """Remove what killed runs left: nobody else writes, and their room may be needed."""
    for folder in (index / place.GENERATIONS).glob(".*"):
        shutil.rmtree(folder, ignore_errors=True)


def sweep(index: Path, keep: Sequence[str]) -> None:
    """Remove generations but those to keep, and what killed runs and earlier versions left behind."""
    for folder in (index / place.GENERATIONS).glob("*"):
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
    encoders = index / "encoders"  # where earlier versions kept them
    if encoders.is_symlink():
        encoders.unlink()
    shutil.rmtree(encoders, ignore_errors=True)


def _next_number(home: Path) -> int:
    numbers = [int(folder.name.split("-")[0]) for folder in home.glob("[0-9]*-*")]
    return max(numbers, default=0) + 1


def _fill(draft: _Draft) -> None:
    """Write everything but the manifest; what needs no vector, while texts are embedded."""
    content, folder = draft.content, draft.folder
    for collection in _IN_TURN:
        draft.embedding.add(content.texts(collection).values())
    records.write(folder / place.RECORDS, content.facts, content.passages)
    for collection in COLLECTIONS:
        _index_words(draft, collection)
    written = Records.open(folder / place.RECORDS)
    try:
        _index_vectors(draft, written)
        _write_arrays(draft, written)
        if (folder / nearest.GRAPHS).exists():
            check_nearest(nearest.Nearest(folder))
    finally:
        written.close()


def _index_words(draft: _Draft, collection: Collection) -> None:
    """The word index of a collection: the previous one's copy where it was made of the same texts."""
    folder, previous = draft.folder / place.WORDS, draft.previous
    texts = list(draft.content.texts(collection).values())
    if previous is not None:
        before = list(previous.records.keys(collection).values())
        if before == [text_key(text) for text in texts]:
            shutil.copytree(previous.home / place.WORDS / collection, folder / collection)
            return
    words.build(folder, collection, texts)


def _index_vectors(draft: _Draft, written: Records) -> None:
    """Chroma's folder: the previous one's copy with the difference applied, or a fresh one; checked."""
    folder, previous = draft.folder / place.CHROMA, draft.previous
    if previous is not None and _churn(previous.records, written) < _CHURN:
        vectors.copy(previous.home / place.CHROMA, folder)
        try:
            _apply(draft, Vectors.open(folder), previous.records, written)
        except SelfCheckError:  # a graph that has seen many changes can wear out: build a fresh one
            shutil.rmtree(folder)
        else:
            return
    _apply(draft, Vectors.create(folder), None, written)


def _apply(draft: _Draft, made: Vectors, before: Records | None, now: Records) -> None:
    """Bring Chroma from the rows of `before` to those of `now`, check it and close it.

    What it gives back is what it was given, byte for byte: so the arrays that are searched hold what Chroma holds.
    """
    try:
        in_words = Words.open(draft.folder / place.WORDS)
        for done, collection in enumerate(_IN_TURN, start=1):
            old = few_of_each(before.keys(collection)) if before is not None else {}
            keys = few_of_each(now.keys(collection))
            new = [id_ for id_, key in keys.items() if old.get(id_) != key]
            made.delete(collection, [id_ for id_, key in old.items() if keys.get(id_) != key])
            made.write(collection, new, _vectors(draft, [keys[id_] for id_ in new]))
            if in_words.rows(collection) != now.rows[collection]:
                raise SelfCheckError(
                    f"{in_words.rows(collection)} of {now.rows[collection]} {collection} are in the words"
                )
            check(collection, list(keys), made, _vectors(draft, list(keys.values())))
            draft.progress("indexing", done, len(_IN_TURN))
    finally:
        made.close()


def few_of_each(keys: Mapping[str, str]) -> dict[str, str]:
    """The ids with their `text_key`, the first few of each text: among thousands of equal vectors a graph's ways lead
    nowhere else. Nothing is lost, for whoever found a text has found what the others say."""
    counted: Counter[str] = Counter()
    few: dict[str, str] = {}
    for id_, key in keys.items():
        counted[key] += 1
        if counted[key] <= _EQUALS:
            few[id_] = key
    return few


def _write_arrays(draft: _Draft, written: Records) -> None:
    of_rows = {collection: list(written.keys(collection).values()) for collection in COLLECTIONS}
    keys = sorted({key for of_collection in of_rows.values() for key in of_collection})
    content = draft.content
    nearest.write(draft.folder, keys, _vectors(draft, keys), of_rows, content.facts, content.passages)


def _vectors(draft: _Draft, keys: Sequence[str]) -> Vectors32:
    """The vectors of texts by their keys, shape (len(keys), dimension), once they are embedded."""
    return draft.embedding.vectors(keys, partial(draft.progress, "embedding"))


def _churn(before: Records, now: Records) -> float:
    """The share of rows, old and new together, that must be deleted or added."""
    pairs = [(before.keys(name).items(), now.keys(name).items()) for name in COLLECTIONS]
    moved = sum(len(old ^ new) for old, new in pairs)
    return moved / max(1, sum(len(old) + len(new) for old, new in pairs))


def _manifest(draft: _Draft, digest: str) -> Manifest:
    content, folder = draft.content, draft.folder
    counts = Counter(fact.relation for fact in content.facts)
    files = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    return Manifest(
        origin=content.origin,
        pages=len(content.page_hashes),
        passages=len(content.passages),
        facts={relation: counts[relation] for relation in RELATIONS},
        warnings=content.warnings,
        digest=digest,
        page_hashes=dict(content.page_hashes),
        sizes={name: (folder / name).stat().st_size for name in files},
        sums=sums_of(folder, [name for name in files if not name.startswith(f"{place.CHROMA}/")]),
        updated=max((cited.updated for cited in content.places()), default=""),
        layout=LAYOUT,
    )


def settle(folder: Path) -> None:
    """Everything below a folder onto the disk, so that the pointer never outlives what it names."""
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    """A file or a folder onto the disk. Windows opens no folder, and flushes only what may be written to."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def point(index: Path, name: str) -> None:
    """Move the pointer, in one rename."""
    new = index / f"{place.POINTER}.new"
    new.write_text(name + "\n", encoding="utf-8")
    _sync(new)
    new.replace(index / place.POINTER)
    _sync(index)
