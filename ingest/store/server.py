"""A generation on a Chroma server: published by one ingest at a time, fetched by whoever answers.

Chroma has no transactions, but it makes a collection of one name only once, and changes a collection's metadata in one
request. So the lock is a collection, and the pointer the metadata of one, moved when everything it names is there. The
layout of names stands in `ingest.store.pointer`.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
import uuid
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from itertools import chain, count, takewhile
from pathlib import Path
from typing import Any, cast

import chromadb
import httpx
import numpy as np
from chromadb.api import ClientAPI
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError
from filelock import FileLock, Timeout

from ingest.encoder.embedding import Vectors32
from ingest.errors import UserError
from ingest.store import index as place
from ingest.store import nearest
from ingest.store.chroma import SPACE, batches
from ingest.store.generation import few_of_each, point, settle, sweep, sweep_begun
from ingest.store.index import Manifest, last_generation
from ingest.store.layout import LAYOUT
from ingest.store.pointer import POINTER, Address, AwayError, NothingThereError, Pointer
from ingest.store.records import Records
from ingest.values import COLLECTIONS, Collection, Place, Progress

LOCK = f"{POINTER}-lock"
LEASE = 60
"""Seconds for which an ingest has the lock unless it says again that it is there: then it was killed."""
FILES = "files"
_PIECE = 256 * 1024
"""Bytes of a file, packed, in one record."""
_AT_ONCE = 16
"""Pieces in one request: some 6 MB, where a server takes 40."""
_ASKED = 64
"""Pieces that are asked for at once: 20 MB at most."""
_SLOW = 60.0
"""Seconds within which a server must answer one request of an ingest or a fetch."""
_FETCHING = 600.0
"""Seconds for which a process waits while another one of this machine fetches."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text that was embedded: its id, and what the server holds beside its vector for other programs."""

    id: str
    key: str
    text: str
    place: Place


@contextmanager
def publishing(address: Address) -> Iterator[Server]:
    """The server, locked against other ingests until the block ends; UserError where it is locked already."""
    Pointer.reachable(address, _SLOW)
    with _said(address):
        server = Server(address)
        lock = _Lock(server.client, address)
    try:
        yield server.locked(lock)
    finally:
        lock.release()


class Server:
    """A Chroma server, by its client."""

    def __init__(self, address: Address) -> None:
        """Call only where the server answers: the client would wait for ever."""
        self._address = address
        self._lock: _Lock | None = None
        self.client: ClientAPI = chromadb.HttpClient(
            host=address.host,
            port=address.port,
            ssl=address.secure,
            headers=address.headers,
            settings=Settings(anonymized_telemetry=False),
        )
        # It has no setting for this.
        cast(Any, self.client)._server._session.timeout = httpx.Timeout(_SLOW)

    def locked(self, lock: _Lock) -> Server:
        self._lock = lock
        return self

    def publish(self, index: Path, progress: Progress) -> bool:
        """Bring the generation of an index folder onto the server, and point to it; False where it is there already.

        Whoever kills this leaves the pointer where it was, and collections that the next one removes.
        """
        with _said(self._address):
            return self._publish(index, progress)

    def _publish(self, index: Path, progress: Progress) -> bool:
        found = last_generation(index)
        if found is None:
            raise place.damaged(index)
        manifest = found.manifest
        now = self._pointer()
        same = now is not None and (now.digest, now.ground, now.layout) == (
            manifest.digest,
            manifest.origin.ground,
            manifest.layout,
        )
        self._remove_but([now.generation, now.before] if now else [])
        if same and now and all(self._holds(now.generation, name) for name in (*COLLECTIONS, FILES)):
            return False
        number = int(now.generation.split("-")[0]) + 1 if now else 1
        generation = f"{number}-{manifest.digest[:12]}"
        sent = carried(manifest)
        with closing(Records.open(found.home / place.RECORDS)) as records:
            few = {collection: few_of_each(records.keys(collection)) for collection in COLLECTIONS}
            done = _counted(progress, sum(map(len, few.values())) + len(sent.sizes))
            known = nearest.known(found.home)
            for collection in COLLECTIONS:
                texts = list(_texts(records, collection, few[collection]))
                self._add_texts(generation, collection, texts, known, done)
        self._add_files(generation, found.home, sent, done)
        if self._lock is not None:
            self._lock.check()
        before = now.generation if now else ""
        self._point(Pointer(generation, before, manifest.digest, manifest.origin.ground, LAYOUT))
        self._remove_but([generation, before])
        return True

    def _pointer(self) -> Pointer | None:
        try:
            return Pointer.read(self._address, _SLOW)
        except NothingThereError:
            return None

    def _point(self, pointer: Pointer) -> None:
        """In one request: nobody sees the collection without the generation that it names."""
        said = asdict(pointer)
        try:
            self.client.get_collection(POINTER, embedding_function=None).modify(metadata=said)
        except NotFoundError:
            self.client.create_collection(POINTER, metadata=said, embedding_function=None)

    def _holds(self, generation: str, name: str) -> bool:
        try:
            self.client.get_collection(_name(generation, name), embedding_function=None)
        except NotFoundError:
            return False
        return True

    def _remove_but(self, generations: Sequence[str]) -> None:
        """Remove the collections of all generations but these, and locks that were taken away."""
        kept = {POINTER, LOCK, *(_name(g, c) for g in generations if g for c in (*COLLECTIONS, FILES))}
        names = [collection.name for collection in self.client.list_collections()]
        for name in names:
            if name.startswith(f"{POINTER}-") and name not in kept:
                with suppress(NotFoundError):
                    self.client.delete_collection(name)

    def _create(self, generation: str, name: str) -> chromadb.Collection:
        with suppress(NotFoundError):
            self.client.delete_collection(_name(generation, name))
        return self.client.create_collection(
            _name(generation, name), configuration={"hnsw": {"space": SPACE}}, embedding_function=None
        )

    def _add_texts(
        self,
        generation: str,
        name: Collection,
        texts: Sequence[_Text],
        known: Mapping[str, Vectors32],
        done: Callable[[int], None],
    ) -> None:
        collection = self._create(generation, name)
        for part in batches(len(texts)):
            some = texts[part]
            collection.add(
                ids=[text.id for text in some],
                embeddings=np.array([known[text.key] for text in some], np.float32),
                documents=[_utf8(text.text) for text in some],
                metadatas=[_place(text.place) for text in some],
            )
            done(len(some))
        if collection.count() != len(texts):
            raise AwayError(
                f"The store at {self._address} holds {collection.count()} of {len(texts)} {name}: try again."
            )

    def _add_files(self, generation: str, home: Path, manifest: Manifest, done: Callable[[int], None]) -> None:
        collection = self._create(generation, FILES)
        names = [name for name in manifest.sizes if name != nearest.VECTORS]
        waiting: list[tuple[str, str]] = []
        for name in names:
            waiting += _pieces(name, (home / name).read_bytes())
            while len(waiting) >= _AT_ONCE:
                _add_pieces(collection, waiting[:_AT_ONCE])
                del waiting[:_AT_ONCE]
            done(1)
        waiting += _pieces(place.MANIFEST, manifest.text().encode())
        for first in range(0, len(waiting), _AT_ONCE):
            _add_pieces(collection, waiting[first : first + _AT_ONCE])
        done(1)


class _Lock:
    """Held by the one ingest that may write to a server, in the server's own time."""

    def __init__(self, client: ClientAPI, address: Address) -> None:
        """UserError where another ingest holds it."""
        self._client, self._address = client, address
        self._owner = uuid.uuid4().hex
        self._ended = threading.Event()
        self._held = self._taken()
        threading.Thread(target=self._stay, name="lock", daemon=True).start()

    def _until(self) -> dict[str, Any]:
        return {"owner": self._owner, "until": self._client.heartbeat() // 10**9 + LEASE}

    def _taken(self) -> chromadb.Collection:
        for _ in range(2):
            with suppress(ChromaError):  # there is one of that name
                return self._client.create_collection(LOCK, metadata=self._until(), embedding_function=None)
            with suppress(NotFoundError):  # it went meanwhile
                other = self._client.get_collection(LOCK, embedding_function=None)
                if (other.metadata or {}).get("until", 0) > self._client.heartbeat() // 10**9:
                    break
                # Renamed and not deleted: of two who find it outdated, both move this very one, and one makes the next.
                other.modify(name=f"{POINTER}-outdated-{uuid.uuid4().hex}")
        raise UserError(
            f"Another ingest is writing to the store at {self._address}: wait for it to end, then try again "
            f"(one that was killed is forgotten after {LEASE} seconds)."
        )

    def _stay(self) -> None:
        while not self._ended.wait(LEASE / 4):
            with suppress(Exception):  # said by whoever writes
                self._held.modify(metadata=self._until())

    def check(self) -> None:
        """UserError where the lock was lost: the server was gone for longer than the lease, and another came."""
        now = self._client.get_collection(LOCK, embedding_function=None)
        if (now.metadata or {}).get("owner") != self._owner:
            raise UserError(f"Another ingest took over the store at {self._address}: nothing was changed; try again.")

    def release(self) -> None:
        self._ended.set()
        with suppress(Exception):  # a server that is gone forgets it by itself
            self.check()
            self._client.delete_collection(LOCK)


def fetch(address: Address, folder: Path, pointer: Pointer) -> None:
    """Bring the generation that a server points to into the copy in `folder`, and point to it.

    Only what the copy lacks is asked for. UserError where the server, or this machine's disk, refuses.
    """
    home = folder / place.GENERATIONS
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_name(f"{folder.name}.lock"), timeout=_FETCHING)
        with lock, _said(address):
            last = last_generation(folder)
            if last is not None and (last.name, last.manifest.layout) == (pointer.generation, pointer.layout):
                return  # another process of this machine fetched it
            sweep_begun(folder)
            beside = home / f".{pointer.generation}"
            beside.mkdir()
            try:
                _fill(Server(address), pointer.generation, beside, last)
                settle(beside)
                shutil.rmtree(home / pointer.generation, ignore_errors=True)
                beside.rename(home / pointer.generation)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
            point(folder, pointer.generation)
            if last_generation(folder) is None:
                raise UserError(
                    f"What the store at {address} holds is damaged: run `whodoiask ingest --store {address}`."
                )
            sweep(folder, keep=[pointer.generation, *([last.name] if last else [])])
    except Timeout as error:
        raise UserError(f"Another process is fetching the index into {folder}: try again when it has ended.") from error
    except OSError as error:
        raise UserError(
            f"The index cannot be kept in {folder} ({error.strerror or error}): make room, or name another folder in "
            "WHODOIASK_STORES."
        ) from error


def _fill(server: Server, generation: str, folder: Path, last: place.Generation | None) -> None:
    """Write a generation's files into an empty folder: those that the last one has from there."""
    pieces = _Pieces(server.client.get_collection(_name(generation, FILES), embedding_function=None))
    for name, content in pieces.of_all({place.MANIFEST: 0}):
        (folder / name).write_bytes(content)
    manifest = Manifest.read(folder / place.MANIFEST)
    wanted: dict[str, int] = {}
    for name, size in manifest.sizes.items():
        if not (folder / name).resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"{name} lies outside the generation")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if last and (last.manifest.sums.get(name), last.manifest.sizes.get(name)) == (manifest.sums[name], size):
            shutil.copy2(last.home / name, folder / name)
        elif name != nearest.VECTORS:
            wanted[name] = size
    for name, content in pieces.of_all(wanted):
        (folder / name).write_bytes(content)
    if (folder / nearest.VECTORS).exists():
        return
    known: dict[str, Vectors32] = {}
    if last is not None and last.manifest.origin.model_digest == manifest.origin.model_digest:
        known = nearest.known(last.home)
    np.save(folder / nearest.VECTORS, _vectors(server, generation, folder, known))


def _vectors(server: Server, generation: str, folder: Path, known: Mapping[str, Vectors32]) -> Vectors32:
    """The vectors in the order of the keys: those that are not known are asked of Chroma's collections."""
    found = dict(known)
    with closing(Records.open(folder / place.RECORDS)) as records:
        for name in COLLECTIONS:
            new = {key: id_ for id_, key in few_of_each(records.keys(name)).items() if key not in found}
            keys, ids = list(new), list(new.values())
            collection = server.client.get_collection(_name(generation, name), embedding_function=None)
            for part in batches(len(ids)):
                got = collection.get(ids=ids[part], include=["embeddings"])
                by_id = dict(zip(got["ids"], np.asarray(got["embeddings"]).astype(np.float32), strict=True))
                found.update((key, by_id[id_]) for key, id_ in zip(keys[part], ids[part], strict=True))
    wanted = [key.decode() for key in np.load(folder / nearest.KEYS)]
    dimension = len(next(iter(found.values()), ()))
    return np.array([found[key] for key in wanted], np.float32).reshape(len(wanted), dimension)


class _Pieces:
    """The files in a collection."""

    def __init__(self, collection: chromadb.Collection) -> None:
        self._collection = collection
        self._ids = set(collection.get(include=[])["ids"])

    def of_all(self, sizes: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
        """Files by name, with their bytes; `sizes` are theirs, by which small ones are asked for together.
        NotFoundError when one is not there."""
        some: list[str] = []
        for name, size in sizes.items():
            some.append(name)
            if size > _PIECE or sum(sizes[one] for one in some) > _PIECE * _AT_ONCE:
                yield from self._files(some)
                some = []
        yield from self._files(some)

    def _files(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        ids = {name: list(self._ids_of(name)) for name in names}
        if not all(ids.values()):
            raise NotFoundError(f"no {next(name for name in names if not ids[name])}")
        packed = self._packed(list(chain.from_iterable(ids.values())))
        for name in names:
            yield name, zlib.decompress(b"".join(b64decode(packed[id_]) for id_ in ids[name]))

    def _ids_of(self, name: str) -> Iterator[str]:
        return takewhile(self._ids.__contains__, (f"{name}#{number}" for number in count()))

    def _packed(self, ids: Sequence[str]) -> dict[str, str]:
        """What the pieces hold, by their ids."""
        found: dict[str, str] = {}
        for first in range(0, len(ids), _ASKED):
            got = self._collection.get(ids=list(ids[first : first + _ASKED]), include=["metadatas"])
            for id_, said in zip(got["ids"], got["metadatas"] or [], strict=True):
                found[id_] = str(said["data"])
        return found


def carried(manifest: Manifest) -> Manifest:
    """The manifest of a generation without Chroma's own files: what a copy on another machine holds."""
    sizes = {name: size for name, size in manifest.sizes.items() if not name.startswith(f"{place.CHROMA}/")}
    return replace(manifest, sizes=sizes)


def _name(generation: str, name: str) -> str:
    return f"{POINTER}-{generation}-{name}"


def _pieces(name: str, content: bytes) -> list[tuple[str, str]]:
    packed = zlib.compress(content, 1)
    parts = [packed[first : first + _PIECE] for first in range(0, len(packed), _PIECE)]
    return [(f"{name}#{number}", b64encode(part).decode()) for number, part in enumerate(parts)]


def _add_pieces(collection: chromadb.Collection, pieces: Sequence[tuple[str, str]]) -> None:
    # A record must have a vector; no one looks for these.
    collection.add(
        ids=[id_ for id_, _ in pieces],
        embeddings=np.zeros((len(pieces), 1), np.float32),
        metadatas=[{"data": data} for _, data in pieces],
    )


def _counted(progress: Progress, total: int) -> Callable[[int], None]:
    """What is to be told how many more texts and files are on the server."""
    done = 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        progress("publishing", done, total)

    more(0)
    return more


def _texts(records: Records, name: Collection, few: Mapping[str, str]) -> Iterator[_Text]:
    """The first `few` of each text, as Chroma holds them on one machine too."""
    rows = {id_: row for row, id_ in enumerate(records.ids(name))}
    for id_, key in few.items():
        if name == "passages":
            passage = records.passage_at(rows[id_])
            yield _Text(id_, key, passage.text, passage.place)
        else:
            fact = records.fact(id_)
            yield _Text(id_, key, fact.topic if name == "topics" else fact.text, fact.place)


def _place(place: Place) -> dict[str, str | int]:
    """Where a text stands, for other programs that search the collection."""
    said = {"path": place.path, "title": place.title, "url": place.url}
    return {**{key: _utf8(value) for key, value in said.items()}, "first": place.first, "last": place.last}


def _utf8(text: str) -> str:
    """Without what UTF-8 cannot write, which a manual may hold."""
    return text.encode("utf-8", "replace").decode()


@contextmanager
def _said(address: Address) -> Iterator[None]:
    """What the client raises, as a sentence."""
    try:
        yield
    except NotFoundError as error:
        raise AwayError(f"The store at {address} was written to meanwhile: try again.") from error
    except (ChromaError, httpx.HTTPError, sqlite3.Error, zlib.error, ValueError, TypeError, KeyError) as error:
        raise AwayError(f"The store at {address} failed ({str(error) or type(error).__name__}): try again.") from error
