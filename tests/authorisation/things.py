"""The small world of tests/factories.py with one account per role, and the things that addresses name.

A thing is a function of the world, registered under the name that the matrix uses.
"""

import functools
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import openpyxl
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from lianxin.congress import services as congress
from lianxin.congress.enums import OrganKind
from lianxin.congress.models import Deputy
from lianxin.congress.queries import actor_of
from lianxin.kernel.clock import now
from lianxin.notices import services as notices
from lianxin.notices.models import Notice
from lianxin.people import services as people
from lianxin.people.enums import AccessScope
from lianxin.people.models import Account
from lianxin.places import services as places
from lianxin.record.services import imports
from lianxin.venues import services as venues
from lianxin.venues.enums import VenueKind
from tests import factories as f
from tests.remembered import remembered

NOW = f.MONDAY
TOWN = "530112005"

# role -> account of the small world in tests/factories.py
NAMES = {
    "clerk": "clerk",
    "stranger": "other_clerk",
    "station_head": "head",
    "deputy": "deputy",
    "handler": "handler",
    "unit_head": "chief",
    "supervisor": "supervisor",
    "auditor": "auditor",
}
ADMINISTRATORS = ("security_admin", "operator")


@dataclass
class World:
    small: f.World
    accounts: dict[str, Account] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
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


@remembered
def build() -> World:
    """Walks the real services; the installation itself (`by=None`) may appoint."""
    world = World(f.world())
    home = f.organ("operator", kind=OrganKind.OPERATOR, division_code="53")
    for role in ADMINISTRATORS:
        f.holder(role, role=role, at_organ=home, username=role)
    for role, name in (NAMES | {one: one for one in ADMINISTRATORS}).items():
        world.accounts[role] = Account.objects.get(username=name)
        world.sessions[role] = session(world.accounts[role])
        world.keys[role] = key_of(world.accounts[role])
    return world


def key_of(account: Account) -> str:
    """An access key with which a program acts as the account's person."""
    _row, text = people.make_key(
        account_id=account.pk,
        name="matrix",
        scope=AccessScope.WRITE,
        expires_at=now() + timedelta(days=1),
        networks=(),
        by=None,
        at=now(),
    )
    return text


def session(account: Account) -> str:
    """The key of a session in which the account is signed in, and has been seen with its posts."""
    client = browser()
    client.force_login(account)
    client.get(reverse("people:start"))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@functools.cache
def _browser() -> Client:
    return Client(raise_request_exception=False)


def browser(session_key: str = "") -> Client:
    """A browser with this session or none. It is always the same one, emptied: a new one would load
    all middleware again, for each of thousands of requests."""
    client = _browser()
    client.cookies.clear()
    if session_key:
        client.cookies[settings.SESSION_COOKIE_NAME] = session_key
    return client


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
def person_of_handler(world: World) -> Any:
    return world.accounts["handler"].person_id


@thing
def organ_of_unit(world: World) -> Any:
    return world.small.unit.pk


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
    book = openpyxl.Workbook()
    book.active.append(["place", "name"])
    book.active.append(["53", "office"])
    out = io.BytesIO()
    book.save(out)
    operator = actor_of(world.accounts["operator"].person_id)
    file = ContentFile(out.getvalue(), name="units.xlsx")
    return imports.preview("units", file, operator, NOW).pk


@thing
def receipt_code(world: World) -> Any:
    """The code of a matter that a resident filed."""
    from lianxin.cases.enums import Channel
    from lianxin.cases.services import filing
    from lianxin.venues.models import Venue

    venue = Venue.objects.get(code=world.thing("venue_code"))
    draft = filing.Draft(
        words="路灯坏了", division_code=TOWN, channel=Channel.WEB, venue_id=venue.pk
    )
    return filing.file_case(
        draft=draft, key="matrix", actor="matrix", route="matrix", by=None, at=NOW
    ).code


@thing
def case_at_desk(world: World) -> Any:
    """Filed, not accepted yet, at the desk of the clerk."""
    return f.filed().pk


@thing
def voice_at_desk(world: World) -> Any:
    return f.filed(name="x", phone="13800138000", consents=True).voices.get().pk


@thing
def dispatch_at_unit(world: World) -> Any:
    """Assigned to the handler's unit, not signed for yet."""
    return f.assigned(world.small).pk


@thing
def case_at_unit(world: World) -> Any:
    from lianxin.cases.models import Case

    return Case.objects.get(matter__dispatches=world.thing("dispatch_at_unit")).pk


@thing
def venue_of_clerk(world: World) -> Any:
    return world.small.venue.pk
