"""When deputies can be met: asked here, answered by the app above that plans reception.

Pages of venues, boards and a deputy's day show reception days without knowing how they come about.
`config/wiring.py` offers the answers once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet

from lianxin.kernel.together import Asked


@dataclass(frozen=True, slots=True)
class Sitter:
    """A deputy on a seat of a reception day, as anybody may see it."""

    deputy_id: UUID
    name: str
    code: str
    levels: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Sitting:
    """A reception day as anybody may see it. `free` are the visitors that can still book; None
    where nothing can be booked; `href` leads to its times. `is_announced`: the notice is out, so
    that time and names are firm.
    """

    day_id: UUID
    venue_id: UUID
    venue_name: str
    venue_code: str
    starts_at: datetime
    ends_at: datetime
    place: str
    topic: str
    note: str
    is_cancelled: bool
    sitters: tuple[Sitter, ...]
    free: int | None
    href: str
    is_announced: bool = False


class Upcoming(Protocol):
    """Days that end after `since` and begin before `until`, the nearest first, cancelled ones too:
    what has to be read for them."""

    def __call__(
        self,
        *,
        venue_ids: Collection[UUID] | QuerySet[Any] | None,
        deputy_id: UUID | None,
        since: datetime,
        until: datetime | None,
        most: int,
    ) -> Asked[list[Sitting]]: ...


#: grid → the deputy on duty on the day.
OnDuty = Callable[[Collection[UUID], date], Asked[Mapping[UUID, UUID]]]

#: deputy, year → how many reception days of the year the deputy was present at and signed the
#: record of.
DaysHeld = Callable[[UUID, int], Asked[int]]

_upcoming: list[Upcoming] = []
_on_duty: list[OnDuty] = []
_days_held: list[DaysHeld] = []


def offer(upcoming: Upcoming, on_duty: OnDuty) -> None:
    """Says who answers; called in config/wiring.py, a later call replaces an earlier one."""
    _upcoming[:], _on_duty[:] = [upcoming], [on_duty]


def offer_days_held(days_held: DaysHeld) -> None:
    """Says who counts the days that were held; called in config/wiring.py."""
    _days_held[:] = [days_held]


def days_held(deputy_id: UUID, year: int) -> int:
    """Reception days of the year that count for the deputy; 0 where nobody counts. One query."""
    return days_held_asked(deputy_id, year).answer()


def days_held_asked(deputy_id: UUID, year: int) -> Asked[int]:
    """The same, to be read together with other things."""
    return _days_held[0](deputy_id, year) if _days_held else Asked((), lambda: 0)


def sittings(
    *,
    venue_ids: Collection[UUID] | QuerySet[Any] | None = None,
    deputy_id: UUID | None = None,
    since: datetime,
    until: datetime | None = None,
    most: int = 5,
) -> list[Sitting]:
    """Reception days of venues or of a deputy. One query."""
    return sittings_asked(
        venue_ids=venue_ids, deputy_id=deputy_id, since=since, until=until, most=most
    ).answer()


def sittings_asked(
    *,
    venue_ids: Collection[UUID] | QuerySet[Any] | None = None,
    deputy_id: UUID | None = None,
    since: datetime,
    until: datetime | None = None,
    most: int = 5,
) -> Asked[list[Sitting]]:
    """The same, to be read together with other things."""
    if not _upcoming:
        return Asked((), list)
    return _upcoming[0](
        venue_ids=venue_ids, deputy_id=deputy_id, since=since, until=until, most=most
    )


def on_duty(grid_ids: Collection[UUID], on: date) -> Mapping[UUID, UUID]:
    """The deputy on duty for each grid on the day; grids without one are left out. One query."""
    return on_duty_asked(grid_ids, on).answer()


def on_duty_asked(grid_ids: Collection[UUID], on: date) -> Asked[Mapping[UUID, UUID]]:
    """The same, to be read together with other things."""
    return _on_duty[0](grid_ids, on) if _on_duty and grid_ids else Asked((), dict)
