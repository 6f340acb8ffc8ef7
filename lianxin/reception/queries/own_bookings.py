"""A resident's bookings by the phone they were made with."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.cases.models import Case
from lianxin.people.queries.residents import MOST, Owned
from lianxin.reception.enums import BookingState
from lianxin.reception.models import Booking, CallOut, Visit
from lianxin.web.dates import cn_datetime
from lianxin.web.parts import Tone

AHEAD = (BookingState.WAITING, BookingState.BOOKED, BookingState.CONFIRMED)
TONES: dict[str, Tone] = {
    BookingState.WAITING: "info",
    BookingState.BOOKED: "info",
    BookingState.CONFIRMED: "good",
    BookingState.LOST: "warn",
    BookingState.NO_SHOW: "warn",
}


def bookings_of_phone(phone_index: bytes, *, at: datetime) -> list[Owned]:
    """Every booking of this phone, the newest first; those that were moved only in their new place."""
    rows = Booking.objects.filter(phone_index=phone_index).exclude(state=BookingState.MOVED)
    newest = rows.select_related("day__venue", "slot").order_by("-booked_at", "-id")[:MOST]
    return [_owned(booking, at) for booking in newest]


def _owned(booking: Booking, at: datetime) -> Owned:
    return Owned(
        kind=_("Reception booked"),
        title=cn_datetime(booking.slot.starts_at),
        note=booking.day.venue.name,
        state=booking.get_state_display(),
        tone=TONES.get(booking.state, "neutral"),
        at=booking.booked_at,
        href=reverse("reception:booking", args=[booking.code]),
        is_open=booking.state in AHEAD and booking.slot.ends_at > at,
    )


def kept_of_visitor(case: Case) -> list[Model]:
    """Rows of the visit that a case came of: for its resident to take along."""
    rows: list[Model] = []
    for visit in Visit.objects.filter(case=case).select_related("ticket__booking"):
        rows.append(visit)
        rows += [visit.ticket] if visit.ticket else []
        if visit.ticket and visit.ticket.booking:
            rows += [visit.ticket.booking, *visit.ticket.booking.reveals.all()]
    return [*rows, *CallOut.objects.filter(case=case)]
