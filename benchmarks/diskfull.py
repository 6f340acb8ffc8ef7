"""`make diskfull`: the disk fills up under load, three times; no false receipt, reading goes on, and
after 10 MB were freed everything works again without a hand.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks import results
from benchmarks.client import Client
from benchmarks.filers import Judge, Load
from benchmarks.installation import PLAIN, Installation
from benchmarks.judge import FAULTS
from benchmarks.small_disk import MountRefusedError, SmallDisk

DISK_MB = 64
FREED = 10 * 1024 * 1024
BACK_LIMIT = 10.0  # seconds from the freeing to the next receipt
READ = "/track/"


@dataclass
class Course:
    """What happened, and what the judge says of it."""

    put_off: int = 0
    broken_sends: int = 0
    refused: list[str] = field(default_factory=list)
    read_failures: int = 0
    reads: int = 0
    receipts_while_full: int = 0
    back: list[float] = field(default_factory=list)  # seconds
    verdict: dict[str, Any] = field(default_factory=dict)

    @property
    def faults(self) -> dict[str, int]:
        found = {name: self.verdict[name] for name in FAULTS if self.verdict[name]}
        if self.read_failures:
            found["read_failures"] = self.read_failures
        if self.refused:
            found["refused"] = len(self.refused)
        return found


def run(
    home: Installation, disk: SmallDisk, url: str, *, filings: int, rounds: int, full: float = 3.0
) -> Course:
    """Files at `url`, which lies on the disk, and fills the disk `rounds` times for `full` seconds."""
    course, files = Course(), str(disk.folder / "files")
    prepared = home.ask("benchmarks.filings", str(filings), url=url)
    judge = Judge(home.folder / f"receipts-{time.monotonic_ns()}.jsonl")
    with home.serve(url=url, FILES_DIR=files) as server, contextlib.closing(judge):
        load = Load(server.port, judge, prepared)
        load.start()
        for _ in range(rounds):
            _until(lambda at=len(judge.codes): len(judge.codes) >= at + 20)
            disk.fill()
            put_off = load.put_off
            _until(lambda put_off=put_off: load.put_off > put_off)
            before = len(judge.codes)
            _read(server.port, course, full)
            course.receipts_while_full += len(judge.codes) - before
            freed = time.monotonic()
            disk.relieve(FREED)
            _until(lambda freed=freed: load.answered and load.answered[-1] > freed)
            course.back.append(load.answered[-1] - freed)
        load.join(finish=filings <= 400)
    course.put_off, course.broken_sends = load.put_off, load.broken_sends
    course.refused = load.refused
    course.verdict = home.ask("benchmarks.judge", str(judge.path), url=url)
    return course


def _read(port: int, course: Course, seconds: float) -> None:
    end = time.monotonic() + seconds
    with Client(port) as client:
        while time.monotonic() < end:
            course.reads += 1
            course.read_failures += client.get(READ).status != 200
            time.sleep(0.02)


def _until(wanted: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not wanted():
        if time.monotonic() > end:
            raise RuntimeError("What was waited for did not come.")
        time.sleep(0.01)


@results.trial("disk-full")
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.diskfull", description=__doc__)
    words.add_argument("--filings", type=int, default=4000)
    words.add_argument("--rounds", type=int, default=3)
    asked = words.parse_args()
    try:
        with SmallDisk(DISK_MB) as disk, Installation(settings=PLAIN) as home:
            home.ask("benchmarks.worlds", "small")
            url = home.new_database(like=home.url, folder=disk.folder)
            course = run(home, disk, url, filings=asked.filings, rounds=asked.rounds)
    except MountRefusedError as error:
        sys.exit(f"No small disk can be made here, so nothing was tried: {error}")
    slowest = max(course.back)
    figures = {
        "times_full": asked.rounds,
        "put_off": course.put_off,
        **{name: one for name, one in course.verdict.items() if name != "found"},
        "reads": course.reads,
        "read_failures": course.read_failures,
        "back_slowest_seconds": round(slowest, 2),
    }
    print(json.dumps(figures, indent=1))
    if course.faults:
        print(json.dumps(course.__dict__, indent=1, default=str))
    passed = not course.faults and slowest <= BACK_LIMIT
    short = results.fewer(times_full=(asked.rounds, 3))
    results.record("disk-full", figures, passed, short=short)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
