"""Searches among very many vectors: `python -m bench.searching COUNT WAY --like INDEX --work FOLDER`.

Vectors are generated as in `bench.generated`, from those of the index, with one seed; so is what is searched for. A WAY
is "graph" (`ingest.store.graph`), "chroma" (`ingest.store.chroma`) or "product" (with every vector). It is built in one
process, which stops after so many minutes and says how far it came, and searched in another.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from usearch.index import Index as Usearch

from bench.figures import percentile
from bench.processes import ROOT, environment
from ingest.encoder.embedding import Vectors32
from ingest.store import graph, nearest
from ingest.store.chroma import Vectors
from ingest.store.index import Index

SEED = 2023
ASKED = 100
K = 100
BLOCK = 10_000
Found = NDArray[np.int64]
Search = Callable[[Vectors32], Found]


def generate(like: Path, count: int, folder: Path) -> None:
    """Write `count` vectors, and those that are searched for."""
    real = np.array(list(nearest.known(Index.open(like).home).values()))
    chance = np.random.default_rng(SEED)

    def some(size: int) -> Vectors32:
        one, other, third = (real[chance.integers(len(real), size=size)] for _ in range(3))
        made = one + other - third
        scaled: Vectors32 = made / np.linalg.norm(made, axis=1, keepdims=True)
        return scaled

    np.save(folder / "asked.npy", some(ASKED))
    vectors = np.lib.format.open_memmap(folder / "vectors.npy", "w+", np.float32, (count, real.shape[1]))
    for part in _parts(count):
        vectors[part] = some(part.stop - part.start)


def build(folder: Path, way: str, seconds: float) -> None:
    """Add vectors until all are in, or the time is over, and say what that took."""
    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    started, done = time.monotonic(), 0
    add, close = _adding(folder, way, vectors.shape[1])
    for part in _parts(len(vectors)):
        if time.monotonic() - started > seconds:
            break
        add(np.arange(part.start, part.stop), np.array(vectors[part]))
        done = part.stop
        if done % 50_000 == 0:
            print(f"    {done:,}: {time.process_time():,.0f} s of CPU", file=sys.stderr, flush=True)
    close()
    took = resource.getrusage(resource.RUSAGE_SELF)
    (folder / f"{way}.done").write_text(f"{done}", "utf-8")
    print(
        f"{way}: {done:,} of {len(vectors):,} vectors in {time.monotonic() - started:,.0f} s "
        f"({time.process_time():,.0f} s of CPU), most memory {took.ru_maxrss * 1024 / 1e6:,.0f} MB, "
        f"{_size(folder / way) / 1e6:,.0f} MB on disk"
    )


def search(folder: Path, way: str) -> None:
    """What the first search and those after it take, what memory they add, and how much of the nearest they find."""
    asked, vectors = np.load(folder / "asked.npy"), np.load(folder / "vectors.npy", mmap_mode="r")
    count = int((folder / f"{way}.done").read_text("utf-8"))
    before, started = _resident(), time.perf_counter()
    find = _searching(folder, way, vectors[:count].view(np.ndarray))
    find(asked[0])
    first, took, found = time.perf_counter() - started, [], []
    for vector in asked:
        started = time.perf_counter()
        found.append(find(vector))
        took.append(time.perf_counter() - started)
    grown = _resident() - before
    truth = _truth(vectors, count, asked)
    shares = [
        sum(len({*near[:k].tolist()} & {*real[:k].tolist()}) for near, real in zip(found, truth, strict=True))
        / (k * len(truth))
        for k in (10, K)
    ]
    print(
        f"{way}: {count:,} vectors, open and first answer {first:.2f} s, p50 {percentile(took, 0.5) * 1000:.2f} ms, "
        f"p95 {percentile(took, 0.95) * 1000:.2f} ms, memory {grown / 1e6:,.0f} MB, "
        f"found {shares[0]:.1%} of ten and {shares[1]:.1%} of a hundred"
    )


def _adding(
    folder: Path, way: str, dimension: int
) -> tuple[Callable[[Found, Vectors32], object], Callable[[], object]]:
    """What adds numbered vectors, and what ends that."""
    if way == "chroma":
        made = Vectors.create(folder / way)
        return lambda numbers, vectors: made.write("passages", [*map(str, numbers)], vectors), made.close
    if way == "product":
        return lambda *_: None, lambda: None
    empty = Usearch(
        ndim=dimension,
        metric="ip",
        dtype="bf16",
        connectivity=graph.WAYS,
        expansion_add=graph.WIDTH,
        expansion_search=graph.REACH,
    )
    return (
        lambda numbers, vectors: empty.add(numbers.astype(np.uint64), vectors, threads=1),
        lambda: empty.save(os.fspath(folder / way)),
    )


def _searching(folder: Path, way: str, vectors: Vectors32) -> Search:
    """The rows of the nearest, best first; what a graph finds is compared in full, as `ingest.store.nearest` does."""
    if way == "chroma":
        opened = Vectors.open(folder / way)
        return lambda vector: np.array([int(id_) for id_, _ in opened.search("passages", vector, K)])
    near = graph.Graph(folder / way, vectors.shape[1]) if way == "graph" else None

    def best(vector: Vectors32) -> Found:
        rows = near.search(vector, K) if near else np.arange(len(vectors))
        cosines = np.einsum("ij,j->i", vectors[rows] if near else vectors, vector)
        some = np.argpartition(-cosines, K - 1)[:K] if len(rows) > K else np.arange(len(rows))
        return rows[some[np.argsort(-cosines[some], kind="stable")]]

    return best


def _truth(vectors: Vectors32, count: int, asked: Vectors32) -> list[Found]:
    """The rows of the nearest by the product with every vector, a block at a time."""
    cosines = np.concatenate([asked @ np.array(vectors[part]).T for part in _parts(count)], axis=1)
    return [np.argsort(-each, kind="stable")[:K] for each in cosines]


def _parts(count: int) -> Iterator[slice]:
    return (slice(first, min(count, first + BLOCK)) for first in range(0, count, BLOCK))


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file())


def _resident() -> int:
    found = re.search(r"^VmRSS:\s*(\d+) kB", Path("/proc/self/status").read_text("utf-8"), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def main() -> None:
    """Generate, unless the folder holds so many already; then build and search, each in a process of its own."""
    parser = argparse.ArgumentParser("python -m bench.searching", description="Searches among very many vectors.")
    parser.add_argument("count", type=int)
    parser.add_argument("way", choices=("graph", "chroma", "product"))
    parser.add_argument("--like", type=Path, help="an index of a real manual", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--step", choices=("build", "search"))
    asked = parser.parse_args()
    folder = asked.work / f"{asked.count}"
    if asked.step == "build":
        build(folder, asked.way, asked.minutes * 60)
    elif asked.step == "search":
        search(folder, asked.way)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "vectors.npy").exists():
            generate(asked.like, asked.count, folder)
        for step in ("build", "search"):
            command = [sys.executable, "-m", "bench.searching", *sys.argv[1:], "--step", step]
            subprocess.run(command, check=True, cwd=ROOT, env=environment())


if __name__ == "__main__":
    main()
