"""What a reception day does to its bookings when it is moved, cancelled, or signed off."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.db import retry_on_conflict
from lianxin.places.queries import WorkCalendar, work_calendar
from lianxin.reception.enums import PENDING, BookingState, DayState
from lianxin.reception.models import Booking, ReceptionDay
from lianxin.reception.rules import bookings as rules
from lianxin.reception.services.booking_moves import leave
from lianxin.reception.services.held_slots import change, lock_slots, note

DAY_CANCELLED = _("The reception on this day was cancelled.")


def _pending(day_id: UUID) -> list[Booking]:
    """The pending bookings of a day, locked slot by slot, in the order of the waiting lists."""
    held = Booking.objects.filter(day_id=day_id, state__in=PENDING)
    slots = lock_slots(held.values_list("slot_id", flat=True))
    rows = list(held.select_for_update().order_by("booked_at", "id"))
    for booking in rows:
        booking.slot = slots[booking.slot_id]
        booking.day = booking.slot.day
    return rows


@retry_on_conflict
@transaction.atomic
def drop_day(*, day_id: UUID, at: datetime) -> int:
    """The day was cancelled: so are its bookings, and everybody is told. Returns how many."""
    day = ReceptionDay.objects.filter(pk=day_id, state=DayState.CANCELLED).first()
    if day is None:
        return 0
    rows = _pending(day_id)
    for booking in rows:
        with translation.override(settings.LANGUAGE_CODE):
            booking.reason = day.note or str(DAY_CANCELLED)
        leave(booking, "cancel", by=None, at=at)
    return len(rows)


@retry_on_conflict
@transaction.atomic
def shift_day(*, day_id: UUID, at: datetime) -> int:
    """The day was moved: its bookings are kept, and everybody with a seat is asked to say yes again.

    Effects per booking: BOOKED with the time by which to confirm, counted from now; journal;
    BookingMoved("ask_again"), for those who wait ("shift"). Returns how many.
    """
    rows = _pending(day_id)
    calendar: WorkCalendar | None = None
    for booking in rows:
        if booking.state == BookingState.WAITING:
            note(booking, "shift", by=None, at=at)
            continue
        calendar = calendar or work_calendar(booking.division_code)
        starts_at = booking.slot.starts_at
        booking.confirm_by = (
            rules.seated_confirm_by(starts_at, at=at)
            if (until := rules.confirm_by(starts_at, booked_at=at, calendar=calendar)) is None
            else until
        )
        booking.remind_at = rules.next_reminder(
            state=BookingState.BOOKED,
            owes=booking.confirm_by is not None,
            starts_at=starts_at,
            after=at,
            calendar=calendar,
        )
        change(booking, "ask_again", by=None, at=at, fields=("confirm_by", "remind_at"))
    return len(rows)


@retry_on_conflict
@transaction.atomic
def close_day(*, day_id: UUID, at: datetime) -> int:
    """The day is signed off: who was booked and never came is marked. Returns how many."""
    rows = [one for one in _pending(day_id) if one.state != BookingState.WAITING]
    for booking in rows:
        booking.confirm_by = booking.remind_at = None
        change(booking, "miss", by=None, at=at, fields=("confirm_by", "remind_at"))
    return len(rows)
