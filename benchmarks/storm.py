"""A storm of residents: many read, one in nineteen files; once, three and ten times as many.

The storm of the design (one resident in a hundred within an hour, at its peak: 39 filings and 700
dynamic pages a second) is more than two cores carry that drive the load as well. So its mix is
kept and its size is taken from the machine: 1× is THIS of what the server answers when asked as
fast as it can, and the report says how much of the real storm that is.

`make storm` (python -m benchmarks.storm) then sends the real one as well, once, three and ten times:
what is too much must be turned away in time and with a word when to come back, and what was accepted
must be there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import results
from benchmarks.client import Client, together
from benchmarks.filings import code_of, contact, token_of
from benchmarks.installation import Installation, Server
from benchmarks.judge import FAULTS

REAL = {"filings": 39.0, "pages": 700.0}
REAL_RATE = sum(REAL.values())
THIS = 0.3
SHARE_FILING = REAL["filings"] / REAL_RATE
#: Milliseconds in which 95 of 100 are answered at 1×.
PAGE_LIMIT, FILING_LIMIT = 300.0, 800.0
TIMES = (1, 3, 10)
SECONDS = 60.0  # of a step
#: What the scoreboard tells of each step.
TOLD = (
    "sent_per_second",
    "answered_per_second",
    "page_p95_ms",
    "filing_p95_ms",
    "shed",
    "accepted",
)
CLIENTS = 64
#: Normal: half a second's probes are answered, and none takes longer than this.
NORMAL_SECONDS, CALM = 0.8, 30.0


@dataclass
class Weather:
    """What became of one stretch: seconds of answers by kind, and who was turned away."""

    asked: int = 0
    took: dict[str, list[float]] = field(default_factory=lambda: {"page": [], "filing": []})
    statuses: Counter[int] = field(default_factory=Counter)
    unfit: int = 0  # turned away without Retry-After
    unfiled: int = 0  # filings answered with neither a receipt nor a time to come back
    receipts: list[dict[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def figures(self, rate: float, seconds: float) -> dict[str, Any]:
        shed = self.statuses[503] + self.statuses[429]
        return {
            "asked_per_second": round(rate, 1),
            "sent_per_second": round(self.asked / seconds, 1),
            "answered_per_second": round((self.asked - shed) / seconds, 1),
            "page_p95_ms": _p95(self.took["page"]),
            "filing_p95_ms": _p95(self.took["filing"]),
            "shed": round(shed / max(self.asked, 1), 4),
            "without_retry_after": self.unfit,
            "unfiled": self.unfiled,
            "broken": sum(n for status, n in self.statuses.items() if status >= 500) - self.statuses[503],
            "accepted": len(self.receipts),
        }  # fmt: skip


class Storm:
    """Drives one server, and looks for every receipt afterwards."""

    def __init__(self, home: Installation, server: Server, url: str, known: dict[str, Any],
                 drafts: Iterator[dict[str, str]]) -> None:  # fmt: skip
        self.home, self.server, self.url, self.known = home, server, url, known
        self.drafts, self.lock = drafts, threading.Lock()
        with Client(server.port) as client:
            self.token = token_of(client)
            self.cookies = dict(client.cookies)

    def run(self, seconds: float, *, real: bool = False) -> dict[str, Any]:
        """The steps at this machine's size, then with `real` at the design's; what was accepted in
        any of them is judged at the end."""
        receipts = list(self._stretch(0.0, seconds / 4).receipts)  # to warm up
        able = self._stretch(0.0, seconds / 2)
        capacity, receipts = able.asked / (seconds / 2), receipts + able.receipts
        found: dict[str, Any] = {"able_per_second": round(capacity, 1)}
        found["steps"] = self._steps(capacity * THIS, seconds, receipts)
        found["normal_again_seconds"] = self._calm()
        found["of_the_real_storm"] = round(capacity * THIS / REAL_RATE, 3)
        if real:
            found["real"] = self._steps(REAL_RATE, seconds, receipts)
            found["normal_after_real_seconds"] = self._calm()
        return {**found, **self._judged(receipts)}

    def _steps(
        self, once: float, seconds: float, receipts: list[dict[str, str]]
    ) -> dict[str, dict[str, Any]]:
        found = {}
        for times in TIMES:
            weather = self._stretch(once * times, seconds)
            found[f"{times}x"] = weather.figures(once * times, seconds)
            receipts += weather.receipts
        return found

    def _stretch(self, rate: float, seconds: float) -> Weather:
        """So many a second, each at its moment whether the last was answered or not; 0: one after
        the other. A client that comes late counts from the moment at which it should have come."""
        weather, chance = Weather(), random.Random(1)
        begun, turn = time.perf_counter(), iter(range(10**9))
        with self.lock:
            order = [chance.random() < SHARE_FILING for _ in range(100_000)]

        def work() -> None:
            with Client(self.server.port, cookies=self.cookies, timeout=30) as client:
                while (now := time.perf_counter()) < begun + seconds:
                    with self.lock:
                        number = next(turn)
                    at = begun + number / rate if rate else now
                    if at > begun + seconds:
                        break
                    time.sleep(max(0.0, at - now))
                    self._ask(client, weather, at, files=order[number % len(order)])

        together(work, CLIENTS if rate else 8)
        return weather

    def _ask(self, client: Client, weather: Weather, at: float, *, files: bool) -> None:
        kind, request, draft = "page", b"", None
        if files:
            with self.lock:
                draft = next(self.drafts, None)
        if draft is None:
            path = random.choice(("/", "/results/", f"/t/{self.known['code']}/", "/file/"))
            request = client.request("GET", path)
        else:
            kind = "filing"
            body = urlencode(contact(draft["draft"], self.token)).encode()
            request = client.request("POST", "/file/send/", body)
        try:
            answer = client.send(request)
        except OSError:
            with weather.lock:
                weather.asked += 1
                weather.statuses[599] += 1
            return
        took, code = time.perf_counter() - at, code_of(answer)
        with weather.lock:
            weather.asked += 1
            weather.statuses[answer.status] += 1
            if answer.status in (429, 503):
                weather.unfit += not answer.header("Retry-After")
            else:
                weather.unfiled += draft is not None and not code
                weather.took[kind].append(took)
            if draft and code:
                weather.receipts.append({"key": draft["key"], "mark": draft["mark"], "code": code})

    def _calm(self) -> float:
        """Seconds from the end of the storm until pages come as they do on any day; CALM at most."""
        begun = time.perf_counter()
        while time.perf_counter() < begun + CALM:
            one = time.perf_counter()
            with Client(self.server.port, timeout=10) as client:
                good = all(client.get(path).status == 200 for path in ("/", "/results/", "/file/"))
            if good and time.perf_counter() - one < 3 * NORMAL_SECONDS:
                break
            time.sleep(0.2)
        return round(time.perf_counter() - begun, 1)

    def _judged(self, receipts: list[dict[str, str]]) -> dict[str, Any]:
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False) as file:
            file.writelines(json.dumps(one) + "\n" for one in receipts)
        judged = self.home.ask("benchmarks.judge", file.name, url=self.url)
        Path(file.name).unlink()
        return {name: judged[name] for name in ("receipts", *FAULTS)}


def _p95(took: list[float]) -> float:
    return round(1000 * sorted(took)[int(len(took) * 0.95)], 1) if took else 0.0


def is_fast(step: dict[str, Any]) -> bool:
    """Whether a step was answered in time, and hardly anybody was turned away."""
    return bool(
        step["page_p95_ms"] < PAGE_LIMIT
        and step["filing_p95_ms"] < FILING_LIMIT
        and step["shed"] < 0.01
    )


def is_weathered(found: dict[str, Any]) -> bool:
    """Nothing accepted was lost, nobody got an error, who was turned away was told when to come
    back, and soon it was as on any day; at 1× of this machine's size it was quick."""
    steps = [*found["steps"].values(), *found["real"].values()]
    calm = max(found["normal_again_seconds"], found["normal_after_real_seconds"])
    return (
        is_fast(found["steps"]["1x"])
        and not any(found[name] for name in FAULTS)
        and not any(one["broken"] or one["without_retry_after"] or one["unfiled"] for one in steps)
        and all(one["accepted"] for one in steps)
        and found["real"]["10x"]["shed"] > 0
        and calm < CALM
    )


def flat(found: dict[str, Any]) -> dict[str, results.Figure]:
    """The figures one by one, for the scoreboard."""
    told: dict[str, results.Figure] = {}
    for kind, name in (("here", "steps"), ("real", "real")):
        for times, step in found[name].items():
            told |= {f"{kind} {times} {figure}": step[figure] for figure in TOLD}
    return told | {name: value for name, value in found.items() if name not in ("steps", "real")}


@results.trial("storm", engines=True)
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.storm", description=__doc__)
    words.add_argument("--seconds", type=float, default=SECONDS, help="of each step")
    asked = words.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    with Installation(url) as home:
        home.manage("collectstatic", "--noinput", "-v0")
        known = home.ask("benchmarks.worlds", "one")
        count = int(asked.seconds * 2 * REAL["filings"] * sum(TIMES))
        drafts = iter(home.ask("benchmarks.filings", str(count)))
        with home.serve() as server:
            found = Storm(home, server, home.url, known, drafts).run(asked.seconds, real=True)
    print(json.dumps(found, indent=1))
    carried = REAL_RATE if is_fast(found["real"]["1x"]) else found["able_per_second"] * THIS
    short = results.fewer(
        requests_per_second=(round(carried), REAL_RATE),
        requests_per_second_at_10x=(found["real"]["10x"]["sent_per_second"], 10 * REAL_RATE),
        seconds=(asked.seconds, SECONDS),
    )
    passed = is_weathered(found)
    results.record(f"storm-{results.engine(url)}", flat(found), passed, short=short)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
