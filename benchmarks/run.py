"""`make bench`: what the product costs against the least that the same server could do, against its
peers, and at the size of a province.

All figures of a run come from one machine in one hour: each round measures everything once, in
another order, and the medians of the ratios are what counts. QUICK=1: small and short.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tqdm import tqdm

from benchmarks import footprint, load, peers, processes, report
from benchmarks.client import Client
from benchmarks.filings import contact, token_of
from benchmarks.installation import ROOT, Installation, Server
from benchmarks.pages import PAGES, cookies
from benchmarks.province_make import CASES
from benchmarks.provinces import FOLDER, Province
from benchmarks.storm import Storm

BARE = {"DJANGO_SETTINGS_MODULE": "benchmarks.bare.settings"}
WEB = ("-m", "benchmarks.web", "lianxin.config.wsgi:application")
BARE_WEB = ("-m", "benchmarks.web", "benchmarks.bare.wsgi:application")
#: More filings than this in a second are not expected of two cores.
MOST_PER_SECOND = 1000
Measure = Callable[[float], dict[str, float]]


@dataclass
class Plan:
    """Seconds of each measurement; `small` cases, and what is compared with them."""

    small: int = 10_000
    big: int = 0  # 0: the largest province that is there
    rounds: int = 5
    seconds: float = 2.0
    page_seconds: float = 0.7
    storm_seconds: float = 8.0
    parts: str = "writes,pages,peers,storm,footprint"

    @classmethod
    def quick(cls) -> Plan:
        return cls(small=2_000, rounds=2, seconds=1.0, page_seconds=0.3, storm_seconds=3.0)


@dataclass
class Bench:
    """What is measured under which name; one list of figures per name, a figure per round."""

    plan: Plan
    home: Installation
    found: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    measured: dict[str, Measure] = field(default_factory=dict)
    drafts: Iterator[dict[str, str]] = field(default_factory=lambda: iter(()))
    running: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def run(self) -> dict[str, Any]:
        plan = self.plan
        self.found = {"plan": vars(plan), "figures": self.figures,
                      "engine": "SQLite" if self.home.is_sqlite else "PostgreSQL"}  # fmt: skip
        parts = {"writes": self._writes, "pages": self._pages, "peers": self._peers}
        with self.running:
            self.home.manage("collectstatic", "--noinput", "-v0")
            known = self.home.ask("benchmarks.worlds", "one")
            count = int((plan.rounds + 1) * plan.seconds * MOST_PER_SECOND * 1.5)
            self.drafts = iter(self.home.ask("benchmarks.filings", str(count + 4000)))
            for name, part in parts.items():
                if name in plan.parts:
                    part()
            self._rounds()
            if "storm" in plan.parts or "footprint" in plan.parts:
                self._last(known)
        return self.found

    def _start(
        self, *words: str, home: Installation | None = None, url: str, **more: str
    ) -> Server:
        server = (home or self.home).serve(*words, url=url, **more)
        return self.running.enter_context(server)

    # --- what is measured in rounds -------------------------------------------------------

    def _writes(self) -> None:
        """The limit, the filing, and the filing while the outbox is worked."""
        urls = {
            name: self.home.new_database(like=self.home.url) for name in ("limit", "web", "all")
        }
        self.home.ask("benchmarks.bare.fill", url=urls["limit"], **BARE)
        limit = self._start(*BARE_WEB, url=urls["limit"], **BARE)
        self.measured["limit"] = self._filing(limit)
        self.measured["filing"] = self._filing(self._start(*WEB, url=urls["web"]))
        self.measured["filing, outbox worker running"] = self._filing(self._start(url=urls["all"]))
        self.measured["bare page"] = self._get(limit, "/page/", {})

    def _pages(self) -> None:
        """Each page in a small province and in the largest that is there."""
        url, plan = os.environ.get("DATABASE_URL", ""), self.plan
        sizes = [plan.small, plan.big or _largest(self.home.is_sqlite, plan.small)]
        self.found["provinces"] = {}
        for place, cases in zip(("small", "big"), sizes, strict=True):
            if not cases:
                continue
            province = Province(cases, url)
            made = province.make(cases / CASES)
            province.manage("collectstatic", "--noinput", "-v0")
            known = province.known()
            queries = province.ask("benchmarks.pages", report.as_json(known))
            self.found["provinces"][place] = {
                "cases": cases,
                "queries": queries,
                "made": made["cases"],
            }
            server = self._start(*WEB, home=province, url=province.url)
            for page in PAGES:
                held = cookies(page, known)
                self.measured[f"{page.name} @{place}"] = self._get(server, page.at(known), held)
            if place == "small":
                self.found["footprint"] = {"pages": footprint.weights(server, known)}

    def _peers(self) -> None:
        """Those that are installed, with as many tickets as the small province has cases."""
        for name in peers.installed():
            peer = peers.Peer(name, self.home.folder / f"peer-{name}")
            peer.fill(self.plan.small)
            server = self.running.enter_context(peer.server())
            client = Client(peer.port)
            for shown, paths in peer.pages().items():
                requests = [client.request("GET", path, more=peer.headers()) for path in paths]
                self.measured[f"{name} {shown}"] = _all_of(server, requests)
            self.measured[f"{name} create"] = _creating(server, peer, client)

    def _rounds(self) -> None:
        """A short round to warm up, then the ones that count, each in another order."""
        chance = random.Random(1)
        for name, measure in self.measured.items():
            measure(0.2)
            self.figures[name] = []
        order = [
            name
            for _ in range(self.plan.rounds)
            for name in chance.sample(list(self.measured), len(self.measured))
        ]
        for name in tqdm(order, desc="measuring", disable=None, leave=False):
            writes = name.startswith(("limit", "filing")) or name.endswith("create")
            seconds = self.plan.seconds if writes else self.plan.page_seconds
            self.figures[name].append(self.measured[name](seconds))

    # --- what is measured once ------------------------------------------------------------

    def _last(self, known: dict[str, Any]) -> None:
        self.running.close()
        url = self.home.new_database(like=self.home.url)
        server = self.home.serve(url=url)
        seconds = server.start()
        try:
            if "storm" in self.plan.parts:
                storm = Storm(self.home, server, url, known, self.drafts)
                self.found["storm"] = storm.run(self.plan.storm_seconds)
            self.found.setdefault("footprint", {}).update(
                start_seconds=round(seconds, 2), memory=footprint.memory(server)
            )
        finally:
            server.stop()

    # --- measures -------------------------------------------------------------------------

    def _filing(self, server: Server) -> Measure:
        with Client(server.port) as client:
            token = token_of(client)

        def requests() -> Iterator[bytes]:
            for draft in self.drafts:
                body = urlencode(contact(draft["draft"], token)).encode()
                yield client.request("POST", "/file/send/", body)

        def measure(seconds: float) -> dict[str, float]:
            before = processes.seconds_used(server.members())
            found = load.run(server.port, requests(), seconds=seconds, wanted=302)
            used = processes.seconds_used(server.members()) - before
            return {**_rate(found), "cpu_ms": 1000 * used / max(found.done, 1)}

        return measure

    def _get(self, server: Server, path: str, held: dict[str, str]) -> Measure:
        request = Client(server.port, cookies=held).request("GET", path)
        return _all_of(server, [request])


def _all_of(server: Server, requests: list[bytes]) -> Measure:
    """One visitor, who asks for all of them, one after the other."""

    def measure(seconds: float) -> dict[str, float]:
        sums = [
            load.run(
                server.port, load.again(one), seconds=seconds / len(requests), wanted=200, clients=1
            )
            for one in requests
        ]
        return {
            part: sum(one.percentile(at) for one in sums)
            for part, at in (("p50", 0.5), ("p95", 0.95))
        }

    return measure


def _creating(server: Server, peer: peers.Peer, client: Client) -> Measure:
    def requests() -> Iterator[bytes]:
        for number in range(10**9):
            path, body = peer.ticket(number)
            yield client.request("POST", path, body, more=peer.headers())

    return lambda seconds: _rate(load.run(server.port, requests(), seconds=seconds, wanted=201))


def _rate(found: load.Rate) -> dict[str, float]:
    return {
        "per_second": found.per_second,
        "p50": found.percentile(0.5),
        "p95": found.percentile(0.95),
    }


def _largest(is_sqlite: bool, beyond: int) -> int:
    """The cases of the largest province that was made for this engine; 0 where there is none."""
    engine = "sqlite" if is_sqlite else "postgres"
    made = [int(one.parent.name.split("-")[1]) for one in FOLDER.glob(f"{engine}-*/made.json")]
    return max((cases for cases in made if cases > beyond), default=0)


def main() -> None:
    plan = Plan.quick() if os.environ.get("QUICK") else Plan()
    words = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    for name, default in vars(plan).items():
        words.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    plan, began = Plan(**vars(words.parse_args())), time.time()
    with Installation(os.environ.get("DATABASE_URL", "")) as home:
        found = Bench(plan, home).run()
    found |= {
        "when": time.strftime("%Y-%m-%d %H:%M", time.localtime(began)),
        "minutes": round((time.time() - began) / 60, 1),
        "load_average": os.getloadavg(),
        "cores": os.cpu_count() or 0,
    }
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    print(report.write(found, folder))
    worse = report.growing(found)
    sys.exit(f"Queries grow with the cases: {', '.join(worse)}." if worse else 0)


if __name__ == "__main__":
    main()
