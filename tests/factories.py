"""A small world for tests: one factory a thing, states reached by walking the real services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from lianxin.cases.enums import Channel
from lianxin.cases.models import Case
from lianxin.cases.services import filing, screening
from lianxin.congress.enums import Level, OrganKind
from lianxin.congress.models import Actor, Deputy, Organ, Term
from lianxin.congress.queries import actor_of
from lianxin.congress.services import (
    give_post,
    open_congress,
    open_mandate,
    open_organ,
    open_term,
    register_deputy,
)
from lianxin.handling.enums import DispatchKind, Part
from lianxin.handling.models import Dispatch
from lianxin.handling.services import dispatches
from lianxin.handling.services.dispatches import Target
from lianxin.kernel.ids import uuid7
from lianxin.people.models import Person
from lianxin.people.services import create_account, create_person
from lianxin.places.enums import Level as PlaceLevel
from lianxin.places.models import Division
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import Venue
from lianxin.venues.services import open_venue, station_deputy
from tests.remembered import remembered

LONG_AGO = datetime(2020, 1, 2, 1, 0, tzinfo=UTC)
#: Monday 2 November 2026, 10:00 in Shanghai: an ordinary week.
MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
PLACES = (
    ("53", "云南省", PlaceLevel.PROVINCE),
    ("5301", "昆明市", PlaceLevel.PREFECTURE),
    ("530102", "五华区", PlaceLevel.COUNTY),
    ("530102001", "华山街道", PlaceLevel.TOWNSHIP),
    ("530112", "西山区", PlaceLevel.COUNTY),
    ("530112005", "前卫街道", PlaceLevel.TOWNSHIP),
    ("530112005001", "官庄社区居委会", PlaceLevel.VILLAGE),
)


def divisions() -> None:
    """A handful of real divisions; repeatable."""
    names: dict[str, str] = {}
    for code, name, level in PLACES:
        names[code] = name
        path = [names[c] for c in sorted(names) if code.startswith(c)]
        Division.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "short_name": name,
                "stem": name,
                "level": level,
                "parent_code": max(
                    (c for c in names if c != code and code.startswith(c)), default=""
                ),
                "path_names": path,
                "is_street": name.endswith("街道"),
            },
        )


def organ(name: str, *, kind: str, division_code: str, **more: object) -> Organ:
    return open_organ(
        name=name, kind=kind, division_code=division_code, by=None, at=LONG_AGO, **more
    )


def person(name: str, username: str = "") -> Person:
    made = create_person(name=name, by=None, at=LONG_AGO)
    if username:
        create_account(
            person_id=made.pk, username=username, password="a long password", by=None, at=LONG_AGO
        )
    return made


def holder(name: str, *, role: str, at_organ: Organ, username: str = "") -> Actor:
    """A person with one post, as an actor."""
    made = person(name, username)
    give_post(
        person_id=made.pk,
        role=role,
        organ_id=at_organ.pk,
        from_date=date(2020, 1, 1),
        by=None,
        at=LONG_AGO,
    )
    return actor_of(made.pk)


def term(division_code: str, level: str) -> Term:
    found = Term.objects.filter(
        congress__division_code=division_code, congress__level=level
    ).first()
    if found:
        return found
    congress = open_congress(
        name=f"congress {division_code}",
        level=level,
        division_code=division_code,
        by=None,
        at=LONG_AGO,
    )
    return open_term(
        congress_id=congress.pk, number=17, from_date=date(2022, 1, 10), by=None, at=LONG_AGO
    )


def deputy(name: str, *, venue: Venue | None = None, username: str = "") -> Actor:
    """A deputy of the county, stationed in a venue, as an actor."""
    made = person(name, username)
    row = register_deputy(
        person_id=made.pk, division_code="530112", profession="teacher", by=None, at=LONG_AGO
    )
    open_mandate(
        deputy_id=row.pk,
        term_id=term("530112", Level.COUNTY).pk,
        from_date=date(2022, 1, 10),
        constituency="第一选区",
        by=None,
        at=LONG_AGO,
    )
    if venue:
        station_deputy(
            venue_id=venue.pk,
            deputy_id=row.pk,
            from_date=date(2022, 1, 10),
            by=None,
            at=LONG_AGO,
        )
    return actor_of(made.pk)


@dataclass(frozen=True, slots=True)
class World:
    """Everybody a case can meet. `other_*` belong to the sibling district."""

    venue: Venue
    other_venue: Venue
    unit: Organ
    second_unit: Organ
    strict_unit: Organ
    other_unit: Organ
    platform: Organ
    office: Organ
    clerk: Actor
    head: Actor
    other_clerk: Actor
    handler: Actor
    second_handler: Actor
    colleague: Actor
    drafter: Actor
    chief: Actor
    other_handler: Actor
    supervisor: Actor
    deputy: Actor
    second_deputy: Actor
    auditor: Actor

    def deputy_row(self) -> Deputy:
        return Deputy.objects.get(pk=self.deputy.deputy_id)


@remembered
def world() -> World:
    """The small world; user names are the names of the fields, password "a long password"."""
    divisions()
    office = organ("西山区人大常委会代工委", kind=OrganKind.CONGRESS_OFFICE, division_code="530112")
    other_office = organ(
        "五华区人大常委会代工委", kind=OrganKind.CONGRESS_OFFICE, division_code="530102"
    )
    venue = open_venue(
        name="前卫街道代表工作站",
        kind=VenueKind.STATION,
        division_code="530112005",
        superior_id=office.pk,
        areas=("530112005",),
        by=None,
        at=LONG_AGO,
    )
    other_venue = open_venue(
        name="华山街道代表工作站",
        kind=VenueKind.STATION,
        division_code="530102001",
        superior_id=other_office.pk,
        areas=("530102001",),
        by=None,
        at=LONG_AGO,
    )
    unit = organ("西山区交警大队", kind=OrganKind.UNIT, division_code="530112")
    second = organ("前卫街道办事处", kind=OrganKind.UNIT, division_code="530112005")
    strict = organ("西山区住建局", kind=OrganKind.UNIT, division_code="530112", needs_approval=True)
    other_unit = organ("五华区交警大队", kind=OrganKind.UNIT, division_code="530102")
    platform = organ("昆明12345热线", kind=OrganKind.PLATFORM, division_code="5301")
    province = organ("云南省人大常委会代工委", kind=OrganKind.CONGRESS_OFFICE, division_code="53")
    desk, other_desk = venue.desk, other_venue.desk
    return World(
        venue=venue,
        other_venue=other_venue,
        unit=unit,
        second_unit=second,
        strict_unit=strict,
        other_unit=other_unit,
        platform=platform,
        office=office,
        clerk=holder("段小梅", role="clerk", at_organ=desk, username="clerk"),
        head=holder("普建国", role="station_head", at_organ=desk, username="head"),
        other_clerk=holder("李秀芬", role="clerk", at_organ=other_desk, username="other_clerk"),
        handler=holder("张建明", role="handler", at_organ=unit, username="handler"),
        second_handler=holder("何丽", role="handler", at_organ=second, username="second_handler"),
        colleague=holder("赵学军", role="handler", at_organ=unit, username="colleague"),
        drafter=holder("杨志强", role="handler", at_organ=strict, username="drafter"),
        chief=holder("马春燕", role="unit_head", at_organ=strict, username="chief"),
        other_handler=holder("王芳", role="handler", at_organ=other_unit, username="other_handler"),
        supervisor=holder("刘永康", role="supervisor", at_organ=office, username="supervisor"),
        deputy=deputy("周明远", venue=venue, username="deputy"),
        second_deputy=deputy("杨文秀", venue=venue, username="second_deputy"),
        auditor=holder("陈静", role="auditor", at_organ=province, username="auditor"),
    )


def draft(
    words: str = "幼儿园门口早晚停车堵路，孩子只能走到马路中间。", **more: object
) -> filing.Draft:
    wanted = {"division_code": "530112005001", "channel": Channel.WEB, **more}
    return filing.Draft(words=words, **wanted)  # type: ignore[arg-type]


def receipt(at: datetime = MONDAY, **more: object) -> filing.Receipt:
    """A matter filed by a resident on the web."""
    key = str(uuid7())
    return filing.file_case(draft=draft(**more), key=key, actor=key, route="test", by=None, at=at)


def filed(at: datetime = MONDAY, **more: object) -> Case:
    return Case.objects.get(pk=receipt(at, **more).case_id)


def accepted(world: World, at: datetime = MONDAY, **more: object) -> Case:
    return screening.accept(case_id=filed(at, **more).pk, by=world.clerk, at=at)


def assigned(
    world: World, case: Case | None = None, *, to: UUID | None = None, at: datetime = MONDAY
) -> Dispatch:
    """An accepted case assigned to the unit as lead."""
    case = case or accepted(world, at)
    assert case.matter_id
    return dispatches.send(
        matter_id=case.matter_id,
        kind=DispatchKind.ASSIGN,
        targets=[Target(organ_id=to or world.unit.pk, part=Part.LEAD)],
        instruction="请现场查看并书面答复。",
        by=world.clerk,
        at=at,
    )[0]
