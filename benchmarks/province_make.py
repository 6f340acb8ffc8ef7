"""A province with its cases, into the empty database of the settings.

python -m benchmarks.province_make [--scale 1.0] [--cases 1000000] [--year 2027] [--seed 1]

Says as JSON: rows, seconds and rate beside that of raw COPY (executemany on SQLite) of the same
rows, and by what its pages are reached. Texts come from the messages of MESSAGES_DIR where it is set.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from typing import Any

CASES = 1_000_000


def make(scale: float, cases: int, year: int, seed: int) -> dict[str, Any]:
    """The whole province, into the empty database of the settings."""
    from benchmarks import province_cases, province_offices
    from benchmarks.province import Province
    from lianxin.kernel import db
    from lianxin.kernel.clock import now

    built, chance = Province(scale, year, seed), random.Random(seed)
    found: dict[str, Any] = {"province": built.build()}
    offices = province_offices.Offices(seed, built.write)
    counties = offices.build(built.venues, built.stationings)
    province_offices.share_out(counties, round(cases * scale), chance)
    known = province_offices.signed_in(counties, offices.first["office"])
    told = province_cases.sources(seed, round(min(max(cases * scale / 20, 500), 12_000)), now())
    found["cases"] = province_cases.load(
        counties, told, say=lambda said: print(said, file=sys.stderr)
    )
    db.refresh_statistics()
    known["code"] = told.known.get(known["county"]) or next(iter(told.known.values()), "")
    return {**found, "known": known}


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.province_make")
    words.add_argument("--scale", type=float, default=1.0)
    words.add_argument("--cases", type=int, default=CASES, help="at scale 1")
    words.add_argument("--year", type=int, default=2027)
    words.add_argument("--seed", type=int, default=1)
    said = words.parse_args()
    import django

    django.setup()
    from django.core.management import call_command

    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    call_command("migrate", verbosity=0)
    call_command("load_divisions", verbosity=0)
    json.dump(make(said.scale, said.cases, said.year, said.seed), sys.stdout)


if __name__ == "__main__":
    main()
