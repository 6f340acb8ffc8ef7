"""Things of the addresses of reception days and feeds."""

from datetime import date, time, timedelta
from typing import Any

from lianxin.congress.queries import actor_of
from lianxin.kernel.clock import local_date, now
from lianxin.reception.services.days import add_day
from lianxin.reception.services.feeds import renew_calendar_key
from lianxin.reception.services.patterns import Terms, add_pattern
from tests.authorisation.things import World, thing
from tests.venues.factories import grid


@thing
def reception_day(world: World) -> Any:
    """A day to come of the clerk's venue."""
    return add_day(
        venue_id=world.small.venue.pk,
        on=local_date(now()) + timedelta(days=9),
        starts=time(9),
        ends=time(11),
        by=None,
        at=now(),
    ).pk


@thing
def pattern_of_clerk(world: World) -> Any:
    terms = Terms("FREQ=WEEKLY;BYDAY=WE", time(14), time(16), date(2026, 1, 1))
    return add_pattern(venue_id=world.small.venue.pk, terms=terms, by=None, at=now())[0].pk


@thing
def calendar_secret(world: World) -> Any:
    actor = actor_of(world.accounts["deputy"].person_id)
    return renew_calendar_key(by=actor, at=now()).token


@thing
def grid_of_clerk(world: World) -> Any:
    return grid(77, "530112005001").pk
