"""What reception forgets of a visitor: name, phone and topic; never that a place was taken or used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from lianxin.cases.models import Case
from lianxin.kernel import data_keys
from lianxin.kernel.clock import local_date
from lianxin.reception.enums import PENDING, CallState, TicketState
from lianxin.reception.models import Booking, CallOut, Ticket, Visit

_OPEN_CALLS = (CallState.CALLING, CallState.ACCEPTED, CallState.UNANSWERED)
_BATCH = 500
#: Half a year after the day nobody asks any more who came.
KEPT = timedelta(days=183)


def forget_visitor(case: Case) -> set[UUID]:
    """Empties number, booking and calls that led to a case; returns the keys, for the caller to destroy."""
    keys: set[UUID | None] = set()
    for visit in Visit.objects.filter(case=case).select_related("ticket__booking"):
        if visit.ticket:
            keys.add(_emptied(visit.ticket, "name", "phone", "topic"))
            keys |= _forget_bookings(visit.ticket.booking)
    for call in CallOut.objects.filter(case=case):
        keys.add(_emptied(call, "words", "where", "outcome"))
    return {key for key in keys if key is not None}


def _forget_bookings(booking: Booking | None) -> set[UUID | None]:
    """A booking and those that were moved to become it."""
    keys: set[UUID | None] = set()
    while booking:
        keys.add(_forget_booking(booking))
        booking = Booking.objects.filter(moved_to=booking).first()
    return keys


def _forget_booking(booking: Booking) -> UUID | None:
    booking.phone_index = None
    return _emptied(booking, "name", "phone", "topic", "code", also=("phone_index",))


def _emptied(row: Booking | Ticket | CallOut, *names: str, also: Iterable[str] = ()) -> UUID | None:
    for name in names:
        setattr(row, name, "")
    row.save(update_fields=(*names, *also))
    return row.data_key


def forget_old_bookings(at: datetime) -> int:
    """Bookings and numbers of days long past lose name, phone and topic; returns how many rows.

    A case that came of it keeps its own contact by its own rule. For the scheduler.
    """
    before = local_date(at) - KEPT
    bookings = Booking.objects.filter(day__date__lt=before).exclude(state__in=PENDING)
    tickets = Ticket.objects.filter(day__date__lt=before).exclude(state=TicketState.WAITING)
    return _forget(bookings.filter(_filled("name", "phone", "topic", "code"))) + _forget(
        tickets.filter(_filled("name", "phone", "topic"))
    )


def forget_old_calls(at: datetime) -> int:
    """Calls long over lose what was said and where; returns how many rows. For the scheduler."""
    before = at - KEPT
    calls = CallOut.objects.filter(called_at__lt=before).exclude(state__in=_OPEN_CALLS)
    return _forget(calls.filter(_filled("words", "where", "outcome")))


def _filled(*names: str) -> Q:
    some = Q()
    for name in names:
        some |= Q(**{f"{name}__empty": False})
    return some


def _forget(rows: QuerySet[Any]) -> int:
    done = 0
    while batch := _batch(rows):
        done += batch
    return done


@transaction.atomic
def _batch(rows: QuerySet[Any]) -> int:
    found = list(rows.select_for_update(of=("self",)).order_by("pk")[:_BATCH])
    keys: set[UUID | None] = set()
    for row in found:
        if isinstance(row, Booking):
            keys.add(_forget_booking(row))
        elif isinstance(row, Ticket):
            keys.add(_emptied(row, "name", "phone", "topic"))
        elif isinstance(row, CallOut):
            keys.add(_emptied(row, "words", "where", "outcome"))
    data_keys.destroy(keys, erased=False)
    return len(found)
