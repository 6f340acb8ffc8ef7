"""Find my deputy: what address words mean, and who is near a position."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from lianxin.kernel.reference import remembered
from lianxin.kernel.search import matching
from lianxin.places.models import Division, Grid
from lianxin.places.queries import (
    DivisionName,
    GridHit,
    Reading,
    Trust,
    fitting,
    grid_near,
    grids_in,
    grids_naming,
    level_of,
    names_for,
    perhaps,
    read_places,
    within_q,
)
from lianxin.places.rules import short_name
from lianxin.places.rules.addresses import grid_number, normal
from lianxin.venues.models import Venue
from lianxin.venues.queries.venues import with_place

#: Places or grids to choose from, at most; more is no choice for a thumb.
MOST = 12
#: Digits of a township's code: from there down the lists of all grids are read.
TOWNSHIP = 9
#: Degrees around a position in which venues are looked for, about 40 km.
AROUND = 0.4


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, or a grid in it."""

    place: DivisionName
    grid: Grid | None = None

    @property
    def key(self) -> str:
        """What an address of ours carries for the grid: its number."""
        return self.grid.number if self.grid else ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What words were understood as: one spot is the answer, several are to choose from.

    `missed`: what was said beyond the place and fits no list. `more`: there would be further ones.
    `venues` are those that have the words, where no place has.
    """

    spots: list[Spot] = field(default_factory=list)
    missed: str = ""
    more: bool = False
    venues: list[Venue] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Nearby:
    """The grid at a position or near it; else the nearest venues with their kilometres."""

    spot: Spot | None = None
    metres: int = 0
    venues: list[tuple[Venue, float]] = field(default_factory=list)


def understand(text: str) -> Understood:
    """Places and grids that address words mean. At most five queries.

    First the place named (昆明市西山区前卫街道官庄社区), then what is left (3栋, 官庄路12号, 第3网格)
    in the lists of its grids; without a place, streets and estates in the lists of all grids; and
    last the names and addresses of venues.
    """
    readings = read_places(text)
    sure = [one for one in readings if one.trust > Trust.GUESSED]
    found = _grids_of(sure or readings, text)
    if not found and not sure:
        found = _best(grids_naming(text), text)
    if found:
        return _understood([(grid.division_code, grid) for grid in found])
    if readings:
        missed = min((one.rest for one in readings), key=len)
        return _understood([(one.division.code, None) for one in readings], missed)
    if len(normal(text)) < 2:
        return Understood()
    venues = matching(Venue.objects.filter(is_active=True), text)
    return Understood(venues=list(with_place(venues).order_by("division_code", "name")[:MOST]))


def at_position(latitude: float, longitude: float) -> Nearby:
    """Who is responsible at a position (WGS-84 degrees). At most four queries; nothing is kept."""
    hit = grid_near(latitude, longitude)
    if hit is not None:
        return _at_grid(hit)
    box = {
        "latitude__range": (latitude - AROUND, latitude + AROUND),
        "longitude__range": (longitude - AROUND, longitude + AROUND),
    }
    venues = with_place(Venue.objects.filter(is_active=True, **box))[:1000]
    away = [(venue, _kilometres(venue, latitude, longitude)) for venue in venues]
    return Nearby(venues=sorted(away, key=lambda one: one[1])[:5])


@remembered(Grid, Division)
def spot_of(place: str, number: str = "") -> Spot | None:
    """The place of a code, or its grid of that number; None where there is none such; remembered."""
    if not number:
        names = names_for([place])
        return Spot(names[place]) if place in names else None
    grids = with_place(grids_in(place).filter(division_code=place, number=number))
    grid: Any = grids.first()
    return Spot(_name(place, grid.path_names), grid) if grid and grid.path_names else None


def _name(code: str, path: list[str]) -> DivisionName:
    return DivisionName(code, path[-1], short_name(path[-1]), level_of(code), tuple(path))


def _at_grid(hit: GridHit) -> Nearby:
    grid = Grid.objects.get(pk=hit.grid_id)
    return Nearby(Spot(names_for([grid.division_code])[grid.division_code], grid), hit.metres)


def _grids_of(readings: list[Reading], text: str) -> list[Grid]:
    """The grids that the rest of the words mean in the places they name. One or two queries."""
    asked = [one for one in readings if one.rest]
    small = [one for one in asked if len(one.division.code) >= TOWNSHIP][: 2 * MOST]
    found: dict[UUID, Grid] = {}
    if small:
        area = reduce(or_, (within_q(one.division.code) for one in small))
        grids = list(grids_in("").filter(area))
        for one in small:
            inside = [g for g in grids if g.division_code.startswith(one.division.code)]
            best = _best(inside, one.rest) or fitting(inside, text)
            found |= {grid.pk: grid for grid in best}
    elif asked:
        one = asked[0]
        return _best(grids_naming(one.rest, within=one.division.code), one.rest)
    return list(found.values())


def _best(grids: Iterable[Grid], words: str) -> list[Grid]:
    """By the number of a grid, by the lists of houses, by its name, by part of an entry."""
    grids = list(grids)
    number, rest = grid_number(normal(words))
    if number:
        numbered = [grid for grid in grids if _is_numbered(grid, number)]
        return (fitting(numbered, rest) if rest else []) or numbered
    named = [grid for grid in grids if grid.name and normal(grid.name) in normal(words)]
    return fitting(grids, words) or named or perhaps(grids, words)


def _is_numbered(grid: Grid, number: str) -> bool:
    written = grid.number.lstrip("0") or "0"
    return written == (number.lstrip("0") or "0") or grid_number(normal(grid.name))[0] == number


def _understood(found: list[tuple[str, Grid | None]], missed: str = "") -> Understood:
    shown = found[:MOST]
    names = names_for(code for code, _grid in shown)
    spots = [Spot(names[code], grid) for code, grid in shown if code in names]
    return Understood(spots=spots, missed=missed, more=len(found) > MOST)


def _kilometres(venue: Venue, latitude: float, longitude: float) -> float:
    north = (venue.latitude or 0) - latitude
    east = ((venue.longitude or 0) - longitude) * math.cos(math.radians(latitude))
    return round(111.32 * math.hypot(north, east), 1)
