"""Which grid holds a point: an index of all outlines, built once per process.

The index knows the version of the outlines it was built from; each look-up compares it with the
database's (one query of one row), so that it changes the speed of an answer and never the answer.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely

from lianxin.places.models import Grid, GridMap

#: Metres around a point in which a grid is offered as a guess.
NEAR = 200
#: Metres of a degree of latitude; of longitude times the cosine of the latitude.
DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class GridHit:
    """A grid and how far its outline is from the point: 0 metres where it holds it."""

    grid_id: UUID
    metres: int


class GridIndex:
    """Outlines in an STR tree, the smallest first, so that the first of several hits is the answer."""

    def __init__(self, rows: list[tuple[UUID, bytes]], version: int) -> None:
        self.version = version
        shapes = shapely.from_wkb([wkb for _pk, wkb in rows])
        areas = shapely.area(shapes)
        order = sorted(range(len(rows)), key=lambda n: (areas[n], rows[n][0]))
        self._keys = [rows[n][0] for n in order]
        self._tree: Any = shapely.STRtree([shapes[n] for n in order])

    def holding(self, latitude: float, longitude: float) -> UUID | None:
        """The smallest grid that holds the point, its edge included."""
        found = self._tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        return self._keys[int(found.min())] if found.size else None

    def near(self, latitude: float, longitude: float, metres: float = NEAR) -> GridHit | None:
        """The nearest grid within so many metres; measured on the plane, which errs by 0.1 %."""
        wide = DEGREE * math.cos(math.radians(latitude))
        x, y = metres / wide, metres / DEGREE
        box = shapely.box(longitude - x, latitude - y, longitude + x, latitude + y)
        found = sorted(self._tree.query(box))
        if not found:
            return None
        flat = shapely.transform(
            self._tree.geometries[found], lambda points: points * (wide, DEGREE)
        )
        away = shapely.distance(flat, shapely.Point(longitude * wide, latitude * DEGREE))
        nearest = int(away.argmin())
        if away[nearest] > metres:
            return None
        return GridHit(self._keys[int(found[nearest])], round(float(away[nearest])))

    def __len__(self) -> int:
        return len(self._keys)


_lock = threading.Lock()
_held: list[GridIndex] = []


def index() -> GridIndex:
    """The index of the outlines as they are now. One query; the rows of all grids after a change."""
    version = _version()
    held = _held[0] if _held else None
    if held is not None and held.version == version:
        return held
    with _lock:
        version = _version()  # Read before the rows: at worst the next look-up builds once more.
        if not _held or _held[0].version != version:
            rows = Grid.objects.filter(is_active=True, shape__isnull=False).order_by()
            outlines = [(key, bytes(wkb)) for key, wkb in rows.values_list("id", "shape") if wkb]
            _held[:] = [GridIndex(outlines, version)]
        return _held[0]


def forget() -> None:
    """The next look-up builds the index anew."""
    _held.clear()


def grid_at(latitude: float, longitude: float) -> UUID | None:
    """The grid whose outline holds the point (WGS-84 degrees); of several the smallest."""
    return index().holding(latitude, longitude)


def grid_near(latitude: float, longitude: float) -> GridHit | None:
    """The grid of the point, or the nearest one within 200 m as a guess."""
    now = index()
    held = now.holding(latitude, longitude)
    return GridHit(held, 0) if held else now.near(latitude, longitude)


def _version() -> int:
    return GridMap.objects.values_list("version", flat=True).first() or 0
