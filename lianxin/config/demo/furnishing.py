"""What venues tell in the demo world, where they stand, and the outlines of its grids. Invented."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from lianxin.config.demo.seeds import FOLDER, world
from lianxin.kernel.clock import local_date
from lianxin.places.models import Grid
from lianxin.places.queries import within_q
from lianxin.places.services import set_shape
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import CheckPoint, Venue
from lianxin.venues.services import contents, update_venue
from lianxin.venues.services.checkpoints import ensure_checkpoints

#: Degrees: about 400 m.
SIDE = 0.004
#: The place with the printed accounts.
NAMED = "530112005"


@cache
def seeds() -> dict[str, Any]:
    return dict(json.loads((FOLDER / "reception.json").read_text(encoding="utf-8")))


def said(key: str) -> str:
    return str(seeds()["words"][key])


def load(*, now: datetime) -> None:
    """Outlines, positions, and the pages of the named station and two specialised stations."""
    ensure_checkpoints()
    _draw(now)
    venues = list(Venue.objects.select_related("desk"))
    for number, venue in enumerate(venues):
        _place(venue, number, now)
    station = next(v for v in venues if v.division_code == NAMED and v.kind == VenueKind.STATION)
    _furnish(station, now)
    for venue in _specialised(venues):
        _furnish(venue, now)
        _theme(venue, now)


def _specialised(venues: list[Venue]) -> list[Venue]:
    """The first station of each topic about which something is told."""
    found: dict[str, Venue] = {}
    for venue in sorted(venues, key=lambda one: one.division_code):
        if venue.kind == VenueKind.SPECIALISED and venue.topic in seeds()["partners"]:
            found.setdefault(venue.topic, venue)
    return list(found.values())


def _draw(now: datetime) -> None:
    """Blocks side by side around the middle of each village."""
    for seed in world()["places"]:
        for code, _name in seed["villages"]:
            latitude, longitude = seeds()["centres"][code]
            grids = list(Grid.objects.filter(within_q(code)).order_by("number"))
            for number, grid in enumerate(grids):
                west = longitude + (number - len(grids) / 2) * SIDE
                set_shape(
                    grid_id=grid.pk,
                    outline=_square(west, latitude - SIDE / 2),
                    by=None,
                    at=now - timedelta(days=60),
                )


def _square(west: float, south: float) -> dict[str, Any]:
    east, north = west + SIDE, south + SIDE
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _place(venue: Venue, number: int, now: datetime) -> None:
    """Each a few steps from the next one of the same place."""
    latitude, longitude = seeds()["centres"][venue.division_code]
    update_venue(
        venue_id=venue.pk,
        by=None,
        at=now - timedelta(days=60),
        latitude=round(latitude + 0.0004 * (number % 5), 6),
        longitude=round(longitude + 0.0003 * (number % 7), 6),
    )


def _save(venue: Venue, rows: str, at: datetime, /, **values: Any) -> Any:
    return contents.save_row(
        venue_id=venue.pk, kind=rows, row_id=None, values=values, by=None, at=at
    )


def _furnish(venue: Venue, now: datetime) -> None:
    began = now - timedelta(days=200)
    for kind, title, text in seeds()["texts"]:
        _save(venue, "texts", began, kind=kind, title=title, text=text)
    for number, title in enumerate(seeds()["duties"]):
        name = world()["surnames"][number + 3] + world()["given"][number + 5]
        _save(venue, "staff", began, name=name, title=title, phone=venue.phone)
    for name, count, note in seeds()["equipment"]:
        _save(venue, "equipment", began, name=name, number=count, note=note)
    points = list(CheckPoint.objects.filter(is_active=True))
    for point in points:
        contents.check_point(
            venue_id=venue.pk,
            point_id=point.pk,
            is_met=point != points[-1] or venue.division_code == NAMED,
            note="",
            checked_on=local_date(now) - timedelta(days=30),
            by=None,
            at=now - timedelta(days=30),
        )
    for weeks, (title, text) in enumerate(seeds()["news"], start=1):
        _save(venue, "news", now - timedelta(weeks=weeks), title=title, text=text)


def _theme(venue: Venue, now: datetime) -> None:
    """Partners of a specialised station; an activity that was held, and one that is announced."""
    for kind, name, title in seeds()["partners"][venue.topic]:
        _save(venue, "partners", now - timedelta(days=150), kind=kind, name=name, title=title)
    for number, (title, text, outcome) in enumerate(seeds()["activities"][venue.topic]):
        starts = now.replace(hour=1, minute=30, second=0, microsecond=0)
        starts += timedelta(days=12 if number else -20)
        activity = _save(
            venue,
            "activities",
            now - timedelta(days=30),
            title=title,
            text=text,
            starts_at=starts,
            ends_at=starts + timedelta(hours=2),
            place=venue.name,
        )
        if outcome:
            contents.hold_activity(
                venue_id=venue.pk,
                row_id=activity.pk,
                outcome=outcome,
                by=None,
                at=starts + timedelta(hours=3),
            )
