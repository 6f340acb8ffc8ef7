"""Who acts, with which posts; whom to tell; who supervises."""

from datetime import date, timedelta

import pytest

from lianxin.congress import queries, services
from lianxin.congress.enums import OrganKind, SuspendGround
from lianxin.congress.queries import cells
from lianxin.people.enums import ROLES, Ability
from lianxin.people.models import Account
from tests.congress import factories as make
from tests.congress.factories import AT, COMMUNITY, COUNTY, DAY, PREFECTURE, STREET, TOWN

pytestmark = pytest.mark.django_db

TOMORROW = DAY + timedelta(days=1)

#: role -> abilities, written out once more: a slip in the enums must fail here.
TRUTH = {
    "clerk": "case.register case.screen case.see case.reveal matter.dispatch matter.answer "
    "matter.press matter.close ledger.see venue.see reception.plan reception.run duty.call",
    "station_head": "case.register case.screen case.see case.reveal matter.dispatch matter.answer "
    "matter.press matter.close ledger.see venue.see reception.plan reception.run duty.call "
    "case.publish extension.decide venue.manage",
    "grid_worker": "duty.call",
    "handler": "matter.sign matter.handle",
    "unit_head": "matter.sign matter.handle matter.approve",
    "supervisor": "matter.supervise extension.decide case.see case.reveal case.publish ledger.see "
    "venue.see board.see commitment.check deputy.manage",
    "auditor": "record.see case.see",
    "security_admin": "role.manage people.manage",
    "operator": "import.run calendar.manage rule.manage outbox.see",
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("ability", Ability.values)
def test_a_role_grants_exactly_its_abilities(role, ability):
    actor = make.actor(role)
    assert actor.can(ability) is (ability in TRUTH[role].split())
    assert actor.can(ability, organ_id=actor.organ_id) is actor.can(ability)
    assert not actor.can(ability, organ_id=make.organ().pk)


@pytest.mark.parametrize(
    ("held_at", "asked", "may"),
    [
        (COUNTY, COUNTY, True),
        (COUNTY, STREET, True),
        (COUNTY, COMMUNITY, True),
        (STREET, COUNTY, False),
        (STREET, TOWN, False),
        (PREFECTURE, COMMUNITY, True),
    ],
)
def test_an_ability_reaches_down_never_up_or_aside(held_at, asked, may):
    actor = make.actor("supervisor", OrganKind.CONGRESS_OFFICE, held_at)
    assert actor.can_in(Ability.MATTER_SUPERVISE, asked) is may


def test_an_actor_costs_one_query_with_substitutes_and_mandate(django_assert_num_queries):
    owner = make.person("张三")
    account = Account.objects.get(pk=make.account(owner).pk)
    make.deputy(owner=owner)
    desk = make.organ(OrganKind.VENUE_DESK, STREET)
    make.post(owner, "clerk", desk)
    absent = make.person()
    other = make.organ(OrganKind.VENUE_DESK, COMMUNITY)
    make.post(absent, "station_head", other)
    services.set_absence(
        person_id=absent.pk, substitute_id=owner.pk, from_date=DAY, until_date=DAY, by=None, at=AT
    )
    with django_assert_num_queries(1):
        actor = queries.actor_for(account, on=DAY)
    assert actor.name == "张三"
    assert actor.account_id == account.pk
    assert actor.deputy_id == owner.deputy.pk
    assert actor.stands_in_for == (absent.pk,)
    assert actor.organ_id == desk.pk
    assert actor.can(Ability.VENUE_MANAGE, organ_id=other.pk)
    assert not queries.actor_for(account, on=TOMORROW).can(Ability.VENUE_MANAGE)


def test_administrators_pass_to_no_substitute():
    absent, substitute = make.person(), make.person()
    office = make.organ()
    make.post(absent, "security_admin", office)
    make.post(absent, "handler", office)
    make.post(substitute, "handler", make.organ())
    services.set_absence(
        person_id=absent.pk,
        substitute_id=substitute.pk,
        from_date=DAY,
        until_date=DAY,
        by=None,
        at=AT,
    )
    actor = queries.actor_of(substitute.pk, on=DAY)
    assert actor.can(Ability.MATTER_SIGN, organ_id=office.pk)
    assert not actor.can(Ability.ROLE_MANAGE)


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2023, 12, 31), False),
        (date(2024, 1, 1), True),
        (date(2026, 3, 2), True),
        (date(2026, 3, 3), False),
    ],
)
def test_a_post_holds_on_its_first_and_last_day(day, holds):
    owner = make.person()
    make.post(owner, "clerk", make.organ(), until_date=DAY)
    assert queries.actor_of(owner.pk, on=day).can(Ability.CASE_SEE) is holds


def test_a_withdrawn_post_and_a_closed_organ_grant_nothing():
    owner = make.person()
    given = make.post(owner, "clerk", make.organ())
    services.withdraw_post(post_id=given.pk, by=None, at=AT)
    unit = make.organ()
    make.post(owner, "handler", unit)
    services.close_organ(organ_id=unit.pk, by=None, at=AT)
    assert queries.actor_of(owner.pk, on=DAY).posts == ()
    assert queries.people_of(unit.pk, on=DAY) == []


def test_a_suspended_deputy_is_no_deputy_until_restored():
    chosen = make.deputy()
    seat = chosen.mandates.get()
    services.suspend_mandate(mandate_id=seat.pk, ground=SuspendGround.DETAINED, by=None, at=AT)
    assert queries.actor_of(chosen.person_id, on=DAY).deputy_id is None
    assert queries.deputy_by_code(chosen.code, on=DAY) is None
    services.restore_mandate(mandate_id=seat.pk, by=None, at=AT)
    assert queries.actor_of(chosen.person_id, on=DAY).deputy_id == chosen.pk


def test_one_seat_in_force_is_enough():
    chosen = make.deputy()
    second = make.mandate(chosen, "province", "53")
    services.suspend_mandate(mandate_id=second.pk, ground=SuspendGround.SERVING, by=None, at=AT)
    card = queries.deputy_by_code(chosen.code.lower().replace("-", " "), on=DAY)
    assert card is not None
    assert [line.level for line in card.mandates] == ["county"]


def test_people_of_an_organ_are_holders_and_their_substitutes():
    unit = make.organ()
    head, handler, substitute = make.person(), make.person(), make.person()
    make.post(head, "unit_head", unit)
    make.post(handler, "handler", unit)
    make.post(substitute, "handler", make.organ())
    services.set_absence(
        person_id=head.pk,
        substitute_id=substitute.pk,
        from_date=DAY,
        until_date=TOMORROW,
        by=None,
        at=AT,
    )
    assert {p.pk for p in queries.people_of(unit.pk, on=DAY)} == {
        head.pk,
        handler.pk,
        substitute.pk,
    }
    approving = queries.people_of(unit.pk, Ability.MATTER_APPROVE, on=DAY)
    assert [p.pk for p in approving] == [head.pk, substitute.pk]


def test_supervisor_is_the_superior_office_else_the_nearest_up_the_path():
    office = make.organ(OrganKind.CONGRESS_OFFICE, COUNTY, "西山区人大常委会代工委")
    street = make.organ(OrganKind.STREET_COMMITTEE, STREET, "前卫街道人大工委")
    above = make.organ(OrganKind.CONGRESS_OFFICE, PREFECTURE, "昆明市人大常委会代工委")
    desk = make.organ(OrganKind.VENUE_DESK, COMMUNITY)
    bureau = make.organ(OrganKind.UNIT, COUNTY)
    led = make.organ(OrganKind.UNIT, COMMUNITY, superior_id=office.pk)
    government = make.organ(OrganKind.UNIT, TOWN, superior_id=bureau.pk)
    assert queries.supervisor_of(desk) == street
    assert queries.supervisor_of(bureau) == office
    assert queries.supervisor_of(led) == office
    assert queries.supervisor_of(government) == office
    assert queries.supervisor_of(street) == office
    assert queries.supervisor_of(office) == above
    assert queries.supervisor_of(above) is None


def test_units_for_a_desk_are_of_its_county_and_above_nearest_first():
    names = {
        "社区": make.organ(OrganKind.UNIT, COMMUNITY, "社区综治办"),
        "区": make.organ(OrganKind.UNIT, COUNTY, "区住建局"),
        "市": make.organ(OrganKind.UNIT, PREFECTURE, "市住建局"),
    }
    make.organ(OrganKind.UNIT, "530102", "五华区住建局")
    make.organ(OrganKind.VENUE_DESK, COUNTY, "区代表之家")
    assert list(queries.units_for(STREET)) == list(names.values())
    assert [o.name for o in queries.units_for(STREET, search="住建")] == ["区住建局", "市住建局"]
    assert list(queries.organs_in(STREET)) == [names["社区"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("西山区", COUNTY),
        ("530112", COUNTY),
        ("昆明市西山区", COUNTY),
        ("西山区前卫街道", STREET),
        ("前卫街道", STREET),
        ("前卫", None),
        ("火星", None),
        ("999999", None),
        ("", None),
    ],
)
def test_cells_name_places_in_full(text, code):
    make.divisions()
    places = cells.PlaceCells([text])
    assert bool(places.refusal(text)) is (code is None)
    if code:
        assert places.code(text) == code


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-02", DAY),
        ("2026/3/2", DAY),
        ("2026.3.2", DAY),
        ("2026年3月2日", DAY),
        ("2026-02-30", None),
        ("三月二日", None),
        ("20260302", None),
    ],
)
def test_cells_say_days_as_people_write_them(text, day):
    assert cells.day(text) == day
