"""Which grid holds a point, among many: python -m benchmarks.grids [--grids 64000] [--points 2000]

Builds a throw-away SQLite world of invented grids (blocks of irregular polygons over Yunnan),
then times the index, with and without asking the database for the version, against a look at every
grid. Prints times and ratios.
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WEST, SOUTH, EAST, NORTH = 97.6, 21.2, 106.1, 29.2
SEED = 20261126


def outlines(count: int) -> list[bytes]:
    """Polygons of 12 to 40 points in a lattice, as neighbouring grids of villages lie."""
    import shapely

    chance = random.Random(SEED)
    across = math.ceil(math.sqrt(count))
    wide, high = (EAST - WEST) / across, (NORTH - SOUTH) / across
    made = []
    for n in range(count):
        x = WEST + (n % across + 0.5) * wide
        y = SOUTH + (n // across + 0.5) * high
        corners = chance.randrange(12, 40)
        ring = [
            (
                x + wide * 0.52 * math.cos(turn) * chance.uniform(0.85, 1),
                y + high * 0.52 * math.sin(turn) * chance.uniform(0.85, 1),
            )
            for turn in (2 * math.pi * k / corners for k in range(corners))
        ]
        made.append(bytes(shapely.to_wkb(shapely.Polygon(ring))))
    return made


def fill(count: int) -> None:
    from lianxin.places.models import Grid, GridMap

    grids = [
        Grid(division_code=f"53{n // 5:010d}", number=str(n % 5 + 1), name="", shape=wkb)
        for n, wkb in enumerate(outlines(count))
    ]
    Grid.objects.bulk_create(grids, batch_size=1000)
    GridMap.objects.create(version=1)


def points(count: int) -> list[tuple[float, float]]:
    chance = random.Random(SEED + 1)
    return [(chance.uniform(SOUTH, NORTH), chance.uniform(WEST, EAST)) for _ in range(count)]


def timed(look: Callable[[float, float], Any], asked: list[tuple[float, float]]) -> list[float]:
    """Milliseconds of this thread on the processor: others on the same cores do not count."""
    spent = []
    for latitude, longitude in asked:
        began = time.thread_time_ns()
        look(latitude, longitude)
        spent.append((time.thread_time_ns() - began) / 1e6)
    return sorted(spent)


def said(name: str, spent: list[float], scan: float) -> str:
    half, most = statistics.median(spent), spent[int(0.95 * len(spent))]
    return f"{name:<34} p50 {half:8.4f} ms  p95 {most:8.4f} ms  {scan / half:10,.0f} × the scan"


def scan_of(rows: list[tuple[Any, bytes]]) -> Callable[[float, float], Any]:
    """A look at every grid: shapes read once, boxes compared, then the polygon."""
    import shapely

    shapes = [(pk, shapely.from_wkb(wkb)) for pk, wkb in rows]

    def look(latitude: float, longitude: float) -> Any:
        point = shapely.Point(longitude, latitude)
        held = [(shape.area, pk) for pk, shape in shapes if shape.covers(point)]
        return min(held)[1] if held else None

    return look


def measure(count: int, asked: list[tuple[float, float]]) -> None:
    from lianxin.places.models import Grid
    from lianxin.places.queries import grid_at, grid_map, grid_near, grids_naming

    before = resident()
    built = grid_map.index()
    held = resident() - before
    building = []
    for _ in range(3):
        grid_map.forget()
        gc.collect()
        began = time.perf_counter()
        built = grid_map.index()
        building.append(time.perf_counter() - began)
    rows = list(Grid.objects.values_list("id", "shape"))
    look = scan_of(rows)
    sample = asked[:20]
    scan = statistics.median(timed(look, sample))
    same = all(look(*one) == built.holding(*one) for one in sample)
    print(
        f"{len(built):,} of {count:,} grids; built in {statistics.median(building):.2f} s", end=""
    )
    print(f" ({held:.0f} MiB more in the process); load {os.getloadavg()[0]:.1f}")
    print(f"a look at every grid: {scan:.1f} ms (median of {len(sample)}), same answers: {same}")
    print(said("in the index", timed(built.holding, asked), scan))
    print(said("with the version asked", timed(grid_at, asked), scan))
    print(said("or the nearest within 200 m", timed(grid_near, asked), scan))
    Grid.objects.update(addresses="前卫路1-20号，润城小区1-6栋，南屏巷")
    naming = timed(lambda _a, _b: grids_naming("官庄路12号"), asked[:20])
    print(f"a street in the lists of all grids: p50 {statistics.median(naming):.0f} ms")


def resident() -> float:
    """MiB of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--grids", type=int, default=64_000)
    reader.add_argument("--points", type=int, default=2_000)
    given = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LIANXIN_VAR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.config.settings")
        import django
        from django.core.management import call_command

        django.setup()
        from lianxin.kernel import scope

        scope.open_for_process("run by hand")
        call_command("migrate", verbosity=0)
        fill(given.grids)
        measure(given.grids, points(given.points))


if __name__ == "__main__":
    main()
