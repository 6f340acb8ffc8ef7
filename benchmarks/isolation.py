"""`make isolation`: two counties' staff and strangers on one small pool; nobody sees the other's rows.

The application's own filters are taken out (isolation_faults.py), so that PostgreSQL's row level
security alone keeps the counties apart, behind PgBouncer in transaction mode, as a role that owns
nothing. Beside the requests, clients without any scope ask the same pool for rows: there must be
none. Then the same with faults planted, which must be seen.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psycopg

from benchmarks import results
from benchmarks.client import Client
from benchmarks.installation import PLAIN, Installation, Server
from benchmarks.pooler import PROGRAM, Pooler

CASES = 20  # of each county
MUTANTS = ("session", "no_force", "no_security")
TARGET = ("-m", "benchmarks.web", "benchmarks.isolation_faults:application")
NAKED = "SELECT count(*) FROM cases_case"
LISTS = (
    "/desk/",
    "/desk/lists/all/",
    "/office/matters/",
    "/ledgers/",
)
PUBLIC = ("/", "/track/", "/ledger/", "/results/", "/desk/", "/office/matters/")


@dataclass
class Plan:
    requests: int = 10_000
    clients: int = 12
    connections: int = 6  # of the pool
    workers: int = 2  # of the server
    mutant: str = ""


@dataclass
class Course:
    """What the answers held."""

    statuses: Counter[int] = field(default_factory=Counter)
    own: int = 0  # pages that bore the mark of the county that asked
    leaks: list[str] = field(default_factory=list)
    naked: int = 0  # questions without a scope
    seconds: float = 0.0

    def figures(self) -> dict[str, results.Figure]:
        return {
            "requests": sum(self.statuses.values()),
            "pages_with_own_cases": self.own,
            "foreign_refused": self.statuses[404],
            "server_errors": sum(n for status, n in self.statuses.items() if status >= 500),
            "questions_without_scope": self.naked,
            "leaks": len(self.leaks),
            "requests_per_second": round(sum(self.statuses.values()) / max(self.seconds, 0.001)),
        }

    @property
    def passed(self) -> bool:
        """Nothing leaked, and the trial was not blind: own cases were seen, foreign ones asked for."""
        errors = any(status >= 500 for status in self.statuses)
        return not self.leaks and not errors and self.own > 0 and self.statuses[404] > 0


@dataclass(frozen=True, slots=True)
class World:
    """A copy of the home's database, which holds the small world, with two counties in it."""

    url: str
    counties: list[dict[str, Any]]

    @classmethod
    def build(cls, home: Installation, cases: int) -> World:
        url = home.new_database(like=home.url)
        return cls(url, home.ask("benchmarks.isolation_world", str(cases), url=url))


class Trial:
    """One run. What a planted fault changes in the database stays: faults of it come last."""

    def __init__(self, home: Installation, plan: Plan, world: World) -> None:
        self.home, self.plan, self.course = home, plan, Course()
        self.lock, self.over = threading.Lock(), threading.Event()
        self.url, self.counties = world.url, world.counties

    def run(self) -> Course:
        role = f"lianxin_app_{secrets.token_hex(4)}"
        self.home.manage("prepare_database", "--role", role, url=self.url)
        try:
            if self.plan.mutant == "no_security":
                self._tell("ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY")
            if self.plan.mutant == "no_force":
                self._tell("ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY")
            used = urlsplit(self.url).username if self.plan.mutant == "no_force" else role
            pool = Pooler(self.url, str(used), connections=self.plan.connections)
            with pool, self._server(pool) as server:
                self._load(server.port, pool)
        finally:
            self._tell(f"GRANT {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}")
        return self.course

    def _tell(self, statements: str) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute(statements)

    def _server(self, pool: Pooler) -> Server:
        threads = {"WEB_WORKERS": str(self.plan.workers), "WEB_THREADS": "4"}
        return self.home.serve(*TARGET, url=pool.url, BENCH_MUTANT=self.plan.mutant, **threads)

    def _load(self, port: int, pool: Pooler) -> None:
        """Each client is of one county or of none, and asks until its share is done."""
        share, rest = divmod(self.plan.requests, self.plan.clients)
        clients = [
            threading.Thread(target=self._client, args=(port, number, share + (number < rest)))
            for number in range(self.plan.clients)
        ]
        naked = threading.Thread(target=self._naked, args=(pool,))
        began = time.monotonic()
        for one in (naked, *clients):
            one.start()
        for one in clients:
            one.join()
        self.course.seconds = time.monotonic() - began
        self.over.set()
        naked.join()

    def _client(self, port: int, number: int, requests: int) -> None:
        chance = random.Random(number)
        side = number % 3
        own, other = (self.counties[side], self.counties[1 - side]) if side < 2 else (None, None)
        session = {"sessionid": chance.choice(own["sessions"])} if own else {}
        forbidden = [other["mark"]] if other else [one["mark"] for one in self.counties]
        with Client(port, cookies=session) as client:
            for _ in range(requests):
                path = self._path(chance, own, other)
                answer = client.get(path)
                text = answer.body.decode("utf-8", "replace")
                with self.lock:
                    self.course.statuses[answer.status] += 1
                    self.course.own += bool(own and own["mark"] in text)
                    self.course.leaks += [f"{path}: {m}" for m in forbidden if m in text]

    def _path(
        self, chance: random.Random, own: dict[str, Any] | None, other: dict[str, Any] | None
    ) -> str:
        if own is None or other is None:
            return chance.choice(PUBLIC)
        own_case, foreign_case = chance.choice(own["cases"]), chance.choice(other["cases"])
        return chance.choice(
            (*LISTS, f"/case/{own_case}/", f"/case/{foreign_case}/", f"/ledgers/{other['venue']}/")
        )

    def _naked(self, pool: Pooler) -> None:
        """What a statement without a scope finds on the pool's connections: nothing."""
        with psycopg.connect(pool.url, autocommit=True, prepare_threshold=None) as connection:
            while not self.over.wait(0.002):
                (count,) = connection.execute(NAKED).fetchone() or (0,)
                with self.lock:
                    self.course.naked += 1
                    self.course.leaks += [f"{count} rows without a scope"] if count else []


def missing(url: str) -> str:
    """Why the trial cannot be made here, or an empty sentence."""
    if not url.startswith("postgres"):
        return "row level security is PostgreSQL's alone"
    return "" if PROGRAM else "PgBouncer is not installed (Debian: apt-get install pgbouncer)"


@results.trial("isolation")
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.isolation", description=__doc__)
    words.add_argument("--requests", type=int, default=10_000)
    words.add_argument("--connections", type=int, default=6)
    asked, url = words.parse_args(), os.environ.get("DATABASE_URL", "")
    if reason := missing(url):
        sys.exit(reason)
    with Installation(url, settings=PLAIN) as home:
        home.ask("benchmarks.worlds", "small")
        world = World.build(home, CASES)
        course = Trial(home, Plan(asked.requests, connections=asked.connections), world).run()
        few = max(200, asked.requests // 20)
        caught = [one for one in MUTANTS if Trial(home, Plan(few, mutant=one), world).run().leaks]
    figures = {**course.figures(), "mutants_caught": len(caught), "mutants": len(MUTANTS)}
    print(json.dumps(figures, indent=1), dict(course.statuses), *course.leaks[:5], sep="\n")
    passed = course.passed and len(caught) == len(MUTANTS)
    short = results.fewer(requests=(asked.requests, 10_000))
    results.record("isolation", figures, passed, short=short)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
