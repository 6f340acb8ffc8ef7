"""Which days are worked: the weekend rule, and the sorted days that differ from it. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import accumulate

import chinese_calendar.constants as package
from django.utils.translation import gettext_lazy as _

MONDAY_TO_FRIDAY = 5
HOLIDAY_NAMES = {
    "New Year's Day": _("New Year's Day"),
    "Spring Festival": _("Spring Festival"),
    "Tomb-sweeping Day": _("Tomb-sweeping Day"),
    "Labour Day": _("Labour Day"),
    "Dragon Boat Festival": _("Dragon Boat Festival"),
    "National Day": _("National Day"),
    "Mid-autumn Festival": _("Mid-autumn Festival"),
    "Anti-Fascist 70th Day": _("Anti-Fascist 70th Day"),
}


#: Days that a table remembers to have found: lists ask for the same ones again and again.
MOST_FOUND = 10_000


@dataclass(frozen=True, slots=True)
class NamedDay:
    """What is said of one day: worked or off, and why."""

    is_working: bool
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class DayTable:
    """Answers in logarithmic time how many days are worked through any day.

    `differing` are ordinals of the days that break the weekend rule, sorted; `surplus[i]` is how
    many more days than the rule says are worked among the first i of them.
    """

    named: Mapping[date, NamedDay]
    known_years: frozenset[int]
    differing: tuple[int, ...]
    surplus: tuple[int, ...]
    _found: dict[tuple[date, int], date] = field(default_factory=dict, repr=False)

    @classmethod
    def build(cls, named: Mapping[date, NamedDay], known_years: Iterable[int]) -> DayTable:
        differing = sorted(day for day in named if named[day].is_working != _weekday(day))
        steps = (1 if named[day].is_working else -1 for day in differing)
        return cls(
            named=named,
            known_years=frozenset(known_years),
            differing=tuple(day.toordinal() for day in differing),
            surplus=tuple(accumulate(steps, initial=0)),
        )

    def is_working(self, day: date) -> bool:
        said = self.named.get(day)
        return _weekday(day) if said is None else said.is_working

    def worked_through(self, ordinal: int) -> int:
        """Working days from 1 January of year 1 up to and including the day."""
        weeks, rest = divmod(ordinal, 7)  # ordinal 1 was a Monday
        by_rule = weeks * MONDAY_TO_FRIDAY + min(rest, MONDAY_TO_FRIDAY)
        return by_rule + self.surplus[bisect_right(self.differing, ordinal)]

    def nth(self, day: date, n: int) -> date:
        """The n-th working day after the day; before it where n is negative.

        Raises ValueError for n = 0 and where the calendar ends first.
        """
        if n == 0:
            raise ValueError("The 0th working day after a day is no day.")
        if (day, n) not in self._found:
            if len(self._found) >= MOST_FOUND:
                self._found.clear()
            self._found[day, n] = self._nth(day, n)
        return self._found[day, n]

    def _nth(self, day: date, n: int) -> date:
        here = day.toordinal()
        if n > 0:
            target = self.worked_through(here) + n
            low, high = here + 1, here + 2 * n + 32
        else:
            target = self.worked_through(here - 1) + n + 1
            low, high = here + 2 * n - 32, here - 1
        while self.worked_through(low - 1) >= target:
            low -= 366
        while self.worked_through(high) < target:
            high += 366
        span = range(low, high + 1)
        return date.fromordinal(span[bisect_left(span, target, key=self.worked_through)])


def _weekday(day: date) -> bool:
    return day.weekday() < MONDAY_TO_FRIDAY


@cache
def packaged_days() -> Mapping[date, NamedDay]:
    """The national holidays and make-up days that the package chinesecalendar knows."""
    off = {
        day: NamedDay(False, HOLIDAY_NAMES.get(name, name))
        for day, name in package.holidays.items()
    }
    worked = {
        day: NamedDay(True, HOLIDAY_NAMES.get(name, name)) for day, name in package.workdays.items()
    }
    return off | worked


@cache
def packaged_years() -> frozenset[int]:
    """2004–2026 in version 1.11 of the package."""
    return frozenset(day.year for day in package.holidays)


@cache
def packaged_table() -> DayTable:
    return DayTable.build(packaged_days(), packaged_years())


def packaged_year(year: int) -> dict[date, tuple[bool, str]]:
    """What the package says of a year: {day: (is it worked, name)}; empty where it knows nothing."""
    return {
        day: (said.is_working, str(said.name))
        for day, said in packaged_days().items()
        if day.year == year
    }
