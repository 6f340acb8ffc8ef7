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
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from benchmarks import results
from benchmarks.filers import Judge, Load
from benchmarks.installation import PLAIN, Installation
from benchmarks.provinces import Province

RTO_LIMIT = 300.0  # seconds, up to a million cases
DAMAGES = 8  # flipped bits tried, beside what is cut and missing


def drill(
    home: Installation, *, filings: int, damages: int, borrowed: bool = False
) -> dict[str, Any]:
    """One drill on the database of `home`, which holds something; its figures."""
    folder = home.folder / "backups"
    found = _under_load(home, folder, filings)
    backup = next(folder.glob("lianxin-*.tar"))
    found["backup_mb"] = round(backup.stat().st_size / 1_048_576, 1)
    began = time.monotonic()
    fresh = home.new_database()
    files = {"FILES_DIR": str(home.folder / "restored-files")}
    said = home.manage("restore", str(backup), url=fresh, **files)
    found["restored_the_same"] = "the same" in said
    with home.serve(url=fresh, **files) as server:
        found["first_2xx_seconds"] = round(time.monotonic() - server.started, 1)
    found["rto_seconds"] = round(time.monotonic() - began, 1)
    # In a province the receipts are looked for; the rest of it `restore` has compared.
    alone = ["lost"] if borrowed else []
    verdict = home.ask("benchmarks.judge", str(home.folder / "before.jsonl"), *alone, url=fresh)
    found |= {name: verdict[name] for name in ("lost", "half") if name in verdict}
    home.drop(fresh)
    found["damaged"], found["damaged_refused"] = _damaged(home, backup, damages)
    return found


def _under_load(home: Installation, folder: Path, filings: int) -> dict[str, Any]:
    """Backs up while residents file. Receipts of before its start go to before.jsonl."""
    prepared = home.ask("benchmarks.filings", str(filings))
    judge = Judge(home.folder / "receipts.jsonl")
    with home.serve() as server, contextlib.closing(judge):
        load = Load(server.port, judge, prepared)
        load.start()
        time.sleep(2)
        shutil.copyfile(judge.path, home.folder / "before.jsonl")
        before, began = len(judge.codes), time.monotonic()
        home.manage("backup", str(folder))
        seconds = time.monotonic() - began
        during = len(judge.codes) - before
        load.join(finish=False)
    return {
        "receipts_before": before,
        "receipts_during": during,
        "backup_seconds": round(seconds, 1),
    }


def _damaged(home: Installation, backup: Path, damages: int) -> tuple[int, int]:
    """How many damages there were, and with how many of them the back-up was refused.

    It is damaged where it lies, since there may be no room for a second one: keys that are absent,
    flipped bits (put right again), then cut in half, then empty.
    """
    keys = backup.parent / "keys" / f"{backup.stem}.keys"
    refused = int(_is_refused(home, backup, keys.with_name("absent.keys")))
    with backup.open("r+b") as file:
        for _ in range(damages):
            undo = _flip(file)
            refused += _is_refused(home, backup, keys)
            undo()
        for size in (backup.stat().st_size // 2, 0):
            file.truncate(size)
            refused += _is_refused(home, backup, keys)
    return damages + 3, refused


def _flip(file: BinaryIO) -> Callable[[], None]:
    """One bit of one piece is another; returns what puts it right. Never of the padding between
    the pieces, which says nothing."""
    chance, size = random.Random(), file.seek(0, os.SEEK_END)

    def write(place: int, byte: int) -> None:
        file.seek(place)
        file.write(bytes((byte,)))
        file.flush()

    byte = 0
    while not byte:
        place = file.seek(chance.randrange(size))
        byte = file.read(1)[0]
    write(place, byte ^ 1 << chance.randrange(8))
    return lambda: write(place, byte)


def _is_refused(home: Installation, backup: Path, keys: Path) -> bool:
    fresh = home.new_database()
    try:
        home.manage("restore", str(backup), "--keys", str(keys), url=fresh)
    except RuntimeError as error:
        return "refused" in str(error) or "not here" in str(error)
    finally:
        home.drop(fresh)
    return False


def _filled(home: Installation, cases: int, *, borrowed: bool) -> None:
    """A small world and so many copies of its cases, or a province that was made: its database and
    keys, which the drill's filings stay in."""
    if not borrowed:
        home.ask("benchmarks.worlds", "one")
        home.ask("benchmarks.worlds", "many", str(cases))
        return
    province = Province(cases, home.server)
    if not province.report:
        sys.exit(f"No province of {cases} cases: python -m benchmarks.provinces make.")
    home.drop(home.url)
    home.url, home.secrets = province.url, province.secrets
    home.manage("migrate", "-v0")


@results.trial("drill", engines=True)
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.drill", description=__doc__)
    words.add_argument("--cases", type=int, default=5000)
    words.add_argument("--province", action="store_true", help="the one with so many cases")
    words.add_argument("--filings", type=int, default=3000)
    words.add_argument("--damages", type=int, default=DAMAGES)
    asked = words.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    with Installation(url, settings=PLAIN) as home:
        _filled(home, asked.cases, borrowed=asked.province)
        found = {"cases": asked.cases}
        found |= drill(home, filings=asked.filings, damages=asked.damages, borrowed=asked.province)
    print(json.dumps(found, indent=1))
    passed = (
        found["restored_the_same"]
        and found["receipts_before"] > 0
        and not found["lost"]
        and not found.get("half")
        and found["damaged"] == found["damaged_refused"]
        and found["rto_seconds"] <= RTO_LIMIT
    )
    short = results.fewer(cases=(asked.cases, 1_000_000))
    results.record(f"drill-{results.engine(url)}", found, passed, short=short)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
