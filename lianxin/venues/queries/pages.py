"""What the public pages of a venue and of a deputy show. Four queries each, never a private number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lianxin.congress.queries import DeputyCard, cards_of, deputies_of, in_force, today
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.refused import Absent
from lianxin.venues.models import GridBinding, Venue
from lianxin.venues.queries.venues import (
    deputies_of_venue,
    grids_of_deputy,
    venue_by_code,
    venues_of_deputy,
)


@dataclass(frozen=True, slots=True)
class GridLine:
    """A grid and the names of those bound to it."""

    number: str
    name: str
    deputies: tuple[str, ...]


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
