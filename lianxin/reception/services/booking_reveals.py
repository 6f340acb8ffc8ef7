"""Need-to-know reveal of a booking's name and phone: for a reason, journalled, seen by the resident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.reception.models import BookingReveal
from lianxin.reception.services.booking_moves import ReasonMissing
from lianxin.reception.services.held_slots import lock_booking
from lianxin.record.services import write


@dataclass(frozen=True, slots=True)
class Contact:
    """What a visitor left, in the clear, for one look."""

    name: str
    phone: str
    topic: str


@transaction.atomic
def reveal_booking(*, booking_id: UUID, reason: str, by: Actor, at: datetime) -> Contact:
    """Show name, phone and topic of a booking. Reveal row and journal first, then the contact.

    Raises NoSuchBooking, NotYourVenue, ReasonMissing.
    """
    booking = lock_booking(booking_id, by=by)
    if len(reason.strip()) < 2:
        raise ReasonMissing(
            _("Please say what you need the contact for; the resident will see it.")
        )
    row = BookingReveal.objects.create(
        booking=booking,
        division_code=booking.division_code,
        person_id=by.person_id,
        organ_id=by.organ_id,
        reason=reason.strip()[:200],
        revealed_at=at,
    )
    write(
        action="reception.booking.revealed",
        by=by,
        at=at,
        division_code=booking.division_code,
        subject=booking,
        data={"reveal": str(row.pk)},
    )
    return Contact(name=booking.name, phone=booking.phone, topic=booking.topic)
