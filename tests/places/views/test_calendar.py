"""The pages of working days and hours, as the operator walks them."""

from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.congress.enums import OrganKind
from lianxin.congress.queries import actor_of
from lianxin.people.models import Account
from lianxin.places import queries
from lianxin.places.models import CalendarDay, ServiceHours
from lianxin.places.services import set_calendar_day
from tests import factories
from tests.places.conftest import AT

pytestmark = pytest.mark.usefixtures("divisions")
TIMES = {
    "morning_open": "08:30",
    "morning_close": "12:00",
    "afternoon_open": "14:30",
    "afternoon_close": "18:00",
}


def member(client, where, role="operator"):
    office = factories.organ("运行处", kind=OrganKind.OPERATOR, division_code=where)
    actor = factories.holder("甲", role=role, at_organ=office, username="keeper")
    client.force_login(Account.objects.get(pk=actor_of(actor.person_id).account_id))
    return actor


@pytest.fixture
def keeper(client):
    return member(client, "53")


def days(count, code=""):
    for n in range(count):
        set_calendar_day(
            division_code=code,
            date=date(2027, 3, n + 1),
            is_working=False,
            name="节",
            by=None,
            at=AT,
        )


def test_the_year_at_a_glance(client, keeper):
    days(2, "5328")
    page = client.get("/calendar/?year=2027").content.decode()
    assert "尚未公布：暂按周末推算" in page
    assert "2027年3月1日" in page
    assert "西双版纳傣族自治州" in page
    packaged = client.get("/calendar/?year=2026").content.decode()
    assert "2026年10月10日" in packaged
    assert "国庆节" in packaged
    assert client.get("/calendar/?year=x").status_code == 200


def test_as_many_queries_for_thirty_rows_as_for_one(client, keeper):
    counts = []
    for n in (1, 30):
        CalendarDay.objects.all().delete()
        days(n, "5328")
        client.get("/calendar/?year=2027")  # what is remembered is read the first time
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/calendar/?year=2027").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_day_is_entered_changed_and_taken_back(client, keeper):
    said = {"place": "西双版纳州", "date": "2027-04-14", "is_working": "off", "name": "泼水节"}
    assert client.post("/calendar/days/", said).status_code == 302
    row = CalendarDay.objects.get()
    assert (row.division_code, row.date, row.is_working) == ("5328", date(2027, 4, 14), False)
    page = client.get(f"/calendar/days/{row.pk}/").content.decode()
    assert "泼水节" in page
    assert "西双版纳傣族自治州" in page
    client.post(f"/calendar/days/{row.pk}/", {"is_working": "work", "name": "不放假"})
    row.refresh_from_db()
    assert (row.is_working, row.name, row.division_code) == (True, "不放假", "5328")
    client.post(f"/calendar/days/{row.pk}/remove/")
    assert not CalendarDay.objects.exists()


def test_mistakes_keep_what_was_typed(client, keeper):
    page = client.post("/calendar/days/", {"place": "天涯", "date": "x", "name": "泼水节"})
    assert page.status_code == 200
    words = page.content.decode()
    assert "泼水节" in words
    assert "没有找到这个地方" in words
    hours = TIMES | {"from_date": "2026-05-01", "morning_close": "15:00"}
    assert "先上午后下午" in client.post("/calendar/hours/", hours).content.decode()
    assert not ServiceHours.objects.exists()


def test_a_year_is_entered_and_shown_for_changing(client, keeper):
    notice = {"days": "2027-10-01~2027-10-11 休 国庆节\n2027-10-16 班 国庆节"}
    answer = client.post("/calendar/notices/2027/", notice, follow=True)
    assert "国家放假通知（已在此录入）" in answer.content.decode()
    assert queries.work_calendar().is_working_day(date(2027, 10, 16))
    assert "2027-10-16 班 国庆节" in client.get("/calendar/notices/2027/").content.decode()


def test_hours_are_entered_changed_and_taken_back(client, keeper):
    client.post("/calendar/hours/", TIMES | {"from_date": "2026-05-01"})
    row = ServiceHours.objects.get()
    assert (row.division_code, row.afternoon_close) == ("", time(18))
    client.post(f"/calendar/hours/{row.pk}/", TIMES | {"afternoon_close": "17:30"})
    row.refresh_from_db()
    assert row.afternoon_close == time(17, 30)
    client.post(f"/calendar/hours/{row.pk}/remove/")
    assert not ServiceHours.objects.exists()


def test_a_county_keeps_its_own_rows_only(client):
    days(1)
    member(client, "5328")
    row = CalendarDay.objects.get()
    page = client.get("/calendar/?year=2027").content.decode()
    assert f"/calendar/days/{row.pk}/" not in page
    assert "/calendar/notices/" not in page
    assert client.get(f"/calendar/days/{row.pk}/").status_code == 403
    assert client.post(f"/calendar/days/{row.pk}/remove/").status_code == 403
    assert client.get("/calendar/notices/2027/").status_code == 403
    said = {"date": "2027-04-14", "is_working": "off", "name": "泼水节"}
    assert client.post("/calendar/days/", said).status_code == 403
    assert client.post("/calendar/days/", said | {"place": "景洪市"}).status_code == 302


def test_who_keeps_no_calendar_sees_none(client):
    assert client.get("/calendar/").status_code == 302
    member(client, "53", role="auditor")
    assert client.get("/calendar/").status_code == 403
