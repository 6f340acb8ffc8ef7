"""Reception days of the demo world, the deputies on them, and the duty of its grids."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from lianxin.config.demo.furnishing import NAMED, seeds
from lianxin.congress.models import Actor, Deputy
from lianxin.congress.queries import actor_of
from lianxin.kernel.clock import LOCAL, local_date
from lianxin.places.queries import WorkCalendar
from lianxin.reception.enums import DayState, DutyTurn, PairMode
from lianxin.reception.models import ReceptionDay
from lianxin.reception.services import duty, patterns, planning, rota, rota_settings
from lianxin.reception.services.days import announce_day
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import Venue

BEHIND, AHEAD = timedelta(weeks=6), timedelta(weeks=10)
#: Where nobody has a printed account, so many weeks are enough.
SHORTLY = timedelta(weeks=2)
#: How long before a day its notice goes out here.
NOTICE = timedelta(days=14)
SETTING = rota_settings.Setting(
    pair_mode=PairMode.VARY,
    seats=2,
    gap=1,
    least_per_year=1,
    mixes_levels=True,
    mixes_professions=True,
    swap_needs_venue=False,
    notice_days=3,
)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR")


@cache
def actor(deputy_id: UUID) -> Actor:
    """A deputy as who acts."""
    return actor_of(Deputy.objects.get(pk=deputy_id).person_id)


def first_morning(now: datetime) -> datetime:
    """Nine o'clock on the day on which everything was planned."""
    return datetime.combine(local_date(now) - BEHIND - timedelta(days=5), time(9), LOCAL)


def open_day(now: datetime) -> date:
    """The day on which reception goes on at the named station: today, or the next working day."""
    calendar, today = WorkCalendar.default(), local_date(now)
    return today if calendar.is_working_day(today) else calendar.next_working_day(today)


def load(*, venues: list[Venue], now: datetime) -> None:
    """Patterns, days, rotas in force and tables of duty for every venue; notices that are due."""
    begun = first_morning(now)
    ends = local_date(now) + AHEAD
    for number, venue in enumerate(venues):
        _plan(venue, number, begun, ends, now)
        _rotas(venue, begun, now)
        if venue.kind in (VenueKind.STATION, VenueKind.ROOM):
            duty.make_table(
                venue_id=venue.pk,
                since=local_date(begun),
                until=ends,
                turn=DutyTurn.WEEK,
                by=None,
                at=begun,
            )
    _announce(begun, now)


def _plan(venue: Venue, number: int, begun: datetime, ends: date, now: datetime) -> None:
    patterns.add_pattern(venue_id=venue.pk, terms=_terms(venue, number, now), by=None, at=begun)
    if ends.year > begun.year:
        planning.plan_days(venue_id=venue.pk, year=ends.year, by=None, at=begun)


def _terms(venue: Venue, number: int, now: datetime) -> patterns.Terms:
    seed: dict[str, Any] = seeds()["patterns"][venue.kind]
    # The named station has its own day of the week, so that today's session is one more.
    is_near = venue.division_code.startswith(NAMED[:6])
    weekday = (open_day(now).weekday() + 2) % 5 if venue.division_code == NAMED else number % 5
    languages = {one for d in deputies_of(venue) for one in d.languages}
    return patterns.Terms(
        rule=seed["rule"] % {"weekday": WEEKDAYS[weekday], "day": 5 + number * 3 % 20},
        starts=time.fromisoformat(seed["starts"]),
        ends=time.fromisoformat(seed["ends"]),
        from_date=local_date(first_morning(now) if is_near else now - SHORTLY),
        place=seed["place"],
        topic=venue.topic,
        language=min(languages, default="") if venue.kind == VenueKind.HOME else "",
    )


def deputies_of(venue: Venue) -> list[Deputy]:
    """All who are stationed there."""
    return [one.deputy for one in venue.stationings.select_related("deputy")]


def _rotas(venue: Venue, begun: datetime, now: datetime) -> None:
    """The rota of the year, made by the clerk six weeks ago; the next year's is still to be made."""
    rota_settings.set_rota(venue_id=venue.pk, setting=SETTING, by=None, at=begun)
    for year in range(begun.year, local_date(now).year + 1):
        days = ReceptionDay.objects.filter(venue=venue, date__year=year, starts_at__gt=begun)
        if days.exists():
            plan = rota.draft_rota(venue_id=venue.pk, year=year, by=None, at=begun)
            rota.publish_rota(plan_id=plan.pk, by=None, at=begun)


def _announce(begun: datetime, now: datetime) -> None:
    days = ReceptionDay.objects.filter(state=DayState.PLANNED, starts_at__lte=now + NOTICE)
    for key, starts_at in days.order_by("starts_at").values_list("pk", "starts_at"):
        announce_day(day_id=key, at=max(begun, starts_at - NOTICE))
