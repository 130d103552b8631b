"""`python -m bench`: measure, show the table, and write it down."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.answering import cold, warm
from bench.figures import Row
from bench.following import following
from bench.growth import growth
from bench.ingesting import again, full
from bench.kept import keep, kept
from bench.machine import ROOT, commit, conditions
from bench.machine import load as load_now
from bench.memory import memory
from bench.pressure import load
from bench.processes import BenchError
from bench.stage import CACHE, QUICK, Effort, Stage, say
from bench.table import conclusion, results, terminal

GROUPS: dict[str, Callable[[Stage], Iterable[Row]]] = {
    "ingest": full,
    "again": again,
    "cold": cold,
    "warm": warm,
    "memory": memory,
    "load": load,
    "store": following,
    "growth": growth,
}
"""What can be measured, in this order; each alone too."""
BESIDE = ROOT.parent / "shared" / "manual-2023"
RESULTS = ROOT / "bench" / "RESULTS.md"


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench", description="What answers and ingests cost.")
    parser.add_argument(
        "--manual", type=Path, help="the manual's folder (a real one beside the repository, else corpus/)"
    )
    parser.add_argument("--only", nargs="+", choices=GROUPS, help="measure these alone")
    parser.add_argument("--quick", action="store_true", help="little of everything, to see that it works")
    parser.add_argument("--skip-large", action="store_true", help="leave out the manual × 50, which takes an hour")
    parser.add_argument(
        "--generated",
        action="store_true",
        help="generate the vectors of the manual × 50 (a quarter of an hour); its ingest is not measured then",
    )
    parser.add_argument(
        "--growth", nargs="+", type=int, metavar="TIMES", help="the sizes to grow the manual to (10 50)"
    )
    parser.add_argument("--seconds", type=float, help="how long the load lasts (60)")
    parser.add_argument("--work", type=Path, help="keep manuals and indexes here (a temporary folder)")
    parser.add_argument(
        "--reuse",
        action="store_true",
        help="use what --work holds already: manuals, indexes, and figures of what --only does not name",
    )
    parser.add_argument("--questions", type=int, help="how many questions are asked, warm and of larger manuals (400)")
    parser.add_argument("--ingests", type=int, help="how often the whole manual is ingested each way (3)")
    parser.add_argument("--out", type=Path, help="where to write the results (bench/RESULTS.md, of a whole run)")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a bar is missed")
    asked = parser.parse_args(given)
    if asked.reuse and not asked.work:
        parser.error("--reuse needs the folder of an earlier run: name it with --work")
    return asked


def effort(asked: argparse.Namespace) -> Effort:
    found = QUICK if asked.quick else Effort()
    if asked.growth:
        found = replace(found, growth=tuple(asked.growth))
    found = replace(found, generated=asked.generated)
    found = replace(found, ingests=asked.ingests or found.ingests, questions=asked.questions or found.questions)
    return replace(found, seconds=asked.seconds) if asked.seconds else found


def manual(asked: argparse.Namespace) -> Path:
    found: Path = asked.manual or (BESIDE if BESIDE.is_dir() else ROOT / "corpus")
    if not found.is_dir():
        raise SystemExit(f"There is no manual in {found}: name its folder with --manual.")
    return found.resolve()


def measure(stage: Stage, name: str, work: Path) -> bool:
    """Whether a group could be measured; its rows are kept in the folder of the run."""
    when = f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, {commit()}, load {load_now()}"
    if stage.effort.pages:
        when += f", with {stage.effort.pages} of the pages"
    started = time.perf_counter()
    try:
        keep(work, name, [*GROUPS[name](stage)], when)
    except Exception:  # noqa: BLE001
        traceback.print_exc()
        return False
    finally:
        say(f"{name}: {time.perf_counter() - started:.0f} s")
    return True


def main(given: Sequence[str]) -> int:
    """0; 1 when something could not be measured or, with --strict, when a bar was missed."""
    asked = arguments(given)
    source = manual(asked)
    known = conditions()
    with ExitStack() as stack:
        work: Path = asked.work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="whodoiask-bench-")))
        print(f"Manual: {source}\nLoad average: {known['load average at the start (1, 5, 15 minutes)']}", flush=True)
        try:
            stage = Stage(source, work.resolve(), effort(asked), reuse=asked.reuse, skip_large=asked.skip_large)
        except BenchError as error:
            raise SystemExit(str(error)) from None
        os.environ["WHODOIASK_CACHE"] = str(work.resolve() / CACHE)
        known_groups = [name for name in GROUPS if asked.reuse and kept(work, name)]
        wanted = asked.only or [name for name in GROUPS if name not in known_groups]
        # The others are measured all the same.
        broken = [name for name in GROUPS if name in wanted and not measure(stage, name, work)]
        shown = [name for name in GROUPS if name in {*wanted, *known_groups} - {*broken}]
        found = {name: kept(work, name) or ([], "") for name in shown}
    rows = [row for group, _ in found.values() for row in group]
    known["measured"] = "; ".join(f"{name} {when}" for name, (_, when) in found.items())
    print(f"\n{terminal(rows)}\n\n{conclusion(rows)}")
    if broken:
        print(f"COULD NOT BE MEASURED: {', '.join(broken)}")
    whole = not asked.quick and not broken and len(found) == len(GROUPS)
    out = asked.out or (RESULTS if whole else None)
    if out:
        out.write_text(results(rows, {"manual": source.name, **known}), "utf-8")
        print(f"Written to {out}")
    missed = any(row.verdict == "MISSED" for row in rows)
    return 1 if broken or (asked.strict and missed) else 0


def _ended(number: int, _frame: object) -> None:
    """As an exception, so that nothing is left behind."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _ended)
    sys.exit(main(sys.argv[1:]))
