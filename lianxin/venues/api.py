"""The API of venues: which there are, one of them, its reception days, deputies, and “find my deputy”."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from lianxin.congress.queries import DeputyCard
from lianxin.kernel.clock import now
from lianxin.venues import queries
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import Venue
from lianxin.venues.queries import timetable
from lianxin.venues.queries.pages import venue_open
from lianxin.venues.queries.timetable import Sitting
from lianxin.web.rest.doors import Doors
from lianxin.web.rest.fields import After, AnyPlace, Key, Moment, OneOf, Place, Sought, one_of
from lianxin.web.rest.schemas import PageOf, Said, Shown

open_doors = Doors(_("Divisions and venues"))
COMING = 60


class VenueShown(Shown):
    code: str = Field(description="as printed on the board")
    name: str
    kind: str = Field(json_schema_extra=one_of(VenueKind))
    division: str
    address: str
    phone: str
    hours: str
    topic: str
    latitude: float | None
    longitude: float | None


class DeputyShown(Shown):
    code: str = Field(description="as printed on the board")
    name: str
    levels: list[str]
    constituencies: list[str]
    profession: str
    field: str
    languages: list[str]
    relay_phone: str = Field(description="an office's number, never a private one")


class SittingShown(Shown):
    day: Key
    venue: str
    venue_name: str
    starts_at: Moment
    ends_at: Moment
    place: str
    topic: str
    is_announced: bool
    is_cancelled: bool
    free: int | None = Field(description="visitors that can still book; null: none can")
    deputies: list[str]


class GridShown(Shown):
    number: str
    name: str
    deputies: list[str]


class VenuePageShown(VenueShown):
    deputies: list[DeputyShown]
    grids: list[GridShown]
    sittings: list[SittingShown]


class DeputyPageShown(DeputyShown):
    venues: list[VenueShown]
    grids: list[str]
    sittings: list[SittingShown]


class SpotShown(Shown):
    division: str
    path: list[str]
    grid: str = Field(description="the number of the grid, empty for the whole place")


class UnderstoodShown(Shown):
    spots: list[SpotShown]
    missed: str
    venues: list[VenueShown]


class AnswerShown(Shown):
    spot: SpotShown
    first: DeputyShown | None = Field(description="whom to turn to first")
    venue: VenueShown | None
    deputies: list[DeputyShown]
    sittings: list[SittingShown]
    grids: list[str]


class Wanted(Said):
    q: Sought = ""
    place: AnyPlace = ""
    kind: Annotated[str, OneOf(["", *VenueKind.values])] = ""
    after: After = ""


class Words(Said):
    q: Sought


class Where(Said):
    place: Place
    grid: str = Field("", max_length=20)


@open_doors.read("/venues", PageOf[VenueShown], _("Open venues of a place"), kept=60)
def venues(request: HttpRequest, asked: Query[Wanted]) -> PageOf[VenueShown]:
    page = queries.venue_list(
        division_code=asked.place, kind=asked.kind, search=asked.q, after=asked.after
    ).page
    return PageOf[VenueShown](items=[venue_shown(one) for one in page], next=page.next_cursor)


@open_doors.read(
    "/venues/{code}", VenuePageShown, _("One venue with its deputies and grids"), kept=60
)
def venue(request: HttpRequest, code: str) -> VenuePageShown:
    page = queries.venue_page(code, at=now())
    return VenuePageShown(
        **_facts(page.venue),
        deputies=[deputy_shown(line.card) for line in page.deputies],
        grids=[
            GridShown(number=one.number, name=one.name, deputies=list(one.deputies))
            for one in page.grids
        ],
        sittings=_sittings(page.sittings),
    )


@open_doors.read(
    "/venues/{code}/reception-days",
    list[SittingShown],
    _("The coming reception days of a venue"),
    kept=60,
)
def reception_days(request: HttpRequest, code: str) -> list[SittingShown]:
    found = venue_open(code)
    return _sittings(timetable.sittings(venue_ids=[found.pk], since=now(), most=COMING))


@open_doors.read("/deputies/{code}", DeputyPageShown, _("One deputy in office"), kept=60)
def deputy(request: HttpRequest, code: str) -> DeputyPageShown:
    page = queries.deputy_page(code, at=now())
    return DeputyPageShown(
        **_card(page.deputy),
        venues=[venue_shown(one) for one in page.venues],
        grids=[binding.grid.name or binding.grid.number for binding in page.grids],
        sittings=_sittings(page.sittings),
    )


@open_doors.read("/find", UnderstoodShown, _("What an address in words means"), kept=60)
def find(request: HttpRequest, asked: Query[Words]) -> UnderstoodShown:
    found = queries.understand(asked.q)
    return UnderstoodShown(
        spots=[_spot(one) for one in found.spots],
        missed=found.missed,
        venues=[venue_shown(one) for one in found.venues],
    )


@open_doors.read(
    "/find/answer", AnswerShown, _("Find my deputy: who is there for a place or a grid"), kept=60
)
def find_answer(request: HttpRequest, asked: Query[Where]) -> AnswerShown:
    found = queries.answer(place=asked.place, number=asked.grid, at=now())
    others = [card for group in found.groups for card in group.deputies]
    return AnswerShown(
        spot=_spot(found.spot),
        first=deputy_shown(found.first) if found.first else None,
        venue=venue_shown(found.venue) if found.venue else None,
        deputies=[deputy_shown(card) for card in [*found.bound, *others]],
        sittings=_sittings(found.sittings),
        grids=[grid.number for grid in found.grids],
    )


def venue_shown(row: Venue) -> VenueShown:
    return VenueShown(**_facts(row))


def deputy_shown(card: DeputyCard) -> DeputyShown:
    return DeputyShown(**_card(card))


def _facts(row: Venue) -> dict[str, Any]:
    names = ("code", "name", "kind", "address", "phone", "hours", "topic", "latitude", "longitude")
    return {"division": row.division_code, **{name: getattr(row, name) for name in names}}


def _card(card: DeputyCard) -> dict[str, Any]:
    seats = (line.constituency for line in card.mandates if line.constituency)
    return {
        "code": card.code,
        "name": card.name,
        "levels": [str(level) for level in card.levels],
        "constituencies": list(dict.fromkeys(seats)),
        "profession": card.profession,
        "field": card.field,
        "languages": list(card.languages),
        "relay_phone": card.relay_phone,
    }


def _spot(spot: queries.Spot) -> SpotShown:
    return SpotShown(division=spot.place.code, path=list(spot.place.path), grid=spot.key)


def _sittings(rows: Iterable[Sitting]) -> list[SittingShown]:
    return [
        SittingShown(
            day=one.day_id,
            venue=one.venue_code,
            venue_name=one.venue_name,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            place=one.place,
            topic=one.topic,
            is_announced=one.is_announced,
            is_cancelled=one.is_cancelled,
            free=one.free,
            deputies=[sitter.name for sitter in one.sitters],
        )
        for one in rows
    ]
