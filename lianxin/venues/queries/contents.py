"""What a venue tells of itself, for its own pages and for those who keep them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lianxin.congress.models import Actor, Deputy
from lianxin.congress.queries import DeputyCard, cards_asked, cards_of, deputies_of, today
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.refused import Absent
from lianxin.kernel.together import Asked, together
from lianxin.places.models import Grid
from lianxin.places.queries import within_q
from lianxin.record.models import Attachment
from lianxin.record.queries import attachments_by_subject
from lianxin.venues.models import (
    CheckItem,
    CheckPoint,
    ClosedDay,
    Equipment,
    GridBinding,
    NewsItem,
    Partner,
    StaffLine,
    Stationing,
    ThemedActivity,
    Venue,
    VenueText,
)
from lianxin.venues.queries.boards import venues_watched
from lianxin.venues.queries.portraits import portraits_asked
from lianxin.venues.queries.venues import with_place

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Check:
    """A point of the checklist at a venue; `item` is None while nobody has looked."""

    point: CheckPoint
    item: CheckItem | None
    photos: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Stationed:
    """A deputy of the venue with the days; `card` is None without a mandate in force."""

    stationing: Stationing
    card: DeputyCard | None
    portrait: UUID | None

    @property
    def name(self) -> str:
        return self.stationing.deputy.person.name


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that those who keep a venue's page see on one page."""

    texts: list[VenueText]
    staff: list[StaffLine]
    equipment: list[Equipment]
    checks: list[Check]
    closed: list[ClosedDay]
    partners: list[Partner]
    activities: list[ThemedActivity]
    news: list[NewsItem]
    deputies: list[Stationed]
    bindings: list[GridBinding]

    @property
    def met(self) -> int:
        """Points of the checklist that are there."""
        return sum(1 for one in self.checks if one.item and one.item.is_met)


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


def contents_of(venue: Venue, *, on: date) -> Contents:
    """The rows of a venue's page: past closed days and ended stationings are left out.

    Two queries, whatever the number of rows.
    """
    texts, staff, equipment, items, points, closed, partners, activities, *more = together(
        VenueText.objects.filter(venue=venue),
        StaffLine.objects.filter(venue=venue),
        Equipment.objects.filter(venue=venue),
        *checks_asked(venue),
        closed_days(venue, on),
        Partner.objects.filter(venue=venue),
        ThemedActivity.objects.filter(venue=venue)[:_SHOWN],
        NewsItem.objects.filter(venue=venue)[:_SHOWN],
        bindings_of(venue, on),
        stationed_asked(venue, on),
    )
    news, bindings, deputies = more
    photos = photos_of("venues.checkitem", [item.pk for item in items])
    return Contents(
        texts=texts,
        staff=staff,
        equipment=equipment,
        checks=checks(items, points, photos),
        closed=closed,
        partners=partners,
        activities=activities,
        news=news,
        deputies=deputies,
        bindings=bindings,
    )


def checks_asked(venue: Venue) -> tuple[QuerySet[CheckItem], QuerySet[CheckPoint]]:
    """What `checks` puts together: what was found at the venue, and the points of the checklist."""
    return CheckItem.objects.filter(venue=venue), CheckPoint.objects.filter(is_active=True)


def checks(
    items: Iterable[CheckItem],
    points: Iterable[CheckPoint],
    photos: Mapping[UUID, list[Attachment]],
) -> list[Check]:
    """The checklist with what was found and its photos."""
    found = {item.point_id: item for item in items}
    return [
        Check(point, found.get(point.pk), tuple(photos.get(found[point.pk].pk, ())))
        if point.pk in found
        else Check(point, None, ())
        for point in points
    ]


def photos_of(subject: str, keys: Collection[UUID]) -> dict[UUID, list[Attachment]]:
    """Photos of several rows of one kind. One query."""
    return attachments_by_subject(subject, keys)


def closed_days(venue: Venue, on: date) -> QuerySet[ClosedDay]:
    """Closed days that are not over, the nearest first."""
    return ClosedDay.objects.filter(venue=venue, until_date__gte=on)


def stationed(venue: Venue, on: date) -> list[Stationed]:
    """Deputies here now or from a later day, by name; those without a mandate too. One query."""
    return stationed_asked(venue, on).answer()


def stationed_asked(venue: Venue, on: date) -> Asked[list[Stationed]]:
    """The same, to be read together with other things."""
    here = Stationing.objects.filter(Q(until_date=None) | Q(until_date__gte=on), venue=venue)
    ordered = here.select_related("deputy__person").order_by("deputy__person__name", "from_date")
    cards = cards_asked(deputies_of(on=on).filter(pk__in=here.values("deputy")), on=on)
    portraits = portraits_asked(Deputy.objects.filter(pk__in=here.values("deputy")))

    def told(rows: list[Stationing], *parts: list[Any]) -> list[Stationed]:
        *of_cards, photos = parts
        named = {card.id: card for card in cards.told(*of_cards)}
        shown = portraits.told(photos)
        return [Stationed(row, named.get(row.deputy_id), shown.get(row.deputy_id)) for row in rows]

    return Asked((ordered, *cards.lists, *portraits.lists), told)


def bindings_of(venue: Venue, on: date) -> QuerySet[GridBinding]:
    """Grids bound to deputies of the venue, not ended."""
    return (
        GridBinding.objects.filter(Q(until_date=None) | Q(until_date__gte=on), venue=venue)
        .select_related("grid", "deputy__person")
        .order_by("grid__number", "deputy__person__name")
    )


def point_by_code(code: str) -> CheckPoint:
    """Raises Absent."""
    point = CheckPoint.objects.filter(code=code, is_active=True).first()
    if point is None:
        raise Absent
    return point


def item_of(venue: Venue, point: CheckPoint) -> CheckItem | None:
    """What was found of a point at the venue."""
    return CheckItem.objects.filter(venue=venue, point=point).first()


def deputies_to_station(venue: Venue, text: str) -> list[tuple[str, str]]:
    """Deputies in office near the venue, or of that name anywhere in its prefecture; thirty at most.

    A code of a deputy finds exactly that one.
    """
    written = normalise_board_code(text) if text else None
    if written:
        found = deputies_of().filter(code=written)
    elif text:
        found = deputies_of(search=text).filter(
            within_q(venue.division_code[:4]) | Q(mandates__division_code=venue.division_code[:2])
        )
    else:
        found = deputies_of(division_code=venue.division_code[:6])
    here = Stationing.objects.filter(venue=venue, until_date=None).values("deputy")
    cards = cards_of(found.exclude(pk__in=here).distinct()[:30])
    return [(str(card.id), _described(card)) for card in cards]


def _described(card: DeputyCard) -> str:
    seats = "、".join(dict.fromkeys(line.congress for line in card.mandates))
    return " · ".join(text for text in (card.name, seats, card.workplace) if text)


def deputies_here(venue: Venue) -> list[tuple[str, str]]:
    """Deputies to whom a grid can be bound."""
    return [(str(one.stationing.deputy_id), one.name) for one in stationed(venue, today())]


def grids_here(venue: Venue) -> list[tuple[str, str]]:
    """Grids in the areas of the venue, 500 at most."""
    areas = [area.division_code for area in venue.areas.all()] or [venue.division_code]
    wanted = Q(pk__in=[])
    for code in areas:
        wanted |= within_q(code)
    grids = Grid.objects.filter(wanted, is_active=True).order_by("division_code", "number")
    return [(str(grid.pk), grid.name) for grid in grids[:500]]


def deputy_of_venue(venue: Venue, deputy_id: UUID) -> Deputy:
    """A deputy stationed here now or later. Raises Absent."""
    row = next(
        (one for one in stationed(venue, today()) if one.stationing.deputy_id == deputy_id), None
    )
    if row is None:
        raise Absent
    return row.stationing.deputy


def stationing_of(venue: Venue, stationing_id: UUID) -> Stationing:
    """Raises Absent for another venue's."""
    row = Stationing.objects.filter(pk=stationing_id, venue=venue).select_related("deputy__person")
    found = row.first()
    if found is None:
        raise Absent
    return found


def binding_of(venue: Venue, binding_id: UUID) -> GridBinding:
    """Raises Absent for another venue's."""
    found = GridBinding.objects.filter(pk=binding_id, venue=venue).first()
    if found is None:
        raise Absent
    return found
