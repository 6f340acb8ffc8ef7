"""Things of the room on the day: a day going on today, its numbers, a visitor, a screen."""

from datetime import time
from typing import Any

from lianxin.kernel.clock import local_date, now
from lianxin.reception.enums import VisitPath
from lianxin.reception.models import ReceptionDay, Visit
from lianxin.reception.services import attendance, room, screens
from lianxin.reception.services.visits import Agreed
from tests.authorisation.things import World, thing
from tests.reception import factories as r
from tests.reception import room_world as w


@thing
def room_day_today(world: World) -> Any:
    """Not begun yet, with the pair on its seats; it ends at the end of today."""
    small, today = world.small, local_date(now())
    pair = (small.deputy, small.second_deputy)
    day = r.day(small.venue, on=today, deputies=pair, starts=time(0), ends=time(23, 59))
    return day.pk


@thing
def room_day(world: World) -> Any:
    """Going on."""
    key = world.thing("room_day_today")
    return room.begin_day(day_id=key, by=world.small.clerk, at=now()).pk


@thing
def room_day_ended(world: World) -> Any:
    """Ended, both deputies present: it waits for their signatures."""
    key = world.thing("room_day")
    day = ReceptionDay.objects.get(pk=key)
    for shift in day.shifts.all():
        attendance.mark(
            shift_id=shift.pk, act="check_in", reason="x", by=world.small.clerk, at=now()
        )
    return room.end_day(day_id=key, by=world.small.clerk, at=now()).pk


@thing
def room_ticket(world: World) -> Any:
    return room.draw_number(day_id=world.thing("room_day"), by=world.small.clerk, at=now()).pk


@thing
def room_booking(world: World) -> Any:
    return w.booking(ReceptionDay.objects.get(pk=world.thing("room_day"))).pk


@thing
def room_visit(world: World) -> Any:
    """Answered on the spot, not judged yet."""
    day = ReceptionDay.objects.get(pk=world.thing("room_day"))
    reply = Agreed(VisitPath.ON_THE_SPOT, reply=w.REPLY)
    receipt = w.recorded(world.small, day, agreed=reply, at=now())
    return Visit.objects.get(case_id=receipt.case_id).pk


@thing
def room_screen(world: World) -> Any:
    venue_id, clerk = world.small.venue.pk, world.small.clerk
    return screens.set_up(venue_id=venue_id, name="x", by=clerk, at=now()).pk


@thing
def screen_token(world: World) -> Any:
    venue_id, clerk = world.small.venue.pk, world.small.clerk
    return screens.set_up(venue_id=venue_id, name="x", by=clerk, at=now()).token
