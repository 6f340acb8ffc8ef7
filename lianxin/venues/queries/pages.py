"""What the public pages of venues and deputies show. At most four queries each, never a private
number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lianxin.congress.queries import DeputyCard, cards_of, deputies_of, in_force, today
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.paging import Page, keyset
from lianxin.kernel.refused import Absent
from lianxin.places.models import Division
from lianxin.places.queries import DivisionName, ancestors, children, names_for
from lianxin.venues.models import GridBinding, Venue
from lianxin.venues.queries.venues import (
    deputies_of_venue,
    grids_of_deputy,
    venue_by_code,
    venues_listed,
    venues_of_deputy,
)

ORDER = ("division_code", "name", "id")


@dataclass(frozen=True, slots=True)
class GridLine:
    """A grid and the names of those bound to it."""

    number: str
    name: str
    deputies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VenueList:
    """A page of venues, the path of the place looked at, and the places below it."""

    page: Page[Venue]
    path: list[DivisionName]
    below: list[Division]


@dataclass(frozen=True, slots=True)
class VenuePage:
    venue: Venue
    deputies: list[DeputyCard]
    grids: list[GridLine]


@dataclass(frozen=True, slots=True)
class DeputyPage:
    deputy: DeputyCard
    venues: list[Venue]
    grids: list[GridBinding]


def venue_list(
    *, division_code: str = "", kind: str = "", search: str = "", after: str | None = None
) -> VenueList:
    """Open venues of a place; without one, the places below the only province are offered."""
    venues = venues_listed(division_code=division_code, kind=kind, search=search)
    codes = ancestors(division_code)
    names = names_for(codes)
    below = list(children(division_code))
    if not division_code and len(below) == 1:
        below = list(children(below[0].code))
    return VenueList(
        page=keyset(venues, order=ORDER, after=after, size=30),
        path=[names[code] for code in codes if code in names],
        below=below,
    )


def venue_page(code: str, *, on: date | None = None) -> VenuePage:
    """The page of an open venue; raises Absent."""
    day = on or today()
    venue = venue_by_code(code)
    if venue is None:
        raise Absent
    deputies = cards_of(deputies_of_venue(venue.pk, on=day))
    return VenuePage(venue, deputies, _grids(venue, {card.id for card in deputies}, day))


def _grids(venue: Venue, in_office: set[object], day: date) -> list[GridLine]:
    bindings = (
        GridBinding.objects.filter(in_force(day), venue=venue, grid__is_active=True)
        .select_related("grid", "deputy__person")
        .order_by("grid__number", "deputy__person__name")
    )
    lines: dict[object, GridLine] = {}
    for binding in bindings:
        grid = binding.grid
        line = lines.get(grid.pk, GridLine(grid.number, grid.name, ()))
        names = line.deputies
        if binding.deputy_id in in_office:
            names = (*names, binding.deputy.person.name)
        lines[grid.pk] = GridLine(grid.number, grid.name, names)
    return list(lines.values())


def deputy_page(code: str, *, on: date | None = None) -> DeputyPage:
    """The page of a deputy in office; raises Absent, for a suspended one too (代表法 61)."""
    day = on or today()
    written = normalise_board_code(code)
    cards = cards_of(deputies_of(on=day).filter(code=written)) if written else []
    if not cards:
        raise Absent
    deputy = cards[0]
    venues = list(venues_of_deputy(deputy.id, on=day))
    return DeputyPage(deputy, venues, list(grids_of_deputy(deputy.id, on=day)))
