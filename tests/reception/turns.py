"""A venue with four deputies and a few days, for the tests of turns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lianxin.congress.models import Actor
from lianxin.notices.models import Notice
from lianxin.reception.enums import SEATED
from lianxin.reception.models import ReceptionDay, RotaSetting, Shift
from tests import factories as f
from tests.reception import factories as r
from tests.remembered import remembered

ON = (date(2026, 11, 11), date(2026, 11, 18), date(2026, 11, 25), date(2026, 12, 2))


@dataclass(frozen=True, slots=True)
class Turns:
    """`first` and `second` sit on days 0 and 2, `third` and `fourth` on 1 and 3."""

    world: f.World
    first: Actor
    second: Actor
    third: Actor
    fourth: Actor
    days: tuple[ReceptionDay, ...]

    def shift(self, day: int, who: Actor) -> Shift:
        return Shift.objects.get(day=self.days[day], deputy=who.deputy_id, state__in=SEATED)


@remembered
def build() -> Turns:
    world = f.world()
    third = f.deputy("高建华", venue=world.venue, username="third")
    fourth = f.deputy("罗兰", venue=world.venue, username="fourth")
    first, second = world.deputy, world.second_deputy
    pairs = ((first, second), (third, fourth), (first, second), (third, fourth))
    days = tuple(
        r.day(world.venue, on=on, deputies=pair) for on, pair in zip(ON, pairs, strict=True)
    )
    return Turns(world, first, second, third, fourth, days)


def setting(turns: Turns, **more: object) -> RotaSetting:
    venue = turns.world.venue
    return RotaSetting.objects.create(venue=venue, division_code=venue.division_code, **more)


def seated(day: ReceptionDay) -> set[str]:
    """Names of those who sit there."""
    rows = Shift.objects.filter(day=day, state__in=SEATED)
    return set(rows.values_list("deputy__person__name", flat=True))


def told(who: Actor, *kinds: str) -> list[str]:
    """What somebody read in the bell of swaps and days away, or of these kinds; the oldest first."""
    rows = Notice.objects.filter(person=who.person_id, kind__in=kinds or ("swap", "away"))
    rows = rows.order_by("told_at", "id")
    return list(rows.values_list("text", flat=True))


def before(day: ReceptionDay, **more: float) -> object:
    return day.starts_at - timedelta(**more)
