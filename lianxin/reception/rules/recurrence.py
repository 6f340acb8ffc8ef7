"""On which days a pattern falls: RFC 5545 rules to dates, and what days off do to them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from dateutil.rrule import rrulestr

from lianxin.reception.enums import HolidayRule

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: The last month has always had this day: longer dates fall on the last day of shorter months.
SAFE_DAY = 28
LAST = -1
#: A day off moves a reception day by at most so many days; then it is left out.
FARTHEST = 60

Kind = Literal["weekly", "by_date", "by_weekday"]


@dataclass(frozen=True, slots=True)
class Repetition:
    """A rule taken apart, as a person thinks of it.

    `weekly`: on `weekdays` (0 Monday … 6 Sunday) every `interval`-th week. `by_date`: on
    `month_days`, LAST for the last of the month; a single 29, 30 or 31 is the month's last day
    where the month is shorter. `by_weekday`: on the `nth` (LAST: the last) of `weekdays` in the
    month. `months` empty: in every month.
    """

    kind: Kind
    weekdays: tuple[int, ...] = ()
    interval: int = 1
    month_days: tuple[int, ...] = ()
    nth: int = 0
    months: tuple[int, ...] = ()

    @property
    def rule(self) -> str:
        """The RRULE, always in the same order."""
        return ";".join(self._parts())

    def _parts(self) -> Iterator[str]:
        yield f"FREQ={'WEEKLY' if self.kind == 'weekly' else 'MONTHLY'}"
        if self.kind == "weekly" and self.interval > 1:
            yield f"INTERVAL={self.interval}"
        if self.months:
            yield f"BYMONTH={_joined(self.months)}"
        if self.kind == "by_date":
            yield from self._dates()
        else:
            nth = self.nth if self.kind == "by_weekday" else ""
            yield f"BYDAY={','.join(f'{nth}{WEEKDAYS[day]}' for day in self.weekdays)}"

    def _dates(self) -> Iterator[str]:
        if len(self.month_days) == 1 and self.month_days[0] > SAFE_DAY:
            yield f"BYMONTHDAY={_joined(range(SAFE_DAY, self.month_days[0] + 1))}"
            yield "BYSETPOS=-1"
        else:
            yield f"BYMONTHDAY={_joined(self.month_days)}"


def _joined(numbers: Iterator[int] | range | tuple[int, ...]) -> str:
    return ",".join(str(number) for number in numbers)


def understood(rule: str) -> Repetition | None:
    """The rule taken apart; None where it says something a person cannot enter here."""
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if part.count("=") == 1)
    known = {"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"}
    if set(parts) - known or len(parts) != len(rule.split(";")):
        return None
    found = _taken_apart(parts)
    return found if found and _sound(found) else None


def _taken_apart(parts: dict[str, str]) -> Repetition | None:
    months = _numbers(parts.get("BYMONTH", ""))
    interval = parts.get("INTERVAL", "1")
    days = re.findall(r"(-?\d*)(MO|TU|WE|TH|FR|SA|SU)", parts.get("BYDAY", ""))
    weekdays = tuple(WEEKDAYS.index(name) for _nth, name in days)
    if parts.get("FREQ") == "WEEKLY" and interval.isdecimal():
        return Repetition("weekly", weekdays, int(interval), months=months)
    if parts.get("FREQ") not in ("MONTHLY", "YEARLY") or interval != "1":
        return None
    if days:
        counts = {nth for nth, _name in days}
        nth = int(counts.pop() or 0) if len(counts) == 1 and counts != {"-"} else 0
        return Repetition("by_weekday", weekdays, nth=nth, months=months)
    dates = _numbers(parts.get("BYMONTHDAY", ""))
    if "BYSETPOS" in parts:
        dates = dates[-1:]
    return Repetition("by_date", month_days=dates, months=months)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"-?\d+", text))


def _sound(one: Repetition) -> bool:
    if not all(1 <= month <= 12 for month in one.months):
        return False
    if one.kind == "by_date":
        dates = one.month_days
        return bool(dates) and (
            all(day == LAST or 1 <= day <= SAFE_DAY for day in dates)
            or (len(dates) == 1 and SAFE_DAY < dates[0] <= 31)
        )
    if one.kind == "by_weekday":
        return bool(one.weekdays) and one.nth in (1, 2, 3, 4, LAST)
    return bool(one.weekdays) and 1 <= one.interval <= 12


def dates_of(rule: str, *, start: date, first: date, last: date) -> list[date]:
    """The days from `first` to `last` (both inclusive) on which the rule falls.

    `start` is the first day of the pattern: nothing falls before it, and the weeks of a rule with
    an interval are counted from it. Raises ValueError on what is no RRULE.
    """
    begin = datetime.combine(start, time())
    found = rrulestr(rule, dtstart=begin).between(
        datetime.combine(first, time()), datetime.combine(last, time()), inc=True
    )
    return [moment.date() for moment in found]


def moved(
    day: date,
    how: str,
    *,
    is_off: Callable[[date], bool],
    keeps: bool = False,
) -> date | None:
    """Where a day goes by the rule for days off; itself on a day that is none; None: left out.

    `keeps`: the venue could open on that day, so that `HolidayRule.KEEP` holds it there.
    """
    if not is_off(day) or (how == HolidayRule.KEEP and keeps):
        return day
    if how not in (HolidayRule.LATER, HolidayRule.EARLIER):
        return None
    step = timedelta(days=1 if how == HolidayRule.LATER else -1)
    for _try in range(FARTHEST):
        day += step
        if not is_off(day):
            return day
    return None


def announce_on(day: date, ahead: int, is_working: Callable[[date], bool]) -> date:
    """The day on which a reception day is announced: a working day, at least `ahead` days before."""
    found = day - timedelta(days=ahead)
    while not is_working(found):
        found -= timedelta(days=1)
    return found
