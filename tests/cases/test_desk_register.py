"""Registering at the desk: once per form, the caller looked up, the slip with its code."""

import pytest

from lianxin.cases.enums import Channel
from lianxin.cases.models import Case, Voice
from lianxin.cases.queries.cases import voice_by_code
from lianxin.handling.enums import MatterState
from lianxin.kernel.ids import uuid7
from tests import factories as f
from tests.cases import desk_world as d

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return f.world()


def filled(world, **more):
    return {
        "words": "路灯连着坏了三盏。晚上看不见路。",
        "channel": Channel.PHONE,
        "place": "前卫街道",
        "place_code": "530112005",
        "venue_id": str(world.venue.pk),
        "key": str(uuid7()),
        "outcome": "solved",
        **more,
    }


def test_words_alone_are_enough(world):
    client = d.client("clerk")
    form = client.get(d.url("desk-register")).context["form"]
    assert form.initial["place"] == world.venue.division_code
    page = client.post(d.url("desk-register"), filled(world))
    case = Case.objects.get()
    assert case.title == "路灯连着坏了三盏"
    assert case.channel == Channel.PHONE
    assert case.filed_by_id == world.clerk.person_id
    code = page.context["receipt"].code
    assert code in page.content.decode()
    assert "<svg" in page.content.decode()
    assert voice_by_code(code).case_id == case.pk


def test_the_same_form_twice_makes_one_case_and_one_receipt(world):
    client, form = d.client("clerk"), filled(world)
    first = client.post(d.url("desk-register"), form).context["receipt"]
    second = client.post(d.url("desk-register"), form).context["receipt"]
    assert first == second
    assert Case.objects.count() == 1


def test_answered_on_the_spot_registers_accepts_and_answers_once(world):
    client, form = d.client("clerk"), filled(world, answer="当场打电话，物业今晚来修。")
    client.post(d.url("desk-register"), form)
    client.post(d.url("desk-register"), form)
    case = Case.objects.get()
    assert case.matter.state == MatterState.ANSWERED
    assert case.matter.answers.count() == 1


def test_a_phone_needs_consent_and_nothing_typed_is_lost(world):
    form = filled(world, phone="138 0013 8000", name="周女士")
    page = d.client("clerk").post(d.url("desk-register"), form)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert "周女士" in page.content.decode()
    assert not Case.objects.exists()
    d.client("clerk").post(d.url("desk-register"), {**form, "consents": "on"})
    assert Voice.objects.get().phone == "+8613800138000"


def test_a_caller_is_looked_up_with_and_without_scripts(world):
    earlier = f.filed(**d.WHO)
    part = d.client("clerk").get(d.url("desk-callers"), {"phone": "139 8765 4321"})
    assert earlier.title in part.content.decode()
    page = d.client("clerk").post(
        d.url("desk-register"), filled(world, phone="13987654321", look="1")
    )
    assert [case.pk for case in page.context["earlier"]] == [earlier.pk]
    assert "晚上看不见路" in page.content.decode()
    assert Case.objects.count() == 1
    elsewhere = d.client("other_clerk").get(d.url("desk-callers"), {"phone": "13987654321"})
    assert earlier.title not in elsewhere.content.decode()


@pytest.mark.parametrize("username", ["handler", "supervisor", "deputy", "auditor"])
def test_only_a_desk_registers(world, username):
    assert d.client(username).get(d.url("desk-register")).status_code == 403
    assert d.client(username).get(d.url("desk-callers")).status_code == 403
    form = filled(world)
    assert d.client(username).post(d.url("desk-register"), form).status_code == 403
    assert not Case.objects.exists()


def test_a_clerk_cannot_register_at_another_desk(world):
    page = d.client("other_clerk").post(d.url("desk-register"), filled(world))
    assert page.context["form"].errors
    assert not Case.objects.exists()
