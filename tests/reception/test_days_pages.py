"""Pages of reception days: the desk's year and day, forms, what anybody sees."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lianxin.congress.enums import SuspendGround
from lianxin.congress.models import Mandate
from lianxin.congress.services import suspend_mandate
from lianxin.kernel.clock import local, now
from lianxin.reception.models import GridDuty, Pattern, ReceptionDay
from lianxin.reception.services import days as services
from lianxin.reception.services.patterns import Terms, add_pattern
from lianxin.venues.enums import VenueKind
from lianxin.venues.queries import timetable
from lianxin.venues.services import bind_grid, open_venue
from tests import factories as f
from tests.cases.test_unit import signed_in
from tests.reception import factories as make
from tests.reception.test_days_planning import book
from tests.venues.factories import grid

pytestmark = pytest.mark.django_db
FORM = {
    "kind": "weekly", "weekdays": ["2"], "interval": "1", "in_months": "every", "starts": "09:00",
    "ends": "11:00", "holiday_rule": "later", "slot_minutes": "20", "slot_capacity": "1",
}  # fmt: skip


@pytest.fixture
def world() -> f.World:
    return f.world()


def ahead(days: int) -> date:
    return local(now()).date() + timedelta(days=days)


def day(world, days: int = 10, venue=None, **more) -> ReceptionDay:
    deputies = more.pop("deputies", (world.deputy, world.second_deputy))
    return make.day(venue or world.venue, on=ahead(days), deputies=deputies, **more)


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def public(path: str) -> str:
    response = Client().get(path)
    assert "sessionid" not in response.cookies
    assert response.headers["Cache-Control"] == "public, max-age=60"
    return text(response)


# --- the desk -------------------------------------------------------------------------------


def test_a_clerk_enters_a_pattern_and_sees_the_year(world):
    client = signed_in("clerk")
    empty = text(client.get(reverse("reception:days")))
    assert "还没有接待日" in empty
    data = FORM | {"from_date": ahead(0).isoformat(), "place": "101室"}
    answer = client.post(reverse("reception:pattern-new"), data, follow=True)
    page = text(answer)
    assert "每周三" in page
    assert "9:00—11:00" in page
    assert "还没有安排代表" in page
    row = Pattern.objects.get()
    assert row.rule == "FREQ=WEEKLY;BYDAY=WE"
    form = text(client.get(reverse("reception:pattern", args=[row.pk])))
    assert 'value="2"' in form
    assert "101室" in form


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ({"interval": "2", "weekdays": ["0", "4"]}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR"),
        (
            {"kind": "by_date", "month_days": "15", "in_months": "odd"},
            "FREQ=MONTHLY;BYMONTH=1,3,5,7,9,11;BYMONTHDAY=15",
        ),
        ({"kind": "by_date", "month_days": "9、19"}, "FREQ=MONTHLY;BYMONTHDAY=9,19"),
        (
            {"kind": "by_weekday", "nth": "-1", "in_months": "these", "months": ["3", "9"]},
            "FREQ=MONTHLY;BYMONTH=3,9;BYDAY=-1WE",
        ),
    ],
)
def test_the_form_makes_the_rule(world, data, rule):
    client = signed_in("clerk")
    sent = FORM | {"from_date": ahead(0).isoformat()} | data
    assert client.post(reverse("reception:pattern-new"), sent).status_code == 302
    row = Pattern.objects.get()
    assert row.rule == rule
    again = client.get(reverse("reception:pattern", args=[row.pk]))
    said = again.context["form"].initial
    sent = {name: value for name, value in said.items() if value not in (None, [])}
    answer = client.post(reverse("reception:pattern", args=[row.pk]), sent)
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.rule == rule


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"weekdays": []}, "请选择：星期几"),
        ({"kind": "by_date"}, "请填写：几日"),
        ({"kind": "by_date", "month_days": "abc"}, "请至少填一个日期"),
        ({"kind": "by_date", "month_days": "40"}, "1 到 31"),
        ({"kind": "by_date", "month_days": "9 31"}, "单独填写"),
        ({"kind": "by_weekday"}, "请选择：当月第几个"),
        ({"in_months": "these"}, "请选择：选定的月份"),
        ({"ends": "08:00"}, "结束时间要晚于开始时间"),
        ({"ends": "09:10"}, "接待时间太短"),
        ({"until_date": "2020-01-01"}, "截止日期早于开始日期"),
    ],
)
def test_the_form_says_what_is_missing(world, data, said):
    sent = FORM | {"from_date": ahead(0).isoformat()} | data
    page = text(signed_in("clerk").post(reverse("reception:pattern-new"), sent))
    assert said in page
    assert not Pattern.objects.exists()


def test_a_day_is_moved_changed_and_cancelled_at_the_desk(world):
    row, client = day(world), signed_in("clerk")
    page = text(client.get(reverse("reception:desk-day", args=[row.pk])))
    assert "周明远、杨文秀" in page
    data = {"on": ahead(12).isoformat(), "starts": "14:00", "ends": "16:00", "reason": "开会"}
    moved = client.post(reverse("reception:day-move", args=[row.pk]), data, follow=True)
    assert "已改期" in text(moved)
    data = {"place": "会议室", "topic": "", "language": "", "words": "开会"}
    changed = client.post(reverse("reception:day-change", args=[row.pk]), data, follow=True)
    assert "会议室" in text(changed)
    book(row)
    asked = text(client.get(reverse("reception:day-cancel", args=[row.pk])))
    assert "已有 1 位群众预约" in asked
    refused = client.post(reverse("reception:day-cancel", args=[row.pk]), {"reason": ""})
    assert "为什么取消" in text(refused)
    gone = client.post(
        reverse("reception:day-cancel", args=[row.pk]), {"reason": "暴雨"}, follow=True
    )
    assert "已取消" in text(gone)
    year = text(client.get(reverse("reception:days") + f"?year={row.date.year}"))
    assert "暴雨" in year


def test_an_extra_day_is_entered(world):
    data = {
        "on": ahead(9).isoformat(), "starts": "09:00", "ends": "11:00", "slot_minutes": "20",
        "slot_capacity": "2",
    }  # fmt: skip
    client = signed_in("clerk")
    page = text(client.post(reverse("reception:day-new"), data, follow=True))
    assert "临时增加" in page
    assert ReceptionDay.objects.get().slots.count() == 6
    assert "已有接待" in text(client.post(reverse("reception:day-new"), data))


def test_others_find_nothing(world):
    row = day(world)
    terms = Terms("FREQ=WEEKLY;BYDAY=WE", time(14), time(16), ahead(0))
    pattern = add_pattern(venue_id=world.venue.pk, terms=terms, by=None, at=now())[0]
    stranger = signed_in("other_clerk")
    for name in ("desk-day", "day-move", "day-cancel", "day-change"):
        assert stranger.get(reverse(f"reception:{name}", args=[row.pk])).status_code == 404, name
    for name in ("pattern", "pattern-end"):
        address = reverse(f"reception:{name}", args=[pattern.pk])
        assert stranger.get(address).status_code == 404, name
    foreign = reverse("reception:days") + f"?venue={world.venue.code}"
    assert stranger.get(foreign).status_code == 404
    for who in ("deputy", "handler", "supervisor"):
        assert signed_in(who).get(reverse("reception:days")).status_code == 403, who


def test_the_year_on_paper(world):
    row = day(world, place="101室")
    cancelled = day(world, 11, place="停")
    services.cancel_day(day_id=cancelled.pk, reason="x", by=None, at=now())
    path = reverse("reception:days-print") + f"?year={row.date.year}"
    page = text(signed_in("clerk").get(path))
    assert "前卫街道代表工作站" in page
    assert "周明远、杨文秀" in page
    assert "101室" in page
    assert page.count("<tr>") == 2


def test_pages_of_the_desk_cost_the_same(world):
    client = signed_in("clerk")

    def cost(path: str) -> int:
        client.get(path)  # what is remembered is there when it is counted
        with CaptureQueriesContext(connection) as found:
            text(client.get(path))
        return len(found)

    first = day(world, 5)
    paths = (
        f"{reverse('reception:days')}?year={first.date.year}",
        reverse("reception:desk-day", args=[first.pk]),
        f"{reverse('reception:days-print')}?year={first.date.year}",
    )
    before = [cost(path) for path in paths]
    for number in range(29):
        day(world, 6 + number)
    assert [cost(path) for path in paths] == before
    assert max(before) <= 14


# --- anybody --------------------------------------------------------------------------------


def test_a_day_shows_its_times_and_never_a_booking(world):
    row = day(world, place="101室", topic="一老一小")
    book(row)
    page = public(reverse("reception:day", args=[row.pk]))
    for words in ("101室", "一老一小", "周明远", "9:00—9:20", "约满"):
        assert words in page, words


def test_a_day_cancelled_before_it_was_announced_is_not_there(world):
    silent, said = day(world), day(world, 11)
    services.announce_day(day_id=said.pk, at=now())
    for row in (silent, said):
        services.cancel_day(day_id=row.pk, reason="暴雨", by=None, at=now())
    assert Client().get(reverse("reception:day", args=[silent.pk])).status_code == 404
    assert "暴雨" in public(reverse("reception:day", args=[said.pk]))
    page = public(f"{reverse('reception:meet')}?venue={world.venue.code}")
    assert page.count("已取消") == 1


def test_meeting_begins_with_a_place_or_a_name(world):
    day(world)
    path = reverse("reception:meet")
    assert "您住在哪里" in public(path)
    assert "前卫街道代表工作站" in public(f"{path}?q=前卫")
    assert "没有这个名称的阵地" in public(f"{path}?q=不存在")
    answer = Client().get(path, {"place": "西山区前卫街道官庄社区居委会"})
    assert answer.headers["Location"] == f"{path}?at=530112005001"
    here = public(f"{path}?at=530112005001")
    assert "前卫街道代表工作站" in here
    assert "还有 6 个名额" in here
    assert "附近没有找到阵地" in public(f"{path}?at=5301")
    assert Client().get(f"{path}?venue=0000-0001").status_code == 404
    for odd in ("at=abc", "at=99", "place=%F0%9F%8C%B3", "q=%27"):
        assert Client().get(f"{path}?{odd}").status_code == 200, odd


def test_venues_nearby_are_shown_too(world):
    room = open_venue(
        name="官庄社区联络室", kind=VenueKind.ROOM, division_code="530112005001",
        areas=("530112005001",), by=None, at=f.LONG_AGO,
    )  # fmt: skip
    day(world)
    day(world, 12, venue=room, deputies=())
    page = public(f"{reverse('reception:meet')}?at=530112005001")
    assert page.index("官庄社区联络室") < page.index("附近和上级阵地")
    assert page.index("附近和上级阵地") < page.index("前卫街道代表工作站")
    assert "提前三天公布" in page


def test_pages_of_venue_and_deputy_show_the_next_days(world):
    row = day(world, place="101室")
    venue = public(f"/venues/{world.venue.code}/")
    assert "近期接待日" in venue
    assert "周明远、杨文秀" in venue
    assert "接待公告" not in venue
    services.announce_day(day_id=row.pk, at=now())
    assert "接待公告" in public(f"/venues/{world.venue.code}/")
    deputy = public(f"/deputies/{world.deputy_row().code}/")
    assert reverse("reception:day", args=[row.pk]) in deputy
    today = text(signed_in("deputy").get(reverse("cases:deputy")))
    assert "您的接待日" in today
    assert "搭档杨文秀" in today


def test_a_suspended_deputy_is_shown_nowhere(world):
    row = day(world)
    seat = Mandate.objects.get(deputy=world.deputy.deputy_id)
    suspend_mandate(mandate_id=seat.pk, ground=SuspendGround.DETAINED, by=None, at=now())
    page = public(reverse("reception:day", args=[row.pk]))
    assert "周明远" not in page
    assert "杨文秀" in page


@pytest.mark.parametrize("count", [1, 30])
def test_public_pages_cost_the_same(world, count, django_assert_num_queries):
    rows = [day(world, 2 + number) for number in range(count)]
    for number in range(count):
        day(world, 2 + number, venue=world.other_venue)
    meet = reverse("reception:meet")
    for page in (
        f"{meet}?venue={world.venue.code}",
        f"{meet}?at=530112005001",
        reverse("reception:day", args=[rows[0].pk]),
    ):
        public(page)
        with django_assert_num_queries(2):
            public(page)
    with django_assert_num_queries(1):
        found = timetable.sittings(deputy_id=world.deputy.deputy_id, since=now(), most=40)
    assert len(found) == min(40, 2 * count)


def test_who_is_on_duty(world, django_assert_num_queries):
    one = grid(1, "530112005001")
    bind_grid(
        venue_id=world.venue.pk, grid_id=one.pk, deputy_id=world.deputy.deputy_id,
        from_date=date(2022, 2, 1), by=None, at=f.LONG_AGO,
    )  # fmt: skip
    GridDuty.objects.create(
        grid=one, venue=world.venue, deputy_id=world.deputy.deputy_id, division_code="530112005",
        from_date=ahead(0), until_date=ahead(6),
    )  # fmt: skip
    with django_assert_num_queries(1):
        assert timetable.on_duty([one.pk], ahead(3)) == {one.pk: world.deputy.deputy_id}
    assert timetable.on_duty([one.pk], ahead(7)) == {}
    assert timetable.on_duty([], ahead(3)) == {}
