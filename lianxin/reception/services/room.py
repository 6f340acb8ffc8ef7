"""The day in the room: begun, ended, opened again; numbers drawn, called, missed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.kernel import bus, phones
from lianxin.kernel.clock import local_date
from lianxin.kernel.db import retry_on_conflict
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Absent
from lianxin.reception.enums import (
    DAY_MOVES,
    TICKET_MOVES,
    BookingState,
    DayState,
    TicketState,
)
from lianxin.reception.events import TicketMoved
from lianxin.reception.models import Booking, ReceptionDay, SignOff, Ticket
from lianxin.reception.queries.waiting import waiting_of
from lianxin.reception.rules import permissions
from lianxin.reception.rules.permissions import ReceptionRefused
from lianxin.reception.rules.room import in_order
from lianxin.reception.services import booking_moves
from lianxin.reception.services.days import note
from lianxin.record.services import write


class NotToday(ReceptionRefused):
    message = _("This reception day is not today.")
    code = "not_today"


class NotGoingOn(ReceptionRefused):
    message = _("Reception is not going on: begin it first, or open it again.")
    code = "not_going_on"
    status = 409


class StillWaiting(ReceptionRefused):
    message = _("People are still waiting: receive them, or mark them as missed.")
    code = "still_waiting"
    status = 409


class BookedLater(ReceptionRefused):
    message = _("Somebody is booked for a later time: receive them, or cancel it in the bookings.")
    code = "booked_later"
    status = 409


class NobodyWaits(ReceptionRefused):
    message = _("Nobody waits at the moment.")
    code = "nobody_waits"
    status = 409


class PhoneUnusable(ReceptionRefused):
    message = _("This is no phone number one can call. Correct it, or leave it empty.")
    code = "phone_unusable"


def lock_day(day_id: UUID, by: Actor | None) -> ReceptionDay:
    """The day with its venue, locked. Raises Absent where it is not the actor's to run."""
    days = ReceptionDay.objects.select_for_update(of=("self",)).select_related("venue")
    day = days.filter(pk=day_id).first()
    if day is None or not permissions.may_run(by, day.venue):
        raise Absent
    return day


def lock_open(day_id: UUID, by: Actor | None) -> ReceptionDay:
    """The same, going on. Raises Absent, NotGoingOn."""
    day = lock_day(day_id, by)
    if day.state != DayState.OPEN:
        raise NotGoingOn
    return day


def shift_state(day: ReceptionDay, act: str, *, by: Actor | None, at: datetime) -> ReceptionDay:
    """Move the day, journal and announce. The caller holds the lock."""
    day.state = move(DAY_MOVES, day.state, act)
    day.changed_at, day.changed_by_id = at, by.person_id if by else None
    day.save(update_fields=("state", "changed_at", "changed_by"))
    note(day, act, by=by, at=at)
    return day


@retry_on_conflict
@transaction.atomic
def begin_day(*, day_id: UUID, by: Actor | None, at: datetime) -> ReceptionDay:
    """Reception begins: numbers can be drawn, the screen says so. On its own date only.

    Locks the day → rule → state OPEN → journal → DayChanged("begin"). Raises Absent, NotToday,
    IllegalMove.
    """
    day = lock_day(day_id, by)
    if day.date != local_date(at):
        raise NotToday
    return shift_state(day, "begin", by=by, at=at)


@retry_on_conflict
@transaction.atomic
def end_day(*, day_id: UUID, by: Actor | None, at: datetime) -> ReceptionDay:
    """Reception ends; what remains is the deputies' signatures.

    Locks the day → rule → bookings that nobody came for NO_SHOW → names, phones and words on
    numbers emptied (what was said stands in the cases) → state ENDED → journal →
    DayChanged("end"). Raises Absent, IllegalMove, StillWaiting, BookedLater.
    """
    day = lock_day(day_id, by)
    move(DAY_MOVES, day.state, "end")
    tickets = list(day.tickets.select_for_update().order_by("number"))
    if any(one.state in (TicketState.WAITING, TicketState.CALLED) for one in tickets):
        raise StillWaiting
    left = Booking.objects.filter(
        day=day, state__in=(BookingState.BOOKED, BookingState.CONFIRMED, BookingState.ARRIVED)
    )
    if left.filter(slot__starts_at__gt=at).exists():
        raise BookedLater
    for booking_id in list(left.values_list("pk", flat=True)):
        booking_moves.miss(booking_id=booking_id, by=by, at=at)
    for ticket in tickets:
        ticket.name = ticket.phone = ticket.topic = ""
        ticket.save(update_fields=("name", "phone", "topic"))
    return shift_state(day, "end", by=by, at=at)


@retry_on_conflict
@transaction.atomic
def nobody_came(*, day_id: UUID, by: Actor | None, at: datetime) -> ReceptionDay:
    """The whole day in one act: begun where it was not, and ended without a visitor.

    Raises what beginning and ending raise; StillWaiting where somebody drew a number.
    """
    day = lock_day(day_id, by)
    if day.tickets.exists() or day.visits.exists():
        raise StillWaiting
    if day.state != DayState.OPEN:
        begin_day(day_id=day_id, by=by, at=at)
    return end_day(day_id=day_id, by=by, at=at)


@transaction.atomic
def reopen_day(*, day_id: UUID, by: Actor | None, at: datetime) -> ReceptionDay:
    """Somebody came after the end, or a word is missing: signatures given so far are taken back.

    Locks the day → rule → signatures deleted → state OPEN → journal → DayChanged("reopen").
    Raises Absent, IllegalMove.
    """
    day = lock_day(day_id, by)
    SignOff.objects.filter(day=day).delete()
    return shift_state(day, "reopen", by=by, at=at)


@retry_on_conflict
@transaction.atomic
def draw_number(
    *,
    day_id: UUID,
    by: Actor | None,
    at: datetime,
    name: str = "",
    phone: str = "",
    topic: str = "",
) -> Ticket:
    """The next number of the day for somebody who walked in. Name, phone and topic may be empty.

    Locks the day (so that numbers come one after the other) → number → journal → TicketMoved.
    Raises Absent, NotGoingOn, PhoneUnusable.
    """
    day = lock_open(day_id, by)
    e164 = phones.to_e164(phone) if phone.strip() else ""
    if e164 is None:
        raise PhoneUnusable
    return _draw(day, by=by, at=at, name=name.strip()[:60], phone=e164, topic=topic.strip()[:200])


@retry_on_conflict
@transaction.atomic
def arrive(*, booking_id: UUID, by: Actor | None, at: datetime) -> Ticket:
    """Somebody who booked has come: the booking ARRIVED, and a number in the same queue.

    A second press gives the same number. Raises Absent, NotGoingOn, IllegalMove.
    """
    day_id = Booking.objects.filter(pk=booking_id).values_list("day_id", flat=True).first()
    if day_id is None:
        raise Absent
    day = lock_open(day_id, by)
    drawn = day.tickets.filter(booking_id=booking_id).first()
    if drawn:
        return drawn
    booking_moves.arrive(booking_id=booking_id, by=by, at=at)
    return _draw(day, by=by, at=at, booking_id=booking_id)


def _draw(
    day: ReceptionDay,
    *,
    by: Actor | None,
    at: datetime,
    booking_id: UUID | None = None,
    **said: str,
) -> Ticket:
    last = day.tickets.aggregate(last=Max("number"))["last"] or 0
    ticket = Ticket(
        day=day,
        division_code=day.division_code,
        number=last + 1,
        booking_id=booking_id,
        drawn_at=at,
        drawn_by_id=by.person_id if by else None,
    )
    for name, words in said.items():
        setattr(ticket, name, words)
    ticket.save(force_insert=True)
    tell(ticket, "draw", by=by, at=at)
    return ticket


def tell(ticket: Ticket, act: str, *, by: Actor | None, at: datetime) -> None:
    """The journal entry of a number, without a word about whose it is, and its announcement."""
    write(
        action=f"reception.ticket.{act}",
        by=by,
        at=at,
        division_code=ticket.division_code,
        subject=ticket,
        data={"day": str(ticket.day_id), "number": ticket.number},
    )
    event = TicketMoved(ticket_id=ticket.pk, day_id=ticket.day_id, act=act, at=at)
    bus.announce(event, key=ticket.day_id, division_code=ticket.division_code)


@transaction.atomic
def call_next(*, day_id: UUID, by: Actor | None, at: datetime) -> Ticket:
    """Call whoever is next by `rules.room.in_order`.

    Locks the day → rule → ticket CALLED → journal → TicketMoved("call"). Raises Absent,
    NotGoingOn, NobodyWaits.
    """
    day = lock_open(day_id, by)
    rows = day.tickets.filter(state=TicketState.WAITING).select_related("booking__slot")
    order = in_order(waiting_of(rows), at)
    if not order:
        raise NobodyWaits
    return call(ticket_id=order[0].ticket_id, by=by, at=at)


@transaction.atomic
def call(*, ticket_id: UUID, by: Actor | None, at: datetime) -> Ticket:
    """Call this number, out of turn or once more; also one that was missed before.

    Raises Absent, NotGoingOn, IllegalMove.
    """
    ticket = lock_ticket(ticket_id, by)
    ticket.state = move(TICKET_MOVES, ticket.state, "call")
    ticket.called_at, ticket.called_by_id = at, by.person_id if by else None
    ticket.save(update_fields=("state", "called_at", "called_by"))
    tell(ticket, "call", by=by, at=at)
    return ticket


@transaction.atomic
def miss(*, ticket_id: UUID, by: Actor | None, at: datetime) -> Ticket:
    """Called and not there: the number steps aside, and can be called again when they are back.

    The booking behind it stays ARRIVED until the day ends. Raises Absent, NotGoingOn, IllegalMove.
    """
    ticket = lock_ticket(ticket_id, by)
    ticket.state = move(TICKET_MOVES, ticket.state, "miss")
    ticket.save(update_fields=("state",))
    tell(ticket, "miss", by=by, at=at)
    return ticket


@transaction.atomic
def not_come(*, booking_id: UUID, by: Actor | None, at: datetime) -> None:
    """Somebody who booked did not come. They may still come: `arrive` takes it back.

    Raises Absent, NotGoingOn, IllegalMove.
    """
    day_id = Booking.objects.filter(pk=booking_id).values_list("day_id", flat=True).first()
    if day_id is None:
        raise Absent
    lock_open(day_id, by)
    booking_moves.miss(booking_id=booking_id, by=by, at=at)


def lock_ticket(ticket_id: UUID, by: Actor | None) -> Ticket:
    """The ticket of a day going on; the day is locked first, as everywhere. Raises Absent."""
    day_id = Ticket.objects.filter(pk=ticket_id).values_list("day_id", flat=True).first()
    if day_id is None:
        raise Absent
    lock_open(day_id, by)
    return Ticket.objects.select_for_update().get(pk=ticket_id)
