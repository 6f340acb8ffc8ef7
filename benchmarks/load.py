"""Sends requests as fast as the server takes them, or one after the other with a watch."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.client import Client, together

CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Rate:
    """Answers as wanted, in so many seconds. `latencies` in seconds, sorted."""

    done: int
    seconds: float
    latencies: list[float]

    @property
    def per_second(self) -> float:
        return self.done / self.seconds

    def percentile(self, part: float) -> float:
        at = min(int(len(self.latencies) * part), len(self.latencies) - 1)
        return self.latencies[at]


def run(
    port: int, requests: Iterable[bytes], *, seconds: float, wanted: int, clients: int = CLIENTS
) -> Rate:
    """Sends each request once until the time is over. Raises on any answer but `wanted`."""
    source, lock = iter(requests), threading.Lock()
    latencies: list[float] = []
    wrong: list[str] = []
    end = time.perf_counter() + seconds

    def work() -> None:
        mine = []
        with Client(port) as client:
            while time.perf_counter() < end and not wrong:
                with lock:
                    request = next(source, None)
                if request is None:
                    wrong.append("There were too few requests.")
                    break
                began = time.perf_counter()
                answer = client.send(request)
                mine.append(time.perf_counter() - began)
                if answer.status != wanted:
                    wrong.append(f"{answer.status}: {answer.body[:500]!r}")
        with lock:
            latencies.extend(mine)

    began = time.perf_counter()
    together(work, clients)
    if wrong:
        raise RuntimeError(wrong[0])
    return Rate(len(latencies), time.perf_counter() - began, sorted(latencies))


def again(request: bytes) -> Iterable[bytes]:
    """The same request for ever."""
    return itertools.repeat(request)
