"""The phone desk's list: the days to come with their times, who has booked, who waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from lianxin.congress.models import Actor
from lianxin.kernel import phones
from lianxin.kernel.clock import local_date
from lianxin.kernel.moves import possible
from lianxin.kernel.paging import Page, keyset
from lianxin.reception.enums import BOOKING_MOVES, HOLDING, PENDING, BookingState, DayState
from lianxin.reception.models import Booking, ReceptionDay, Slot
from lianxin.reception.queries.bookings import time_words
from lianxin.reception.queries.own import own_venues
from lianxin.reception.queries.timetable import sitters_of
from lianxin.reception.rules.bookings import BOOKABLE_DAYS, is_ahead, is_bookable
from lianxin.venues.models import Venue

#: Days on one page of the desk.
DAYS_SHOWN = 6
#: Times in the form for a caller.
MOST_CHOICES = 120


@dataclass(frozen=True, slots=True)
class Guest:
    """A booking as the desk's list shows it: masked."""

    booking: Booking
    name: str
    phone: str
    tone: str


@dataclass(frozen=True, slots=True)
class DeskSlot:
    """A time with its guests in the order of their seats, and those who wait."""

    slot: Slot
    guests: list[Guest]
    waiting: list[Guest]
    can_book: bool


@dataclass(frozen=True, slots=True)
class DeskDay:
    day: ReceptionDay
    slots: list[DeskSlot]
    names: list[str]

    @property
    def free(self) -> int:
        return sum(one.slot.free for one in self.slots if one.can_book)

    @property
    def taken(self) -> int:
        return sum(one.slot.taken for one in self.slots)

    @property
    def waiting(self) -> int:
        return sum(len(one.waiting) for one in self.slots)


@dataclass(frozen=True, slots=True)
class Desk:
    venues: list[Venue]
    venue: Venue | None
    page: Page[ReceptionDay]
    days: list[DeskDay]


def desk(actor: Actor, *, venue_code: str = "", after: str | None = None, at: datetime) -> Desk:
    """The days of the actor's venues from today on, some at a time. Six queries.

    `venue_code` narrows to one of them; one that is not the actor's narrows nothing.
    """
    venues = list(own_venues(actor))
    venue = next((one for one in venues if one.code == venue_code), None)
    rows = (
        ReceptionDay.objects.select_related("venue")
        .filter(venue__in=[venue] if venue else venues, date__gte=local_date(at))
        .exclude(state=DayState.CANCELLED)
    )
    page = keyset(rows, order=("date", "starts_at", "id"), after=after, size=DAYS_SHOWN)
    return Desk(venues, venue, page, _filled(page.items, at))


def _filled(days: list[ReceptionDay], at: datetime) -> list[DeskDay]:
    by_day = {day.pk: day for day in days}
    slots = list(Slot.objects.filter(day__in=days).order_by("starts_at", "id"))
    bookings = Booking.objects.filter(
        day__in=days, state__in=(*HOLDING, BookingState.WAITING)
    ).order_by("seat", "booked_at", "id")
    guests: dict[UUID, list[Guest]] = {slot.pk: [] for slot in slots}
    for booking in bookings:
        guests.setdefault(booking.slot_id, []).append(as_guest(booking))
    sitters = sitters_of(list(by_day), on=local_date(at), levels=False)
    found: dict[UUID, list[DeskSlot]] = {day.pk: [] for day in days}
    for slot in slots:
        slot.day = by_day[slot.day_id]
        found[slot.day_id].append(_slot(slot, guests[slot.pk], at))
    return [
        DeskDay(day, found[day.pk], [one.name for one in sitters.get(day.pk, ())]) for day in days
    ]


def _slot(slot: Slot, guests: Iterable[Guest], at: datetime) -> DeskSlot:
    held: list[Guest] = []
    waiting: list[Guest] = []
    for guest in guests:
        (waiting if guest.booking.state == BookingState.WAITING else held).append(guest)
    return DeskSlot(slot, held, waiting, is_bookable(slot.day, slot, at))


TONES: dict[str, str] = {
    BookingState.WAITING: "neutral",
    BookingState.BOOKED: "info",
    BookingState.CONFIRMED: "good",
    BookingState.ARRIVED: "good",
    BookingState.RECEIVED: "good",
    BookingState.NO_SHOW: "warn",
    BookingState.LOST: "warn",
}


def as_guest(booking: Booking) -> Guest:
    """A booking with what of its name and phone everybody at the desk may see."""
    return Guest(
        booking=booking,
        name=phones.mask_name(booking.name),
        phone=phones.mask_phone(booking.phone),
        tone=TONES.get(booking.state, "neutral"),
    )


def desk_acts(booking: Booking, at: datetime) -> tuple[str, ...]:
    """What the desk can do with a booking now, the main act first. Coming and missing belong to a
    day that goes on: then the room draws a number, too.
    """
    slot, day, state = booking.slot, booking.day, BookingState(booking.state)
    acts: tuple[str, ...] = ()
    if day.state == DayState.OPEN:
        acts += ("arrive",) if possible(BOOKING_MOVES, state, "arrive") else ()
        missing = slot.starts_at <= at and possible(BOOKING_MOVES, state, "miss")
        acts += ("miss",) if missing else ()
    if is_ahead(day, slot, at):
        acts += ("confirm",) if state == BookingState.BOOKED else ()
        acts += ("move", "cancel") if state in PENDING else ()
    return acts


def desk_choices(actor: Actor, *, wanted: str = "", at: datetime) -> list[tuple[str, str]]:
    """Times that a clerk can book, in order; the wanted one also where it is full. Two queries."""
    venues = list(own_venues(actor))
    rows = (
        Slot.objects.filter(day__venue__in=venues, day__state__in=BOOKABLE_DAYS, starts_at__gt=at)
        .filter(Q(taken__lt=F("capacity")) | Q(pk=_key(wanted)))
        .select_related("day__venue")
        .order_by("starts_at", "id")[:MOST_CHOICES]
    )
    return [(str(slot.pk), _label(slot, several=len(venues) > 1)) for slot in rows]


def _label(slot: Slot, *, several: bool) -> str:
    words = time_words(slot)
    if several:
        words = f"{words} · {slot.day.venue.name}"
    return words if slot.free else _("%(time)s (full: waiting list)") % {"time": words}


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
