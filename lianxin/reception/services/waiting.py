"""The waiting list of a time: it refills free seats by itself, in the order in which people came."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from lianxin.kernel.db import retry_on_conflict
from lianxin.places.queries import WorkCalendar, work_calendar
from lianxin.reception.enums import BookingState
from lianxin.reception.models import Booking, Slot
from lianxin.reception.rules import bookings as rules
from lianxin.reception.services.held_slots import change, lock_slot, take_seat


def waiting_for(slot_id: UUID) -> QuerySet[Booking]:
    """Who waits for a seat, the first first."""
    rows = Booking.objects.filter(slot_id=slot_id, state=BookingState.WAITING)
    return rows.order_by("booked_at", "id")


def refill(slot: Slot, *, at: datetime) -> list[Booking]:
    """Seats the first of the waiting list while the locked slot has room; returns whom.

    Each gets a time by which to confirm, and is told (BookingMoved "seat"). Nothing happens once
    the time has begun or where the day does not take place.
    """
    if not slot.free or not rules.is_ahead(slot.day, slot, at):
        return []
    seated = []
    calendar: WorkCalendar | None = None
    for booking in waiting_for(slot.pk).select_for_update()[: slot.free]:
        calendar = calendar or work_calendar(slot.division_code)
        take_seat(slot, booking)
        booking.confirm_by = rules.seated_confirm_by(slot.starts_at, at=at)
        booking.remind_at = rules.next_reminder(
            state=BookingState.BOOKED,
            owes=False,
            starts_at=slot.starts_at,
            after=at,
            calendar=calendar,
        )
        change(booking, "seat", by=None, at=at, fields=("seat", "confirm_by", "remind_at"))
        seated.append(booking)
    return seated


@retry_on_conflict
@transaction.atomic
def expire_waiting(*, slot_id: UUID, at: datetime) -> int:
    """The time has begun and no seat became free: those who waited are told. Returns how many."""
    slot = lock_slot(slot_id)
    if slot.starts_at > at:
        return 0
    rows = list(waiting_for(slot_id).select_for_update())
    for booking in rows:
        change(booking, "expire", by=None, at=at)
    return len(rows)
