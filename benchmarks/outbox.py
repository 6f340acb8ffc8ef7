"""`make outbox`: events on their way to a bad partner, while the workers are killed.

Judged: every event arrives, has one effect, and in the order of its stream; one that can never
succeed is parked after eight tries and holds up nobody; 10,000 waiting ones are worked off in time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.installation import PLAIN, ROOT, Installation

PARTS = "benchmarks.outbox_parts"
BACKLOG_LIMIT = 60.0  # seconds for 10,000


@dataclass
class Plan:
    events: int = 6000
    streams: int = 60
    kills: int = 100
    workers: int = 2
    backlog: int = 10_000
    patience: float = 240.0  # seconds after the last kill


def trial(plan: Plan, home: Installation, url: str) -> dict[str, results.Figure]:
    """One run on a database of its own; counts and seconds."""
    effects = home.folder / "effects.jsonl"
    effects.touch()
    with _receiver(effects) as port:
        for kind, count in (("poison", 1), ("outside", plan.events)):
            home.ask(PARTS, "announce", kind, str(count), str(plan.streams), url=url)
        killed = _killing(plan, home, url, port)
    told = home.ask(PARTS, "states", url=url)
    found = {"events": plan.events, "kills": killed, **judged(effects, plan)}
    found["parked"] = told["states"].get("PARKED", 0)
    found["parked_after_tries"] = max(told["parked_after"], default=0)
    found["waiting"] = told["states"].get("PENDING", 0)
    return found | (_backlog(plan, home, url) if plan.backlog else {})


def judged(effects: Path, plan: Plan) -> dict[str, int]:
    """What the receiver saw: events that never came, repetitions, and streams out of order."""
    lines = [json.loads(line) for line in effects.read_text(encoding="utf-8").splitlines()]
    firsts = [one for one in lines if not one["again"]]
    streams = defaultdict(list)
    for one in firsts:
        streams[one["stream"]].append(one["number"])
    return {
        "effects": len(firsts),
        "missing": plan.events - len({one["number"] for one in firsts}),
        "sent_again": len(lines) - len(firsts),
        "out_of_order": sum(numbers != sorted(numbers) for numbers in streams.values()),
    }


def faults(found: dict[str, results.Figure]) -> list[str]:
    """What is not as it must be, by name."""
    must = {
        "effects": found["events"],
        "missing": 0,
        "out_of_order": 0,
        "waiting": 0,
        "parked": 1,
        "parked_after_tries": 8,
    }
    wrong = [name for name, value in must.items() if found[name] != value]
    if "backlog" in found and found["backlog_effects"] != found["backlog"]:
        wrong.append("backlog_effects")
    return wrong


def _killing(plan: Plan, home: Installation, url: str, port: int) -> int:
    """Workers die one after the other until so many are dead; then the rest is worked off."""
    chance, killed = random.Random(), 0
    workers = [_worker(home, url, port) for _ in range(plan.workers)]
    try:
        while killed < plan.kills:
            time.sleep(chance.uniform(0.3, 1.2))
            victim = workers.pop(0)
            victim.kill()
            victim.wait()
            killed += 1
            workers.append(_worker(home, url, port))
        deadline = time.monotonic() + plan.patience
        while home.ask(PARTS, "states", url=url)["states"].get("PENDING"):
            if time.monotonic() > deadline:
                break
            time.sleep(2)
    finally:
        for one in workers:
            one.kill()
            one.wait()
    return killed


def _backlog(plan: Plan, home: Installation, url: str) -> dict[str, results.Figure]:
    """Seconds that one worker takes for what waits, its own start left out."""
    home.ask(PARTS, "announce", "inside", str(plan.backlog), "500", url=url)
    empty = time.monotonic()
    home.ask(PARTS, "work", "--until-empty", url=home.new_database(like=home.url))
    start = time.monotonic() - empty
    began = time.monotonic()
    home.ask(PARTS, "work", "--until-empty", url=url)
    seconds = time.monotonic() - began - start
    told = home.ask(PARTS, "states", url=url)
    return {
        "backlog": plan.backlog,
        "backlog_effects": told["effects"],
        "backlog_seconds": round(seconds, 1),
        "backlog_per_second": round(plan.backlog / seconds),
    }


def _worker(home: Installation, url: str, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", PARTS, "work"],
        cwd=ROOT,
        env=home.environment(url, RECEIVER=str(port), LOG_LEVEL="CRITICAL"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def _receiver(effects: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.receiver", str(effects)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


@results.trial("outbox", engines=True)
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.outbox", description=__doc__)
    words.add_argument("--kills", type=int, default=100)
    words.add_argument("--events", type=int, default=6000)
    asked = words.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    with Installation(url, settings=PLAIN) as home:
        home.ask("benchmarks.worlds", "small")
        database = home.new_database(like=home.url)
        found: dict[str, Any] = trial(Plan(events=asked.events, kills=asked.kills), home, database)
    wrong = faults(found)
    passed = not wrong and found["backlog_seconds"] <= BACKLOG_LIMIT
    print(json.dumps(found, indent=1), *wrong)
    short = results.fewer(kills=(asked.kills, 100), events=(asked.events, 6000))
    results.record(f"outbox-{results.engine(url)}", found, passed, short=short)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
