"""Calendar feeds: what they hold, what they never hold, and that clients ask in vain twice."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from lianxin.congress.enums import SuspendGround
from lianxin.congress.models import Mandate
from lianxin.congress.services import suspend_mandate
from lianxin.kernel.clock import now
from lianxin.kernel.outbox import run_pending
from lianxin.reception.models import CalendarKey, GridDuty
from lianxin.reception.rules.permissions import NotADeputy
from lianxin.reception.services import days as services
from lianxin.reception.services.feeds import renew_calendar_key
from lianxin.reception.services.seats import seat_deputies
from lianxin.record.models import Entry
from tests import factories as f
from tests.cases.test_unit import signed_in
from tests.reception.test_days_pages import ahead, day
from tests.reception.test_days_planning import book
from tests.venues.factories import grid

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> f.World:
    return f.world()


def get(path: str, **headers):
    response = Client().get(path, headers=headers)
    assert "sessionid" not in response.cookies
    return response


def events(path: str) -> list:
    response = get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    return calendar.walk("VEVENT")


def feed_of(world, which: str = "venue") -> str:
    if which == "venue":
        return reverse("reception:venue-calendar", args=[world.venue.code])
    key = renew_calendar_key(by=world.deputy, at=now())
    return reverse("reception:deputy-calendar", args=[key.token])


def test_a_venues_days_stand_in_its_feed(world):
    row = day(world, place="101室", topic="一老一小")
    [event] = events(feed_of(world))
    assert event["UID"] == f"day-{row.pk}@lianxin"
    assert event["SUMMARY"] == "代表接待日：前卫街道代表工作站"
    assert event["LOCATION"] == "前卫街道代表工作站 101室"
    assert "接待代表：周明远、杨文秀" in event["DESCRIPTION"]
    assert event["STATUS"] == "CONFIRMED"
    assert event.start == row.starts_at
    assert event.end == row.ends_at
    assert b"DTSTART;TZID=Asia/Shanghai:" in get(feed_of(world)).content


def test_a_moved_day_keeps_its_uid_and_counts_on(world):
    row = day(world)
    run_pending()
    [before] = events(feed_of(world))
    services.move_day(
        day_id=row.pk, on=ahead(12), starts=time(14),
        ends=time(16), reason="开会",
        by=world.clerk, at=now(),
    )  # fmt: skip
    [after] = events(feed_of(world))
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert "说明：开会" in after["DESCRIPTION"]


def test_a_cancelled_day_says_so_once_it_was_announced(world):
    silent, said = day(world), day(world, 12)
    services.announce_day(day_id=said.pk, at=now())
    for row in (silent, said):
        services.cancel_day(day_id=row.pk, reason="暴雨", by=None, at=now())
    [event] = events(feed_of(world))
    assert (event["UID"], event["STATUS"]) == (f"day-{said.pk}@lianxin", "CANCELLED")
    # A deputy on its seat hears of both.
    assert {event["STATUS"] for event in events(feed_of(world, "deputy"))} == {"CANCELLED"}


def test_a_feed_names_no_resident(world):
    booking = book(day(world))
    booking.name, booking.phone = "王小明", "13800138000"
    booking.save()
    for which in ("venue", "deputy"):
        body = get(feed_of(world, which)).content.decode()
        assert "王小明" not in body
        assert "138" not in body.replace(str(booking.day_id), "")


def test_a_deputys_feed_holds_own_days_and_duty(world):
    row = day(world)
    day(world, 13, deputies=(world.second_deputy,))
    one = grid(1, "530112005001")
    GridDuty.objects.create(
        grid=one, venue=world.venue, deputy_id=world.deputy.deputy_id, division_code="530112005",
        from_date=ahead(0), until_date=ahead(6),
    )  # fmt: skip
    found = events(feed_of(world, "deputy"))
    assert [event["SUMMARY"] for event in found] == [
        "代表接待日：前卫街道代表工作站",
        "轮值：第1网格",
    ]
    assert found[0]["UID"] == f"day-{row.pk}@lianxin"
    assert "搭档：杨文秀" in found[0]["DESCRIPTION"]
    assert "周明远" not in found[0]["DESCRIPTION"]
    assert (found[1].start, found[1].end) == (ahead(0), ahead(7))
    seat_deputies(
        day_id=row.pk, deputy_ids=[world.second_deputy.deputy_id], by=world.clerk, at=now()
    )
    assert len(events(feed_of(world, "deputy"))) == 1


def test_a_grids_feed_names_who_is_on_duty(world):
    one = grid(1, "530112005001")
    day(world)
    GridDuty.objects.create(
        grid=one, venue=world.venue, deputy_id=world.deputy.deputy_id, division_code="530112005",
        from_date=ahead(0), until_date=ahead(6),
    )  # fmt: skip
    path = reverse("reception:grid-calendar", args=[one.pk])
    assert [event["SUMMARY"] for event in events(path)] == [
        "第1网格值班代表：周明远",
        "代表接待日：前卫街道代表工作站",
    ]


def test_who_has_the_feed_gets_304(world):
    row = day(world)
    path = feed_of(world)
    first = get(path)
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    assert get(path).content == first.content
    again = get(path, if_none_match=tag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert get(path, if_modified_since=changed).status_code == 304
    services.cancel_day(day_id=row.pk, reason="x", by=None, at=now() + timedelta(seconds=2))
    assert get(path, if_none_match=tag).status_code == 200


def test_a_secret_address_works_until_it_is_renewed(world):
    day(world)
    old = feed_of(world, "deputy")
    assert get(old).status_code == 200
    assert "private" in get(old).headers["Cache-Control"]
    typed = old.replace(".ics", "").lower() + ".ics"
    assert get(typed).status_code == 200
    new = feed_of(world, "deputy")
    assert get(old).status_code == 404
    assert get(new).status_code == 200
    assert get(reverse("reception:deputy-calendar", args=["guess"])).status_code == 404
    entry = Entry.objects.filter(action="reception.calendar.renew").first()
    assert CalendarKey.objects.get().token not in str(entry.data)


def test_a_suspended_deputys_feed_is_silent(world):
    path = feed_of(world, "deputy")
    seat = Mandate.objects.get(deputy=world.deputy.deputy_id)
    suspend_mandate(mandate_id=seat.pk, ground=SuspendGround.DETAINED, by=None, at=now())
    assert get(path).status_code == 404


def test_a_deputy_makes_and_renews_the_address(world):
    client = signed_in("deputy")
    path = reverse("reception:calendar")
    assert "生成我的日历地址" in client.get(path).content.decode()
    page = client.post(path, follow=True).content.decode()
    first = CalendarKey.objects.get().token
    assert f"/deputy/calendar/{first}.ics" in page
    assert first in client.get(path).content.decode()
    page = client.post(path, follow=True).content.decode()
    assert first not in page
    assert signed_in("clerk").get(path).status_code == 403
    with pytest.raises(NotADeputy):
        renew_calendar_key(by=world.clerk, at=now())


@pytest.mark.parametrize("count", [1, 30])
def test_feeds_cost_the_same_for_one_and_thirty(world, count, django_assert_num_queries):
    one = grid(1, "530112005001")
    for number in range(count):
        day(world, 2 + number)
        GridDuty.objects.create(
            grid=one, venue=world.venue, deputy_id=world.deputy.deputy_id,
            division_code="530112005", from_date=ahead(7 * number), until_date=ahead(7 * number + 6),
        )  # fmt: skip
    mine = feed_of(world, "deputy")
    with django_assert_num_queries(3):
        assert len(events(feed_of(world))) == count
    with django_assert_num_queries(5):
        assert len(events(mine)) == 2 * count
    with django_assert_num_queries(5):
        assert len(events(reverse("reception:grid-calendar", args=[one.pk]))) == 2 * count
