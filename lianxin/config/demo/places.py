"""Organs, venues, grids and deputies of the demo world's five places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lianxin.config.demo.seeds import BEGAN, FROM, Cast, words, world
from lianxin.congress.enums import Level, OrganKind
from lianxin.congress.models import Congress, Deputy, Organ, Term
from lianxin.congress.services import (
    open_congress,
    open_mandate,
    open_organ,
    open_term,
    register_deputy,
)
from lianxin.places.models import Grid
from lianxin.places.rules import stem
from lianxin.places.services.grids import open_grid
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import Venue
from lianxin.venues.services import bind_grid, open_venue, station_deputy

NEW: dict[str, Any] = {"by": None, "at": BEGAN}
GRIDS_EACH = 3
#: Every third deputy speaks a language of the place beside Chinese.
SPEAKS = 3


@dataclass(slots=True)
class Place:
    """One of the five places while it is built."""

    seed: dict[str, Any]
    office: Organ
    town_office: Organ
    home: Venue
    station: Venue


def organ(name: str, kind: str, division: str, **more: Any) -> Organ:
    found = Organ.objects.filter(name=name, kind=kind, division_code=division).first()
    return found or open_organ(name=name, kind=kind, division_code=division, **more, **NEW)


def term(name: str, level: str, division: str, number: int) -> Term:
    congress = Congress.objects.filter(division_code=division, level=level).first()
    congress = congress or open_congress(name=name, level=level, division_code=division, **NEW)
    found = Term.objects.filter(congress=congress).first()
    return found or open_term(congress_id=congress.pk, number=number, from_date=FROM, **NEW)


def build(cast: Cast) -> None:
    """Everything that stands still: repeatable only on an empty database."""
    province = organ(
        words("province") + words("office"),
        OrganKind.CONGRESS_OFFICE,
        "53",
        short_name=words("office_short"),
    )
    operator = organ(words("operator"), OrganKind.OPERATOR, "53")
    cast.holder("auditor", province, "auditor")
    cast.holder("supervisor", province, "province")
    cast.holder("operator", operator, "operator")
    cast.holder("security_admin", operator, "security")
    for seed in world()["places"]:
        _build_place(seed, province, cast)


def _build_place(seed: dict[str, Any], province: Organ, cast: Cast) -> None:
    first = seed["key"] == "qianwei"
    county, town = seed["county"], seed["town"]
    organ(seed["prefecture_name"] + words("platform"), OrganKind.PLATFORM, county[:4])
    office = organ(
        seed["county_name"] + words("office"),
        OrganKind.CONGRESS_OFFICE,
        county,
        superior_id=province.pk,
    )
    kind = OrganKind.STREET_COMMITTEE if seed["street"] else OrganKind.PRESIDIUM
    town_office = organ(
        seed["town_name"] + words("street_committee" if seed["street"] else "presidium"),
        kind,
        town,
        superior_id=office.pk,
    )
    cast.holder("supervisor", office, "office" if first else "")
    cast.holder("supervisor", town_office, "town" if first else "")
    _units(seed, cast, named=first)
    home = _venue(seed["county_name"] + words("home"), VenueKind.HOME, county, seed, office, None)
    station = _venue(
        seed["town_name"] + words("station"), VenueKind.STATION, town, seed, town_office, home
    )
    cast.holder("clerk", home.desk)
    cast.holder("clerk", station.desk, "clerk" if first else "")
    cast.holder("station_head", station.desk, "head" if first else "")
    _small_venues(Place(seed, office, town_office, home, station), cast, named=first)


def _units(seed: dict[str, Any], cast: Cast, *, named: bool) -> None:
    """County units and the township's own; three handlers each, so that fresh eyes are there."""
    for name, short, strict in world()["units"]:
        unit = organ(
            seed["county_name"] + name,
            OrganKind.UNIT,
            seed["county"],
            short_name=seed["county_name"] + short,
            needs_approval=strict,
        )
        use = named and name == world()["units"][0][0]
        approves = named and name == world()["units"][1][0]
        cast.holder("handler", unit, "unit" if use else "drafter" if approves else "")
        cast.holder("handler", unit, "unit2" if use else "")
        cast.holder("unit_head", unit, "chief" if approves else "")
    for name in (words("street_office" if seed["street"] else "town_gov"), words("police")):
        unit = organ(seed["town_name"] + name, OrganKind.UNIT, seed["town"])
        for _ in range(2):
            cast.holder("handler", unit)


def _venue(
    name: str,
    kind: str,
    division: str,
    seed: dict[str, Any],
    office: Organ,
    parent: Venue | None,
    topic: str = "",
) -> Venue:
    count = Venue.objects.count()
    return open_venue(
        name=name,
        kind=kind,
        division_code=division,
        parent_id=parent.pk if parent else None,
        superior_id=office.pk,
        topic=topic,
        address=seed["town_name"],
        phone=f"{seed['phone']}{1000 + 7 * count}"[:13],
        hours=words("hours"),
        areas=() if topic else (division,),
        **NEW,
    )


def _small_venues(place: Place, cast: Cast, *, named: bool) -> None:
    seed, town = place.seed, place.seed["town"]
    rooms = [
        _venue(name + words("room"), VenueKind.ROOM, code, seed, place.town_office, place.station)
        for code, name in seed["villages"]
    ]
    extra = [(seed["area_room"], VenueKind.AREA_ROOM), (seed["base"], VenueKind.PRACTICE_BASE)]
    for name, kind in extra:
        if name:
            rooms.append(
                _venue(name, kind, seed["villages"][0][0], seed, place.town_office, place.station)
            )
    for topic in seed["topics"]:
        rooms.append(
            _venue(
                topic + words("specialised"),
                VenueKind.SPECIALISED,
                town,
                seed,
                place.office,
                place.station,
                topic,
            )
        )
    for room in rooms:
        cast.holder("clerk", room.desk)
    deputies = _deputies(place, cast, named=named)
    _stations(place, rooms, deputies)
    if named:
        cast.holder("grid_worker", place.station.desk, "grid")


def _deputies(place: Place, cast: Cast, *, named: bool) -> list[Deputy]:
    """Twelve of the county, four of the town where it has a congress, and the levels above."""
    seed, made = place.seed, []
    county = term(seed["county_name"] + words("congress"), Level.COUNTY, seed["county"], 17)
    upper = [
        term(seed["prefecture_name"] + words("congress"), Level.PREFECTURE, seed["county"][:4], 15),
        term(words("province") + words("congress"), Level.PROVINCE, "53", 14),
    ]
    if named:
        upper.append(term(words("congress"), Level.NATIONAL, "", 14))
    town = (
        None
        if seed["street"]
        else term(seed["town_name"] + words("congress"), Level.TOWNSHIP, seed["town"], 12)
    )
    for place_no in range(12):
        profession, workplace = world()["professions"][place_no]
        username = ("deputy", "deputy2")[place_no] if named and place_no < 2 else ""
        person = cast.person(username, "deputy")
        deputy = register_deputy(
            person_id=person.pk,
            division_code=seed["county"],
            profession=profession,
            workplace=seed["town_name"] + workplace,
            relay_phone=seed["phone"] + "1000",
            languages=_languages(seed["languages"], place_no),
            **NEW,
        )
        mandates = [county] if place_no % 3 or town is None else [town]
        if place_no < len(upper):
            mandates = [county, upper[place_no]]
        for one in mandates:
            open_mandate(
                deputy_id=deputy.pk,
                term_id=one.pk,
                from_date=FROM,
                constituency=words("constituency") % (place_no + 1),
                **NEW,
            )
        made.append(deputy)
    return made


def _languages(spoken: list[str], number: int) -> list[str]:
    return [spoken[number // SPEAKS % len(spoken)]] if number % SPEAKS == 1 else []


def _stations(place: Place, rooms: list[Venue], deputies: list[Deputy]) -> None:
    """All deputies in the station, some in each room. The first village's grids are the station's,
    the others those of their rooms; two deputies are bound to each.
    """
    for deputy in deputies:
        station_deputy(venue_id=place.station.pk, deputy_id=deputy.pk, from_date=FROM, **NEW)
    for deputy in deputies[:4]:
        station_deputy(venue_id=place.home.pk, deputy_id=deputy.pk, from_date=FROM, **NEW)
    for number, room in enumerate(rooms):
        own = [deputies[(number * 3 + k) % len(deputies)] for k in range(4)]
        for deputy in own:
            station_deputy(venue_id=room.pk, deputy_id=deputy.pk, from_date=FROM, **NEW)
        if room.kind == VenueKind.ROOM:
            for k in range(GRIDS_EACH):
                grid, keeper = _grid(room, k + 1), room if number else place.station
                for deputy in (own[k], own[k + 1]):
                    bind_grid(
                        venue_id=keeper.pk,
                        grid_id=grid.pk,
                        deputy_id=deputy.pk,
                        from_date=FROM,
                        **NEW,
                    )


def _grid(room: Venue, number: int) -> Grid:
    name = room.name.removesuffix(words("room"))
    short = stem(name)
    lists = words("grid_town" if name.endswith(words("community")) else "grid_village")
    return open_grid(
        division_code=room.division_code,
        number=str(number),
        name=words("grid") % number,
        addresses=lists
        % {
            "stem": short,
            "low": number * 20 - 19,
            "high": number * 20,
            "first": number * 3 - 2,
            "last": number * 3,
        },
        office_phone=room.phone,
        **NEW,
    )
