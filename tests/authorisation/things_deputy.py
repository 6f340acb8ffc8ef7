"""Things of a deputy's turns: seats, swaps, days away, near the moment of asking."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from lianxin.kernel.clock import local_date, now
from lianxin.reception.enums import AwayKind
from lianxin.reception.models import RotaSetting, Shift
from lianxin.reception.services import away, swaps
from lianxin.reception.services.days import add_day
from lianxin.reception.services.seats import seat_deputies
from tests.authorisation.things import World, thing


def seat_in(world: World, days: int, who: Any) -> Shift:
    """A seat of a deputy at the clerk's venue, so many days from now."""
    at = now()
    on = local_date(at) + timedelta(days=days)
    venue = world.small.venue
    day = add_day(venue_id=venue.pk, on=on, starts=time(9), ends=time(11), by=None, at=at)
    return seat_deputies(day_id=day.pk, deputy_ids=[who.deputy_id], by=None, at=at)[0]


@thing
def turn_of_deputy(world: World) -> Any:
    """Ten days from now, of the deputy; a colleague is free."""
    return seat_in(world, 10, world.small.deputy).pk


@thing
def day_of_turn(world: World) -> Any:
    return Shift.objects.get(pk=world.thing("turn_of_deputy")).day_id


@thing
def free_colleague(world: World) -> Any:
    return str(world.small.second_deputy.deputy_id)


@thing
def key_of_deputy(world: World) -> Any:
    return str(world.small.deputy.deputy_id)


@thing
def swap_for_deputy(world: World) -> Any:
    """The second deputy asks the deputy."""
    seat = seat_in(world, 11, world.small.second_deputy)
    return swaps.ask(
        shift_id=seat.pk,
        other_deputy_id=world.small.deputy.deputy_id,
        by=world.small.second_deputy,
        at=now(),
    ).pk


@thing
def swap_by_deputy(world: World) -> Any:
    """The deputy asks the second deputy."""
    seat = seat_in(world, 12, world.small.deputy)
    return swaps.ask(
        shift_id=seat.pk,
        other_deputy_id=world.small.second_deputy.deputy_id,
        by=world.small.deputy,
        at=now(),
    ).pk


@thing
def swap_at_venue(world: World) -> Any:
    """Both agree; the venue has to confirm."""
    venue = world.small.venue
    RotaSetting.objects.create(
        venue=venue, division_code=venue.division_code, swap_needs_venue=True
    )
    swap = world.thing("swap_by_deputy")
    return swaps.agree(swap_id=swap, by=world.small.second_deputy, at=now()).pk


@thing
def away_of_deputy(world: World) -> Any:
    at = now()
    on = local_date(at) + timedelta(days=30)
    return away.enter_away(
        deputy_id=world.small.deputy.deputy_id,
        kind=AwayKind.LEAVE,
        from_date=on,
        until_date=on,
        by=world.small.deputy,
        at=at,
    ).pk


@thing
def day_far_ahead(world: World) -> Any:
    """A day two months from now, as a form sends it."""
    return (local_date(now()) + timedelta(days=60)).isoformat()
