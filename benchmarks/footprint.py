"""What the server takes: seconds to start, memory of a worker, bytes of each page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.client import Client
from benchmarks.installation import Server
from benchmarks.pages import PAGES, cookies


def memory(server: Server) -> dict[str, float]:
    """Proportional megabytes of each process that serves pages, the largest and the sum."""
    found = []
    for pid in server.members():
        with Path(f"/proc/{pid}/smaps_rollup").open(encoding="ascii") as file:
            lines = dict(line.split(":", 1) for line in file if line.startswith("Pss:"))
        found.append(int(lines["Pss"].split()[0]) / 1024)
    return {
        "largest_mb": round(max(found), 1),
        "all_mb": round(sum(found), 1),
        "processes": len(found),
    }


def weights(server: Server, known: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Bytes of each page, as it is and as it goes over the line."""
    found = {}
    for page in PAGES:
        with Client(server.port, cookies=cookies(page, known)) as client:
            path = page.at(known)
            plain = client.get(path)
            packed = client.send(client.request("GET", path, more={"Accept-Encoding": "gzip"}))
        found[page.name] = {"bytes": len(plain.body), "packed": len(packed.body)}
    return found
