"""Writes of working time: days that differ, the yearly notice, hours of service."""

from __future__ import annotations

import datetime as dt
from datetime import datetime, time
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.kernel import bus
from lianxin.kernel.refused import Absent
from lianxin.places import queries, rules
from lianxin.places.enums import DaySource
from lianxin.places.events import CalendarChanged
from lianxin.places.models import CalendarDay, ServiceHours
from lianxin.record import services as record

# One key for all: readers of the calendar hear of changes in the order they were made.
STREAM = "places.calendar"


@transaction.atomic
def set_calendar_day(
    *,
    division_code: str,
    date: dt.date,
    is_working: bool,
    name: str,
    by: rules.Manager | None,
    at: datetime,
) -> CalendarDay:
    """Declares a day worked or off in a place (empty code: everywhere), by local decision.

    Effects: the row of that day and place is made or changed, a journal entry, CalendarChanged.
    Raises CalendarForbidden, DayUnexplained, Absent (no such division).
    """
    rules.check_manage_calendar(by, division_code)
    rules.check_day(name=name)
    if division_code:
        queries.division(division_code)
    day = CalendarDay.objects.select_for_update().filter(
        division_code=division_code, date=date
    ).first() or CalendarDay(division_code=division_code, date=date)
    day.is_working, day.name, day.source = is_working, name.strip(), DaySource.DECIDED
    day.save()
    _changed(
        "places.day.set",
        subject=day,
        since=date,
        by=by,
        at=at,
        data={"date": date.isoformat(), "is_working": is_working, "name": day.name},
    )
    return day


@transaction.atomic
def remove_calendar_day(*, day_id: UUID, by: rules.Manager | None, at: datetime) -> None:
    """Takes a row back: the day is again what the calendar says otherwise.

    Effects: the row is deleted, a journal entry, CalendarChanged. Raises Absent, CalendarForbidden.
    """
    day = CalendarDay.objects.select_for_update().filter(pk=day_id).first()
    if day is None:
        raise Absent(_("This calendar day is no longer there."))
    rules.check_manage_calendar(by, day.division_code)
    data = {"date": day.date.isoformat(), "is_working": day.is_working, "name": day.name}
    _changed("places.day.removed", subject=day, since=day.date, by=by, at=at, data=data)
    day.delete()


@transaction.atomic
def announce_year(
    *, year: int, days: dict[dt.date, tuple[bool, str]], by: rules.Manager | None, at: datetime
) -> int:
    """Enters the national notice of a year, whole: {day: (is it worked, name)}.

    Effects: earlier announced rows of the year are replaced, local decisions stay, a journal
    entry, CalendarChanged. Returns the number of announced days. Raises CalendarForbidden,
    YearUnlikely.
    """
    rules.check_manage_calendar(by, "")
    rules.check_year(year=year, days=days)
    national = CalendarDay.objects.filter(division_code="", date__year=year)
    national.filter(source=DaySource.ANNOUNCED).delete()
    decided = set(national.values_list("date", flat=True))
    rows = [
        CalendarDay(date=day, is_working=working, name=name, source=DaySource.ANNOUNCED)
        for day, (working, name) in sorted(days.items())
        if day not in decided
    ]
    CalendarDay.objects.bulk_create(rows)
    _changed(
        "places.year.announced",
        subject=rows[0] if rows else national[0],
        since=dt.date(year, 1, 1),
        by=by,
        at=at,
        data={"year": year, "days": len(rows)},
    )
    return len(rows)


@transaction.atomic
def set_service_hours(
    *,
    division_code: str,
    from_date: dt.date,
    morning_open: time,
    morning_close: time,
    afternoon_open: time,
    afternoon_close: time,
    by: rules.Manager | None,
    at: datetime,
) -> ServiceHours:
    """Sets the hours of a place from a day on, until its next row.

    Effects: the row of that place and day is made or changed, a journal entry, CalendarChanged.
    Raises CalendarForbidden, HoursOutOfOrder, Absent (no such division).
    """
    rules.check_manage_calendar(by, division_code)
    times = (morning_open, morning_close, afternoon_open, afternoon_close)
    rules.check_hours(hours=times)
    if division_code:
        queries.division(division_code)
    row = ServiceHours.objects.select_for_update().filter(
        division_code=division_code, from_date=from_date
    ).first() or ServiceHours(division_code=division_code, from_date=from_date)
    row.morning_open, row.morning_close, row.afternoon_open, row.afternoon_close = times
    row.save()
    _changed("places.hours.set", subject=row, since=from_date, by=by, at=at, data=_hours_data(row))
    return row


@transaction.atomic
def remove_service_hours(*, hours_id: UUID, by: rules.Manager | None, at: datetime) -> None:
    """Takes a row of hours back: the row before it, the larger place's or the default holds.

    Effects: the row is deleted, a journal entry, CalendarChanged. Raises Absent, CalendarForbidden.
    """
    row = ServiceHours.objects.select_for_update().filter(pk=hours_id).first()
    if row is None:
        raise Absent(_("These hours are no longer there."))
    rules.check_manage_calendar(by, row.division_code)
    _changed(
        "places.hours.removed",
        subject=row,
        since=row.from_date,
        by=by,
        at=at,
        data=_hours_data(row),
    )
    row.delete()


def _changed(
    action: str,
    *,
    subject: CalendarDay | ServiceHours,
    since: dt.date,
    by: rules.Manager | None,
    at: datetime,
    data: dict[str, object],
) -> None:
    code = subject.division_code
    record.write(
        action=action, by=by, at=at, division_code=code, subject=subject, data=data, public=False
    )
    event = CalendarChanged(division_code=code, since=since.isoformat())
    bus.announce(event, key=STREAM, division_code=code)


def _hours_data(row: ServiceHours) -> dict[str, object]:
    return {
        "from_date": row.from_date.isoformat(),
        "hours": [
            f"{opens:%H:%M}–{closes:%H:%M}"
            for opens, closes in (
                (row.morning_open, row.morning_close),
                (row.afternoon_open, row.afternoon_close),
            )
        ],
    }
