"""The run as JUnit XML, which build servers show: a case for each question, each generated one, and each broken limit.

A case fails when the gate is closed because of it; a miss that the limits still allow is skipped, so that the file
and the exit code never disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from eval.gate.compare import shown
from eval.generated.metamorphic import Trial
from eval.report.run_files import Run
from eval.scoring.rows import Row

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""


def junit(run: Run) -> str:
    """The XML document."""
    blamed = {id_ for breach in run.breaches for id_ in breach.blamed}
    root = ET.Element("testsuites", name="whodoiask eval")
    for kind in dict.fromkeys(row.kind for row in run.rows):
        _suite(root, kind, (_question(row, run, row.id in blamed) for row in run.rows if row.kind == kind))
    if run.trials:
        _suite(root, "metamorphic", (_trial(each, each.id in blamed) for each in run.trials))
    if run.limits:
        _suite(root, "gate", [_gate(run)])
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, name: str, cases: Iterable[ET.Element]) -> None:
    suite = ET.SubElement(root, "testsuite", name=name)
    suite.extend(cases)
    for word, tag in (("failures", "failure"), ("skipped", "skipped")):
        suite.set(word, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite)))
    suite.set("errors", "0")


def _question(row: Row, run: Run, blamed: bool) -> ET.Element:
    seconds = run.seconds.get(row.id, 0.0)
    case = ET.Element("testcase", classname=_plain(row.kind), name=_plain(row.id), time=f"{seconds:.4f}")
    if not row.right or blamed:
        missed = ", ".join(row.missed) or "see the gate"
        wanted = f"{row.wanted.outcome} {' or '.join(row.wanted.contacts)} from {' or '.join(row.wanted.sources)}"
        text = f"{row.question}\nwanted: {wanted}\nshown: {shown(row)} from {', '.join(row.shown.sources)}"
        _fault(case, blamed, f"missed: {missed}", text)
    return case


def _trial(each: Trial, blamed: bool) -> ET.Element:
    case = ET.Element("testcase", classname=_plain(f"metamorphic.{each.kind}"), name=_plain(each.id))
    if not each.held:
        text = f"{each.question}\nwanted: {', '.join(each.wanted)}\nshown: {each.outcome} {', '.join(each.shown)}"
        _fault(case, blamed, f"{each.form} did not hold", text)
    return case


def _gate(run: Run) -> ET.Element:
    case = ET.Element("testcase", classname="gate", name=f"{run.limits} limits")
    if run.breaches:
        _fault(case, True, run.verdict, "\n".join(map(str, run.breaches)))
    return case


def _fault(case: ET.Element, blamed: bool, message: str, text: str) -> None:
    fault = ET.SubElement(case, "failure" if blamed else "skipped", message=_plain(message))
    fault.text = _plain(text)


def _plain(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
