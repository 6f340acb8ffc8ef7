"""The clerk's page of the day: who is expected, who waits in which order, who was received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from lianxin.congress.models import Actor
from lianxin.kernel.clock import local_date
from lianxin.kernel.fields import field_is_empty
from lianxin.kernel.phones import mask_name, mask_phone
from lianxin.reception.enums import SEATED, BookingState, DayState, ShiftState, TicketState
from lianxin.reception.models import Booking, ReceptionDay, Shift, Ticket
from lianxin.reception.queries.own import own_venues
from lianxin.reception.queries.record import Entry, entries_of
from lianxin.reception.queries.waiting import waiting_of
from lianxin.reception.rules.room import Seat, Signing, in_order, signing_of

#: Bookings that hold a time of the day but have no number yet.
_EXPECTED = (BookingState.BOOKED, BookingState.CONFIRMED, BookingState.NO_SHOW)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody before they are received: masked, but for what it is about."""

    name: str
    phone: str
    topic: str
    has_consented: bool

    @property
    def who(self) -> str:
        return " ".join(filter(None, (self.name, self.phone)))


#: Somebody of whom nothing is known yet.
NOBODY = Known("", "", "", has_consented=False)


@dataclass(frozen=True, slots=True)
class InRoom:
    """A number in the queue."""

    ticket: Ticket
    known: Known

    @property
    def booked_at(self) -> datetime | None:
        return self.ticket.booking.slot.starts_at if self.ticket.booking else None


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who booked and has no number yet; `is_missing` was written down as not come."""

    booking: Booking
    known: Known

    @property
    def is_missing(self) -> bool:
        return self.booking.state == BookingState.NO_SHOW


@dataclass(frozen=True, slots=True)
class Room:
    """The room at one moment. `waiting` is in the order of calling."""

    day: ReceptionDay
    seats: tuple[Shift, ...]
    called: tuple[InRoom, ...]
    waiting: tuple[InRoom, ...]
    missed: tuple[InRoom, ...]
    expected: tuple[Expected, ...]
    entries: tuple[Entry, ...]
    signing: Signing

    @property
    def can_end(self) -> bool:
        return not (self.called or self.waiting)

    @property
    def is_empty(self) -> bool:
        """Nobody drew a number and nobody was received."""
        return not (self.called or self.waiting or self.missed or self.entries)


def days_at_hand(actor: Actor, at: datetime) -> QuerySet[ReceptionDay]:
    """Today's days of the venues the actor runs, and earlier ones that wait for something."""
    today = local_date(at)
    waits = Q(state__in=(DayState.OPEN, DayState.ENDED), date__lt=today)
    return (
        ReceptionDay.objects.filter(Q(date=today) | waits, venue__in=own_venues(actor))
        .exclude(state=DayState.CANCELLED)
        .select_related("venue")
        .order_by("-date", "starts_at", "id")
    )


def coming_days(actor: Actor, at: datetime, *, most: int = 3) -> list[ReceptionDay]:
    """The next days after today: what an empty page points to."""
    rows = ReceptionDay.objects.filter(
        venue__in=own_venues(actor),
        date__gt=local_date(at),
        state__in=(DayState.PLANNED, DayState.ANNOUNCED),
    )
    return list(rows.select_related("venue").order_by("starts_at", "id")[:most])


def room_of(day: ReceptionDay, at: datetime) -> Room:
    """Everything of the page. Seven queries, whatever the number of people."""
    tickets = list(day.tickets.select_related("booking__slot").order_by("number"))
    lines = {one.pk: InRoom(one, known_of(one)) for one in tickets}
    by_state: dict[str, list[Ticket]] = {state: [] for state in TicketState.values}
    for one in tickets:
        by_state[one.state].append(one)
    order = in_order(waiting_of(by_state[TicketState.WAITING]), at)
    called = sorted(by_state[TicketState.CALLED], key=lambda t: t.called_at or at, reverse=True)
    rows = Booking.objects.filter(day=day, state__in=_EXPECTED, ticket__isnull=True)
    expected = rows.select_related("slot").order_by("slot__starts_at", "seat")
    seats = tuple(
        day.shifts.filter(state__in=SEATED).select_related("deputy__person").order_by("seat")
    )
    return Room(
        day=day,
        seats=seats,
        called=tuple(lines[one.pk] for one in called),
        waiting=tuple(lines[one.ticket_id] for one in order),
        missed=tuple(lines[one.pk] for one in by_state[TicketState.MISSED]),
        expected=tuple(Expected(one, _known(one, has_consented=True)) for one in expected),
        entries=entries_of(day),
        signing=_signing(day, seats),
    )


def _signing(day: ReceptionDay, seats: tuple[Shift, ...]) -> Signing:
    signed = set(day.sign_offs.values_list("deputy_id", flat=True))
    return signing_of(
        Seat(one.deputy_id, one.deputy.name, one.state, one.deputy_id in signed) for one in seats
    )


def known_of(ticket: Ticket) -> Known:
    """What is known behind a number: of the booking, else what was said when it was drawn."""
    if ticket.booking:
        return _known(ticket.booking, has_consented=True)
    return _known(ticket, has_consented=False)


def _known(row: Booking | Ticket, *, has_consented: bool) -> Known:
    return Known(
        name="" if field_is_empty(row, "name") else mask_name(row.name),
        phone="" if field_is_empty(row, "phone") else mask_phone(row.phone),
        topic="" if field_is_empty(row, "topic") else row.topic,
        has_consented=has_consented,
    )


def listeners(day: ReceptionDay) -> list[Shift]:
    """Deputies who can have listened: present ones, else those still expected. One query."""
    states = (ShiftState.EXPECTED, ShiftState.PRESENT)
    rows = day.shifts.filter(state__in=states).select_related("deputy__person").order_by("seat")
    return list(rows)


def ticket_of(day: ReceptionDay, ticket_id: UUID | None) -> Ticket | None:
    """A number of the day, with the booking behind it."""
    if ticket_id is None:
        return None
    return day.tickets.select_related("booking__slot").filter(pk=ticket_id).first()


def ahead_of(ticket: Ticket, at: datetime) -> int:
    """How many wait and are called before this number, as things stand. One query."""
    rows = Ticket.objects.filter(day=ticket.day_id, state=TicketState.WAITING)
    order = in_order(waiting_of(rows.select_related("booking__slot")), at)
    return next((place for place, one in enumerate(order) if one.ticket_id == ticket.pk), 0)
