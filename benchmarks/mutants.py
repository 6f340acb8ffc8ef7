"""`make mutants`: plants every fault of controls.py in a copy of the source, and lets tests find it.

python -m benchmarks.mutants [NAME …]     only the controls whose name holds one of the words

First the same tests run on the copy as it is: a test that fails anyhow would prove nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import results
from benchmarks.controls import CONTROLS, Control
from benchmarks.installation import ROOT

ENGINE = results.engine(os.environ.get("DATABASE_URL", ""))
#: Controls that the promise asks for; those of PostgreSQL alone are few.
LEAST = {"sqlite": 12, "postgresql": 1}
#: Made on this machine and needed by tests, though it is no part of the source.
MADE = ("lianxin/web/static/vendor/*", "lianxin/*/locale/*/LC_MESSAGES/*.mo")


class StaleError(Exception):
    """The words that a control replaces do not stand there exactly once."""


def planted(control: Control, text: str) -> str:
    """The file with the fault. Raises StaleError."""
    if text.count(control.old) != 1:
        raise StaleError(f"{control.name}: {control.file} has changed, write the control anew")
    return text.replace(control.old, control.new)


def copy_of_source(folder: Path) -> None:
    """All files that git knows, as they are now, and what was made beside them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    known = [ROOT / name for name in filter(None, listed.stdout.split("\0"))]
    made = [path for pattern in MADE for path in ROOT.glob(pattern)]
    for source in (*known, *made):
        target = folder / source.relative_to(ROOT)
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    (folder / "var" / "static").mkdir(parents=True)


def passes(folder: Path, tests: Sequence[str], *, loud: bool = False) -> bool:
    """Whether the tests pass in the copy. Raises RuntimeError where they could not be run: a fault that
    breaks an import is none that a test found."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "--show-capture=no", "-p", "no:randomly", "-p", "no:cacheprovider",
         "-p", "no:xdist", *tests],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "LIANXIN_VAR": str(folder / "var")},
        capture_output=True,
        text=True,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{tests}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    if loud and done.returncode:
        print(done.stdout[-3000:])
    return done.returncode == 0


def caught(folder: Path, control: Control) -> bool:
    """Plants the fault in the copy, asks its tests, and takes it out again."""
    path = folder / control.file
    text = path.read_text(encoding="utf-8")
    path.write_text(planted(control, text), encoding="utf-8")
    try:
        return not passes(folder, control.tests)
    finally:
        path.write_text(text, encoding="utf-8")


def chosen(words: Sequence[str]) -> list[Control]:
    """Those of them whose name holds one of the words; all without words.

    On PostgreSQL those that show nowhere else: the others were tried on SQLite, faster.
    """
    return [
        one
        for one in CONTROLS
        if one.postgresql == (ENGINE == "postgresql")
        and (not words or any(word in one.name for word in words))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="words of their names; all without")
    names = parser.parse_args().names
    controls = chosen(names)
    seen: dict[str, bool] = {}
    with tempfile.TemporaryDirectory(prefix="lianxin-mutants-") as name:
        folder = Path(name)
        copy_of_source(folder)
        tests = sorted({test for one in controls for test in one.tests})
        if not passes(folder, tests, loud=True):
            sys.exit("The tests fail without any fault: mend them first.")
        for control in controls:
            began = time.monotonic()
            seen[control.name] = caught(folder, control)
            word = "caught" if seen[control.name] else "MISSED"
            print(f"{word}  {time.monotonic() - began:5.1f} s  {control.name}", flush=True)
    missed = [name for name, found in seen.items() if not found]
    if not names:
        figures = {
            "planted": len(seen),
            "caught": len(seen) - len(missed),
            "missed": ", ".join(missed) or "none",
        }
        results.record(f"mutants-{ENGINE}", figures, not missed and len(seen) >= LEAST[ENGINE])
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
