"""Which days are to be announced or warned of now, and who is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from lianxin.kernel.clock import local_date
from lianxin.places.queries import calendars, within_q
from lianxin.reception.enums import DayState
from lianxin.reception.models import Pattern, ReceptionDay, RotaSetting, Shift
from lianxin.reception.queries.days import off_on
from lianxin.reception.queries.timetable import SITTING
from lianxin.reception.rules.recurrence import announce_on

#: Without a word of the venue: how RotaSetting.notice_days begins.
NOTICE_DAYS = 3
#: No run of days off is longer; notices are searched for so much earlier.
LONGEST_BREAK = 30
#: So many calendar days ahead the clerks learn of days without deputies.
WARN_AHEAD = timedelta(days=7)
#: From so many days before it begins, a year is planned by itself, so many venues a night.
PLAN_AHEAD, MOST_A_NIGHT = timedelta(days=60), 1000


def due(at: datetime) -> list[UUID]:
    """Days to announce now, during service time of their place: the notice goes out on the last
    working day that lies at least `notice_days` before, or at once when that has passed. Five
    queries at most.
    """
    today = local_date(at)
    known = calendars()
    longest = RotaSetting.objects.aggregate(n=Max("notice_days"))["n"] or NOTICE_DAYS
    days = _coming(at).filter(
        date__lte=today + timedelta(days=max(longest, NOTICE_DAYS) + LONGEST_BREAK)
    )
    found = []
    rows = days.values_list("pk", "date", "division_code", "venue__rota_setting__notice_days")
    for key, day, code, ahead in rows.iterator(chunk_size=2000):
        calendar = known.of(code)
        notice = announce_on(day, ahead or NOTICE_DAYS, calendar.is_working_day)
        if notice <= today and calendar.is_service_time(at):
            found.append(key)
    return found


def unseated(at: datetime) -> QuerySet[ReceptionDay]:
    """Days of the next week on which nobody sits, with their venues."""
    sits = Shift.objects.filter(day=OuterRef("pk"), state__in=SITTING)
    states = (DayState.PLANNED, DayState.ANNOUNCED)
    days = ReceptionDay.objects.filter(
        ~Exists(sits),
        state__in=states,
        date__gte=local_date(at),
        date__lte=local_date(at) + WARN_AHEAD,
        starts_at__gt=at,
        venue__is_active=True,
    )
    return days.select_related("venue").order_by("starts_at", "id")


def _coming(at: datetime) -> QuerySet[ReceptionDay]:
    days = ReceptionDay.objects.filter(
        state=DayState.PLANNED, date__gte=local_date(at), starts_at__gt=at, venue__is_active=True
    )
    return days.order_by("starts_at", "id")


def unplanned(at: datetime) -> tuple[int, list[UUID]]:
    """The year that lies `PLAN_AHEAD` away, and venues whose patterns go on then and that have no day
    of them in it yet; at most `MOST_A_NIGHT`. One query.
    """
    year = (local_date(at) + PLAN_AHEAD).year
    there = ReceptionDay.objects.filter(
        venue=OuterRef("venue"), pattern__isnull=False, origin_date__year=year
    )
    going_on = Q(until_date__isnull=True) | Q(until_date__year__gte=year)
    patterns = Pattern.objects.filter(
        going_on, ~Exists(there), from_date__year__lte=year, venue__is_active=True
    )
    venues = patterns.order_by("venue_id").values_list("venue_id", flat=True).distinct()
    return year, list(venues[:MOST_A_NIGHT])


def day_to_tell(day_id: UUID) -> ReceptionDay | None:
    """The day with its venue; None where planning took it out meanwhile."""
    return ReceptionDay.objects.filter(pk=day_id).select_related("venue").first()


def people_on(day_id: UUID) -> list[UUID]:
    """Persons of the deputies who will sit on a day."""
    shifts = Shift.objects.filter(day=day_id, state__in=SITTING)
    return list(shifts.order_by("seat").values_list("deputy__person_id", flat=True))


def has_patterns(venue_id: UUID) -> bool:
    return Pattern.objects.filter(venue=venue_id).exists()


def venues_with_patterns(division_code: str) -> Iterator[tuple[UUID, str]]:
    """Venues of a place that repeat their days, with their places."""
    patterns = Pattern.objects.filter(within_q(division_code)).order_by("venue_id")
    rows = patterns.values_list("venue_id", "division_code").distinct()
    return iter(list(rows))  # Whoever asks writes in between.


def in_the_way(days: Iterable[Any]) -> Iterator[tuple[ReceptionDay, str]]:
    """Those of the days that are off now, each with the reason."""
    for day in days:
        why = off_on(day.venue, day.date)
        if why:
            yield day, why
