"""Numbers that wait, as the rule of calling reads them."""

from __future__ import annotations

from collections.abc import Iterable

from lianxin.reception.models import Ticket
from lianxin.reception.rules.room import Waiting


def waiting_of(tickets: Iterable[Ticket]) -> list[Waiting]:
    """Tickets, with the times booked, as the rule of calling reads them. No query when selected."""
    return [
        Waiting(
            ticket_id=one.pk,
            number=one.number,
            drawn_at=one.drawn_at,
            starts_at=one.booking.slot.starts_at if one.booking else None,
            ends_at=one.booking.slot.ends_at if one.booking else None,
        )
        for one in tickets
    ]
