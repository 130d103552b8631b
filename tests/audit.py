"""What is installed: `python tests/audit.py FOLDER` writes a bill of materials (CycloneDX 1.5) and a list of licences
there, and asks pip-audit for known vulnerabilities where it and its database can be reached.

Exit code 1 when a package has a known vulnerability or states no licence.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

OWN = "whodoiask"
UNREACHED = "Vulnerabilities were not looked for: {why}. Run this where packages can be had from an index."


def licence_of(package: Distribution) -> str:
    """As the package states it: its expression, its classifiers, or the first line of its licence field."""
    said = package.metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    classified = [c.rpartition(" :: ")[2] for c in said.get_all("Classifier") or () if c.startswith("License :: ")]
    if classified and classified != ["OSI Approved"]:
        return ", ".join(classified)
    return next((line.strip() for line in str(said.get("License") or "").splitlines() if line.strip()), "")


def materials() -> Iterator[dict[str, Any]]:
    """Each installed package but our own, by name."""
    found = {package.metadata["Name"].lower().replace("_", "-"): package for package in distributions()}
    for name, package in sorted(found.items()):
        if name != OWN:
            yield {
                "type": "library",
                "name": name,
                "version": package.version,
                "purl": f"pkg:pypi/{name}@{package.version}",
                "licenses": [{"license": {"name": licence_of(package)}}],
            }


def vulnerable(tool: Path) -> bool:
    """Whether pip-audit, installed into a folder of its own, knows of a vulnerability; says so where it cannot look."""
    venv.create(tool, with_pip=True, clear=True)
    python = tool / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "0", "pip-audit"]
    if subprocess.run(pip, check=False, capture_output=True).returncode:
        print(UNREACHED.format(why="pip-audit could not be installed"))
        return False
    audit = [python, "-m", "pip_audit", "--progress-spinner", "off", "--format", "json"]
    said = subprocess.run(
        [*audit, "--path", sysconfig.get_path("purelib")], check=False, capture_output=True, text=True
    )
    try:
        looked_up = json.loads(said.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(UNREACHED.format(why=(said.stderr.strip().splitlines() or ["pip-audit failed"])[-1][:200]))
        return False
    return _told(looked_up)


def _told(looked_up: list[dict[str, Any]]) -> bool:
    """Says what pip-audit found of each package; whether it knows of a vulnerability."""
    known = [one for one in looked_up if "skip_reason" not in one]
    if not known:
        print(UNREACHED.format(why="the database knows none of the packages, or could not be reached"))
        return False
    bad = [f"{one['name']} {one['version']}: {vuln['id']}" for one in known for vuln in one["vulns"]]
    print(f"{len(known)} of {len(looked_up)} packages looked up; known vulnerabilities: {len(bad)}", *bad, sep="\n  ")
    return bool(bad)


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    listed = list(materials())
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": listed}
    (folder / "sbom.json").write_text(json.dumps(bill, indent=1) + "\n", "utf-8")
    licences = {one["name"]: one["licenses"][0]["license"]["name"] for one in listed}
    lines = (f"{one['name']}\t{one['version']}\t{licences[one['name']]}\n" for one in listed)
    (folder / "licences.tsv").write_text("".join(lines), "utf-8")
    print(f"{len(listed)} packages: {folder}/sbom.json, {folder}/licences.tsv")
    for licence, count in Counter(licences.values()).most_common():
        print(
            f"{count:4}  {licence or 'states no licence: ' + ', '.join(n for n, said in licences.items() if not said)}"
        )
    return int(vulnerable(folder / "tool") or not all(licences.values()))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
