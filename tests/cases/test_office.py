"""The congress office: what is late on top, steps opened and concluded, rules with their source."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lianxin.cases.models import Category, RefusalReason
from lianxin.cases.queries import office, office_figures
from lianxin.congress.enums import OrganKind
from lianxin.handling.enums import Cause, DispatchState, Outcome, Step, SupervisionState
from lianxin.handling.models import AnswerClass, ClockRule, Dispatch, Supervision
from lianxin.handling.services import answers, extensions, sweep
from lianxin.handling.services.answers import Reply
from lianxin.kernel.clock import local_date, now
from tests import factories
from tests.cases.test_unit import fresh, signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGES = ("office", "office-matters", "office-places", "office-units", "office-supervisions",
         "office-extensions", "office-commitments")  # fmt: skip


@pytest.fixture
def world() -> factories.World:
    found = factories.world()
    other = factories.organ(
        "五华区人大代工委", kind=OrganKind.CONGRESS_OFFICE, division_code="530102"
    )
    factories.holder("杨其", role="supervisor", at_organ=other, username="other_supervisor")
    operator = factories.organ("运行中心", kind=OrganKind.OPERATOR, division_code="53")
    factories.holder("系统员", role="operator", at_organ=operator, username="operator")
    return found


def open_step(world, dispatch, **more):
    data = {
        "step": Step.ORDER,
        "cause": Cause.OVERDUE,
        "presses": str(dispatch.pk),
        "text": "请五日内书面反馈",
        "due": (now() + 7 * DAY).date().isoformat(),
        **more,
    }
    address = reverse("cases:supervise", args=[dispatch.matter.case.pk])
    return signed_in("supervisor").post(address, data)


@pytest.mark.parametrize("name", PAGES)
def test_the_office_alone_sees_its_pages(world, name):
    fresh(world, ago=30 * DAY)
    for who, status in {"supervisor": 200, "clerk": 403, "handler": 403, "deputy": 403}.items():
        assert signed_in(who).get(reverse(f"cases:{name}")).status_code == status, who


def test_a_sibling_county_sees_nothing(world):
    dispatch = fresh(world, ago=30 * DAY)
    open_step(world, dispatch)
    step = Supervision.objects.get()
    other = signed_in("other_supervisor")
    assert other.get(reverse("cases:office-matters")).context["rows"] == []
    assert other.get(reverse("cases:supervise", args=[dispatch.matter.case.pk])).status_code == 404
    assert other.get(reverse("cases:conclude", args=[step.pk])).status_code == 404
    other.post(reverse("cases:office-remind"), {"id": [str(dispatch.matter_id)]})
    assert Dispatch.objects.get(pk=dispatch.pk).reminded == 0


def test_a_scope_of_everywhere_holds_every_division(world):
    """A post without a division is one for all of them, in each of the office's questions."""
    late, at = fresh(world, ago=30 * DAY), now()
    assert [one.pk for one in office.matters(("",), office.Narrowing(), at=at)] == [late.matter_id]
    assert office_figures.standing(("",), at=at)[0][0].late == 1
    assert [one.label for one in office_figures.late_units(("",), at=at, most=5)]
    assert not office.matters((), office.Narrowing(), at=at)


def test_bars_of_a_province_are_at_most_five_minutes_old_those_of_a_county_never(world):
    fresh(world, ago=30 * DAY)
    at, second = now(), timedelta(seconds=1)
    first = office_figures.board(("53",), at=at, most=8)
    fresh(world, ago=40 * DAY)

    def late(scope, at):
        return office_figures.board((scope,), at=at, most=8).places[0].late

    assert office_figures.board(("53",), at=at + 299 * second, most=8) is first
    assert (late("53", at + 299 * second), late("530112", at)) == (1, 2)
    assert late("53", at + 300 * second) == 2


def test_the_page_says_of_when_its_bars_are(world):
    above = factories.organ(
        "昆明市人大代工委", kind=OrganKind.CONGRESS_OFFICE, division_code="5301"
    )
    factories.holder("毕生", role="supervisor", at_organ=above, username="above")
    fresh(world, ago=30 * DAY)
    browser, address = signed_in("above"), reverse("cases:office")
    assert "每五分钟更新" not in browser.get(address).content.decode()
    assert "每五分钟更新" in browser.get(address).content.decode()
    county = signed_in("supervisor")
    county.get(address)
    assert "每五分钟更新" not in county.get(address).content.decode()


def test_overdue_on_top_with_who_and_how_far(world):
    newer, older = fresh(world, ago=40 * DAY), fresh(world, ago=60 * DAY)
    fresh(world)
    page = signed_in("supervisor").get(reverse("cases:office"))
    rows = page.context["rows"]
    assert [row.matter.pk for row in rows] == [older.matter_id, newer.matter_id]
    assert rows[0].holder == "西山区交警大队"
    assert "超" in rows[0].due.words
    assert "工作日" in rows[0].due.words
    assert rows[0].next_href.endswith("step=1_reminder")
    words = page.content.decode()
    assert "欠得最久的" in words
    assert "前卫街道" in words


def test_several_are_reminded_and_what_nobody_has_is_said(world):
    one, two = fresh(world, ago=30 * DAY), fresh(world, ago=30 * DAY)
    loose = factories.accepted(world, now() - 30 * DAY)
    client, address = signed_in("supervisor"), reverse("cases:office-remind")
    client.post(address, {"id": [str(one.matter_id), str(two.matter_id), "x"]})
    assert [Dispatch.objects.get(pk=d.pk).reminded for d in (one, two)] == [1, 1]
    said = client.post(address, {"id": [str(loose.matter_id)]}, follow=True).content.decode()
    assert "还没有交办" in said
    away = client.post(address, {"id": [], "next": "https://example.org/"})
    assert away.headers["Location"] == reverse("cases:office-matters")


def test_a_step_is_opened_answered_and_concluded(world):
    dispatch = fresh(world, ago=30 * DAY)
    sweep.sweep(at=now())
    assert open_step(world, dispatch).status_code == 302
    step = Supervision.objects.get()
    assert (step.step, step.organ_id, step.dispatch.presses_id) == (
        Step.ORDER,
        world.office.pk,
        dispatch.pk,
    )
    assert local_date(step.dispatch.due_at) == (now() + 7 * DAY).date()
    assert open_step(world, dispatch, step=Step.REMINDER).status_code == 200
    signed_in("handler").post(
        reverse("cases:dispatch-answer", args=[dispatch.pk]), {"text": "已整改", "kind": "A"}
    )
    client = signed_in("supervisor")
    rows = client.get(reverse("cases:office-matters"), {"where": "pressed"}).context["rows"]
    assert rows[0].next_href == reverse("cases:conclude", args=[step.pk])
    assert rows[0].leads
    page = client.get(reverse("cases:conclude", args=[step.pk])).content.decode()
    assert "已整改" in page
    assert (
        client.post(reverse("cases:conclude", args=[step.pk]), {"outcome": ""}).status_code == 200
    )
    client.post(reverse("cases:conclude", args=[step.pk]), {"outcome": "已整改到位"})
    step.refresh_from_db()
    assert (step.state, step.outcome) == (SupervisionState.CONCLUDED, "已整改到位")
    done = client.get(reverse("cases:office-supervisions"), {"where": "done"}).content.decode()
    assert "已整改到位" in done


def test_the_owner_itself_can_be_pressed(world):
    case = factories.accepted(world, now() - 40 * DAY)
    address = reverse("cases:supervise", args=[case.pk])
    data = {"step": Step.ORDER, "cause": Cause.OVERDUE, "presses": "owner", "text": "请尽快交办"}
    past = {**data, "due": "2020-01-01"}
    assert signed_in("supervisor").post(address, past).status_code == 200
    signed_in("supervisor").post(address, {**data, "due": (now() + DAY).date().isoformat()})
    assert Supervision.objects.get().dispatch.to_organ_id == case.desk_id
    assert signed_in("clerk").get(address).status_code == 403


def test_requests_for_more_time_and_promises_are_listed(world):
    dispatch = fresh(world)
    signed_in("handler").post(reverse("cases:dispatch-sign", args=[dispatch.pk]))
    latest = extensions.latest_extension(Dispatch.objects.get(pk=dispatch.pk))
    extensions.ask_extension(
        dispatch_id=dispatch.pk, until=latest, reason="要等设计院", by=world.handler, at=now()
    )
    planned = fresh(world, ago=5 * DAY)
    reply = Reply("列入", Outcome.PLANNED, promise="装好护栏", promised_until=local_date(now()))
    answers.answer_dispatch(dispatch_id=planned.pk, reply=reply, by=world.handler, at=now())
    answers.accept_answer(dispatch_id=planned.pk, by=world.clerk, at=now())
    client = signed_in("supervisor")
    assert "要等设计院" in client.get(reverse("cases:office-extensions")).content.decode()
    assert "装好护栏" in client.get(reverse("cases:office-commitments")).content.decode()


def test_narrowed_by_place_unit_step_and_words(world):
    one = fresh(world, ago=30 * DAY, words="路灯连着坏了三盏")
    two = fresh(world, ago=30 * DAY, to=world.second_unit.pk, words="活动室屋顶漏雨")
    client, address = signed_in("supervisor"), reverse("cases:office-matters")

    def found(**query):
        return {row.matter.pk for row in client.get(address, query).context["rows"]}

    assert found() == {one.matter_id, two.matter_id}
    assert found(unit=str(world.unit.pk)) == {one.matter_id}
    assert found(q="漏雨") == {two.matter_id}
    assert found(place="530112005") == {one.matter_id, two.matter_id}
    assert found(place="530102") == set()
    assert found(step=Step.INQUIRY) == set()
    assert found(unit="x", place="x", step="x", after="x") == {one.matter_id, two.matter_id}
    places = client.get(reverse("cases:office-places"))
    assert [(p.name, p.late) for p in places.context["figures"]] == [("前卫街道", 2)]
    units = client.get(reverse("cases:office-units")).context["page"].items
    assert {(u.name, u.late) for u in units} == {("西山区交警大队", 1), ("前卫街道办事处", 1)}


@pytest.mark.parametrize("name", ["office", "office-matters", "office-units"])
def test_lists_ask_as_often_for_one_row_as_for_thirty(world, name):
    client, address = signed_in("supervisor"), reverse(f"cases:{name}")
    fresh(world, ago=40 * DAY)
    sweep.sweep(at=now())
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _n in range(29):
        fresh(world, ago=40 * DAY)
    sweep.sweep(at=now())
    with CaptureQueriesContext(connection) as thirty:
        client.get(address)
    assert len(thirty) == len(one)


def test_rules_show_their_source_and_take_a_new_version(world):
    keeper = signed_in("operator")
    page = keeper.get(reverse("cases:rules")).content.decode()
    assert "本项目默认，非法定" in page
    assert signed_in("supervisor").get(reverse("cases:rules")).status_code == 200
    assert signed_in("supervisor").get(reverse("cases:rule-new")).status_code == 403
    assert signed_in("handler").get(reverse("cases:rules")).status_code == 403
    data = {
        "purpose": "answer", "place_code": "530112", "place": "", "urgency": "", "amount": 7,
        "unit": "working_days", "warn_percent": 80, "source": "西山区办法第九条",
        "effective_from": (now() + DAY).date().isoformat(),
    }  # fmt: skip
    past = {**data, "effective_from": date(2020, 1, 1).isoformat()}
    assert keeper.post(reverse("cases:rule-new"), past).status_code == 200
    assert keeper.post(reverse("cases:rule-new"), data).status_code == 302
    rule = ClockRule.objects.get(division_code="530112")
    assert (rule.amount, rule.source) == (7, "西山区办法第九条")
    assert keeper.post(reverse("cases:rule-new"), data).status_code == 200
    assert "西山区办法第九条" in keeper.get(reverse("cases:rules")).content.decode()


def test_rows_a_place_keeps_itself(world):
    keeper, office = signed_in("operator"), signed_in("supervisor")
    assert office.get(reverse("cases:answer-class-new")).status_code == 403
    keeper.post(
        reverse("cases:answer-class-new"),
        {"code": "A1", "label": "当场办结", "outcome": "solved", "sort": 1, "is_active": "on"},
    )
    row = AnswerClass.objects.get(code="A1")
    keeper.post(
        reverse("cases:answer-class", args=[row.pk]),
        {"label": "即时办结", "outcome": "solved", "sort": 1},
    )
    row.refresh_from_db()
    assert (row.label, row.is_active) == ("即时办结", False)
    keeper.post(
        reverse("cases:refusal-reason-new"),
        {"label": "物业纠纷", "door": "请找街道调解委员会", "sort": 5, "is_active": "on"},
    )
    assert RefusalReason.objects.get(label="物业纠纷").door == "请找街道调解委员会"
    keeper.post(
        reverse("cases:category-new"),
        {
            "name": "养犬",
            "words": "狗 犬 牵绳",
            "urgency": "ordinary",
            "sort": 0,
            "is_active": "on",
        },
    )
    made = Category.objects.get(name="养犬")
    assert made.words == ["狗", "犬", "牵绳"]
    keeper.post(
        reverse("cases:category", args=[made.pk]),
        {"name": "养犬管理", "words": "狗", "urgency": "ordinary", "sort": 0},
    )
    made.refresh_from_db()
    assert (made.name, made.is_active) == ("养犬管理", False)


def test_a_concluded_dispatch_is_settled(world):
    dispatch = fresh(world, ago=30 * DAY)
    open_step(world, dispatch)
    step = Supervision.objects.get()
    signed_in("supervisor").post(
        reverse("cases:conclude", args=[step.pk]), {"outcome": "单位已合并，另行交办"}
    )
    step.refresh_from_db()
    assert step.dispatch.state == DispatchState.WITHDRAWN
