"""The last step: what a run's files say, read back, and made into a page, a summary and a test report."""

from __future__ import annotations

from pathlib import Path

from eval.answers import folder as files
from eval.report.run_files import Run, read_run


def report(folder: Path) -> Run:
    """Write the page, the summary and the test report of a run whose figures are complete."""
    from eval.report.junit import junit
    from eval.report.page import page
    from eval.report.summary import summary

    run = read_run(folder)
    (folder / files.REPORT).write_text(page(run), encoding="utf-8")
    (folder / files.SUMMARY).write_text(summary(run), encoding="utf-8")
    (folder / files.JUNIT).write_text(junit(run), encoding="utf-8")
    return run
