"""An index as readers see it: a pointer to one generation, opened whole or not at all.

    INDEX/current                      the name of the generation that answers
    INDEX/generations/<n>-<digest>/    manifest.json, records.sqlite, chroma/, words/, rows/, vectors.npy, keys.npy;
                                       of many texts graphs/ too
    INDEX/inputs                       a generation, and the digest of everything that it was made from
    INDEX/kept.sqlite                  what was worked out page by page, for the next ingest
    INDEX/lock                         held by the one ingest that may run

Nothing below a generation changes once the pointer has named it.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ingest.errors import UserError
from ingest.plain import settings_from
from ingest.relations import STATEMENTS
from ingest.store.layout import LAYOUT
from ingest.store.records import Records
from ingest.store.sums import Stamps, are_whole, sealed, stamps_of, unsealed
from ingest.values import Settings

if TYPE_CHECKING:
    from ingest.encoder.onnx import Encoder
    from ingest.store.chroma import Vectors
    from ingest.store.nearest import Nearest
    from ingest.store.words import Words

FORMAT = 4
POINTER = "current"
INPUTS = "inputs"
KEPT = "kept.sqlite"
GENERATIONS = "generations"
MANIFEST = "manifest.json"
RECORDS = "records.sqlite"
CHROMA = "chroma"
DATABASE = "chroma.sqlite3"
WORDS = "words"

_NAME = re.compile(r"\d+-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a generation comes from: the manual, with its settings, and what read it."""

    source: str
    commit: str
    ground: str
    """Digest of the code and the model that made it."""
    model: str
    model_digest: str
    model_folder: str
    """Where the model lay, to export its encoder again on this machine."""
    settings: Settings


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds. `digest` is over everything that can reach an answer."""

    origin: Origin
    pages: int
    passages: int
    facts: Mapping[str, int]
    """How many facts of each relation."""
    warnings: tuple[str, ...]
    digest: str
    page_hashes: Mapping[str, str]
    """sha256 of each page's lines, by its path."""
    sizes: Mapping[str, int]
    """Bytes of each file of the generation, by its POSIX path."""
    sums: Mapping[str, int] = field(default_factory=dict)
    """The sum (`ingest.store.sums`) of each of these files but Chroma's: it writes to them when it opens them, and no
    question is answered from them."""
    updated: str = ""
    """The newest date (ISO 8601) of a page that is cited anywhere; empty outside git."""
    layout: str = ""
    """`LAYOUT` of the code that wrote the generation: only code of the same layout reads it."""
    format: int = FORMAT

    @property
    def statements(self) -> int:
        """How many of the facts are statements."""
        return sum(self.facts.get(relation, 0) for relation in STATEMENTS)

    def write(self, file: Path) -> None:
        file.write_text(self.text(), encoding="utf-8")

    def text(self) -> str:
        """What `read` reads."""
        return sealed(asdict(self))

    @staticmethod
    def read(file: Path) -> Manifest:
        """OSError, ValueError, TypeError or KeyError when the file is missing or is no manifest of this format."""
        said = unsealed(file.read_text(encoding="utf-8"))
        if said.get("format") != FORMAT:
            raise ValueError("another format")
        origin = Origin(**{**said["origin"], "settings": settings_from(said["origin"]["settings"])})
        return Manifest(**{**said, "origin": origin, "warnings": tuple(said["warnings"])})


@dataclass(frozen=True, slots=True)
class Generation:
    """What the pointer names, by whatever code it was made: enough to compare with, not to answer from."""

    name: str
    home: Path
    manifest: Manifest


class Followed(Protocol):
    """A store that is followed by a copy in a folder (`ingest.store.remote`)."""

    folder: Path

    @property
    def note(self) -> str:
        """What every answer must say of where it comes from; empty while the copy is what the store holds."""

    def sync(self) -> None:
        """Bring the copy to the generation that the store points to; UserError where there is none to answer from."""

    def watch(self, tell: Callable[[str], Any]) -> None:
        """Go on doing that in the background; `tell` hears when the store goes and when it is back."""


class Index:
    """One generation, open for reading; safe to use from several threads.

    The libraries behind `vectors`, `words` and `encoder` are loaded when first asked for, so that what
    only lists facts never waits for them.
    """

    def __init__(self, folder: Path, generation: str, manifest: Manifest, records: Records, stamps: Stamps) -> None:
        """`stamps` are those of the manifest's files from before these were found to be whole."""
        self._stamps = stamps
        self.folder = folder
        self.remote: Followed | None = None
        """The store that the folder is a copy of; None for an index of this machine's own."""
        self.generation = generation
        self.manifest = manifest
        self.records = records
        self._lock = threading.RLock()
        self._vectors: Vectors | None = None
        self._words: Words | None = None
        self._nearest: Nearest | None = None
        self._encoder: Encoder | None = None

    @staticmethod
    def open(folder: Path, model: str | None = None) -> Index:
        """The generation that the pointer names; UserError when there is none, or none that is whole.

        With a `model`, also when the index was built by another one.
        """
        generation = _pointed(folder)
        try:
            return Index._open(folder, generation, model)
        except UserError:
            # Two ingests may have ended since the pointer was read, and the second removed what it named.
            if _pointed(folder) == generation:
                raise
            return Index.open(folder, model)

    @staticmethod
    def _open(folder: Path, generation: str, model: str | None) -> Index:
        home = folder / GENERATIONS / generation
        manifest = _manifest(folder, home)
        if manifest.layout != LAYOUT or not manifest.sums:
            raise _of_another_version(folder)
        if model is not None:
            _demand(folder, manifest, model)
        stamps = stamps_of(home, manifest.sums)
        if not _is_whole(home, manifest):
            raise damaged(folder)
        try:
            records = Records.open(home / RECORDS)
        except sqlite3.Error as error:
            raise damaged(folder) from error
        return Index(folder, generation, manifest, records, stamps)

    @staticmethod
    def of_store(remote: Followed, model: str | None = None) -> Index:
        """The generation that a store points to, as `open` opens one; from this machine's copy where the store does not
        answer, of which `note` tells."""
        remote.sync()
        return Index.open(remote.folder, model)._from(remote)

    def again(self) -> Index:
        """The newest generation of the same folder, or of the same store as far as it was fetched."""
        return Index.open(self.folder)._from(self.remote)

    def _from(self, remote: Followed | None) -> Index:
        self.remote = remote
        return self

    @property
    def note(self) -> str:
        """What every answer must say of where it comes from; empty unless a store does not answer."""
        return self.remote.note if self.remote else ""

    @property
    def digest(self) -> str:
        return self.manifest.digest

    @property
    def settings(self) -> Settings:
        """The organisation's particulars, as they were when the manual was read."""
        return self.manifest.origin.settings

    @property
    def home(self) -> Path:
        """The generation's own folder."""
        return self.folder / GENERATIONS / self.generation

    @property
    def vectors(self) -> Vectors:
        """Chroma's collections, for whoever searches them; questions are answered from `nearest`."""
        with self._lock:
            if self._vectors is None:
                from ingest.store.chroma import Vectors

                try:
                    self._vectors = Vectors.open(self.home / CHROMA)
                except (OSError, ValueError) as error:
                    raise damaged(self.folder) from error
            return self._vectors

    @property
    def nearest(self) -> Nearest:
        with self._lock:
            if self._nearest is None:
                from ingest.store.nearest import Nearest

                try:
                    self._nearest = Nearest(self.home)
                except (OSError, ValueError) as error:
                    raise damaged(self.folder) from error
            return self._nearest

    @property
    def words(self) -> Words:
        with self._lock:
            if self._words is None:
                from ingest.store.words import Words

                try:
                    self._words = Words.open(self.home / WORDS)
                except (OSError, ValueError, KeyError) as error:
                    raise damaged(self.folder) from error
            return self._words

    @property
    def encoder(self) -> Encoder:
        with self._lock:
            if self._encoder is None:
                from ingest.encoder.cache import encoder_again
                from ingest.encoder.onnx import SHARED

                said = self.manifest.origin
                self._encoder = encoder_again(said.model, said.model_digest, Path(said.model_folder), SHARED)
            return self._encoder

    @property
    def encoder_home(self) -> Path:
        """The encoder's folder, which all indexes of this machine share: vectors of fixed texts may be kept there."""
        from ingest.encoder.cache import folder_of

        return folder_of(self.manifest.origin.model_digest)

    def stale(self) -> bool:
        """Whether a later ingest has moved the pointer, or something else has written to the generation's files, which
        are mapped: open the index again to see what is there now."""
        try:
            if _pointed(self.folder) != self.generation:
                return True
        except UserError:  # the folder is going away; what is open still answers
            return False
        return stamps_of(self.home, self.manifest.sums) != self._stamps

    def close(self) -> None:
        """Let go of the generation's files; what was read before stays usable."""
        with self._lock:
            self.records.close()
            if self._vectors is not None:
                self._vectors.close()
            self._vectors = self._words = self._encoder = self._nearest = None


def last_generation(folder: Path) -> Generation | None:
    """The generation that the pointer names, if all its files are whole; None where an ingest begins anew."""
    try:
        name = _pointed(folder)
        home = folder / GENERATIONS / name
        found = Generation(name, home, _manifest(folder, home))
    except UserError:
        return None
    return found if _is_whole(home, found.manifest) else None


def damaged(folder: Path) -> UserError:
    return UserError(f"The index in {folder} is damaged: run `whodoiask ingest` to build it again.")


def _pointed(folder: Path) -> str:
    """The name in the pointer."""
    try:
        name = (folder / POINTER).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserError(f"There is no index in {folder}: run `whodoiask ingest` to build it.") from error
    except (OSError, ValueError) as error:
        raise damaged(folder) from error
    if not _NAME.fullmatch(name):
        raise damaged(folder)
    return name


def _manifest(folder: Path, home: Path) -> Manifest:
    try:
        return Manifest.read(home / MANIFEST)
    except (OSError, ValueError, TypeError, KeyError) as error:
        if str(error) == "another format":
            raise _of_another_version(folder) from error
        raise damaged(folder) from error


def _of_another_version(folder: Path) -> UserError:
    return UserError(
        f"The index in {folder} was made by another version of whodoiask: run `whodoiask ingest` to build it again."
    )


def _demand(folder: Path, manifest: Manifest, model: str) -> None:
    from ingest.encoder.model import model_name

    if model_name(model) != manifest.origin.model:
        raise UserError(
            f"The index in {folder} was built with the model {manifest.origin.model}, not {model}: "
            f"run `whodoiask ingest --model {model}`, or leave the model out."
        )


def _is_whole(home: Path, manifest: Manifest) -> bool:
    """Whether a folder holds the generation that it is named after: every file as long as it was, and those that
    answers come from as they were written. Chroma's database may grow: see ingest.store.chroma."""
    try:
        found = {name: (home / name).stat().st_size for name in manifest.sizes}
    except OSError:
        return False
    as_long = all(
        found[name] == size or (found[name] > size and name.endswith(DATABASE)) for name, size in manifest.sizes.items()
    )
    return as_long and home.name.endswith(f"-{manifest.digest[:12]}") and are_whole(home, manifest.sums)
