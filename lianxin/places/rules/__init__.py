"""Rules of places: names of divisions, and who may change working time."""

from lianxin.places.rules.names import is_street, short_name, stem
from lianxin.places.rules.notices import notice_line, parse_notice
from lianxin.places.rules.permissions import (
    MANAGE_CALENDAR,
    Manager,
    YearUnlikely,
    check_day,
    check_hours,
    check_manage_calendar,
    check_see_calendar,
    check_year,
    may_manage_calendar,
    may_see_calendar,
)

__all__ = (
    "MANAGE_CALENDAR",
    "Manager",
    "YearUnlikely",
    "check_day",
    "check_hours",
    "check_manage_calendar",
    "check_see_calendar",
    "check_year",
    "is_street",
    "may_manage_calendar",
    "may_see_calendar",
    "notice_line",
    "parse_notice",
    "short_name",
    "stem",
)
