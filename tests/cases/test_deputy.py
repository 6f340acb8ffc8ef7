"""A deputy's pages: today's list, answers that leave at once, passing on, pressing, on the spot."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from lianxin.handling.enums import Act, DispatchKind, DispatchState, MatterState, Part
from lianxin.handling.models import Dispatch, Event, Matter
from lianxin.handling.services import dispatches
from lianxin.handling.services.dispatches import Target
from lianxin.kernel.clock import now
from lianxin.kernel.ids import uuid7
from lianxin.record.queries import attachments_of
from tests import factories
from tests.cases.test_unit import act, signed_in, state

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world() -> factories.World:
    return factories.world()


def shared(world, *, ago=DAY, **more) -> Dispatch:
    at = now() - ago
    case = factories.accepted(world, at, **more)
    return dispatches.send(
        matter_id=case.matter_id,
        kind=DispatchKind.TRIAGE,
        targets=[Target(deputy_id=world.deputy.deputy_id, part=Part.EACH)],
        instruction="请先答复居民。",
        by=world.clerk,
        at=at,
    )[0]


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (400, 320), "gray").save(out, "JPEG")
    return SimpleUploadedFile("现场.jpg", out.getvalue(), content_type="image/jpeg")


def test_the_day_is_for_deputies(world):
    for name, status in {"deputy": 200, "handler": 403, "clerk": 403, "supervisor": 403}.items():
        assert signed_in(name).get(reverse("cases:deputy")).status_code == status, name
        assert signed_in(name).get(reverse("cases:deputy-matters")).status_code == status, name


@pytest.mark.parametrize("name", ["answer", "pass-on", "visit", "remind"])
def test_another_deputy_finds_nothing(world, name):
    dispatch = shared(world)
    assert signed_in("second_deputy").get(act(name, dispatch)).status_code == 404
    assert signed_in("handler").get(act(name, dispatch)).status_code == 404
    assert signed_in("deputy").get(act(name, dispatch)).status_code == 200


def test_today_counts_and_says_until_when(world):
    shared(world)
    shared(world, ago=20 * DAY)
    page = signed_in("deputy").get(reverse("cases:deputy")).content.decode()
    assert "今天 2 件事" in page
    assert "分办给您" in page
    assert "个工作日" in page
    empty = signed_in("second_deputy").get(reverse("cases:deputy")).content.decode()
    assert "今天没有等您办的事" in empty


def test_an_answer_reaches_the_resident_at_once(world):
    dispatch = shared(world)
    signed_in("deputy").post(act("answer", dispatch), {"text": "已联系交警", "kind": "A"})
    assert state(dispatch) == DispatchState.ACCEPTED
    matter = Matter.objects.get(pk=dispatch.matter_id)
    assert matter.state == MatterState.ANSWERED
    assert matter.answers.get().delivered_at is not None


def test_passing_on_hands_it_to_an_organ_and_the_deputy_follows(world):
    dispatch = shared(world)
    client = signed_in("deputy")
    form = client.get(act("pass-on", dispatch)).content.decode()
    assert "单位承办，您来跟进" in form
    assert "五华区交警大队" not in form
    foreign = {"organ": str(world.other_unit.pk), "instruction": "请看看"}
    assert client.post(act("pass-on", dispatch), foreign).status_code == 200
    assert state(dispatch) == DispatchState.SENT
    client.post(act("pass-on", dispatch), {"organ": str(world.unit.pk), "instruction": "请看看"})
    child = Dispatch.objects.get(parent=dispatch)
    assert (child.to_organ_id, child.to_deputy_id) == (world.unit.pk, None)
    matter = Matter.objects.get(pk=dispatch.matter_id)
    assert matter.holder_deputy_id is None
    today = client.get(reverse("cases:deputy")).content.decode()
    assert "您在跟进" in today
    assert "西山区交警大队" in today


def test_a_searched_unit_can_be_chosen(world):
    dispatch = shared(world)
    client = signed_in("deputy")
    address = act("pass-on", dispatch) + "?q=住建"
    assert [u.pk for u in client.get(address).context["units"]] == [world.strict_unit.pk]
    client.post(address, {"organ": str(world.unit.pk), "instruction": "请看看"})
    assert Dispatch.objects.filter(parent=dispatch, to_organ=world.unit).exists()


def test_pressing_is_seen_by_the_unit(world):
    dispatch = shared(world)
    client = signed_in("deputy")
    client.post(act("pass-on", dispatch), {"organ": str(world.unit.pk), "instruction": "请看看"})
    child = Dispatch.objects.get(parent=dispatch)
    assert signed_in("second_deputy").post(act("remind", child)).status_code == 404
    client.post(act("remind", child), {"note": "居民又问了"})
    child.refresh_from_db()
    assert child.reminded == 1
    assert child.events.get(act=Act.REMIND).note == "居民又问了"


def test_on_the_spot_once_per_key_and_public_only_if_said(world):
    dispatch = shared(world)
    client, key = signed_in("deputy"), str(uuid7())
    data = {"text": "停车位已满", "key": key}
    client.post(act("visit", dispatch), {**data, "photos": [photo()]})
    client.post(act("visit", dispatch), {**data, "photos": [photo()]})
    note = Event.objects.get(act=Act.NOTE)
    assert (note.note, note.is_public) == ("停车位已满", False)
    assert attachments_of(note).count() == 1
    client.post(act("visit", dispatch), {"text": "又去看了", "key": str(uuid7()), "public": "on"})
    assert Event.objects.filter(act=Act.NOTE, is_public=True).count() == 1
    page = client.get(reverse("cases:dispatch", args=[dispatch.pk])).content.decode()
    assert "又去看了" in page


def test_the_day_asks_as_often_for_one_as_for_many(world):
    client, address = signed_in("deputy"), reverse("cases:deputy")
    shared(world)
    first = shared(world)
    client.post(act("pass-on", first), {"organ": str(world.unit.pk), "instruction": "请看看"})
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _n in range(12):
        shared(world)
    with CaptureQueriesContext(connection) as many:
        page = client.get(address)
    assert len(page.context["answer"]) == 13
    assert len(many) == len(few)


def test_all_matters_with_search(world):
    shared(world, words="路灯连着坏了三盏")
    shared(world, words="幼儿园门口早晚停车堵路")
    client = signed_in("deputy")
    found = client.get(reverse("cases:deputy-matters"), {"q": "路灯"})
    assert [line.case.title for line in found.context["lines"]] == ["路灯连着坏了三盏"]
    for where in ("follow", "done"):
        assert client.get(reverse("cases:deputy-matters"), {"where": where}).status_code == 200


def test_several_are_pressed_at_once_and_only_the_own(world):
    passed = [
        dispatches.pass_on(
            dispatch_id=shared(world).pk,
            organ_id=world.unit.pk,
            by=world.deputy,
            at=now(),
            instruction="",
        )
        for _ in range(2)
    ]
    foreign = factories.assigned(world, at=now())
    client, address = signed_in("deputy"), reverse("cases:deputy-matters")
    page = client.get(address, {"where": "follow"}).content.decode()
    assert page.count('name="id"') == 2
    picked = [str(one.pk) for one in [*passed, foreign]]
    client.post(reverse("cases:deputy-remind"), {"id": picked})
    reminded = Event.objects.filter(act=Act.REMIND).values_list("dispatch_id", flat=True)
    assert set(reminded) == {one.pk for one in passed}


def test_a_deputy_keeps_a_view(world):
    client, address = signed_in("deputy"), reverse("cases:deputy-matters")
    kept = {"list_name": "deputy", "query": "where=follow", "name": "我在跟的", "next": address}
    client.post(reverse("people:save-view"), kept)
    assert "我在跟的" in client.get(address).content.decode()
