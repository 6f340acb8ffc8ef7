"""Families of processes: found and killed whole, also when parts have sessions of their own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def family(ancestor: int) -> list[int]:
    """The process and all that descend from it, eldest first."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True)
    children: dict[int, list[int]] = {}
    for line in listed.stdout.splitlines():
        pid, parent = map(int, line.split())
        children.setdefault(parent, []).append(pid)
    found, waiting = [], [ancestor]
    while waiting:
        pid = waiting.pop(0)
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def seconds_used(members: Iterable[int]) -> float:
    """Seconds of a core that these processes have used so far, user and system."""
    ticks = 0
    for pid in members:
        with suppress(OSError):
            said = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            ticks += sum(map(int, said.rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def kill_all(ancestor: int) -> None:
    """kill -9 of the family. It is stopped first, so that nobody starts a new member meanwhile."""
    with suppress(ProcessLookupError):
        os.kill(ancestor, signal.SIGSTOP)
    for pid in family(ancestor):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
