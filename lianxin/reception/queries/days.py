"""What the desk sees of its reception days: the year, one day, a pattern."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from lianxin.congress.models import Actor
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Absent
from lianxin.people.enums import Ability
from lianxin.places.queries import work_calendar
from lianxin.reception.enums import COMING, DayState
from lianxin.reception.models import Pattern, ReceptionDay, Slot
from lianxin.reception.queries.own import own_venues
from lianxin.reception.queries.timetable import sitters_of
from lianxin.reception.rules.days import may_change
from lianxin.reception.rules.permissions import NotYourVenue
from lianxin.reception.rules.planning import DaysOff, LeftOut, plan
from lianxin.reception.rules.rule_words import hours_words, listed, rule_words
from lianxin.venues.models import ClosedDay, Venue
from lianxin.venues.queries.timetable import Sitter
from lianxin.web.parts import Tone

TONES: dict[str, Tone] = {
    DayState.PLANNED: "neutral",
    DayState.ANNOUNCED: "info",
    DayState.OPEN: "good",
    DayState.ENDED: "warn",
    DayState.CANCELLED: "bad",
}


@dataclass(frozen=True, slots=True)
class PatternLine:
    """A pattern in words. `is_over`: it gives no day any more."""

    pattern: Pattern
    rule: str
    hours: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day with its seats and its places; `is_moved`: not where its pattern had it."""

    day: ReceptionDay
    hours: str
    tone: Tone
    sitters: tuple[Sitter, ...]
    taken: int
    capacity: int
    is_moved: bool
    is_coming: bool

    @property
    def names(self) -> str:
        return listed(one.name for one in self.sitters)


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    days: tuple[DayLine, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class YearPage:
    """A year of a venue. `missing`: days that the patterns give and that are not planned yet.

    `is_assumed`: the holidays of the year are not announced, weekends alone count as days off.
    """

    venue: Venue
    year: int
    patterns: tuple[PatternLine, ...]
    months: tuple[Month, ...]
    missing: int
    is_assumed: bool

    @property
    def number(self) -> int:
        return len(self.held)

    @property
    def held(self) -> list[DayLine]:
        """Days that were not cancelled."""
        lines = (line for month in self.months for line in month.days)
        return [line for line in lines if line.day.state != DayState.CANCELLED]


def venues_to_plan(actor: Actor, code: str = "") -> tuple[Venue, list[Venue]]:
    """The venue of that code, or the first one, and all whose reception the actor plans. One query.

    Raises NotYourVenue without any, Absent for a foreign code.
    """
    mine = list(own_venues(actor, Ability.RECEPTION_PLAN))
    if not mine:
        raise NotYourVenue
    chosen = next((venue for venue in mine if venue.code == code), None if code else mine[0])
    if chosen is None:
        raise Absent
    return chosen, mine


def year_page(venue: Venue, year: int, *, at: datetime) -> YearPage:
    """Six queries, whatever the number of days."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    patterns = list(Pattern.objects.filter(venue=venue))
    closed = ClosedDay.objects.filter(venue=venue, until_date__gte=first)
    off = DaysOff(work_calendar(venue.division_code), tuple(closed))
    lines = lines_of(with_places(days_of(venue, first, last)), at=at)
    today = local_date(at)
    wanted = plan(patterns, off, first=first, last=last)
    known = {(line.day.pattern_id, line.day.origin_date) for line in lines}
    times = {line.day.starts_at for line in lines}
    missing = [
        one
        for one in wanted.wanted
        if one.starts_at > at
        and (one.pattern.pk, one.origin) not in known
        and one.starts_at not in times
    ]
    left_out = [
        one
        for one in wanted.left_out
        if one.origin >= today and (one.pattern.pk, one.origin) not in known
    ]
    return YearPage(
        venue=venue,
        year=year,
        patterns=tuple(pattern_line(pattern, today) for pattern in patterns),
        months=_months(year, lines, left_out),
        missing=len(missing),
        is_assumed=off.calendar.assumed(last),
    )


def days_of(venue: Venue, first: date, last: date) -> QuerySet[ReceptionDay]:
    """Days of a venue from one day to another (both inclusive), in order."""
    days = ReceptionDay.objects.filter(venue=venue, date__gte=first, date__lte=last)
    return days.order_by("starts_at", "id")


def with_places(days: QuerySet[ReceptionDay]) -> QuerySet[ReceptionDay]:
    """Days with `taken` and `capacity`, the sums over their times."""
    slots = Slot.objects.filter(day=OuterRef("pk")).order_by().values("day")
    return days.annotate(
        taken=Subquery(slots.annotate(sum=Sum(F("taken"))).values("sum")),
        capacity=Subquery(slots.annotate(sum=Sum(F("capacity"))).values("sum")),
    )


def lines_of(days: QuerySet[ReceptionDay], *, at: datetime) -> list[DayLine]:
    """Lines of days read by `with_places`. Two queries."""
    found = list(days)
    sitters = sitters_of([day.pk for day in found], on=local_date(at), levels=False)
    return [_line(day, sitters.get(day.pk, ()), at) for day in found]


def line_of(day: ReceptionDay, *, at: datetime) -> DayLine:
    """The line of one day read by `own_day`. One query."""
    return _line(day, sitters_of([day.pk], on=local_date(at), levels=False).get(day.pk, ()), at)


def _line(day: Any, sitters: Collection[Sitter], at: datetime) -> DayLine:
    return DayLine(
        day=day,
        hours=hours_words(day.starts_at, day.ends_at),
        tone=TONES.get(day.state, "neutral"),
        sitters=tuple(sitters),
        taken=day.taken or 0,
        capacity=day.capacity or 0,
        is_moved=day.date != day.origin_date,
        is_coming=day.state in COMING and day.ends_at > at,
    )


def _months(year: int, lines: Sequence[DayLine], left_out: Sequence[LeftOut]) -> tuple[Month, ...]:
    days = {key: tuple(group) for key, group in groupby(lines, lambda line: line.day.date.month)}
    left = {key: tuple(group) for key, group in groupby(left_out, lambda one: one.origin.month)}
    return tuple(
        Month(date(year, month, 1), days.get(month, ()), left.get(month, ()))
        for month in range(1, 13)
        if month in days or month in left
    )


def pattern_line(pattern: Pattern, today: date) -> PatternLine:
    return PatternLine(
        pattern=pattern,
        rule=rule_words(pattern.rule),
        hours=hours_words(pattern.starts, pattern.ends),
        is_over=pattern.until_date is not None and pattern.until_date < today,
    )


def own_pattern(actor: Actor, pattern_id: UUID) -> Pattern:
    """A pattern of a venue whose reception the actor plans. Raises Absent."""
    mine = own_venues(actor, Ability.RECEPTION_PLAN)
    pattern = Pattern.objects.filter(venue__in=mine, pk=pattern_id).select_related("venue").first()
    if pattern is None:
        raise Absent
    return pattern


@dataclass(frozen=True, slots=True)
class DayPage:
    line: DayLine
    venue: Venue
    pattern: str
    off: str
    may_change: bool

    @property
    def day(self) -> ReceptionDay:
        return self.line.day


def own_day(actor: Actor, day_id: UUID) -> ReceptionDay:
    """A day of a venue whose reception the actor plans, with its venue. Raises Absent."""
    mine = own_venues(actor, Ability.RECEPTION_PLAN)
    days = ReceptionDay.objects.filter(venue__in=mine).select_related("venue", "pattern")
    day = with_places(days).filter(pk=day_id).first()
    if day is None:
        raise Absent
    return day


def day_page(actor: Actor, day_id: UUID, *, at: datetime) -> DayPage:
    """One day at the desk. `off` says why the day is a day off, if it is one. Five queries."""
    day = own_day(actor, day_id)
    return DayPage(
        line=line_of(day, at=at),
        venue=day.venue,
        pattern=rule_words(day.pattern.rule) if day.pattern else _("an extra day"),
        off=off_on(day.venue, day.date),
        may_change=may_change(day) and day.starts_at > at,
    )


def off_on(venue: Venue, day: date) -> str:
    """Why the venue would not receive on the day; empty on a working day. Three queries."""
    closed = ClosedDay.objects.filter(venue=venue, from_date__lte=day, until_date__gte=day)
    off = DaysOff(work_calendar(venue.division_code), tuple(closed))
    return str(off.why(day)) if off.is_off(day) else ""
