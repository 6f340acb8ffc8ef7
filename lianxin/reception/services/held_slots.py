"""What every act on a booking shares: locked slots, seats given and freed, journal and news."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.kernel import bus
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Absent, Refused
from lianxin.reception.enums import BOOKING_MOVES
from lianxin.reception.events import BookingMoved
from lianxin.reception.models import Booking, Slot
from lianxin.reception.rules import permissions
from lianxin.record.services import write


class NoSuchTime(Absent):
    message = _("There is no such time for a reception.")
    code = "no_such_time"


class NoSuchBooking(Absent):
    message = _("There is no such booking, or it is not meant for you.")
    code = "no_such_booking"


class SlotFull(Refused):
    message = _("Somebody was faster: this time is full now. What you typed is still here.")
    code = "slot_full"
    hint = _("Choose another time, or let yourself be put on the waiting list.")


def lock_slots(slot_ids: Iterable[UUID]) -> dict[UUID, Slot]:
    """The slots with day and venue, locked in one order so that two moves never wait for each other.

    Raises NoSuchTime.
    """
    wanted = set(slot_ids)
    rows = Slot.objects.select_for_update(of=("self",)).select_related("day__venue")
    found = {slot.pk: slot for slot in rows.filter(pk__in=wanted).order_by("pk")}
    if len(found) != len(wanted):
        raise NoSuchTime
    return found


def lock_slot(slot_id: UUID) -> Slot:
    return lock_slots((slot_id,))[slot_id]


def lock_booking(booking_id: UUID, *, by: Actor | None) -> Booking:
    """The booking with its slot, day and venue; the slot is locked first, as everywhere.

    `by` None is the resident with the code, or a job. Raises NoSuchBooking, NotYourVenue.
    """
    slot_id = Booking.objects.filter(pk=booking_id).values_list("slot_id", flat=True).first()
    if slot_id is None:
        raise NoSuchBooking
    slot = lock_slot(slot_id)
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    booking.slot, booking.day = slot, slot.day
    permissions.check_may_run(by, slot.day.venue)
    return booking


def free_seat_of(slot: Slot) -> int:
    """The lowest seat nobody holds, of a locked slot. Raises SlotFull."""
    held = set(Booking.objects.filter(slot=slot, seat__isnull=False).values_list("seat", flat=True))
    if slot.taken >= slot.capacity or len(held) >= slot.capacity:
        raise SlotFull
    return next(seat for seat in range(1, slot.capacity + 1) if seat not in held)


def take_seat(slot: Slot, booking: Booking) -> None:
    """Gives the booking a seat, unsaved; the slot counts it. Raises SlotFull."""
    booking.seat = free_seat_of(slot)
    slot.taken += 1
    slot.save(update_fields=("taken",))


def give_back(slot: Slot, booking: Booking) -> None:
    """Takes the seat from the booking, unsaved; the slot counts it."""
    if booking.seat is not None:
        booking.seat = None
        slot.taken -= 1
        slot.save(update_fields=("taken",))


def change(
    booking: Booking,
    act: str,
    *,
    by: Actor | None,
    at: datetime,
    fields: Iterable[str] = (),
    **data: object,
) -> Booking:
    """Moves the locked booking on: state, who and when, journal, news. Raises IllegalMove."""
    booking.state = move(BOOKING_MOVES, booking.state, act)
    booking.changed_at, booking.changed_by_id = at, by.person_id if by else None
    booking.save(update_fields=("state", "changed_at", "changed_by", *fields))
    note(booking, act, by=by, at=at, **data)
    return booking


def note(booking: Booking, act: str, *, by: Actor | None, at: datetime, **data: object) -> None:
    """The journal entry of a booking and its announcement; neither says who came."""
    write(
        action=f"reception.booking.{act}",
        by=by,
        at=at,
        division_code=booking.division_code,
        subject=booking,
        data={
            "slot": str(booking.slot_id),
            "state": str(booking.state),
            "channel": str(booking.channel),
            **data,
        },
    )
    event = BookingMoved(booking_id=booking.pk, act=act, at=at)
    bus.announce(event, key=booking.slot_id, division_code=booking.division_code)
