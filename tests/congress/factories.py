"""People, organs and deputies for tests, made by the real services."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

from lianxin.congress import queries, services
from lianxin.congress.enums import Level, OrganKind
from lianxin.congress.models import Actor, Congress, Deputy, Mandate, Organ, Post, Term
from lianxin.people.models import Account, Person
from lianxin.people.services import create_account, create_person
from lianxin.places.models import Division

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
LONG_AGO = date(2024, 1, 1)
PASSWORD = "梨花开在三月的院子里面了"
_number = itertools.count(1)

PROVINCE, PREFECTURE, COUNTY = "53", "5301", "530112"
STREET, TOWN, COMMUNITY = "530112003", "530112100", "530112003012"

NAMES = {
    PROVINCE: ("云南省", "province"),
    PREFECTURE: ("昆明市", "prefecture"),
    COUNTY: ("西山区", "county"),
    STREET: ("前卫街道", "township"),
    TOWN: ("碧鸡镇", "township"),
    COMMUNITY: ("润城社区", "village"),
}


def divisions() -> None:
    """The path of 前卫街道润城社区, and a town beside it."""
    names: dict[str, str] = {}
    for code, (name, level) in NAMES.items():
        names[code] = name
        path = [names[code[:n]] for n in (2, 4, 6, 9, 12) if n <= len(code)]
        Division.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "short_name": name,
                "stem": name[:2],
                "level": level,
                "parent_code": next((code[:n] for n in (9, 6, 4, 2) if n < len(code)), ""),
                "path_names": path,
                "is_street": name.endswith("街道"),
            },
        )


def person(name: str = "", phone: str = "") -> Person:
    return create_person(name=name or f"测试员{next(_number)}", phone=phone, by=None, at=AT)


def account(owner: Person, username: str = "") -> Account:
    name = username or f"tester{next(_number)}"
    return create_account(person_id=owner.pk, username=name, password=PASSWORD, by=None, at=AT)


def organ(kind: str = OrganKind.UNIT, code: str = COUNTY, name: str = "", **more: object) -> Organ:
    return services.open_organ(
        name=name or f"单位{next(_number)}",
        kind=kind,
        division_code=code,
        by=None,
        at=AT,
        **more,  # type: ignore[arg-type]
    )


def post(owner: Person, role: str, at_organ: Organ, since: date = LONG_AGO, **more: object) -> Post:
    return services.give_post(
        person_id=owner.pk,
        role=role,
        organ_id=at_organ.pk,
        from_date=since,
        by=None,
        at=AT,
        **more,  # type: ignore[arg-type]
    )


def actor(role: str, kind: str = OrganKind.UNIT, code: str = COUNTY) -> Actor:
    """Somebody new who holds one post at an organ of their own."""
    owner = person()
    post(owner, role, organ(kind, code))
    return queries.actor_of(owner.pk, on=DAY)


def term(level: str = Level.COUNTY, code: str = COUNTY) -> Term:
    congress = Congress.objects.filter(level=level, division_code=code).first()
    if congress is None:
        congress = services.open_congress(
            name=f"{code}人民代表大会", level=level, division_code=code, by=None, at=AT
        )
    found = congress.terms.first()
    return found or services.open_term(
        congress_id=congress.pk, number=17, from_date=date(2022, 1, 1), by=None, at=AT
    )


def deputy(
    name: str = "", *, owner: Person | None = None, code: str = STREET, **more: object
) -> Deputy:
    """A deputy to the county's congress in office."""
    owner = owner or person(name)
    registered = services.register_deputy(
        person_id=owner.pk,
        division_code=code,
        by=None,
        at=AT,
        **more,  # type: ignore[arg-type]
    )
    mandate(registered)
    return registered


def mandate(of: Deputy, level: str = Level.COUNTY, code: str = COUNTY) -> Mandate:
    return services.open_mandate(
        deputy_id=of.pk,
        term_id=term(level, code).pk,
        from_date=LONG_AGO,
        constituency="第三选区",
        by=None,
        at=AT,
    )
