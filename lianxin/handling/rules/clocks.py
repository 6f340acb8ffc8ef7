"""Clocks as pure functions of a rule, a start, the pauses and the working calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from lianxin.handling.enums import ClockPurpose, ClockUnit
from lianxin.kernel.clock import local_date

Pauses = Sequence[tuple[datetime, datetime]]


class Calendar(Protocol):
    """What a clock asks of the working calendar (`places.queries.WorkCalendar` has it)."""

    def add_working_days(self, start: datetime, n: int) -> datetime: ...
    def add_working_hours(self, start: datetime, hours: float | timedelta) -> datetime: ...
    def due_in_months(self, start: datetime, n: int) -> datetime: ...
    def at_share(self, start: datetime, due: datetime, share: float) -> datetime: ...
    def shift_days(self, due: datetime, pauses: Pauses) -> datetime: ...
    def shift_hours(self, due: datetime, pauses: Pauses) -> datetime: ...
    def shift_months(self, due: datetime, pauses: Pauses) -> datetime: ...
    def closing(self, day: date) -> datetime: ...


class Rule(Protocol):
    """The part of a ClockRule row that the arithmetic needs."""

    division_code: str
    matter_kind: str
    urgency: str
    purpose: str
    amount: int
    unit: str
    warn_percent: int
    effective_from: date
    source: str


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due and when a reminder goes out; both in UTC-comparable local time."""

    at: datetime
    warn_at: datetime


class RuleBook:
    """The rules that can apply to one division and kind of matter."""

    def __init__(self, rules: Iterable[Rule], *, division_code: str, kind: str) -> None:
        self._rules = [
            rule
            for rule in rules
            if division_code.startswith(rule.division_code) and rule.matter_kind in ("", kind)
        ]

    def rule(self, purpose: str, urgency: str, start: datetime) -> Rule | None:
        """The row in force at the start of the clock: division, kind, urgency, date, in that order."""
        day = local_date(start)
        fitting = [
            rule
            for rule in self._rules
            if rule.purpose == purpose
            and rule.urgency in ("", urgency)
            and rule.effective_from <= day
        ]
        return max(fitting, key=_speciality, default=None)

    def due(
        self,
        purpose: str,
        urgency: str,
        start: datetime,
        calendar: Calendar,
        pauses: Pauses = (),
    ) -> Due | None:
        """When the clock that started at `start` runs out; None where no rule gives a time."""
        rule = self.rule(purpose, urgency, start)
        if rule is None:
            return None
        at = end_of(rule, start, calendar, pauses)
        return Due(at=at, warn_at=calendar.at_share(start, at, rule.warn_percent / 100))

    def end(
        self, purpose: str, urgency: str, start: datetime, calendar: Calendar
    ) -> datetime | None:
        """The same moment where nobody is reminded before it."""
        rule = self.rule(purpose, urgency, start)
        return end_of(rule, start, calendar) if rule else None


def _speciality(rule: Rule) -> tuple[int, bool, bool, date]:
    return (
        len(rule.division_code),
        bool(rule.matter_kind),
        bool(rule.urgency),
        rule.effective_from,
    )


def end_of(rule: Rule, start: datetime, calendar: Calendar, pauses: Pauses = ()) -> datetime:
    """`amount` units after `start`, moved on by what was paused.

    Working days follow the make-up days; calendar months count from the day of assignment
    (代表法 51: three months, six at most), never as 30 or 90 days.
    """
    match rule.unit:
        case ClockUnit.HOURS:
            paused = sum((end - begin for begin, end in pauses), timedelta())
            return start + timedelta(hours=rule.amount) + paused
        case ClockUnit.WORKING_HOURS:
            return calendar.shift_hours(calendar.add_working_hours(start, rule.amount), pauses)
        case ClockUnit.WORKING_DAYS:
            return calendar.shift_days(calendar.add_working_days(start, rule.amount), pauses)
        case ClockUnit.DAYS:
            paused = sum((end - begin for begin, end in pauses), timedelta())
            return calendar.closing(local_date(start + timedelta(days=rule.amount) + paused))
        case ClockUnit.MONTHS:
            return calendar.shift_months(calendar.due_in_months(start, rule.amount), pauses)
    raise ValueError(f"no such unit: {rule.unit}")


def clock_of(kind: str, part: str) -> str:
    """The purpose whose rule gives a dispatch its time."""
    if part == "assist":
        return ClockPurpose.ASSIST
    if kind == "supervise":
        return ClockPurpose.SUPERVISE
    if kind == "triage":
        return ClockPurpose.TRIAGE
    return ClockPurpose.ANSWER
