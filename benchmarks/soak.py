"""`make soak`: the server runs under half a load for MINUTES, and nothing may grow.

Sampled every few seconds over all its processes: memory (resident, proportional where the kernel
says so), descriptors, connections of PostgreSQL, and SQLite's write-ahead log. The first quarter is
warming up; what counts is the slope of a straight line through the rest.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks import results
from benchmarks.client import Client
from benchmarks.filers import Judge, Load
from benchmarks.installation import PLAIN, Installation, Server
from benchmarks.judge import FAULTS

EVERY = 5.0  # seconds between two samples
RSS_SLOPE_LIMIT = 1.0  # MB a minute
WAL_LIMIT = 64.0  # MB
READS = ("/", "/track/", "/results/", "/find/", "/file/", "/ledger/")
FILINGS_PER_MINUTE = 240  # at most, so that they last until the end


@dataclass
class Samples:
    """A list per measure, one value per look."""

    at: list[float] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)
    wal_mb: list[float] = field(default_factory=list)

    def look(self, server: Server, database: Path | None) -> None:
        members = server.members()
        self.at.append(time.monotonic())
        self.rss_mb.append(sum(map(_memory, members)) / 1024)
        self.descriptors.append(sum(map(_descriptors, members)))
        wal = Path(f"{database}-wal") if database else None
        self.wal_mb.append(wal.stat().st_size / 1_048_576 if wal and wal.exists() else 0.0)

    def slope(self, values: list[float] | list[int]) -> float:
        """Growth a minute, after the first quarter."""
        begin = len(values) // 4
        minutes = [at / 60 for at in self.at[begin:]]
        if len(minutes) < 3:
            return 0.0
        return statistics.linear_regression(minutes, values[begin:]).slope


def soak(home: Installation, *, minutes: float, quiet: bool | None = True) -> dict[str, Any]:
    """Files and reads for so long; what grew, what failed, what the judge says."""
    count = max(int(FILINGS_PER_MINUTE * minutes), 20)
    prepared = home.ask("benchmarks.filings", str(count), url=home.url)
    judge, samples = Judge(home.folder / "receipts.jsonl"), Samples()
    database = Path(home.url.removeprefix("sqlite:///")) if home.is_sqlite else None
    with home.serve(url=home.url) as server, contextlib.closing(judge):
        load = Load(server.port, judge, prepared, clients=1, pause=60 / FILINGS_PER_MINUTE)
        with _reading(server.port) as reads:
            load.start()
            end = time.monotonic() + 60 * minutes
            for _ in tqdm(range(int(60 * minutes / EVERY)), unit=" looks", disable=quiet):
                samples.look(server, database)
                time.sleep(max(min(EVERY, end - time.monotonic()), 0))
            samples.look(server, database)
            load.join(finish=False)
    verdict = home.ask("benchmarks.judge", str(judge.path), url=home.url)
    return {
        "minutes": minutes,
        "receipts": len(judge.codes),
        "receipts_in_last_quarter": sum(at > end - 15 * minutes for at in load.answered),
        "reads": reads["answered"],
        "errors": reads["failed"] + len(load.refused) + load.broken_sends,
        "rss_mb": round(samples.rss_mb[-1], 1),
        "rss_slope_mb_per_minute": round(samples.slope(samples.rss_mb), 2),
        "descriptors": samples.descriptors[-1],
        "descriptors_slope_per_minute": round(samples.slope(samples.descriptors), 2),
        "wal_most_mb": round(max(samples.wal_mb), 1),
        "faults": sum(verdict[name] for name in FAULTS),
    }


@contextlib.contextmanager
def _reading(port: int) -> Iterator[dict[str, int]]:
    """Somebody reads public pages all the time, unhurried."""
    over, counts = threading.Event(), {"answered": 0, "failed": 0}

    def read() -> None:
        with Client(port) as client:
            while not over.is_set():
                for path in READS:
                    try:
                        fine = client.get(path).status < 400
                    except OSError:
                        fine = False
                    counts["answered" if fine else "failed"] += 1
                    over.wait(0.05)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield counts
    finally:
        over.set()
        reader.join()


def _memory(pid: int) -> float:
    """kB that the process holds, shared pages divided among those who share them; 0 when it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1])
    return 0.0


def _descriptors(pid: int) -> int:
    with contextlib.suppress(OSError):
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return 0


@results.trial("soak", engines=True)
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    words.add_argument("--minutes", type=float, default=60)
    asked = words.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    with Installation(url, settings=PLAIN) as home:
        home.ask("benchmarks.worlds", "small")
        found = soak(home, minutes=asked.minutes, quiet=None)
    print(json.dumps(found, indent=1))
    passed = (
        not found["errors"]
        and not found["faults"]
        and found["receipts_in_last_quarter"] > 0
        and found["reads"] > 0
        and found["rss_mb"] > 0
        and found["rss_slope_mb_per_minute"] < RSS_SLOPE_LIMIT
        and found["descriptors_slope_per_minute"] < 1
        and found["wal_most_mb"] < WAL_LIMIT
    )
    short = results.fewer(minutes=(asked.minutes, 60))
    results.record(f"soak-{results.engine(url)}", found, passed, short=short)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
