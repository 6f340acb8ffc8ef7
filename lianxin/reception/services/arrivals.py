"""What the room does to bookings: come, received, not come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from lianxin.congress.models import Actor
from lianxin.kernel import bus
from lianxin.kernel.moves import move
from lianxin.reception.enums import BOOKING_MOVES
from lianxin.reception.events import BookingMoved
from lianxin.reception.models import Booking
from lianxin.record.services import write


@transaction.atomic
def _moved(booking_id: UUID, act: str, *, by: Actor | None, at: datetime) -> Booking:
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    booking.state = move(BOOKING_MOVES, booking.state, act)
    booking.changed_at, booking.changed_by_id = at, by.person_id if by else None
    booking.save(update_fields=("state", "changed_at", "changed_by"))
    write(
        action=f"reception.booking.{act}",
        by=by,
        at=at,
        division_code=booking.division_code,
        subject=booking,
        data={"slot": str(booking.slot_id)},
    )
    event = BookingMoved(booking_id=booking.pk, act=act, at=at)
    bus.announce(event, key=booking.slot_id, division_code=booking.division_code)
    return booking


def arrive(*, booking_id: UUID, by: Actor | None, at: datetime) -> Booking:
    return _moved(booking_id, "arrive", by=by, at=at)


def receive(*, booking_id: UUID, by: Actor | None, at: datetime) -> Booking:
    return _moved(booking_id, "receive", by=by, at=at)


def miss(*, booking_id: UUID, by: Actor | None, at: datetime) -> Booking:
    return _moved(booking_id, "miss", by=by, at=at)
