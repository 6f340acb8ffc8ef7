"""Which reception days the patterns of a venue give, with days off and closed days. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from lianxin.kernel.clock import LOCAL
from lianxin.places.queries import WorkCalendar
from lianxin.reception.enums import HolidayRule
from lianxin.reception.models import Pattern
from lianxin.reception.rules.recurrence import dates_of, moved, understood
from lianxin.venues.models import ClosedDay

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The working days of the place and the closed days of the venue, as one answer."""

    calendar: WorkCalendar
    closed: tuple[ClosedDay, ...] = ()

    def closing(self, day: date) -> ClosedDay | None:
        """The row by which the venue is closed on the day."""
        return next((one for one in self.closed if one.from_date <= day <= one.until_date), None)

    def is_off(self, day: date, named: frozenset[int] = frozenset()) -> bool:
        """Whether nobody is received by rule. A pattern that names Saturdays or Sundays (`named`,
        0 Monday … 6 Sunday) means them: such a weekend is no day off, a holiday on it is.
        """
        if self.closing(day):
            return True
        if self.calendar.is_working_day(day):
            return False
        return bool(self.calendar.day_name(day)) or day.weekday() not in named

    def why(self, day: date) -> str:
        """The reason in words, for residents."""
        closing = self.closing(day)
        if closing:
            return _("closing of the venue (%(reason)s)") % {"reason": closing.reason}
        return self.calendar.day_name(day) or _("the weekend")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A day that a pattern gives: `origin` by its rule, `date` after days off. `why` it moved."""

    pattern: Pattern
    origin: date
    date: date
    why: str = ""

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.date, self.pattern.starts, LOCAL)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.date, self.pattern.ends, LOCAL)

    @property
    def note(self) -> str:
        """What residents read; empty where the day is where the rule has it."""
        if self.date == self.origin:
            return ""
        words = {"why": self.why}
        if self.date > self.origin:
            return _("Later because of %(why)s") % words
        return _("Earlier because of %(why)s") % words


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A day that a pattern gives and that is not held: it is off (`why`), or it would fall
    together with the day `instead`.
    """

    pattern: Pattern
    origin: date
    why: str
    instead: date | None = None


@dataclass(frozen=True, slots=True)
class YearPlan:
    wanted: tuple[Wanted, ...]
    left_out: tuple[LeftOut, ...]


def plan(patterns: Sequence[Pattern], off: DaysOff, *, first: date, last: date) -> YearPlan:
    """The days whose origin lies from `first` to `last`, in order.

    A day that days off move onto another one of the same hour is left out: one reception is
    enough. Days that need no moving come first, then the patterns in their order.
    """
    staying: list[Wanted] = []
    moving: list[Wanted] = []
    left: list[LeftOut] = []
    for pattern in patterns:
        named = _weekends_of(pattern)
        for origin in _origins(pattern, first, last):
            goes = moved(
                origin,
                pattern.holiday_rule,
                is_off=lambda day, named=named: off.is_off(day, named),  # type: ignore[misc]
                keeps=off.closing(origin) is None,
            )
            if goes is None:
                left.append(LeftOut(pattern, origin, off.why(origin)))
            elif goes == origin:
                staying.append(Wanted(pattern, origin, origin))
            else:
                moving.append(Wanted(pattern, origin, goes, off.why(origin)))
    held, doubled = _one_at_a_time([*staying, *moving])
    left += doubled
    return YearPlan(
        tuple(sorted(held, key=lambda one: (one.starts_at, one.origin))),
        tuple(sorted(left, key=lambda one: one.origin)),
    )


def _origins(pattern: Pattern, first: date, last: date) -> list[date]:
    begin = max(first, pattern.from_date)
    end = min(last, pattern.until_date or last)
    if end < begin:
        return []
    return dates_of(pattern.rule, start=pattern.from_date, first=begin, last=end)


def _weekends_of(pattern: Pattern) -> frozenset[int]:
    if pattern.holiday_rule == HolidayRule.KEEP:
        return frozenset()
    one = understood(pattern.rule)
    return frozenset(day for day in one.weekdays if day >= SATURDAY) if one else frozenset()


def _one_at_a_time(days: Iterable[Wanted]) -> tuple[list[Wanted], list[LeftOut]]:
    held: dict[datetime, Wanted] = {}
    doubled = []
    for one in days:
        if one.starts_at in held:
            doubled.append(LeftOut(one.pattern, one.origin, one.why, one.date))
        else:
            held[one.starts_at] = one
    return list(held.values()), doubled
