"""Runs tests and keeps the outcome as a result of the scoreboard.

python -m benchmarks.tried NAME TEST …      NAME as promises.py lists it
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

from benchmarks import results
from benchmarks.installation import ROOT

MACHINE_STEPS = 50_000  # acts that the trial of the state machine owes


def counted(report: Path) -> dict[str, results.Figure]:
    """Tests, failures and skips of pytest's report."""
    suite = ElementTree.parse(report).getroot().find("testsuite")
    found = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}  # type: ignore[union-attr]
    return {
        "tests": found["tests"],
        "failed": found["failures"] + found["errors"],
        "skipped": found["skipped"],
    }


def main() -> None:
    name, *tests = sys.argv[1:]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *tests]
        done = subprocess.run(command, cwd=ROOT)
        figures = counted(report)
    figures["seconds"] = round(time.monotonic() - began)
    steps = int(os.environ.get("MACHINE_STEPS", MACHINE_STEPS))
    short = results.fewer(acts=(steps, MACHINE_STEPS)) if name == "machine" else ""
    results.record(name, figures, done.returncode == 0 and bool(figures["tests"]), short=short)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
