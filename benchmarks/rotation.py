"""`make rotation`: the installation gets another key while residents file and everybody reads.

As the operator's guide says it: every process learns the new key, then seals with it (old and new
servers run side by side meanwhile), then `rotate_keys` seals anew what is there. Then the old key is
thrown away: every text of every table must open, and none may name it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import secrets
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

from benchmarks import results
from benchmarks.client import Client
from benchmarks.filers import Judge, Load
from benchmarks.installation import PLAIN, Installation, Server
from benchmarks.judge import FAULTS

ROWS = 100_000  # that the promise names
OLD, NEW = 1, 2
SIDE_BY_SIDE = 3.0  # seconds for which servers of both orders serve
PARTS = "benchmarks.rotation_parts"
#: What staff read meanwhile, with names and phones behind it.
STAFF = (("clerk", "/desk/"), ("clerk", "/desk/lists/all/"), ("office", "/office/"))


@dataclass(slots=True)
class Keys:
    """Settings of LIANXIN_KEYS in the order of the guide."""

    old: str
    new: str

    @property
    def learnt(self) -> dict[str, str]:
        return {"LIANXIN_KEYS": f"{self.old},{self.new}"}

    @property
    def changed(self) -> dict[str, str]:
        return {"LIANXIN_KEYS": f"{self.new},{self.old}"}

    @property
    def alone(self) -> dict[str, str]:
        return {"LIANXIN_KEYS": self.new}


class Readers:
    """Somebody who reads receipts, old and new, and staff who read lists; at every port in turn."""

    def __init__(self, judge: Judge, sessions: dict[str, str]) -> None:
        self.judge, self.sessions, self.ports = judge, sessions, list[int]()
        self.answered, self.failed = 0, list[str]()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Readers:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def _read(self) -> None:
        while not self.over.wait(0.02):
            for port in list(self.ports):
                self._ask(port, *self._wanted())

    def _wanted(self) -> tuple[str, str]:
        codes = list(self.judge.codes.values())
        if codes and random.random() < 0.7:
            return "", f"/t/{random.choice(codes)}/" + random.choice(("", "receipt/"))
        return random.choice(STAFF)

    def _ask(self, port: int, account: str, path: str) -> None:
        held = {"sessionid": self.sessions[account]} if account else {}
        try:
            with Client(port, cookies=held) as client:
                status = client.get(path).status
        except OSError:
            status = 0
        if port not in self.ports:
            return  # It was stopped while it was asked.
        self.answered += 1
        if status != 200:
            self.failed.append(f"{status} {path[:3]}")


def rotate(home: Installation, *, rows: int, filings: int = 4000) -> dict[str, Any]:
    """One rotation in the demo world with `rows` sealed rows more; the figures."""
    keys = Keys(f"{OLD}:{secrets.token_hex(32)}", f"{NEW}:{secrets.token_hex(32)}")
    given = keys.learnt
    home.manage("migrate", "-v0", **given)
    home.manage("load_demo", "--cases", "12", "-v0", **given)
    home.ask(PARTS, "fill", str(rows), **given)
    drafts = home.ask("benchmarks.filings", str(filings), **given)
    sessions = home.ask("benchmarks.worlds", "sessions", "clerk", "office", **given)
    judge = Judge(home.folder / "receipts.jsonl")
    before, after = home.serve(**keys.learnt), home.serve(**keys.changed)
    with contextlib.closing(judge), contextlib.ExitStack() as stack:
        stack.enter_context(before), stack.enter_context(after)
        readers = stack.enter_context(Readers(judge, sessions))
        loads = [_load(one, judge, part, readers) for one, part in _shared(drafts, before, after)]
        time.sleep(SIDE_BY_SIDE)
        loads[0].join(finish=False)
        readers.ports.remove(before.port)
        before.stop()
        mark, began = len(judge.codes), time.monotonic()
        home.manage("rotate_keys", **keys.changed)
        took, during = time.monotonic() - began, len(judge.codes) - mark
        loads[1].join(finish=False)
    found = home.ask(PARTS, "check", str(OLD), **keys.alone)
    verdict = home.ask("benchmarks.judge", str(judge.path), **keys.alone)
    return {
        "rows": rows,
        **found,
        "seconds": round(took, 1),
        "receipts_meanwhile": during,
        "receipts": len(judge.codes),
        "reads": readers.answered,
        "errors": len(readers.failed) + sum(len(x.refused) + x.broken_sends for x in loads),
        "put_off": sum(one.put_off for one in loads),
        "lost_or_half": sum(verdict[name] for name in FAULTS),
        **_control(home, keys),
        "first_error": [*readers.failed, *(x for one in loads for x in one.refused), "none"][0],
    }


def _shared(
    drafts: list[dict[str, str]], before: Server, after: Server
) -> list[tuple[Server, list[dict[str, str]]]]:
    few = len(drafts) // 4
    return [(before, drafts[:few]), (after, drafts[few:])]


def _load(server: Server, judge: Judge, drafts: list[dict[str, str]], readers: Readers) -> Load:
    load = Load(server.port, judge, drafts, clients=1)
    load.start()
    readers.ports.append(server.port)
    return load


def _control(home: Installation, keys: Keys) -> dict[str, Any]:
    """Three texts are left under the old key on purpose; looking must find these three."""
    left = home.ask(PARTS, "leave", **keys.learnt)["left"]
    found = home.ask(PARTS, "check", str(OLD), **keys.alone)
    return {"control_left": left, "control_found": min(found["old_ids"], found["unreadable"])}


def held(found: dict[str, Any]) -> bool:
    """Whether the figures keep the promise, and the looking was not blind."""
    zero = ("unreadable", "old_ids", "errors", "lost_or_half")
    return (
        not any(found[name] for name in zero)
        and found["control_found"] == found["control_left"]
        and found["texts"] >= found["rows"]
        and found["receipts_meanwhile"] > 0
        and found["reads"] > 0
    )


@results.trial("rotation", engines=True)
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.rotation", description=__doc__)
    words.add_argument("--rows", type=int, default=ROWS)
    asked = words.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    with Installation(url, settings=PLAIN) as home:
        found = rotate(home, rows=asked.rows)
    print(json.dumps(found, indent=1))
    short = results.fewer(rows=(asked.rows, ROWS))
    results.record(f"rotation-{results.engine(url)}", found, held(found), short=short)
    sys.exit(0 if held(found) else 1)


if __name__ == "__main__":
    main()
