"""What becomes of a booking: confirmed, moved, cancelled, lost; on the day come, received, missed.

`by` is the clerk, None for the resident with the code, a job, or a day that changed. Every act locks
the slot first and then the booking; whatever frees a seat refills it from the waiting list at once.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.kernel import codes
from lianxin.kernel.db import retry_on_conflict
from lianxin.kernel.moves import move
from lianxin.kernel.refused import IllegalMove, Refused
from lianxin.places.queries import work_calendar
from lianxin.reception.enums import BOOKING_MOVES, PENDING, BookingState
from lianxin.reception.models import Booking
from lianxin.reception.rules import bookings as rules
from lianxin.reception.rules import permissions
from lianxin.reception.services.bookings import place_or_seat
from lianxin.reception.services.held_slots import (
    NoSuchBooking,
    change,
    give_back,
    lock_booking,
    lock_slots,
    note,
)
from lianxin.reception.services.waiting import refill


class ReasonMissing(Refused):
    message = _("Please say why; the resident reads it.")
    code = "reason_missing"
    status = 422


class SameTime(Refused):
    message = _("This is the time the booking has already.")
    code = "same_time"
    status = 422


@retry_on_conflict
@transaction.atomic
def confirm(*, booking_id: UUID, by: Actor | None, at: datetime) -> Booking:
    """The resident will come: the seat is no longer lost. Confirming again changes nothing.

    Raises IllegalMove, TimeOver.
    """
    booking = lock_booking(booking_id, by=by)
    if booking.state == BookingState.CONFIRMED:
        return booking
    rules.check_ahead(booking.day, booking.slot, at)
    booking.confirm_by = None
    booking.remind_at = rules.next_reminder(
        state=BookingState.CONFIRMED,
        owes=False,
        starts_at=booking.slot.starts_at,
        after=at,
        calendar=work_calendar(booking.division_code),
    )
    return change(booking, "confirm", by=by, at=at, fields=("confirm_by", "remind_at"))


@retry_on_conflict
@transaction.atomic
def cancel(*, booking_id: UUID, reason: str = "", by: Actor | None, at: datetime) -> Booking:
    """The booking is given up; its seat goes to the first on the waiting list.

    Effects: state, seat, reason (a clerk must give one, the resident reads it); journal;
    BookingMoved("cancel"); refill. Raises IllegalMove, ReasonMissing.
    """
    booking = lock_booking(booking_id, by=by)
    if by is not None and len(reason.strip()) < 2:
        raise ReasonMissing
    booking.reason = reason.strip()[:200]
    return leave(booking, "cancel", by=by, at=at)


@retry_on_conflict
@transaction.atomic
def lose(*, booking_id: UUID, at: datetime) -> Booking | None:
    """Not confirmed in time: the seat goes to the first on the waiting list. None where it was
    confirmed, moved or cancelled meanwhile, or where the time has begun.
    """
    booking = lock_booking(booking_id, by=None)
    due = booking.confirm_by
    if booking.state != BookingState.BOOKED or due is None or due > at:
        return None
    if not rules.is_ahead(booking.day, booking.slot, at):
        return None
    return leave(booking, "lose", by=None, at=at)


def leave(booking: Booking, act: str, *, by: Actor | None, at: datetime) -> Booking:
    """Gives the seat back, notes the act, and lets the next one sit down."""
    move(BOOKING_MOVES, booking.state, act)
    give_back(booking.slot, booking)
    booking.confirm_by = booking.remind_at = None
    change(booking, act, by=by, at=at, fields=("seat", "confirm_by", "remind_at", "reason"))
    refill(booking.slot, at=at)
    return booking


@retry_on_conflict
@transaction.atomic
def move_booking(
    *, booking_id: UUID, slot_id: UUID, wait: bool = False, by: Actor | None, at: datetime
) -> Booking:
    """Move to another time: a new booking that keeps the code; the old seat is free at once.

    With `wait` the waiting list of the new time will do. All or nothing: where the new time is full
    the old seat is kept. Effects: both slots are locked; the old booking is MOVED and hands over
    its code; the new one gets a seat; journal; BookingMoved("move") and ("book" or "wait"); the old
    slot refills. Raises SlotFull, SameTime, AlreadyBooked, TimeOver, DayOff, IllegalMove.
    """
    held = Booking.objects.filter(pk=booking_id).values_list("slot_id", flat=True).first()
    if held is None:
        raise NoSuchBooking
    if held == slot_id:
        raise SameTime
    slots = lock_slots((held, slot_id))
    old = Booking.objects.select_for_update().get(pk=booking_id)
    old.slot = slots[held]
    for slot in slots.values():
        permissions.check_may_run(by, slot.day.venue)
    if old.state not in PENDING:
        raise IllegalMove(old.state, "move")
    rules.check_bookable(slots[slot_id].day, slots[slot_id], at)
    fresh = _copy(old, at=at, by=by)
    fresh.slot, fresh.day = slots[slot_id], slots[slot_id].day
    fresh.division_code = fresh.slot.division_code
    give_back(old.slot, old)
    # The digest must be free before the new booking takes it.
    old.code, old.code_digest = "", codes.digest(codes.new_code())
    old.confirm_by = old.remind_at = None
    change(
        old,
        "move",
        by=by,
        at=at,
        fields=("seat", "code", "code_digest", "confirm_by", "remind_at"),
        to=str(slot_id),
    )
    place = place_or_seat(fresh, fresh.slot, at=at, may_wait=wait)
    old.moved_to = fresh
    old.save(update_fields=("moved_to",))
    note(fresh, "wait" if place else "book", by=by, at=at, moved_from=str(old.pk))
    refill(old.slot, at=at)
    return fresh


def _copy(old: Booking, *, at: datetime, by: Actor | None) -> Booking:
    """The same visitor with the same code, unsaved, on no slot yet."""
    fresh = Booking(
        channel=old.channel,
        persons=old.persons,
        needs=old.needs,
        phone_index=old.phone_index,
        code_digest=bytes(old.code_digest),
        consented_at=old.consented_at,
        consent_version=old.consent_version,
        booked_at=at,
        booked_by_id=by.person_id if by else None,
        changed_at=at,
        changed_by_id=by.person_id if by else None,
    )
    fresh.code, fresh.topic, fresh.name, fresh.phone = old.code, old.topic, old.name, old.phone
    return fresh


@retry_on_conflict
@transaction.atomic
def arrive(*, booking_id: UUID, by: Actor | None, at: datetime) -> Booking:
    """The resident has come; also after having been marked as missing. Raises IllegalMove."""
    return _on_the_day(booking_id, "arrive", by=by, at=at)


@retry_on_conflict
@transaction.atomic
def receive(*, booking_id: UUID, by: Actor | None, at: datetime) -> Booking:
    """The resident was received. Raises IllegalMove unless having come."""
    return _on_the_day(booking_id, "receive", by=by, at=at)


@retry_on_conflict
@transaction.atomic
def miss(*, booking_id: UUID, by: Actor | None, at: datetime) -> Booking:
    """The resident did not come; the seat stays theirs, for it cannot be used any more.

    Raises IllegalMove; TooEarly before the time has begun.
    """
    booking = lock_booking(booking_id, by=by)
    if booking.slot.starts_at > at:
        raise TooEarly
    return _mark(booking, "miss", by=by, at=at)


class TooEarly(Refused):
    message = _("The time of this booking has not begun yet.")
    code = "too_early"


def _on_the_day(booking_id: UUID, act: str, *, by: Actor | None, at: datetime) -> Booking:
    return _mark(lock_booking(booking_id, by=by), act, by=by, at=at)


def _mark(booking: Booking, act: str, *, by: Actor | None, at: datetime) -> Booking:
    booking.confirm_by = booking.remind_at = None
    return change(booking, act, by=by, at=at, fields=("confirm_by", "remind_at"))
