"""Things of the addresses of rotas."""

from typing import Any

from lianxin.kernel.clock import now
from lianxin.reception.models import ReceptionDay
from lianxin.reception.services.rota import draft_rota
from tests.authorisation.things import World, thing


@thing
def rota_draft(world: World) -> Any:
    """A draft of the clerk's venue for the year of its day to come."""
    day = ReceptionDay.objects.get(pk=world.thing("reception_day"))
    return draft_rota(venue_id=day.venue_id, year=day.date.year, by=None, at=now()).pk


@thing
def stationed_deputy(world: World) -> Any:
    return world.small.deputy.deputy_id
