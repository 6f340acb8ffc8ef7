"""Grids with bound deputies, a table of duty and calls, made by the real services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lianxin.congress.models import Actor
from lianxin.kernel.ids import uuid7
from lianxin.places.models import Grid
from lianxin.reception.models import CallOut
from lianxin.reception.services import calls
from lianxin.reception.services.duty import make_table
from lianxin.venues.services import bind_grid, station_deputy
from tests import factories as f
from tests.remembered import remembered

TODAY = date(2026, 11, 2)  # the day of f.MONDAY
SUNDAY = TODAY + timedelta(days=6)


@dataclass(frozen=True, slots=True)
class DutyWorld:
    """The small world with one grid, its three bound deputies in order, and a grid worker."""

    small: f.World
    grid: Grid
    deputies: tuple[Actor, ...]
    worker: Actor

    @property
    def venue(self):
        return self.small.venue


def grid(number: int = 1) -> Grid:
    return Grid.objects.create(
        division_code="530112005001", number=str(number), name=f"官庄第{number}网格"
    )


def bind(world: f.World, where: Grid, who: Actor, since: date = date(2022, 2, 1)) -> None:
    bind_grid(
        venue_id=world.venue.pk, grid_id=where.pk, deputy_id=who.deputy_id, from_date=since,
        by=None, at=f.LONG_AGO,
    )  # fmt: skip


@remembered
def build() -> DutyWorld:
    world = f.world()
    where = grid()
    third = f.deputy("李国强", venue=world.venue, username="third_deputy")
    three = (world.deputy, world.second_deputy, third)
    for n, one in enumerate(three):
        bind(world, where, one, date(2022, 2, 1 + n))
    worker = f.holder("马小兰", role="grid_worker", at_organ=world.venue.desk, username="worker")
    return DutyWorld(world, where, three, worker)


def table(made: DutyWorld, *, since=TODAY, weeks=4, turn="week", at=f.MONDAY):
    return make_table(
        venue_id=made.venue.pk,
        since=since,
        until=since + timedelta(days=7 * weeks - 1),
        turn=turn,
        by=made.small.clerk,
        at=at,
    )


def call(made: DutyWorld, at: datetime = f.MONDAY, **more) -> CallOut:
    return calls.call_deputy(
        **{
            "venue_id": made.venue.pk,
            "grid_id": made.grid.pk,
            "words": "三栋楼道堆物，两家人争执不下，请代表到场听一听。",
            "where": "3 栋 2 单元门口",
            "caller": "网格员马小兰",
            "phone": "0871-68180002",
            "key": str(uuid7()),
            "by": made.worker,
            "at": at,
            **more,
        }
    )


def station(made: DutyWorld, name: str, username: str = "") -> Actor:
    """Another deputy stationed in the venue, bound to no grid."""
    return f.deputy(name, venue=made.venue, username=username)


__all__ = ["DutyWorld", "bind", "build", "call", "grid", "station", "station_deputy", "table"]
