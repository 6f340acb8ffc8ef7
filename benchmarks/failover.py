"""`make failover`: three nodes under Patroni, residents filing over HTTP, and one disaster after the other.

Every receipt is on the judge's disk before its client goes on. In the end each is looked for in the
database that was left. Printed: the longest time without a receipt for each disaster.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.disasters import DISASTERS, Disaster, Gap
from benchmarks.filers import Judge, Load
from benchmarks.installation import PLAIN, ROOT, Installation, Server
from benchmarks.judge import FAULTS
from deploy.cluster import Cluster, make_environment
from deploy.files import database_url
from deploy.plan import Plan, trial

CLIENTS = 6
#: Where others may have left Patroni's environment; made anew otherwise, which takes a minute.
ENVIRONMENT = ROOT / "var" / "patroni"


@dataclass
class Course:
    """What happened, and what the judge says of it."""

    gaps: dict[str, float] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)
    put_off: int = 0
    broken_sends: int = 0
    refused: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)  # what the server's log says of them
    split_brain: int = 0
    slowest: float = 0.0
    verdict: dict[str, Any] = field(default_factory=dict)

    @property
    def faults(self) -> dict[str, float]:
        found: dict[str, float] = {n: self.verdict[n] for n in FAULTS if self.verdict[n]}
        found |= {n: gap for n, gap in self.gaps.items() if gap > self.limits[n]}
        if self.refused:
            found["refused"] = len(self.refused)
        if self.split_brain:
            found["split_brain"] = self.split_brain
        return found


class Province(Installation):
    """An installation on a cluster of its own: the product as the application's role through
    PgBouncer, tables and judge as the owner."""

    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="lianxin-province-"))
        self.plan: Plan = trial(self.base, port=free_block(), install=ROOT)
        # Made where it stays: venv refuses a link.
        make_environment(ENVIRONMENT, _say)
        (self.base / "patroni").symlink_to(ENVIRONMENT)
        self.cluster = Cluster(self.plan, self.base)
        super().__init__(database_url(self.plan, self.cluster.secrets, owner=True), settings=PLAIN)

    def new_database(self, *, like: str = "", folder: Path | None = None) -> str:
        """The one that the cluster has."""
        return self.server

    @property
    def application_url(self) -> str:
        return database_url(self.plan, self.cluster.secrets)

    def remove(self) -> None:
        for program in (self.cluster.pgbouncer, self.cluster.haproxy):
            program.signal(signal.SIGKILL)
        for name in self.cluster.patroni:
            self.cluster.patroni[name].signal(signal.SIGKILL)
            self.cluster.kill_postgres(name)
            self.cluster.etcd[name].signal(signal.SIGKILL)
        super().remove()
        time.sleep(0.5)  # PostgreSQL's children see that their parent is gone.
        shutil.rmtree(self.base, ignore_errors=True)


def free_block() -> int:
    """The first of eighty ports that nobody listens on."""
    while True:
        port = 21_000 + 80 * secrets.randbelow(100)
        with contextlib.suppress(OSError), contextlib.ExitStack() as probes:
            for offset in range(80):
                probe = probes.enter_context(socket.socket())
                probe.bind(("127.0.0.1", port + offset))
            return port


class Failover:
    """One run: a server on the cluster, its load, the disasters in turn."""

    def __init__(self, home: Province, *, filings: int, mutant: str = "") -> None:
        self.home, self.course = home, Course()
        target = ("-m", "benchmarks.web", "benchmarks.crash_faults:application") if mutant else ()
        self.server: Server = home.serve(*target, url=home.application_url, BENCH_MUTANT=mutant)
        self.judge = Judge(home.folder / f"receipts-{self.server.port}.jsonl")
        prepared = home.ask("benchmarks.filings", str(filings))
        self.load = Load(self.server.port, self.judge, prepared, clients=CLIENTS, timeout=40)

    def run(self, disasters: list[Disaster], say: Callable[[str], object]) -> Course:
        with self.server, contextlib.closing(self.judge):
            self.load.start()
            for disaster in disasters:
                self._strike(disaster, say)
            self.load.join(finish=False)
        course, load = self.course, self.load
        course.put_off, course.broken_sends = load.put_off, load.broken_sends
        course.refused, course.slowest = load.refused, load.slowest
        course.mistakes = _mistakes(self.server.log) if load.refused else []
        course.verdict = self.home.ask("benchmarks.judge", str(self.judge.path))
        return course

    def _strike(self, disaster: Disaster, say: Callable[[str], object]) -> None:
        cluster = self.home.cluster
        cluster.wait_for_leader(in_step=2)
        self.receipts(20)
        gap = Gap(self.load)
        leader = cluster.leader()
        self.course.split_brain += disaster.strike(cluster, gap) or 0
        seconds = gap.ended()
        self.course.gaps[disaster.name] = round(seconds, 2)
        self.course.limits[disaster.name] = disaster.limit
        now = cluster.wait_for_leader()
        say(
            f"{disaster.name}: {seconds:.1f} s without a receipt (limit {disaster.limit:g} s), "
            f"{leader} led, now {now}, {len(self.judge.codes)} receipts so far"
        )

    def receipts(self, more: int, patience: float = 60.0) -> None:
        wanted, end = len(self.judge.codes) + more, time.monotonic() + patience
        while len(self.judge.codes) < wanted:
            if time.monotonic() > end or not self.load.running:
                raise RuntimeError(f"No receipts come: {self.load.refused[:2]}")
            time.sleep(0.05)


def _mistakes(log: Path) -> list[str]:
    parts = log.read_text(encoding="utf-8", errors="replace").split("Internal Server Error")
    return [part[:6000] for part in parts[1:3]]


def control(home: Province) -> bool:
    """Whether the judge sees a receipt that was given before its commit, and lost with the leader."""
    early = Failover(home, filings=400, mutant="early")
    with early.server, contextlib.closing(early.judge):
        early.load.start()
        early.receipts(20)
        home.cluster.kill_postgres(home.cluster.leader())
        early.load.join(finish=False)
    home.cluster.wait_for_leader()
    return bool(home.ask("benchmarks.judge", str(early.judge.path))["lost"])


@results.trial("failover")
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.failover", description=__doc__)
    words.add_argument("--filings", type=int, default=12_000, help="at most")
    words.add_argument("--only", action="append", choices=[one.name for one in DISASTERS])
    words.add_argument("--no-control", dest="control", action="store_false")
    asked = words.parse_args()
    chosen = [one for one in DISASTERS if one.name in (asked.only or one.name)]
    began = time.monotonic()
    with Province() as home:
        home.cluster.up(say=_say)
        home.ask("benchmarks.worlds", "small")
        _say(f"ready after {time.monotonic() - began:.0f} s")
        course = Failover(home, filings=asked.filings).run(chosen, _say)
        _say(f"judged: {course.verdict}")
        figures = _figures(course)
        caught = control(home) if asked.control else True
    if asked.control:
        figures["control_receipt_before_commit"] = "caught" if caught else "MISSED"
    print(json.dumps(figures, indent=1, ensure_ascii=False))
    if course.faults:
        print(json.dumps({"faults": course.faults, **asdict(course)}, indent=1, default=str))
    passed = not course.faults and caught
    if not asked.only and asked.control:
        results.record("failover", figures, passed)
    sys.exit(0 if passed else 1)


def _figures(course: Course) -> dict[str, results.Figure]:
    verdict = {name: one for name, one in course.verdict.items() if name != "found"}
    return {
        **{f"gap_seconds: {name}": gap for name, gap in course.gaps.items()},
        **verdict,
        "put_off": course.put_off,
        "broken_sends": course.broken_sends,
        "split_brain": course.split_brain,
        "slowest_exchange_seconds": round(course.slowest, 1),
    }


def _say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    main()
