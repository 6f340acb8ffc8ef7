"""Visitors with proven phones, and bookings in every state, by the real services."""

from __future__ import annotations

import itertools
import re
from datetime import datetime
from typing import Any

from lianxin.kernel.ids import uuid7
from lianxin.notices.models import Delivery
from lianxin.people.enums import Purpose
from lianxin.people.services import phone_proofs
from lianxin.reception.enums import BookingChannel
from lianxin.reception.models import Booking, ReceptionDay, Slot
from lianxin.reception.services import bookings
from tests import factories as f

NAME = "欧阳小凤"
PHONE = "13800138000"
_numbers = itertools.count(10_000)


def new_phone() -> str:
    return f"138001{next(_numbers)}"


def slot(day: ReceptionDay, number: int = 0) -> Slot:
    return list(Slot.objects.filter(day=day).order_by("starts_at"))[number]


def code_sent(proofs: int = -1) -> str:
    """The digits of a message that waits to leave."""
    rows = Delivery.objects.filter(event_key__startswith="phone-code:").order_by("id")
    return list(rows)[proofs].secret


def proven(phone: str, at: datetime = f.MONDAY, purpose: Purpose = Purpose.BOOKING) -> str:
    phone_proofs.send_code(phone=phone, purpose=purpose, sender=str(uuid7()), at=at)
    return phone_proofs.prove(phone=phone, code=code_sent(), purpose=purpose, at=at)


def draft(phone: str = "", **more: Any) -> bookings.Draft:
    said = {"name": NAME, "topic": "楼道堆物", "consents": True, **more}
    return bookings.Draft(phone=phone or new_phone(), **said)


def booked(
    slot: Slot, *, phone: str = "", at: datetime = f.MONDAY, wait: bool = False, **more: Any
) -> Booking:
    """By a resident on the web, unless `by` says who."""
    said = draft(phone, **more.pop("said", {}))
    by = more.pop("by", None)
    receipt = bookings.book(
        slot_id=slot.pk,
        draft=said,
        key=more.pop("key", "") or str(uuid7()),
        channel=more.pop("channel", BookingChannel.WEB),
        by=by,
        at=at,
        token="" if by else proven(said.phone, at),
        wait=wait,
    )
    return Booking.objects.get(pk=receipt.booking_id)


def messages() -> list[str]:
    """Texts to visitors, oldest first, without the codes for phones."""
    rows = Delivery.objects.exclude(event_key__startswith="phone-code:")
    return list(rows.order_by("id").values_list("text", flat=True))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return found.group(1) if found else ""
