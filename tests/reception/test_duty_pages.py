"""Grid duty and calls through the pages: a grid worker, a clerk and deputies walk the whole way."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lianxin.cases.models import Case
from lianxin.kernel.ids import uuid7
from lianxin.reception.enums import CallState
from lianxin.reception.models import CallOut, DutySetting, GridDuty
from lianxin.reception.services import calls
from tests import factories as f
from tests.cases.test_unit import signed_in
from tests.reception import duty_world as d


@pytest.fixture
def made(db):
    with time_machine.travel(f.MONDAY, tick=False):
        world = d.build()
        d.table(world)
        yield world


def at(name, *args):
    return reverse(f"reception:{name}", args=args)


def said(response):
    return response.content.decode()


def typed(made, **more):
    return {
        "grid": str(made.grid.pk), "words": "两家人争执不下，请代表来听一听", "where": "3 栋门口",
        "caller": "网格员马小兰", "phone": "0871-68180002", "key": str(uuid7()), **more,
    }  # fmt: skip


def test_a_grid_worker_begins_here_and_calls(made):
    worker = signed_in("worker")
    assert worker.get("/start/").headers["Location"] == at("duty")
    page = said(worker.get(at("duty")))
    assert "周明远" in page
    assert "到11月8日 周日" in page
    assert "值班表</a>" not in page  # a grid worker plans nothing
    answer = worker.post(at("call-new"), typed(made), follow=True)
    page = said(answer)
    assert "正在请" in page
    assert "今天 10:30" in page
    assert "杨文秀，之后还有 1 位" in page
    assert "李国强：排在后面" in page
    assert "争执不下" in said(worker.get(at("duty")))


def test_what_is_missing_is_said_and_what_was_typed_stays(made):
    answer = signed_in("worker").post(at("call-new"), typed(made, words=""))
    assert answer.status_code == 200
    assert "3 栋门口" in said(answer)
    assert not CallOut.objects.exists()


def test_a_deputy_goes_and_says_what_was_done(made):
    call = d.call(made)
    deputy = signed_in("deputy")
    for address in (at("mine"), at("my-calls"), at("my-call", call.pk)):
        page = said(deputy.get(address))
        assert "我去" in page, address
        assert "今天 10:30" in page, address
    assert "您将前往" in said(deputy.post(at("my-call-go", call.pk), follow=True))
    assert "请简单写明" in said(deputy.post(at("my-call", call.pk), {"outcome": ""}))
    page = said(deputy.post(at("my-call", call.pk), {"outcome": "两家说好了"}, follow=True))
    assert "两家说好了" in page
    assert "两家说好了" in said(signed_in("worker").get(at("call", call.pk)))


def test_a_deputy_passes_it_on_and_reads_no_more(made):
    call = d.call(made)
    deputy = signed_in("deputy")
    assert "请填写" in said(deputy.post(at("my-call-pass", call.pk), {"words": ""}))
    deputy.post(at("my-call-pass", call.pk), {"words": "在外地"})
    page = said(deputy.get(at("my-call", call.pk)))
    assert call.words not in page
    assert "已不在您手里" in page
    assert deputy.post(at("my-call-go", call.pk)).status_code == 409
    assert "在外地" in said(signed_in("worker").get(at("call", call.pk)))
    assert signed_in("third_deputy").get(at("my-call", call.pk)).status_code == 404


def test_after_agreeing_it_is_given_back_on_the_same_page(made):
    call = d.call(made)
    deputy = signed_in("deputy")
    deputy.post(at("my-call-go", call.pk))
    deputy.post(at("my-call-pass", call.pk), {"words": "临时有会"})
    call.refresh_from_db()
    assert call.state == CallState.CALLING
    assert "我去" in said(signed_in("second_deputy").get(at("my-calls")))


def test_a_case_in_one_tap_with_what_was_typed_already(made):
    call = d.call(made)
    deputy = signed_in("deputy")
    deputy.post(at("my-call-go", call.pk))
    page = said(deputy.post(at("my-call-case", call.pk), {"outcome": "需要清理"}, follow=True))
    case = Case.objects.get()
    assert case.number in page
    assert case.words == call.words
    desk = said(signed_in("clerk").get(at("call", call.pk)))
    assert reverse("cases:case", args=(case.pk,)) in desk
    worker = said(signed_in("worker").get(at("call", call.pk)))
    assert case.number in worker
    assert reverse("cases:case", args=(case.pk,)) not in worker


def test_nobody_left_is_on_top_and_called_again(made):
    d.call(made)
    lost = d.call(made, words="没人来的事")
    for one in made.deputies:
        calls.pass_on(call_id=lost.pk, words="在外地", by=one, at=f.MONDAY)
    page = said(signed_in("clerk").get(at("duty")))
    assert page.index("没人来的事") < page.index("争执不下")
    assert "没有代表能到场" in page
    page = said(signed_in("worker").post(at("call", lost.pk), {"act": "call_again"}, follow=True))
    assert "正在请" in page
    signed_in("worker").post(at("call", lost.pk), {"act": "withdraw"})
    lost.refresh_from_db()
    assert lost.state == CallState.WITHDRAWN
    assert signed_in("worker").post(at("call", lost.pk), {"act": "withdraw"}).status_code == 409


def test_a_clerk_writes_down_what_the_deputy_told(made):
    call = d.call(made)
    calls.accept(call_id=call.pk, by=made.deputies[0], at=f.MONDAY)
    address, send = at("call", call.pk), {"act": "finish", "outcome": "已劝和"}
    assert signed_in("worker").post(address, send).status_code == 403
    assert "已劝和" in said(signed_in("clerk").post(address, send, follow=True))


def test_the_table_is_made_changed_and_printed(made):
    clerk = signed_in("clerk")
    form = {"since": "2026-11-02", "until": "2027-01-31", "turn": "week"}
    page = said(clerk.post(at("duty-make"), form, follow=True))
    assert "值班表已排好" in page
    assert "值班表本来就是对的" in said(clerk.post(at("duty-make"), form, follow=True))
    refused = {**form, "since": "2026-11-01"}
    assert "最早从今天开始" in said(clerk.post(at("duty-make"), refused))
    row = GridDuty.objects.order_by("from_date")[2]
    other = next(one for one in made.deputies if one.deputy_id != row.deputy_id)
    turn = at("duty-turn", row.pk)
    assert other.name in said(clerk.get(turn))
    assert "手工" in said(clerk.post(turn, {"deputy": str(other.deputy_id)}, follow=True))
    assert "11.16–11.22" in said(clerk.get(at("duty-print")))
    clerk.post(turn, {"act": "release"})
    row.refresh_from_db()
    assert (row.deputy_id, row.is_by_hand) == (other.deputy_id, False)


def test_how_calls_go_is_kept(made):
    clerk = signed_in("clerk")
    assert clerk.post(at("duty-wishes"), {"answer_minutes": 5}).status_code == 200
    clerk.post(at("duty-wishes"), {"answer_minutes": 45, "asks_stationed": "on"})
    setting = DutySetting.objects.get()
    assert (setting.answer_minutes, setting.asks_stationed) == (45, True)
    assert "45 分钟" in said(clerk.get(at("call-new")))


def test_a_venue_without_bound_deputies_says_so(made):
    page = said(signed_in("other_clerk").get(at("duty")))
    assert "本站还没有网格绑定代表" in page
    assert signed_in("handler").get(at("duty")).status_code == 403


def test_a_list_costs_the_same_for_one_and_for_thirty(made):
    clerk, deputy = signed_in("clerk"), signed_in("deputy")

    def costs():
        found = []
        for client, address in (
            (clerk, at("duty")), (clerk, at("calls")), (clerk, at("duty-table")),
            (deputy, at("my-calls")),
        ):  # fmt: skip
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    d.call(made)
    going = d.call(made)
    calls.accept(call_id=going.pk, by=made.deputies[0], at=f.MONDAY)
    alone = costs()
    grids = [d.grid(n) for n in range(2, 31)]
    for grid in grids:
        d.bind(made.small, grid, made.deputies[0])
    d.table(made)
    for n, grid in enumerate(grids):
        d.call(made, f.MONDAY + timedelta(minutes=n), grid_id=grid.pk)
    assert costs() == alone
    assert max(alone) < 25
