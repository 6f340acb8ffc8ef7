"""Provinces that stay: made once, measured often. In var/provinces, or on the server of DATABASE_URL.

python -m benchmarks.provinces make SCALE [--cases N] [--again]

Rows, seconds and rate are printed. `make bench` uses those that are there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from benchmarks.installation import ROOT, Installation
from benchmarks.province_make import CASES

FOLDER = ROOT / "var" / "provinces"


class Province(Installation):
    """An installation with a province of so many cases. Its folder and its database are kept."""

    def __init__(self, cases: int, database_url: str = "") -> None:
        self.cases_wanted = cases
        engine = "postgres" if database_url.startswith("postgres") else "sqlite"
        self.home = FOLDER / f"{engine}-{cases}"
        super().__init__(database_url)
        shutil.rmtree(self.folder)
        self.home.mkdir(parents=True, exist_ok=True)
        self.folder = self.home
        self.secrets = self._kept_secrets()

    def new_database(self, *, like: str = "") -> str:
        if not self.server:
            return f"sqlite:///{self.home / 'province.sqlite3'}"
        return urlunsplit(
            urlsplit(self.server)._replace(path=f"/lianxin_province_{self.cases_wanted}")
        )

    def _kept_secrets(self) -> dict[str, str]:
        file = self.home / "secrets.json"
        if not file.exists():
            file.write_text(json.dumps(self.secrets), encoding="utf-8")
            file.chmod(0o600)
        kept: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        return kept

    def remove(self) -> None:
        """Nothing: a province stays."""

    @property
    def report(self) -> dict[str, Any] | None:
        """What its making said; None while it is not there."""
        file = self.home / "made.json"
        found: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return found or None

    def make(self, scale: float, *, again: bool = False) -> dict[str, Any]:
        """Makes it, unless it is there."""
        if self.report and not again:
            return self.report
        (self.home / "made.json").unlink(missing_ok=True)
        self._fresh()
        words = ("--scale", str(scale), "--cases", str(round(self.cases_wanted / scale)))
        made: dict[str, Any] = self.ask("benchmarks.province_make", *words)
        (self.home / "made.json").write_text(json.dumps(made, indent=1), encoding="utf-8")
        return made

    def known(self) -> dict[str, Any]:
        """By what its pages are reached: migrated to this version, with fresh sessions."""
        assert self.report, "It has to be made first."
        self.manage("migrate", "-v0")
        made: dict[str, Any] = self.report["known"]
        alike: dict[str, Any] = self.ask("benchmarks.province_alike")
        sessions = self.ask("benchmarks.worlds", "sessions", *made["sessions"])
        return {**made, **alike, "sessions": sessions | alike["sessions"]}

    def _fresh(self) -> None:
        if not self.server:
            for file in self.home.glob("province.sqlite3*"):
                file.unlink()
            return
        name = urlsplit(self.url).path.removeprefix("/")
        self._drop(name)
        self._administer(f'CREATE DATABASE "{name}"')


def size(province: Province) -> int:
    """Bytes of a SQLite file with its log; 0 elsewhere."""
    return sum(file.stat().st_size for file in Path(province.home).glob("province.sqlite3*"))


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.provinces")
    words.add_argument("what", choices=["make"])
    words.add_argument("scale", type=float)
    words.add_argument("--cases", type=int, default=CASES, help="at scale 1")
    words.add_argument("--again", action="store_true")
    said = words.parse_args()
    province = Province(round(said.cases * said.scale), os.environ.get("DATABASE_URL", ""))
    made = province.make(said.scale, again=said.again)
    shown = {name: made[name] for name in ("province", "cases")}
    json.dump({**shown, "bytes": size(province)}, sys.stdout, indent=1)
    cases = made["cases"]
    print(
        f"\n{cases['Case']:,} cases with {cases['rows']:,} rows in {cases['seconds']:.0f} s: "
        f"{cases['rows_per_second']:,} rows a second with all indexes, "
        f"{cases['share_of_raw']:.0%} of raw COPY or executemany ({cases['raw_rows_per_second']:,})."
    )


if __name__ == "__main__":
    main()
