"""What a venue tells of itself, for its own pages and for those who keep them."""

from __future__ import annotations

from lianxin.congress.models import Actor
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.refused import Absent
from lianxin.venues.models import Venue
from lianxin.venues.queries.boards import venues_watched
from lianxin.venues.queries.venues import with_place


def venue_to_see(actor: Actor, code: str) -> Venue:
    """The venue behind a code among those the actor looks after. Raises Absent. One query."""
    written = normalise_board_code(code)
    found = (
        with_place(venues_watched(actor))
        .select_related("desk__superior", "parent")
        .filter(code=written)
        .first()
        if written
        else None
    )
    if found is None:
        raise Absent
    return found
