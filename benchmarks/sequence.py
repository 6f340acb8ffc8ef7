"""Runs targets of the Makefile one after the other, whatever becomes of each.

python -m benchmarks.sequence TARGET …      a target that does not exist is left out, and said
"""

from __future__ import annotations

import re
import subprocess
import sys
import time

from benchmarks.installation import ROOT


def existing(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def main() -> None:
    there = existing((ROOT / "Makefile").read_text(encoding="utf-8"))
    failed = []
    for target in sys.argv[1:]:
        if target not in there:
            print(f"— {target}: not there", flush=True)
            continue
        began = time.monotonic()
        done = subprocess.run(["make", "--no-print-directory", target], cwd=ROOT)
        word = "failed" if done.returncode else "done"
        print(f"— {target}: {word}, {time.monotonic() - began:.0f} s", flush=True)
        failed += [target] if done.returncode else []
    if failed:
        print(f"Failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
