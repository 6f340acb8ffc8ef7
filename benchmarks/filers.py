"""Residents who file while things break: every filing is sent until it is answered, and every receipt
is on the judge's disk before its client goes on."""

from __future__ import annotations

import json
import os
import queue
import random
import threading
import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from benchmarks.client import Answer, Client
from benchmarks.filings import code_of, contact, token_of

CLIENTS = 8
#: Part of the receipts whose filing is sent once more, as by a double tap.
AGAIN = 0.1
#: Seconds until a filing that was put off (503), or got no answer, is sent again.
PAUSE = 0.05


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


class Load:
    """Filers on one port, and what became of what they sent."""

    def __init__(
        self,
        port: int,
        judge: Judge,
        filings: Iterable[dict[str, str]],
        *,
        clients: int = CLIENTS,
        again: float = AGAIN,
        timeout: float = 15,
        pause: float = 0.0,
    ) -> None:
        self.port, self.judge, self.again, self.timeout = port, judge, again, timeout
        self.pause = pause  # seconds of each filer between two filings
        self.waiting: queue.SimpleQueue[dict[str, str]] = queue.SimpleQueue()
        for filing in filings:
            self.waiting.put(filing)
        self.over = threading.Event()
        self.broken_sends = self.put_off = 0  # no answer; 503 with Retry-After
        self.refused: list[str] = []  # any other answer than a receipt
        self.answered: list[float] = []  # monotonic seconds of each receipt
        self.slowest = 0.0  # seconds of the longest exchange, whatever its outcome
        self.filers = [Filer(self) for _ in range(clients)]

    def start(self) -> None:
        for filer in self.filers:
            filer.start()

    @property
    def running(self) -> bool:
        return any(filer.is_alive() for filer in self.filers)

    def join(self, *, finish: bool = True) -> None:
        """Waits until all is filed; or, without `finish`, lets the filers end as they are."""
        if not finish:
            self.over.set()
        for filer in self.filers:
            filer.join()

    def gap(self, since: float, until: float) -> float:
        """The longest time without a receipt between two moments, in seconds."""
        marks = [since, *(at for at in sorted(self.answered) if since < at < until), until]
        return max(later - earlier for earlier, later in pairwise(marks))


class Filer(threading.Thread):
    """One resident after the other."""

    def __init__(self, load: Load) -> None:
        super().__init__(daemon=True)
        self.load, self.token = load, ""
        self.client = Client(load.port, timeout=load.timeout)

    def run(self) -> None:
        with self.client:
            while not self.load.over.is_set() and (filing := self._next()):
                self._file(filing)
                if random.random() < self.load.again:
                    self._file(filing)
                self.load.over.wait(self.load.pause)

    def _next(self) -> dict[str, str] | None:
        try:
            return self.load.waiting.get_nowait()
        except queue.Empty:
            return None

    def _file(self, filing: dict[str, str]) -> None:
        """Until there is an answer: what was sent may have been stored, so the key stays."""
        while not self.load.over.is_set():
            began = time.monotonic()
            try:
                answer = self._sent(filing)
            except (OSError, LookupError):
                self.load.broken_sends += 1
                answer = None
            self.load.slowest = max(self.load.slowest, time.monotonic() - began)
            if answer is None:
                time.sleep(PAUSE)
            elif answer.status == 503 and answer.header("Retry-After"):
                self.load.put_off += 1
                time.sleep(PAUSE)
            else:
                self._take(filing, answer)
                return

    def _sent(self, filing: dict[str, str]) -> Answer:
        self.token = self.token or token_of(self.client)
        return self.client.post("/file/send/", contact(filing["draft"], self.token))

    def _take(self, filing: dict[str, str], answer: Answer) -> None:
        code = code_of(answer)
        if code is None:
            self.load.refused.append(f"{answer.status} {answer.text[:300]}")
            return
        self.load.judge.note(filing, code)
        self.load.answered.append(time.monotonic())
