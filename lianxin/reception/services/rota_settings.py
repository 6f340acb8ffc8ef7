"""How a venue wants its rota, and what holds for one deputy in it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lianxin.congress.models import Actor
from lianxin.kernel.clock import local_date
from lianxin.reception.models import ReceptionDay, RotaMember, RotaSetting, Shift
from lianxin.reception.rules import permissions, rotas
from lianxin.reception.services.seats import seat_deputies
from lianxin.record.services import write
from lianxin.venues.models import Stationing, Venue


@dataclass(frozen=True, slots=True)
class Setting:
    """The wishes of a venue; see the model for what they mean."""

    pair_mode: str
    seats: int
    gap: int
    least_per_year: int
    mixes_levels: bool
    mixes_professions: bool
    swap_needs_venue: bool
    notice_days: int


@dataclass(frozen=True, slots=True)
class Wishes:
    """What holds for one deputy; `weekdays_off` are ISO weekdays."""

    takes_part: bool = True
    least: int | None = None
    most: int | None = None
    weekdays_off: tuple[int, ...] = ()
    distance_km: int | None = None


@transaction.atomic
def set_rota(*, venue_id: UUID, setting: Setting, by: Actor | None, at: datetime) -> RotaSetting:
    """The wishes of a venue from now on; the rota in force stays until the next one is published.

    Locks the venue → rule → row → journal with the fields that changed. Raises NotYourVenue.
    """
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    permissions.check_may_plan(by, venue)
    row = RotaSetting.objects.filter(venue=venue).first() or RotaSetting(
        venue=venue, division_code=venue.division_code
    )
    names = [one.name for one in fields(setting)]
    changed = [name for name in names if getattr(row, name) != getattr(setting, name)]
    for name in changed:
        setattr(row, name, getattr(setting, name))
    row.save()
    if changed:
        _note(venue, "setting", by=by, at=at, fields=changed)
    return row


@transaction.atomic
def set_member(
    *, venue_id: UUID, deputy_id: UUID, wishes: Wishes, by: Actor | None, at: datetime
) -> RotaMember:
    """What holds for one deputy in the venue's rota from now on.

    Locks the venue → rule → row → journal with the fields that changed, not their values: a weekday
    off is nobody else's business. Raises NotYourVenue, NotStationedHere, WishesAtOdds.
    """
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    permissions.check_may_plan(by, venue)
    rotas.check_wishes(wishes.least, wishes.most)
    _check_stationed(venue, deputy_id, local_date(at))
    row = RotaMember.objects.filter(venue=venue, deputy_id=deputy_id).first() or RotaMember(
        venue=venue, deputy_id=deputy_id, division_code=venue.division_code
    )
    said = {
        "takes_part": wishes.takes_part,
        "least": wishes.least,
        "most": wishes.most,
        "weekdays_off": sorted(wishes.weekdays_off),
        "distance_km": wishes.distance_km,
    }
    changed = [name for name, value in said.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, said[name])
    row.save()
    if changed:
        _note(venue, "member", by=by, at=at, deputy=str(deputy_id), fields=changed)
    return row


@transaction.atomic
def change_seats(
    *, day_id: UUID, deputy_ids: list[UUID], by: Actor | None, at: datetime
) -> list[Shift]:
    """The deputies of one day by the clerk's hand, in the order of the seats.

    Rule → the day is still to come → each stationed here and once → see `seat_deputies`. Raises
    NotYourVenue, DayIsOver, SameTwice, NotStationedHere.
    """
    day = (
        ReceptionDay.objects.select_for_update(of=("self",)).select_related("venue").get(pk=day_id)
    )
    permissions.check_may_plan(by, day.venue)
    rotas.check_may_seat(day, local_date(at))
    rotas.check_each_once(deputy_ids)
    for deputy_id in deputy_ids:
        _check_stationed(day.venue, deputy_id, day.date)
    return seat_deputies(day_id=day_id, deputy_ids=deputy_ids, by=by, at=at)


def _check_stationed(venue: Venue, deputy_id: UUID, on: date) -> None:
    held = Stationing.objects.filter(venue=venue, deputy_id=deputy_id)
    if not held.exclude(until_date__lt=on).exists():
        raise rotas.NotStationedHere


def _note(venue: Venue, act: str, *, by: Actor | None, at: datetime, **data: object) -> None:
    write(
        action=f"reception.rota.{act}",
        by=by,
        at=at,
        division_code=venue.division_code,
        subject=venue,
        data=data,
    )
