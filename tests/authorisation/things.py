"""A small world with one account per role, and the things that addresses name.

A thing is a function of the world, registered under the name that the matrix uses.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import openpyxl
from django.core.files.base import ContentFile

from lianxin.congress import services as congress
from lianxin.congress.enums import Level, OrganKind
from lianxin.congress.models import Deputy
from lianxin.congress.queries import actor_of
from lianxin.kernel.clock import now
from lianxin.notices import services as notices
from lianxin.notices.models import Notice
from lianxin.people import services as people
from lianxin.people.models import Account
from lianxin.places import services as places
from lianxin.record.services import imports
from lianxin.venues import services as venues
from lianxin.venues.enums import VenueKind

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
START = date(2022, 1, 10)
TOWN, ELSEWHERE = "532524100", "530112005"

# role -> kind of organ, its name, where
POSTS = {
    "clerk": (OrganKind.VENUE_DESK, "desk", TOWN),
    "station_head": (OrganKind.VENUE_DESK, "desk", TOWN),
    "handler": (OrganKind.UNIT, "unit", TOWN),
    "unit_head": (OrganKind.UNIT, "unit", TOWN),
    "supervisor": (OrganKind.PRESIDIUM, "presidium", TOWN),
    "auditor": (OrganKind.OPERATOR, "operator", "53"),
    "security_admin": (OrganKind.OPERATOR, "operator", "53"),
    "operator": (OrganKind.OPERATOR, "operator", "53"),
}


@dataclass
class World:
    accounts: dict[str, Account] = field(default_factory=dict)
    organs: dict[tuple[str, str], Any] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)

    def thing(self, value: Any) -> Any:
        """The thing of that name, made once; any other value stands for itself."""
        if not isinstance(value, str) or value not in THINGS:
            return value
        if value not in self.made:
            self.made[value] = THINGS[value](self)
        return self.made[value]


THINGS: dict[str, Callable[[World], Any]] = {}


def thing(make: Callable[[World], Any]) -> Callable[[World], Any]:
    THINGS[make.__name__] = make
    return make


def build() -> World:
    """Walks the real services; the installation itself (`by=None`) may appoint."""
    world = World()
    for role, (kind, name, division) in POSTS.items():
        world.accounts[role] = _member(world, role, role, kind, name, division)
    world.accounts["stranger"] = _member(
        world, "stranger", "clerk", OrganKind.VENUE_DESK, "desk", ELSEWHERE
    )
    world.accounts["deputy"] = _deputy()
    return world


def _account(name: str) -> Account:
    person = people.create_person(name=name, by=None, at=NOW)
    return people.create_account(person_id=person.pk, username=name, password=None, by=None, at=NOW)


def _member(world: World, name: str, role: str, kind: str, organ: str, division: str) -> Account:
    if (organ, division) not in world.organs:
        world.organs[organ, division] = congress.open_organ(
            name=organ, kind=kind, division_code=division, by=None, at=NOW
        )
    account = _account(name)
    congress.give_post(
        person_id=account.person_id,
        role=role,
        organ_id=world.organs[organ, division].pk,
        from_date=START,
        by=None,
        at=NOW,
    )
    return account


def _deputy() -> Account:
    account = _account("deputy")
    deputy = congress.register_deputy(
        person_id=account.person_id, division_code=TOWN, by=None, at=NOW
    )
    assembly = congress.open_congress(
        name="assembly", level=Level.TOWNSHIP, division_code=TOWN, by=None, at=NOW
    )
    term = congress.open_term(congress_id=assembly.pk, number=1, from_date=START, by=None, at=NOW)
    congress.open_mandate(deputy_id=deputy.pk, term_id=term.pk, from_date=START, by=None, at=NOW)
    return account


@thing
def nobody(world: World) -> Any:
    """An id that is nobody's."""
    return uuid4()


@thing
def calendar_day(world: World) -> Any:
    row = places.set_calendar_day(
        division_code="", date=date(2026, 4, 15), is_working=False, name="x", by=None, at=NOW
    )
    return row.pk


@thing
def service_hours(world: World) -> Any:
    row = places.set_service_hours(
        division_code="",
        from_date=date(2026, 5, 1),
        morning_open=time(9),
        morning_close=time(12),
        afternoon_open=time(13),
        afternoon_close=time(17),
        by=None,
        at=NOW,
    )
    return row.pk


@thing
def view_of_clerk(world: World) -> Any:
    view = people.save_view(
        person_id=world.accounts["clerk"].person_id, list_name="desk", name="mine", query=""
    )
    return view.pk


@thing
def absence_of_handler(world: World) -> Any:
    row = congress.set_absence(
        person_id=world.accounts["handler"].person_id,
        substitute_id=world.accounts["unit_head"].person_id,
        from_date=now().date(),
        until_date=now().date() + timedelta(days=1),
        by=None,
        at=NOW,
    )
    return row.pk


@thing
def organ_of_unit(world: World) -> Any:
    return world.organs["unit", TOWN].pk


@thing
def notice_of_clerk(world: World) -> Any:
    person_id = world.accounts["clerk"].person_id
    notices.tell(
        person_ids=[person_id], kind="test", text="x", url="/account/", event_key="x", at=NOW
    )
    return Notice.objects.get(person_id=person_id).pk


@thing
def venue_code(world: World) -> Any:
    venue = venues.open_venue(name="room", kind=VenueKind.ROOM, division_code=TOWN, by=None, at=NOW)
    return venue.code


@thing
def deputy_code(world: World) -> Any:
    return Deputy.objects.get(person=world.accounts["deputy"].person_id).code


@thing
def batch_of_operator(world: World) -> Any:
    """A table of one new unit, uploaded by the operator."""
    rows = [places.DivisionRow(code="53", name="云南省", parent_code="")]
    places.load_divisions(rows=rows, at=NOW)
    book = openpyxl.Workbook()
    book.active.append(["place", "name"])
    book.active.append(["53", "office"])
    out = io.BytesIO()
    book.save(out)
    operator = actor_of(world.accounts["operator"].person_id)
    file = ContentFile(out.getvalue(), name="units.xlsx")
    return imports.preview("units", file, operator, NOW).pk
