"""Venues for tests, made by the real services."""

from __future__ import annotations

import itertools

from lianxin.congress.models import Deputy
from lianxin.places.models import Grid
from lianxin.venues import services
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import Stationing, Venue
from tests.congress.factories import AT, COMMUNITY, LONG_AGO

_number = itertools.count(1)


def venue(
    name: str = "", code: str = COMMUNITY, kind: str = VenueKind.ROOM, **more: object
) -> Venue:
    return services.open_venue(
        name=name or f"联络室{next(_number)}",
        kind=kind,
        division_code=code,
        by=None,
        at=AT,
        **more,  # type: ignore[arg-type]
    )


def station(where: Venue, who: Deputy) -> Stationing:
    return services.station_deputy(
        venue_id=where.pk, deputy_id=who.pk, from_date=LONG_AGO, by=None, at=AT
    )


def grid(number: int = 1, code: str = COMMUNITY) -> Grid:
    return Grid.objects.create(division_code=code, number=str(number), name=f"第{number}网格")
