"""Where and when to meet a deputy: reception days around a place or a venue, one day's times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.clock import local_date
from lianxin.kernel.reference import remembered
from lianxin.kernel.refused import Absent
from lianxin.kernel.together import together
from lianxin.places.queries import ancestors, within_q
from lianxin.reception.enums import COMING, DayState
from lianxin.reception.models import ReceptionDay, Slot
from lianxin.reception.queries.timetable import (
    BOOKABLE,
    public_days,
    sitters_asked,
    sitting,
    sittings_asked,
)
from lianxin.venues.models import Venue, VenueArea
from lianxin.venues.queries import venues_listed
from lianxin.venues.queries.timetable import Sitting

#: How far ahead the public page looks.
AHEAD = timedelta(days=60)
#: Venues around one, at most; their days, at most.
MOST_AROUND, MOST_DAYS = 30, 120
#: Codes of townships have so many digits: venues of the same township are near.
TOWNSHIP = 9


@dataclass(frozen=True, slots=True)
class MeetPage:
    """The venue nearest to what was asked for, its days, and days of those around and above it."""

    venue: Venue
    here: list[Sitting]
    around: list[Sitting]


def meet_at(code: str, *, at: datetime) -> MeetPage:
    """Reception around a venue, by its code. Raises Absent. One query, and what is remembered."""
    written = normalise_board_code(code)
    venue = _open(written) if written else None
    if venue is None:
        raise Absent
    others = [one for one in _around(venue.division_code) if one.pk != venue.pk]
    return _page(venue, others, at)


def meet_in(division_code: str, *, at: datetime) -> MeetPage | None:
    """Reception around a place: the venue of the smallest area that holds it comes first. None
    where no venue is near. One query, and what is remembered.
    """
    venues = _around(division_code)
    return _page(venues[0], venues[1:], at) if venues else None


@remembered(Venue)
def _open(code: str) -> Venue | None:
    """The open venue of a code; remembered, not to be changed."""
    return Venue.objects.filter(code=code, is_active=True).first()


@remembered(Venue, VenueArea)
def _around(division_code: str) -> list[Venue]:
    """Open venues that serve the place, and others of its township, the nearest first; remembered,
    not to be changed."""
    codes = ancestors(division_code)
    if not codes:
        return []
    serving = VenueArea.objects.filter(division_code__in=codes).values("venue")
    near = Q(pk__in=serving)
    if len(division_code) >= TOWNSHIP:
        near |= within_q(division_code[:TOWNSHIP])
    venues = Venue.objects.filter(near, is_active=True).order_by("-division_code", "name")
    found = list(venues[:MOST_AROUND])
    return sorted(found, key=lambda one: _nearness(one, division_code))


def _nearness(venue: Venue, division_code: str) -> tuple[bool, int, str]:
    """Venues that hold the place before others, small ones before large ones."""
    holds = division_code.startswith(venue.division_code)
    return not holds, -len(venue.division_code), venue.name


def _page(venue: Venue, others: list[Venue], at: datetime) -> MeetPage:
    days = public_days(since=at, until=at + AHEAD).filter(
        venue__in=[venue.pk, *(one.pk for one in others)]
    )
    shown = sittings_asked(days[:MOST_DAYS], on=local_date(at), levels=False).answer()
    return MeetPage(
        venue=venue,
        here=[one for one in shown if one.venue_id == venue.pk],
        around=[one for one in shown if one.venue_id != venue.pk and not one.is_cancelled][:12],
    )


def venues_called(words: str) -> list[Venue]:
    """Open venues by words of name, topic or address, with their places; at most twenty. One query."""
    return list(venues_listed(search=words).order_by("division_code", "name", "id")[:20])


@dataclass(frozen=True, slots=True)
class Time:
    """A time of a day: until it begins it can be booked, full ones have a waiting list."""

    slot: Slot
    free: int
    is_past: bool


@dataclass(frozen=True, slots=True)
class PublicDay:
    sitting: Sitting
    address: str
    phone: str
    state: str
    times: list[Time]
    is_over: bool
    is_bookable: bool


def public_day(day_id: UUID, *, at: datetime) -> PublicDay:
    """One day for anybody. Two queries. Raises Absent, for days cancelled before anybody heard."""
    day: Any = ReceptionDay.objects.filter(pk=day_id).select_related("venue").first()
    if day is None or (day.state == DayState.CANCELLED and day.announced_at is None):
        raise Absent
    day.free = None
    is_bookable = day.state in BOOKABLE and day.ends_at > at
    times = Slot.objects.filter(day=day, capacity__gt=0) if is_bookable else Slot.objects.none()
    sitters, slots = together(sitters_asked([day.pk], on=local_date(at)), times)
    return PublicDay(
        sitting=sitting(day, sitters.get(day.pk, ())),
        address=day.venue.address,
        phone=day.venue.phone,
        state=day.state,
        times=[Time(slot, slot.free, slot.starts_at <= at) for slot in slots],
        is_over=day.ends_at <= at or day.state not in COMING | {DayState.CANCELLED},
        is_bookable=is_bookable,
    )
