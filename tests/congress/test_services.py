"""Posts, absences, mandates: who may, when, and what the journal keeps."""

from datetime import timedelta

import pytest

from lianxin.congress import services
from lianxin.congress.enums import EndReason, Level, MandateState, OrganKind, SuspendGround
from lianxin.congress.events import MandateEnded
from lianxin.congress.models import Absence, Congress
from lianxin.congress.rules import (
    AbsenceRefused,
    DatesRefused,
    LevelRefused,
    MandateRefused,
    PostRefused,
)
from lianxin.congress.services.deputies import DeputyTaken, PrivatePhone
from lianxin.kernel import bus
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.refused import Absent, Forbidden, IllegalMove
from lianxin.record.models import Entry
from tests.congress import factories as make
from tests.congress.factories import AT, COUNTY, DAY, PREFECTURE, STREET

pytestmark = pytest.mark.django_db
TOMORROW = DAY + timedelta(days=1)


def heard(event: MandateEnded) -> None:
    """A handler for the tests."""


@pytest.mark.parametrize(
    ("giver", "over", "role", "allowed"),
    [
        ("security_admin", COUNTY, "clerk", True),
        ("security_admin", COUNTY, "auditor", True),
        ("security_admin", "530102", "clerk", False),
        ("operator", COUNTY, "clerk", True),
        ("operator", COUNTY, "security_admin", False),
        ("station_head", COUNTY, "clerk", False),
        ("supervisor", COUNTY, "handler", False),
        ("auditor", COUNTY, "clerk", False),
    ],
)
def test_who_gives_posts(giver, over, role, allowed):
    by = make.actor(giver, code=over)
    given = {
        "person_id": make.person().pk,
        "role": role,
        "organ_id": make.organ(code=STREET).pk,
        "from_date": DAY,
        "by": by,
        "at": AT,
    }
    if allowed:
        assert services.give_post(**given).division_code == STREET
        assert Entry.objects.filter(action="congress.post.give", actor_id=by.person_id).exists()
    else:
        with pytest.raises(Forbidden):
            services.give_post(**given)


def test_nobody_gives_a_post_to_themselves():
    by = make.actor("security_admin")
    with pytest.raises(Forbidden):
        services.give_post(
            person_id=by.person_id,
            role="clerk",
            organ_id=by.organ_id,
            from_date=DAY,
            by=by,
            at=AT,
        )


@pytest.mark.parametrize("second", ["security_admin", "auditor"])
def test_the_three_administrators_are_three_persons(second):
    owner, office = make.person(), make.organ()
    make.post(owner, "operator", office)
    with pytest.raises(PostRefused):
        make.post(owner, second, office)
    make.post(owner, "clerk", office)


def test_the_same_post_is_not_held_twice_but_may_follow():
    owner, office = make.person(), make.organ()
    make.post(owner, "clerk", office, until_date=DAY)
    with pytest.raises(PostRefused):
        make.post(owner, "clerk", office, since=DAY)
    make.post(owner, "clerk", office, since=TOMORROW)


def test_a_post_withdrawn_today_can_be_given_again_today():
    owner, office = make.person(), make.organ()
    first = make.post(owner, "clerk", office, since=DAY)
    services.withdraw_post(post_id=first.pk, by=None, at=AT)
    again = make.post(owner, "clerk", office, since=DAY)
    assert again.pk != first.pk


@pytest.mark.parametrize(
    ("place", "fits"), [(COUNTY, True), (STREET, True), ("530102", False), (PREFECTURE, False)]
)
def test_a_substitute_holds_a_post_in_the_same_county(place, fits):
    absent = make.actor("handler", code=STREET)
    other = make.actor("handler", code=place)
    call = {
        "person_id": absent.person_id,
        "substitute_id": other.person_id,
        "from_date": DAY,
        "until_date": DAY,
        "by": absent,
        "at": AT,
    }
    if fits:
        services.set_absence(**call)
        with pytest.raises(AbsenceRefused):
            services.set_absence(**call)
    else:
        with pytest.raises(AbsenceRefused):
            services.set_absence(**call)


def test_only_ones_own_absence():
    absent, other, third = (make.actor("handler") for _ in range(3))
    with pytest.raises(Forbidden):
        services.set_absence(
            person_id=absent.person_id,
            substitute_id=third.person_id,
            from_date=DAY,
            until_date=DAY,
            by=other,
            at=AT,
        )
    entered = services.set_absence(
        person_id=absent.person_id,
        substitute_id=third.person_id,
        from_date=DAY,
        until_date=DAY,
        by=absent,
        at=AT,
    )
    with pytest.raises(Absent):
        services.cancel_absence(absence_id=entered.pk, by=other, at=AT)
    elsewhere = make.actor("security_admin", code="530199")
    with pytest.raises(Absent):
        services.cancel_absence(absence_id=entered.pk, by=elsewhere, at=AT)
    services.cancel_absence(absence_id=entered.pk, by=absent, at=AT)
    assert not Absence.objects.exists()


def test_absence_days_run_forwards_and_lie_ahead():
    absent, other = make.actor("handler"), make.actor("handler")
    days = {"person_id": absent.person_id, "substitute_id": other.person_id, "by": absent, "at": AT}
    with pytest.raises(DatesRefused):
        services.set_absence(from_date=TOMORROW, until_date=DAY, **days)
    yesterday = DAY - timedelta(days=1)
    with pytest.raises(AbsenceRefused):
        services.set_absence(from_date=yesterday, until_date=yesterday, **days)


def test_a_street_has_no_congress():
    make.divisions()
    with pytest.raises(LevelRefused):
        make.term(Level.TOWNSHIP, STREET)
    with pytest.raises(LevelRefused):
        make.term(Level.COUNTY, PREFECTURE)
    make.term(Level.TOWNSHIP, make.TOWN)
    assert Congress.objects.get().division_code == make.TOWN


def test_a_deputy_is_registered_once_with_a_code_and_no_private_number():
    owner = make.person("李四", phone="13800138000")
    with pytest.raises(PrivatePhone):
        make.deputy(owner=owner, relay_phone="138-0013-8000")
    chosen = make.deputy(owner=owner, relay_phone="0871-65110000")
    assert normalise_board_code(chosen.code) == chosen.code
    with pytest.raises(DeputyTaken):
        make.deputy(owner=owner)


def test_several_levels_but_one_seat_in_a_term():
    chosen = make.deputy()
    make.mandate(chosen, "province", "53")
    with pytest.raises(MandateRefused):
        make.mandate(chosen)
    assert chosen.mandates.count() == 2


ENDED = {"reason": EndReason.RESIGNED, "until_date": DAY, "by": None, "at": AT}


@pytest.mark.parametrize(
    ("steps", "ends_as"),
    [
        ("suspend", MandateState.SUSPENDED),
        ("suspend restore", MandateState.ACTIVE),
        ("suspend end", MandateState.ENDED),
        ("end", MandateState.ENDED),
        ("restore", None),
        ("suspend suspend", None),
        ("end end", None),
        ("end suspend", None),
        ("end restore", None),
    ],
)
def test_moves_of_a_mandate(steps, ends_as):
    seat = make.deputy().mandates.get()
    acts = {
        "suspend": lambda: services.suspend_mandate(
            mandate_id=seat.pk, ground=SuspendGround.DETAINED, by=None, at=AT
        ),
        "restore": lambda: services.restore_mandate(mandate_id=seat.pk, by=None, at=AT),
        "end": lambda: services.end_mandate(mandate_id=seat.pk, **ENDED),
    }
    *before, last = steps.split()
    for step in before:
        acts[step]()
    if ends_as is None:
        with pytest.raises(IllegalMove):
            acts[last]()
    else:
        acts[last]()
        seat.refresh_from_db()
        assert seat.state == ends_as


@pytest.mark.parametrize(
    ("level", "code", "reason", "until", "refused"),
    [
        ("county", COUNTY, EndReason.MOVED, DAY, False),
        ("national", "", EndReason.MOVED, DAY, True),
        ("national", "", EndReason.RECALLED, DAY, False),
        ("county", COUNTY, EndReason.DECEASED, TOMORROW, True),
        ("county", COUNTY, "bored", DAY, True),
        ("county", COUNTY, EndReason.ABSENT_TWICE, DAY, False),
    ],
)
def test_grounds_on_which_a_mandate_ends(level, code, reason, until, refused):
    chosen = make.deputy()
    seat = chosen.mandates.get() if level == "county" else make.mandate(chosen, level, code)
    call = {"mandate_id": seat.pk, "reason": reason, "until_date": until, "by": None, "at": AT}
    if refused:
        with pytest.raises(MandateRefused):
            services.end_mandate(**call)
    else:
        ended = services.end_mandate(**call)
        assert (ended.end_reason, ended.until_date) == (reason, until)
        assert Entry.objects.get(action="congress.mandate.end").data["reason"] == reason


def test_the_end_of_a_mandate_is_announced_and_says_whether_it_was_the_last(monkeypatch):
    monkeypatch.setattr(bus, "_subscriptions", {})
    bus.subscribe(MandateEnded, heard)
    chosen = make.deputy()
    other = make.mandate(chosen, "province", "53")
    first = chosen.mandates.exclude(pk=other.pk).get()
    services.end_mandate(mandate_id=first.pk, **ENDED)
    services.end_mandate(mandate_id=other.pk, **ENDED)
    told = [message.payload for message in OutboxMessage.objects.order_by("id")]
    assert [one["last"] for one in told] == [False, True]
    assert {one["deputy_id"] for one in told} == {str(chosen.pk)}


@pytest.mark.parametrize(
    ("office", "may"), [(COUNTY, True), (PREFECTURE, True), (STREET, False), ("530102", False)]
)
def test_mandates_are_recorded_by_the_congress_office_of_the_place(office, may):
    seat = make.deputy().mandates.get()
    by = make.actor("supervisor", OrganKind.CONGRESS_OFFICE, office)
    call = {"mandate_id": seat.pk, "ground": SuspendGround.SERVING, "by": by, "at": AT}
    if may:
        assert services.suspend_mandate(**call).state == MandateState.SUSPENDED
    else:
        with pytest.raises(Forbidden):
            services.suspend_mandate(**call)


def test_an_organ_keeps_its_place_and_kind():
    unit = make.organ()
    services.update_organ(organ_id=unit.pk, by=None, at=AT, needs_approval=True, phone="0871-1")
    unit.refresh_from_db()
    assert unit.needs_approval
    assert Entry.objects.get(action="congress.organ.change").data == {
        "fields": ["needs_approval", "phone"]
    }
    with pytest.raises(TypeError):
        services.update_organ(organ_id=unit.pk, by=None, at=AT, kind=OrganKind.PLATFORM)
