"""A turn of grid duty, and a call that waits for the deputy."""

from __future__ import annotations

from datetime import date
from typing import Any

from lianxin.kernel.clock import local_date, now
from lianxin.places.models import Grid
from lianxin.reception.models import GridDuty
from lianxin.reception.services import calls, duty
from lianxin.venues.services import bind_grid
from tests.authorisation.things import TOWN, World, thing


@thing
def bound_grid(world: World) -> Any:
    """A grid of the clerk's venue, bound to the deputy."""
    grid = Grid.objects.create(division_code=f"{TOWN}001", number="1", name="第1网格")
    bind_grid(
        venue_id=world.small.venue.pk,
        grid_id=grid.pk,
        deputy_id=world.small.deputy.deputy_id,
        from_date=date(2022, 2, 1),
        by=None,
        at=now(),
    )
    return grid.pk


@thing
def turn_of_duty(world: World) -> Any:
    world.thing("bound_grid")
    today = local_date(now())
    duty.make_table(
        venue_id=world.small.venue.pk, since=today, until=today, turn="week", by=None, at=now()
    )
    return GridDuty.objects.get().pk


@thing
def deputy_on_duty(world: World) -> Any:
    return str(world.small.deputy.deputy_id)


@thing
def call_to_deputy(world: World) -> Any:
    """Waits for the answer of the deputy."""
    call = calls.call_deputy(
        venue_id=world.small.venue.pk,
        grid_id=world.thing("bound_grid"),
        words="x",
        where="",
        caller="x",
        phone="",
        key="matrix",
        by=world.small.clerk,
        at=now(),
    )
    return call.pk


@thing
def accepted_call(world: World) -> Any:
    """The deputy is on the way."""
    key = world.thing("call_to_deputy")
    calls.accept(call_id=key, by=world.small.deputy, at=now())
    return key
