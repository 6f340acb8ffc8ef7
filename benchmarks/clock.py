"""`make clock`: the clock of running processes is set forth and back, by libfaketime.

Two schedulers side by side, matters filed and the ledger signed under each clock: no slot of a job
runs twice, numbers and keys are unique, the ledger's time never goes back, what is due is due on a
working day in Shanghai. Needs `apt-get install faketime`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.installation import PLAIN, ROOT, Installation

PARTS = "benchmarks.clock_parts"
#: As libfaketime writes them: real, tomorrow, real, yesterday, a leap day, real.
CLOCKS = ("+0", "+1d", "+0", "-1d", "@2028-02-29 08:59:30", "+0")
STAY = 12.0  # seconds under each
FILED = 5  # matters under each


class Clock:
    """The file that libfaketime reads, and what a process needs to heed it."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
        if not found:
            sys.exit("libfaketime is missing (Debian: apt-get install faketime).")
        self.file = folder / "clock"
        self.environment = {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "TZ": "Asia/Shanghai",
        }
        self.set("+0")

    def set(self, to: str) -> None:
        """In one step: a reader never meets an empty file."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(to + "\n", encoding="ascii")
        fresh.replace(self.file)


def trial(home: Installation) -> dict[str, Any]:
    clock, runs = Clock(home.folder), home.folder / "runs.jsonl"
    runs.touch()
    signed: list[str] = []
    schedulers = [_scheduler(home, clock, runs) for _ in range(2)]
    try:
        for to in CLOCKS:
            clock.set(to)
            told = home.ask(PARTS, "file", str(FILED), **clock.environment)
            signed.append(max(told["signed"]))
            time.sleep(STAY)
        alive = sum(one.poll() is None for one in schedulers)
    finally:
        for one in schedulers:
            one.terminate()
        for one in schedulers:
            one.wait(timeout=60)
    lines = [json.loads(line) for line in runs.read_text(encoding="utf-8").splitlines()]
    slots = Counter((one["job"], one["slot"]) for one in lines)
    return {
        "clocks": len(CLOCKS),
        "schedulers": alive,
        "runs": len(lines),
        "runs_of_the_daily_job": sum(one["job"] == "trial.day" for one in lines),
        "slots_twice": sum(times > 1 for times in slots.values()),
        "ledger_time_went_back": signed != sorted(signed),
        **home.ask(PARTS, "judge"),
    }


def _scheduler(home: Installation, clock: Clock, runs: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", PARTS, "schedule", str(runs)],
        cwd=ROOT,
        env=home.environment(**clock.environment, LOG_LEVEL="ERROR"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


@results.trial("clock")
def main() -> None:
    with Installation(os.environ.get("DATABASE_URL", ""), settings=PLAIN) as home:
        home.ask("benchmarks.worlds", "small")
        found = trial(home)
    print(json.dumps(found, indent=1))
    must = (
        "slots_twice", "ledger_time_went_back", "due_on_days_off", "due_before_filed",
        "ledger_faults",
    )  # fmt: skip
    passed = (
        not any(found[name] for name in must)
        and found["runs_of_the_daily_job"] >= 2
        and found["schedulers"] == 2
        and found["cases"] == FILED * len(CLOCKS)
    )
    results.record("clock", found, passed)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
