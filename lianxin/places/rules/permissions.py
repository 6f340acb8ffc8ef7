"""Who may change working time, and what a row must be."""

from __future__ import annotations

from datetime import date, time
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from lianxin.kernel.refused import Forbidden, Refused
from lianxin.record.services.journal import Acting

MANAGE_CALENDAR = "calendar.manage"
PROVINCE = 2  # digits of a province's code


class Manager(Acting, Protocol):
    """What is asked of the person who acts; the upper app's Actor has it."""

    def can(self, ability: str) -> bool: ...

    def can_in(self, ability: str, division_code: str) -> bool: ...

    def scopes_with(self, ability: str) -> tuple[str, ...]: ...


class CalendarForbidden(Forbidden):
    message = _("You may not change the calendar of this place.")
    code = "places.calendar_forbidden"


class HoursOutOfOrder(Refused):
    message = _(
        "The hours must follow one another: opening before closing, morning before afternoon."
    )
    code = "places.hours_out_of_order"
    status = 422


class DayUnexplained(Refused):
    message = _("Please say why this day is worked or off.")
    code = "places.day_unexplained"
    status = 422


class YearUnlikely(Refused):
    """A national notice is refused whole where a line cannot be right."""

    message = _("The notice of the year cannot be right.")
    code = "places.year_unlikely"
    status = 422


def may_see_calendar(by: Manager) -> bool:
    """Whoever keeps the calendar of any place sees all of it: it holds no secret."""
    return by.can(MANAGE_CALENDAR)


def check_see_calendar(by: Manager) -> None:
    if not may_see_calendar(by):
        raise CalendarForbidden


def may_manage_calendar(by: Manager | None, division_code: str) -> bool:
    """The ability must be held over the place; for everywhere (empty code), over a province.

    None is the installation itself: commands and the demo world.
    """
    if by is None:
        return True
    if not division_code:
        return any(len(scope) <= PROVINCE for scope in by.scopes_with(MANAGE_CALENDAR))
    return by.can_in(MANAGE_CALENDAR, division_code)


def check_manage_calendar(by: Manager | None, division_code: str) -> None:
    if not may_manage_calendar(by, division_code):
        raise CalendarForbidden


def check_hours(*, hours: tuple[time, time, time, time]) -> None:
    """Morning opens and closes, afternoon opens and closes; the afternoon may follow at once."""
    opens, noon, after, closes = hours
    if not opens < noon <= after < closes:
        raise HoursOutOfOrder


def check_day(*, name: str) -> None:
    if not name.strip():
        raise DayUnexplained


def check_year(*, year: int, days: dict[date, tuple[bool, str]]) -> None:
    """Every day lies in the year; days off and no day twice; at least the eleven of the law.

    全国年节及纪念日放假办法 (2024) gives 13 days off a year; a list with fewer than 11 differing
    days off is certainly not whole.
    """
    strays = sorted(day for day in days if day.year != year)
    if strays:
        raise YearUnlikely(_("%(day)s does not lie in the year.") % {"day": strays[0]})
    if sum(not working for working, _name in days.values()) < 11:
        raise YearUnlikely(_("The notice of a whole year has eleven days off or more."))
    for day, (_working, name) in days.items():
        if not name.strip():
            raise YearUnlikely(_("%(day)s has no reason.") % {"day": day})
