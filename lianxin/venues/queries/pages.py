"""What the public pages of venues and deputies show, in a fixed number of queries, never a private
number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Value

from lianxin.congress.queries import DeputyCard, cards_of, deputies_of, in_force, today
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.clock import local_date
from lianxin.kernel.paging import Page, keyset
from lianxin.kernel.refused import Absent
from lianxin.places.models import Division
from lianxin.places.queries import DivisionName, ancestors, children, names_for
from lianxin.record.models import Attachment
from lianxin.venues.enums import ActivityState
from lianxin.venues.models import (
    ClosedDay,
    Equipment,
    GridBinding,
    NewsItem,
    Partner,
    StaffLine,
    ThemedActivity,
    Venue,
    VenueText,
)
from lianxin.venues.queries.boards import by_level
from lianxin.venues.queries.contents import Check, checks_of, closed_days, photos_of
from lianxin.venues.queries.portraits import portraits_of
from lianxin.venues.queries.timetable import Sitting, sittings
from lianxin.venues.queries.venues import (
    deputies_of_venue,
    grids_of_deputy,
    venue_by_code,
    venues_listed,
    venues_of_deputy,
)

ORDER = ("division_code", "name", "id")
#: Coming days read, so that each deputy's next turn is among them; how many are shown.
_COMING, _DAYS, _SHOWN, _ABOUT = 60, 4, 6, 20


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
class DeputyLine:
    """A deputy on the page of a venue: with the photo, the grids there, and the next turn."""

    card: DeputyCard
    portrait: UUID | None
    grids: tuple[str, ...]
    next: Sitting | None
    partners: tuple[str, ...]

    @property
    def seats(self) -> list[str]:
        """Constituencies, each once."""
        said = (line.constituency for line in self.card.mandates if line.constituency)
        return list(dict.fromkeys(said))


@dataclass(frozen=True, slots=True)
class Happening:
    """Something a venue tells: an activity (`is_news` False) or news."""

    id: UUID
    title: str
    at: datetime
    state: str
    is_news: bool

    @property
    def state_label(self) -> Any:
        return ActivityState(self.state).label if self.state else ""


@dataclass(frozen=True, slots=True)
class VenuePage:
    venue: Venue
    deputies: list[DeputyLine]
    grids: list[GridLine]
    sittings: list[Sitting]
    closed: list[ClosedDay]
    happenings: list[Happening]


@dataclass(frozen=True, slots=True)
class VenueAbout:
    """What hangs on the walls of a venue, and what it did."""

    venue: Venue
    texts: list[VenueText]
    staff: list[StaffLine]
    equipment: list[Equipment]
    checks: list[Check]
    partners: list[Partner]
    activities: list[tuple[ThemedActivity, list[Attachment]]]
    news: list[tuple[NewsItem, list[Attachment]]]


@dataclass(frozen=True, slots=True)
class DeputyPage:
    deputy: DeputyCard
    portrait: UUID | None
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


def venue_page(code: str, *, at: datetime) -> VenuePage:
    """The page of an open venue; raises Absent. At most ten queries, whatever stands on it.

    Deputies in office, highest level first, with the next of the coming days on which they sit.
    """
    day, venue = local_date(at), venue_open(code)
    cards = sorted(cards_of(deputies_of_venue(venue.pk, on=day)), key=by_level)
    portraits = portraits_of([card.id for card in cards])
    grids = _grids(venue, {card.id for card in cards}, day)
    coming = sittings(venue_ids=[venue.pk], since=at, most=_COMING)
    return VenuePage(
        venue=venue,
        deputies=[_line(card, portraits.get(card.id), grids, coming) for card in cards],
        grids=list(grids.values()),
        sittings=coming[:_DAYS],
        closed=list(closed_days(venue, day)),
        happenings=_happenings(venue),
    )


def venue_open(code: str) -> Venue:
    """The open venue behind a code; raises Absent. One query."""
    venue = venue_by_code(code)
    if venue is None:
        raise Absent
    return venue


def _line(
    card: DeputyCard, portrait: UUID | None, grids: Mapping[UUID, GridLine], coming: list[Sitting]
) -> DeputyLine:
    mine = [
        one
        for one in coming
        if not one.is_cancelled and card.id in {sitter.deputy_id for sitter in one.sitters}
    ]
    first = mine[0] if mine else None
    others = (sitter for sitter in first.sitters if sitter.deputy_id != card.id) if first else ()
    return DeputyLine(
        card=card,
        portrait=portrait,
        grids=tuple(line.name for line in grids.values() if card.name in line.deputies),
        next=first,
        partners=tuple(sitter.name for sitter in others),
    )


def _happenings(venue: Venue) -> list[Happening]:
    """The newest activities and news together. One query."""
    told = NewsItem.objects.filter(venue=venue).order_by()
    held = ThemedActivity.objects.filter(venue=venue).order_by()
    news = told.values_list("pk", "title", "published_at", Value(""), Value(1))
    rows = held.values_list("pk", "title", "starts_at", "state", Value(0)).union(news, all=True)
    newest = rows.order_by("-starts_at")[:_SHOWN]
    return [Happening(key, title, at, state, bool(news)) for key, title, at, state, news in newest]


def venue_about(code: str) -> VenueAbout:
    """The second page of an open venue; raises Absent. Twelve queries, whatever stands on it."""
    venue = venue_open(code)
    activities = list(ThemedActivity.objects.filter(venue=venue)[:_ABOUT])
    news = list(NewsItem.objects.filter(venue=venue)[:_ABOUT])
    of_activities = photos_of("venues.themedactivity", [one.pk for one in activities])
    of_news = photos_of("venues.newsitem", [one.pk for one in news])
    return VenueAbout(
        venue=venue,
        texts=list(VenueText.objects.filter(venue=venue)),
        staff=list(StaffLine.objects.filter(venue=venue)),
        equipment=list(Equipment.objects.filter(venue=venue)),
        checks=[one for one in checks_of(venue) if one.item and one.item.is_met],
        partners=list(Partner.objects.filter(venue=venue)),
        activities=[(one, of_activities[one.pk]) for one in activities],
        news=[(one, of_news[one.pk]) for one in news],
    )


def _grids(venue: Venue, in_office: set[UUID], day: date) -> dict[UUID, GridLine]:
    bindings = (
        GridBinding.objects.filter(in_force(day), venue=venue, grid__is_active=True)
        .select_related("grid", "deputy__person")
        .order_by("grid__number", "deputy__person__name")
    )
    lines: dict[UUID, GridLine] = {}
    for binding in bindings:
        grid = binding.grid
        line = lines.get(grid.pk, GridLine(grid.number, grid.name, ()))
        names = line.deputies
        if binding.deputy_id in in_office:
            names = (*names, binding.deputy.person.name)
        lines[grid.pk] = GridLine(grid.number, grid.name, names)
    return lines


def deputy_page(code: str, *, on: date | None = None) -> DeputyPage:
    """The page of a deputy in office; raises Absent, for a suspended one too (代表法 61)."""
    day = on or today()
    written = normalise_board_code(code)
    cards = cards_of(deputies_of(on=day).filter(code=written)) if written else []
    if not cards:
        raise Absent
    deputy = cards[0]
    venues = list(venues_of_deputy(deputy.id, on=day))
    portrait = portraits_of([deputy.id]).get(deputy.id)
    return DeputyPage(deputy, portrait, venues, list(grids_of_deputy(deputy.id, on=day)))
