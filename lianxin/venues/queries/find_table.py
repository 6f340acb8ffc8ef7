"""The table of grids and their deputies (网格—代表一览表), to be printed and hung up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from lianxin.congress.queries import DeputyCard, cards_of, deputies_of, in_force
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Absent
from lianxin.kernel.together import together
from lianxin.places.models import Grid
from lianxin.places.queries import DivisionName, ancestors, children_of, grids_in, names_for
from lianxin.venues.models import GridBinding, Venue, VenueArea
from lianxin.venues.queries.timetable import Sitting, on_duty_asked, sittings
from lianxin.venues.queries.venues import NEAREST

#: Digits of the places the table is made for: a township, a village.
SIZES = (9, 12)
#: For so long reception days are listed, and so many of a venue.
AHEAD = timedelta(days=45)
DAYS = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is on duty from one day of the week to another."""

    first: date
    last: date
    name: str


@dataclass(frozen=True, slots=True)
class TableRow:
    grid: Grid
    deputies: list[DeputyCard]
    turns: list[Turn]
    venue: Venue | None
    days: list[Sitting]

    @property
    def is_whole_week(self) -> bool:
        """One deputy is on duty all week: no days need be said."""
        return len(self.turns) == 1 and (self.turns[0].last - self.turns[0].first).days == 6


@dataclass(frozen=True, slots=True)
class TableSheet:
    """The grids of one village or community."""

    place: DivisionName
    rows: list[TableRow]


@dataclass(frozen=True, slots=True)
class Table:
    place: DivisionName
    monday: date
    sunday: date
    sheets: list[TableSheet]


def grid_table(code: str, *, at: datetime) -> Table:
    """The table of a village, or of each village of a township, for the week of `at`.

    A fixed number of queries (below ten). Raises Absent
    for any other place.
    """
    names = names_for([code]) if len(code) in SIZES else {}
    if code not in names:
        raise Absent
    day = local_date(at)
    monday = day - timedelta(days=day.weekday())
    grids = list(grids_in(code))
    bindings = _bindings(grids, day)
    cards = _cards(bindings, day)
    turns = _turns(grids, monday)
    nearest = _venues({grid.division_code for grid in grids})
    venues = {g.pk: _venue(bindings.get(g.pk, ()), nearest.get(g.division_code)) for g in grids}
    days = _days({venue.pk for venue in venues.values() if venue}, at)
    rows = [
        TableRow(
            grid=grid,
            deputies=[
                cards[b.deputy_id] for b in bindings.get(grid.pk, ()) if b.deputy_id in cards
            ],
            turns=turns.get(grid.pk, []),
            venue=(venue := venues[grid.pk]),
            days=days.get(venue.pk, []) if venue else [],
        )
        for grid in grids
    ]
    return Table(names[code], monday, monday + timedelta(days=6), _sheets(names[code], rows))


def _sheets(place: DivisionName, rows: list[TableRow]) -> list[TableSheet]:
    """A sheet per village that has grids, in the order of the list; one empty sheet without any."""
    codes = list(dict.fromkeys(row.grid.division_code for row in rows))
    order = (
        [child.code for child in children_of(place.code)] if len(place.code) == SIZES[0] else codes
    )
    names = names_for(codes)
    listed = [code for code in order if code in names] + [c for c in codes if c not in order]
    return [
        TableSheet(names[code], [row for row in rows if row.grid.division_code == code])
        for code in listed
    ] or [TableSheet(place, [])]


def _bindings(grids: list[Grid], day: date) -> dict[UUID, list[GridBinding]]:
    found: dict[UUID, list[GridBinding]] = {}
    held = GridBinding.objects.filter(in_force(day), grid__in=[grid.pk for grid in grids])
    for binding in held.select_related("venue").order_by("from_date", "id"):
        found.setdefault(binding.grid_id, []).append(binding)
    return found


def _cards(bindings: dict[UUID, list[GridBinding]], day: date) -> dict[UUID, DeputyCard]:
    wanted = {binding.deputy_id for held in bindings.values() for binding in held}
    return {card.id: card for card in cards_of(deputies_of(deputy_ids=wanted, on=day))}


def _turns(grids: list[Grid], monday: date) -> dict[UUID, list[Turn]]:
    """Days in a row with the same deputy are one turn. Two queries."""
    week = [monday + timedelta(days=n) for n in range(7)]
    keys = [grid.pk for grid in grids]
    duty = dict(zip(week, together(*(on_duty_asked(keys, day) for day in week)), strict=True))
    wanted = {deputy_id for of_day in duty.values() for deputy_id in of_day.values()}
    names = {card.id: card.name for card in cards_of(deputies_of(deputy_ids=wanted, on=monday))}
    found: dict[UUID, list[Turn]] = {}
    for key in keys:
        turns: list[Turn] = []
        for day in week:
            name = names.get(duty[day].get(key, UUID(int=0)))
            if name and turns and turns[-1].name == name and turns[-1].last == day - timedelta(1):
                turns[-1] = Turn(turns[-1].first, day, name)
            elif name:
                turns.append(Turn(day, day, name))
        found[key] = turns
    return found


def _venues(codes: Iterable[str]) -> dict[str, Venue]:
    """village → the nearest venue that serves it. One query for all."""
    codes = list(codes)
    above = {one for code in codes for one in ancestors(code)}
    areas = list(
        VenueArea.objects.filter(division_code__in=above, venue__is_active=True).select_related(
            "venue"
        )
    )
    found = {}
    for code in codes:
        serving = [area for area in areas if code.startswith(area.division_code)]
        if serving:
            found[code] = min(serving, key=_nearness).venue
    return found


def _nearness(area: VenueArea) -> tuple[int, int, str]:
    return -len(area.division_code), NEAREST.index(area.venue.kind), area.venue.name


def _venue(bindings: Iterable[GridBinding], nearest: Venue | None) -> Venue | None:
    """The venue whose grid it is, else the nearest one."""
    return next((binding.venue for binding in bindings if binding.venue.is_active), nearest)


def _days(venue_ids: set[UUID], at: datetime) -> dict[UUID, list[Sitting]]:
    found: dict[UUID, list[Sitting]] = {}
    coming = sittings(venue_ids=venue_ids, since=at, until=at + AHEAD, most=500)
    for one in coming:
        days = found.setdefault(one.venue_id, [])
        if not one.is_cancelled and len(days) < DAYS:
            days.append(one)
    return found
