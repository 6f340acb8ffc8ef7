"""`make drill`: a back-up under load, everything wiped, restored into an empty place, compared.

`restore` itself compares row counts, heads of the ledger and 1,000 opened fields with what the
back-up saw; here it is judged from outside as well: every receipt handed out before the back-up began
must be there. Damaged back-ups must be refused. Figures are of the size that was asked for.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.filers import Judge, Load
from benchmarks.installation import PLAIN, Installation

RTO_LIMIT = 300.0  # seconds, up to a million cases
DAMAGES = 8  # flipped bits tried, beside what is cut and missing


def drill(home: Installation, url: str, *, filings: int, damages: int) -> dict[str, Any]:
    """One drill on a database that holds something; its figures."""
    folder = home.folder / "backups"
    found = _under_load(home, url, folder, filings)
    backup = next(folder.glob("lianxin-*.tar"))
    found["backup_mb"] = round(backup.stat().st_size / 1_048_576, 1)
    found["damaged"], found["damaged_refused"] = _damaged(home, backup, damages)
    began = time.monotonic()
    fresh = home.new_database()
    files = {"FILES_DIR": str(home.folder / "restored-files")}
    said = home.manage("restore", str(backup), url=fresh, **files)
    found["restored_the_same"] = "the same" in said
    with home.serve(url=fresh, **files) as server:
        found["first_2xx_seconds"] = round(time.monotonic() - server.started, 1)
    found["rto_seconds"] = round(time.monotonic() - began, 1)
    verdict = home.ask("benchmarks.judge", str(home.folder / "before.jsonl"), url=fresh)
    found["lost"] = verdict["lost"]
    found["half"] = verdict["half"]
    return found


def _under_load(home: Installation, url: str, folder: Path, filings: int) -> dict[str, Any]:
    """Backs up while residents file. Receipts of before its start go to before.jsonl."""
    prepared = home.ask("benchmarks.filings", str(filings), url=url)
    judge = Judge(home.folder / "receipts.jsonl")
    with home.serve(url=url) as server, contextlib.closing(judge):
        load = Load(server.port, judge, prepared)
        load.start()
        time.sleep(2)
        shutil.copyfile(judge.path, home.folder / "before.jsonl")
        before, began = len(judge.codes), time.monotonic()
        home.manage("backup", str(folder), url=url)
        seconds = time.monotonic() - began
        during = len(judge.codes) - before
        load.join(finish=False)
    return {
        "receipts_before": before,
        "receipts_during": during,
        "backup_seconds": round(seconds, 1),
    }


def _damaged(home: Installation, backup: Path, damages: int) -> tuple[int, int]:
    """How many damaged copies there were, and how many of them were refused."""
    chance, refused = random.Random(), 0
    whole, keys = backup.read_bytes(), backup.parent / "keys" / f"{backup.stem}.keys"
    altered = backup.with_name("damaged.tar")
    copies = [whole[: len(whole) // 2], b"", *(_flipped(whole, chance) for _ in range(damages))]
    for data in copies:
        altered.write_bytes(data)
        refused += _is_refused(home, altered, keys)
    altered.write_bytes(whole)
    refused += _is_refused(home, altered, keys.with_name("absent.keys"))
    altered.unlink()
    return len(copies) + 1, refused


def _flipped(whole: bytes, chance: random.Random) -> bytes:
    """One bit of one piece is another: not of the padding between the pieces, which says nothing."""
    data = bytearray(whole)
    while not data[place := chance.randrange(len(data))]:
        pass
    data[place] ^= 1 << chance.randrange(8)
    return bytes(data)


def _is_refused(home: Installation, backup: Path, keys: Path) -> bool:
    try:
        home.manage("restore", str(backup), "--keys", str(keys), url=home.new_database())
    except RuntimeError:
        return True
    return False


@results.trial("drill", engines=True)
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.drill", description=__doc__)
    words.add_argument("--cases", type=int, default=5000)
    words.add_argument("--filings", type=int, default=3000)
    words.add_argument("--damages", type=int, default=DAMAGES)
    asked = words.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    with Installation(url, settings=PLAIN) as home:
        home.ask("benchmarks.worlds", "one")
        home.ask("benchmarks.worlds", "many", str(asked.cases))
        found = {"cases": asked.cases}
        found |= drill(home, home.url, filings=asked.filings, damages=asked.damages)
    print(json.dumps(found, indent=1))
    passed = (
        found["restored_the_same"]
        and found["receipts_before"] > 0
        and not found["lost"]
        and not found["half"]
        and found["damaged"] == found["damaged_refused"]
        and found["rto_seconds"] <= RTO_LIMIT
    )
    short = results.fewer(cases=(asked.cases, 1_000_000))
    results.record(f"drill-{results.engine(url)}", found, passed, short=short)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
