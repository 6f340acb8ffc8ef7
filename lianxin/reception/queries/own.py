"""Which venues somebody works for: the one way from a code in an address to a venue."""

from __future__ import annotations

from django.db.models import QuerySet

from lianxin.congress.models import Actor
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.refused import Absent
from lianxin.people.enums import Ability
from lianxin.venues.models import Venue


def own_venues(actor: Actor, ability: str = Ability.RECEPTION_RUN) -> QuerySet[Venue]:
    """Open venues at whose desk the actor holds the ability, by name."""
    return Venue.objects.filter(desk_id__in=actor.organs_with(ability), is_active=True).order_by(
        "name", "id"
    )


def own_venue(actor: Actor, code: str, ability: str = Ability.RECEPTION_RUN) -> Venue:
    """The venue behind a code among one's own. Raises Absent: a foreign one looks like none."""
    written = normalise_board_code(code)
    venue = own_venues(actor, ability).filter(code=written).first() if written else None
    if venue is None:
        raise Absent
    return venue
