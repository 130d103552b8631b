"""The exported encoders, kept once a machine: an index names its model, and whoever reads it finds the encoder here.

    CACHE/encoders/<model>-<exporter>/        what `ingest.encoder.model` exported of a model, by both digests
    CACHE/encoders/<model>-<exporter>.lock    held by the one process that may export it

CACHE is the folder that the platform has for such things, or the one in WHODOIASK_CACHE. Whoever deletes it loses half
a minute and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from platformdirs import user_cache_dir

from ingest.encoder import model as exporter
from ingest.encoder.model import Model, export, find_model
from ingest.encoder.onnx import Encoder
from ingest.errors import UserError

VARIABLE = "WHODOIASK_CACHE"


def home() -> Path:
    """The folder of what is kept once a machine."""
    said = os.environ.get(VARIABLE)
    return Path(said).expanduser() if said else Path(user_cache_dir("whodoiask", appauthor=False))


def folder_of(digest: str) -> Path:
    """Where the encoder of the model with that digest lies, or would lie."""
    return home() / "encoders" / f"{digest[:16]}-{_exporter()}"


def encoder_of(model: Model, threads: int = 1) -> Encoder:
    """The encoder of a model, exported first (about 20 s) where it is not in the cache, or is damaged there.

    `threads` are those of `Encoder.open`. UserError when the cache cannot be written or the model not be exported.
    """
    folder = folder_of(model.digest)
    with suppress(UserError):
        return Encoder.open(folder, threads)
    with _written(folder.parent), _alone(folder):
        with suppress(UserError):
            return Encoder.open(folder, threads)  # another process exported it meanwhile
        shutil.rmtree(folder, ignore_errors=True)
        export(model, folder)
    return Encoder.open(folder, threads)


def encoder_again(name: str, digest: str, source: Path, threads: int = 1) -> Encoder:
    """The encoder that an index was made with: from the cache, else exported again from the packaged model or from
    the one in `source`, whichever has the digest. UserError when neither has."""
    with suppress(UserError):
        return Encoder.open(folder_of(digest), threads)
    model = _on_this_machine(digest, source)
    if model is None:
        raise UserError(
            f"The model {name} that the index was made with is not on this machine: run `whodoiask ingest` again, "
            "with --model unless it is to be the packaged one."
        )
    print("Preparing the encoder: half a minute, once on this machine.", file=sys.stderr, flush=True)
    return encoder_of(replace(model, name=name), threads)


def _on_this_machine(digest: str, source: Path) -> Model | None:
    for given in (None, str(source)):
        # A name that is no folder would be looked for on the network.
        if given is None or (source.is_absolute() and source.is_dir()):
            with suppress(UserError, OSError):
                if (found := find_model(given)).digest == digest:
                    return found
    return None


@cache
def _exporter() -> str:
    """Digest of what exports: an encoder that other code made of the same model is not taken for its own."""
    return hashlib.sha256(Path(str(exporter.__file__)).read_bytes()).hexdigest()[:8]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process exports this encoder, and keep others waiting."""
    from filelock import FileLock  # here: only an export needs it

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        yield


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """What the disk refuses, as a sentence."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"The encoder cannot be kept in {folder} ({error.strerror or error}): make it writable and leave it some "
            f"100 MB, or name another folder in {VARIABLE}."
        ) from error
