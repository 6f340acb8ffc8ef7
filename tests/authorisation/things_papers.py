"""Things of the addresses of papers."""

from typing import Any

from lianxin.record.services import ledger
from tests import factories as f
from tests.authorisation.things import World, thing


@thing
def venue_with_signed_ledger(world: World) -> Any:
    f.filed()
    ledger.sequence_all(f.MONDAY)
    return world.small.venue.pk
