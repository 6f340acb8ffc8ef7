"""What time alone brings about for bookings. Each step is one transaction and happens once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.db import retry_on_conflict
from lianxin.places.queries import work_calendar
from lianxin.reception.enums import BookingState
from lianxin.reception.models import Booking
from lianxin.reception.rules import bookings as rules
from lianxin.reception.services.booking_moves import lose
from lianxin.reception.services.booking_words import write_to
from lianxin.reception.services.held_slots import lock_booking
from lianxin.reception.services.waiting import expire_waiting

ASK = _(
    "Please confirm your reception on %(when)s at %(venue)s by %(until)s, "
    "or the place goes to somebody else: {secret}"
)
REMIND = _("Tomorrow: your reception on %(when)s at %(venue)s. To move or cancel: {secret}")


def remind_due(*, at: datetime, limit: int = 500) -> int:
    """Everybody whose reminder is due gets it; returns how many. For the scheduler."""
    due = Booking.objects.filter(remind_at__lte=at).order_by("remind_at", "id")
    return sum(
        remind(booking_id=key, at=at) for key in list(due.values_list("pk", flat=True)[:limit])
    )


@retry_on_conflict
@transaction.atomic
def remind(*, booking_id: UUID, at: datetime) -> bool:
    """One reminder of one booking; whether a message was written.

    Effects: message through the outbox, once for its `remind_at`; the next reminder is set. What
    comes due at night, because nothing ran meanwhile, waits for the morning; once the time has begun
    it is left out.
    """
    booking = lock_booking(booking_id, by=None)
    due = booking.remind_at
    if due is None or due > at:
        return False
    is_wanted = rules.is_ahead(booking.day, booking.slot, at)
    if is_wanted and rules.is_night(at, work_calendar(booking.division_code)):
        return False
    if is_wanted:
        owes = booking.state == BookingState.BOOKED and booking.confirm_by is not None
        write_to(booking, ASK if owes else REMIND, key=f"remind:{due.isoformat()}", at=at)
        booking.reminded_at = at
    booking.remind_at = None
    booking.save(update_fields=("remind_at", "reminded_at"))
    return is_wanted


def lose_due(*, at: datetime, limit: int = 500) -> int:
    """Seats that were not confirmed in time go to the next; returns how many. For the scheduler.

    A time that has begun is left alone: who comes all the same is received.
    """
    due = Booking.objects.filter(
        state=BookingState.BOOKED, confirm_by__lte=at, slot__starts_at__gt=at
    )
    keys = list(due.order_by("confirm_by", "id").values_list("pk", flat=True)[:limit])
    return sum(lose(booking_id=key, at=at) is not None for key in keys)


def expire_due(*, at: datetime, limit: int = 500) -> int:
    """Waiting lists of times that have begun end; returns how many people waited in vain."""
    over = Booking.objects.filter(state=BookingState.WAITING, slot__starts_at__lte=at)
    slots = list(over.order_by().values_list("slot_id", flat=True).distinct()[:limit])
    return sum(expire_waiting(slot_id=slot_id, at=at) for slot_id in slots)
