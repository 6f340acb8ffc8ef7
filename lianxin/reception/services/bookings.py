"""Booking a time: one key, one seat, one transaction. The database has the last word."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.kernel import codes, idempotency, phones
from lianxin.kernel.db import retry_on_conflict
from lianxin.kernel.fields import blind_index
from lianxin.kernel.refused import Refused
from lianxin.people.enums import Purpose
from lianxin.people.services.phone_proofs import BadPhone, check_proven
from lianxin.places.queries import work_calendar
from lianxin.reception.enums import PENDING, BookingChannel, BookingState
from lianxin.reception.models import Booking, Slot
from lianxin.reception.rules import bookings as rules
from lianxin.reception.rules import permissions
from lianxin.reception.services.held_slots import SlotFull, lock_slot, note, take_seat
from lianxin.reception.services.waiting import refill, waiting_for

#: The version of the consent text shown beside name and phone; change it with the text.
CONSENT_VERSION = "2026-11"


class ConsentMissing(Refused):
    message = _("To keep your name and phone for this booking we need your consent.")
    code = "consent_missing"
    status = 422


class AlreadyBooked(Refused):
    message = _(
        "This phone number already has a booking on this day. Please move or cancel that one."
    )
    code = "already_booked"


class WaitingListFull(Refused):
    message = _("The waiting list of this time is full, too. Please choose another time.")
    code = "waiting_full"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a visitor says. `topic`, name and phone are sealed; `needs` is help, never a diagnosis."""

    name: str
    phone: str
    topic: str = ""
    persons: int = 1
    needs: str = ""
    consents: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the visitor keeps. `place` is the place on the waiting list, 0 with a seat."""

    booking_id: UUID
    code: str
    place: int = 0


@retry_on_conflict
def book(
    *,
    slot_id: UUID,
    draft: Draft,
    key: str,
    channel: str,
    by: Actor | None,
    at: datetime,
    token: str = "",
    wait: bool = False,
) -> Receipt:
    """Book a seat, or with `wait` a place on the waiting list where none is free, once per key.

    `by` is the clerk at the phone or desk, None for a resident, whose `token` proves the phone
    (`phone_proofs.prove`). A second send is answered from the key, whatever happened since. Effects, in one transaction: key; the slot is locked; booking with the
    next free seat; the slot counts it; journal; BookingMoved("book" or "wait"). Raises SlotFull,
    AlreadyBooked, WaitingListFull, TimeOver, DayOff, ByPhoneOnly, NotProven, BadPhone,
    ConsentMissing, NotYourVenue, and what idempotency raises.
    """
    plain = {name: str(getattr(draft, name)) for name in Draft.__dataclass_fields__}
    stored = idempotency.once(
        key=key,
        actor=str(by.person_id) if by else key,
        route="reception:book",
        body_hash=idempotency.hash_body({**plain, "slot": str(slot_id), "wait": str(wait)}),
        act=lambda: _as_text(
            _proven(slot_id, draft, channel=channel, by=by, at=at, may_wait=wait, token=token)
        ),
    )
    booking_id, code, place = json.loads(stored)
    return Receipt(booking_id=UUID(booking_id), code=code, place=place)


def _as_text(receipt: Receipt) -> str:
    return json.dumps([str(receipt.booking_id), receipt.code, receipt.place])


def _proven(slot_id: UUID, draft: Draft, *, token: str, **more: Any) -> Receipt:
    if more["by"] is None:
        check_proven(phone=draft.phone, token=token, purpose=Purpose.BOOKING, at=more["at"])
    return _book(slot_id, draft, **more)


def _book(
    slot_id: UUID, draft: Draft, *, channel: str, by: Actor | None, at: datetime, may_wait: bool
) -> Receipt:
    slot = lock_slot(slot_id)
    permissions.check_may_run(by, slot.day.venue)
    rules.check_bookable(slot.day, slot, at)
    booking = _fresh(slot, draft, channel=channel, by=by, at=at)
    _check_phone(booking, by=by, at=at)
    place = place_or_seat(booking, slot, at=at, may_wait=may_wait)
    note(booking, "wait" if place else "book", by=by, at=at)
    return Receipt(booking_id=booking.pk, code=booking.code, place=place)


def _fresh(slot: Slot, draft: Draft, *, channel: str, by: Actor | None, at: datetime) -> Booking:
    """The booking, unsaved and without a seat. Raises BadPhone, ConsentMissing."""
    number = phones.to_e164(draft.phone) if draft.phone.strip() else None
    if number is None and (draft.phone.strip() or channel != BookingChannel.DESK):
        raise BadPhone
    if not draft.consents:
        raise ConsentMissing
    booking = Booking(
        day=slot.day,
        slot=slot,
        division_code=slot.division_code,
        channel=channel,
        persons=min(max(draft.persons, 1), rules.MOST_PERSONS),
        needs=draft.needs.strip()[:60],
        phone_index=blind_index("phone", number) if number else None,
        consented_at=at,
        consent_version=CONSENT_VERSION,
        booked_at=at,
        booked_by_id=by.person_id if by else None,
        changed_at=at,
        changed_by_id=by.person_id if by else None,
    )
    booking.code = codes.new_code()
    booking.code_digest = codes.digest(booking.code)
    booking.name, booking.phone = draft.name.strip()[:60], number or ""
    booking.topic = draft.topic.strip()[:200]
    return booking


def _check_phone(booking: Booking, *, by: Actor | None, at: datetime) -> None:
    """Raises AlreadyBooked, and ByPhoneOnly for somebody who often stayed away; a clerk may book."""
    if booking.phone_index is None:
        return
    same = Booking.objects.filter(phone_index=booking.phone_index)
    if same.filter(day=booking.day, state__in=PENDING).exists():
        raise AlreadyBooked
    since = at - timedelta(days=rules.NO_SHOW_DAYS)
    missed = same.filter(state=BookingState.NO_SHOW, changed_at__gt=since)
    if by is None and missed.count() >= rules.NO_SHOWS:
        raise rules.ByPhoneOnly


def place_or_seat(booking: Booking, slot: Slot, *, at: datetime, may_wait: bool) -> int:
    """Saves a new booking with a seat of the locked slot (returns 0), or on its waiting list
    (returns the place). Raises SlotFull, WaitingListFull, AlreadyBooked.

    Whoever waits already goes first, also where somebody raised the capacity.
    """
    refill(slot, at=at)
    if slot.free > 0:
        calendar = work_calendar(slot.division_code)
        booking.state = BookingState.BOOKED
        booking.confirm_by = (
            rules.confirm_by(slot.starts_at, booked_at=at, calendar=calendar)
            if booking.phone_index
            else None
        )
        booking.remind_at = (
            rules.next_reminder(
                state=booking.state,
                owes=booking.confirm_by is not None,
                starts_at=slot.starts_at,
                after=at,
                calendar=calendar,
            )
            if booking.phone_index
            else None
        )
        take_seat(slot, booking)
        _insert(booking)
        return 0
    if not may_wait:
        raise SlotFull
    place = waiting_for(slot.pk).count() + 1
    if place > rules.MOST_WAITING:
        raise WaitingListFull
    booking.state, booking.seat = BookingState.WAITING, None
    booking.confirm_by = booking.remind_at = None
    _insert(booking)
    return place


def _insert(booking: Booking) -> None:
    """The constraints are the last word: one booking a seat, one a phone and day."""
    try:
        with transaction.atomic():
            booking.save(force_insert=True)
    except IntegrityError as error:
        raise _named(error) from None


def _named(error: IntegrityError) -> Refused:
    words: Any = str(error)
    return AlreadyBooked() if "phone" in words else SlotFull()
