"""Texts that are embedded in the background: the same bytes as one by one, each once, and nothing left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

import numpy as np
import pytest

from ingest.cores import CORES
from ingest.encoder.embedding import Embedding, Vectors32
from ingest.encoder.onnx import Encoder
from ingest.plain import text_key

TEXTS = [" ".join(["Ask the Domains team for a new zone"] * (n % 7 + 1)) + f" {n}" for n in range(40)]
Counted = tuple[Callable[[str], Vectors32], list[str]]


@pytest.fixture
def counted() -> Counted:
    """What makes vectors of texts (their lengths), and the texts that it was asked for."""
    asked: list[str] = []

    def vector_of(text: str) -> Vectors32:
        asked.append(text)
        return np.array([len(text)], np.float32)

    return vector_of, asked


def keys_of(texts: list[str]) -> list[str]:
    return [text_key(text) for text in texts]


def test_when_a_text_is_handed_over_does_not_move_its_vector(encoder: Encoder) -> None:
    alone = np.array([encoder.embed_query(text) for text in TEXTS])
    with encoder.embedding() as embedding:
        for some in (TEXTS[30:], TEXTS[:10], TEXTS[5:35]):
            embedding.add(some)
        assert embedding.vectors(keys_of(TEXTS)).tobytes() == alone.tobytes()
        assert embedding.vectors(keys_of(TEXTS[::-1])).tobytes() == alone[::-1].tobytes()
    assert encoder.embed([*TEXTS, *TEXTS]).tobytes() == np.concatenate([alone, alone]).tobytes()


def test_a_text_is_embedded_once_and_a_known_one_not_at_all(counted: Counted) -> None:
    vector_of, asked = counted
    with Embedding(vector_of, 1, {text_key("known"): np.array([7], np.float32)}) as embedding:
        embedding.add(["known", "new", "new"])
        embedding.add(["newer", "new"])
        assert embedding.new == 2
        assert embedding.vectors(keys_of(["known", "new", "newer", "known"])).tolist() == [[7], [3], [5], [7]]
        embedding.add(["newer", "known"])
        assert (embedding.new, sorted(asked)) == (2, ["new", "newer"])


def test_nothing_new_begins_no_thread(counted: Counted) -> None:
    before = threading.enumerate()
    with Embedding(counted[0], 1, {text_key("known"): np.array([7], np.float32)}) as embedding:
        embedding.add(["known"])
        assert embedding.vectors(keys_of(["known"])).tolist() == [[7]]
        assert embedding.vectors([]).shape == (0, 1)
        assert {*threading.enumerate()} <= {*before}


def test_the_longest_go_first_after_those_that_wait_already() -> None:
    begun: SimpleQueue[int] = SimpleQueue()
    go = threading.Event()

    def vector_of(text: str) -> Vectors32:
        begun.put(len(text))
        assert go.wait(10)
        return np.array([len(text)], np.float32)

    with Embedding(vector_of, 1) as embedding:
        embedding.add("x" * length for length in range(1, CORES + 4))
        first = [begun.get(timeout=10) for _ in range(CORES)]
        embedding.add(["x" * 100])
        go.set()
        rest = [begun.get(timeout=10) for _ in range(4)]
    assert sorted(first) == list(range(4, CORES + 4))
    assert sorted(rest) == [1, 2, 3, 100]
    assert rest.index(100) >= 4 - CORES  # beside the last of those before it, at the earliest


def test_only_what_is_asked_for_is_waited_for() -> None:
    go = threading.Event()

    def vector_of(text: str) -> Vectors32:
        if text == "late":
            assert go.wait(10)
        return np.array([len(text)], np.float32)

    with Embedding(vector_of, 1) as embedding:
        embedding.add(["early"])
        embedding.add(["late"])
        assert embedding.vectors(keys_of(["early"])).tolist() == [[5]]
        assert not go.is_set()
        go.set()
        assert embedding.vectors(keys_of(["late"])).tolist() == [[4]]


def test_progress_is_told_of_each_new_text_once(counted: Counted) -> None:
    told: list[tuple[int, int]] = []
    texts = [f"text {n}" for n in range(50)]
    with Embedding(counted[0], 1, {text_key("known"): np.array([7], np.float32)}) as embedding:
        embedding.add(["known", *texts])
        for some in (texts[:10], texts[:20], ["known", *texts]):
            embedding.vectors(keys_of(some), lambda done, total: told.append((done, total)))
    assert told == [(n, 50) for n in range(1, 51)]


def test_what_fails_in_the_background_fails_who_asks() -> None:
    def vector_of(text: str) -> Vectors32:
        return np.array([1 / (len(text) - 3)], np.float32)

    with Embedding(vector_of, 1) as embedding:
        embedding.add(["one"])
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                embedding.vectors(keys_of(["one"]))
        with pytest.raises(KeyError):
            embedding.vectors(keys_of(["never handed over"]))


def test_a_panic_of_a_library_is_no_reason_to_wait_for_ever() -> None:
    class PanicError(BaseException):
        """As the tokenizers' bindings raise it."""

    def vector_of(text: str) -> Vectors32:
        raise PanicError(text)

    with Embedding(vector_of, 1) as embedding:
        embedding.add(["one", "two"])
        with pytest.raises(PanicError):
            embedding.vectors(keys_of(["one"]))


def test_leaving_drops_what_has_not_begun(counted: Counted) -> None:
    vector_of, asked = counted
    before, go = threading.enumerate(), threading.Event()

    def slow(text: str) -> Vectors32:
        go.wait(10)
        return vector_of(text)

    def fails() -> None:
        with Embedding(slow, 1) as embedding:
            embedding.add(str(n) for n in range(1000))
            threading.Timer(0.5, go.set).start()
            raise ValueError("no such manual")

    with pytest.raises(ValueError, match="no such manual"):
        fails()
    assert len(asked) < 1000
    assert {thread for thread in threading.enumerate() if not isinstance(thread, threading.Timer)} <= {*before}
