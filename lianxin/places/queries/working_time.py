"""Working time as a value: which days and hours are worked, and the sums on them. Pure."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from lianxin.kernel.clock import LOCAL, local
from lianxin.places.queries.day_table import MOST_FOUND, DayTable, packaged_table
from lianxin.places.queries.time_left import TimeLeft

Pause = tuple[datetime, datetime]
Sessions = tuple[tuple[time, time], ...]

# The project's default, not a rule of any place: it holds until a row of ServiceHours says else.
DEFAULT_SESSIONS: Sessions = ((time(9), time(12)), (time(13), time(17)))
NOTHING = timedelta(0)


def add_months(day: date, n: int) -> date:
    """The same day n calendar months later; the last day of the month where it has no such day.

    31 January + 1 → 28 or 29 February; 29 February + 12 → 28 February. Months are never counted
    as 30 days (代表法 51: three months from the day of assignment). n may be negative.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _day(at: datetime | date) -> date:
    return local(at).date() if isinstance(at, datetime) else at


def joined(pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses in order, those that touch or overlap made one; ValueError if one ends first."""
    whole: list[Pause] = []
    for start, end in sorted((local(a), local(b)) for a, b in pauses):
        if end < start:
            raise ValueError("A pause ends before it starts.")
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((start, end))
    return whole


@dataclass(frozen=True, slots=True, eq=False)
class WorkCalendar:
    """The working time of one place. Built once, then asks no database.

    Every datetime given must be aware; every datetime answered is in Asia/Shanghai. `periods` are
    (first day, sessions), sorted by day; before the first one the default sessions hold.
    """

    days: DayTable
    periods: tuple[tuple[date, Sessions], ...] = ()
    _opened: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, repr=False
    )

    @classmethod
    def default(cls) -> WorkCalendar:
        """The national calendar of the package (2004–2026) and the project's default hours."""
        return cls(packaged_table())

    # --- days ---------------------------------------------------------------------------

    def is_working_day(self, day: date) -> bool:
        """Whether the day is worked: make-up days are, holidays and ordinary weekends are not."""
        return self.days.is_working(day)

    def day_name(self, day: date) -> str:
        """The holiday that the day off or the make-up day belongs to; empty on ordinary days."""
        said = self.days.named.get(day)
        return str(said.name) if said else ""

    def next_working_day(self, day: date) -> date:
        """The first working day strictly after the day."""
        return self.days.nth(day, 1)

    def working_day(self, day: date, n: int) -> date:
        """The n-th working day after the day, or before it where n < 0; ValueError for 0."""
        return self.days.nth(day, n)

    def assumed(self, *moments: date | datetime) -> bool:
        """Whether one of them lies in a year whose holidays nobody has announced to us yet.

        Weekends count as off there, and nothing else: pages say so (暂按周末推算).
        """
        return any(_day(moment).year not in self.days.known_years for moment in moments)

    def working_days_between(self, a: datetime | date, b: datetime | date) -> int:
        """Working days after the day of a, up to and including the day of b; negative if b < a.

        The day of a never counts, as in `add_working_days`: on the day itself the answer is 0.
        It adds up: between(a, b) + between(b, c) = between(a, c).
        """
        through = self.days.worked_through
        return through(_day(b).toordinal()) - through(_day(a).toordinal())

    # --- service time -------------------------------------------------------------------

    def sessions(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Opening and closing moments of the day's sessions; empty on a day off."""
        if day not in self._opened:
            if len(self._opened) >= MOST_FOUND:
                self._opened.clear()
            hours = self._hours(day) if self.days.is_working(day) else ()
            self._opened[day] = tuple(
                (datetime.combine(day, opens, LOCAL), datetime.combine(day, closes, LOCAL))
                for opens, closes in hours
            )
        return self._opened[day]

    def opening(self, day: date) -> datetime:
        """When service would open by the hours in force, even if the day is off."""
        return datetime.combine(day, self._hours(day)[0][0], LOCAL)

    def closing(self, day: date) -> datetime:
        """When service would close by the hours in force, even if the day is off."""
        return datetime.combine(day, self._hours(day)[-1][1], LOCAL)

    def is_service_time(self, at: datetime) -> bool:
        """Whether somebody is at the desk; the opening moment counts, the closing one does not."""
        at = local(at)
        return any(opens <= at < closes for opens, closes in self.sessions(at.date()))

    def next_service_moment(self, at: datetime) -> datetime:
        """The moment itself within service time, else the next opening (also after lunch)."""
        at = local(at)
        for opens, closes in self.sessions(at.date()):
            if at < closes:
                return max(at, opens)
        return self.opening(self.next_working_day(at.date()))

    # --- clocks -------------------------------------------------------------------------

    def add_working_days(self, start: datetime, n: int) -> datetime:
        """Due moment of a clock of n working days: close of the n-th working day after the start's.

        The day of the start never counts, whatever its hour (a start after closing is still that
        day's). A start on a day off counts as the opening of the next working day, so that day
        does not count either. n = 0: close of the day of start. ValueError for n < 0.
        """
        if n < 0:
            raise ValueError("A clock cannot run backwards.")
        day = local(start).date()
        if not self.days.is_working(day):
            day = self.next_working_day(day)
        return self.closing(self.days.nth(day, n) if n else day)

    def add_working_hours(self, start: datetime, hours: float | timedelta) -> datetime:
        """The moment when so many hours of service time have passed since the start.

        Outside service time the clock starts at the next opening; what ends exactly at a closing
        is due at that closing, not at the next opening. ValueError for negative hours.
        """
        rest = hours if isinstance(hours, timedelta) else timedelta(hours=hours)
        if rest < NOTHING:
            raise ValueError("A clock cannot run backwards.")
        at = local(start)
        day = at.date()
        while True:
            for opens, closes in self.sessions(day):
                begin = max(opens, at)
                if begin > closes:
                    continue
                if begin + rest <= closes:
                    return begin + rest
                rest -= closes - begin
            day = self.next_working_day(day)

    def due_in_months(self, start: datetime, n: int) -> datetime:
        """Due moment of a clock of n calendar months: close of that day, be it a day off or not."""
        return self.closing(add_months(local(start).date(), n))

    def elapsed_working(self, start: datetime, end: datetime) -> timedelta:
        """Service time between the two moments; negative where the end is before the start."""
        if end < start:
            return -self.elapsed_working(end, start)
        start, end = local(start), local(end)
        total, day = NOTHING, start.date()
        while day <= end.date():
            for opens, closes in self.sessions(day):
                total += max(NOTHING, min(closes, end) - max(opens, start))
            day += timedelta(days=1)
        return total

    def at_share(self, start: datetime, due: datetime, share: float) -> datetime:
        """The moment when a share of the service time from start to due has passed, e.g. 0.8."""
        passed = self.elapsed_working(start, due) * share
        return local(due) if passed <= NOTHING else self.add_working_hours(start, passed)

    # --- pauses -------------------------------------------------------------------------

    def shift_days(self, due: datetime, pauses: Iterable[Pause]) -> datetime:
        """A due moment in working days, moved on by the working days that were paused.

        The day a pause starts was already running, the day it ends is paused: so the days left
        after the pause are the days that were left when it started. Pauses that start when the
        clock has run out move nothing. A pause still open is given with the present as its end.
        """
        due = local(due)
        for start, end in joined(pauses):
            paused = self.working_days_between(start, end)
            if start < due and paused:
                due = self.closing(self.days.nth(due.date(), paused))
        return due

    def shift_hours(self, due: datetime, pauses: Iterable[Pause]) -> datetime:
        """A due moment in working hours, moved on by the service time that was paused."""
        due = local(due)
        for start, end in joined(pauses):
            paused = self.elapsed_working(start, end)
            if start < due and paused:
                due = self.add_working_hours(due, paused)
        return due

    def shift_months(self, due: datetime, pauses: Iterable[Pause]) -> datetime:
        """A due moment in calendar months, moved on by the calendar days that were paused."""
        due = local(due)
        for start, end in joined(pauses):
            paused = end.date() - start.date()
            if start < due and paused:
                due = self.closing(due.date() + paused)
        return due

    def left(self, now: datetime, due: datetime) -> TimeLeft:
        """What a page says of a due moment: 还剩 2 个工作日, 今天到期, 超 1 个工作日."""
        return TimeLeft(
            days=self.working_days_between(now, due),
            overdue=now > due,
            today=_day(now) == _day(due),
            assumed=self.assumed(due),
        )

    def _hours(self, day: date) -> Sessions:
        at = bisect_right(self.periods, day, key=lambda period: period[0])
        return self.periods[at - 1][1] if at else DEFAULT_SESSIONS
