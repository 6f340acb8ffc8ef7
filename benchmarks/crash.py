"""`make crash`: kill -9 of the whole server again and again while residents file.

Every receipt that a client got is written to the judge's file, and forced to the disk, before
the next filing; afterwards each is looked for, by its code, in the database and on its page.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import statistics
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.client import Client
from benchmarks.filings import code_of, contact, token_of
from benchmarks.installation import PLAIN, Installation, Server
from benchmarks.judge import FAULTS

CLIENTS = 8
#: Part of the receipts whose filing is sent once more, as by a double tap.
AGAIN = 0.1
#: One kill, at so many receipts, is enough to see a planted fault.
MUTANT_PLANS: dict[str, dict[str, Any]] = {
    "early": {"filings": 60, "kills": 1, "at_receipt": 3, "finish": False},
    "double": {"filings": 60, "kills": 1, "at_receipt": 30, "again": 0.5, "finish": False},
}
START_LIMIT = 5.0  # seconds from a restart to the first 2xx


@dataclass
class Plan:
    filings: int = 2000
    every: tuple[float, float] = (1.0, 2.0)  # seconds the server lives between two kills
    kills: int | None = None  # so many, else until everything is filed
    at_receipt: int | None = None  # kill the moment this many are handed out, not by the clock
    again: float = AGAIN
    finish: bool = True  # file the rest when the kills are over
    look: bool = True  # at every receipt's page in the end, after one kill more
    mutant: str = ""
    quiet: bool | None = True  # None: shown where somebody looks at a terminal


@dataclass
class Course:
    """What happened, and what the judge says of it."""

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


class Judge:
    """The file of receipts: a line is on the disk before its client goes on."""

    def __init__(self, path: Path) -> None:
        self.path, self.codes = path, dict[str, str]()
        self._file, self._lock = path.open("a", encoding="utf-8"), threading.Lock()

    def note(self, filing: dict[str, str], code: str) -> None:
        line = {"key": filing["key"], "mark": filing["mark"], "code": code}
        with self._lock:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            self.codes[filing["mark"]] = code

    def close(self) -> None:
        self._file.close()


class Filer(threading.Thread):
    """One resident after the other; every filing is sent until it is answered."""

    def __init__(self, crash: Crash) -> None:
        super().__init__(daemon=True)
        self.crash, self.client, self.token = crash, Client(crash.server.port, timeout=15), ""

    def run(self) -> None:
        with self.client:
            while not self.crash.over.is_set() and (filing := self._next()):
                self._file(filing)
                if random.random() < self.crash.plan.again:
                    self._file(filing)

    def _next(self) -> dict[str, str] | None:
        try:
            return self.crash.waiting.get_nowait()
        except queue.Empty:
            return None

    def _file(self, filing: dict[str, str]) -> None:
        """Until there is an answer: what was sent may have been stored, so the key stays."""
        while not self.crash.over.is_set():
            try:
                self.token = self.token or token_of(self.client)
                answer = self.client.post("/file/send/", contact(filing["draft"], self.token))
            except OSError:
                self.crash.course.broken_sends += 1
                time.sleep(0.05)
                continue
            code = code_of(answer)
            if code is None:
                self.crash.course.refused.append(f"{answer.status} {answer.text[:300]}")
                return
            self.crash.judge.note(filing, code)
            return


class Crash:
    """One run on a database of its own, which `worlds small` has prepared."""

    def __init__(self, home: Installation, plan: Plan, url: str) -> None:
        self.plan, self.course, self.home, self.url = plan, Course(), home, url
        target = ("-m", "benchmarks.web", "benchmarks.mutants:application") if plan.mutant else ()
        self.server: Server = home.serve(*target, url=url, BENCH_MUTANT=plan.mutant)
        self.judge = Judge(home.folder / f"receipts-{self.server.port}.jsonl")
        self.waiting: queue.SimpleQueue[dict[str, str]] = queue.SimpleQueue()
        self.over = threading.Event()

    def run(self) -> Course:
        """Files, kills, restarts, and asks the judge. The server is gone afterwards."""
        for filing in self.home.ask("benchmarks.filings", str(self.plan.filings), url=self.url):
            self.waiting.put(filing)
        try:
            self.server.start()
            filers = [Filer(self) for _ in range(CLIENTS)]
            for filer in filers:
                filer.start()
            self._disturb(filers)
            if not self.plan.finish:
                self.over.set()
            for filer in filers:
                filer.join()
            if self.plan.finish and self.plan.look:
                self._look()
        finally:
            self.over.set()
            self.server.kill()
            self.judge.close()
        self.course.verdict = self.home.ask("benchmarks.judge", str(self.judge.path), url=self.url)
        return self.course

    def _disturb(self, filers: list[Filer]) -> None:
        chance = random.Random()
        with tqdm(total=self.plan.filings, unit=" receipts", disable=self.plan.quiet) as bar:
            while self.course.kills != self.plan.kills:
                end = time.monotonic() + chance.uniform(*self.plan.every)
                while self._waits(end) and any(filer.is_alive() for filer in filers):
                    time.sleep(0.005)
                    bar.update(len(self.judge.codes) - bar.n)
                if not any(filer.is_alive() for filer in filers):
                    return
                self.server.kill()
                self.course.kills += 1
                if self.course.kills == self.plan.kills and not self.plan.finish:
                    return
                self.course.starts.append(self.server.start())

    def _waits(self, end: float) -> bool:
        if self.plan.at_receipt is not None:
            return len(self.judge.codes) < self.plan.at_receipt
        return time.monotonic() < end

    def _look(self) -> None:
        """Every receipt's page, over HTTP, on a server that was killed a last time."""
        self.server.kill()
        self.course.starts.append(self.server.start())
        codes = tqdm(self.judge.codes.values(), unit=" pages", disable=self.plan.quiet)
        with Client(self.server.port) as client:
            for code in codes:
                self.course.pages_missing += client.get(f"/t/{code}/receipt/").status != 200


def crash(plan: Plan, database_url: str = "") -> Course:
    """One whole run in an installation of its own."""
    with Installation(database_url, settings=PLAIN) as home:
        home.ask("benchmarks.worlds", "small")
        return Crash(home, plan, home.url).run()


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.crash", description=__doc__)
    words.add_argument("--filings", type=int, default=2000)
    words.add_argument("--kills", type=int, default=40, help="no more; the rest is filed in peace")
    words.add_argument("--no-mutants", dest="mutants", action="store_false")
    asked = words.parse_args()
    url, failed = os.environ.get("DATABASE_URL", ""), False
    for mutant in ("", "early", "double") if asked.mutants else ("",):
        sizes = {"filings": asked.filings, "kills": asked.kills}
        plan = Plan(mutant=mutant, quiet=None, **MUTANT_PLANS.get(mutant, sizes))
        course = crash(plan, url)
        verdict = {k: v for k, v in course.verdict.items() if k != "found"}
        print(
            f"{mutant or 'product'}: {course.kills} kills, {course.broken_sends} broken sends, {verdict}"
        )
        if mutant:
            failed |= not course.faults
            print("  " + ("caught" if course.faults else "NOT CAUGHT: the judge is blind"))
            continue
        print(
            f"  first 2xx after a kill: median {statistics.median(course.starts):.2f} s, "
            f"slowest {course.slowest_start:.2f} s (limit {START_LIMIT:g} s)"
        )
        failed |= bool(course.faults) or course.slowest_start > START_LIMIT
        if course.faults:
            print(json.dumps({"faults": course.faults, **asdict(course)}, indent=1, default=str))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
