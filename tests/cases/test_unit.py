"""The handling unit's pages: who may see and do what, each act walked over HTTP, lists bounded."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lianxin.cases.queries import unit as queries
from lianxin.handling.enums import DispatchKind, DispatchState, Outcome, Part
from lianxin.handling.models import Answer, Dispatch
from lianxin.handling.services import answers, dispatches
from lianxin.handling.services.answers import Reply
from lianxin.handling.services.dispatches import Target
from lianxin.kernel.clock import now
from lianxin.people.models import Account
from lianxin.record.queries import attachments_of
from tests import factories

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DONE = Reply(text="已划设临停泊位。", outcome=Outcome.SOLVED)


@pytest.fixture
def world() -> factories.World:
    return factories.world()


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(username=name))
    return client


def fresh(world, *, ago=DAY, to=None, **more) -> Dispatch:
    """Assigned some time ago by the real clock, which the pages use."""
    at = now() - ago
    return factories.assigned(world, factories.accepted(world, at, **more), to=to, at=at)


def act(name: str, dispatch: Dispatch) -> str:
    return reverse(f"cases:dispatch-{name}", args=[dispatch.pk])


def state(dispatch: Dispatch) -> str:
    return Dispatch.objects.get(pk=dispatch.pk).state


def test_the_inbox_is_for_units(world):
    assert signed_in("handler").get(reverse("cases:unit")).status_code == 200
    for name in ("clerk", "deputy", "supervisor", "auditor"):
        assert signed_in(name).get(reverse("cases:unit")).status_code == 403
    assert Client().get(reverse("cases:unit")).status_code == 302


@pytest.mark.parametrize("name", ["sign", "return", "extend", "answer"])
def test_who_may_act_on_a_dispatch(world, name):
    """Own unit acts; a sibling unit and a stranger find nothing; others may look but not act."""
    dispatch = fresh(world)
    data = {"reason": "不属本单位职责", "until": "2100-01-01"}
    expected = {
        "second_handler": 404,
        "other_handler": 404,
        "other_clerk": 404,
        "deputy": 404,
        "supervisor": 403,
        "auditor": 403,
    }
    for who, status in expected.items():
        assert signed_in(who).post(act(name, dispatch), data).status_code == status, who
    assert state(dispatch) == DispatchState.SENT


def test_sign_then_answer_with_papers(world):
    dispatch = fresh(world)
    client = signed_in("handler")
    assert client.get(act("sign", dispatch)).status_code == 405
    told = client.post(act("sign", dispatch), follow=True)
    assert "已签收" in told.content.decode()
    assert state(dispatch) == DispatchState.SIGNED
    paper = SimpleUploadedFile("答复.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF")
    sent = client.post(
        act("answer", dispatch), {"text": "已疏导", "kind": "A", "papers": [paper]}, follow=True
    )
    assert sent.redirect_chain[-1][0] == reverse("cases:unit")
    answer = Answer.objects.get(dispatch=dispatch)
    assert (answer.outcome, state(dispatch)) == (Outcome.SOLVED, DispatchState.ANSWERED)
    assert attachments_of(answer).count() == 1
    page = client.get(reverse("cases:dispatch", args=[dispatch.pk])).content.decode()
    assert "答复.pdf" in page


def test_what_was_typed_stays_after_an_error(world):
    dispatch = fresh(world)
    page = signed_in("handler").post(act("answer", dispatch), {"text": "列入明年计划", "kind": "B"})
    assert "列入明年计划" in page.content.decode()
    assert set(page.context["form"].errors) == {"promised_until", "promise"}
    assert not Answer.objects.exists()


def test_a_planned_answer_needs_day_and_promise(world):
    dispatch = fresh(world)
    day = (now() + 60 * DAY).date().isoformat()
    data = {"text": "列入计划", "kind": "B", "promised_until": day, "promise": "三月底前装好护栏"}
    signed_in("handler").post(act("answer", dispatch), data)
    answer = Answer.objects.get()
    assert (answer.outcome, answer.promise) == (Outcome.PLANNED, "三月底前装好护栏")


def test_return_says_until_when(world):
    dispatch = fresh(world, ago=HOUR)
    client = signed_in("handler")
    assert "前可以退回" in client.get(act("return", dispatch)).content.decode()
    assert client.post(act("return", dispatch), {"reason": ""}).context["form"].errors
    assert state(dispatch) == DispatchState.SENT
    client.post(act("return", dispatch), {"reason": "应由城管局办"})
    assert state(dispatch) == DispatchState.RETURNED


def test_return_too_late_is_said(world):
    dispatch = fresh(world, ago=20 * DAY)
    client = signed_in("handler")
    assert "已过退回期限" in client.get(act("return", dispatch)).content.decode()
    page = client.post(act("return", dispatch), {"reason": "应由城管局办"})
    assert page.status_code == 200
    assert state(dispatch) == DispatchState.SENT


def test_more_time_once_and_within_the_rule(world):
    dispatch = fresh(world)
    client = signed_in("handler")
    client.post(act("sign", dispatch))
    far = (now() + 300 * DAY).date().isoformat()
    client.post(act("extend", dispatch), {"until": far, "reason": "要会商"})
    assert not hasattr(Dispatch.objects.get(pk=dispatch.pk), "extension")
    page = client.get(act("extend", dispatch))
    latest = page.context["page"].latest
    client.post(act("extend", dispatch), {"until": latest.isoformat(), "reason": "要会商"})
    assert Dispatch.objects.get(pk=dispatch.pk).extension.until_date == latest
    again = client.post(act("extend", dispatch), {"until": latest.isoformat(), "reason": "再延"})
    assert again.status_code == 200


def test_the_head_approves_or_gives_back(world):
    dispatch = fresh(world, to=world.strict_unit.pk)
    drafter, chief = signed_in("drafter"), signed_in("chief")
    assert "审核" in drafter.get(act("answer", dispatch)).content.decode()
    drafter.post(act("answer", dispatch), {"text": "已修剪", "kind": "A"})
    assert state(dispatch) == DispatchState.SUBMITTED
    assert drafter.get(act("approve", dispatch)).status_code == 403
    assert signed_in("handler").get(act("approve", dispatch)).status_code == 404
    refused = chief.post(act("approve", dispatch), {"act": "reject", "note": ""})
    assert refused.status_code == 200
    assert state(dispatch) == DispatchState.SUBMITTED
    chief.post(act("approve", dispatch), {"act": "reject", "note": "补现场照片"})
    assert state(dispatch) == DispatchState.SIGNED
    assert "补现场照片" in drafter.get(act("answer", dispatch)).content.decode()
    drafter.post(act("answer", dispatch), {"text": "已修剪，附照片", "kind": "A"})
    chief.post(act("approve", dispatch), {"act": "approve"})
    assert state(dispatch) == DispatchState.ANSWERED


def test_several_are_signed_for_at_once(world):
    picked = [fresh(world), fresh(world)]
    stranger = fresh(world, to=world.second_unit.pk)
    ids = [str(d.pk) for d in (*picked, stranger)] + ["nonsense", str(uuid4())]
    signed_in("handler").post(reverse("cases:unit-sign"), {"id": ids})
    assert [state(d) for d in picked] == [DispatchState.SIGNED] * 2
    assert state(stranger) == DispatchState.SENT


def test_names_and_phones_are_masked_for_the_unit(world):
    dispatch = fresh(
        world,
        words="大型犬不牵绳。我的电话13988886666",
        name="李秀兰",
        phone="13988886666",
        consents=True,
    )
    for address in (reverse("cases:dispatch", args=[dispatch.pk]), act("answer", dispatch)):
        page = signed_in("handler").get(address).content.decode()
        assert "大型犬不牵绳" in page
        assert "13988886666" not in page
        assert "李秀兰" not in page


def test_lists_of_the_inbox(world):
    at = now()
    late, new = fresh(world, ago=30 * DAY), fresh(world)
    back = fresh(world, ago=3 * DAY)
    answers.answer_dispatch(dispatch_id=back.pk, reply=DONE, by=world.handler, at=at - 2 * DAY)
    answers.rework_answer(dispatch_id=back.pk, by=world.clerk, at=at - DAY, reason="补日期")
    given = fresh(world, ago=3 * DAY)
    answers.answer_dispatch(dispatch_id=given.pk, reply=DONE, by=world.handler, at=at - DAY)
    found = {
        where: {d.pk for d in queries.inbox((world.unit.pk,), where, at=at)}
        for where in queries.LISTS
    }
    assert found["open"] == {late.pk, new.pk, back.pk}
    assert found["late"] == {late.pk}
    assert found["sign"] == {late.pk, new.pk}
    assert found["back"] == {back.pk} == found["work"]
    assert found["given"] == {given.pk}
    assert found["done"] == found["approve"] == set()
    page = signed_in("handler").get(reverse("cases:unit"))
    assert [line.dispatch.pk for line in page.context["lines"]] == [late.pk, back.pk, new.pk]


def test_search_and_empty_states(world):
    fresh(world, words="幼儿园门口早晚停车堵路")
    fresh(world, words="路灯连着坏了三盏")
    client = signed_in("handler")
    found = client.get(reverse("cases:unit"), {"q": "路灯"})
    assert [line.case.title for line in found.context["lines"]] == ["路灯连着坏了三盏"]
    nothing = client.get(reverse("cases:unit"), {"q": "电梯"}).content.decode()
    assert "没有找到" in nothing
    empty = signed_in("second_handler").get(reverse("cases:unit")).content.decode()
    assert "都办完了" in empty


def test_the_inbox_asks_as_often_for_one_row_as_for_thirty(world):
    client, address = signed_in("handler"), reverse("cases:unit")
    fresh(world)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _n in range(29):
        fresh(world)
    with CaptureQueriesContext(connection) as thirty:
        page = client.get(address)
    assert len(page.context["lines"]) == 30
    assert len(thirty) == len(one)


def test_a_desk_writes_down_what_came_by_phone(world):
    """The owner's desk is no holder: it is asked how the answer came."""
    dispatch = fresh(world, to=world.second_unit.pk)
    client = signed_in("clerk")
    assert "channel" in client.get(act("answer", dispatch)).context["form"].fields
    client.post(
        act("answer", dispatch), {"text": "电话答复：已修", "kind": "A", "channel": "phone"}
    )
    assert Answer.objects.get().channel == "phone"


def test_an_assisting_unit_answers_its_own_dispatch_only(world):
    case = factories.accepted(world, now() - DAY)
    lead, assist = dispatches.send(
        matter_id=case.matter_id,
        kind=DispatchKind.ASSIGN,
        targets=[
            Target(organ_id=world.unit.pk, part=Part.LEAD),
            Target(organ_id=world.second_unit.pk, part=Part.ASSIST),
        ],
        instruction="",
        by=world.clerk,
        at=now() - DAY,
    )
    second = signed_in("second_handler")
    assert second.post(act("answer", lead), {"text": "x", "kind": "A"}).status_code == 403
    second.post(act("answer", assist), {"text": "协办意见", "kind": "C"})
    assert (state(lead), state(assist)) == (DispatchState.SENT, DispatchState.ANSWERED)
