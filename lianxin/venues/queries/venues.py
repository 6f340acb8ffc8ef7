"""Venues by place, by code, by search; the deputies in them."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Length

from lianxin.congress.enums import MandateState
from lianxin.congress.models import Deputy
from lianxin.congress.queries import deputies_of, in_force, today
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.models import Scoped
from lianxin.kernel.reference import remembered
from lianxin.kernel.search import matching
from lianxin.places.models import Division
from lianxin.places.queries import ancestors, within_q
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import GridBinding, Stationing, Venue, VenueArea

R = TypeVar("R", bound=Scoped)

#: Among venues that serve the same area, the nearest to people first.
NEAREST = (
    VenueKind.ROOM,
    VenueKind.AREA_ROOM,
    VenueKind.STATION,
    VenueKind.HOME,
    VenueKind.PRACTICE_BASE,
    VenueKind.SPECIALISED,
)


@remembered(Venue, VenueArea)
def venues_serving(division_code: str) -> list[Venue]:
    """Open venues whose area holds the division, the most specific area first; remembered, not to be
    changed.

    Each has `area_code`, the smallest of its areas that holds the division.
    """
    codes = ancestors(division_code)
    if not codes:
        return []
    # Codes of one path grow longer downwards, so the greatest is the smallest area.
    venues = Venue.objects.filter(is_active=True, areas__division_code__in=codes).annotate(
        area_code=Max("areas__division_code")
    )
    return sorted(venues, key=_nearness)


def _nearness(venue: Any) -> tuple[int, int, str]:
    return -len(venue.area_code), NEAREST.index(venue.kind), venue.name


@remembered(Venue, VenueArea)
def nearest_venue(division_code: str) -> tuple[UUID, UUID, str] | None:
    """Key, desk and the desk's division of the first of `venues_serving`, without reading the others; remembered."""
    codes = ancestors(division_code)
    areas = VenueArea.objects.filter(division_code__in=codes, venue__is_active=True).values_list(
        "division_code",
        "venue__kind",
        "venue__name",
        "venue_id",
        "venue__desk_id",
        "venue__desk__division_code",
    )
    found = min(
        areas,
        key=lambda row: (-len(row[0]), NEAREST.index(VenueKind(row[1])), row[2]),
        default=None,
    )
    return found[3:] if found else None


@remembered(VenueArea)
def areas_of(venue_id: UUID) -> tuple[str, ...]:
    """The codes of the areas that a venue serves; remembered."""
    areas = VenueArea.objects.filter(venue_id=venue_id).order_by("division_code")
    return tuple(areas.values_list("division_code", flat=True))


def with_place(rows: QuerySet[R]) -> QuerySet[R]:
    """Venues or grids with `path_names`, the names from the province down, without a further query."""
    place = Division.objects.filter(code=OuterRef("division_code"))
    named: Any = rows.annotate(path_names=Subquery(place.values("path_names")[:1]))
    return cast("QuerySet[R]", named)


def venue_by_code(code: str) -> Venue | None:
    """The open venue behind a venue code, however it was typed. One query."""
    written = normalise_board_code(code)
    if written is None:
        return None
    venues = Venue.objects.filter(code=written, is_active=True).select_related("desk", "parent")
    return with_place(venues).first()


def venue_of_desk(organ_id: UUID) -> Venue | None:
    """The venue whose desk the organ is."""
    return Venue.objects.filter(desk_id=organ_id).first()


def venues_listed(
    *, division_code: str = "", kind: str = "", search: str = "", on: date | None = None
) -> QuerySet[Venue]:
    """Open venues of a place and below, with `path_names` and `deputy_count`. To be paged."""
    venues = matching(Venue.objects.filter(within_q(division_code), is_active=True), search)
    if kind:
        venues = venues.filter(kind=kind)
    day = on or today()
    stationed = (
        Stationing.objects.filter(
            in_force(day),
            in_force(day, "deputy__mandates__"),
            venue=OuterRef("pk"),
            deputy__mandates__state=MandateState.ACTIVE,
        )
        .order_by()
        .values("venue")
        .annotate(number=Count("deputy", distinct=True))
        .values("number")
    )
    return with_place(venues).annotate(deputy_count=Coalesce(Subquery(stationed), 0))


def deputies_of_venue(venue_id: UUID, *, on: date | None = None) -> QuerySet[Deputy]:
    """Deputies stationed there on the day, with a mandate in force. Two queries with mandates."""
    day = on or today()
    here = Stationing.objects.filter(in_force(day), venue_id=venue_id)
    return deputies_of(on=day).filter(pk__in=here.values("deputy"))


def venues_of_deputy(deputy_id: UUID, *, on: date | None = None) -> QuerySet[Venue]:
    """Open venues in which the deputy is stationed on the day, the smallest place first."""
    here = Stationing.objects.filter(in_force(on or today()), deputy_id=deputy_id)
    venues = Venue.objects.filter(is_active=True, pk__in=here.values("venue"))
    return with_place(venues).order_by(Length(F("division_code")).desc(), "name")


def grids_of_deputy(deputy_id: UUID, *, on: date | None = None) -> QuerySet[GridBinding]:
    """Grids bound to the deputy on the day."""
    return (
        GridBinding.objects.filter(
            Q(deputy_id=deputy_id), in_force(on or today()), grid__is_active=True
        )
        .select_related("grid", "venue")
        .order_by("grid__division_code", "grid__number")
    )
