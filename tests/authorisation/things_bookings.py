"""Things of the addresses of bookings: a time, a booking, its code, at the venue of the clerk."""

from datetime import timedelta
from typing import Any

from lianxin.kernel.clock import local_date, now
from lianxin.reception.models import Booking, Slot
from tests.authorisation.things import World, thing
from tests.reception import factories
from tests.reception.bookings_world import booked


@thing
def slot_to_book(world: World) -> Any:
    """The second time of a day a week ahead; the first one is `booking_at_desk`'s."""
    return Slot.objects.filter(pk__in=_slots(world)).order_by("starts_at")[1].pk


@thing
def booking_at_desk(world: World) -> Any:
    first = Slot.objects.filter(pk__in=_slots(world)).order_by("starts_at")[0]
    return booked(first, by=None, at=now()).pk


@thing
def booking_code(world: World) -> Any:
    return Booking.objects.get(pk=world.thing("booking_at_desk")).code


def _slots(world: World) -> Any:
    if "day_to_book" not in world.made:
        on = local_date(now()) + timedelta(days=7)
        world.made["day_to_book"] = factories.day(world.small.venue, on=on)
    return world.made["day_to_book"].slots.values("pk")
