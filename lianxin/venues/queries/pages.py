"""What the public pages of venues and deputies show, in a fixed number of queries, never a private
number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Value

from lianxin.congress.queries import DeputyCard, cards_asked, deputies_of, in_force
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.clock import local_date
from lianxin.kernel.paging import Page, keyset
from lianxin.kernel.refused import Absent
from lianxin.kernel.together import together
from lianxin.places.models import Division
from lianxin.places.queries import DivisionName, ancestors, children_of, names_for
from lianxin.record.models import Attachment
from lianxin.record.queries import attachments_asked
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
from lianxin.venues.queries.contents import Check, checks, checks_asked, closed_days
from lianxin.venues.queries.portraits import portraits_asked
from lianxin.venues.queries.timetable import Sitting, days_held_asked, sittings_asked
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
    below: Sequence[Division]


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
    sittings: list[Sitting]
    days_held: int


def venue_list(
    *, division_code: str = "", kind: str = "", search: str = "", after: str | None = None
) -> VenueList:
    """Open venues of a place; without one, the places below the only province are offered. One query,
    and what is remembered."""
    venues = venues_listed(division_code=division_code, kind=kind, search=search)
    codes = ancestors(division_code)
    names = names_for(codes)
    below = children_of(division_code)
    if not division_code and len(below) == 1:
        below = children_of(below[0].code)
    return VenueList(
        page=keyset(venues, order=ORDER, after=after, size=30),
        path=[names[code] for code in codes if code in names],
        below=below,
    )


def venue_page(code: str, *, at: datetime) -> VenuePage:
    """The page of an open venue; raises Absent. Two queries, whatever stands on it.

    Deputies in office, highest level first, with the next of the coming days on which they sit.
    """
    day, venue = local_date(at), venue_open(code)
    here = deputies_of_venue(venue.pk, on=day)
    cards, portraits, bindings, coming, closed, told = together(
        cards_asked(here, on=day),
        portraits_asked(here),
        _bindings(venue, day),
        sittings_asked(venue_ids=[venue.pk], since=at, most=_COMING),
        closed_days(venue, day),
        _told(venue),
    )
    cards.sort(key=by_level)
    grids = _grids(bindings, {card.id for card in cards})
    return VenuePage(
        venue=venue,
        deputies=[_line(card, portraits.get(card.id), grids, coming) for card in cards],
        grids=list(grids.values()),
        sittings=coming[:_DAYS],
        closed=closed,
        happenings=[Happening(key, title, at, of, bool(news)) for key, title, at, of, news in told],
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


def _told(venue: Venue) -> QuerySet[Any]:
    """The newest activities and news together."""
    told = NewsItem.objects.filter(venue=venue).order_by()
    held = ThemedActivity.objects.filter(venue=venue).order_by()
    news = told.values_list("pk", "title", "published_at", Value(""), Value(1))
    rows = held.values_list("pk", "title", "starts_at", "state", Value(0)).union(news, all=True)
    return rows.order_by("-starts_at")[:_SHOWN]


def venue_about(code: str) -> VenueAbout:
    """The second page of an open venue; raises Absent. Two queries, whatever stands on it."""
    venue = venue_open(code)
    held = ThemedActivity.objects.filter(venue=venue)[:_ABOUT]
    written = NewsItem.objects.filter(venue=venue)[:_ABOUT]
    items, points = checks_asked(venue)
    activities, news, texts, staff, equipment, found, asked, partners, *photos = together(
        held,
        written,
        VenueText.objects.filter(venue=venue),
        StaffLine.objects.filter(venue=venue),
        Equipment.objects.filter(venue=venue),
        items,
        points,
        Partner.objects.filter(venue=venue),
        attachments_asked("venues.themedactivity", held.values("pk")),
        attachments_asked("venues.newsitem", written.values("pk")),
        attachments_asked("venues.checkitem", items.order_by().values("pk")),
    )
    of_activities, of_news, of_checks = photos
    return VenueAbout(
        venue=venue,
        texts=texts,
        staff=staff,
        equipment=equipment,
        checks=[one for one in checks(found, asked, of_checks) if one.item and one.item.is_met],
        partners=partners,
        activities=[(one, of_activities.get(one.pk, [])) for one in activities],
        news=[(one, of_news.get(one.pk, [])) for one in news],
    )


def _bindings(venue: Venue, day: date) -> QuerySet[GridBinding]:
    return (
        GridBinding.objects.filter(in_force(day), venue=venue, grid__is_active=True)
        .select_related("grid", "deputy__person")
        .order_by("grid__number", "deputy__person__name")
    )


def _grids(bindings: Iterable[GridBinding], in_office: set[UUID]) -> dict[UUID, GridLine]:
    lines: dict[UUID, GridLine] = {}
    for binding in bindings:
        grid = binding.grid
        line = lines.get(grid.pk, GridLine(grid.number, grid.name, ()))
        names = line.deputies
        if binding.deputy_id in in_office:
            names = (*names, binding.deputy.person.name)
        lines[grid.pk] = GridLine(grid.number, grid.name, names)
    return lines


def deputy_page(code: str, *, at: datetime) -> DeputyPage:
    """The page of a deputy in office; raises Absent, for a suspended one too (代表法 61). Two
    queries."""
    day = local_date(at)
    written = normalise_board_code(code)
    named = deputies_of(on=day).filter(code=written)
    cards, portraits = together(cards_asked(named, on=day), portraits_asked(named))
    if not (written and cards):
        raise Absent
    deputy = cards[0]
    venues, grids, coming, held = together(
        venues_of_deputy(deputy.id, on=day),
        grids_of_deputy(deputy.id, on=day),
        sittings_asked(deputy_id=deputy.id, since=at, most=_SHOWN),
        days_held_asked(deputy.id, day.year),
    )
    return DeputyPage(deputy, portraits.get(deputy.id), venues, grids, coming, held)
