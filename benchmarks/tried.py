"""Runs tests and keeps the outcome as a result of the scoreboard.

python -m benchmarks.tried NAME TEST …      NAME as promises.py lists it; options of pytest, too

What tests count while they run (pytest's `record_property`) is added up by its name.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from benchmarks import results
from benchmarks.installation import ROOT
from ops import asvs

#: Trials that owe so many of something; what they have is asked in `owed`.
MACHINE_STEPS, MATRIX_PAIRS, CORPUS_REQUESTS = 50_000, 5_000, 20_000


def counted(report: Path) -> dict[str, results.Figure]:
    """Tests, failures and skips of pytest's report, and what the tests counted themselves."""
    suite = ElementTree.parse(report).getroot().find("testsuite")
    assert suite is not None
    found = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    own = Counter[str]()
    for one in suite.iterfind("testcase/properties/property"):
        own[one.get("name", "")] += int(one.get("value", "0"))
    return {
        "tests": found["tests"],
        "failed": found["failures"] + found["errors"],
        "skipped": found["skipped"],
        **own,
    }


def owed(name: str, figures: dict[str, results.Figure]) -> str:
    """In what the run was smaller than its promise."""
    if name == "machine":
        return results.fewer(acts=(float(figures.get("acts", 0)), MACHINE_STEPS))
    if name == "matrix":
        return results.fewer(pairs=(float(figures.get("pairs", 0)), MATRIX_PAIRS))
    if name.startswith("corpus"):
        return results.fewer(requests=(float(figures.get("requests", 0)), CORPUS_REQUESTS))
    return f"{figures['skipped']} skipped" if figures["skipped"] else ""


def standing() -> dict[str, results.Figure]:
    """How many of the chosen requirements of ASVS are shown, not applicable and open."""
    rows = asvs.chosen()
    found: dict[str, results.Figure] = {
        state: sum(row["status"] == state for row in rows.values()) for state in asvs.STATES
    }
    wrong = asvs.faults(rows, asvs.shown())
    return {"chosen": len(rows), **found, "unanswered": len(wrong)}


def main() -> None:
    name, *tests = sys.argv[1:]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        # The newer family of reports has no place for what tests counted.
        command = [sys.executable, "-m", "pytest", "-q", "-o", "junit_family=xunit1",
                   f"--junitxml={report}", *tests]  # fmt: skip
        done = subprocess.run(command, cwd=ROOT)
        figures = counted(report)
    figures["seconds"] = round(time.monotonic() - began)
    if name == "asvs":
        figures |= standing()
    passed = (
        done.returncode == 0
        and figures["tests"] > figures["skipped"]
        and not figures.get("unanswered")
    )
    results.record(name, figures, passed, short=owed(name, figures))
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
