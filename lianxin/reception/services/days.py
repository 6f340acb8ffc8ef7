"""Reception days: added by hand or from patterns, moved, cancelled, announced."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from lianxin.congress.models import Actor
from lianxin.kernel import bus
from lianxin.kernel.clock import LOCAL
from lianxin.reception.events import DayChanged
from lianxin.reception.models import ReceptionDay, Slot
from lianxin.reception.rules import permissions
from lianxin.record.services import write
from lianxin.venues.models import Venue


@transaction.atomic
def add_day(
    *,
    venue_id: UUID,
    on: date,
    starts: time,
    ends: time,
    place: str = "",
    topic: str = "",
    language: str = "",
    slot_minutes: int = 20,
    slot_capacity: int = 1,
    by: Actor | None,
    at: datetime,
) -> ReceptionDay:
    """A reception day outside every pattern, with its times to book; hours are Shanghai's.

    Locks the venue → rule → day → slots → journal → DayChanged("plan"). Raises NotYourVenue.
    """
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    permissions.check_may_plan(by, venue)
    day = ReceptionDay(
        venue=venue,
        division_code=venue.division_code,
        origin_date=on,
        date=on,
        starts_at=datetime.combine(on, starts, LOCAL),
        ends_at=datetime.combine(on, ends, LOCAL),
        place=place,
        topic=topic,
        language=language,
        changed_at=at,
        changed_by_id=by.person_id if by else None,
    )
    day.save(force_insert=True)
    Slot.objects.bulk_create(slots_of(day, minutes=slot_minutes, capacity=slot_capacity))
    note(day, "plan", by=by, at=at)
    return day


def slots_of(day: ReceptionDay, *, minutes: int, capacity: int) -> list[Slot]:
    """The times of a day that can be booked, unsaved: whole ones between its beginning and end."""
    length = timedelta(minutes=minutes)
    slots, start = [], day.starts_at
    while start + length <= day.ends_at:
        slots.append(
            Slot(
                day=day,
                division_code=day.division_code,
                starts_at=start,
                ends_at=start + length,
                capacity=capacity,
            )
        )
        start += length
    return slots


def note(day: ReceptionDay, act: str, *, by: Actor | None, at: datetime, **data: object) -> None:
    """The journal entry of a day and its announcement."""
    write(
        action=f"reception.day.{act}",
        by=by,
        at=at,
        division_code=day.division_code,
        subject=day,
        data={"venue": str(day.venue_id), "date": str(day.date), **data},
    )
    event = DayChanged(day_id=day.pk, venue_id=day.venue_id, act=act, at=at)
    bus.announce(event, key=day.venue_id, division_code=day.division_code)
