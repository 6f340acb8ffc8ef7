"""`make pitr`: PostgreSQL is restored to a chosen second from a base back-up and the archived log.

What was acknowledged before that second must be there, what came after must not: so one goes back to
before a mistake.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.cluster import Cluster
from benchmarks.filers import Judge, Load
from benchmarks.installation import PLAIN, Installation

AFTER = 3.0  # seconds of filing on both sides of the chosen one
RECOVERED = 120.0  # seconds the recovery may take


def pitr(cluster: Cluster, home: Installation, *, filings: int) -> dict[str, Any]:
    """One recovery; its figures. The cluster ends up on the restored data."""
    prepared = home.ask("benchmarks.filings", str(filings), url=home.url)
    judge = Judge(home.folder / "receipts.jsonl")
    base = cluster.folder / "data-restored"
    with home.serve(url=home.url) as server, contextlib.closing(judge):
        load = Load(server.port, judge, prepared, clients=4)
        load.start()
        time.sleep(1)
        cluster.run("pg_basebackup", "-h", str(cluster.folder), "-U", "lianxin", "-D", str(base),
                    "-X", "none", "-c", "fast")  # fmt: skip
        time.sleep(AFTER)
        before, chosen = set(judge.codes), datetime.now(UTC)
        shutil.copyfile(judge.path, home.folder / "before.jsonl")
        time.sleep(AFTER)
        load.join(finish=False)
    after = {mark for mark in judge.codes if mark not in before}
    time.sleep(3)  # until the last piece of the log is archived
    cluster.stop(cluster.folder / "data")
    seconds = _recover(cluster, base, chosen)
    verdict = home.ask("benchmarks.judge", str(home.folder / "before.jsonl"), url=home.url)
    late = sum(home.cases(home.url, f"〔{mark}〕") for mark in sorted(after)[-20:])
    return {
        "receipts_before": len(before),
        "lost": verdict["lost"],
        "half": verdict["half"],
        "broken": verdict["broken"],
        "receipts_after": len(after),
        "of_the_last_20_still_there": late,
        "recovery_seconds": round(seconds, 1),
    }


def _recover(cluster: Cluster, base: Path, chosen: datetime) -> float:
    """Replays the archive up to the second, and opens the database for writing."""
    cluster.configure(
        base,
        {
            "archive_mode": "off",
            "restore_command": f"'cp {cluster.archive}/%f %p'",
            "recovery_target_time": f"'{chosen.isoformat()}'",
            "recovery_target_action": "promote",
        },
    )
    signal = base / "recovery.signal"
    signal.touch()
    shutil.chown(signal, base.owner())
    began = time.monotonic()
    cluster.start(base)
    while signal.exists():
        if time.monotonic() > began + RECOVERED:
            raise RuntimeError(Path(f"{base}.log").read_text(encoding="utf-8")[-2000:])
        time.sleep(0.2)
    return time.monotonic() - began


@results.trial("pitr")
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.pitr", description=__doc__)
    words.add_argument("--filings", type=int, default=6000)
    asked = words.parse_args()
    with Cluster(archive=True) as cluster, Installation(cluster.url, settings=PLAIN) as home:
        home.ask("benchmarks.worlds", "small")
        found = pitr(cluster, home, filings=asked.filings)
    print(json.dumps(found, indent=1))
    must = ("lost", "half", "broken", "of_the_last_20_still_there")
    passed = not any(found[name] for name in must) and min(
        found["receipts_before"], found["receipts_after"]
    ) > 0  # fmt: skip
    results.record("pitr", found, passed)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
