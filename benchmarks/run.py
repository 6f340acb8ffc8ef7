"""`make bench`: what the product costs against the least that the same server could do.

All figures of a run come from one machine in one hour: each round measures everything once, in
another order, and the medians of the rounds are compared. On a busy machine read the ratios only.
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
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tqdm import tqdm

from benchmarks import load, report
from benchmarks.client import Client
from benchmarks.filings import contact, token_of
from benchmarks.installation import ROOT, Installation, Server
from benchmarks.pages import PAGES, Page, cookies

BARE = {"DJANGO_SETTINGS_MODULE": "benchmarks.bare.settings"}
WEB = ("-m", "benchmarks.web", "lianxin.config.wsgi:application")
BARE_WEB = ("-m", "benchmarks.web", "benchmarks.bare.wsgi:application")
#: More filings than this in a second are not expected of two cores.
MOST_PER_SECOND = 1500


@dataclass
class Plan:
    cases: int = 10_000
    rounds: int = 5
    seconds: float = 3.0  # of each measurement of writing
    page_seconds: float = 1.5


@dataclass
class Bench:
    """What is measured under which name; one list of figures per name, a figure per round."""

    plan: Plan
    home: Installation
    known: dict[str, Any] = field(default_factory=dict)
    queries: dict[str, dict[str, int]] = field(default_factory=dict)
    figures: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    drafts: Iterator[dict[str, str]] = field(default_factory=lambda: iter(()))

    def run(self) -> dict[str, Any]:
        urls = self._prepare()
        home = self.home
        with contextlib.ExitStack() as running:

            def start(*words: str, url: str, **more: str) -> Server:
                return running.enter_context(home.serve(*words, url=url, **more))

            bare = start(*BARE_WEB, url=urls["bare"], **BARE)
            self._rounds(
                {
                    "insert": self._insert(bare),
                    "insert, no middleware": self._insert(
                        start(*BARE_WEB, url=urls["alone"], BENCH_BARE="alone", **BARE)
                    ),
                    "filing": self._filing(start(*WEB, url=urls["filing"])),
                    "filing, outbox worker running": self._filing(start(url=urls["serve"])),
                    "bare page": self._get(bare, Page("bare page", "/page/")),
                    **self._pages(start(*WEB, url=urls["one"]), "1"),
                    **self._pages(start(*WEB, url=urls["many"]), "n"),
                }
            )
        return {"plan": vars(self.plan), "engine": self._engine(), "queries": self.queries,
                "figures": self.figures}  # fmt: skip

    def _engine(self) -> str:
        return "SQLite" if self.home.is_sqlite else "PostgreSQL"

    def _prepare(self) -> dict[str, str]:
        """The databases: with one case, with many, and some to write into."""
        home, plan = self.home, self.plan
        steps = tqdm(total=4, desc="preparing", disable=None, leave=False)
        home.manage("collectstatic", "--noinput", "-v0")
        self.known = home.ask("benchmarks.worlds", "one")
        steps.update()
        urls = {"one": home.url, "many": home.new_database(like=home.url)}
        urls |= {name: home.new_database(like=home.url) for name in ("filing", "serve")}
        home.ask("benchmarks.worlds", "many", str(plan.cases), url=urls["many"])
        steps.update()
        for name in ("bare", "alone"):
            urls[name] = home.new_database()
            home.ask("benchmarks.bare.fill", url=urls[name], **BARE)
        steps.update()
        for name in ("one", "many"):
            self.queries[name] = home.ask(
                "benchmarks.pages", report.as_json(self.known), url=urls[name]
            )
        wanted = int(2 * (plan.rounds + 1) * plan.seconds * MOST_PER_SECOND / 3)
        self.drafts = iter(home.ask("benchmarks.filings", str(wanted)))
        steps.close()
        return urls

    def _rounds(self, measured: dict[str, Callable[[float], dict[str, float]]]) -> None:
        """A short round to warm up, then the ones that count, each in another order."""
        chance = random.Random(1)
        for name, measure in measured.items():
            measure(0.3)
            self.figures[name] = []
        order = [name for _ in range(self.plan.rounds) for name in _shuffled(measured, chance)]
        for name in tqdm(order, desc="measuring", disable=None, leave=False):
            writes = name.startswith(("insert", "filing"))
            seconds = self.plan.seconds if writes else self.plan.page_seconds
            self.figures[name].append(measured[name](seconds))

    def _insert(self, server: Server) -> Callable[[float], dict[str, float]]:
        with Client(server.port) as client:
            page = client.get("/file/")
            token = page.hidden("csrfmiddlewaretoken") if client.cookies else ""
            body = urlencode({"csrfmiddlewaretoken": token, "words": "路灯坏了" * 20}).encode()
            request = client.request("POST", "/insert/", body)
        return lambda seconds: _rate(
            load.run(server.port, load.again(request), seconds=seconds, wanted=302)
        )

    def _filing(self, server: Server) -> Callable[[float], dict[str, float]]:
        with Client(server.port) as client:
            token = token_of(client)

        def requests() -> Iterator[bytes]:
            for draft in self.drafts:
                body = urlencode(contact(draft["draft"], token)).encode()
                yield client.request("POST", "/file/send/", body)

        return lambda seconds: _rate(load.run(server.port, requests(), seconds=seconds, wanted=302))

    def _get(self, server: Server, page: Page) -> Callable[[float], dict[str, float]]:
        client = Client(server.port, cookies=cookies(page, self.known))
        request = client.request("GET", page.path.format(code=self.known["code"]))
        return lambda seconds: _watch(
            load.run(server.port, load.again(request), seconds=seconds, wanted=200, clients=1)
        )

    def _pages(self, server: Server, cases: str) -> dict[str, Callable[[float], dict[str, float]]]:
        return {f"{page.name} @{cases}": self._get(server, page) for page in PAGES}


def _shuffled(names: dict[str, Any], chance: random.Random) -> list[str]:
    return chance.sample(list(names), len(names))


def _rate(found: load.Rate) -> dict[str, float]:
    return {
        "per_second": found.per_second,
        "p50": found.percentile(0.5),
        "p95": found.percentile(0.95),
    }


def _watch(found: load.Rate) -> dict[str, float]:
    return {"p50": found.percentile(0.5), "p95": found.percentile(0.95)}


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    words.add_argument("--cases", type=int, default=Plan.cases)
    words.add_argument("--rounds", type=int, default=Plan.rounds)
    words.add_argument("--seconds", type=float, default=Plan.seconds)
    words.add_argument("--page-seconds", type=float, default=Plan.page_seconds)
    plan, began = Plan(**vars(words.parse_args())), time.time()
    with Installation(os.environ.get("DATABASE_URL", "")) as home:
        found = Bench(plan, home).run()
    found["when"] = time.strftime("%Y-%m-%d %H:%M", time.localtime(began))
    found["load_average"] = os.getloadavg()
    found["cores"] = os.cpu_count() or 0
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    print(report.write(found, folder))
    print(f"{_shown(folder / 'bench.json')}, {_shown(folder / 'bench.md')}")
    sys.exit(1 if report.unequal(found) else 0)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
