"""The rows of days and hours, for the people who keep them."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from lianxin.places.enums import DaySource, YearSource
from lianxin.places.models import CalendarDay, ServiceHours
from lianxin.places.queries.day_table import packaged_years


def day_rows(year: int) -> QuerySet[CalendarDay]:
    """The rows of a year, by day; rows that hold everywhere before those of a place."""
    return CalendarDay.objects.filter(
        date__gte=date(year, 1, 1), date__lte=date(year, 12, 31)
    ).order_by("date", "division_code")


def hours_rows() -> QuerySet[ServiceHours]:
    """All rows of hours: everywhere first, then place by place, the latest on top."""
    return ServiceHours.objects.order_by("division_code", "-from_date")


def year_source(year: int) -> YearSource:
    """From where the days off of a year are known. One query where the package does not know it."""
    if year in packaged_years():
        return YearSource.PACKAGE
    if day_rows(year).filter(division_code="", source=DaySource.ANNOUNCED).exists():
        return YearSource.ANNOUNCED
    return YearSource.ASSUMED
