"""`make rolling-update`: an old and a new version serve one database side by side, under load.

python -m benchmarks.rolling [--old REVISION]     by default the newest tag, else yesterday's state

Old tables → old version serves → the new one's migrations while residents file → the new version
beside it → the old one stops. PostgreSQL: on SQLite one machine stops for a moment instead. Nothing may
be refused or lost at any time, and the judge of the new version looks at what both wrote.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.filers import Judge, Load
from benchmarks.installation import PLAIN, ROOT, Installation, Server
from benchmarks.judge import FAULTS

SIDE_BY_SIDE = 6.0  # seconds


def rolled(home: Installation, old: Path, *, filings: int) -> dict[str, Any]:
    """One rolling update on a new database; what was refused, put off, lost."""
    url = home.new_database()
    _run_old(home, old, url, "manage.py", "migrate", "-v0")
    _run_old(home, old, url, "-m", "benchmarks.worlds", "small")
    judge = Judge(home.folder / "receipts.jsonl")
    prepared = _drafts(home, old, url, filings)
    with contextlib.closing(judge), _old_server(home, old, url) as before:
        first = Load(before.port, judge, prepared[::2], clients=2)
        first.start()
        time.sleep(2)
        began = time.monotonic()
        home.manage("migrate", "-v0", url=url)
        migrated, while_migrating = time.monotonic() - began, len(judge.codes)
        with home.serve(url=url) as after:
            second = Load(after.port, judge, prepared[1::2], clients=2)
            second.start()
            time.sleep(SIDE_BY_SIDE)
            first.join(finish=False)
            before.stop()
            time.sleep(2)
            second.join(finish=False)
    verdict = home.ask("benchmarks.judge", str(judge.path), url=url)
    return {
        "receipts": len(judge.codes),
        "receipts_until_migrated": while_migrating,
        "migration_seconds": round(migrated, 1),
        "refused_by_old": len(first.refused),
        "refused_by_new": len(second.refused),
        "put_off": first.put_off + second.put_off,
        "broken_sends": first.broken_sends + second.broken_sends,
        "faults": sum(verdict[name] for name in FAULTS),
        "faults_found": json.dumps(verdict["found"], ensure_ascii=False),
        "first_refusal": (first.refused + second.refused or ["none"])[0][:160],
    }


def newest_before() -> str:
    """The newest tag; where there is none, the last state of yesterday, else the first of all."""
    for words in (
        ("describe", "--tags", "--abbrev=0"),
        ("rev-list", "-1", "--before=midnight", "HEAD"),
        ("rev-list", "--max-parents=0", "HEAD"),
    ):
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
        if done.returncode == 0 and (found := done.stdout.split()):
            return found[-1]
    raise LookupError("There is no older state; name one with --old.")


@contextlib.contextmanager
def source_of(revision: str) -> Iterator[Path]:
    """The files of that state, in a folder that is gone afterwards; what is made stays today's."""
    with tempfile.TemporaryDirectory(prefix="lianxin-old-") as name:
        packed = subprocess.run(
            ["git", "archive", revision], cwd=ROOT, capture_output=True, check=True
        )
        subprocess.run(["tar", "-x"], cwd=name, input=packed.stdout, check=True)
        made = Path(name) / "lianxin/web/static/vendor"
        made.symlink_to(ROOT / "lianxin/web/static/vendor")
        yield Path(name)


def _old_server(home: Installation, old: Path, url: str) -> Server:
    server = home.serve(str(old / "manage.py"), "serve", url=url, PYTHONPATH=str(old))
    server.source = old
    return server


def _drafts(home: Installation, old: Path, url: str, filings: int) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(
        _run_old(home, old, url, "-m", "benchmarks.filings", str(filings))
    )
    return found


def _run_old(home: Installation, old: Path, url: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=old,
        env=home.environment(url, PYTHONPATH=str(old)),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{words}: {done.stdout[-1000:]}{done.stderr[-3000:]}")
    return done.stdout


@results.trial("rolling-update")
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.rolling", description=__doc__)
    words.add_argument("--old", default="")
    words.add_argument("--filings", type=int, default=4000)
    asked = words.parse_args()
    url, revision = os.environ.get("DATABASE_URL", ""), asked.old or newest_before()
    if not url.startswith("postgres"):
        sys.exit("PostgreSQL is needed: ops/pg_test.sh python -m benchmarks.rolling")
    with source_of(revision) as old, Installation(url, settings=PLAIN) as home:
        found = {"old": revision[:12], **rolled(home, old, filings=asked.filings)}
    print(json.dumps(found, indent=1, ensure_ascii=False))
    must = ("refused_by_old", "refused_by_new", "put_off", "broken_sends", "faults")
    passed = not any(found[name] for name in must) and found["receipts"] > 0
    results.record("rolling-update", found, passed)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
