"""Whoever disturbs a running installation: kills its parts, stops them, starts them again."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import processes
from benchmarks.installation import Server

#: How often each act is chosen. Only "restart" and "freeze" kill nobody.
ACTS = {
    "web worker": 8,
    "outbox": 6,
    "scheduler": 6,
    "everything": 5,
    "web master": 1,
    "freeze": 1,
    "restart": 1,
}
KINDER = ("freeze", "restart")
FROZEN = 5.0  # seconds


class Nemesis:
    """Acts on one server; counts what it did, and how long each start took until the first 2xx."""

    def __init__(
        self, server: Server, *, acts: Sequence[str] = tuple(ACTS), seed: int | None = None
    ) -> None:
        self.server, self.acts, self.chance = server, acts, random.Random(seed)
        self.done: Counter[str] = Counter()
        self.starts: list[float] = []
        self._by_name: dict[str, Callable[[], bool]] = {
            "everything": self._everything,
            "web worker": self._web_worker,
            "outbox": lambda: _killed(self._part("work_outbox")),
            "scheduler": lambda: _killed(self._part("run_scheduler")),
            "web master": lambda: _killed(self._part("granian")),
            "freeze": self._freeze,
            "restart": self._restart,
        }

    @property
    def kills(self) -> int:
        return sum(times for act, times in self.done.items() if act not in KINDER)

    def strike(self) -> str:
        """One act, chosen by chance; where its victim is just not there, everything is killed."""
        act = self.chance.choices(self.acts, [ACTS[one] for one in self.acts])[0]
        if not self._by_name[act]():
            act = "everything"
            self._everything()
        self.done[act] += 1
        return act

    def end(self) -> None:
        """Kills everything a last time, and starts nobody again."""
        self.server.kill()
        self.done["everything"] += 1

    def _everything(self) -> bool:
        """The whole group with kill -9, as when the machine's memory runs out; then a start."""
        self.server.kill()
        self.starts.append(self.server.start())
        return True

    def _restart(self) -> bool:
        self.server.stop()
        self.starts.append(self.server.start())
        return True

    def _web_worker(self) -> bool:
        workers = [pid for master in self._part("granian") for pid in _children(master)]
        return bool(workers) and _killed([self.chance.choice(workers)])

    def _freeze(self) -> bool:
        """Nobody of the group runs for five seconds: clients wait, leases go on running out."""
        members = self.server.members()
        for pid in members:
            _signal(pid, signal.SIGSTOP)
        time.sleep(FROZEN)
        for pid in members:
            _signal(pid, signal.SIGCONT)
        return True

    def _part(self, word: str) -> list[int]:
        """The part whose command holds the word, as a list of one, or of none where it is down."""
        found = [pid for pid in self.server.members() if word in _command(pid)]
        return found[:1]


def _children(pid: int) -> list[int]:
    """Those that serve: helpers of Python's own, which only watch, are left out."""
    return [one for one in processes.family(pid)[1:] if "resource_tracker" not in _command(one)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _killed(pids: Sequence[int]) -> bool:
    for pid in pids:
        _signal(pid, signal.SIGKILL)
    return bool(pids)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
