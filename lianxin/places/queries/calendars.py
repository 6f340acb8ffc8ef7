"""Calendars of places, read from the rows of days and hours over the package's calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lianxin.kernel.reference import remembered
from lianxin.places.enums import DaySource
from lianxin.places.models import CalendarDay, ServiceHours
from lianxin.places.queries.day_table import (
    DayTable,
    NamedDay,
    packaged_days,
    packaged_table,
    packaged_years,
)
from lianxin.places.queries.working_time import Sessions, WorkCalendar


class Calendars:
    """All rows of days and hours, read once: a list over many places needs no further query."""

    def __init__(self, days: Iterable[CalendarDay], hours: Iterable[ServiceHours]) -> None:
        # Rows of smaller places come later, and so win.
        self._days = sorted(days, key=lambda row: len(row.division_code))
        self._hours = list(hours)
        self._known: dict[tuple[str, ...], WorkCalendar] = {}
        self._codes = {row.division_code for row in (*self._days, *self._hours)}

    def of(self, division_code: str) -> WorkCalendar:
        """The working time of a place; the same object for places to which the same rows apply."""
        codes = tuple(sorted(code for code in self._codes if division_code.startswith(code)))
        if codes not in self._known:
            self._known[codes] = WorkCalendar(self._table(codes), self._periods(codes))
        return self._known[codes]

    def _table(self, codes: tuple[str, ...]) -> DayTable:
        rows = [row for row in self._days if row.division_code in codes]
        if not rows:
            return packaged_table()
        said = {row.date: NamedDay(row.is_working, row.name) for row in rows}
        years = {row.date.year for row in rows if row.source == DaySource.ANNOUNCED}
        return DayTable.build({**packaged_days(), **said}, packaged_years() | years)

    def _periods(self, codes: tuple[str, ...]) -> tuple[tuple[date, Sessions], ...]:
        rows = [row for row in self._hours if row.division_code in codes]
        return tuple(
            (start, _sessions(_in_force(rows, start)))
            for start in sorted({row.from_date for row in rows})
        )


def _in_force(rows: list[ServiceHours], day: date) -> ServiceHours:
    """The hours of the smallest place that has a row by that day, the latest of its rows."""
    begun = (row for row in rows if row.from_date <= day)
    return max(begun, key=lambda row: (len(row.division_code), row.from_date))


def _sessions(row: ServiceHours) -> Sessions:
    return ((row.morning_open, row.morning_close), (row.afternoon_open, row.afternoon_close))


@remembered(CalendarDay, ServiceHours)
def calendars() -> Calendars:
    """The differing days (some dozens a year) and the rows of hours, all of them; remembered."""
    return Calendars(CalendarDay.objects.all(), ServiceHours.objects.all())


def work_calendar(division_code: str = "") -> WorkCalendar:
    """The working time of one place. In a list, use `calendars()` once."""
    return calendars().of(division_code)
