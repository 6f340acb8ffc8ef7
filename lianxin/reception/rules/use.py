"""Figures of waiting and use, pure: the period asked for, and the figures with their bases."""

from __future__ import annotations

import calendar
import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class By(TextChoices):
    MONTH = "month", gettext_lazy("By month")
    QUARTER = "quarter", gettext_lazy("By quarter")
    YEAR = "year", gettext_lazy("By year")


#: Months in a period of each kind.
MONTHS = {By.MONTH: 1, By.QUARTER: 3, By.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Term:
    """A month, quarter or year; days in Shanghai, both inclusive."""

    by: str
    since: date

    @classmethod
    def holding(cls, by: str, day: date) -> Self:
        """The period of that kind that holds the day; a month where the kind is unknown."""
        by = by if by in By.values else By.MONTH
        months = MONTHS[By(by)]
        return cls(by, date(day.year, (day.month - 1) // months * months + 1, 1))

    @property
    def until(self) -> date:
        last = self.since.month + MONTHS[By(self.by)] - 1
        return date(self.since.year, last, calendar.monthrange(self.since.year, last)[1])

    @property
    def before(self) -> Self:
        return self.holding(self.by, self.since - timedelta(days=1))

    @property
    def after(self) -> Self:
        return self.holding(self.by, self.until + timedelta(days=1))

    @property
    def label(self) -> str:
        words = {"year": self.since.year, "month": self.since.month}
        if self.by == By.YEAR:
            return _("the year %(year)s") % words
        if self.by == By.QUARTER:
            quarter = (self.since.month + 2) // 3
            return _("%(year)s, quarter %(quarter)s") % {**words, "quarter": quarter}
        return _("%(year)s, month %(month)s") % words


@dataclass(slots=True)
class Figures:
    """Counts of one place or venue in a period.

    `lead_days` are how many bookings were made so many days before the day of reception,
    `wait_minutes` how many numbers were called so many minutes after they were drawn. `booked` are seats in use or used, of `offered`; the kinds that end a
    booking are of `bookings`, all that were ever made for the days.
    """

    venues: int = 0
    unused: int = 0
    days: int = 0
    held: int = 0
    to_come: int = 0
    missed: int = 0
    cancelled: int = 0
    seats: int = 0
    present: int = 0
    excused: int = 0
    absent: int = 0
    offered: int = 0
    booked: int = 0
    bookings: int = 0
    waiting: int = 0
    moved: int = 0
    dropped: int = 0
    lost: int = 0
    no_shows: int = 0
    tickets: int = 0
    walk_ins: int = 0
    called: int = 0
    visits: int = 0
    on_the_spot: int = 0
    leads: int = 0
    lead_days: dict[int, int] = field(default_factory=dict)
    wait_minutes: dict[int, int] = field(default_factory=dict)

    @property
    def taken_on(self) -> int:
        """Visits that go on as a matter in somebody's hands."""
        return self.visits - self.on_the_spot

    @property
    def lead_median(self) -> int | None:
        return ranked(self.lead_days, 5)

    @property
    def lead_p90(self) -> int | None:
        return ranked(self.lead_days, 9)

    @property
    def wait_median(self) -> int | None:
        return ranked(self.wait_minutes, 5)

    @property
    def wait_p90(self) -> int | None:
        return ranked(self.wait_minutes, 9)


SPREADS = ("lead_days", "wait_minutes")
RANKED = ("lead_median", "lead_p90", "wait_median", "wait_p90")
COUNTED = tuple(one.name for one in dataclasses.fields(Figures) if one.name not in SPREADS)


def ranked(spread: Mapping[int, int], tenths: int) -> int | None:
    """The least value that so many tenths do not exceed (nearest rank); None where there is none.

    `spread` is how often each value occurs.
    """
    rank, seen = -(-sum(spread.values()) * tenths // 10), 0
    for value in sorted(spread):
        seen += spread[value]
        if seen >= rank:
            return value
    return None


def total(many: Iterable[Figures]) -> Figures:
    """All counts together; medians are then those of all."""
    whole = Figures()
    for one in many:
        for name in COUNTED:
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        for name in SPREADS:
            spread = getattr(whole, name)
            for value, number in getattr(one, name).items():
                spread[value] = spread.get(value, 0) + number
    return whole


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with its basis: `value` of `basis` things called `unit`."""

    group: Any
    label: Any
    value: str
    basis: str = ""
    #: Not counted as a share of its basis: a ranked figure over so many.
    over: bool = False


GROUPS = {
    "days": gettext_lazy("Reception days"),
    "seats": gettext_lazy("Deputies' seats"),
    "bookings": gettext_lazy("Booking"),
    "waiting": gettext_lazy("Waiting times"),
    "visits": gettext_lazy("Visitors received"),
}
#: (group, figure, label, basis, unit of the basis)
SHARES: tuple[tuple[str, str, Any, str, Any], ...] = (
    ("days", "held", gettext_lazy("Days held"), "days", gettext_lazy("planned days")),
    ("days", "to_come", gettext_lazy("Still to come"), "days", gettext_lazy("planned days")),
    ("days", "missed", gettext_lazy("Planned and not held"), "days", gettext_lazy("planned days")),
    ("days", "cancelled", gettext_lazy("Days cancelled"), "days", gettext_lazy("planned days")),
    ("days", "unused", gettext_lazy("Venues without any day"), "venues", gettext_lazy("venues")),
    ("seats", "present", gettext_lazy("Deputies present"), "seats", gettext_lazy("seats")),
    ("seats", "excused", gettext_lazy("On approved leave"), "seats", gettext_lazy("seats")),
    ("seats", "absent", gettext_lazy("Absent without leave"), "seats", gettext_lazy("seats")),
    ("bookings", "booked", gettext_lazy("Places booked"), "offered", gettext_lazy("places offered")),
    ("bookings", "waiting", gettext_lazy("On the waiting list"), "bookings", gettext_lazy("bookings made")),
    ("bookings", "moved", gettext_lazy("Moved to another time"), "bookings", gettext_lazy("bookings made")),
    ("bookings", "dropped", gettext_lazy("Cancelled by residents or the venue"), "bookings", gettext_lazy("bookings made")),
    ("bookings", "lost", gettext_lazy("Lost, not confirmed in time"), "bookings", gettext_lazy("bookings made")),
    ("bookings", "no_shows", gettext_lazy("Booked and did not come"), "bookings", gettext_lazy("bookings made")),
    ("visits", "walk_ins", gettext_lazy("Came without booking"), "tickets", gettext_lazy("numbers drawn")),
    ("visits", "visits", gettext_lazy("Received, with a record"), "tickets", gettext_lazy("numbers drawn")),
    ("visits", "on_the_spot", gettext_lazy("Answered on the spot"), "visits", gettext_lazy("records")),
    ("visits", "taken_on", gettext_lazy("Taken on as a matter"), "visits", gettext_lazy("records")),
)  # fmt: skip
RANKS: tuple[tuple[str, str, Any, str, Any], ...] = (
    ("waiting", "lead_median", gettext_lazy("Days from booking to the day, median"), "leads", gettext_lazy("bookings kept")),
    ("waiting", "lead_p90", gettext_lazy("Days from booking to the day, 9 of 10 at most"), "leads", gettext_lazy("bookings kept")),
    ("waiting", "wait_median", gettext_lazy("Minutes until called, median"), "called", gettext_lazy("numbers called")),
    ("waiting", "wait_p90", gettext_lazy("Minutes until called, 9 of 10 at most"), "called", gettext_lazy("numbers called")),
)  # fmt: skip

#: Figure → heading of its column.
HEADINGS: dict[str, Any] = {
    "venues": gettext_lazy("Venues in all"),
    "days": gettext_lazy("Days planned"),
    "seats": gettext_lazy("Seats of days held"),
    "offered": gettext_lazy("Places offered"),
    "bookings": gettext_lazy("Bookings made"),
    "leads": gettext_lazy("Bookings kept"),
    "tickets": gettext_lazy("Numbers drawn"),
    "called": gettext_lazy("Numbers called"),
    **{name: label for _group, name, label, _basis, _unit in (*SHARES, *RANKS)},
}


def measures(one: Figures) -> dict[Any, list[Measure]]:
    """All figures of one place by group, each with its basis in words."""
    found: dict[Any, list[Measure]] = {label: [] for label in GROUPS.values()}
    for group, name, label, basis, unit in (*SHARES, *RANKS):
        value, of = getattr(one, name), getattr(one, basis)
        over = name in RANKED
        text = "—" if value is None else str(value)
        words = f"{of} {unit}" if over else f"/ {of} {unit}"
        found[GROUPS[group]].append(Measure(GROUPS[group], label, text, words, over))
    return found
