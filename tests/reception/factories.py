"""Reception days for tests, made by the real services on the world of tests/factories.py."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from lianxin.congress.models import Actor
from lianxin.reception.models import ReceptionDay
from lianxin.reception.services.days import add_day
from lianxin.reception.services.seats import seat_deputies
from lianxin.venues.models import Venue
from tests import factories as f

#: A Wednesday a good week after f.MONDAY.
WEDNESDAY = date(2026, 11, 11)


def day(
    venue: Venue,
    *,
    on: date = WEDNESDAY,
    deputies: tuple[Actor, ...] = (),
    starts: time = time(9),
    ends: time = time(11),
    **more: Any,
) -> ReceptionDay:
    """A day with slots of 20 minutes for one visitor, and these deputies on its seats."""
    made = add_day(venue_id=venue.pk, on=on, starts=starts, ends=ends, by=None, at=f.MONDAY, **more)
    if deputies:
        ids = [one.deputy_id for one in deputies if one.deputy_id]
        seat_deputies(day_id=made.pk, deputy_ids=ids, by=None, at=f.MONDAY)
    return made
