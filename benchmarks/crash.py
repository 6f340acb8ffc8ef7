"""`make crash`: kill -9 of the server and of its parts, again and again, while residents file.

Every receipt that a client got is written to the judge's file, and forced to the disk, before
the next filing; afterwards each is looked for, by its code, in the database and on its page.
What is killed is processes: a power cut and a lost node of the database are other trials.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from tqdm import tqdm

from benchmarks import results
from benchmarks.client import Client
from benchmarks.filers import AGAIN, Judge, Load
from benchmarks.installation import PLAIN, Installation, Server
from benchmarks.judge import FAULTS
from benchmarks.nemesis import ACTS, Nemesis

#: One kill, at so many receipts, is enough to see a planted fault.
ONCE: dict[str, Any] = {"filings": 60, "kills": 1, "finish": False, "look": 0}
MUTANT_PLANS: dict[str, dict[str, Any]] = {
    "early": {**ONCE, "at_receipt": 3},
    "double": {**ONCE, "at_receipt": 30, "again": 0.5},
}
#: What the judge must find of each: any other fault would be another fault.
SHOWS = {"early": "lost", "double": "doubled"}
PATIENCE = 4.0  # seconds
KILLS = 100  # fewer do not show it
START_LIMIT = 5.0  # seconds from a restart to the first 2xx


@dataclass
class Plan:
    filings: int = 2000
    every: tuple[float, float] = (0.3, 1.0)  # seconds from a disturbance to the next, at least
    between: int = 20  # receipts from a disturbance to the next, where they come within PATIENCE
    kills: int | None = None  # so many, else until everything is filed
    seconds: float = 600.0  # no disturbance after that, whatever was asked
    acts: tuple[str, ...] = ("everything",)
    at_receipt: int | None = None  # kill the moment this many are handed out, not by the clock
    again: float = AGAIN
    finish: bool = True  # file the rest when the kills are over
    look: int = 500  # at so many receipts' pages in the end, after one kill more
    mutant: str = ""
    quiet: bool | None = True  # None: shown where somebody looks at a terminal


@dataclass
class Course:
    """What happened, and what the judge says of it."""

    done: dict[str, int] = field(default_factory=dict)  # acts of the nemesis
    kills: int = 0
    broken_sends: int = 0
    refused: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)  # seconds to the first 2xx
    pages_missing: int = 0
    verdict: dict[str, Any] = field(default_factory=dict)

    @property
    def slowest_start(self) -> float:
        return max(self.starts, default=0.0)

    @property
    def faults(self) -> dict[str, int]:
        found = {name: self.verdict[name] for name in FAULTS if self.verdict[name]}
        if self.pages_missing:
            found["pages_missing"] = self.pages_missing
        if self.refused:
            found["refused"] = len(self.refused)
        return found


class Crash:
    """One run on a database of its own, which `worlds small` has prepared."""

    def __init__(self, home: Installation, plan: Plan, url: str) -> None:
        self.plan, self.course, self.home, self.url = plan, Course(), home, url
        target = (
            ("-m", "benchmarks.web", "benchmarks.crash_faults:application") if plan.mutant else ()
        )
        self.server: Server = home.serve(*target, url=url, BENCH_MUTANT=plan.mutant)
        self.nemesis = Nemesis(self.server, acts=plan.acts)
        self.judge = Judge(home.folder / f"receipts-{self.server.port}.jsonl")

    def run(self) -> Course:
        """Files, kills, restarts, and asks the judge. The server is gone afterwards."""
        filings = self.home.ask("benchmarks.filings", str(self.plan.filings), url=self.url)
        load = Load(self.server.port, self.judge, filings, again=self.plan.again)
        try:
            self.server.start()
            load.start()
            self._disturb(load)
            load.join(finish=self.plan.finish)
            if self.plan.look:
                self._look()
        finally:
            load.over.set()
            self.server.kill()
            self.judge.close()
        self.course.done, self.course.kills = dict(self.nemesis.done), self.nemesis.kills
        self.course.starts = self.nemesis.starts
        self.course.broken_sends, self.course.refused = load.broken_sends, load.refused
        self.course.verdict = self.home.ask("benchmarks.judge", str(self.judge.path), url=self.url)
        return self.course

    def _disturb(self, load: Load) -> None:
        chance, nemesis = random.Random(), self.nemesis
        last = time.monotonic() + self.plan.seconds
        with tqdm(total=self.plan.kills, unit=" kills", disable=self.plan.quiet) as bar:
            while nemesis.kills != self.plan.kills:
                end, seen = (
                    time.monotonic() + chance.uniform(*self.plan.every),
                    len(self.judge.codes),
                )
                while self._waits(end, seen) and load.running:
                    time.sleep(0.005)
                if not load.running or end > last:
                    return
                if not self.plan.finish and nemesis.kills + 1 == self.plan.kills:
                    nemesis.end()
                    return
                nemesis.strike()
                bar.update(nemesis.kills - bar.n)

    def _waits(self, end: float, seen: int) -> bool:
        """Whether the server may live on: killed while it starts it could not lose anything."""
        now, receipts = time.monotonic(), len(self.judge.codes)
        if self.plan.at_receipt is not None:
            return receipts < self.plan.at_receipt
        return now < end or (receipts < seen + self.plan.between and now < end + PATIENCE)

    def _look(self) -> None:
        """Receipts' pages, over HTTP, on a server that was killed a last time."""
        self.server.kill()
        self.nemesis.starts.append(self.server.start())
        codes = list(self.judge.codes.values())
        codes = random.sample(codes, min(self.plan.look, len(codes)))
        with Client(self.server.port) as client:
            for code in codes:
                self.course.pages_missing += client.get(f"/t/{code}/receipt/").status != 200


def crash(plan: Plan, database_url: str = "") -> Course:
    """One whole run in an installation of its own."""
    with Installation(database_url, settings=PLAIN) as home:
        home.ask("benchmarks.worlds", "small")
        return Crash(home, plan, home.url).run()


@results.trial("crash", engines=True)
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.crash", description=__doc__)
    words.add_argument("--filings", type=int, default=40_000, help="at most")
    words.add_argument("--kills", type=int, default=110)
    words.add_argument("--seconds", type=float, default=600, help="at most")
    words.add_argument("--no-mutants", dest="mutants", action="store_false")
    asked = words.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    product = Plan(
        filings=asked.filings,
        kills=asked.kills,
        seconds=asked.seconds,
        acts=tuple(ACTS),
        finish=False,
        quiet=None,
    )
    course = crash(product, url)
    name, figures = f"crash-{results.engine(url)}", _figures(course)
    went_on = course.verdict["receipts"] >= course.kills
    well = not course.faults and went_on and course.slowest_start <= START_LIMIT
    short = results.fewer(kills=(course.kills, KILLS))
    results.record(name, figures, well, short=short)
    if course.faults:
        print(json.dumps({"faults": course.faults, **asdict(course)}, indent=1, default=str))
    caught = {one: _is_caught(one, url) for one in (MUTANT_PLANS if asked.mutants else ())}
    figures |= {f"control_{one}": "caught" if seen else "MISSED" for one, seen in caught.items()}
    results.record(name, figures, well and all(caught.values()), short=short)
    print(json.dumps(figures, indent=1, ensure_ascii=False))
    sys.exit(0 if well and all(caught.values()) else 1)


def _is_caught(mutant: str, url: str) -> bool:
    return SHOWS[mutant] in crash(Plan(mutant=mutant, **MUTANT_PLANS[mutant]), url).faults


def _figures(course: Course) -> dict[str, results.Figure]:
    verdict = {name: one for name, one in course.verdict.items() if name != "found"}
    return {
        "kills": course.kills,
        "acts": ", ".join(f"{times} × {act}" for act, times in sorted(course.done.items())),
        "broken_sends": course.broken_sends,
        **verdict,
        "pages_missing": course.pages_missing,
        "starts": len(course.starts),
        "start_median_seconds": round(statistics.median(course.starts), 2),
        "start_slowest_seconds": round(course.slowest_start, 2),
    }


if __name__ == "__main__":
    main()
