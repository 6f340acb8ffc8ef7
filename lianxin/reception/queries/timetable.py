"""When deputies can be met: what venues' pages, boards and a deputy's day ask (venues.queries.timetable)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse

from lianxin.congress.enums import Level, MandateState
from lianxin.congress.models import Deputy, Mandate
from lianxin.congress.queries import in_force
from lianxin.kernel.clock import local_date
from lianxin.kernel.together import Asked
from lianxin.reception.enums import COMING, DayState, ShiftState
from lianxin.reception.models import ReceptionDay, Shift, Slot
from lianxin.reception.queries.duty import duty_asked
from lianxin.venues.queries.timetable import Sitter, Sitting

#: Seats whose deputies will be there.
SITTING = (ShiftState.EXPECTED, ShiftState.PRESENT)
#: Days on which a place can still be booked.
BOOKABLE = frozenset({DayState.PLANNED, DayState.ANNOUNCED})


def upcoming(
    *,
    venue_ids: Collection[UUID] | QuerySet[Any] | None,
    deputy_id: UUID | None,
    since: datetime,
    until: datetime | None,
    most: int,
) -> Asked[list[Sitting]]:
    """Reception days for anybody's eyes, with deputies whose mandate is in force. Days that were
    cancelled before anybody heard of them are left out.
    """
    days = public_days(since=since, until=until)
    if venue_ids is not None:
        days = days.filter(venue__in=venue_ids)
    if deputy_id is not None:
        # As a list of days: asked day by day, SQLite begins with all the days that are to come.
        mine = Shift.objects.filter(deputy_id=deputy_id, state__in=SITTING)
        days = days.filter(pk__in=mine.values("day"))
    return sittings_asked(days[:most], on=local_date(since))


def sittings_asked(
    days: QuerySet[ReceptionDay], *, on: date, levels: bool = True
) -> Asked[list[Sitting]]:
    """A queryset of `public_days` as anybody may see it, its deputies without their levels where
    nobody shows them."""
    sitters = sitters_asked(days.values("pk"), on=on, levels=levels)

    def told(found: list[ReceptionDay], *parts: list[Any]) -> list[Sitting]:
        seated = sitters.told(*parts)
        return [sitting(day, seated.get(day.pk, ())) for day in found]

    return Asked((days, *sitters.lists), told)


def public_days(*, since: datetime, until: datetime | None = None) -> QuerySet[ReceptionDay]:
    """Days that end after `since` and begin before `until`, the nearest first, with `free`: visitors
    that can still book a time that begins after `since`.
    """
    shown = Q(state__in=COMING) | Q(state=DayState.CANCELLED, announced_at__isnull=False)
    days = ReceptionDay.objects.filter(
        shown, date__gte=local_date(since), ends_at__gt=since, venue__is_active=True
    )
    if until is not None:
        days = days.filter(starts_at__lt=until)
    slots = (
        Slot.objects.filter(day=OuterRef("pk"), starts_at__gt=since)
        .order_by()
        .values("day")
        .annotate(left=Sum(F("capacity") - F("taken")))
        .values("left")
    )
    return days.select_related("venue").annotate(free=Subquery(slots)).order_by("starts_at", "id")


def sitting(day: Any, sitters: Iterable[Sitter]) -> Sitting:
    """A day read by `public_days`, as anybody may see it."""
    return Sitting(
        day_id=day.pk,
        venue_id=day.venue_id,
        venue_name=day.venue.name,
        venue_code=day.venue.code,
        starts_at=day.starts_at,
        ends_at=day.ends_at,
        place=day.place,
        topic=day.topic,
        note=day.note,
        is_cancelled=day.state == DayState.CANCELLED,
        sitters=tuple(sitters),
        free=day.free if day.state in BOOKABLE else None,
        href=reverse("reception:day", args=[day.pk]),
        is_announced=day.announced_at is not None,
    )


def sitters_of(
    day_ids: Collection[UUID], *, on: date, levels: bool = True
) -> dict[UUID, list[Sitter]]:
    """Who sits on each day, by seat; only deputies whose mandate is in force. One query."""
    return sitters_asked(tuple(day_ids), on=on, levels=levels).answer()


def sitters_asked(
    day_ids: Collection[UUID] | QuerySet[Any], *, on: date, levels: bool = True
) -> Asked[dict[UUID, list[Sitter]]]:
    """The same, to be read together with other things."""
    mandates = Mandate.objects.filter(in_force(on), state=MandateState.ACTIVE)
    shifts = Shift.objects.filter(day__in=day_ids, state__in=SITTING).filter(
        Exists(mandates.filter(deputy=OuterRef("deputy")))
    )
    of_these = (
        mandates.filter(deputy__in=shifts.values("deputy")) if levels else Mandate.objects.none()
    )

    def told(seated: list[Shift], seats: list[tuple[UUID, str]]) -> dict[UUID, list[Sitter]]:
        held: dict[UUID, set[str]] = {}
        for deputy_id, level in seats:
            held.setdefault(deputy_id, set()).add(level)
        found: dict[UUID, list[Sitter]] = {}
        for shift in seated:
            one = _sitter(shift.deputy, held.get(shift.deputy_id, set()))
            found.setdefault(shift.day_id, []).append(one)
        return found

    named = shifts.select_related("deputy__person").order_by("day", "seat")
    return Asked((named, of_these.order_by().values_list("deputy_id", "level")), told)


def _sitter(deputy: Deputy, held: set[str]) -> Sitter:
    levels = tuple(level.label for level in Level if level.value in held)
    return Sitter(deputy.pk, deputy.person.name, deputy.code, levels)


def on_duty(grid_ids: Collection[UUID], on: date) -> Asked[Mapping[UUID, UUID]]:
    """grid → deputy on duty on the day, by the table of duty."""
    return duty_asked(grid_ids, on)
