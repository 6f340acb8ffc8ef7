"""Everybody once more, from elsewhere: the same roles in a sibling county, above and below.

The matrix says who gets what of objects of one's own place. Here each address that names an object
is asked by `role@relation`: `sibling` (another county of the prefecture), `parent` (the
prefecture), `child` (a village of the township). What is foreign answers like what is absent,
unless `relations.yaml` says that the relation sees it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from lianxin.congress.enums import Level, OrganKind
from lianxin.congress.services import open_mandate, register_deputy
from lianxin.people.models import Account
from lianxin.places.enums import Level as PlaceLevel
from lianxin.places.models import Division
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import Venue
from lianxin.venues.services import open_venue, station_deputy
from tests import factories as f
from tests.authorisation import matrix, things
from tests.remembered import remembered

FILE = Path(__file__).parent / "relations.yaml"
#: relation -> division, kind of its venue, level of its congress, kind of its office
PLACES = {
    "sibling": ("530102", VenueKind.HOME, Level.COUNTY, OrganKind.CONGRESS_OFFICE),
    "parent": ("5301", VenueKind.HOME, Level.PREFECTURE, OrganKind.CONGRESS_OFFICE),
    "child": ("530112005002", VenueKind.ROOM, Level.COUNTY, OrganKind.STREET_COMMITTEE),
}
AT_DESK = ("clerk", "station_head")
AT_UNIT = ("handler", "unit_head")
AT_OFFICE = ("supervisor", "auditor")
AT_OPERATOR = ("security_admin", "operator")
ROLES = (*AT_DESK, "deputy", *AT_UNIT, *AT_OFFICE, *AT_OPERATOR)
ACTORS = tuple(f"{role}@{relation}" for relation in PLACES for role in ROLES)
FOREIGN = [401, 403, 404]


@remembered
def build() -> things.World:
    """The matrix's world with one account of each role in each relation, and their sessions."""
    world = things.build()
    Division.objects.create(
        code="530112005002", name="village", level=PlaceLevel.VILLAGE, parent_code="530112005"
    )
    for relation, (code, kind, level, office) in PLACES.items():
        venue = open_venue(
            name=f"venue {relation}",
            kind=kind,
            division_code=code,
            areas=(code,),
            by=None,
            at=f.LONG_AGO,
        )
        homes = {
            AT_DESK: venue.desk,
            AT_UNIT: f.organ(f"unit {relation}", kind=OrganKind.UNIT, division_code=code),
            AT_OFFICE: f.organ(f"office {relation}", kind=office, division_code=code),
            AT_OPERATOR: f.organ(
                f"operator {relation}", kind=OrganKind.OPERATOR, division_code=code
            ),
        }
        for roles, home in homes.items():
            for role in roles:
                name = f"{role}@{relation}"
                f.holder(name, role=role, at_organ=home, username=name)
        _deputy(f"deputy@{relation}", code, level, venue)
    for name in ACTORS:
        world.accounts[name] = Account.objects.get(username=name)
        world.sessions[name] = things.session(world.accounts[name])
    return world


def _deputy(name: str, code: str, level: str, venue: Venue) -> None:
    """A deputy of the relation's own congress; streets and villages have none but the county's."""
    seat = code[:6]
    row = register_deputy(
        person_id=f.person(name, name).pk, division_code=seat, by=None, at=f.LONG_AGO
    )
    began = date(2022, 1, 10)
    term = f.term(seat, level)
    open_mandate(deputy_id=row.pk, term_id=term.pk, from_date=began, by=None, at=f.LONG_AGO)
    station_deputy(venue_id=venue.pk, deputy_id=row.pk, from_date=began, by=None, at=f.LONG_AGO)


def exceptions() -> dict[str, dict[str, dict[str, Any]]]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8")) or {}


def faults(table: dict[str, matrix.Row]) -> list[str]:
    """Exceptions for an address, a method or an actor that is not there."""
    return sorted(
        f"{name}: {method} {actor} is not asked"
        for name, methods in exceptions().items()
        for method, actors in methods.items()
        for actor in actors
        if name not in named(table) or method not in matrix.METHODS or actor not in ACTORS
    )


def named(table: dict[str, matrix.Row]) -> dict[str, matrix.Row]:
    """The rows whose address names an object of a place."""
    return {
        name: row
        for name, row in table.items()
        if not row.not_exercised
        and any(isinstance(v, str) and v in things.THINGS for v in row.arguments.values())
    }


def answer(row: matrix.Row, method: str, actor: str) -> Any:
    """What somebody from elsewhere should get."""
    said = exceptions().get(row.name, {}).get(method, {})
    if actor in said:
        return said[actor]
    everybody = row.answer(method, "somebody")
    refused = everybody if isinstance(everybody, list) else [everybody]
    is_open = any(one not in (403, 404, 405, "sign-in") for one in refused)
    return everybody if is_open else [*FOREIGN, 405, "sign-in"]


def pairs(row: matrix.Row, *, share: int, turn: int) -> Iterator[tuple[str, str]]:
    """Which (method, actor) of a row are tried: all with share 1, else every share-th."""
    methods = [method for method in matrix.METHODS if method in row.expected]
    both = [(method, actor) for method in methods for actor in ACTORS]
    yield from matrix.thinned(both, share=share, turn=turn)
