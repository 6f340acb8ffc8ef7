"""The answer of “find my deputy”: venue, deputies of every level, duty, next reception."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from lianxin.congress.enums import Level
from lianxin.congress.queries import DeputyCard, cards_asked, deputies_of, in_force
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Absent
from lianxin.kernel.together import together
from lianxin.places.enums import Level as PlaceLevel
from lianxin.places.models import Division, Grid
from lianxin.places.queries import children_of, grids_of
from lianxin.venues.models import GridBinding, Stationing, Venue
from lianxin.venues.queries.find import Spot, spot_of
from lianxin.venues.queries.timetable import Sitting, on_duty_asked, sittings_asked
from lianxin.venues.queries.venues import venues_serving

SITTINGS = 3
#: Grids of a village to be more exact with; none has as many.
MOST_GRIDS = 2000
_LEVELS = list(Level.values)


@dataclass(frozen=True, slots=True)
class Group:
    """A venue that serves the place, and its deputies who were not named before, highest level
    first.
    """

    venue: Venue
    deputies: list[DeputyCard]


@dataclass(frozen=True, slots=True)
class Answer:
    """Who is there for a place or a grid.

    `bound` are the deputies of the grid, the one on duty first; `groups` the others by venue, the
    nearest venue first; `others` are venues without further deputies. `grids` (of a village) and
    `below` (of a larger place) are there to be more exact with.
    """

    spot: Spot
    venue: Venue | None
    bound: list[DeputyCard]
    duty: DeputyCard | None
    groups: list[Group]
    others: list[Venue]
    levels: list[tuple[Any, int]]
    sittings: list[Sitting]
    grids: Sequence[Grid]
    below: Sequence[Division]
    at: datetime

    @property
    def book(self) -> Sitting | None:
        """The next reception day with a free place to book."""
        return next((one for one in self.sittings if one.free), None)

    @property
    def first(self) -> DeputyCard | None:
        """Whom to turn to first: on duty, else the first one bound to the grid."""
        return self.duty or (self.bound[0] if self.bound else None)

    @property
    def count(self) -> int:
        return len(self.bound) + sum(len(group.deputies) for group in self.groups)


def answer(*, place: str, number: str = "", at: datetime) -> Answer:
    """The answer for a place (code of a division), or for its grid of that number.

    One query, and what is remembered. Raises Absent where there is no such place or grid.
    """
    spot = spot_of(place, number)
    if spot is None:
        raise Absent
    day = local_date(at)
    venues = venues_serving(place)
    ids = [venue.pk for venue in venues]
    grids = [spot.grid.pk] if spot.grid else []
    held = GridBinding.objects.filter(in_force(day), grid__in=grids)
    here = Stationing.objects.filter(in_force(day), venue__in=ids)
    theirs = Q(pk__in=held.values("deputy")) | Q(pk__in=here.values("deputy"))
    bound_ids, seated, named, duty, coming = together(
        held.order_by("from_date", "id").values_list("deputy_id", flat=True),
        here.values_list("venue_id", "deputy_id"),
        cards_asked(deputies_of(on=day).filter(theirs), on=day),
        on_duty_asked(grids, day),
        sittings_asked(venue_ids=ids, since=at, most=SITTINGS + 2),
    )
    cards = {card.id: card for card in named}
    stationed: dict[UUID, list[UUID]] = {}
    for venue_id, deputy_id in seated:
        stationed.setdefault(venue_id, []).append(deputy_id)
    duty_id = duty.get(grids[0]) if grids else None
    bound = _ranked(cards[pk] for pk in bound_ids if pk in cards)
    bound.sort(key=lambda card: card.id != duty_id)
    groups = _groups(venues, stationed, cards, bound)
    shown = {group.venue.pk for group in groups}
    listed = [*bound, *(card for group in groups for card in group.deputies)]
    return Answer(
        spot=spot,
        venue=venues[0] if venues else None,
        bound=bound,
        duty=cards.get(duty_id) if duty_id else None,
        groups=groups,
        others=[venue for venue in venues if venue.pk not in shown],
        levels=_levels(listed),
        sittings=[one for one in coming if not one.is_cancelled][:SITTINGS],
        grids=_grids(spot),
        below=() if spot.place.level == PlaceLevel.VILLAGE else children_of(place),
        at=at,
    )


def _groups(
    venues: list[Venue],
    stationed: dict[UUID, list[UUID]],
    cards: dict[UUID, DeputyCard],
    bound: list[DeputyCard],
) -> list[Group]:
    named = {card.id for card in bound}
    groups = []
    for venue in venues:
        fresh = [pk for pk in stationed.get(venue.pk, ()) if pk in cards and pk not in named]
        named.update(fresh)
        if fresh:
            groups.append(Group(venue, _ranked(cards[pk] for pk in fresh)))
    return groups


def _ranked(cards: Iterable[DeputyCard]) -> list[DeputyCard]:
    """Highest level first, then by name."""
    return sorted(cards, key=lambda card: (_rank(card), card.name))


def _rank(card: DeputyCard) -> int:
    return min((_LEVELS.index(seat.level) for seat in card.mandates), default=len(_LEVELS))


def _levels(cards: list[DeputyCard]) -> list[tuple[Any, int]]:
    """How many deputies of each level, highest first; one with two mandates counts in both."""
    held = [{seat.level for seat in card.mandates} for card in cards]
    return [
        (level.label, number)
        for level in Level
        if (number := sum(level.value in levels for levels in held))
    ]


def _grids(spot: Spot) -> Sequence[Grid]:
    if spot.grid or spot.place.level != PlaceLevel.VILLAGE:
        return ()
    return grids_of(spot.place.code, MOST_GRIDS)
