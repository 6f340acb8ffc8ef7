"""What pages show of times and bookings. Each has a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import F, QuerySet

from lianxin.congress.models import Actor
from lianxin.kernel import codes, phones
from lianxin.kernel.fields import blind_index
from lianxin.kernel.refused import Absent
from lianxin.reception.enums import BookingState
from lianxin.reception.models import Booking, BookingReveal, ReceptionDay, Slot
from lianxin.reception.queries.own import own_venues
from lianxin.reception.queries.timetable import sitters_of
from lianxin.reception.rules import bookings as rules
from lianxin.reception.rules.rule_words import hours_words
from lianxin.venues.queries.timetable import Sitter
from lianxin.web.dates import cn_day

#: How far ahead other times are offered, and how many.
AHEAD = timedelta(days=90)
MOST_OTHERS = 6
#: Times on one page to choose from.
MOST_CHOICES = 48


@dataclass(frozen=True, slots=True)
class SlotPage:
    """A time as anybody may see it. `others` are free times nearby, the nearest first."""

    slot: Slot
    day: ReceptionDay
    sitters: list[Sitter]
    waiting: int
    is_open: bool
    others: list[Slot]

    @property
    def place(self) -> int:
        """Which place on the waiting list the next one would get."""
        return self.waiting + 1

    @property
    def may_wait(self) -> bool:
        return self.is_open and not self.slot.free and self.waiting < rules.MOST_WAITING


def slot_page(slot_id: UUID, *, at: datetime) -> SlotPage:
    """The page of a time. Raises Absent. At most six queries."""
    slot = Slot.objects.select_related("day__venue").filter(pk=slot_id).first()
    if slot is None or not slot.day.venue.is_active:
        raise Absent
    is_open = rules.is_bookable(slot.day, slot, at)
    waiting = 0
    if not slot.free:
        waiting = slot.bookings.filter(state=BookingState.WAITING).count()
    return SlotPage(
        slot=slot,
        day=slot.day,
        sitters=sitters(slot.day),
        waiting=waiting,
        is_open=is_open,
        others=free_near(slot, at=at) if not (is_open and slot.free) else [],
    )


def sitters(day: ReceptionDay) -> list[Sitter]:
    """The deputies on the seats of a day, with a mandate in force then. Two queries."""
    return sitters_of([day.pk], on=day.date).get(day.pk, [])


def free_times(venue_id: UUID, *, at: datetime, until: datetime | None = None) -> QuerySet[Slot]:
    """Times of a venue with a free seat, from now on, in order."""
    rows = Slot.objects.filter(
        day__venue_id=venue_id,
        day__state__in=rules.BOOKABLE_DAYS,
        starts_at__gt=at,
        starts_at__lt=until or at + AHEAD,
        taken__lt=F("capacity"),
    )
    return rows.select_related("day").order_by("starts_at", "id")


def free_near(slot: Slot, *, at: datetime, most: int = MOST_OTHERS) -> list[Slot]:
    """Free times at the same venue: the same day's by nearness, then the next days'. One query."""
    found = list(free_times(slot.day.venue_id, at=at).exclude(pk=slot.pk)[:60])
    found.sort(key=lambda one: (one.day_id != slot.day_id, abs(one.starts_at - slot.starts_at)))
    return sorted(found[:most], key=lambda one: one.starts_at)


def booking_by_code(code: str) -> Booking | None:
    """The booking whose link this is. Constant work for right and wrong codes; limit the caller."""
    written = codes.normalise(code)
    if written is None:
        return None
    return (
        Booking.objects.select_related("slot", "day__venue")
        .filter(code_digest=codes.digest(written))
        .first()
    )


def place_of(booking: Booking) -> int:
    """The place on the waiting list, 0 for a booking with a seat. One query."""
    if booking.state != BookingState.WAITING:
        return 0
    waiting = Booking.objects.filter(slot_id=booking.slot_id, state=BookingState.WAITING)
    order = list(waiting.order_by("booked_at", "id").values_list("pk", flat=True))
    return order.index(booking.pk) + 1 if booking.pk in order else 0


@dataclass(frozen=True, slots=True)
class BookingPage:
    """A resident's own booking. `acts` are what can be done now, the main one first."""

    booking: Booking
    slot: Slot
    day: ReceptionDay
    sitters: list[Sitter]
    place: int
    acts: tuple[str, ...]
    others: list[Slot]
    reveals: Sequence[BookingReveal]
    name: str
    phone: str


def booking_page(booking: Booking, *, at: datetime) -> BookingPage:
    """The page behind a link, with name and phone masked. At most seven queries."""
    acts = acts_now(booking, at)
    is_over = booking.state in (BookingState.CANCELLED, BookingState.LOST)
    return BookingPage(
        booking=booking,
        slot=booking.slot,
        day=booking.day,
        sitters=sitters(booking.day),
        place=place_of(booking),
        acts=acts,
        others=free_near(booking.slot, at=at) if is_over else [],
        reveals=list(booking.reveals.select_related("organ")),
        name=phones.mask_name(booking.name),
        phone=phones.mask_phone(booking.phone),
    )


def acts_now(booking: Booking, at: datetime) -> tuple[str, ...]:
    """What the holder of the link can do: confirm, move, cancel."""
    if not rules.is_ahead(booking.day, booking.slot, at):
        return ()
    if booking.state == BookingState.BOOKED:
        return ("confirm", "move", "cancel")
    if booking.state in (BookingState.CONFIRMED, BookingState.WAITING):
        return ("move", "cancel")
    return ()


def own_booking(actor: Actor, booking_id: UUID) -> Booking:
    """A booking at one of the actor's own venues. Raises Absent: a foreign one looks like none."""
    booking = (
        Booking.objects.select_related("slot", "day__venue", "changed_by", "booked_by")
        .filter(pk=booking_id, day__venue__in=own_venues(actor))
        .first()
    )
    if booking is None:
        raise Absent
    return booking


def own_slot(actor: Actor, slot_id: UUID) -> Slot:
    """A time at one of the actor's own venues. Raises Absent."""
    slot = (
        Slot.objects.select_related("day__venue")
        .filter(pk=slot_id, day__venue__in=own_venues(actor))
        .first()
    )
    if slot is None:
        raise Absent
    return slot


def find_bookings(actor: Actor, text: str, *, most: int = 20) -> list[Booking]:
    """Bookings at the actor's venues by a phone number or a code, the latest day first. One query."""
    number, code = phones.to_e164(text), codes.normalise(text)
    rows = Booking.objects.filter(day__venue__in=own_venues(actor))
    if code:
        rows = rows.filter(code_digest=codes.digest(code))
    elif number:
        rows = rows.filter(phone_index=blind_index("phone", number))
    else:
        return []
    rows = rows.exclude(state=BookingState.MOVED).select_related("slot", "day__venue")
    return list(rows.order_by("-slot__starts_at", "-booked_at")[:most])


def time_choices(
    venue_id: UUID, *, at: datetime, but: UUID
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Free times at a venue, day by day, as a form offers them. One query."""
    rows = free_times(venue_id, at=at).exclude(pk=but)[:MOST_CHOICES]
    days = groupby(rows, key=lambda slot: cn_day(slot.starts_at))
    return [
        (day, [(str(slot.pk), hours_words(slot.starts_at, slot.ends_at)) for slot in slots])
        for day, slots in days
    ]


def time_words(slot: Slot) -> str:
    """A time in words: Wed 25 Nov 9:20—9:40."""
    return f"{cn_day(slot.starts_at)} {hours_words(slot.starts_at, slot.ends_at)}"
