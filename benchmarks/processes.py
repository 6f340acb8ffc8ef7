"""Families of processes: found and killed whole, also when parts have sessions of their own."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress


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


def kill_all(ancestor: int) -> None:
    """kill -9 of the family. It is stopped first, so that nobody starts a new member meanwhile."""
    with suppress(ProcessLookupError):
        os.kill(ancestor, signal.SIGSTOP)
    for pid in family(ancestor):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
